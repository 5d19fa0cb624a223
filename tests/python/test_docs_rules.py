"""docs/rules.md says what the rule files say and what the scorer does, to the last number.

What can be made is made here: the tables of columns come from the seeds' .yml files, the results of
the examples and the steps of the last chapter from the reference scorer. The tests compare, and

    python tests/python/test_docs_rules.py --write

writes the page anew.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, localcontext
from functools import cache
from pathlib import Path

import pytest
import reference_scorer as reference
import yaml

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "rules.md"
WRITE_HINT = "Run: python tests/python/test_docs_rules.py --write"

RULE_FILES = [
    "scoring_models",
    "model_audiences",
    "fit_points",
    "negative_attributes",
    "behaviour_points",
    "behaviour_categories",
    "decay_curves",
    "decay_steps",
    "score_thresholds",
    "threshold_requirements",
    "score_segments",
    "score_grades",
    "email_domains",
    "job_titles",
]
PARTS = ["What it does.", "Example.", "Why.", "Change it safely."]
CONDITION_FILES = ["model_audiences", "fit_points", "negative_attributes"]

# Which column the first cell of a row in an example is.
FIRST_COLUMNS = {
    "leads": "lead_id",
    "activities": "activity_id",
    "scoring_models": "scoring_model",
    "model_audiences": "scoring_model",
    "fit_points": "rule_id",
    "negative_attributes": "rule_id",
    "behaviour_points": "rule_id",
    "behaviour_categories": "category",
    "decay_curves": "decay_curve",
    "decay_steps": "decay_curve",
    "score_thresholds": "threshold",
    "threshold_requirements": "threshold",
    "score_segments": "segment",
    "score_grades": "grade",
    "email_domains": "email_domain",
    "job_titles": "pattern",
    "lead_scores": "lead_id",
    "ranked_leads": "lead_id",
    "lead_score_contributions": "rule_id",
    "multipliers": "age",
}
RESULTS = ["lead_scores", "ranked_leads", "lead_score_contributions", "multipliers"]

# What an example leaves out.
USUAL_CELLS = {
    "leads": {"created_at": "2026-01-01"},
    "scoring_models": {"status": "active", "priority": "1", "min_score": "0", "max_score": "100"},
    "negative_attributes": {"action": "deduct"},
}

CONTRIBUTION_ORDER = ["fit", "behaviour", "penalty", "adjustment"]

Table = list[dict[str, str]]


# ------------------------------------------------------------------------------------------------
# The page and its tables
# ------------------------------------------------------------------------------------------------


@cache
def specs() -> dict[str, dict]:
    """The rule files as their .yml files describe them, by name."""
    found = {}
    for path in sorted((PROJECT / "seeds").rglob("*.yml")):
        for seed in yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]:
            if seed["config"].get("meta", {}).get("is_rule_file"):
                found[seed["name"]] = seed
    return found


@cache
def shipped_rules() -> dict[str, list[dict[str, str]]]:
    """The shipped rule files by file name."""
    rules = {}
    for path in (PROJECT / "seeds").rglob("*.csv"):
        if path.stem not in specs():
            continue
        with path.open(newline="", encoding="utf-8") as file:
            rules[path.name] = list(csv.DictReader(file))
    return rules


def cells_of(line: str) -> list[str]:
    """The cells of a line of a Markdown table."""
    cells = re.split(r"(?<!\\)\|", line.strip()[1:-1])
    return [cell.strip().replace("\\|", "|") for cell in cells]


def bare(cell: str) -> str:
    """A cell without the backticks around it."""
    return cell[1:-1] if re.fullmatch("`[^`]*`", cell) else cell


def tables_in(text: str) -> Iterator[tuple[list[str], list[list[str]]]]:
    """The header and the rows of each Markdown table."""
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        header, _, *rows = block.splitlines()
        yield cells_of(header), [cells_of(row) for row in rows]


def table_text(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    written = []
    for line in lines:
        cells = [cell.replace("|", "\\|") for cell in line]
        written.append("|" + "".join(f" {cell} |" if cell else " |" for cell in cells))
    written[1] = "|" + "---|" * len(header)
    return "\n".join(written) + "\n"


def shown(value: object) -> str:
    """A value as the page writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value)


