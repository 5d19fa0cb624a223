"""Same data, same rules, same day: the same tables to the last digit, on every engine and machine.

DuckDB's plain run is the measure. Whole tables are compared, as sets of rows with their types.
"""

from __future__ import annotations

import csv
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from lead_scoring_tools.rule_files import prepare_seeds
from lead_scoring_tools.throwaway_postgres import throwaway_server
from lead_scoring_tools.warehouse import PROJECT_FOLDER
from make_sample_data import make_sample_data

TABLES = (
    "lead_scores",
    "ranked_leads",
    "lead_score_contributions",
    "segment_summary",
    "lead_score_history",
    "lead_threshold_events",
    "score_change_reasons",
    "sync_lead_scores",
    "rejected_leads",
    "rejected_activities",
    "data_quality",
    "campaign_performance",
    "funnel_kpis",
    "score_drift",
    "score_backtest",
    "score_backtest_contributions",
    "model_performance",
    "score_performance",
    "threshold_analysis",
    "rule_performance",
    "attribute_conversion",
)
# A probability model as scripts/train_predictive.py writes it, with digits that are hard to add up.
COEFFICIENTS = (
    ("intercept", "", "-2.7182818284590452"),
    ("newness", "", "1.4142135623730951"),
    ("points", "behaviour_demo_request", "0.0314159265358979"),
    ("points", "fit_title_ceo", "0.0577215664901533"),
    ("points", "penalty_free_email", "0.0161803398874989"),
)
# a table without a row would prove nothing
NOT_EMPTY = TABLES[:8]
SAMPLE_DATE = date(2026, 6, 30)
SHARED_DATA = PROJECT_FOLDER.parent / "shared" / "data"
FUNNELS = {
    "loan_funnel": date(2012, 2, 15),
    "marketplace_funnel": date(2018, 5, 31),
}
# A zone with half an hour, and a day before its month. (psycopg2 always writes ISO, but reads DMY.)
AWKWARD_ZONE = "America/St_Johns"
AWKWARD_SESSION = f"-c timezone={AWKWARD_ZONE} -c datestyle=SQL,DMY -c intervalstyle=sql_standard"

Tables = dict[str, Counter]
Measure = Callable[[str, Callable[[], Tables]], Tables]


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    """Sample data small enough to be scored four times."""
    folder = tmp_path_factory.mktemp("sample")
    make_sample_data(folder, leads=600, activities=8_000, as_of=SAMPLE_DATE)
    return folder


@pytest.fixture(scope="module")
def measured() -> dict[str, Tables]:
    """The tables of DuckDB's plain runs, by data. Filled by the first test that needs them."""
    return {}


def build(project, data: Path, scoring_date: date) -> Tables:
    """Load raw files, record four days, look back at two, and return every published table."""
    project.load(data)
    project.write_rules(
        "predictive_coefficients",
        [
            {"scoring_model": "b2b", "feature": feature, "rule_id": rule, "coefficient": value}
            for feature, rule, value in COEFFICIENTS
        ],
    )
    project.write_rules(
        "predictive_models",
        [{"scoring_model": "b2b", "typical_amount": "9999.99", "probability_weight": "0.3"}],
    )
    project.build(
        vars={
            "scoring_date": scoring_date.isoformat(),
            "backfill_from": (scoring_date - timedelta(days=3)).isoformat(),
            "backfill_to": scoring_date.isoformat(),
            "backtest_from": (scoring_date - timedelta(days=90)).isoformat(),
            "backtest_to": (scoring_date - timedelta(days=60)).isoformat(),
            "backtest_every": 30,
            "outcome_days": 60,
            "resample_count": 20,
        },
    )
    return {table: rows_with_types(project.rows(table)) for table in TABLES}


def rows_with_types(rows: list[dict]) -> Counter:
    """Count equal rows. A cell is its column, type and value; a decimal its digits, too."""
    return Counter(
        tuple((column, type(cell).__name__, str(cell)) for column, cell in row.items())
        for row in rows
    )


