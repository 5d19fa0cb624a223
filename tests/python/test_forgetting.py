"""A lead that is deleted, or objects to profiling, leaves all tables but the raw ones."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from lead_scoring_tools.warehouse import quoted

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


def build(project, day: date) -> None:
    result = project.dbt(
        *("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
        vars={"scoring_date": str(day)},
    )
    assert result.success, result.errors


def cells_with(project, text: str) -> dict[tuple[str, str], set[str]]:
    """The columns of each table outside the raw schema in which a text stands anywhere."""
    warehouse = project.warehouse
    found: dict[tuple[str, str], set[str]] = {}
    for (schema, table), columns in warehouse.tables().items():
        if schema == warehouse.crm_schema:
            continue
        for row in warehouse.rows(f"select * from {quoted(schema)}.{quoted(table)}"):
            for column in columns:
                if holds(row[column], text):
                    found.setdefault((schema, table), set()).add(column)
    return found


def holds(cell: Any, text: str) -> bool:
    return text in str(cell)


@pytest.fixture(scope="module")
def project(make_project):
    project = make_project()
    project.load({"leads": [lead(who) for who in (*GONE, STAYS)], "activities": activities()})
    build(project, DAY)
    # they are known well before they are forgotten
    for who in (*GONE, STAYS):
        tables = {table for _, table in cells_with(project, who)}
        assert {"lead_scores", "lead_score_history", "int_leads", "stg_leads"} <= tables
    leads = [
        # one row of each is deleted or objects; the earlier row of it says nothing of the kind
        lead(GONE[0], is_deleted="true", updated_at="2026-06-30", phone=f"{GONE[0]}-new-phone"),
        lead(GONE[0]),
        lead(GONE[1], objects_to_profiling="yes"),
        lead(STAYS),
    ]
    project.load({"leads": leads, "activities": activities()})
    build(project, NEXT_DAY)
    return project


@pytest.mark.parametrize("who", GONE)
def test_no_value_of_a_forgotten_lead_is_left(project, who):
    left = cells_with(project, f"{who}-")
    assert not left


@pytest.mark.parametrize("who", GONE)
def test_only_keys_of_a_forgotten_lead_are_left_and_none_is_published(project, who):
    left = cells_with(project, who)
    columns = set().union(*left.values())
    assert columns <= {"lead_id", "raw_lead_id"}
    published = {table for schema, table in left if schema == project.warehouse.schema}
    # what the CRM must be told to clear has nothing but its key
    assert published <= {"sync_lead_scores", "crm_deliveries"}
    staged = {table for schema, table in left if schema != project.warehouse.schema}
    # raw activities stay counted, under the key alone
    assert staged <= {
        *("stg_leads", "stg_activities", "int_forgotten_leads", "int_email_owners"),
        *("int_activities", "int_activities_by_email", "int_repeated_activities"),
        "int_scorable_activities",
    }


def test_who_is_not_to_be_forgotten_stays(project):
    assert STAYS in {row["lead_id"] for row in project.rows("lead_scores")}
    values = {cell for row in project.rows("int_leads") for cell in row.values()}
    assert {f"{STAYS}-{name}@example.com" for name in COLUMNS} <= values
