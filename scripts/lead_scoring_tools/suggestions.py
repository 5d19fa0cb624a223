"""New points and half-lives, from what came of the leads: learned on earlier days, judged on later.

Everything is tried in schemas that are dropped afterwards. The rules in force stay as they are.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np

from .backtests import Backtest, run_backtest, trial, trial_seeds
from .dbt_calls import OnStep
from .points_fit import Difference, FittedPoints, Floats, Rows, Whole, auc_differences, fit_points
from .problems import ProblemError
from .rule_edits import (
    FILES_WITH_POINTS,
    RuleTables,
    Variant,
    free_name,
    number,
    number_text,
    read_rule_tables,
    rows_of,
    write_trial,
)
from .warehouse import WORKING_FOLDER, Warehouse, literal

HALF_LIVES = (1, 3, 7, 14, 30, 60, 90)
LEAST_LEADS = 40
MOST_ROWS = 200_000
KEEP = "not enough evidence: keep"


@dataclass(frozen=True)
class Plan:
    """What to learn from and what to judge by.

    `train` and `test` are the past days, `rules` the folder of rule files to start from, `model`
    the one scoring model to look at, or None for all that are scored.
    """

    train: Backtest
    test: Backtest
    rules: Path
    model: str | None = None

    def check(self) -> list[str]:
        """Return what the user should know of the days.

        Raises ProblemError when the days are not in their order, since what is judged by must come
        after what was learned from.
        """
        train, test = self.train, self.test
        for name, days in (("train", train), ("test", test)):
            if days.first > days.last:
                raise ProblemError(
                    f"--{name}-from ({days.first}) is after --{name}-to ({days.last}): turn them "
                    "round."
                )
        if test.first <= train.last:
            raise ProblemError(
                f"--test-from ({test.first}) is not after --train-to ({train.last}): points that "
                "are judged by the days they were learned from always look good."
            )
        known = train.last + timedelta(days=train.outcome_days)
        if known > test.first:
            return [
                f"The outcomes of the last training days reach to {known}, past the first test "
                f"day ({test.first}): the same win may count in both. Leave {train.outcome_days} "
                "days between them to be sure."
            ]
        return []


@dataclass(frozen=True)
class HalfLifeSuggestion:
    """A decay curve: the half-life as it is, the best other one, and what is proposed.

    `gain` is by how much the best other one raises the AUC on the training days, none when there
    was no other to try.
    """

    curve: str
    model: str
    old: Decimal
    new: Decimal
    best: Decimal | None
    gain: Difference | None

    @property
    def verdict(self) -> str:
        """What is proposed, in words."""
        if self.gain is None:
            return "no other half-life fits into the window: keep"
        return KEEP if self.new == self.old else "change"


@dataclass(frozen=True)
class PointsSuggestion:
    """A rule: its points as they are and as proposed.

    `row` is its row in the file, from 0. `scoring_model` is as the file has it; `model` is the one
    whose leads were asked. `low` and `high` are none when nothing was fitted. `other_cells` are
    cells that change with the points, by column.
    """

    file: str
    row: int
    scoring_model: str
    model: str
    rule_id: str
    old: Decimal
    new: Decimal
    low: float | None
    high: float | None
    support: int
    verdict: str
    other_cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Judgement:
    """How a model did on the test days with the rules as they are, and as proposed.

    `before` and `after` have the rows of model_performance for the score by metric; `qualified`
    the shares of rows that are marketing-qualified and sales-ready. `gain` is by how much the AUC
    of the score rises; none when nothing is proposed.
    """

    model: str
    before: dict[str, dict[str, Any]]
    after: dict[str, dict[str, Any]]
    qualified_before: dict[str, float]
    qualified_after: dict[str, float]
    gain: Difference | None

    @property
    def is_better(self) -> bool:
        """Whether the proposal clearly puts the won leads higher."""
        return self.gain is not None and self.gain.low > 0

    @property
    def verdict(self) -> str:
        """Whether the proposal is better, in words."""
        if self.gain is None:
            return "Nothing is proposed: no better than the rules in force."
        if self.is_better:
            return "The proposal is better on the test days."
        return "The proposal is no better than the rules in force."


@dataclass(frozen=True)
class Training:
    """How many rows, leads and won leads a scoring model was learned from, and of what days."""

    model: str
    row_count: int
    lead_count: int
    won_lead_count: int
    share: float
    worth: float
    worth_low: float
    worth_high: float
    penalty: float


@dataclass(frozen=True)
class Suggestion:
    """All that is proposed, with what it rests on."""

    plan: Plan
    notes: list[str]
    trainings: list[Training]
    half_lives: list[HalfLifeSuggestion]
    points: list[PointsSuggestion]
    judgements: list[Judgement]
    old_tables: RuleTables = field(repr=False)
    new_tables: RuleTables = field(repr=False)

    @property
    def changes_anything(self) -> bool:
        """Whether any cell differs."""
        return any(
            self.new_tables[name].text != table.text for name, table in self.old_tables.items()
        )


def suggest(
    warehouse: Warehouse,
    plan: Plan,
    *,
    on_step: OnStep = lambda words, index, total: None,
) -> Suggestion:
    """Return what outcomes say of the points and half-lives of some rule files.

    It takes two runs of dbt: of the training days, with every rule set that a half-life is tried
    in, and of the test days. Raises ProblemError for days or rule files that will not do, and when
    too few leads were won, or not won, to learn from.
    """
    notes = plan.check()
    tables = read_rule_tables(plan.rules)
    models = chosen_models(tables, plan.model)
    with trial(warehouse) as place:
        variants = half_life_variants(tables, models)
        run_trial(
            place, plan.train, tables, models, variants, ("score_backtest_contributions",), on_step
        )
        learned = Learning(place, tables, notes)
        asked = learned.enough_evidence(models, plan)
        for model in asked:
            learned.learn(model, [one for one in variants if one.model == model])
        new_tables = learned.proposed_tables()
        before = before_variants(tables, new_tables, asked, learned.half_lives)
        run_trial(place, plan.test, new_tables, asked, before, ("model_performance",), on_step)
        judgements = [judge(place, model, before) for model in asked]
    return Suggestion(
        plan=plan,
        notes=notes,
        trainings=learned.trainings,
        half_lives=learned.half_lives,
        points=sorted(learned.points, key=lambda one: (FILES_WITH_POINTS.index(one.file), one.row)),
        judgements=judgements,
        old_tables=tables,
        new_tables=new_tables,
    )


def chosen_models(tables: RuleTables, wanted: str | None) -> list[str]:
    """Return the scoring models to look at. Raises ProblemError when the wanted one is none."""
    scored = [
        row["scoring_model"]
        for row in rows_of(tables, "scoring_models")
        if row.get("status") in ("active", "testing")
    ]
    if wanted is None:
        if not scored:
            raise ProblemError("No scoring model is active or testing: there is nothing to learn.")
        return scored
    if wanted not in scored:
        raise ProblemError(
            f"--model {wanted}: no such model is active or testing; there are {', '.join(scored)}."
        )
    return [wanted]


def half_life_variants(tables: RuleTables, models: Sequence[str]) -> list[Variant]:
    """Return a variant for each model, curve with a half-life that it uses, and other half-life."""
    taken = {row["scoring_model"] for row in rows_of(tables, "scoring_models")}
    variants = []
    for model in models:
        used = {
            row.get("decay_curve")
            for row in rows_of(tables, "behaviour_points")
            if row["scoring_model"] in ("*", model)
        }
        for row in rows_of(tables, "decay_curves"):
            if row["decay_curve"] not in used or row.get("kind") != "half_life":
                continue
            present, window = number(row["half_life_days"]), number(row.get("window_days", ""))
            for days in HALF_LIVES:
                if days == present or (window is not None and days > window):
                    continue
                name = free_name(f"{model}__{row['decay_curve']}__{days}", taken)
                taken.add(name)
                variants.append(Variant(name, model, tables, {row["decay_curve"]: str(days)}))
    return variants


def before_variants(
    old: RuleTables,
    new: RuleTables,
    models: Sequence[str],
    half_lives: Sequence[HalfLifeSuggestion],
) -> list[Variant]:
    """Return for each model a variant with the rules as they are, to stand beside the proposed."""
    if all(new[name].text == table.text for name, table in old.items()):
        return []
    cells = {row["decay_curve"]: row["half_life_days"] for row in rows_of(old, "decay_curves")}
    changed = {one.curve: cells[one.curve] for one in half_lives if one.new != one.old}
    taken = {row["scoring_model"] for row in rows_of(old, "scoring_models")}
    return [Variant(free_name(f"{model}__before", taken), model, old, changed) for model in models]


def run_trial(
    place: Warehouse,
    backtest: Backtest,
    tables: RuleTables,
    models: Sequence[str],
    variants: Sequence[Variant],
    wanted: Sequence[str],
    on_step: OnStep,
) -> None:
    """Score the days of a backtest by rule files and variants, in a trial's schemas."""
    WORKING_FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORKING_FOLDER, prefix="suggest_") as folder:
        write_trial(tables, models, variants, Path(folder))
        run_backtest(place, backtest, trial_seeds(Path(folder)), tables=wanted, on_step=on_step)


