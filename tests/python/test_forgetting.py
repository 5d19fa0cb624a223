"""A lead that is deleted, or objects to profiling, leaves all tables but the raw ones."""

from __future__ import annotations

from datetime import date

import pytest
from lead_scoring_tools.warehouse import quoted

pytestmark = pytest.mark.long_on("postgres")

DAY = date(2026, 6, 29)
NEXT_DAY = date(2026, 6, 30)
# Each value is nobody else's, and says whose it is: gone7-phone is the phone of the lead gone7.
COLUMNS = (
    *("email", "first_name", "last_name", "phone", "job_title", "company_name", "industry"),
    *("country", "region", "lead_source", "owner_id", "buying_role"),
)
GONE = ("gone_by_deletion", "gone_by_objection")
STAYS = "stays"


def lead(lead_id: str, **changed: str) -> dict[str, str | None]:
    values = {name: f"{lead_id}-{name}@example.com" for name in COLUMNS}
    created = {"lead_id": lead_id, "created_at": "2026-06-01", "employee_count": "300"}
    flags = {"is_deleted": None, "objects_to_profiling": None}
    return {**created, **values, **flags, **changed}


def activity(number: int, **values: str) -> dict[str, str | None]:
    row = dict.fromkeys(("lead_id", "email", "asset", "campaign_id", "is_bot", "loaded_at"))
    key = {"activity_id": f"activity-{number}", "activity_type": "demo_request"}
    return {**row, **key, "occurred_at": "2026-06-28 10:00:00", **values}


def activities() -> list[dict[str, str | None]]:
    rows = []
    for who in (*GONE, STAYS):
        email = f"{who}-email@example.com"
        rows += [
            activity(len(rows), lead_id=who),
            activity(len(rows) + 1, email=email),
            # rejected: no type, no such lead, twice
            activity(len(rows) + 2, email=email, activity_type=" "),
            activity(len(rows) + 3, lead_id=who, email=email, occurred_at="some day"),
            activity(len(rows) + 4, email=email),
            activity(len(rows) + 4, email=email, loaded_at="2026-06-28"),
        ]
    return rows


def of_sales() -> dict[str, list[dict[str, str | None]]]:
    """What else the raw tables say of each lead."""
    who = (*GONE, STAYS)
    return {
        "opportunities": [
            {
                "opportunity_id": f"opportunity-{number}",
                "lead_id": name,
                "created_at": "2026-06-20",
                "stage": f"{name}-stage",
                "amount": "1000",
                "closed_at": None,
                "is_won": None,
            }
            for number, name in enumerate(who)
        ],
        "sales_feedback": [
            {
                "feedback_id": f"feedback-{number}",
                "lead_id": name,
                "verdict": "rejected",
                "recorded_at": "2026-06-21",
                "reason": f"{name}-reason",
            }
            for number, name in enumerate(who)
        ],
    }


def build(project, day: date, **variables: str) -> None:
    project.build(vars={"scoring_date": str(day), **variables})


Cells = dict[tuple[str, str, str], list[str]]


def all_cells(project) -> Cells:
    """Every cell outside the raw schema as text, by schema, table and column."""
    warehouse = project.warehouse
    cells: Cells = {}
    tables = warehouse.tables()
    with warehouse.session(read_only=True) as session:
        for (schema, table), columns in tables.items():
            if schema != warehouse.crm_schema:
                rows = session.rows(f"select * from {quoted(schema)}.{quoted(table)}")
                for column in columns:
                    cells[schema, table, column] = [str(row[column]) for row in rows]
    return cells


def columns_with(cells: Cells, text: str) -> set[tuple[str, str, str]]:
    """The columns in which a text stands anywhere, with schema and table."""
    return {place for place, texts in cells.items() if any(text in cell for cell in texts)}


@pytest.fixture(scope="module")
def cells(make_project) -> Cells:
    """What the tables hold after two leads, known well before, are to be forgotten."""
    project = make_project()
    others = {"activities": activities(), **of_sales()}
    project.load({"leads": [lead(who) for who in (*GONE, STAYS)], **others})
    # a backtest leaves tables that the next run does not make anew
    past = "2026-06-25"
    build(project, DAY, backtest_from=past, backtest_to=past, outcome_days="2")
    before = all_cells(project)
    for who in (*GONE, STAYS):
        tables = {table for _, table, _ in columns_with(before, who)}
        assert {"lead_scores", "lead_score_history", "int_leads", "stg_leads"} <= tables
        assert {
            "score_backtest",
            "score_backtest_contributions",
            "int_backtest_resamples",
        } <= tables
    leads = [
        # one row of each is deleted or objects; the earlier row of it says nothing of the kind
        lead(GONE[0], is_deleted="true", updated_at="2026-06-30", phone=f"{GONE[0]}-new-phone"),
        lead(GONE[0]),
        lead(GONE[1], objects_to_profiling="yes"),
        lead(STAYS),
    ]
    project.load({"leads": leads, **others})
    build(project, NEXT_DAY)
    return all_cells(project)


@pytest.mark.parametrize("who", GONE)
def test_no_value_of_a_forgotten_lead_is_left(cells, who):
    assert not columns_with(cells, f"{who}-")


@pytest.mark.parametrize("who", GONE)
def test_only_keys_of_a_forgotten_lead_are_left(cells, who):
    left = columns_with(cells, who)
    assert {column for _, _, column in left} <= {"lead_id", "raw_lead_id"}
    # raw activities stay counted, under the key alone; what the CRM must clear has nothing but it
    assert {table for _, table, _ in left} <= {
        *("stg_leads", "stg_activities", "int_forgotten_leads", "int_email_owners"),
        *("int_activities", "int_activities_by_email", "int_repeated_activities"),
        *("int_unclear_activities", "int_known_leads"),
        *("int_scorable_activities", "stg_opportunities", "stg_sales_feedback"),
        *("sync_lead_scores", "crm_deliveries"),
    }


def test_who_is_not_to_be_forgotten_stays(cells):
    tables = {table for _, table, _ in columns_with(cells, STAYS)}
    assert {"lead_scores", "lead_score_history", "int_leads", "stg_leads"} <= tables
    for name in COLUMNS:
        held = {table for _, table, _ in columns_with(cells, f"{STAYS}-{name}@example.com")}
        assert "int_leads" in held