# ------------------------------------------------------------------------------------------------
# Tables of columns
# ------------------------------------------------------------------------------------------------


def column_table(name: str) -> str:
    rows = []
    for column in specs()[name]["columns"]:
        meta = column["config"]["meta"]
        description = " ".join(column["description"].split())
        # what an empty cell means has a column of its own
        description = re.sub(r" (Never empty|Empty (means|for) [^.]*)\.$", "", description)
        empty = "not allowed" if meta["required"] else meta["empty_means"]
        rows.append([f"`{column['name']}`", description, empty])
    return table_text(["column", "what it holds", "an empty cell means"], rows)


# ------------------------------------------------------------------------------------------------
# Examples
# ------------------------------------------------------------------------------------------------


class Example:
    """An example of the page: its tables, and the same tables as the reference scorer has them."""

    def __init__(self, text: str, scoring_date: str, rules: dict | None = None) -> None:
        self.text = text
        self.scoring_date = date.fromisoformat(scoring_date)
        self.headers: dict[str, list[str]] = {}
        self.given: dict[str, Table] = {}
        for header, rows in tables_in(text):
            name = bare(header[0])
            assert name in FIRST_COLUMNS, f"an example cannot have a table {name}"
            assert name not in self.headers, f"an example has two tables {name}"
            columns = [FIRST_COLUMNS[name], *header[1:]]
            self.headers[name] = columns
            self.given[name] = [
                dict(zip(columns, map(bare, row), strict=True)) for row in rows if len(row) > 1
            ]
        self.raw_tables = {
            "leads": self._filled("leads") or [USUAL_CELLS["leads"] | {"lead_id": "ann"}],
            "activities": self._activities(),
        }
        self.rules = rules or self._rules()
        self.tables = reference.score_leads(self.raw_tables, self.rules, self.scoring_date)

    def _filled(self, name: str) -> Table:
        """The rows of a table, with what goes without saying."""
        known = [column["name"] for column in specs().get(name, {}).get("columns", [])]
        usual = dict.fromkeys(known, "") | USUAL_CELLS.get(name, {})
        if "rationale" in known:
            usual["rationale"] = "Words: reason"
        if "scoring_model" in known:
            models = self.given.get("scoring_models") or [{"scoring_model": "b2b"}]
            usual["scoring_model"] = models[0]["scoring_model"]
        rows = []
        for row in self.given.get(name, []):
            assert not known or set(row) <= set(known), f"{name} has no column for {row}"
            rows.append(usual | row)
        return rows

    def _activities(self) -> Table:
        leads = self.given.get("leads") or [{"lead_id": "ann"}]
        return [{"lead_id": leads[0]["lead_id"]} | row for row in self._filled("activities")]

    def _rules(self) -> dict[str, Table]:
        rules = {f"{name}.csv": self._filled(name) for name in RULE_FILES}
        if not rules["scoring_models.csv"]:
            row = USUAL_CELLS["scoring_models"] | {"scoring_model": "b2b", "rationale": "All"}
            rules["scoring_models.csv"] = [row | {"max_fit_points": "", "max_behaviour_points": ""}]
        return rules

    def result(self, name: str) -> list[list[str]]:
        """The rows of a result as they must stand in the page."""
        if name == "multipliers":
            return self._multipliers()
        rows = list(self.tables[name])
        if name == "lead_score_contributions":
            rows.sort(
                key=lambda row: (
                    row["scoring_model"],
                    row["lead_id"],
                    CONTRIBUTION_ORDER.index(row["contribution_type"]),
                    -abs(row["points"]),
                )
            )
        return [[shown(row[column]) for column in self.headers[name]] for row in rows]

    def _multipliers(self) -> list[list[str]]:
        rules = reference.clean_rules(self.rules)
        rows = []
        for row in self.given["multipliers"]:
            age = int(row["age"])
            cells = [row["age"]]
            for name in self.headers["multipliers"][1:]:
                curve, steps = reference.curve_named(name, rules)
                window = reference.number_in_rule(curve["window_days"])
                with localcontext(reference.FIFTY_DIGITS):
                    share = reference.multiplier(curve, steps, age)
                cells.append(
                    shown(share) if reference.within_window(age, window) else "does not count"
                )
            rows.append(cells)
        return rows

    def rewritten(self) -> str:
        """The text of the example with its results worked out anew."""

        def rewrite(match: re.Match) -> str:
            header = cells_of(match[0].splitlines()[0])
            name = bare(header[0])
            return table_text(header, self.result(name)) if name in RESULTS else match[0]

        return re.sub(r"(?:^\|.*\n)+", rewrite, self.text, flags=re.MULTILINE)


