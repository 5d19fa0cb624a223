"""The history says what was known on each day, however the days were run.

Days are run in order, twice, late, or all at once by backfill; rows arrive late, are corrected and
come twice. The history must be the same each time, and equal to the scores of each day then.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

pytestmark = pytest.mark.long_on("postgres")

FIRST_DAY = date(2026, 6, 1)
TYPES = ("demo_request", "page_view", "email_open", "webinar_attendance", "email_unsubscribe")
ASSETS = ("/pricing", "/product", "/careers/intern", "newsletter", None)
TITLES = ("CEO", "Marketing Manager", "Student", None)


def day(number: int) -> date:
    """The day with a number, from 1."""
    return FIRST_DAY + timedelta(days=number - 1)


def moment(rng: random.Random, on: date) -> str:
    clock = timedelta(seconds=rng.randrange(86_400))
    return (datetime(on.year, on.month, on.day) + clock).isoformat(sep=" ")


def rows_of_days(count: int) -> dict[int, dict[str, list[dict]]]:
    """The raw tables as they stood at the end of each day: rows are only added."""
    rng = random.Random("history")
    leads: list[dict] = []
    activities: list[dict] = []
    tables = {}
    for number in range(1, count + 1):
        for _ in range(6):
            leads.append(
                {
                    "lead_id": f"lead-{len(leads)}",
                    "created_at": moment(rng, day(number)),
                    "email": f"person{len(leads)}@acme.io",
                    "job_title": rng.choice(TITLES),
                    "employee_count": rng.choice(["12", "300", "5000", None]),
                    "annual_revenue": rng.choice(["50000", "5000000", None]),
                }
            )
        for _ in range(40):
            happened = day(number) - timedelta(days=rng.choice([0, 0, 0, 1, 2, 3, 20]))
            activities.append(
                {
                    "activity_id": f"activity-{len(activities)}",
                    "activity_type": rng.choice(TYPES),
                    "occurred_at": moment(rng, happened),
                    "lead_id": rng.choice(leads)["lead_id"],
                    "email": None,
                    "asset": rng.choice(ASSETS),
                    "campaign_id": None,
                    "is_bot": None,
                    "loaded_at": moment(rng, day(number)),
                }
            )
        for _ in range(6):
            # an activity that is known already, corrected
            corrected = dict(rng.choice(activities))
            corrected["asset"] = rng.choice(ASSETS)
            corrected["activity_type"] = rng.choice(TYPES)
            corrected["loaded_at"] = moment(rng, day(number))
            activities.append(corrected)
        tables[number] = {"leads": list(leads), "activities": list(activities)}
    return tables


def run(project, number: int, *options: str, **variables: str) -> None:
    """Score a day, as far as history and crossings need it."""
    variables = {"scoring_date": day(number).isoformat(), **variables}
    project.build("+lead_threshold_events", *options, vars=variables)


def history(project) -> Counter:
    """The rows of the history, and of the crossings that are told from it with their causes."""
    return Counter(
        tuple(sorted(row.items()))
        for table in ("lead_score_history", "lead_threshold_events")
        for row in project.rows(table)
    )


def assert_same(actual: Counter, expected: Counter) -> None:
    assert expected
    assert not expected - actual, list(expected - actual)[:2]
    assert not actual - expected, list(actual - expected)[:2]


@pytest.fixture(scope="module")
def tables() -> dict[int, dict[str, list[dict]]]:
    return rows_of_days(4)


@pytest.fixture(scope="module")
def each_day_once(make_project, tables):
    """The history when each day is run on its evening, with the rows that were there by then."""
    project = make_project()
    for number, rows in tables.items():
        project.load(rows)
        run(project, number)
        scores = {
            (row["lead_id"], row["scoring_model"]): (row["score"], row["grade"], row["segment"])
            for row in project.query(
                "select scores.* from int_lead_scores as scores "
                "inner join int_scorings as scorings on scores.scoring_id = scorings.scoring_id "
                "where scorings.is_published"
            )
        }
        recorded = {
            (row["lead_id"], row["scoring_model"]): (row["score"], row["grade"], row["segment"])
            for row in project.rows("lead_score_history")
            if row["valid_from"] <= day(number) and row["valid_to"] is None
        }
        assert recorded == scores
    return history(project)


def test_a_past_day_is_one_join(each_day_once):
    rows = [dict(row) for row in each_day_once if "valid_from" in dict(row)]
    events = [dict(row) for row in each_day_once if "event" in dict(row)]
    assert {row["event"] for row in events} == {"entered", "exited"}
    assert any("new activity (+" in row["cause"] for row in events)
    changed = [row for row in rows if row["valid_from"] > FIRST_DAY]
    assert len(changed) > 10
    assert any(row["valid_to"] is not None for row in rows)
    assert any(row["segment_since"] < row["valid_from"] for row in rows)
    for number in range(1, 5):
        keys = Counter(
            (row["lead_id"], row["scoring_model"])
            for row in rows
            if row["valid_from"] <= day(number) and (row["valid_to"] or date.max) >= day(number)
        )
        assert max(keys.values()) == 1
        assert sum(model == "b2b" for _, model in keys) == 6 * number


def test_backfill_equals_running_each_day(make_project, tables, each_day_once):
    project = make_project()
    project.load(tables[4])
    # first a day in the middle, then those around it
    run(project, 2)
    assert history(project) != each_day_once
    run(project, 4, backfill_from=day(1).isoformat(), backfill_to=day(4).isoformat())
    assert_same(history(project), each_day_once)


def test_skipped_repeated_and_replayed_days_change_nothing(make_project, tables, each_day_once):
    project = make_project()
    project.load(tables[1])
    run(project, 1)
    project.load(tables[3])
    # the second day was skipped; the third one is run again when late rows for it are there
    run(project, 3)
    project.load(tables[4])
    run(project, 3)
    run(project, 2)
    # what cannot be made anew is kept
    run(project, 4, "--full-refresh")
    assert_same(history(project), each_day_once)


def test_neither_rule_edit_nor_forgetting_rewrites_the_past(make_project, tables):
    project = make_project()
    project.load(tables[3])
    run(project, 3)
    before = project.rows("lead_score_history", "lead_id, scoring_model, valid_from")
    rules = project.read_rules("behaviour_points")
    for rule in rules:
        rule["points"] = (
            "1" if float(rule["points"]) > 0 and not rule["repeat_points"] else rule["points"]
        )
    project.write_rules("behaviour_points", rules)
    forgotten = before[0]["lead_id"]
    leads = [
        {**row, "objects_to_profiling": "yes" if row["lead_id"] == forgotten else None}
        for row in tables[3]["leads"]
    ]
    project.load({**tables[3], "leads": leads})
    run(project, 4)
    after = project.rows("lead_score_history", "lead_id, scoring_model, valid_from")
    assert forgotten not in {row["lead_id"] for row in after}
    past = [{**row, "valid_to": None} for row in after if row["valid_from"] < day(4)]
    assert past == [row for row in before if row["lead_id"] != forgotten]
    new = [row for row in after if row["valid_from"] == day(4)]
    assert len(new) > 3
    assert {row["rules_version"] for row in new}.isdisjoint(row["rules_version"] for row in past)