# Rows in an order that is the same for every version of a model, and on every engine.
ROW_ORDER = "md5(lead_id), lead_id, backtest_day"


class Learning:
    """What is learned from the training days, model by model.

    A curve or a rule that several models share is decided by the first of them that is learned:
    the one with the most leads won.
    """

    def __init__(self, place: Warehouse, tables: RuleTables, notes: list[str]) -> None:
        """Take the trial's warehouse, the rules as they are, and a list for notes to the user."""
        self.place = place
        self.tables = tables
        self.notes = notes
        self.trainings: list[Training] = []
        self.half_lives: list[HalfLifeSuggestion] = []
        self.points: list[PointsSuggestion] = []

    def enough_evidence(self, models: Sequence[str], plan: Plan) -> list[str]:
        """Return the models that can be learned from, those with the most leads won first.

        Raises ProblemError when there is none.
        """
        found = {
            row["scoring_model"]: row
            for row in self.place.rows(
                "select scoring_model, sum(is_won) as won, count(*) - sum(is_won) as other from ("
                "select scoring_model, lead_id, max(case when is_won then 1 else 0 end) as is_won "
                "from score_backtest where not is_disqualified group by scoring_model, lead_id"
                ") as leads group by scoring_model"
            )
        }
        enough, problems = [], []
        for model in models:
            row = found.get(model, {"won": 0, "other": 0})
            if min(row["won"], row["other"]) >= LEAST_LEADS:
                enough.append((-int(row["won"]), models.index(model), model))
            else:
                problems.append(
                    f"{model}: {row['won']} leads were won and {row['other']} were not within "
                    f"{plan.train.outcome_days} days of {plan.train.first} to {plan.train.last}; "
                    f"to learn from them, {LEAST_LEADS} of each are needed. Ask for more days, or "
                    "keep the points."
                )
        if not enough:
            raise ProblemError(*problems)
        self.notes += problems
        return [model for *_, model in sorted(enough)]

    def learn(self, model: str, variants: Sequence[Variant]) -> None:
        """Learn half-lives, then points, from one model."""
        rows = self.read_rows(model)
        chosen = self.choose_half_lives(model, variants, rows)
        rules = self.rules_of(model)
        features = self.read_features(model, rows, rules, chosen)
        self.choose_points(model, rows, rules, features)

    def condition(self, model: str, share: float) -> str:
        """Return the SQL condition for a model's rows, or the same part of them for each model."""
        part = f" and substr(md5(lead_id), 1, 8) < '{int(share * 2**32):08x}'" if share < 1 else ""
        return f"scoring_model = {literal(model)} and not is_disqualified{part}"

    def read_rows(self, model: str) -> ModelRows:
        """Return the rows of a model, of whole leads by lot when there are very many."""
        (size,) = self.place.rows(
            "select count(*) as row_count from score_backtest where "
            + self.condition(model, share=1.0)
        )
        share = min(1.0, MOST_ROWS / max(size["row_count"], 1))
        found = arrays(
            self.place,
            f"select dense_rank() over (order by md5(lead_id), lead_id) - 1 as lead, "
            "case when is_won then 1 else 0 end as is_won, "
            "cast(uncapped_points as double precision) as total from score_backtest where "
            f"{self.condition(model, share)} order by {ROW_ORDER}",
        )
        return ModelRows(
            found["is_won"].astype(bool), found["lead"].astype(np.int64), found["total"], share
        )

    def choose_half_lives(
        self, model: str, variants: Sequence[Variant], rows: ModelRows
    ) -> dict[str, str]:
        """Decide the half-life of each curve; return the variant in which a changed one stands."""
        decided = {one.curve: one for one in self.half_lives}
        chosen: dict[str, str] = {}
        by_curve: dict[str, list[Variant]] = {}
        for variant in variants:
            (curve,) = variant.half_lives
            by_curve.setdefault(curve, []).append(variant)
        for row in rows_of(self.tables, "decay_curves"):
            curve, present = row["decay_curve"], number(row.get("half_life_days", ""))
            if row.get("kind") != "half_life" or present is None or not self.uses(model, curve):
                continue
            others = by_curve.get(curve, [])
            if curve not in decided:
                decided[curve] = self.choose_half_life(model, curve, present, others, rows)
                self.half_lives.append(decided[curve])
            for variant in others:
                if Decimal(variant.half_lives[curve]) == decided[curve].new:
                    chosen[curve] = variant.name
        return chosen

    def uses(self, model: str, curve: str) -> bool:
        """Return whether a rule of a model follows a curve."""
        return any(
            row["scoring_model"] in ("*", model) and row.get("decay_curve") == curve
            for row in rows_of(self.tables, "behaviour_points")
        )

    def choose_half_life(
        self, model: str, curve: str, present: Decimal, others: Sequence[Variant], rows: ModelRows
    ) -> HalfLifeSuggestion:
        """Decide the half-life of one curve by the AUC of the uncapped points."""
        totals = [
            arrays(
                self.place,
                "select cast(uncapped_points as double precision) as total from score_backtest "
                f"where {self.condition(variant.name, rows.share)} order by {ROW_ORDER}",
            )["total"]
            for variant in others
        ]
        gains = auc_differences(rows.totals, totals, rows.is_won, rows.leads)
        if not gains:
            return HalfLifeSuggestion(curve, model, present, present, None, None)
        best = max(range(len(gains)), key=lambda index: gains[index].value)
        days = Decimal(others[best].half_lives[curve])
        new = days if gains[best].low > 0 else present
        return HalfLifeSuggestion(curve, model, present, new, days, gains[best])

    def rules_of(self, model: str) -> list[ModelRule]:
        """Return the rules of a model that have points, in the order of the files."""
        decided = {(one.file, one.row): one for one in self.points}
        caps: dict[str, Decimal | None] = {}
        for row in rows_of(self.tables, "behaviour_categories"):
            if row["scoring_model"] in ("*", model):
                caps[row["category"]] = number(row["max_points"])
        rules = []
        for file in FILES_WITH_POINTS:
            for index, row in enumerate(rows_of(self.tables, file)):
                points = number(row["points"])
                if row["scoring_model"] not in ("*", model) or not points:
                    continue
                before = decided.get((file, index))
                rules.append(
                    ModelRule(
                        file=file,
                        row=index,
                        cells=row,
                        points=points,
                        decided=before.new if before else None,
                        category=row.get("category", "") if points > 0 else "",
                        category_cap=caps.get(row.get("category", "")),
                    )
                )
        return rules

    def read_features(
        self, model: str, rows: ModelRows, rules: Sequence[ModelRule], chosen: dict[str, str]
    ) -> Floats:
        """Return how often each rule counts for each row, decayed, after the caps of categories."""
        features = np.zeros((len(rows.is_won), len(rules)))
        by_variant: dict[str, list[int]] = {}
        for index, rule in enumerate(rules):
            variant = chosen.get(rule.cells.get("decay_curve", ""), model)
            by_variant.setdefault(variant, []).append(index)
        for variant, indexes in by_variant.items():
            values = ", ".join(
                f"({literal(rules[index].cells['rule_id'])}, {index})" for index in indexes
            )
            found = arrays(
                self.place,
                "with numbered as (select lead_id, backtest_day, "
                f"row_number() over (order by {ROW_ORDER}) - 1 as row_index from score_backtest "
                f"where {self.condition(variant, rows.share)}), "
                f"rules (rule_id, rule_index) as (values {values}) "
                "select numbered.row_index, rules.rule_index, "
                "cast(contributions.points as double precision) as points "
                "from score_backtest_contributions as contributions "
                "inner join numbered on contributions.lead_id = numbered.lead_id "
                "and contributions.backtest_day = numbered.backtest_day "
                "inner join rules on contributions.rule_id = rules.rule_id "
                f"where contributions.scoring_model = {literal(variant)}",
            )
            place = found["row_index"].astype(np.int64), found["rule_index"].astype(np.int64)
            features[place] = found["points"]
        return counts_of(features, rules)

    def choose_points(
        self, model: str, rows: ModelRows, rules: Sequence[ModelRule], features: Floats
    ) -> None:
        """Decide the points of each rule that no other model has decided."""
        present = np.array(
            [float(rule.points if rule.decided is None else rule.decided) for rule in rules]
        )
        data = Rows(features, rows.is_won, rows.leads)
        fitted = fit_points(
            data,
            present,
            np.array([float(rule.step) for rule in rules]),
            np.array([rule.decided is not None for rule in rules], dtype=bool),
        )
        self.trainings.append(
            Training(
                model,
                len(rows.is_won),
                data.lead_count,
                data.won_lead_count,
                rows.share,
                fitted.worth,
                fitted.worth_low,
                fitted.worth_high,
                fitted.penalty,
            )
        )
        for index, rule in enumerate(rules):
            if rule.decided is None:
                self.points.append(suggestion_for(model, rule, fitted, index))

    def proposed_tables(self) -> RuleTables:
        """Return the rule files with the points and half-lives that are proposed."""
        cells: dict[str, dict[tuple[int, str], str]] = {}
        for one in self.points:
            if one.new != one.old:
                changed = cells.setdefault(one.file, {})
                changed[one.row, "points"] = number_text(one.new)
                changed |= {(one.row, column): text for column, text in one.other_cells.items()}
        curves = {one.curve: one.new for one in self.half_lives if one.new != one.old}
        for index, row in enumerate(rows_of(self.tables, "decay_curves")):
            if row["decay_curve"] in curves:
                days = number_text(curves[row["decay_curve"]])
                cells.setdefault("decay_curves", {})[index, "half_life_days"] = days
        return {name: table.edited(cells.get(name, {})) for name, table in self.tables.items()}


