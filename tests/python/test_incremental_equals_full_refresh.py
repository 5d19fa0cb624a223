"""What is built day by day equals what is built at once, whatever happens to rows and rules.

Random days are played: new, late, repeated, corrected, edited and deleted activities, leads that
change their e-mail, are deleted or vanish, edited rules, interrupted runs. One project builds
incrementally; another one is built from nothing on some of the days, and always on the last.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import LONG
from lead_scoring_tools.warehouse import duckdb_connection, postgres_connection, quoted

DAYS = 40 if LONG else 3
FIRST_DAY = date(2026, 6, 1)
PUBLISHED = (
    "lead_scores",
    "ranked_leads",
    "lead_score_contributions",
    "segment_summary",
    "rejected_leads",
    "rejected_activities",
    "data_quality",
    "rule_warnings",
)
ALL_ABOVE = tuple(f"+{table}" for table in PUBLISHED)
# What these columns say depends on which days were run: test_history.py looks at them.
FROM_HISTORY = {"score_change_7d", "score_change_30d", "score_trend", "days_in_segment"}
# What arrived longer ago is settled: when it is much, edits where it stands are noticed later.
LONGEST_WINDOW = timedelta(days=365)
TYPES = ("demo_request", "page_view", "email_open", "webinar_attendance", "Email_Unsubscribe ")
ASSETS = ("/pricing", "/product", "/careers/intern", "newsletter", None, "")


@dataclass
class Crm:
    """Raw tables that change from day to day."""

    rng: random.Random
    leads: list[dict] = field(default_factory=list)
    activities: list[dict] = field(default_factory=list)
    number: int = 0
    # whether anything happens to activities that are settled, or such activities come
    settled_too: bool = True

    def new_lead(self, day: date) -> None:
        self.number += 1
        self.leads.append(
            {
                "lead_id": f"lead-{self.number}",
                "created_at": self.moment(day),
                "email": self.some_email(),
                "job_title": self.rng.choice(["CEO", "Marketing Manager", "Student", None]),
                "company_name": self.rng.choice(["Acme", "test", None]),
                "employee_count": self.rng.choice(["12", "300", "about 50", None]),
                "updated_at": self.moment(day),
                "is_deleted": None,
                "objects_to_profiling": None,
            }
        )

    def new_activity(self, day: date) -> None:
        row = self.some_activity(day)
        while is_settled(row, day) and not self.settled_too:
            row = self.some_activity(day)
        self.activities.append(row)

    def some_activity(self, day: date) -> dict:
        self.number += 1
        rng = self.rng
        happened = day - timedelta(days=rng.choice([0, 0, 0, 1, 3, 20, 80, 400, -2]))
        return {
            "activity_id": f"activity-{self.number}" if rng.random() < 0.93 else None,
            "activity_type": rng.choice(TYPES) if rng.random() < 0.93 else " ",
            "occurred_at": self.moment(happened) if rng.random() < 0.93 else "yesterday",
            "lead_id": rng.choice([*(lead["lead_id"] for lead in self.leads), None, "nobody"]),
            "email": self.some_email() if rng.random() < 0.4 else None,
            "asset": rng.choice(ASSETS),
            "campaign_id": None,
            "is_bot": "yes" if rng.random() < 0.05 else None,
            "loaded_at": rng.choice([self.moment(day), self.moment(day), None, "later"]),
        }

    def moment(self, day: date) -> str:
        """A time of a day in one of the forms that are read."""
        clock = timedelta(seconds=self.rng.randrange(86_400))
        moment = datetime(day.year, day.month, day.day) + clock
        form = self.rng.choice(["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"])
        return moment.strftime(form)

    def some_email(self) -> str:
        return f"person{self.rng.randrange(12)}@{self.rng.choice(['acme.io', 'Gmail.com'])}"

    def live_through(self, day: date) -> None:
        """One day: something of everything that can happen to raw rows."""
        rng = self.rng
        for _ in range(rng.randrange(1, 5)):
            self.new_lead(day)
        for _ in range(rng.randrange(20, 50)):
            self.new_activity(day)
        for _ in range(3):
            # the same row again; the same activity, corrected; a row edited where it stands
            self.activities.append(dict(rng.choice(self.touched(day))))
            corrected = dict(rng.choice(self.activities))
            corrected |= {"asset": rng.choice(ASSETS), "loaded_at": self.moment(day)}
            self.activities.append(corrected)
            edited = rng.choice(self.touched(day))
            edited[rng.choice(["asset", "activity_type"])] = "demo_request"
            rng.choice(self.touched(day))["lead_id"] = rng.choice(self.leads)["lead_id"]
            self.activities.remove(rng.choice(self.touched(day)))
            rng.choice(self.leads)["email"] = self.some_email()
        if rng.random() < 0.5:
            # all rows that were loaded on some day are gone
            lost = (rng.choice(self.touched(day))["loaded_at"] or "")[:10]
            gone = [row for row in self.touched(day) if (row["loaded_at"] or "")[:10] == lost]
            kept = [row for row in self.activities if row not in gone]
            self.activities = kept or self.activities
        if rng.random() < 0.5:
            rng.choice(self.leads)["is_deleted"] = "true"
            self.leads.remove(rng.choice(self.leads))
        if rng.random() < 0.5:
            for lead in self.leads:
                lead["is_deleted"] = None
        rng.shuffle(self.activities)

    def touched(self, day: date) -> list[dict]:
        """The activities to which something may happen."""
        return [row for row in self.activities if self.settled_too or not is_settled(row, day)]

    def tables(self) -> dict[str, list[dict]]:
        return {"leads": self.leads, "activities": self.activities}


def is_settled(row: dict, day: date) -> bool:
    """Whether a raw activity arrived before any decay curve reaches back to, or at no time."""
    times = [text for text in (row["loaded_at"], row["occurred_at"]) if text and text[4:5] == "-"]
    return not times or times[0][:10] < (day - LONGEST_WINDOW).isoformat()


def build(project, day: date, *selected: str, **more_vars: int) -> None:
    project.build(*selected, vars={"scoring_date": day.isoformat(), **more_vars})


def published(project) -> dict[str, Counter]:
    """The rows of every published table that is made from today's rows alone, in no order."""
    return {
        table: Counter(
            tuple(sorted(item for item in row.items() if item[0] not in FROM_HISTORY))
            for row in project.rows(table)
        )
        for table in PUBLISHED
    }