# ------------------------------------------------------------------------------------------------
# The last chapter, step by step
# ------------------------------------------------------------------------------------------------

# As int_adjustments.sql words them; test_docs.py compares with a build.
ADJUSTMENT_REASONS = {
    "fit_cap": "Fit points are capped at {max_fit_points}",
    "behaviour_cap": "Behaviour points are capped at {max_behaviour_points}",
    "score_floor": "The score does not go below {min_score}",
    "score_ceiling": "The score does not go above {max_score}",
    "disqualification": "A disqualified lead scores {min_score}",
    "rounding": "The score is rounded to a whole number",
}


def worked_contributions(example: Example) -> list[dict]:
    """The contributions of the lead, those of adjustments with their reasons, strongest first."""
    rules = reference.clean_rules(example.rules)
    model = reference.rows_of_model(rules, "scoring_models.csv", "b2b")[0]
    rows = []
    for row in example.tables["lead_score_contributions"]:
        reason = row["reason"]
        if row["contribution_type"] == "adjustment":
            name, _, category = row["rule_id"].partition(":")
            if name == "category_cap":
                (cap,) = [
                    cap["max_points"]
                    for cap in reference.rows_of_model(rules, "behaviour_categories.csv", "b2b")
                    if cap["category"] == category
                ]
                reason = f"Points for {category} are capped at {cap}"
            else:
                reason = ADJUSTMENT_REASONS[name].format(**model)
        rows.append(row | {"reason": reason})
    rows.sort(
        key=lambda row: (CONTRIBUTION_ORDER.index(row["contribution_type"]), -abs(row["points"]))
    )
    return rows


def worked_steps(example: Example) -> str:
    """All steps from the lead's row to its score, as text and tables."""
    with localcontext(reference.FIFTY_DIGITS):
        return "\n".join(steps_of_attributes(example) + steps_of_behaviour(example)) + "\n".join(
            ["", *steps_of_score(example)]
        )


def lead_and_attributes(example: Example) -> tuple[dict, dict]:
    rules = reference.clean_rules(example.rules)
    leads, _ = reference.clean_leads(example.raw_tables["leads"])
    (lead,) = leads.values()
    return rules, reference.lead_attributes(lead, {}, rules)


