"""A probability model out of backtested days: fitted on earlier days, judged on later ones."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from .problems import ProblemError
from .warehouse import Warehouse, literal

# Fewer won or lost leads than this can say nothing about so many features.
LEAST_LEADS = 40
# A feature that alone tells the outcome this well mostly knows it already.
LEAK_AUC = 0.95
# The inverse strengths of the penalty that are tried.
STRENGTHS = (0.001, 0.01, 0.1, 1.0)
FOLDS = 5
RESAMPLES = 200
DECIMALS = 16
# Of more rows than these, those of some leads are enough, and fit into memory.
MOST_ROWS = 200_000

# A feature as predictive_coefficients names it: what it is, and the rule whose points it is.
Feature = tuple[str, str]
Coefficients = dict[Feature, Decimal]
INTERCEPT: Feature = ("intercept", "")


@dataclass(frozen=True)
class Rows:
    """Leads on days. `values` has a row for each of them and a column for each of `features`.

    `is_won`, `leads`, `days` and `amounts` (of the wins, nan where none) are as long as `values`.
    """

    features: tuple[Feature, ...]
    values: np.ndarray
    is_won: np.ndarray
    leads: np.ndarray
    days: np.ndarray
    amounts: np.ndarray

    def where(self, chosen: np.ndarray) -> Rows:
        """Return the rows for which the mask `chosen` is true."""
        return Rows(
            self.features,
            self.values[chosen],
            self.is_won[chosen],
            self.leads[chosen],
            self.days[chosen],
            self.amounts[chosen],
        )

    @property
    def won_lead_count(self) -> int:
        """How many leads were won on some row."""
        return len(np.unique(self.leads[self.is_won]))

    @property
    def lead_count(self) -> int:
        """How many leads there are."""
        return len(np.unique(self.leads))


def read_rows(warehouse: Warehouse, scoring_model: str) -> Rows:
    """Return the rows of score_backtest of one scoring model, disqualified ones left out.

    Sorted by day and lead, so that the same data give the same fit. Of very many rows, those of a
    part of the leads, chosen by a hash of lead_id.
    """
    model = literal(scoring_model)
    with warehouse.session(read_only=True) as session:
        (size,) = session.rows(
            f"select count(*) as row_count from score_backtest where scoring_model = {model}"
        )
        share = min(1.0, MOST_ROWS / max(size["row_count"], 1))
        part = (
            f" and substr(md5({{}}lead_id), 1, 8) < '{int(share * 2**32):08x}'" if share < 1 else ""
        )
        found = session.rows(
            "select backtest_day, lead_id, is_won, won_amount from score_backtest "
            f"where scoring_model = {model} and not is_disqualified{part.format('')}"
        )
        cells = session.rows(
            "select scorings.scoring_date as backtest_day, features.lead_id, features.feature, "
            "features.rule_id, features.value from int_predictive_features as features "
            "inner join int_scorings as scorings on features.scoring_id = scorings.scoring_id "
            "inner join score_backtest on scorings.scoring_date = score_backtest.backtest_day "
            "and features.lead_id = score_backtest.lead_id "
            "and features.scoring_model = score_backtest.scoring_model "
            f"where scorings.is_backtest and features.scoring_model = {model} "
            f"and features.feature <> 'intercept'{part.format('features.')}"
        )
    found.sort(key=lambda row: (row["backtest_day"], row["lead_id"]))
    place = {(row["backtest_day"], row["lead_id"]): number for number, row in enumerate(found)}
    named = {(cell["feature"], cell["rule_id"] or "") for cell in cells}
    features = tuple(sorted(named))
    column = {feature: number for number, feature in enumerate(features)}
    values = np.zeros((len(found), len(features)))
    for cell in cells:
        row = place.get((cell["backtest_day"], cell["lead_id"]))
        if row is not None:
            values[row, column[cell["feature"], cell["rule_id"] or ""]] = float(cell["value"])
    return Rows(
        features,
        values,
        np.array([row["is_won"] for row in found], dtype=bool),
        np.array([row["lead_id"] for row in found], dtype=object),
        np.array([row["backtest_day"] for row in found], dtype=object),
        np.array([float(row["won_amount"] or "nan") for row in found]),
    )


def split(rows: Rows, test_from: date, outcome_days: int) -> tuple[Rows, Rows]:
    """Return the rows to fit on and those to judge on.

    A day is fitted on only when its outcomes were known before the first day that is judged.
    """
    last_train = test_from - timedelta(days=outcome_days)
    return rows.where(rows.days < last_train), rows.where(rows.days >= test_from)


def check(train: Rows, test: Rows) -> None:
    """Raise ProblemError unless there is enough to learn from, and to judge on."""
    for words, rows in (("fit on", train), ("judge on", test)):
        won = rows.won_lead_count
        lost = rows.lead_count - won
        if won < LEAST_LEADS or lost < LEAST_LEADS:
            raise ProblemError(
                f"There are {won} leads that were won and {lost} that were not to {words}, and it "
                f"takes {LEAST_LEADS} of each: ask for more days, or a longer time to be won in."
            )


def leaks(train: Rows) -> list[str]:
    """Return a sentence for each feature that alone tells the outcome too well."""
    told = []
    for number, (feature, rule_id) in enumerate(train.features):
        values = train.values[:, number]
        auc = roc_auc_score(train.is_won, values)
        if max(auc, 1 - auc) > LEAK_AUC:
            name = f"{feature} of {rule_id}" if rule_id else feature
            told.append(
                f"{name} alone has an AUC of {max(auc, 1 - auc):.3f}: does it know the outcome?"
            )
    return told


def fit(train: Rows) -> Coefficients:
    """Fit a logistic regression with an L2 penalty, its strength chosen by leads left out.

    Returns the coefficients of the features as they stand in the table (not standardised), with 16
    decimals: these are the model.
    """
    folds = GroupKFold(FOLDS)

    def held_out_loss(strength: float) -> float:
        losses = []
        for kept, left in folds.split(train.values, train.is_won, train.leads):
            model = pipeline(strength).fit(train.values[kept], train.is_won[kept])
            foretold = model.predict_proba(train.values[left])[:, 1]
            losses.append(log_loss(train.is_won[left], foretold, labels=[False, True]))
        return float(np.mean(losses))

    best = min(STRENGTHS, key=held_out_loss)
    model = pipeline(best).fit(train.values, train.is_won)
    scaler, regression = model[0], model[1]
    slopes = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - np.sum(slopes * scaler.mean_))
    unit = Decimal(1).scaleb(-DECIMALS)
    coefficients = {INTERCEPT: Decimal(intercept).quantize(unit)}
    for feature, slope in zip(train.features, slopes, strict=True):
        coefficients[feature] = Decimal(float(slope)).quantize(unit)
    return coefficients


def pipeline(strength: float) -> Any:
    """Return the unfitted model: features to mean 0 and spread 1, then the regression."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=2000))