@dataclass(frozen=True)
class ModelRows:
    """The rows of one model: an entry each for the outcome, the lead's number, and the total.

    `share` is the part of the leads that they are of.
    """

    is_won: np.ndarray
    leads: Whole
    totals: Floats
    share: float


@dataclass(frozen=True)
class ModelRule:
    """A rule of a model with its points, and the points that another model has decided, if any.

    `category` is empty when no cap of a category can cut its points.
    """

    file: str
    row: int
    cells: dict[str, str]
    points: Decimal
    decided: Decimal | None = None
    category: str = ""
    category_cap: Decimal | None = None

    @property
    def step(self) -> Decimal:
        """What new points are rounded to: halves for small points and those with decimals."""
        is_fine = abs(self.points) < 3 or self.points != self.points.to_integral_value()
        return Decimal("0.5") if is_fine else Decimal(1)


def counts_of(points: Floats, rules: Sequence[ModelRule]) -> Floats:
    """Return how often each rule counts, from what it gives: rows by rules, in and out.

    A category whose cap cuts a row's points cuts those of its rules in proportion, so that the
    counts times the points of all rules are the lead's uncapped points.
    """
    given = points.copy()
    categories = {rule.category: rule.category_cap for rule in rules if rule.category}
    for category, cap in categories.items():
        if cap is None:
            continue
        columns = [index for index, rule in enumerate(rules) if rule.category == category]
        total = given[:, columns].sum(axis=1)
        left = np.minimum(1.0, float(cap) / np.where(total > 0, total, 1.0))
        given[:, columns] *= np.where(total > 0, left, 1.0)[:, None]
    return given / np.array([float(rule.points) for rule in rules])


