"""scripts/suggest_points.py moves points where outcomes say so, and nothing that is in force."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import suggest_points
from lead_scoring_tools import suggestions
from lead_scoring_tools.backtests import Backtest
from lead_scoring_tools.points_fit import Ranking, Rows, ShrunkFit, auc_differences, fit_points
from lead_scoring_tools.problems import ProblemError
from lead_scoring_tools.rule_edits import (
    RuleTable,
    Variant,
    difference,
    read_rule_tables,
    write_trial,
)
from lead_scoring_tools.suggestion_report import check_output, page, write_output
from lead_scoring_tools.suggestions import (
    KEEP,
    Learning,
    ModelRule,
    Plan,
    Suggestion,
    Training,
    counts_of,
    half_life_variants,
    rounded,
    scaled_cells,
    suggestion_for,
)
from lead_scoring_tools.warehouse import PROJECT_FOLDER
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from typer.testing import CliRunner

LOAN_FUNNEL = PROJECT_FOLDER.parent / "shared" / "data" / "loan_funnel"
LOAN_RULES = PROJECT_FOLDER / "examples" / "loan_funnel" / "rules"
SHIPPED_RULES = PROJECT_FOLDER / "seeds" / "rules"


# ------------------------------------------------------------------------------------------------
# The fit
# ------------------------------------------------------------------------------------------------

PRESENT = np.array([10.0, 10.0, 5.0, -10.0, 10.0])
TRUE = np.array([10.0, 30.0, 0.0, -10.0, 10.0])
WORTH = 0.08
STEPS = np.ones(5)
NONE_FIXED = np.zeros(5, dtype=bool)


def made_up(lead_count: int, *, seed: int = 1, days: int = 2, base: float = -2.0) -> Rows:
    """Rows of leads whose log odds of a win are made by TRUE; their days differ by little."""
    generator = np.random.default_rng(seed)
    fired = generator.random((lead_count, 5)) < np.array([0.4, 0.3, 0.5, 0.2, 0.3])
    won = generator.random(lead_count) < expit(base + WORTH * fired @ TRUE)
    features = np.repeat(fired.astype(float), days, axis=0)
    features *= generator.uniform(0.9, 1.1, features.shape)
    return Rows(features, np.repeat(won, days), np.repeat(np.arange(lead_count), days))


def fitted(rows: Rows, fixed=NONE_FIXED):
    return fit_points(rows, PRESENT, STEPS, fixed, resamples=24)


@pytest.fixture(scope="module")
def many():
    """What is learned from many leads."""
    return fitted(made_up(4000))


def test_wrong_points_are_put_right(many):
    assert many.has_measure
    moved = ~many.is_kept
    assert moved[[1, 2]].all()
    learned = (many.points * many.worth)[moved]
    np.testing.assert_allclose(learned, (TRUE * WORTH)[moved], rtol=0.2, atol=0.15)
    assert (many.low <= many.points)[moved].all()
    assert (many.points <= many.high)[moved].all()
    assert (many.points == PRESENT)[many.is_kept].all()


def test_right_points_are_kept():
    rows = made_up(2500)
    found = fit_points(rows, TRUE + (TRUE == 0), STEPS, NONE_FIXED, resamples=20)
    assert found.is_kept.sum() >= 4
    assert found.worth == pytest.approx(WORTH, rel=0.1)


def test_the_same_rows_give_the_same_points():
    rows = made_up(300)
    first, second = fitted(rows), fitted(rows)
    assert first.points.tolist() == second.points.tolist()
    np.testing.assert_array_equal(first.low, second.low)


def test_the_fit_is_least_where_it_says():
    rows = made_up(200)
    fit = ShrunkFit(rows.features, rows.is_won, PRESENT, NONE_FIXED)
    base, weights = fit.weights(WORTH, 0.01)

    def loss(base, weights):
        odds = base + rows.features @ weights
        away = fit.spread * (weights - WORTH * PRESENT)
        return np.mean(np.logaddexp(0, odds) - rows.is_won * odds) + 0.005 * away @ away

    least = loss(base, weights)
    generator = np.random.default_rng(3)
    for _ in range(50):
        step = generator.normal(0, 0.01, 6)
        moved = np.where(PRESENT > 0, np.maximum(weights + step[1:], 0), weights + step[1:])
        moved = np.where(PRESENT < 0, np.minimum(moved, 0), moved)
        assert loss(base + step[0], moved) >= least - 1e-6
    # no penalty is left to choose when it is very large: the points as they are
    _, drawn = fit.weights(WORTH, 1e6)
    np.testing.assert_allclose(drawn, WORTH * PRESENT, atol=1e-4)


def test_rules_keep_their_signs():
    rows = made_up(800)
    wrong = np.array([10.0, 10.0, 5.0, 10.0, -10.0])  # the last two are the other way round
    _, weights = ShrunkFit(rows.features, rows.is_won, wrong, NONE_FIXED).weights(WORTH, 1e-4)
    assert weights[3] == 0
    assert weights[4] == 0
    assert weights[1] > 0


def test_small_evidence_is_drawn_towards_the_points_as_they_are(many):
    few = fitted(made_up(100))
    assert few.is_kept.sum() >= many.is_kept.sum()
    assert np.abs(few.points - PRESENT).sum() <= np.abs(many.points - PRESENT).sum()
    assert few.high[0] - few.low[0] > 1.5 * (many.high[0] - many.low[0])


@pytest.mark.parametrize("fired", [10, 40])
def test_a_rule_that_hardly_ever_fired_keeps_its_points(fired):
    rows = made_up(1200, base=-4.0)
    # it fires for some leads that were not won, as 19 of 20 are not
    other = np.unique(rows.leads[~rows.is_won])[:fired]
    features = rows.features.copy()
    features[:, 3] = np.isin(rows.leads, other)
    found = fitted(Rows(features, rows.is_won, rows.leads))
    assert found.support[3] == fired
    assert found.is_kept[3]
    assert np.isnan(found.low[3]) == (fired < 20)


def test_fixed_rules_keep_their_points(many):
    found = fitted(made_up(800), np.array([False, True, False, False, False]))
    assert not many.is_kept[1]
    assert found.points[1] == PRESENT[1]


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_outcomes_move_no_points_and_give_no_lift(seed):
    rows = made_up(800)
    won = np.random.default_rng(seed).permutation(rows.is_won[::2])
    found = fitted(Rows(rows.features, np.repeat(won, 2), rows.leads))
    assert found.is_kept.sum() >= 4
    judged = made_up(800, seed=9)
    won = np.random.default_rng(seed).permutation(judged.is_won[::2])
    totals = [judged.features @ points for points in (PRESENT, found.points)]
    (gain,) = auc_differences(totals[0], totals[1:], np.repeat(won, 2), judged.leads)
    assert gain.low <= 0


def test_the_auc_is_that_of_scikit_learn():
    generator = np.random.default_rng(5)
    values = generator.integers(0, 20, 500).astype(float)  # with ties
    won = generator.random(500) < expit((values - 10) / 5)
    weights = generator.integers(0, 4, 500).astype(float)
    expected = roc_auc_score(won, values, sample_weight=weights)
    assert Ranking(values, won).auc(weights) == pytest.approx(expected)
    assert np.isnan(Ranking(values, np.ones(500, dtype=bool)).auc(weights))


def test_a_better_order_is_told_from_a_worse_and_many_tries_cost():
    rows = made_up(1000)
    totals = [rows.features @ points for points in (PRESENT, TRUE, -TRUE)]
    better, worse = auc_differences(totals[0], totals[1:], rows.is_won, rows.leads)
    assert better.low > 0 > worse.high
    (alone,) = auc_differences(totals[0], [totals[1]], rows.is_won, rows.leads)
    assert alone.value == better.value
    assert better.low < alone.low
    assert auc_differences(totals[0], [], rows.is_won, rows.leads) == []


# ------------------------------------------------------------------------------------------------
# What is written for a rule
# ------------------------------------------------------------------------------------------------


def a_rule(points: str, file: str = "behaviour_points", **cells: str) -> ModelRule:
    given = {"scoring_model": "m", "rule_id": "r", "points": points, **cells}
    return ModelRule(file, 0, given, Decimal(points))


@pytest.mark.parametrize(
    ("points", "fitted_points", "file", "expected"),
    [
        ("10", "12.5", "behaviour_points", "13"),
        ("-10", "-12.5", "behaviour_points", "-13"),
        ("2", "3.3", "behaviour_points", "3.5"),
        ("7.5", "9.1", "fit_points", "9"),
        ("2", "0.1", "behaviour_points", "0"),
        ("-2", "-0.1", "negative_attributes", "0"),
        # the points of a fit rule must be above 0
        ("2", "0.1", "fit_points", "0.5"),
        ("10", "0", "fit_points", "1"),
    ],
)
def test_points_are_rounded_to_what_people_would_write(points, fitted_points, file, expected):
    found = rounded(Decimal(fitted_points), a_rule(points, file))
    assert str(found.normalize()) == str(Decimal(expected).normalize())


def test_repeat_points_and_the_cap_go_with_the_points():
    rule = a_rule("10", repeat_points="5", max_points="25")
    assert scaled_cells(rule, Decimal(20)) == {"repeat_points": "10", "max_points": "50"}
    assert scaled_cells(rule, Decimal(0)) == {"repeat_points": "0", "max_points": "1"}
    assert scaled_cells(rule, Decimal(10)) == {}
    assert scaled_cells(a_rule("10", repeat_points="", max_points=""), Decimal(20)) == {}
    # a repeat never costs points
    assert scaled_cells(a_rule("3", repeat_points="-3"), Decimal("2")) == {"repeat_points": "-2"}


def test_what_is_kept_has_the_verdict_and_its_old_points(many):
    found = fitted(made_up(100))
    assert found.is_kept[0]
    kept = suggestion_for("m", a_rule("10"), found, 0)
    assert (kept.new, kept.verdict, kept.other_cells) == (Decimal(10), KEEP, {})
    changed = suggestion_for("m", a_rule("10", max_points="20"), many, 1)
    assert changed.verdict == "change"
    assert changed.new == round(many.points[1])
    assert changed.other_cells == {"max_points": str(2 * changed.new)}
    # a fit that rounds to the points as they are is no change
    assert suggestion_for("m", a_rule(str(round(many.points[1]))), many, 1).verdict == KEEP


def test_counts_times_points_are_what_the_caps_of_categories_leave():
    rules = [
        ModelRule("behaviour_points", 0, {}, Decimal(10), category="web", category_cap=Decimal(12)),
        ModelRule("behaviour_points", 1, {}, Decimal(5), category="web", category_cap=Decimal(12)),
        ModelRule("behaviour_points", 2, {}, Decimal(-5)),
        ModelRule("fit_points", 0, {}, Decimal(4)),
    ]
    given = np.array([[20.0, 4.0, -5.0, 4.0], [5.0, 5.0, 0.0, 0.0], [0.0, 0.0, 0.0, 4.0]])
    counts = counts_of(given, rules)
    assert counts @ np.array([10, 5, -5, 4]) == pytest.approx([12 - 5 + 4, 10, 4])
    assert counts[1].tolist() == [0.5, 1, 0, 0]


# ------------------------------------------------------------------------------------------------
# Rule files
# ------------------------------------------------------------------------------------------------


def test_edits_change_only_their_cells_byte_for_byte():
    text = (
        "rule_id,points, rationale\r\n"
        'a,10,"with, comma and ""marks"""\r\n'
        "\r\n"
        'b, "5" ,"two\r\nlines"\n'
        "c,+7.0,no end of line"
    )
    table = RuleTable("fit_points", text)
    assert [row["points"] for row in table.rows][::2] == ["10", "+7.0"]
    assert table.rows[0]["rationale"] == 'with, comma and "marks"'
    assert table.edited({}).text == text
    edited = table.edited({(0, "points"): "12", (2, "points"): "8"})
    assert edited.text == text.replace("a,10,", "a,12,").replace("c,+7.0,", "c,8,")
    assert edited.rows[1] == table.rows[1]