def edit_a_rule(project, points: int) -> None:
    """Give a fit rule and a behaviour rule other points."""
    for name, rule in (("fit_points", "fit_title_ceo"), ("behaviour_points", "behaviour_webinar")):
        rows = project.read_rules(name)
        (row,) = [row for row in rows if row["rule_id"] == rule and row["scoring_model"] == "b2b"]
        row["points"] = str(points)
        project.write_rules(name, rows)


def change_all_rows(project, table: str, assignment: str) -> None:
    """Give every row of a table another value, as no run of the project would."""
    (schema,) = {schema for schema, name in project.warehouse.tables() if name == table}
    statement = f"update {quoted(schema)}.{table} set {assignment}"
    if project.target == "duckdb":
        with duckdb_connection(Path(project.warehouse.location)) as connection:
            connection.execute("use warehouse")
            connection.execute(statement)
    else:
        with postgres_connection(project.warehouse.location) as connection:
            connection.cursor().execute(statement)


def test_building_day_by_day_equals_building_at_once(make_project):
    day_by_day, at_once = make_project(), make_project()
    crm = Crm(random.Random("days"))
    for number in range(DAYS):
        # a day may be skipped
        day = FIRST_DAY + timedelta(days=number + (number > 0))
        # on every other day all settled activities but one batch are only counted
        in_turn = {"settled_rows_per_run": 1} if number % 2 == 0 else {}
        crm.settled_too = not in_turn
        crm.live_through(day)
        day_by_day.load(crm.tables())
        if number % 3 == 1:
            # a run that was interrupted: some of the tables are of this day, some of another one
            build(day_by_day, day, "stg_activity_batches", "stg_activities", "stg_leads", **in_turn)
            crm.live_through(day)
            day_by_day.load(crm.tables())
        if number % 5 == 1:
            # as after a new version of the project, which cleans in another way: all is read again
            for table in ("stg_activities", "int_unclear_activities", "int_activity_counts"):
                change_all_rows(day_by_day, table, "batch_fingerprint = 'of an older version'")
        if number % 3 == 2:
            edit_a_rule(day_by_day, 10 + number)
            edit_a_rule(at_once, 10 + number)
        build(day_by_day, day, *ALL_ABOVE, **in_turn)
        if number % 3 == 2 or number == DAYS - 1:
            at_once.load(crm.tables())
            build(at_once, day, *ALL_ABOVE, "--full-refresh")
            expected, actual = published(at_once), published(day_by_day)
            for table in PUBLISHED:
                lacking, surplus = expected[table] - actual[table], actual[table] - expected[table]
                assert not lacking, f"{table} on {day}: {list(lacking)[:2]} but {list(surplus)[:2]}"
                assert not surplus, f"{table} on {day}: {list(surplus)[:2]}"
    codes = {row["reason_code"] for row in day_by_day.rows("rejected_activities")}
    assert codes == {
        "missing_id",
        "missing_activity_type",
        "invalid_timestamp",
        "unknown_lead",
        "duplicate",
    }
    assert len(day_by_day.rows("lead_scores")) > 5