def steps_of_attributes(example: Example) -> list[str]:
    rules, attributes = lead_and_attributes(example)
    derived = ("email_domain", "email_domain_kind", "job_seniority", "job_function")
    lines = [
        "",
        "**Derived attributes.** "
        + ", ".join(f"`{name}` is `{attributes[name]}`" for name in derived)
        + ".",
        "",
        "**Audience.** Scored by: "
        + ", ".join(f"`{row['scoring_model']}`" for row in example.tables["lead_scores"])
        + ". All other models have an audience that the lead is not in.",
        "",
        "**Fit rules and negative attributes that fire.**",
        "",
    ]
    rows = []
    points_by_file = {}
    for file in ("fit_points", "negative_attributes"):
        fired = reference.fire_attribute_rules(f"{file}.csv", "", "b2b", attributes, rules)
        points_by_file[file] = sum((rule.points for rule in fired), Decimal(0))
        by_id = {
            row["rule_id"]: row for row in reference.rows_of_model(rules, f"{file}.csv", "b2b")
        }
        for rule in fired:
            row = by_id[rule.rule_id]
            rows.append(
                [
                    f"`{rule.rule_id}`",
                    row["attribute"],
                    attributes[reference.attribute_name(row["attribute"])] or "missing",
                    row["exclusive_group"] or "",
                    shown(rule.points),
                ]
            )
    header = ["rule", "attribute", "of the lead", "group", "points that count"]
    lines += table_text(header, rows).splitlines()
    lines += [
        "",
        f"Fit: {shown(points_by_file['fit_points'])}. "
        f"Negative attributes: {shown(points_by_file['negative_attributes'])}.",
        "",
    ]
    return lines


def steps_of_behaviour(example: Example) -> list[str]:
    rules, _ = lead_and_attributes(example)
    leads, _ = reference.clean_leads(example.raw_tables["leads"])
    activities, _ = reference.clean_activities(example.raw_tables["activities"], leads)
    rows, sums = [], []
    for row in reference.rows_of_model(rules, "behaviour_points.csv", "b2b"):
        fired = reference.fire_behaviour_rule(row, activities, rules, example.scoring_date)
        if fired is None:
            continue
        curve, steps = reference.curve_named(row["decay_curve"], rules)
        earned = reference.number_in_rule(row["points"])
        repeat = reference.number_in_rule(row["repeat_points"], if_empty=Decimal(0))
        limit = reference.number_in_rule(row["daily_limit"])
        days = defaultdict(list)
        for activity in activities:
            # one activity at a time: does the rule take it?
            if reference.fire_behaviour_rule(row, [activity], rules, example.scoring_date):
                days[(example.scoring_date - activity.occurred_at.date()).days].append(activity)
        exact, is_first = Decimal(0), True
        for age in sorted(days, reverse=True):
            counted = days[age][: int(limit)] if limit is not None else days[age]
            share = reference.multiplier(curve, steps, age)
            for activity in counted:
                points = earned if is_first else earned + repeat
                is_first = False
                exact += points * share
                rows.append(
                    [
                        f"`{fired.rule_id}`",
                        activity.activity_id,
                        str(age),
                        shown(points),
                        f"`{row['decay_curve']}`",
                        shown(share),
                        shown(points * share),
                    ]
                )
        cut = reference.cut_in_size(exact, reference.number_in_rule(row["max_points"]))
        assert reference.round_half_away(cut, 4) == fired.points
        sums.append(
            [
                f"`{fired.rule_id}`",
                shown(exact),
                row["max_points"] or "",
                shown(fired.points),
                fired.category or "",
            ]
        )
    header = ["rule", "activity", "age", "points", "curve", "multiplier", "points times multiplier"]
    lines = ["**Behaviour, each counted activity.**", "", *table_text(header, rows).splitlines()]
    header = ["rule", "sum", "`max_points`", "cut and rounded", "category"]
    lines += ["", "**Behaviour, each rule.**", "", *table_text(header, sums).splitlines(), ""]
    return lines