@pytest.mark.parametrize("folder", [SHIPPED_RULES, LOAN_RULES])
def test_the_diff_touches_nothing_but_points(folder):
    tables = read_rule_tables(folder)
    assert difference(tables, tables) == ""
    for name, table in tables.items():
        with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            assert table.rows == list(csv.DictReader(file))
    new = {**tables, "behaviour_points": tables["behaviour_points"].edited({(2, "points"): "99"})}
    lines = difference(tables, new).splitlines()
    changed = [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]
    old, points = tables["behaviour_points"].text.splitlines()[3], changed[1].split(",")[5]
    assert changed[0] == f"-{old}"
    assert points == "99"
    assert len(changed) == 2


def rows_by_file(folder: Path) -> dict[str, list[dict[str, str]]]:
    return {name: table.rows for name, table in read_rule_tables(folder).items()}


def test_a_trial_has_every_version_beside_the_models_and_rows_stay_in_place(tmp_path):
    tables = read_rule_tables(SHIPPED_RULES)
    variants = half_life_variants(tables, ["b2b"])
    # 7 days as it is; 90 days is the window
    assert [one.half_lives for one in variants] == [
        {"half_life_one_week": days} for days in ("1", "3", "14", "30", "60", "90")
    ]
    write_trial(tables, ["b2b"], [variants[2]], tmp_path / "trial")
    trial = rows_by_file(tmp_path / "trial")
    (model,) = [row for row in trial["scoring_models"] if row["scoring_model"] == variants[2].name]
    assert model["status"] == "active"
    status = {row["scoring_model"]: row["status"] for row in trial["scoring_models"]}
    assert (status["b2b"], status["enterprise_executive"]) == ("active", "off")
    (curve,) = [row for row in trial["decay_curves"] if row["half_life_days"] == "14"]
    assert (curve["window_days"], curve["kind"]) == ("90", "half_life")
    for name in ("fit_points", "negative_attributes", "behaviour_points"):
        before = tables[name].rows
        assert [row["rule_id"] for row in trial[name][: len(before)]] == [
            row["rule_id"] for row in before
        ]
        copied = [row for row in trial[name] if row["scoring_model"] == variants[2].name]
        own = [row for row in before if row["scoring_model"] in ("*", "b2b")]
        for copy, row in zip(copied, own, strict=True):
            changes = {"scoring_model": variants[2].name}
            if row.get("decay_curve") == "half_life_one_week":
                changes["decay_curve"] = curve["decay_curve"]
            assert copy == {**row, **changes}
        assert all(row["scoring_model"] != "*" for row in trial[name])
    other = Variant("b2b__before", "b2b", tables, {})
    write_trial(tables, ["b2b", "enterprise_executive"], [other], tmp_path / "both")
    counted = [
        row["scoring_model"]
        for row in rows_by_file(tmp_path / "both")["fit_points"]
        if row["rule_id"] == "fit_business_email"
    ]
    assert sorted(counted) == ["b2b", "b2b__before", "enterprise_executive"]


