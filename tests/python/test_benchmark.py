"""The benchmark measures every step, and writes its section and nothing else.

dbt is called in this process and not in one of its own, since it would read the whole project anew
for every step, and after the full refresh it builds less; all else is as in a real call.
"""

from __future__ import annotations

import json
import re
import resource
import secrets
import shutil
import sys
from collections import Counter
from dataclasses import replace

import benchmark
import pytest
from conftest import Project
from lead_scoring_tools import benchmark_work
from lead_scoring_tools.benchmark_measure import (
    NodeTime,
    Usage,
    busy_seconds,
    node_times,
    run_measured,
)
from lead_scoring_tools.benchmark_page import NEW_PAGE, Results, StepResult, section, with_section
from lead_scoring_tools.warehouse import PROJECT_FOLDER
from typer.testing import CliRunner

STEPS = [
    *("load", "full refresh", "scoring alone", "next day", "rule edit", "unchanged second run"),
    "backfill of 7 days",
]
# What the test builds in each dbt call.
SELECTED = (
    "+lead_scores int_activities",
    "int_score_parts lead_scores",
    "source:crm.activities+1 int_lead_activity int_score_parts lead_scores",
    *("lead_scores", "lead_scores", "int_history_days"),
)


# --------------------------------------------------------------------------------------------------
# The command
# --------------------------------------------------------------------------------------------------


def table_rows(page: str) -> dict[str, list[list[str]]]:
    """Every table row of a page in Markdown, as its cells, by its first cell."""
    found: dict[str, list[list[str]]] = {}
    for line in page.splitlines():
        if line.startswith("| "):
            first, *others = (cell.strip() for cell in line.strip("|").split("|"))
            found.setdefault(first, []).append(others)
    return found


def test_every_step_is_measured_and_written_and_nothing_stays(tmp_path, monkeypatch):
    called: list[dict[str, str]] = []
    points: list[str] = []

    def call_dbt_in_this_process(bench, arguments, variables, scoring_date):
        variables = {**variables, "scoring_date": str(scoring_date)}
        called.append({"arguments": " ".join(arguments), **variables})
        points.append((bench.seeds / "rules" / "fit_points.csv").read_text())
        project = Project(bench.warehouse, bench.folder, writes_json=True)
        selected = SELECTED[len(called) - 1]
        # what is selected last in the arguments is too much for a test
        own = [place for place, word in enumerate(arguments) if word.startswith("--select")]
        arguments = arguments[: own[0]] if own else arguments
        result = project.dbt(*arguments, "--select", selected, vars=variables)
        return [] if result.success else result.errors, Usage(12.34, 5.0, 99.0)

    monkeypatch.setattr(benchmark, "call_dbt", call_dbt_in_this_process)
    # a benchmark that is at work is not waited for
    monkeypatch.setattr(benchmark, "WORKING_FOLDER", tmp_path)
    data = tmp_path / f"benchmark_test_{secrets.token_hex(4)}"
    page = tmp_path / "performance.md"
    working = benchmark.FOLDER / f"{data.name}_duckdb"
    try:
        result = CliRunner().invoke(
            benchmark.app,
            [
                *("--leads=300", "--activities=3000", f"--data-folder={data}", "--label=a test"),
                *("--older-copies=1", "--write", f"--document={page}"),
            ],
        )
        assert result.exit_code == 0, result.output
        assert not working.exists()
    finally:
        shutil.rmtree(working, ignore_errors=True)

    for words in ("DuckDB: 300 leads, ", *STEPS, "Ratio: ", "Label: a test"):
        assert words in result.output
    # of the 3,000 made rows those that arrive later are left out, and not copied
    title = r"## DuckDB: 300 leads, 5,\d{3} activities, 2,\d{3} of them in a longer past"
    assert re.search(title, page.read_text())
    rows = table_rows(page.read_text())
    assert [step for step in rows if step in STEPS] == STEPS
    built_models = dict(zip(STEPS[1:], (5, 2, 5, 1, 1, 1), strict=True))
    for step in STEPS[1:]:
        measured, slowest = rows[step]
        assert [measured[0], *measured[2:]] == ["12.3", "5.0", "99"]
        # a dash would be no number; a fast machine builds one model in less than is shown
        assert 0 <= float(measured[1]) < 60
        assert slowest[0].count("`") == 2 * built_models[step]
    assert page.read_text().startswith(NEW_PAGE)

    assert [call["scoring_date"] for call in called] == ["2026-06-30"] * 2 + ["2026-07-01"] * 4
    assert ["--full-refresh" in call["arguments"] for call in called] == [True] + [False] * 5
    assert "--select" in called[1]["arguments"]
    assert benchmark.scoring_models() <= set(called[1]["arguments"].split())
    assert called[3]["arguments"].endswith("--selector rescore")
    # the rule edit is one cell of one row
    assert points[1] == points[2] != points[3] == points[4]
    assert (called[5]["backfill_from"], called[5]["backfill_to"]) == ("2026-06-23", "2026-06-29")
    before, after = points[0].splitlines(), points[3].splitlines()
    assert len([1 for old, new in zip(before, after, strict=True) if old != new]) == 1


