"""Rules that are allowed but odd are told in rule_warnings, and stop nothing."""

from __future__ import annotations

import pytest

SCORING_DATE = "2026-01-31"

LEADS = [
    {"lead_id": "ann", "industry": "Software", "country": "UK", "region": "North"},
    {"lead_id": "bob", "industry": "Software", "country": "UK"},
    {"lead_id": "cat", "industry": "Mining", "country": "UK"},
]
ACTIVITIES = [
    {"activity_id": "1", "lead_id": "ann", "activity_type": "visit"},
    {"activity_id": "2", "lead_id": "ann", "activity_type": "visit"},
    {"activity_id": "3", "lead_id": "cat", "activity_type": "demo"},
]

RULES = {
    "scoring_models": [
        {
            "scoring_model": "b2b",
            "status": "active",
            "max_score": "100",
            "max_fit_points": "15",
            "max_behaviour_points": "40",
        },
        {"scoring_model": "nobody", "status": "testing", "max_score": "100"},
        {"scoring_model": "resting", "status": "off", "max_score": "10", "max_fit_points": "1"},
    ],
    "model_audiences": [
        {
            "scoring_model": "nobody",
            "attribute": "industry",
            "operator": "equals",
            "value": "Farming",
        }
    ],
    "fit_points": [
        {"rule_id": "fit_software", "attribute": "industry", "value": "software", "points": "10"},
        {"rule_id": "fit_not_mining", "attribute": "industry", "value": "SOFTWARE", "points": "5"},
        {"rule_id": "fit_farming", "attribute": "industry", "value": "farming", "points": "5"},
        {"rule_id": "fit_north", "attribute": "region", "value": "north", "points": "2"},
        {
            "scoring_model": "resting",
            "rule_id": "fit_resting",
            "attribute": "industry",
            "value": "farming",
            "points": "5",
        },
    ],
    "negative_attributes": [],
    "behaviour_points": [
        {"rule_id": "visit", "points": "10", "max_points": "20", "category": "web"},
        {"rule_id": "demo", "points": "10", "max_points": "30", "category": "events"},
        {
            "scoring_model": "nobody",
            "rule_id": "demo_of_nobody",
            "activity_type": "demo",
            "points": "1",
        },
    ],
    "behaviour_categories": [{"category": "web", "max_points": "20.5"}],
    "decay_curves": [
        {"decay_curve": "forever", "kind": "none", "half_life_days": "7"},
        {"decay_curve": "unused", "kind": "none"},
    ],
    "decay_steps": [],
    "score_thresholds": [
        {"threshold": "marketing_qualified", "min_score": "55", "min_behaviour_points": "40"},
        {"threshold": "sales_ready", "min_score": "56"},
    ],
    "threshold_requirements": [
        {"scoring_model": "nobody", "threshold": "sales_ready", "rule_id": "demo_of_nobody"}
    ],
    "score_segments": [
        {"segment": "low", "min_score": "0"},
        {"segment": "high", "min_score": "55"},
        {"segment": "top", "min_score": "55.5"},
    ],
    "score_grades": [
        {"axis": "fit", "grade": "E", "min_points": "-5"},
        {"axis": "fit", "grade": "D", "min_points": "0"},
        {"axis": "fit", "grade": "A", "min_points": "15.01"},
    ],
}

# what a row above does not say
DEFAULTS = {
    "scoring_model": "b2b",
    "priority": "1",
    "min_score": "0",
    "operator": "equals",
    "decay_curve": "forever",
    "rationale": "r",
}


@pytest.fixture(scope="module")
def scored(make_project):
    project = make_project()
    project.load(
        {
            "leads": [{"created_at": "2026-01-01", **lead} for lead in LEADS],
            "activities": [{"occurred_at": "2026-01-30", **activity} for activity in ACTIVITIES],
        }
    )
    for name, rows in RULES.items():
        path = project.seeds / "rules" / f"{name}.csv"
        header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        filled = [{**DEFAULTS, "activity_type": row.get("rule_id", ""), **row} for row in rows]
        project.write_rules(
            name, [{column: row.get(column, "") for column in header} for row in filled]
        )
    project.build("+rule_warnings", vars={"scoring_date": SCORING_DATE})
    return project


def test_everything_odd_in_the_rules_is_told(scored):
    rows = {
        (
            row["rule_file"],
            row["scoring_model"],
            row["rule_name"],
            row["warning_code"],
            row["warning"],
        )
        for row in scored.rows("rule_warnings")
    }
    assert rows == {
        (
            "fit_points",
            "b2b",
            "fit_farming",
            "never_fires",
            "It fires for no lead.",
        ),
        (
            "fit_points",
            "b2b",
            "fit_software",
            "same_leads",
            "It fires for exactly the same leads as fit_not_mining (2): "
            "one of the two may be enough.",
        ),
        (
            "behaviour_points",
            "b2b",
            "visit",
            "same_leads",
            "It fires for exactly the same leads as fit_north (1): one of the two may be enough.",
        ),
        (
            "fit_points",
            "b2b",
            "region",
            "mostly_missing",
            "The attribute is missing for 2 of 3 leads.",
        ),
        (
            "model_audiences",
            "nobody",
            "nobody",
            "empty_audience",
            "No lead is scored by this model.",
        ),
        (
            "behaviour_points",
            "b2b",
            "demo",
            "cap_not_reached",
            "No lead reaches its max_points (30): the most is 10.",
        ),
        (
            "behaviour_points",
            "b2b",
            "events",
            "category_without_cap",
            "The category has no row in behaviour_categories.csv for this model, "
            "so nothing limits it.",
        ),
        (
            "behaviour_categories",
            "b2b",
            "web",
            "cap_not_reached",
            "No lead reaches its max_points (20.5): the most is 20.",
        ),
        (
            "scoring_models",
            "b2b",
            "max_behaviour_points",
            "cap_not_reached",
            "No lead reaches its max_behaviour_points (40): the most is 20.",
        ),
        (
            "score_thresholds",
            "b2b",
            "sales_ready",
            "unreachable_threshold",
            "No lead can reach it: it needs a score of 56, and these rules give 55 at most.",
        ),
        (
            "score_segments",
            "b2b",
            "top",
            "unreachable_band",
            "No lead can be in it: it begins at 55.5, and these rules give 55 at most.",
        ),
        (
            "score_grades",
            "b2b",
            "fit grade A",
            "unreachable_band",
            "No lead can be in it: it begins at 15.01, and these rules give 15 at most.",
        ),
        (
            "score_grades",
            "b2b",
            "fit grade E",
            "unreachable_band",
            "No lead can be in it: the next one begins at 0, and nothing lies below 0.",
        ),
        (
            "decay_curves",
            "*",
            "forever",
            "unread_half_life",
            "half_life_days (7) is not read, since the curve is of kind none.",
        ),
        (
            "threshold_requirements",
            "nobody",
            "demo_of_nobody",
            "unread_requirement",
            "It is required for sales_ready, which has no row in score_thresholds.csv "
            "for this model.",
        ),
    }


def test_the_run_tells_how_many_things_look_odd(scored):
    result = scored.dbt("--log-level-file", "info", "run", "--select", "rule_warnings")
    assert result.success, result.errors
    log = (scored.folder / "logs" / "dbt.log").read_text(encoding="utf-8")
    table = f"{scored.warehouse.schema}.rule_warnings"
    assert f"15 things about them look odd (listed in {table})" in log
    assert "behaviour_points.csv, model b2b, demo: No lead reaches its max_points (30)" in log
    assert "... and 10 more." in log
