"""The weights and the half-life behind the sample data's outcomes are found again, within bounds.

Each lead of the sample is decided on a day of its own. Here all leads are moved in time, so that
all are decided on one day, and a backtest of the day before sees each as it was decided.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest
from lead_scoring_tools import probabilities as fits
from make_sample_data import make_sample_data
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

DECISION_DAY = date(2026, 3, 1)
HALF_LIVES = (2, 5, 14, 40, 120)
# Activities whose true weight is far enough from 0 to be seen, and how rules tell them apart.
PATTERNS = {"pricing_page": "%pricing%", "careers_page": "%careers%", "support_page": "%support%"}
POINTS_PER_LOG_ODDS = 10
MOVED = {
    "leads": "select leads.* replace ({moved_created} as created_at) from leads "
    "inner join shifts using (lead_id)",
    "activities": "select activities.* replace ({moved_occurred} as occurred_at, "
    "cast(null as text) as loaded_at) from activities inner join shifts using (lead_id)",
    "opportunities": "select opportunities.* replace ({moved_created} as created_at, "
    "{moved_closed} as closed_at) from opportunities inner join shifts using (lead_id)",
}


def move(source: Path, target: Path) -> None:
    """Copy raw files with all times of a lead moved by as many days as its decision is."""
    target.mkdir()
    connection = duckdb.connect()
    for table in (*MOVED, "true_outcomes"):
        path = source / f"{table}.csv"
        connection.execute(
            f"create table {table} as select * from read_csv('{path}', all_varchar = true)"
        )
    connection.execute(
        f"create table shifts as select lead_id, date '{DECISION_DAY}' - cast(decision_on as date) "
        "as days from true_outcomes where cast(decision_on as date) <= date '2026-05-31'"
    )
    moved = {
        f"moved_{name}": f"cast(try_cast({name}_at as timestamp) + to_days(cast(days as integer)) "
        "as text)"
        for name in ("created", "occurred", "closed")
    }
    for table, statement in MOVED.items():
        path = target / f"{table}.csv"
        connection.execute(f"copy ({statement.format(**moved)}) to '{path}' (header)")
    connection.close()


def write_true_rules(project, truth: dict) -> dict[str, float]:
    """Write rules whose points are the true weights, in a model for each half-life.

    Returns the true weight of each rule of the model with the true half-life.
    """
    project.empty_rules()
    models = {days: f"half_life_{days}" for days in HALF_LIVES}
    project.write_rules(
        "scoring_models",
        [
            {
                "scoring_model": model,
                "status": "active",
                "priority": number,
                "min_score": -1000,
                "max_score": 1000,
                "rationale": "The truth",
            }
            for number, model in enumerate(models.values(), start=1)
        ],
    )
    project.write_rules(
        "decay_curves",
        [
            {
                "decay_curve": model,
                "kind": "half_life",
                "half_life_days": days,
                "rationale": "Tried",
            }
            for days, model in models.items()
        ],
    )
    weights: dict[str, float] = {}
    behaviour = []
    kinds = {
        (row["name"], row["activity_type"], row["weight"])
        for row in truth["activity_weights"]
        if abs(row["weight"]) > 0.05
    }
    for name, activity_type, weight in sorted(kinds):
        for days, model in models.items():
            rule_id = f"behaviour_{name}_{days}"
            if days == truth["half_life_days"]:
                weights[rule_id] = weight
            behaviour.append(
                {
                    "scoring_model": model,
                    "rule_id": rule_id,
                    "activity_type": activity_type,
                    "asset_pattern": PATTERNS.get(name, ""),
                    "points": POINTS_PER_LOG_ODDS * weight,
                    "decay_curve": model,
                    "rationale": "The truth",
                }
            )
    project.write_rules("behaviour_points", behaviour)
    conditions = []
    for attribute, values in truth["fit_weights"].items():
        if attribute == "employee_count":
            for band in values:
                between = f"{band['from']}|{band['to']}"
                conditions.append((attribute, "between", between, band["weight"]))
        else:
            conditions += [(attribute, "equals", value, weight) for value, weight in values.items()]
    files = {"fit_points": [], "negative_attributes": []}
    for number, (attribute, operator, value, weight) in enumerate(conditions, start=1):
        if weight == 0:
            continue
        kind = "fit_points" if weight > 0 else "negative_attributes"
        rule_id = f"{kind[:3]}_{number:02}_{attribute}"
        weights[rule_id] = weight
        files[kind].append(
            {
                "scoring_model": "*",
                "rule_id": rule_id,
                "attribute": attribute,
                "operator": operator,
                "value": value,
                "points": POINTS_PER_LOG_ODDS * weight,
                "rationale": "The truth",
                **({"action": "deduct"} if kind == "negative_attributes" else {}),
            }
        )
    for name, rows in files.items():
        project.write_rules(name, rows)
    return weights


@pytest.mark.long
def test_true_weights_and_half_life_are_found_again(project, tmp_path):
    make_sample_data(tmp_path / "sample", leads=12_000, activities=240_000, as_of=date(2026, 6, 30))
    truth = json.loads((tmp_path / "sample" / "true_weights.json").read_text())
    move(tmp_path / "sample", tmp_path / "moved")
    weights = write_true_rules(project, truth)
    project.load(tmp_path / "moved")
    project.build(
        "+score_backtest",
        "+int_predictive_features",
        vars={
            "scoring_date": "2026-06-30",
            "backtest_from": "2026-02-28",
            "backtest_to": "2026-02-28",
            "outcome_days": 40,
        },
    )
    scores = project.rows("score_backtest")
    aucs = {}
    for days in HALF_LIVES:
        chosen = [row for row in scores if row["scoring_model"] == f"half_life_{days}"]
        points = np.array([float(row["uncapped_points"]) for row in chosen])
        is_won = np.array([row["is_won"] for row in chosen])
        aucs[days] = roc_auc_score(is_won, points)
        if days == truth["half_life_days"]:
            slope = LogisticRegression(C=1e6).fit(points[:, None], is_won).coef_[0, 0]
    # the half-life with which the points foretell best
    assert max(aucs, key=aucs.get) == truth["half_life_days"]
    # the worth of a point
    assert slope == pytest.approx(1 / POINTS_PER_LOG_ODDS, rel=0.15)
    # and of each rule by itself, where enough leads have it
    rows = fits.read_rows(project.warehouse, f"half_life_{truth['half_life_days']}")
    found = fits.fit(rows)
    true, fitted = [], []
    for number, (feature, rule_id) in enumerate(rows.features):
        if feature == "points" and np.sum(rows.values[:, number] != 0) >= 300:
            points = POINTS_PER_LOG_ODDS * weights[rule_id]
            true.append(weights[rule_id])
            fitted.append(float(found[feature, rule_id]) * points)
    assert len(true) >= 20
    assert spearmanr(true, fitted).statistic > 0.85
    assert np.median(np.abs(np.array(fitted) - np.array(true))) < 0.15