def test_wrong_options_are_told_with_exit_code_2():
    wrong = [("--target", "oracle"), ("--leads", "0"), ("--threads", "none")]
    wrong += [("--last-step", "load"), ("--older-copies", "-1")]
    for option, value in wrong:
        result = CliRunner().invoke(benchmark.app, [option, value], env={"COLUMNS": "200"})
        assert result.exit_code == 2
        assert option in result.output


def test_what_is_wrong_with_the_raw_files_is_told_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "WORKING_FOLDER", tmp_path)
    data = tmp_path / f"benchmark_test_{secrets.token_hex(4)}"
    data.mkdir()
    (data / "leads.csv").write_text("lead_id,created_at\nann,2026-01-01\n")
    result = CliRunner().invoke(benchmark.app, [f"--data-folder={data}"])
    assert result.exit_code == 1
    assert not (benchmark.FOLDER / f"{data.name}_duckdb").exists()
    assert f"{data} has no activities.csv, activities.parquet or activities.jsonl" in result.output
    assert "Traceback" not in result.output


def test_a_page_that_cannot_be_written_is_told_before_anything_is_measured(tmp_path):
    page = tmp_path / "nowhere" / "performance.md"
    result = CliRunner().invoke(benchmark.app, ["--write", f"--document={page}"])
    assert result.exit_code == 1
    assert f"{page.parent} is not a folder" in result.output


def test_the_last_steps_can_be_left_out():
    assert [step.name for step in benchmark.steps_up_to("rule edit")] == STEPS[1:5]
    assert benchmark.steps_up_to(STEPS[-1]) == benchmark.STEPS


def test_help_ends_in_an_example():
    shown = CliRunner().invoke(benchmark.app, ["--help"], env={"COLUMNS": "200"}).output
    assert shown.strip().splitlines()[-1].strip().startswith("Example: python scripts/benchmark.py")


def test_the_parts_that_are_the_scoring_itself_are_there():
    for part in benchmark.SCORING_PARTS:
        assert (PROJECT_FOLDER / "models" / part).exists(), part
    models = benchmark.scoring_models()
    assert {"int_behaviour_contributions", "int_lead_scores", "lead_scores"} <= models
    assert not {"int_activities", "stg_activities", "int_rule_cells"} & models


# --------------------------------------------------------------------------------------------------
# The next day
# --------------------------------------------------------------------------------------------------


def test_only_what_has_arrived_by_the_first_day_is_measured(project, tmp_path):
    activity = {"activity_type": "page_view", "occurred_at": "2026-01-15 10:00:00", "lead_id": "a"}
    loaded_at = ["2026-01-15 11:00:00", "2026-01-31 23:59:59", "2026-02-01 00:00:00", None]
    activities = [
        {"activity_id": f"a{number}", **activity, "loaded_at": value}
        for number, value in enumerate(loaded_at)
    ]
    for name, rows in (
        ("leads", [{"lead_id": "a", "created_at": "2026-01-01"}]),
        ("activities", activities),
    ):
        lines = [json.dumps(row) for row in rows]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    answer = benchmark_work.load(project.warehouse, str(tmp_path), "2026-01-31")
    assert answer["left_out"] == 1
    assert answer["rows"] == {"leads": 1, "activities": 4}
    assert sorted(row["activity_id"] for row in project.rows("activities")) == ["a0", "a1", "a3"]