def steps_of_score(example: Example) -> list[str]:
    rules = reference.clean_rules(example.rules)
    (score,) = [row for row in example.tables["lead_scores"] if row["scoring_model"] == "b2b"]
    (model,) = reference.rows_of_model(rules, "scoring_models.csv", "b2b")
    contributions = worked_contributions(example)

    def points_of(contribution_type: str) -> Decimal:
        found = (row for row in contributions if row["contribution_type"] == contribution_type)
        return sum((row["points"] for row in found), Decimal(0))

    def adjusted(prefix: str) -> Decimal:
        return sum(
            (row["points"] for row in contributions if row["rule_id"].startswith(prefix)),
            Decimal(0),
        )

    capped = points_of("behaviour") + adjusted("category_cap")
    holding = [name for name in ("marketing_qualified", "sales_ready") if score[f"is_{name}"]]
    rows = [
        ["fit rules together", shown(points_of("fit"))],
        ["`fit_points`, at most " + model["max_fit_points"], shown(score["fit_points"])],
        ["positive behaviour rules together", shown(points_of("behaviour"))],
        ["after the caps of the categories", shown(capped)],
        [
            "`behaviour_points`, at most " + model["max_behaviour_points"],
            shown(score["behaviour_points"]),
        ],
        ["`penalty_points`", shown(score["penalty_points"])],
        ["`total_points`", shown(score["total_points"])],
        [f"**`score`**, {model['min_score']} to {model['max_score']}", f"**{score['score']}**"],
        ["`uncapped_points`", shown(score["uncapped_points"])],
        ["`score_share`", shown(score["score_share"])],
        ["`segment`", shown(score["segment"])],
        ["`grade`", shown(score["grade"])],
        ["thresholds that hold", ", ".join(f"`{name}`" for name in holding) or "none"],
        ["`activity_count`, of no bot and not in the future", shown(score["activity_count"])],
        ["`top_reasons`", score["top_reasons"]],
    ]
    columns = [
        "contribution_type",
        "rule_id",
        "points",
        "points_before_decay",
        "activity_count",
        "latest_activity_at",
        "reason",
    ]
    return [
        "**The score.**",
        "",
        *table_text(["step", "result"], rows).splitlines(),
        "",
        "**The contributions.** Together they are the score.",
        "",
        *table_text(
            columns, [[shown(row[column]) for column in columns] for row in contributions]
        ).splitlines(),
        "",
    ]


# ------------------------------------------------------------------------------------------------
# Writing the page
# ------------------------------------------------------------------------------------------------

