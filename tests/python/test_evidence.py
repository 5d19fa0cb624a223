"""Backtests say what is known of real data, use nothing later, and find nothing in chance.

The loan funnel's figures are those of its description; scikit-learn computes them a second time.
"""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from lead_scoring_tools import probabilities as fits
from lead_scoring_tools import raw_tables
from lead_scoring_tools.probabilities import INTERCEPT
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

PROJECT = Path(__file__).resolve().parents[2]
LOANS = PROJECT.parent / "shared" / "data" / "loan_funnel"
LOAN_RULES = PROJECT / "examples" / "loan_funnel" / "rules"
LOAN_DAYS = {
    "scoring_date": "2012-03-14",
    "backtest_from": "2011-10-20",
    "backtest_to": "2012-02-29",
    "backtest_every": 4,
    "outcome_days": 14,
    "resample_count": 40,
}
TRAIN = (date(2011, 10, 20), date(2011, 12, 31))
TEST = (date(2012, 1, 16), date(2012, 2, 29))
# rows, share won, and the AUC of each ranking, by the data's description
KNOWN = {
    TRAIN: (
        12_998,
        0.249,
        {"score": 0.754, "points_without_decay": 0.680, "activity_count": 0.564},
    ),
    TEST: (10_280, 0.234, {"score": 0.772, "points_without_decay": 0.685, "activity_count": 0.583}),
}
pytestmark = pytest.mark.long_on("postgres")
EVIDENCE = ("path:models/intermediate/evidence", "path:models/marts/evidence")


def write_coefficients(project, coefficients: fits.Coefficients) -> None:
    """Put a probability model of the loans into the project's seeds."""
    project.write_rules(
        "predictive_coefficients",
        [
            {
                "scoring_model": "loan_application",
                "feature": feature,
                "rule_id": rule_id,
                "coefficient": f"{value:f}",
            }
            for (feature, rule_id), value in coefficients.items()
        ],
    )


@pytest.fixture(scope="module")
def fitted() -> dict[str, fits.Coefficients]:
    """The probability model of the loans, fitted by the first engine that needs it."""
    return {}


@pytest.fixture(scope="module")
def loans(make_project, fitted):
    """The loan funnel with its backtest, and a probability model fitted on the earlier days."""
    if not LOANS.is_dir():
        pytest.skip("the loan funnel is not there")
    project = make_project()
    project.empty_rules()
    for path in LOAN_RULES.glob("*.csv"):
        shutil.copy(path, project.seeds / "rules" / path.name)
    raw_tables.load(LOANS, project.warehouse)
    if not fitted:
        first = ("+score_backtest", "+int_predictive_features", "+stg_sales_feedback")
        project.build(*first, vars=LOAN_DAYS)
        rows = fits.read_rows(project.warehouse, "loan_application")
        fitted["model"] = fits.fit(fits.split(rows, TEST[0], LOAN_DAYS["outcome_days"])[0])
        write_coefficients(project, fitted["model"])
        selected = ("predictive_coefficients", "int_conversion_probabilities", *EVIDENCE)
        project.build(*selected, vars=LOAN_DAYS)
    else:
        write_coefficients(project, fitted["model"])
        project.build(*(f"+{part}" for part in EVIDENCE), vars=LOAN_DAYS)
    return project


@pytest.mark.parametrize("days", [TRAIN, TEST], ids=["train", "test"])
def test_the_loan_funnel_has_the_figures_of_its_description(loans, days):
    row_count, won_share, aucs = KNOWN[days]
    rows = [
        row for row in loans.rows("score_backtest") if days[0] <= row["backtest_day"] <= days[1]
    ]
    assert len(rows) == row_count
    is_won = [row["is_won"] for row in rows]
    assert np.mean(is_won) == pytest.approx(won_share, abs=0.0005)
    for ranking, auc in aucs.items():
        values = [float(row[ranking]) for row in rows]
        assert roc_auc_score(is_won, values) == pytest.approx(auc, abs=0.005), ranking


def test_figures_are_those_of_scikit_learn(loans):
    rows = loans.rows("int_backtest_rankings")
    performance = {(row["ranking"], row["metric"]): row for row in loans.rows("model_performance")}
    assert len(performance) == 7 * 4 + 2
    for ranking in {row["ranking"] for row in rows}:
        chosen = [row for row in rows if row["ranking"] == ranking]
        is_won = np.array([row["is_won"] for row in chosen])
        values = np.array([float(row["ranking_value"]) for row in chosen])
        expected = {
            "auc": roc_auc_score(is_won, values),
            "average_precision": average_precision_score(is_won, values),
        }
        if ranking == "conversion_probability":
            expected["brier_score"] = brier_score_loss(is_won, values)
            expected["calibration"] = values.sum() / is_won.sum()
        for metric, value in expected.items():
            row = performance[ranking, metric]
            assert float(row["value"]) == pytest.approx(value, abs=1e-6), (ranking, metric)
            assert row["value_low"] < row["value"] < row["value_high"], (ranking, metric)