@pytest.mark.long_on("postgres")
def test_rescoring_equals_building_with_the_edited_rules(make_project):
    rescored, at_once = make_project(), make_project()
    crm = Crm(random.Random("rules"))
    crm.live_through(FIRST_DAY)
    for project in (rescored, at_once):
        project.load(crm.tables())
    build(rescored, FIRST_DAY)
    for project in (rescored, at_once):
        edit_a_rule(project, 17)
        curves = project.read_rules("decay_curves")
        project.write_rules("decay_curves", [row | {"window_days": "999"} for row in curves])
    build(at_once, FIRST_DAY, *ALL_ABOVE)
    # raw rows that come in between wait for a run that reads them
    for lead in crm.leads:
        lead |= {"job_title": "CEO", "shoe_size": "46"}
    crm.live_through(FIRST_DAY)
    rescored.load(crm.tables())
    before = published(rescored)
    build(rescored, FIRST_DAY, "--selector=rescore")
    expected, actual = published(at_once), published(rescored)
    assert actual == expected
    assert actual["lead_scores"] != before["lead_scores"]
    assert actual["lead_score_contributions"] != before["lead_score_contributions"]

    # and a rule about a raw column that no run has read is told of, rather than never true
    fit_points = rescored.read_rules("fit_points")
    shoes = {**fit_points[0], "rule_id": "fit_shoes", "attribute": "shoe_size", "value": "46"}
    rescored.write_rules("fit_points", [*fit_points, shoes])
    result = rescored.dbt("build", "--selector=rescore", vars={"scoring_date": str(FIRST_DAY)})
    assert not result.success
    assert '"shoe_size" is no column of the leads' in "\n".join(result.errors)
    assert published(rescored) == expected


