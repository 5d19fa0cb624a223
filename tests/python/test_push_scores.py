"""Whatever a destination does, each lead arrives, and none is told twice what it already knows.

The tables are filled directly, in the shape of their contracts; one test on each engine has dbt
fill them. The CRM is a local server (`fake_crm.py`).
"""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import pytest
import yaml
from fake_crm import FakeCrm, Fault
from lead_scoring_tools import crm_destinations
from lead_scoring_tools.crm_fields import Field, as_json, as_text, fields_hash
from lead_scoring_tools.crm_push import Delivery, Summary
from lead_scoring_tools.crm_receipts import UNANSWERED, Receipts, read_fields
from lead_scoring_tools.problems import ProblemError
from lead_scoring_tools.warehouse import PROJECT_FOLDER, quoted

SCRIPT = PROJECT_FOLDER / "scripts" / "push_scores.py"
SHIPPED_FIELDS = PROJECT_FOLDER / "seeds" / "crm" / "crm_fields.csv"
NOW = datetime(2026, 6, 30, 10)
SECRETS = {
    "HUBSPOT_ACCESS_TOKEN": "hubspot-secret",
    "SALESFORCE_ACCESS_TOKEN": "salesforce-secret",
    "LEAD_SCORING_WEBHOOK_TOKEN": "webhook-secret",
}