def suggestion_for(
    model: str, rule: ModelRule, fitted: FittedPoints, index: int
) -> PointsSuggestion:
    """Return what is proposed for one rule: its fitted points rounded, or those that are."""
    new, verdict = rule.points, KEEP
    if not fitted.is_kept[index]:
        new, verdict = rounded(Decimal(str(fitted.points[index])), rule), "change"
        if new == rule.points:
            verdict = KEEP
    low, high = float(fitted.low[index]), float(fitted.high[index])
    is_fitted = not np.isnan(low)
    return PointsSuggestion(
        file=rule.file,
        row=rule.row,
        scoring_model=rule.cells["scoring_model"],
        model=model,
        rule_id=rule.cells["rule_id"],
        old=rule.points,
        new=new,
        low=low if is_fitted else None,
        high=high if is_fitted else None,
        support=int(fitted.support[index]),
        verdict=verdict,
        other_cells=scaled_cells(rule, new),
    )


def to_step(value: Decimal, step: Decimal) -> Decimal:
    """Return the nearest multiple of a step, half away from zero."""
    # + 0: never a zero with a sign
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step + 0


def rounded(value: Decimal, rule: ModelRule) -> Decimal:
    """Return points that the rule's file may hold: a fit rule's are never 0."""
    points = to_step(value, rule.step)
    return max(points, rule.step) if rule.file == "fit_points" else points


