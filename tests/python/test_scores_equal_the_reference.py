"""The marts equal the reference scorer, cell for cell, on random leads, activities and rule files.

A case is one build with many leads, since a build costs seconds; Hypothesis chooses the cases, the
same ones on every run. `scripts/test --long` plays many more.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
import reference_scorer
from conftest import LONG
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scoring_cases import Case, make_case, write_case

LEADS_PER_CASE = 250
CASES = 100 if LONG else 1


@pytest.fixture(scope="module")
def one_project(make_project):
    """A project that every case is loaded into: what is left of a case would show in the next."""
    return make_project()


def read_rules(folder: Path) -> dict[str, list[dict[str, str]]]:
    """The rule files of a folder, as the reference takes them."""
    rules = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            rules[path.name] = list(csv.DictReader(file))
    return rules


def play(project, case: Case, folder: Path, tables: Iterable[str]) -> None:
    """Load a case and build these marts, without data tests: the comparison is the test."""
    for path in (folder / "rules").glob("*.csv"):
        (target,) = project.seeds.rglob(path.name)
        shutil.copy(path, target)
    project.load(folder / "data")
    project.build(
        *(f"+{table}" for table in tables),
        vars={"scoring_date": case.scoring_date.isoformat(), "allow_empty_tables": True},
    )


def cells(row: dict, columns: list[str]) -> tuple:
    return tuple(row[column] for column in columns)


# shrinking would cost a build a step: the message names the seed and the first rows that differ
@settings(
    max_examples=CASES, derandomize=True, database=None, deadline=None, phases=[Phase.generate]
)
@given(seed=st.integers(0, 2**64 - 1))
def test_marts_equal_the_reference_cell_for_cell(one_project, tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("case")
    case = make_case(seed, LEADS_PER_CASE)
    write_case(case, folder)
    expected_tables = reference_scorer.score_leads(
        {"leads": case.leads, "activities": case.activities, "campaigns": case.campaigns},
        read_rules(folder / "rules"),
        case.scoring_date,
    )
    play(one_project, case, folder, expected_tables)
    for table, expected_rows in expected_tables.items():
        actual_rows = one_project.rows(table)
        columns = list((expected_rows or [{}])[0])
        if table == "lead_score_contributions":
            adjustments = {row["rule_id"] for row in expected_rows if row["reason"] is None}
            for row in actual_rows:
                assert row["reason"]
                if row["rule_id"] in adjustments:
                    row["reason"] = None
        expected = Counter(cells(row, columns) for row in expected_rows)
        actual = Counter(cells(row, columns) for row in actual_rows)
        assert len(actual_rows) == len(expected_rows), table
        lacking, surplus = expected - actual, actual - expected
        assert not lacking, (
            f"{table} {columns}\n"
            f"reference: {sorted(lacking, key=repr)[:3]}\n"
            f"mart: {sorted(surplus, key=repr)[:3]}"
        )