def test_a_day_brings_new_late_repeated_and_corrected_activities(project):
    day = "2026-02-01"
    before = [
        {
            "activity_id": f"a{number}",
            "activity_type": "page_view",
            "occurred_at": "2026-01-15 10:00:00",
            "lead_id": "ann",
            "email": "ann@example.com",
            "asset": "/about",
            "loaded_at": "2026-01-15 11:00:00",
        }
        for number in range(2000)
    ]
    # nothing is made from what arrived long ago
    before += [
        row | {"activity_id": f"old-{row['activity_id']}", "loaded_at": "2025-12-02 23:59:59"}
        for row in before
    ]
    project.load(
        {"leads": [{"lead_id": "ann", "created_at": "2026-01-01"}], "activities": before},
    )
    answer = benchmark_work.append_activities(project.warehouse, 1000, day)
    rows = project.rows("activities")
    assert [row for row in before if row not in rows] == []
    added = [row for row in rows if row not in before]
    assert answer == {"rows": len(added)}
    assert 900 < len(added) < 1100
    assert {row["loaded_at"][:10] for row in added} == {day}
    assert {row["activity_type"] for row in added} == {"page_view"}

    old, new = {row["activity_id"] for row in before}, f"-{day}"
    again = [row for row in added if row["activity_id"] in old]
    corrected = [row for row in again if row["asset"] == benchmark_work.OTHER_ASSET]
    assert {row["occurred_at"] for row in again} == {"2026-01-15 10:00:00"}
    assert not [row for row in added if row["activity_id"].startswith("old-")]
    fresh = [row for row in added if row not in again]
    assert all(row["activity_id"].endswith(new) for row in fresh)
    late = [row for row in fresh if row["occurred_at"][:10] != day]
    assert all("2026-01-17" <= row["occurred_at"] < "2026-01-31" for row in late)
    unknown = [row for row in fresh if row["lead_id"] != "ann"]
    assert {row["email"] for row in unknown} == {"nobody@benchmark.invalid"}
    copies = Counter(tuple(sorted(row.items())) for row in added)
    shares = {
        "again": len(again) - len(corrected),
        "corrected": len(corrected),
        "late": len(late),
        "unknown": len(unknown),
        "twice": len([1 for count in copies.values() if count == 2]),
    }
    expected = {"again": 10, "corrected": 20, "late": 80, "unknown": 10, "twice": 10}
    assert all(abs(shares[kind] - count) <= count / 5 for kind, count in expected.items()), shares


def test_a_longer_past_has_the_same_activities_years_earlier(project):
    times = (" 2026-01-15 10:00:00", "2024-02-29T08:00:00+02:00", "yesterday", None)
    before = [
        {
            "activity_id": f"a{number}",
            "activity_type": "page_view",
            "occurred_at": occurred_at,
            "lead_id": "ann",
            "loaded_at": "2026-01-15 11:00:00",
        }
        for number, occurred_at in enumerate(times)
    ]
    project.load(
        {"leads": [{"lead_id": "ann", "created_at": "2026-01-01"}], "activities": before},
    )
    assert benchmark_work.lengthen_past(project.warehouse, 2) == {"rows": 8}
    rows = {row["activity_id"]: row for row in project.rows("activities")}
    assert len(rows) == 12
    assert [row for row in before if rows[row["activity_id"]] != row] == []
    for copy, year in ((1, 2), (2, 4)):
        copied = [rows[f"a{number}-past-{copy}"] for number in range(len(times))]
        assert [row["occurred_at"] for row in copied] == [
            f"{2026 - year}-01-15 10:00:00",
            f"{2024 - year}-02-29T08:00:00+02:00",
            "yesterday",
            None,
        ]
        assert {row["loaded_at"] for row in copied} == {f"{2026 - year}-01-15 11:00:00"}
        assert {row["lead_id"] for row in copied} == {"ann"}


# --------------------------------------------------------------------------------------------------
# Measuring
# --------------------------------------------------------------------------------------------------


def node(started: float, completed: float) -> NodeTime:
    return NodeTime("model", "some_model", started, completed)


@pytest.mark.parametrize(
    ("spans", "seconds"),
    [
        ([], 0),
        ([(1, 3)], 2),
        ([(1, 3), (5, 6)], 3),
        ([(2, 5), (1, 3)], 4),
        ([(1, 9), (2, 3), (8, 10)], 9),
        ([(1, 3), (3, 4)], 3),
    ],
    ids=["none", "one", "apart", "overlapping", "inside", "touching"],
)
def test_what_overlaps_counts_once(spans, seconds):
    assert busy_seconds(node(*span) for span in spans) == seconds