def assert_same_tables(actual: Tables, expected: Tables) -> None:
    for table in TABLES:
        lacking = expected[table] - actual[table]
        surplus = actual[table] - expected[table]
        told = (
            f"{table}: {lacking.total()} rows are lacking, {surplus.total()} are surplus.\n"
            f"lacking: {sorted(lacking)[:2]}\nsurplus: {sorted(surplus)[:2]}"
        )
        assert actual[table] == expected[table], told


def assert_filled(tables: Tables, *names: str) -> None:
    assert [table for table in names if not tables[table]] == []


def write_shuffled(folder: Path, copy: Path) -> None:
    """Copy raw CSV files with their rows in another order."""
    rng = random.Random(20)
    copy.mkdir()
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        in_order = list(rows)
        rng.shuffle(rows)
        assert len(rows) < 2 or rows != in_order
        with (copy / path.name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Set environment variables, the time zone among them, and put them back."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    time.tzset()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        time.tzset()


@pytest.fixture(scope="module")
def sample_on_duckdb(make_project, measured, sample):
    """The sample's plain run, and its project where it was made for this test's engine."""
    if "sample" not in measured:
        project = make_project("duckdb")
        measured["sample"] = build(project, sample, SAMPLE_DATE)
        return measured["sample"], project
    return measured["sample"], None


def test_the_sample_fills_every_table(sample_on_duckdb):
    tables, _ = sample_on_duckdb
    assert_filled(tables, *TABLES)


def test_neither_a_second_run_nor_row_order_nor_time_zone_moves_anything_on_duckdb(
    sample_on_duckdb, sample, target, tmp_path
):
    plain, project = sample_on_duckdb
    if target != "duckdb":
        pytest.skip("a test of DuckDB")
    write_shuffled(sample, tmp_path / "shuffled")
    with environment(TZ=AWKWARD_ZONE):
        again = build(project, tmp_path / "shuffled", SAMPLE_DATE)
    assert_same_tables(again, plain)


def test_neither_engine_nor_collation_nor_session_nor_row_order_moves_anything_on_postgres(
    sample_on_duckdb, sample, target, tmp_path, request, make_project
):
    if target != "postgres":
        pytest.skip("a test of PostgreSQL")
    plain, _ = sample_on_duckdb
    write_shuffled(sample, tmp_path / "shuffled")
    project = make_project("postgres")
    # a throwaway server is awkward already: Turkish wherever the machine can do that
    server = request.getfixturevalue("server")
    with nullcontext(server) if server.is_throwaway else throwaway_server() as awkward:
        assert awkward.collation != "C"
        usual = project.warehouse
        project.warehouse = replace(usual, location=awkward.url)
        try:
            with environment(TZ=AWKWARD_ZONE, PGTZ=AWKWARD_ZONE, PGOPTIONS=AWKWARD_SESSION):
                (settings,) = project.query(
                    "select current_setting('TimeZone') as zone, "
                    "current_setting('DateStyle') as date_style, "
                    "current_setting('IntervalStyle') as interval_style"
                )
                tables = build(project, tmp_path / "shuffled", SAMPLE_DATE)
        finally:
            project.warehouse = usual
    assert settings["zone"] == AWKWARD_ZONE
    assert settings["date_style"].endswith("DMY")
    assert settings["interval_style"] == "sql_standard"
    assert_same_tables(tables, plain)


@pytest.mark.long
@pytest.mark.parametrize("funnel", FUNNELS)
def test_real_data_scores_the_same_on_both_engines(make_project, measured, target, funnel):
    data = SHARED_DATA / funnel
    if not data.is_dir():
        pytest.skip(f"{data} is not here")
    if funnel not in measured:
        measured[funnel] = build_funnel(make_project("duckdb"), funnel, data)
        assert_filled(measured[funnel], *NOT_EMPTY)
    if target != "duckdb":
        tables = build_funnel(make_project(), funnel, data)
        assert_same_tables(tables, measured[funnel])


def build_funnel(project, funnel: str, data: Path) -> Tables:
    prepare_seeds(PROJECT_FOLDER / "examples" / funnel / "rules", copy=project.seeds)
    return build(project, data, FUNNELS[funnel])