def scaled_cells(rule: ModelRule, new: Decimal) -> dict[str, str]:
    """Return the repeat points and the cap of a behaviour rule, in proportion to its new points.

    What is empty, or 0, stays so, and a cap is never 0.
    """
    if new == rule.points:
        return {}
    cells = {}
    for column in ("repeat_points", "max_points"):
        old = number(rule.cells.get(column, ""))
        if not old:
            continue
        value = to_step(old * new / rule.points, rule.step)
        if column == "max_points":
            value = max(value, rule.step)
        elif new >= 0:
            # a repeat must not cost points
            value = max(value, -new)
        if value != old:
            cells[column] = number_text(value)
    return cells


def judge(place: Warehouse, model: str, before: Sequence[Variant]) -> Judgement:
    """Return how a model does on the test days as proposed, and as it is."""
    names = {"after": model}
    names["before"] = next((one.name for one in before if one.model == model), model)
    performance = {
        moment: {
            row["metric"]: row
            for row in place.rows(
                "select metric, value, value_low, value_high, row_count, lead_count, "
                "won_lead_count, first_day, last_day from model_performance "
                f"where ranking = 'score' and scoring_model = {literal(name)}"
            )
        }
        for moment, name in names.items()
    }
    found = {
        moment: arrays(
            place,
            "select dense_rank() over (order by md5(lead_id), lead_id) - 1 as lead, "
            "case when is_won then 1 else 0 end as is_won, "
            "cast(score as double precision) as score, "
            "case when is_marketing_qualified then 1 else 0 end as marketing_qualified, "
            "case when is_sales_ready then 1 else 0 end as sales_ready "
            f"from score_backtest where scoring_model = {literal(name)} order by {ROW_ORDER}",
        )
        for moment, name in names.items()
    }
    gain = None
    is_won = found["after"]["is_won"].astype(bool)
    if before and is_won.any() and not is_won.all():
        (gain,) = auc_differences(
            found["before"]["score"],
            [found["after"]["score"]],
            is_won,
            found["after"]["lead"].astype(np.int64),
        )
    shares = {
        moment: {
            name: float(columns[name].mean()) for name in ("marketing_qualified", "sales_ready")
        }
        for moment, columns in found.items()
    }
    return Judgement(
        model,
        performance["before"],
        performance["after"],
        shares["before"],
        shares["after"],
        gain,
    )


def arrays(warehouse: Warehouse, sql: str) -> dict[str, np.ndarray]:
    """Return the columns of a query as arrays of numbers, without a null in them."""
    with warehouse.session(read_only=True) as session:
        session.run(sql)
        if session.target == "duckdb":
            return {
                name: np.asarray(column) for name, column in session.cursor.fetchnumpy().items()
            }
        names = [column[0] for column in session.cursor.description]
        rows = session.cursor.fetchall()
        columns = zip(*rows, strict=True) if rows else [()] * len(names)
        return {
            name: np.array(column, dtype=float) for name, column in zip(names, columns, strict=True)
        }