def test_times_are_read_from_the_run_results():
    def timing(name: str, started: str, completed: str) -> dict[str, str]:
        day = "2026-06-30T05:00:"
        return {
            "name": name,
            "started_at": f"{day}{started}Z",
            "completed_at": f"{day}{completed}Z",
        }

    run_results = {
        "results": [
            {
                "unique_id": "model.lead_scoring.lead_scores",
                "timing": [
                    timing("compile", "01.000000", "01.500000"),
                    timing("execute", "02.000000", "04.250000"),
                ],
            },
            {"unique_id": "model.lead_scoring.skipped", "timing": []},
        ]
    }
    (found,) = node_times(run_results)
    assert (found.resource_type, found.name, found.seconds) == ("model", "lead_scores", 3.25)


def test_a_process_is_measured_by_itself():
    def run(code: str) -> tuple[int, list[str], Usage]:
        return run_measured(
            [sys.executable, "-c", code],
            environment={"GREETING": "hello"},
            server=None,
            read=lambda lines: [line.rstrip() for line in lines],
        )

    big = run(
        "import os; print(os.environ['GREETING']); text = b'x' * 400_000_000; raise SystemExit(3)"
    )
    small = run("sum(range(3_000_000))")
    assert big[:2] == (3, ["hello"])
    assert big[2].peak_megabytes > 380
    # the peak is not that of an earlier process; it begins with that of this one
    unit = 1 if sys.platform == "darwin" else 1024
    own_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
    assert small[2].peak_megabytes < max(300, own_peak + 1)
    assert small[2].cpu_seconds > 0
    assert small[2].server_cpu_seconds is None


# --------------------------------------------------------------------------------------------------
# The page
# --------------------------------------------------------------------------------------------------

RESULTS = Results(
    target="duckdb",
    leads=20_000,
    activities=300_000,
    older_activities=0,
    new_activities=30_000,
    steps=(
        StepResult("load", Usage(1.0, 2.0, 100.0)),
        StepResult("full refresh", Usage(20.0, 30.0, 1500.0), (node(1, 3), node(2, 9))),
    ),
    scoring_seconds=6.0,
    by_hand_seconds=2.0,
    circumstances=(("Machine", "2 cores"),),
)


def test_a_run_without_the_scoring_says_so():
    unmeasured = replace(RESULTS, scoring_seconds=None, by_hand_seconds=None)
    assert "Scoring alone was not measured." in section(unmeasured)
    assert "Ratio" not in section(unmeasured)


def test_a_longer_past_has_a_section_of_its_own():
    assert RESULTS.title == "DuckDB: 20,000 leads, 300,000 activities"
    longer = replace(RESULTS, older_activities=200_000)
    assert longer.title == f"{RESULTS.title}, 200,000 of them in a longer past"


def test_a_section_has_the_steps_and_the_ratio():
    rows = table_rows(section(RESULTS))
    assert rows["load"] == [["1.0", "–", "2.0", "100"]]  # noqa: RUF001
    assert rows["full refresh"] == [
        ["20.0", "8.0", "30.0", "1,500"],
        ["`some_model` 7.0, `some_model` 2.0"],
    ]
    assert "6.00 s" in section(RESULTS)
    assert "Ratio: 3.0." in section(RESULTS)
    assert "- Machine: 2 cores" in section(RESULTS)


def test_measuring_again_replaces_the_section_and_leaves_all_other_text():
    other_size = replace(RESULTS, leads=1)
    other_engine = replace(RESULTS, target="postgres")
    again = replace(RESULTS, circumstances=(("Machine", r"64 cores, \1"),))
    page = "# Ours\n\nBefore.\n"
    for results in (RESULTS, other_size, other_engine):
        page = with_section(page, results.title, section(results))
    page += "\nAfter.\n"
    replaced = with_section(page, again.title, section(again))
    assert replaced == page.replace(section(RESULTS), section(again))
    assert replaced.startswith("# Ours\n\nBefore.\n\n<!-- benchmark of DuckDB: 20,000 leads")
    assert replaced.endswith("\n\nAfter.\n")
    assert section(RESULTS) not in replaced
    assert section(other_size) in replaced
    assert section(other_engine) in replaced


def test_a_new_page_says_what_it_is():
    page = with_section("", RESULTS.title, section(RESULTS))
    assert page == f"{NEW_PAGE}\n{section(RESULTS)}"