def columns_of(model: str) -> dict[str, str]:
    """The columns of a mart with their types, as its contract says."""
    path = PROJECT_FOLDER / "models" / "marts" / f"{model}.yml"
    (spec,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return {column["name"]: column["data_type"] for column in spec["columns"]}


def field_rows() -> list[dict[str, Any]]:
    """The shipped crm_fields.csv as int_crm_fields has it."""
    with SHIPPED_FIELDS.open(newline="", encoding="utf-8") as file:
        rows = [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(file)]
    return [{**row, "file_row": number} for number, row in enumerate(rows, start=2)]


def lead(number: int, **values: Any) -> dict[str, Any]:
    """A row of sync_lead_scores."""
    return {
        "lead_id": f"L{number:04}",
        "operation": "upsert",
        "changed_on": date(2026, 6, 30),
        "row_hash": f"hash-{number}",
        "email": f"lead{number}@x.example",
        "scoring_model": "b2b",
        "score": number,
        "grade": "A1",
        "segment": "high",
        "is_marketing_qualified": True,
        "is_sales_ready": False,
        "is_disqualified": False,
        "fit_points": Decimal("12.3"),
        "behaviour_points": Decimal("40.0"),
        "penalty_points": Decimal("-5.5"),
        "score_rank": number,
        "score_percentile": Decimal("99.50"),
        "activity_count": 3,
        "last_activity_at": datetime(2026, 6, 29, 8, 15, 0, 250000),
        "top_reasons": 'CEO (+20); "Zürich", two\nlines',
        **values,
    }


@dataclass
class Scene:
    """A warehouse with the tables that a delivery reads, and a CRM."""

    warehouse: Any
    crm: FakeCrm
    # each delivery of this process is a day after the one before
    now: datetime = NOW - timedelta(days=1)

    def say(self, *rows: dict[str, Any]) -> None:
        """Put these rows into sync_lead_scores, in place of what it says of their leads."""
        with self.warehouse.session() as session:
            for row in rows:
                session.run("delete from sync_lead_scores where lead_id = ?", [row["lead_id"]])
                marks = ", ".join("?" for _ in row)
                session.run(
                    f"insert into sync_lead_scores ({', '.join(row)}) values ({marks})",
                    list(row.values()),
                )

    def clear(self, *numbers: int) -> None:
        """Clear leads, as sync_lead_scores does."""
        self.say(
            *(
                {
                    "lead_id": f"L{number:04}",
                    "operation": "clear",
                    "changed_on": date(2026, 7, 1),
                }
                for number in numbers
            )
        )

    def run(self, sql: str) -> None:
        with self.warehouse.session() as session:
            session.run(sql)

    def receipts(self) -> dict[str, dict[str, Any]]:
        """The receipts by lead."""
        rows = self.warehouse.rows("select * from crm_deliveries")
        found = {row["lead_id"]: row for row in rows}
        assert len(found) == len(rows)
        return found

    def deliver(self, name: str, *, batch_size: int | None = None, **options: Any) -> Summary:
        """Deliver in this process, without waiting for anything."""
        fields = read_fields(self.warehouse, name)
        pauses = options.pop("pauses", [])
        self.now += timedelta(days=1)
        receiver = {
            "hubspot": lambda: crm_destinations.HubSpot(fields, timeout=1),
            "salesforce": lambda: crm_destinations.Salesforce(fields, 1, "Lead"),
            "webhook": lambda: crm_destinations.Webhook(timeout=1),
            "csv": lambda: crm_destinations.CsvFile(fields, options.pop("path")),
        }[name]()
        if batch_size:
            receiver.batch_size = batch_size
        return Delivery(
            receiver,
            Receipts(self.warehouse, name, fields, pauses.append),
            pause=pauses.append,
            now=lambda: self.now,
            **options,
        ).run()

    def start(self, *arguments: str) -> subprocess.Popen:
        """Start the script itself."""
        environment = {**os.environ, **self.warehouse.environment}
        return subprocess.Popen(
            [sys.executable, str(SCRIPT), *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def push(self, *arguments: str) -> subprocess.CompletedProcess:
        """Run the script itself."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def sent_leads(self, name: str) -> list[str]:
        """Every lead that was in a request, as often as it was."""
        found = []
        for _, path, _, body in self.crm.requests:
            if name == "hubspot" and "hubspot" not in path and "/batch/" in path:
                found += [row["id"] for row in json.loads(body)["inputs"]]
            if name == "webhook" and path == "/hook/T0/secret-path":
                found += [row["lead_id"] for row in json.loads(body)]
        return found


@pytest.fixture
def crm(monkeypatch) -> Iterator[FakeCrm]:
    crm = FakeCrm()
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HUBSPOT_BASE_URL", crm.url)
    monkeypatch.setenv("SALESFORCE_INSTANCE_URL", crm.url)
    monkeypatch.setenv("LEAD_SCORING_WEBHOOK_URL", f"{crm.url}/hook/T0/secret-path")
    yield crm
    crm.close()


@pytest.fixture
def scene(project, crm) -> Scene:
    warehouse = project.warehouse
    types = {**columns_of("sync_lead_scores")}
    tables = {
        f"{warehouse.schema}.sync_lead_scores": types,
        f"{warehouse.schema}.crm_deliveries": columns_of("crm_deliveries"),
        f"{warehouse.schema}_working.int_crm_fields": {
            **dict.fromkeys(field_rows()[0], "text"),
            "file_row": "integer",
        },
        f"{warehouse.schema}_working.int_crm_field_faults": {"problem": "text"},
    }
    catalog = "warehouse." if warehouse.target == "duckdb" else ""
    with warehouse.session() as session:
        for schema in (warehouse.schema, f"{warehouse.schema}_working"):
            session.run(f"create schema {catalog}{schema}")
        for table, columns in tables.items():
            written = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
            session.run(f"create table {catalog}{table} ({written})")
    with warehouse.session() as session:
        for row in field_rows():
            marks = ", ".join("?" for _ in row)
            session.run(f"insert into int_crm_fields values ({marks})", list(row.values()))
    return Scene(warehouse, crm)


def hubspot_values(number: int) -> dict[str, str]:
    """What HubSpot holds of a lead after it has arrived."""
    return {
        "lead_id": f"L{number:04}",
        "lead_score": str(number),
        "lead_score_behaviour_points": "40",
        "lead_score_changed_on": "2026-06-30",
        "lead_score_disqualified": "false",
        "lead_score_fit_points": "12.3",
        "lead_score_grade": "A1",
        "lead_score_last_activity_at": "2026-06-29T08:15:00.250Z",
        "lead_score_marketing_qualified": "true",
        "lead_score_reasons": 'CEO (+20); "Zürich", two\nlines',
        "lead_score_sales_ready": "false",
        "lead_score_scoring_model": "b2b",
        "lead_score_segment": "high",
    }


def cleared(values: dict[str, Any], empty: Any = "") -> dict[str, Any]:
    """What is left of a lead that was cleared."""
    return {name: value if name == "lead_id" else empty for name, value in values.items()}


# ------------------------------------------------------------------------------------------------
# What arrives
# ------------------------------------------------------------------------------------------------


def test_hubspot_gets_what_changed_and_nothing_twice(scene):
    scene.say(*(lead(number) for number in range(1, 251)))
    summary = scene.deliver("hubspot")
    assert (summary.delivered, summary.failed) == ({"clear": 0, "upsert": 250}, 0)
    assert len(scene.crm.requests) == 3
    assert scene.crm.hubspot == {f"L{n:04}": hubspot_values(n) for n in range(1, 251)}
    assert scene.receipts()["L0007"] == {
        "destination": "hubspot",
        "lead_id": "L0007",
        "operation": "upsert",
        "row_hash": "hash-7",
        "fields_hash": fields_hash(read_fields(scene.warehouse, "hubspot")),
        "status": "delivered",
        "attempted_at": NOW,
        "delivered_at": NOW,
        "attempt_count": 1,
        "error": None,
    }
    scene.say(lead(7, score=70, row_hash="other"), lead(251))
    scene.clear(8)
    scene.crm.requests.clear()
    summary = scene.deliver("hubspot")
    assert summary.delivered == {"clear": 1, "upsert": 2}
    assert scene.sent_leads("hubspot") == ["L0008", "L0007", "L0251"]
    assert scene.crm.hubspot["L0007"] == {**hubspot_values(7), "lead_score": "70"}
    assert scene.crm.hubspot["L0008"] == cleared(hubspot_values(8))
    scene.crm.requests.clear()
    assert scene.deliver("hubspot").delivered == {"clear": 0, "upsert": 0}
    assert scene.crm.requests == []


def test_salesforce_gets_what_changed_and_its_refusals_are_kept(scene):
    scene.say(*(lead(number) for number in range(1, 6)), lead(6, last_activity_at=None))
    scene.crm.refused = {"L0002": "FIELD_CUSTOM_VALIDATION_EXCEPTION:no such buyer:--"}
    summary = scene.deliver("salesforce", batch_size=3)
    assert (summary.delivered["upsert"], summary.failed) == (5, 1)
    assert len(scene.crm.jobs) == 2
    held = {
        "Lead_Id__c": "L0001",
        "Lead_Score__c": "1",
        "Lead_Score_Behaviour_Points__c": "40",
        "Lead_Score_Changed_On__c": "2026-06-30",
        "Lead_Score_Disqualified__c": "false",
        "Lead_Score_Fit_Points__c": "12.3",
        "Lead_Score_Grade__c": "A1",
        "Lead_Score_Last_Activity_At__c": "2026-06-29T08:15:00.250Z",
        "Lead_Score_Marketing_Qualified__c": "true",
        "Lead_Score_Reasons__c": 'CEO (+20); "Zürich", two\nlines',
        "Lead_Score_Sales_Ready__c": "false",
        "Lead_Score_Scoring_Model__c": "b2b",
        "Lead_Score_Segment__c": "high",
    }
    assert scene.crm.salesforce["L0001"] == held
    assert scene.crm.salesforce["L0006"]["Lead_Score_Last_Activity_At__c"] is None
    assert sorted(scene.crm.salesforce) == ["L0001", "L0003", "L0004", "L0005", "L0006"]
    receipt = scene.receipts()["L0002"]
    assert (receipt["status"], receipt["error"], receipt["delivered_at"]) == (
        "failed",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION:no such buyer:--",
        None,
    )
    scene.crm.refused = {}
    scene.clear(1)
    assert scene.deliver("salesforce").delivered == {"clear": 1, "upsert": 1}
    # a checkbox has no empty
    assert scene.crm.salesforce["L0001"] == {
        name: "L0001"
        if name == "Lead_Id__c"
        else "false"
        if held[name] in ("true", "false")
        else None
        for name in held
    }
    assert scene.receipts()["L0002"]["attempt_count"] == 2
    # a record that is no longer there cannot be made from empty values: it is cleared already
    scene.crm.refused = {
        "L0003": "REQUIRED_FIELD_MISSING:Required fields are missing: [Company]:--"
    }
    scene.clear(3)
    assert scene.deliver("salesforce").delivered == {"clear": 1, "upsert": 0}


def test_the_webhook_gets_json_and_refuses_single_rows(scene):
    scene.say(lead(1), lead(2), lead(3, email=None))
    scene.crm.refused = {"L0002": "unknown lead"}
    summary = scene.deliver("webhook")
    assert (summary.delivered["upsert"], summary.failures) == (2, [("L0002", "unknown lead")])
    assert scene.crm.webhook["L0003"] == {
        "operation": "upsert",
        "lead_id": "L0003",
        "properties": {
            "activity_count": 3,
            "behaviour_points": 40,
            "changed_on": "2026-06-30",
            "email": None,
            "fit_points": 12.3,
            "grade": "A1",
            "is_disqualified": False,
            "is_marketing_qualified": True,
            "is_sales_ready": False,
            "last_activity_at": "2026-06-29T08:15:00.250Z",
            "penalty_points": -5.5,
            "score": 3,
            "score_percentile": 99.5,
            "score_rank": 3,
            "scoring_model": "b2b",
            "segment": "high",
            "top_reasons": 'CEO (+20); "Zürich", two\nlines',
        },
    }
    (_, _, headers, _) = scene.crm.requests[0]
    assert headers["authorization"] == "Bearer webhook-secret"
    scene.clear(3)
    scene.crm.refused = {}
    assert scene.deliver("webhook").delivered == {"clear": 1, "upsert": 1}
    told = scene.crm.webhook["L0003"]
    assert told["operation"] == "clear"
    assert set(told["properties"].values()) == {None}


def test_a_csv_file_is_whole_or_not_there(scene, tmp_path, monkeypatch):
    scene.say(lead(1), lead(2))
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", lambda number: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            scene.deliver("csv", path=tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []
    assert {row["status"] for row in scene.receipts().values()} == {"failed"}
    scene.deliver("csv", path=tmp_path / "a.csv", batch_size=1)
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["operation"], row["lead_id"], row["score"]) for row in rows] == [
        ("upsert", "L0001", "1"),
        ("upsert", "L0002", "2"),
    ]
    assert rows[0]["top_reasons"] == 'CEO (+20); "Zürich", two\nlines'
    assert {row["status"] for row in scene.receipts().values()} == {"delivered"}
    scene.clear(2)
    with pytest.raises(ProblemError, match="is there already"):
        scene.deliver("csv", path=tmp_path / "a.csv")
    scene.deliver("csv", path=tmp_path / "b.csv")
    (row,) = csv.DictReader((tmp_path / "b.csv").open(newline="", encoding="utf-8"))
    assert (row.pop("operation"), row.pop("lead_id")) == ("clear", "L0002")
    assert set(row.values()) == {""}


def test_destinations_know_nothing_of_each_other(scene, tmp_path):
    scene.say(lead(1))
    scene.deliver("hubspot")
    scene.deliver("csv", path=tmp_path / "a.csv")
    rows = scene.warehouse.rows("select destination, lead_id from crm_deliveries order by 1")
    assert [row["destination"] for row in rows] == ["csv", "hubspot"]


def test_other_fields_are_delivered_anew(scene):
    scene.say(lead(1))
    scene.deliver("hubspot")
    scene.run(
        "update int_crm_fields set crm_property = 'renamed' where crm_property = 'lead_score'"
    )
    assert scene.deliver("hubspot").delivered["upsert"] == 1
    assert scene.crm.hubspot["L0001"]["renamed"] == "1"


# ------------------------------------------------------------------------------------------------
# What goes wrong
# ------------------------------------------------------------------------------------------------

IN_A_WHILE = {"Retry-After": "7"}


@pytest.mark.parametrize("name", ["hubspot", "salesforce", "webhook"])
@pytest.mark.parametrize(
    ("fault", "pauses"),
    [
        (Fault(status=429, headers=IN_A_WHILE), [7]),
        (Fault(status=503), [1]),
        (Fault(drop=True), [1]),
        (Fault(drop=True, after=True), [1]),
    ],
    ids=["429", "503", "dropped", "dropped_after_the_work"],
)
@pytest.mark.engine("duckdb")
def test_what_passes_is_waited_for(scene, name, fault, pauses):
    scene.say(*(lead(number) for number in range(1, 8)))
    scene.crm.faults.extend([None, fault] if name != "salesforce" else [fault])
    waited: list[float] = []
    summary = scene.deliver(name, batch_size=3, pauses=waited)
    assert (summary.delivered["upsert"], summary.failed) == (7, 0)
    assert waited == pauses
    assert len(getattr(scene.crm, name)) == 7
    assert {row["status"] for row in scene.receipts().values()} == {"delivered"}


def test_a_time_out_is_tried_again(scene):
    scene.say(lead(1))
    scene.crm.faults.append(Fault(hold=True, after=True))
    waited: list[float] = []
    assert scene.deliver("webhook", pauses=waited).delivered["upsert"] == 1
    keys = [headers["idempotency-key"] for _, _, headers, _ in scene.crm.requests]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert waited == [1]


@pytest.mark.engine("duckdb")
def test_the_same_values_later_have_another_idempotency_key(scene):
    for score in (1, 2, 1):
        scene.say(lead(1, score=score, row_hash=f"hash of {score}"))
        scene.deliver("webhook")
        scene.run("update crm_deliveries set delivered_at = delivered_at + interval '1 day'")
    keys = [headers["idempotency-key"] for _, _, headers, _ in scene.crm.requests]
    assert len(set(keys)) == 3


def test_retry_after_may_be_a_date():
    soon = datetime.now(timezone.utc) + timedelta(seconds=90)
    assert 80 < crm_destinations.retry_after({"Retry-After": format_datetime(soon)}) <= 90
    assert crm_destinations.retry_after({"Retry-After": "soon"}) is None
    assert crm_destinations.retry_after({}) is None


@pytest.mark.engine("duckdb")
@pytest.mark.parametrize(
    ("faults", "pause_count"),
    [([Fault(status=500)] * 5, 4), ([Fault(status=429, headers={"Retry-After": "86400"})], 0)],
    ids=["out_of_order", "asks_to_wait_for_a_day"],
)
def test_a_destination_that_stays_away_gets_everything_next_time(scene, faults, pause_count):
    scene.say(*(lead(number) for number in range(1, 6)))
    scene.crm.faults.extend([None, *faults])
    waited: list[float] = []
    with pytest.raises(ProblemError, match="out of order What is not delivered is sent by"):
        scene.deliver("hubspot", batch_size=2, pauses=waited)
    assert len(waited) == pause_count
    receipts = scene.receipts()
    assert {lead_id: row["status"] for lead_id, row in receipts.items()} == {
        "L0001": "delivered",
        "L0002": "delivered",
        "L0003": "failed",
        "L0004": "failed",
    }
    assert receipts["L0003"]["error"] == "HubSpot: out of order"
    scene.crm.faults.clear()
    scene.crm.requests.clear()
    assert scene.deliver("hubspot").delivered["upsert"] == 3
    assert scene.sent_leads("hubspot") == ["L0005", "L0003", "L0004"]


@pytest.mark.parametrize("tells_rows", [True, False], ids=["by_row", "as_a_whole"])
def test_rows_that_hubspot_refuses_hold_no_other_back(scene, tells_rows):
    scene.say(*(lead(number) for number in range(1, 101)))
    scene.crm.tells_rows = tells_rows
    scene.crm.refused = {"L0013": "not a number: thirteen", "L0077": "no such option: high"}
    summary = scene.deliver("hubspot")
    assert (summary.delivered["upsert"], summary.failed) == (98, 2)
    assert dict(summary.failures) == scene.crm.refused
    assert len(scene.crm.requests) < (2 if tells_rows else 30)
    receipts = scene.receipts()
    failed = {key: row["error"] for key, row in receipts.items() if row["status"] == "failed"}
    assert failed == scene.crm.refused
    assert len(scene.crm.hubspot) == 98
    scene.crm.refused = {"L0077": "still no such option"}
    scene.crm.requests.clear()
    scene.deliver("hubspot")
    assert set(scene.sent_leads("hubspot")) == {"L0013", "L0077"}
    receipts = scene.receipts()
    assert receipts["L0013"]["attempt_count"] == receipts["L0077"]["attempt_count"] == 2
    assert receipts["L0077"]["error"] == "still no such option"


@pytest.mark.engine("duckdb")
def test_a_destination_that_refuses_every_row_is_left_alone(scene):
    scene.say(*(lead(number) for number in range(1, 301)))
    scene.crm.tells_rows = False
    scene.crm.refused = {f"L{n:04}": 'Property "lead_score" does not exist' for n in range(1, 301)}
    with pytest.raises(ProblemError, match='row after row: Property "lead_score" does not exist'):
        scene.deliver("hubspot")
    assert len(scene.crm.requests) < 200
    assert len(scene.receipts()) == 100
    assert {row["status"] for row in scene.receipts().values()} == {"failed"}


@pytest.mark.engine("duckdb")
@pytest.mark.parametrize("tells_rows", [True, False], ids=["by_row", "as_a_whole"])
def test_rows_that_are_refused_for_ever_hold_no_other_back(scene, tells_rows):
    scene.say(*(lead(number) for number in range(1, 31)))
    scene.crm.tells_rows = tells_rows
    # two in three of every batch, then whole batches of what has failed
    scene.crm.refused = {f"L{n:04}": "not a number" for n in range(1, 31) if n % 3}
    assert scene.deliver("hubspot", batch_size=5).failed == 20
    scene.say(lead(31))
    summary = scene.deliver("hubspot", batch_size=5)
    assert (summary.delivered["upsert"], summary.failed) == (1, 20)
    assert len(scene.crm.hubspot) == 11
    # an outage in the midst of them is made good, too
    scene.crm.refused.pop("L0028")
    assert scene.deliver("hubspot", batch_size=5).delivered["upsert"] == 1


@pytest.mark.engine("duckdb")
@pytest.mark.parametrize("names_results", [True, False], ids=["named", "nameless"])
def test_a_deleted_contact_is_not_made_again_to_be_cleared(scene, names_results):
    scene.crm.names_results = names_results
    scene.say(*(lead(number) for number in (1, 2, 3, 4)))
    scene.crm.refused = {"L0004": "locked"}
    assert scene.deliver("hubspot").delivered == {"clear": 0, "upsert": 3}
    scene.crm.refused = {"L0003": "locked"}
    del scene.crm.hubspot["L0001"]
    scene.clear(1, 2, 3, 4)
    summary = scene.deliver("hubspot")
    assert summary.delivered == {"clear": 3, "upsert": 0}
    assert summary.failures == [("L0003", "locked")]
    assert scene.crm.hubspot == {
        "L0002": cleared(hubspot_values(2)),
        "L0003": hubspot_values(3),
    }


# ------------------------------------------------------------------------------------------------
# What is forgotten
# ------------------------------------------------------------------------------------------------


def test_receipts_of_the_forgotten_say_only_that_they_are_cleared(scene):
    scene.say(lead(1), lead(2))
    scene.crm.refused = {"L0002": "lead2@x.example is no address"}
    scene.deliver("webhook")
    scene.clear(1, 2)
    scene.crm.refused = {"L0001": "lead1@x.example is locked"}
    summary = scene.deliver("webhook")
    # what was refused may have arrived all the same, so it is cleared, too
    assert (summary.delivered["clear"], summary.failed) == (1, 1)
    kept = {
        key: (row["operation"], row["status"], row["row_hash"], row["error"])
        for key, row in scene.receipts().items()
    }
    assert kept == {
        "L0001": ("clear", "failed", None, None),
        "L0002": ("clear", "delivered", None, None),
    }
    scene.crm.refused = {}
    assert scene.deliver("webhook").delivered["clear"] == 1


def test_who_never_was_sent_need_not_be_cleared(scene):
    scene.clear(1)
    assert scene.deliver("hubspot").delivered == {"clear": 0, "upsert": 0}
    assert scene.crm.requests == []


def test_who_was_sent_and_is_in_no_table_any_more_is_cleared(scene):
    scene.say(lead(1))
    scene.deliver("hubspot")
    scene.run("delete from sync_lead_scores")
    assert scene.deliver("hubspot").delivered["clear"] == 1
    assert scene.crm.hubspot == {"L0001": cleared(hubspot_values(1))}
    assert scene.deliver("hubspot").delivered["clear"] == 0


def test_who_is_forgotten_while_being_sent_leaves_no_hash(scene):
    scene.say(lead(1))

    class Forgets(crm_destinations.Webhook):
        batch_size = 1

        def send(self, batch):
            scene.clear(1)
            return super().send(batch)

    fields = read_fields(scene.warehouse, "webhook")
    receipts = Receipts(scene.warehouse, "webhook", fields, lambda seconds: None)
    Delivery(Forgets(1), receipts, lambda seconds: None, lambda: NOW).run()
    (row,) = scene.receipts().values()
    assert (row["operation"], row["status"], row["row_hash"]) == ("upsert", "delivered", None)
    assert scene.deliver("webhook").delivered["clear"] == 1


def test_who_comes_back_is_sent_again(scene):
    scene.say(lead(1))
    scene.deliver("hubspot")
    scene.clear(1)
    scene.deliver("hubspot")
    scene.say(lead(1))
    assert scene.deliver("hubspot").delivered["upsert"] == 1
    assert scene.crm.hubspot == {"L0001": hubspot_values(1)}


# ------------------------------------------------------------------------------------------------
# The script
# ------------------------------------------------------------------------------------------------


@pytest.fixture
def options(scene) -> list[str]:
    """The options that lead to the test's tables."""
    return [f"--target={scene.warehouse.target}", f"--schema={scene.warehouse.schema}"]


def assert_no_secret(*texts: str) -> None:
    for text in texts:
        for secret in [*SECRETS.values(), "secret-path"]:
            assert secret not in text


def test_a_killed_delivery_loses_and_doubles_nothing(scene, options):
    scene.say(*(lead(number) for number in range(1, 251)))
    # the second batch arrives, and the process dies before it hears of it
    scene.crm.faults.extend([None, Fault(hold=True, after=True)])
    process = scene.start("--destination=hubspot", *options)
    assert scene.crm.held.wait(30)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    scene.crm.release.set()
    status = {key: (row["status"], row["error"]) for key, row in scene.receipts().items()}
    assert status == {
        **{f"L{n:04}": ("delivered", None) for n in range(1, 101)},
        **{f"L{n:04}": ("failed", UNANSWERED) for n in range(101, 201)},
    }
    # one whose batch died is forgotten: it must not stay in the CRM
    scene.clear(150)
    scene.crm.requests.clear()
    again = scene.push("--destination=hubspot", *options)
    assert again.returncode == 0, again.stderr
    assert "149 upserts and 1 clears delivered" in again.stdout
    assert scene.crm.hubspot == {
        **{f"L{n:04}": hubspot_values(n) for n in range(1, 251)},
        "L0150": cleared(hubspot_values(150)),
    }
    assert {row["status"] for row in scene.receipts().values()} == {"delivered"}
    assert sorted(scene.sent_leads("hubspot")) == [f"L{n:04}" for n in range(101, 251)]


def test_two_deliveries_at_once_send_each_lead_once(scene, options):
    scene.say(*(lead(number) for number in range(1, 151)))
    scene.crm.faults.append(Fault(hold=True, after=True))
    first = scene.start("--destination=hubspot", *options)
    assert scene.crm.held.wait(30)
    second = scene.start("--destination=hubspot", *options)
    assert second.stderr is not None
    assert "waiting for it" in second.stderr.readline()
    scene.crm.release.set()
    assert first.communicate(timeout=60)[0] == "hubspot: 150 upserts and 0 clears delivered.\n"
    out, _ = second.communicate(timeout=60)
    assert out == "hubspot: nothing has changed since the last delivery.\n"
    assert len(scene.sent_leads("hubspot")) == 150


def test_a_dry_run_sends_and_writes_nothing(scene, options):
    scene.say(*(lead(number) for number in range(1, 251)))
    scene.deliver("hubspot", batch_size=100)
    scene.say(*(lead(number, row_hash="new") for number in range(1, 122)))
    scene.clear(200)
    before = scene.receipts()
    scene.crm.requests.clear()
    run = scene.push("--destination=hubspot", "--dry-run", *options)
    assert run.returncode == 0, run.stderr
    first, *lines = run.stdout.splitlines()
    assert first == (
        "hubspot: 121 upserts and 1 clears would be sent, in 3 API calls. Nothing was sent."
    )
    assert "L0200" in run.stdout
    assert "lead_score=1;" in " ".join(lines)
    assert scene.crm.requests == []
    assert scene.receipts() == before


def test_refused_rows_are_told_without_secrets(scene, options):
    scene.say(lead(1), lead(2))
    scene.crm.refused = {"L0002": "no such option"}
    scene.crm.echoes_token = True
    run = scene.push("--destination=hubspot", *options)
    assert run.returncode == 3
    assert "1 upserts and 0 clears delivered" in run.stdout
    assert "  L0002: no such option Bearer ***" in run.stdout
    assert_no_secret(run.stdout, run.stderr, str(scene.receipts()))


@pytest.mark.engine("duckdb")
def test_a_webhook_address_is_a_secret_too(scene, options, monkeypatch):
    scene.say(lead(1))
    scene.crm.faults.append(Fault(status=400, message="no hook at /hook/T0/secret-path"))
    run = scene.push("--destination=webhook", *options)
    assert run.returncode == 3
    assert "L0001: no hook at ***" in run.stdout
    assert_no_secret(run.stdout, run.stderr, str(scene.receipts()))
    scene.crm.faults.append(Fault(status=401))
    run = scene.push("--destination=webhook", *options)
    assert run.returncode == 1
    assert "The webhook answered HTTP 401." in run.stderr
    monkeypatch.setenv("LEAD_SCORING_WEBHOOK_URL", "http://crm.example/secret-path")
    run = scene.push("--destination=webhook", *options)
    assert run.returncode == 1
    assert "LEAD_SCORING_WEBHOOK_URL begins with http://" in run.stderr
    assert_no_secret(run.stdout, run.stderr)


@pytest.mark.engine("duckdb")
@pytest.mark.parametrize(
    ("name", "variable", "words"),
    [
        ("hubspot", "HUBSPOT_ACCESS_TOKEN", "HubSpot refused the access token"),
        ("salesforce", "SALESFORCE_ACCESS_TOKEN", "Salesforce refused the session"),
    ],
)
def test_a_refused_token_is_told_in_a_sentence(scene, options, monkeypatch, name, variable, words):
    scene.say(lead(1))
    monkeypatch.setenv(variable, "expired-token")
    run = scene.push(f"--destination={name}", *options)
    assert run.returncode == 1
    assert words in run.stderr
    assert "Check " in run.stderr
    assert "Traceback" not in run.stderr
    assert "expired-token" not in run.stdout + run.stderr
    monkeypatch.delenv(variable)
    run = scene.push(f"--destination={name}", *options)
    assert run.returncode == 1
    assert f"{variable} is not set: " in run.stderr


@pytest.mark.engine("duckdb")
def test_what_is_missing_is_told_in_a_sentence(scene, options, project):
    wrong = scene.push("--destination=csv", *options)
    assert wrong.returncode == 2
    scene.run("insert into int_crm_field_faults values ('a fault')")
    run = scene.push("--destination=hubspot", *options)
    assert (run.returncode, run.stderr) == (
        1,
        "crm_fields.csv has faults. Run `dbt build`, which names them, and correct the file.\n",
    )
    scene.run("delete from int_crm_field_faults")
    scene.run("delete from int_crm_fields where destination = 'hubspot'")
    run = scene.push("--destination=hubspot", *options)
    assert "crm_fields.csv has no row for hubspot" in run.stderr
    scene.run("drop table crm_deliveries")
    run = scene.push("--destination=hubspot", *options)
    assert run.returncode == 1
    assert "has no crm_deliveries. Run `dbt build` first" in run.stderr


def test_help_ends_in_an_example():
    run = subprocess.run(
        [sys.executable, str(SCRIPT), "--help"], capture_output=True, text=True, check=True
    )
    words = " ".join(run.stdout.split())
    example = words.partition("Example: python scripts/push_scores.py ")[2]
    assert example == "--destination hubspot --target postgres --dry-run"


# ------------------------------------------------------------------------------------------------
# Values
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "decimals", "raw", "text", "in_json"),
    [
        ("number", 0, Decimal("2.5"), "3", 3),
        ("number", 0, Decimal("-2.5"), "-3", -3),
        ("number", 1, Decimal("0.05"), "0.1", 0.1),
        ("number", 0, Decimal("-0.4"), "0", 0),
        ("number", None, Decimal("99.50"), "99.5", 99.5),
        ("number", None, 100, "100", 100),
        ("text", None, Decimal("40.0"), "40", "40"),
        ("text", None, True, "true", "true"),
        ("boolean", None, False, "false", False),
        ("date", None, datetime(2026, 6, 29, 23, 59), "2026-06-29", "2026-06-29"),
        ("date", None, date(2026, 6, 29), "2026-06-29", "2026-06-29"),
        ("datetime", None, datetime(2026, 6, 29), *["2026-06-29T00:00:00.000Z"] * 2),
    ],
)
def test_a_value_has_the_form_of_its_field(kind, decimals, raw, text, in_json):
    value = Field("property", "column", kind, decimals).value(raw)
    assert as_text(value) == text
    assert as_json(value) == in_json
    assert type(as_json(value)) is type(in_json)


# ------------------------------------------------------------------------------------------------
# From raw rows to the CRM
# ------------------------------------------------------------------------------------------------

DAY_1 = [
    {"lead_id": "stays", "created_at": "2026-01-01", "job_title": "CEO", "email": "s@x.example"},
    {"lead_id": "leaves", "created_at": "2026-01-02", "job_title": "CEO", "email": "l@x.example"},
]


def build(project, day: str, *selected: str) -> None:
    project.build(*selected, vars={"scoring_date": day})


@pytest.mark.long_on("postgres")
def test_a_lead_is_scored_sent_deleted_and_cleared(project, crm, options_of):
    scene = Scene(project.warehouse, crm)
    activities = [
        {
            "activity_id": "1",
            "activity_type": "demo_request",
            "occurred_at": "2026-01-30 09:00:00",
            "lead_id": "leaves",
        }
    ]
    project.load({"leads": DAY_1, "activities": activities})
    everything = ("+ranked_leads", "+sync_lead_scores", "crm_deliveries")
    build(project, "2026-01-31", *everything)
    run = scene.push("--destination=hubspot", *options_of(project))
    assert run.returncode == 0, run.stderr
    scores = {row["lead_id"]: str(row["score"]) for row in project.rows("ranked_leads")}
    held = {lead_id: values["lead_score"] for lead_id, values in crm.hubspot.items()}
    assert held == scores
    said = project.rows("sync_lead_scores", "lead_id")
    assert len({row["mapping_version"] for row in said} - {None}) == 1

    # a table from before mapping_version gets the column, and tells nothing anew
    scene.run("alter table sync_lead_scores drop column mapping_version")
    build(project, "2026-01-31", "sync_lead_scores")
    said = [{**row, "mapping_version": None} for row in said]
    assert project.rows("sync_lead_scores", "lead_id") == said

    # a wrong field stops the run before anything is told
    fields = field_rows()
    wrong = [
        {**row, "type": "integer"} if row["crm_property"] == "lead_score" else row for row in fields
    ]
    cells = [{k: v or "" for k, v in row.items() if k != "file_row"} for row in wrong]
    project.write_rules("crm_fields", cells)
    fields_only = ("crm_fields", "int_crm_fields", "int_crm_field_faults", "sync_lead_scores")
    result = project.dbt(
        *("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
        *("--select", *fields_only),
        vars={"scoring_date": "2026-02-01"},
    )
    (row,) = [row["file_row"] for row in wrong if row["type"] == "integer"]
    assert result.errors == [
        "The CRM fields have 1 fault. "
        "Nothing was scored, and the published tables are as they were.\n"
        f'crm_fields.csv, row {row}, column type: "integer" is no type. '
        "Allowed: text, number, boolean, date, datetime."
    ]
    assert project.rows("sync_lead_scores", "lead_id") == said
    project.write_rules(
        "crm_fields", [{k: v or "" for k, v in row.items() if k != "file_row"} for row in fields]
    )

    gone = [DAY_1[0], {**DAY_1[1], "is_deleted": "true"}]
    project.load({"leads": gone, "activities": activities})
    build(project, "2026-02-01", *everything, "--full-refresh")
    (cleared_row,) = project.query("select * from sync_lead_scores where lead_id = 'leaves'")
    assert {name: value for name, value in cleared_row.items() if value is not None} == {
        "lead_id": "leaves",
        "operation": "clear",
        "changed_on": date(2026, 2, 1),
    }
    tests = ("assert_cleared_leads_leave_nothing_behind", "assert_sync_says_what_the_scores_say")
    result = project.dbt(
        *("test", "--select", *tests, "sync_lead_scores", "crm_deliveries"),
        *("--exclude-resource-type", "unit_test"),
        vars={"scoring_date": "2026-02-01"},
    )
    assert result.success, result.errors
    assert set(tests) <= result.statuses.keys()
    receipt = scene.receipts()["leaves"]
    assert (receipt["operation"], receipt["row_hash"], receipt["error"]) == ("upsert", None, None)
    run = scene.push("--destination=hubspot", *options_of(project))
    assert "0 upserts and 1 clears delivered" in run.stdout, run.stderr
    assert crm.hubspot["leaves"] == cleared(crm.hubspot["leaves"]) | {"lead_id": "leaves"}
    assert crm.hubspot["stays"]["lead_score"] == scores["stays"]


@pytest.fixture
def options_of():
    return lambda project: [
        f"--target={project.target}",
        f"--schema={project.warehouse.schema}",
    ]


@pytest.mark.engine("duckdb")
@pytest.mark.parametrize(
    ("name", "value"), [("min_score_change", 0), ("max_sync_age_days", "a month")]
)
def test_a_wrong_var_is_told_in_a_sentence(project, name, value):
    result = project.dbt("compile", "--select", "sync_lead_scores", vars={name: value})
    assert not result.success
    assert result.errors == [f'The var {name} is "{value}". It must be a whole number from 1 up.']
