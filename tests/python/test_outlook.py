"""What is said of coming and past days equals what scoring those days gives."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta

import pytest
from make_sample_data import make_sample_data

pytestmark = pytest.mark.long_on("postgres")

DAY = date(2026, 6, 30)
HORIZON = 40
KEY = ("lead_id", "scoring_model")


@pytest.fixture(scope="module")
def known_rows(tmp_path_factory) -> dict[str, list[dict[str, str | None]]]:
    """Sample rows that had arrived by the day, some dated ahead: nothing more comes later."""
    folder = tmp_path_factory.mktemp("sample")
    make_sample_data(folder, leads=400, activities=8_000, as_of=DAY)
    day_after = str(DAY + timedelta(1))

    def rows(table: str) -> list[dict[str, str | None]]:
        with (folder / f"{table}.csv").open(newline="", encoding="utf-8") as file:
            return [
                {name: cell or None for name, cell in row.items()} for row in csv.DictReader(file)
            ]

    activities = [
        row
        for row in rows("activities")
        if (row["loaded_at"] or row["occurred_at"] or "") < day_after
    ]
    ahead = 0
    for number, row in enumerate(activities):
        happened = (row["occurred_at"] or "")[:10]
        if number % 4 == 0 and row["loaded_at"] and "2026-06-01" <= happened < day_after:
            row["occurred_at"] = str(date.fromisoformat(happened) + timedelta(30))
            ahead += 1
    assert ahead > 50
    return {
        "leads": [row for row in rows("leads") if (row["created_at"] or "") < day_after],
        "activities": activities,
    }


LAST_DAY = DAY + timedelta(HORIZON)
CHANGED_FROM = DAY + timedelta(10)


def build(project, day: date) -> None:
    """Score a day. On the last one all coming days are recorded; before it they lie ahead."""
    project.build(
        "+lead_scores",
        "+score_change_reasons",
        vars={
            "scoring_date": str(day),
            "outlook_horizon_days": HORIZON,
            "backfill_from": str(DAY),
            "backfill_to": str(LAST_DAY),
            "score_change_from": str(CHANGED_FROM),
        },
    )


def by_key(rows: list[dict]) -> dict[tuple, dict]:
    return {tuple(row[name] for name in KEY): row for row in rows}


def test_outlook_and_change_equal_rescoring(make_project, known_rows):
    project = make_project()
    project.load(known_rows)
    build(project, DAY)
    today = by_key(project.rows("lead_scores"))
    build(project, LAST_DAY)
    scored: dict[tuple, dict[date, dict]] = defaultdict(dict)
    for row in project.rows("lead_score_history"):
        for number in range(HORIZON + 1):
            day = DAY + timedelta(number)
            if row["valid_from"] <= day <= (row["valid_to"] or LAST_DAY):
                scored[tuple(row[name] for name in KEY)][day] = row
    assert scored.keys() == today.keys()

    moves = 0
    for key, row in today.items():
        for days in (7, 30):
            assert row[f"score_in_{days}d"] == scored[key][DAY + timedelta(days)]["score"], key
        moves += row["score_in_7d"] != row["score"]
    assert moves > 20

    ends = set()
    for threshold in ("marketing_qualified", "sales_ready"):
        for key, row in today.items():
            until = None
            if row[f"is_{threshold}"]:
                lost = [day for day, then in scored[key].items() if not then[f"is_{threshold}"]]
                until = min(lost) - timedelta(1) if lost else None
            assert row[f"{threshold}_until"] == until, (key, threshold)
            ends.add(until)
    assert len(ends) > 5

    # what looks back is what was recorded on the way
    trends = set()
    for key, row in by_key(project.rows("lead_scores")).items():
        days = scored[key]
        change_7d, change_30d = (
            row["score"] - days[LAST_DAY - timedelta(past)]["score"] for past in (7, 30)
        )
        assert (row["score_change_7d"], row["score_change_30d"]) == (change_7d, change_30d), key
        in_others = [day for day, then in days.items() if then["segment"] != row["segment"]]
        began = max(in_others) + timedelta(1) if in_others else DAY
        assert row["days_in_segment"] == (LAST_DAY - began).days, key
        moved = "rising" if change_7d > 0 else "falling"
        assert row["score_trend"] == (moved if abs(change_7d) > 2 else "steady"), key
        trends.add((row["score_trend"], row["days_in_segment"] < HORIZON))
    assert len(trends) > 2

    # the change between any two days is the sum of its reasons
    sums: dict[tuple, float] = defaultdict(int)
    for row in project.rows("score_change_reasons"):
        assert (row["compared_on"], row["scoring_date"]) == (CHANGED_FROM, LAST_DAY)
        sums[tuple(row[name] for name in KEY)] += row["points"]
    for key, days in scored.items():
        assert days[LAST_DAY]["score"] - days[CHANGED_FROM]["score"] == sums[key], key
    assert len(sums) > 20