# ------------------------------------------------------------------------------------------------
# The plan and the folder
# ------------------------------------------------------------------------------------------------


def a_plan(train: tuple[str, str], test: tuple[str, str], rules: Path = LOAN_RULES) -> Plan:
    known = date(2012, 3, 14)
    first, second = (
        Backtest(date.fromisoformat(begin), date.fromisoformat(end), 4, 14, known)
        for begin, end in (train, test)
    )
    return Plan(first, second, rules)


PLAN = a_plan(("2011-10-20", "2011-12-31"), ("2012-01-16", "2012-02-29"))


def test_days_that_overlap_are_refused_and_outcomes_that_do_are_told():
    assert PLAN.check() == []
    (note,) = a_plan(("2011-10-20", "2011-12-31"), ("2012-01-10", "2012-02-29")).check()
    assert "reach to 2012-01-14, past the first test day (2012-01-10)" in note
    with pytest.raises(ProblemError, match=r"--test-from \(2011-12-31\) is not after --train-to"):
        a_plan(("2011-10-20", "2011-12-31"), ("2011-12-31", "2012-02-29")).check()
    with pytest.raises(ProblemError, match="turn them round"):
        a_plan(("2011-12-31", "2011-10-20"), ("2012-01-16", "2012-02-29")).check()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--test-from", "2011-12-01"), "--test-from (2011-12-01) is not after --train-to"),
        (("--every", "weekly"), "--every is 'weekly'"),
        (("--output", str(SHIPPED_RULES)), "would write over rule files in force"),
        (("--output", str(PROJECT_FOLDER / "seeds" / "new")), "would write over rule files"),
        (("--output", str(PROJECT_FOLDER)), "would write over rule files in force"),
        (("--output", str(PROJECT_FOLDER / "docs")), "holds something else"),
        (("--model", "nobody"), "--model nobody: no such model is active or testing; there are"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.setenv("LEAD_SCORING_DUCKDB_PATH", str(tmp_path / "empty.duckdb"))
    days = ("--train-from", "2011-10-20", "--train-to", "2011-12-31", "--test-to", "2012-02-29")
    defaults = ("--test-from", "2012-01-16", "--scoring-date", "2012-03-14")
    result = CliRunner().invoke(suggest_points.app, [*days, *defaults, *arguments])
    assert result.exit_code == 1
    assert sentence in " ".join(result.output.split())


@dataclass
class Counted:
    """A warehouse that has counted the leads."""

    won: int
    other: int

    def rows(self, sql: str) -> list[dict]:
        return [{"scoring_model": "loan", "won": self.won, "other": self.other}]


@pytest.mark.parametrize(("won", "other"), [(39, 500), (500, 39)])
def test_too_few_leads_are_refused(won, other):
    with pytest.raises(ProblemError, match=f"{won} leads were won and {other} were not"):
        Learning(Counted(won, other), {}, []).enough_evidence(["loan"], PLAN)
    notes: list[str] = []
    enough = Learning(Counted(40, 40), {}, notes).enough_evidence(["loan", "rare"], PLAN)
    assert enough == ["loan"]
    assert "rare: 0 leads were won" in notes[0]


def a_suggestion(**changed: Decimal) -> Suggestion:
    """A proposal for the loan rules: one rule, other points."""
    tables = read_rule_tables(LOAN_RULES)
    learned = Learning(Counted(0, 0), tables, [])
    for rule in learned.rules_of("loan_application"):
        new = changed.get(rule.cells["rule_id"], rule.points)
        learned.points.append(
            suggestions.PointsSuggestion(
                rule.file, rule.row, "loan_application", "loan_application", rule.cells["rule_id"],
                rule.points, new, 1.0, 2.0, 30, KEEP if new == rule.points else "change",
            )
        )  # fmt: skip
    learned.half_lives.append(
        suggestions.HalfLifeSuggestion(
            "half_life_two_weeks", "loan_application", Decimal(14), Decimal(7), Decimal(7), None
        )
    )
    training = Training("loan_application", 90, 60, 30, 0.5, 0.01, -0.01, 0.03, 1.0)
    return Suggestion(
        PLAN, [], [training], learned.half_lives, learned.points, [], tables,
        learned.proposed_tables(),
    )  # fmt: skip


def test_the_folder_is_replaced_as_a_whole_and_nothing_else_is(tmp_path):
    folder = tmp_path / "suggested"
    write_output(a_suggestion(behaviour_offer_sent=Decimal(9)), folder)
    write_output(a_suggestion(behaviour_offer_sent=Decimal("7.5")), folder)
    assert [path.name for path in tmp_path.iterdir()] == ["suggested"]
    assert sorted(path.name for path in folder.iterdir()) == ["changes.diff", "report.md", "rules"]
    for path in LOAN_RULES.glob("*.csv"):
        expected = path.read_bytes()
        if path.stem == "behaviour_points":
            expected = expected.replace(b",o_sent,,,5,", b",o_sent,,,7.5,")
        if path.stem == "decay_curves":
            expected = expected.replace(b",half_life,14,", b",half_life,7,")
        assert (folder / "rules" / path.name).read_bytes() == expected
    changes = (folder / "changes.diff").read_text()
    assert len([line for line in changes.splitlines() if line.startswith("+")]) == 4
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine")
    with pytest.raises(ProblemError, match="holds something else"):
        check_output(tmp_path / "other", LOAN_RULES)


def test_the_report_says_what_was_kept_and_why():
    text = page(a_suggestion(behaviour_offer_sent=Decimal(9)))
    sent = "| loan_application | behaviour_offer_sent | 30 | 5 | 9 | 1.0 to 2.0 | change |"
    assert sent in text
    assert text.count(f"| {KEEP} |") == 16
    assert "The curve half_life_two_weeks keeps its name" in text
    assert "there is no measure for new points: all are kept" in text
    assert "a part of 50 % of all leads by lot" in text


# ------------------------------------------------------------------------------------------------
# The whole way
# ------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_loan_points_learned_on_earlier_days_are_better_on_later_ones(
    project, tmp_path, monkeypatch
):
    if not LOAN_FUNNEL.is_dir():
        pytest.skip("no loan_funnel in ../shared/data")
    project.load(LOAN_FUNNEL)
    # three of the half-lives, to save time, and one to start from that is far too long
    monkeypatch.setattr(suggestions, "HALF_LIVES", (7, 14, 30))
    start = {
        name: RuleTable(name, table.text.replace(",half_life,14,", ",half_life,60,"))
        for name, table in read_rule_tables(LOAN_RULES).items()
    }
    rules, folder = tmp_path / "rules", tmp_path / "suggested"
    rules.mkdir()
    for name, table in start.items():
        (rules / f"{name}.csv").write_text(table.text, encoding="utf-8")
    tables_before = project.table_names()
    with suggest_points.one_at_a_time(
        suggest_points.WORKING_FOLDER / "run.lock", suggest_points.tell_of_other_run
    ):
        plan = a_plan(("2011-10-20", "2011-12-31"), ("2012-01-16", "2012-02-29"), rules)
        found = suggest_points.propose(project.warehouse, plan, folder)
    (training,) = found.trainings
    assert (training.row_count, training.share) == (12_998, 1.0)
    (curve,) = found.half_lives
    assert curve.old == 60
    assert 7 <= curve.new <= 30
    (judged,) = found.judgements
    assert judged.after["auc"]["row_count"] == 10_280
    assert judged.before["auc"]["value"] < Decimal("0.74")
    assert judged.after["auc"]["value"] >= Decimal("0.78")
    assert judged.verdict == "The proposal is better on the test days."
    points = {one.rule_id: one for one in found.points}
    assert points["behaviour_offer_sent_back"].new > 25
    assert points["penalty_offer_declined"].verdict == KEEP
    assert all(one.old * one.new >= 0 for one in found.points)
    # nothing is in force, and nothing of the trial is left
    assert project.table_names() == tables_before
    for name, table in start.items():
        assert (rules / f"{name}.csv").read_text(encoding="utf-8") == table.text
    written = rows_by_file(folder / "rules")
    for row, old in zip(written["behaviour_points"], start["behaviour_points"].rows, strict=True):
        assert row == {**old, "points": row["points"]}
        assert Decimal(row["points"]) == points[row["rule_id"]].new
    assert "better on the test days" in (folder / "report.md").read_text(encoding="utf-8")