COLUMNS = re.compile(r"(<!-- columns: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
EXAMPLE = re.compile(r"(<!-- example: ([0-9-]{10}) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
WORKED = re.compile(
    r"(<!-- worked example: ([0-9-]{10}) -->\n)(.*?)(<!-- steps -->\n)(.*?)(<!-- end -->)",
    re.DOTALL,
)
OPERATORS = re.compile(r"<!-- operators -->\n(.*?)<!-- end -->", re.DOTALL)


def worked_example(page: str | None = None) -> Example:
    """The lead and the activities of the last chapter, scored with the shipped rules."""
    match = WORKED.search(page or PAGE.read_text(encoding="utf-8"))
    return Example(match[3], match[2], shipped_rules())


def page_as_it_must_be(page: str) -> str:
    """The page with everything that is made made anew."""
    page = COLUMNS.sub(lambda match: match[1] + column_table(match[2]) + match[4], page)
    page = EXAMPLE.sub(
        lambda match: match[1] + Example(match[3], match[2]).rewritten() + match[4], page
    )
    return WORKED.sub(
        lambda match: (
            match[1]
            + match[3]
            + match[4]
            + worked_steps(Example(match[3], match[2], shipped_rules()))
            + match[6]
        ),
        page,
    )


# ------------------------------------------------------------------------------------------------
# Tests
# ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def section(page: str, name: str) -> str:
    (found,) = re.findall(
        rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE
    )
    return found


def test_every_rule_file_is_in_the_list_of_this_test():
    assert sorted(specs()) == sorted(RULE_FILES)
    assert sorted(shipped_rules()) == sorted(f"{name}.csv" for name in RULE_FILES)


@pytest.mark.parametrize("name", RULE_FILES)
def test_every_rule_file_is_explained_in_the_same_four_parts(page, name):
    text = section(page, name)
    assert re.findall(r"^\*\*(.*?)\*\*", text, re.MULTILINE) == PARTS
    assert f"<!-- columns: {name} -->" in text
    assert "<!-- example: " in text
    assert f"](#{name})" in page, "the page's contents do not have it"


@pytest.mark.parametrize("name", RULE_FILES)
def test_columns_are_told_as_in_the_seeds_yml(page, name):
    (found,) = [match[3] for match in COLUMNS.finditer(page) if match[2] == name]
    must_be = column_table(name)
    assert found == must_be, f"{WRITE_HINT}\n{must_be}"


@pytest.mark.parametrize("name", RULE_FILES)
def test_every_allowed_text_is_explained(page, name):
    text = section(page, name) + section(page, "Conditions")
    for column in specs()[name]["columns"]:
        for allowed in column["config"]["meta"].get("allowed", []):
            assert f"`{allowed}`" in text, f"{column['name']}: {allowed}"


@pytest.mark.parametrize("name", RULE_FILES)
def test_the_numbers_of_an_example_are_those_of_the_scorer(page, name):
    examples = list(EXAMPLE.finditer(section(page, name)))
    assert examples
    for match in examples:
        must_be = Example(match[3], match[2]).rewritten()
        assert match[3] == must_be, f"{WRITE_HINT}\n{must_be}"


def test_every_part_of_the_page_that_is_made_is_up_to_date(page):
    assert page == page_as_it_must_be(page), WRITE_HINT


def test_every_example_has_a_result(page):
    for match in EXAMPLE.finditer(page):
        tables = Example(match[3], match[2]).headers
        assert set(tables) & set(RESULTS), match[3]


def test_the_steps_of_the_last_chapter_end_in_the_score_of_the_scorer(page):
    example = worked_example(page)
    (score,) = example.tables["lead_scores"]
    contributions = worked_contributions(example)
    assert sum(row["points"] for row in contributions) == score["score"]
    assert f"**{score['score']}**" in WORKED.search(page)[5]


def operator_rows(page: str) -> list[list[str]]:
    ((_, rows),) = tables_in(OPERATORS.search(page)[1])
    return rows


def test_all_operators_are_listed_in_the_order_of_the_seeds_yml(page):
    listed = [bare(row[0]) for row in operator_rows(page)]
    for name in CONDITION_FILES:
        (column,) = [item for item in specs()[name]["columns"] if item["name"] == "operator"]
        assert listed == column["config"]["meta"]["allowed"]


def test_operators_hold_for_what_the_page_says(page):
    for operator, _, attribute, value, holding, failing in operator_rows(page):
        for cell, must_hold in ((holding, True), (failing, False)):
            texts = re.findall(r"`([^`]*)`", cell)
            assert texts or "missing" in cell
            if re.search(r"\bmissing\b", re.sub(r"`[^`]*`", "", cell)):
                texts.append(None)
            for text in texts:
                holds = reference.condition_holds(
                    bare(attribute), text, bare(operator), bare(value)
                )
                assert holds is must_hold, f"{operator} {value}: {text}"


def test_every_warning_is_explained(page):
    (path,) = (PROJECT / "models").rglob("rule_warnings.yml")
    (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    (column,) = [item for item in model["columns"] if item["name"] == "warning_code"]
    (test,) = column["data_tests"]
    codes = test["accepted_values"]["arguments"]["values"]
    found = [
        [bare(row[0]) for row in rows]
        for header, rows in tables_in(section(page, "The rule check"))
        if header[0] == "`warning_code`"
    ]
    assert found == [codes]


def test_every_adjustment_is_explained(page):
    (path,) = (PROJECT / "models").rglob("int_adjustments.sql")
    sql = path.read_text(encoding="utf-8")
    names = set(re.findall(r"'(\w+)(?::?)'(?: \|\| [\w.]+)? as rule_id", sql))
    found = [
        {bare(row[0]).split(":")[0] for row in rows}
        for header, rows in tables_in(section(page, "Contributions and reasons"))
        if header[0] == "adjustment"
    ]
    assert found == [names]


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Bring the made parts of docs/rules.md up to date.",
        epilog="Example: python tests/python/test_docs_rules.py --write",
    )
    parser.add_argument("--write", action="store_true", required=True, help="write the page")
    parser.parse_args()
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page_as_it_must_be(page), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
