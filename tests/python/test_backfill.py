"""scripts/backfill.py asks dbt for the days that lack, in few calls, and can be resumed."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

import backfill
import pytest
from lead_scoring_tools.dbt_calls import DbtResult
from lead_scoring_tools.warehouse import duckdb_connection
from typer.testing import CliRunner

JANUARY = [date(2026, 1, day) for day in range(1, 32)]


def in_words(passes) -> list[tuple[str, str, int]]:
    return [(str(part.first), str(part.last), part.every) for part in passes]


def test_days_are_cut_into_passes_without_gaps():
    days = [day for day in JANUARY[:10] if day.day not in (4, 5)]
    assert in_words(backfill.in_passes(days, 1, 3)) == [
        ("2026-01-08", "2026-01-10", 1),
        ("2026-01-06", "2026-01-07", 1),
        ("2026-01-01", "2026-01-03", 1),
    ]
    weeks = [date(2026, 1, 1), date(2026, 1, 8), date(2026, 1, 22)]
    assert in_words(backfill.in_passes(weeks, 7, 10)) == [
        ("2026-01-22", "2026-01-22", 7),
        ("2026-01-01", "2026-01-08", 7),
    ]
    assert list(backfill.in_passes([], 1, 3)) == []


@pytest.mark.parametrize("size", [1, 2, 7, 31, 100])
def test_every_day_is_in_one_pass(size):
    days = [day for day in JANUARY if day.day % 5]
    passes = list(backfill.in_passes(days, 1, size))
    listed = [part.first + timedelta(days=n) for part in passes for n in range(part.count)]
    assert sorted(listed) == days
    assert all(part.count <= size for part in passes)


class FakeDbt:
    """Takes the place of dbt: records the days that it is asked for, in a DuckDB file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.calls: list[tuple[str, ...]] = []
        self.fails_at = 0

    def __call__(
        self, *arguments, warehouse, variables, scoring_date, seeds_folder, on_step
    ) -> DbtResult:
        self.calls.append((*arguments, f"scored for {scoring_date}", json.dumps(variables)))
        if len(self.calls) == self.fails_at:
            return DbtResult(False, ["The warehouse went away."])
        on_step("building lead_score_history", 1, 2)
        first, last = (date.fromisoformat(variables[f"backfill_{end}"]) for end in ("from", "to"))
        with duckdb_connection(self.path) as connection:
            while first <= last:
                connection.execute(
                    "insert into warehouse.lead_scoring_working.int_recorded_days values (?)",
                    [first],
                )
                first += timedelta(days=variables["backfill_every"])
        return DbtResult(True)


@pytest.fixture
def dbt(tmp_path, monkeypatch) -> FakeDbt:
    path = tmp_path / "lead_scoring.duckdb"
    with duckdb_connection(path) as connection:
        connection.execute("create schema warehouse.lead_scoring")
        connection.execute("create schema warehouse.lead_scoring_working")
        connection.execute("create table warehouse.lead_scoring.lead_score_history (lead_id text)")
        connection.execute(
            "create table warehouse.lead_scoring.lead_scores as "
            "select date '2026-02-01' as scoring_date"
        )
        connection.execute(
            "create table warehouse.lead_scoring_working.int_recorded_days (recorded_on date)"
        )
        connection.execute(
            "create table warehouse.lead_scoring_working.int_lead_models (lead_id text)"
        )
    fake = FakeDbt(path)
    monkeypatch.setattr(backfill, "run_dbt", fake)
    # a run that is at work is not waited for
    monkeypatch.setattr(backfill, "WORKING_FOLDER", tmp_path)
    monkeypatch.setenv("LEAD_SCORING_DUCKDB_PATH", str(path))
    return fake


def call(*arguments: str):
    return CliRunner().invoke(backfill.app, arguments)


def test_an_interrupted_backfill_goes_on_where_it_stopped(dbt):
    wanted = ("--from", "2026-01-01", "--to", "2026-01-31", "--days-in-a-pass", "20")
    dbt.fails_at = 2
    first = call(*wanted)
    assert first.exit_code == 1
    words = " ".join(first.output.split())
    assert "The warehouse went away." in words
    assert "20 of 31 days are recorded; run again to go on." in words
    second = call(*wanted)
    assert second.exit_code == 0, second.output
    assert "Recorded 11 days in 1 pass" in " ".join(second.output.split())
    asked = [re.findall(r"backfill_(?:from|to)\": \"([\d-]+)", call[-1]) for call in dbt.calls]
    assert asked == [
        ["2026-01-12", "2026-01-31"],
        ["2026-01-01", "2026-01-11"],
        ["2026-01-01", "2026-01-11"],
    ]
    # all but the last call of a backfill stop at the history; the last one publishes
    assert ["--select" in call for call in dbt.calls] == [True, False, False]
    assert all("scored for 2026-02-01" in call for call in dbt.calls)
    third = call(*wanted)
    assert third.exit_code == 0
    assert "nothing to do" in third.output
    assert len(dbt.calls) == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--from", "2026-01-02", "--to", "2026-01-01"),
            "--from (2026-01-02) is after --to (2026-01-01)",
        ),
        (("--from", "2026-01-02", "--to", "9999-01-01"), "--to (9999-01-01) has yet to come"),
        (("--from", "2026-01-02", "--to", "2026-01-03", "--every", "0d"), "--every is '0d'"),
        (
            ("--from", "2026-01-02", "--to", "2026-01-03", "--every", "weekly"),
            "--every is 'weekly'",
        ),
    ],
)
def test_what_cannot_be_done_is_said(dbt, arguments, sentence):
    result = call(*arguments)
    assert result.exit_code == 1
    assert sentence in " ".join(result.output.split())
    assert not dbt.calls