def test_the_probability_is_that_of_scikit_learn_and_foretells_later_days(loans, fitted):
    rows = fits.read_rows(loans.warehouse, "loan_application")
    coefficients = fitted["model"]
    model = LogisticRegression()
    model.classes_ = np.array([False, True])
    model.intercept_ = np.array([float(coefficients[INTERCEPT])])
    model.coef_ = np.array([[float(coefficients.get(feature, 0)) for feature in rows.features]])
    expected = model.predict_proba(rows.values)[:, 1]
    published = {
        (row["backtest_day"], row["lead_id"]): float(row["conversion_probability"])
        for row in loans.rows("score_backtest")
    }
    actual = np.array([published[key] for key in zip(rows.days, rows.leads, strict=True)])
    assert np.abs(actual - expected).max() < 1e-9
    later = rows.days >= TEST[0]
    assert roc_auc_score(rows.is_won[later], actual[later]) >= 0.785


@pytest.mark.engine("duckdb")
def test_chance_gives_no_lift(loans):
    """Last of the loans' tests: it gives the outcomes to other leads, drawn by lot."""
    with loans.warehouse.session() as session:
        count = session.rows("select count(distinct lead_id) as n from score_backtest where is_won")
        session.run("update score_backtest set is_won = false, days_to_win = null")
        session.run(
            "update score_backtest set is_won = true, days_to_win = 1 where lead_id in ("
            "select lead_id from (select distinct lead_id from score_backtest) as leads "
            f"order by md5(lead_id || ' by lot') limit {count[0]['n']})"
        )
    selected = ("int_backtest_resamples", "model_performance", "rule_performance")
    loans.build(*selected, "attribute_conversion", vars=LOAN_DAYS | {"resample_count": 100})
    performance = {(row["ranking"], row["metric"]): row for row in loans.rows("model_performance")}
    for ranking in ("score", "points_without_decay", "activity_count", "conversion_probability"):
        for metric, nothing in (("auc", 0.5), ("top_decile_lift", 1)):
            row = performance[ranking, metric]
            assert row["value_low"] < nothing < row["value_high"], (ranking, metric, row)
    rules = loans.rows("rule_performance")
    lifted = [row["rule_id"] for row in rules if not row["lift_low"] <= 1 <= row["lift_high"]]
    # of seventeen intervals of 95 % one is off by chance
    assert len(rules) >= 15
    assert len(lifted) <= 2, lifted


def lead(number: int, **values: str) -> dict[str, str]:
    return {"lead_id": f"L{number}", "created_at": "2026-01-01", "job_title": "CEO", **values}


def activity(name: str, number: int, day: str, **values: str) -> dict[str, str]:
    return {
        "activity_id": name,
        "activity_type": "demo_request",
        "lead_id": f"L{number}",
        "occurred_at": day,
        "loaded_at": day,
        **values,
    }


def test_what_comes_after_a_day_never_changes_it(project):
    days = {
        "scoring_date": "2026-06-30",
        "backtest_from": "2026-02-01",
        "backtest_to": "2026-03-01",
        "backtest_every": 14,
        "outcome_days": 30,
    }
    selected = ("+score_backtest", "+score_backtest_contributions", "+int_predictive_features")
    features = (
        "select scoring_date, lead_id, scoring_model, feature, rule_id, value "
        "from int_predictive_features inner join int_scorings using (scoring_id) where is_backtest"
    )
    known = {
        "leads": [lead(1), lead(2)],
        "activities": [
            activity("a1", 1, "2026-01-20"),
            activity("a2", 2, "2026-02-10"),
            # arrived after all of the days
            activity("a3", 2, "2026-01-10", loaded_at="2026-03-20"),
        ],
        "opportunities": [
            {
                "opportunity_id": "o1",
                "lead_id": "L1",
                "created_at": "2026-01-25",
                "closed_at": "2026-03-05",
                "is_won": "true",
                "amount": "500",
            }
        ],
    }
    project.load(known)
    project.build(*selected, vars=days)

    def found() -> list[Counter]:
        tables = [project.rows("score_backtest"), project.rows("score_backtest_contributions")]
        tables.append(project.query(features))
        return [Counter(tuple(map(str, row.values())) for row in rows) for rows in tables]

    before = found()
    assert all(before)
    assert len([row for row in project.rows("score_backtest") if row["is_won"]]) > 0
    later = {
        # a lead, events and a correction that came later, and a win too late to count
        "leads": [*known["leads"], lead(3, created_at="2026-03-02")],
        "activities": [
            *known["activities"],
            activity("a4", 1, "2026-03-02"),
            activity("a5", 2, "2026-06-29"),
            activity("a6", 1, "2026-02-20", loaded_at="2026-03-02"),
            activity("a2", 2, "2026-02-10", activity_type="unsubscribe", loaded_at="2026-04-01"),
        ],
        "opportunities": [
            *known["opportunities"],
            {
                "opportunity_id": "o2",
                "lead_id": "L2",
                "created_at": "2026-03-05",
                "closed_at": "2026-06-05",
                "is_won": "true",
                "amount": "900",
            },
        ],
    }
    project.load(later)
    project.build(*selected, vars=days)
    assert found() == before