def probabilities(rows: Rows, coefficients: Mapping[Feature, Decimal]) -> np.ndarray:
    """Return the chance of each row to be won: 1 / (1 + exp(-sum of coefficient x feature)).

    A feature without a coefficient says nothing, as in int_conversion_probabilities.
    """
    slopes = np.array([float(coefficients.get(feature, 0)) for feature in rows.features])
    log_odds = rows.values @ slopes + float(coefficients.get(INTERCEPT, 0))
    return 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))


@dataclass(frozen=True)
class Figure:
    """A figure and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def judge(rows: Rows, foretold: np.ndarray) -> dict[str, Figure]:
    """Return AUC, average precision, Brier score and calibration, each with its interval.

    `foretold` has a probability for each row. Calibration is the wins foretold for each win that
    came. Intervals come from leads drawn anew, all their rows together.
    """
    metrics = {
        "auc": lambda weights: roc_auc_score(rows.is_won, foretold, sample_weight=weights),
        "average_precision": lambda weights: average_precision_score(
            rows.is_won, foretold, sample_weight=weights
        ),
        "brier_score": lambda weights: brier_score_loss(
            rows.is_won, foretold, sample_weight=weights
        ),
        "calibration": lambda weights: float(
            np.sum(weights * foretold) / np.sum(weights * rows.is_won)
        ),
    }
    _, lead_numbers = np.unique(rows.leads.astype(str), return_inverse=True)
    draws = np.random.default_rng(20).poisson(1, size=(RESAMPLES, lead_numbers.max() + 1))
    figures = {}
    for name, metric in metrics.items():
        drawn = [metric(draw[lead_numbers]) for draw in draws]
        low, high = np.quantile(drawn, [0.025, 0.975])
        figures[name] = Figure(float(metric(np.ones(len(rows.is_won)))), float(low), float(high))
    return figures


def read_seed(path: Path) -> list[dict[str, str]]:
    """Return the rows of a seed file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def champion(rows: Sequence[Mapping[str, str]], scoring_model: str) -> Coefficients:
    """Return the coefficients of a scoring model that stand in predictive_coefficients."""
    return {
        (row["feature"], row["rule_id"]): Decimal(row["coefficient"])
        for row in rows
        if row["scoring_model"] == scoring_model
    }


def model_version(coefficients: Mapping[Feature, Decimal], trained_on: date) -> str:
    """Return the name of a fit: its day, and a hash of its coefficients."""
    text = "\n".join(f"{feature} {value}" for feature, value in sorted(coefficients.items()))
    return f"{trained_on}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def seed_text(header: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the text of a seed file."""
    file = io.StringIO()
    writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