def test_only_batches_that_changed_are_read_again(make_project):
    project = make_project()
    crm = Crm(random.Random(7))
    for number in range(3):
        crm.live_through(FIRST_DAY + timedelta(days=number))
    day = FIRST_DAY + timedelta(days=3)
    project.load(crm.tables())
    build(project, day, "+stg_activities")
    before = Counter(row["batch"] for row in project.rows("stg_activities"))
    # what is marked stays as long as its batch is not read again
    change_all_rows(project, "stg_activities", "campaign_id = 'marked'")
    edited = next(
        row for row in crm.activities if (row["loaded_at"] or "").startswith("2026-06-02")
    )
    edited["asset"] = "/edited"
    crm.activities.append({**edited, "activity_id": "late", "loaded_at": "2026-06-04 10:00:00"})
    project.load(crm.tables())
    build(project, day, "stg_activity_batches", "stg_activities")
    read_again = {row["batch"] for row in project.rows("stg_activities") if not row["campaign_id"]}
    assert read_again == {"2026-06-02", "2026-06-04"}
    after = Counter(row["batch"] for row in project.rows("stg_activities"))
    assert after == before + Counter({"2026-06-04": 1})


def test_the_one_index_of_batches_outlives_a_full_refresh(make_project, target):
    if target != "postgres":
        pytest.skip("a test of PostgreSQL")
    project = make_project()
    crm = Crm(random.Random(7))
    crm.live_through(FIRST_DAY)
    project.load(crm.tables())
    for options in ((), (), ("--full-refresh",), ()):
        build(project, FIRST_DAY, "+stg_activities", *options)
        indexes = project.query(
            "select indexdef from pg_indexes where tablename = 'stg_activities' "
            f"and schemaname = '{project.warehouse.schema}_working'"
        )
        assert [row["indexdef"].split("(")[-1] for row in indexes] == ["batch_fingerprint)"]


def test_settled_rows_are_counted_on_every_run_and_hashed_in_turn(make_project):
    def activity(number: int, loaded_at: str | None, occurred_at: str | None = None) -> dict:
        return {
            "activity_id": f"activity-{number}",
            "activity_type": "page_view",
            "occurred_at": occurred_at or loaded_at,
            "lead_id": "ada",
            "email": None,
            "asset": "/as-it-was",
            "campaign_id": None,
            "is_bot": None,
            "loaded_at": loaded_at,
        }

    def missed_by_run(*, days_later: int) -> set[str]:
        """Build for a day. Returns the activities that staging has otherwise than the raw table."""
        project.load({"leads": leads, "activities": activities})
        day = FIRST_DAY + timedelta(days=days_later)
        build(project, day, "stg_activity_batches", "stg_activities", settled_rows_per_run=2)
        raw, staged = (
            {(row["activity_id"], row["asset"]) for row in rows}
            for rows in (activities, project.rows("stg_activities"))
        )
        return {activity_id for activity_id, _ in raw ^ staged}

    project = make_project()
    leads = [{"lead_id": "ada", "created_at": "2024-01-01", "email": None}]
    settled = ["2024-01-01", "2024-01-01", "2024-01-02", "2024-01-03", "2024-01-03", "no day"]
    activities = [activity(number, day) for number, day in enumerate(settled)]
    activities.append(activity(6, None, "2024-01-02"))
    # one that the longest curve reaches back to until 2026-06-06
    activities.append(activity(7, "2025-06-06 23:59:59"))
    project.load({"leads": leads, "activities": activities})
    build(project, FIRST_DAY, "+stg_activities", settled_rows_per_run=2)

    for row in activities[4:]:
        row["asset"] = "/edited"
    # the first turn is that of the two rows of the first day; what can still count is hashed anyway
    assert missed_by_run(days_later=1) == {"activity-4", "activity-5", "activity-6"}
    assert missed_by_run(days_later=2) == {"activity-5", "activity-6"}
    # those that do not say when they were loaded are last, and then the first ones come again
    assert missed_by_run(days_later=3) == set()
    activities[0]["asset"] = "/edited"
    assert missed_by_run(days_later=4) == set()

    # of a row that came or went no run is ignorant
    activities.append(activity(8, "2024-01-02"))
    assert missed_by_run(days_later=5) == set()
    del activities[2]
    assert missed_by_run(days_later=5) == set()
