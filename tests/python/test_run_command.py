"""`scripts/run` prints the list, skips what is done, and says in a sentence what is wrong.

dbt is called in this process, which has read the project already; that the command works as a
process of its own is seen by README's first commands in test_docs.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import _run
import pytest
from conftest import Project, changed_environment
from lead_scoring_tools.dbt_calls import DbtResult
from lead_scoring_tools.one_at_a_time import one_at_a_time
from lead_scoring_tools.rule_files import prepare_seeds
from lead_scoring_tools.warehouse import (
    PROJECT_FOLDER,
    Target,
    Warehouse,
    postgres_connection,
    quoted,
)
from typer.testing import CliRunner

LEADS = (
    "lead_id,created_at,job_title,company_name\nann,2026-01-01,CEO,Acme\nbob,2026-01-02,Intern,\n"
)
ACTIVITIES = (
    "activity_id,activity_type,occurred_at,lead_id\n"
    "1,demo_request,2026-01-30,ann\n"
    "2,email_open,2026-01-29,bob\n"
)
DAY = ("--scoring-date", "2026-01-31")


@dataclass
class Runner:
    """Calls `scripts/run` on a warehouse of its own."""

    warehouse: Warehouse
    folder: Path
    options: tuple[str, ...] = field(default=())

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run the command in the runner's folder."""
        environment = {**self.warehouse.environment, "COLUMNS": "200"}
        with changed_environment(environment), pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            patch.setattr(_run, "run_dbt", self.call_dbt)
            # another test may be at work in this project just then: neither wait nor get in its way
            patch.setattr(_run, "WORKING_FOLDER", self.folder)
            copy = self.folder / "copied_seeds"
            patch.setattr(_run, "prepare_seeds", functools.partial(prepare_seeds, copy=copy))
            result = CliRunner().invoke(_run.app, [*self.options, *map(str, arguments)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return subprocess.CompletedProcess(
            arguments, result.exit_code, result.stdout, result.stderr
        )

    def call_dbt(
        self,
        *arguments: str,
        warehouse: Warehouse,
        variables: Mapping[str, Any],
        scoring_date: date,
        seeds_folder: Path,
        **_: Any,
    ) -> DbtResult:
        """Call dbt in this process. What it prints itself is for nobody to see."""
        project = Project(warehouse, self.folder)
        project.seeds.unlink(missing_ok=True)
        project.seeds.symlink_to(seeds_folder)
        with contextlib.redirect_stdout(io.StringIO()):
            return project.dbt(*arguments, vars={**variables, "scoring_date": str(scoring_date)})

    def write(self, name: str, files: dict[str, str]) -> Path:
        """Make a folder that holds just these files."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        return folder

    def published(self) -> dict[str, list]:
        """Return all rows of the published tables."""
        keys = {"lead_scores": "lead_id, scoring_model", "ranked_leads": "call_rank"}
        return {
            table: self.warehouse.rows(f"select * from {table} order by {key}")
            for table, key in keys.items()
        }


@pytest.fixture(scope="module")
def runner(target: Target, request, tmp_path_factory) -> Iterator[Runner]:
    """A runner on tables of its own, for all tests of this module."""
    folder = tmp_path_factory.mktemp("run")
    if target == "duckdb":
        yield Runner(Warehouse("duckdb", str(folder / "scores.duckdb")), folder)
        return
    name = f"lead_scoring_test_{secrets.token_hex(4)}"
    warehouse = Warehouse("postgres", request.getfixturevalue("server").url, name, f"{name}_crm")
    yield Runner(warehouse, folder, ("--crm-schema", warehouse.crm_schema))
    with postgres_connection(warehouse.location) as connection, connection.cursor() as cursor:
        cursor.execute("set client_min_messages = warning")
        for schema in warehouse.schemas:
            cursor.execute(f"drop schema if exists {quoted(schema)} cascade")


@pytest.fixture(scope="module")
def good_run(runner) -> subprocess.CompletedProcess[str]:
    """A run over two leads."""
    runner.write("data", {"leads.csv": LEADS, "activities.csv": ACTIVITIES})
    return runner.run("--data", "data", *DAY)


def test_a_run_prints_the_ranked_list_and_what_to_do_next(runner, good_run):
    assert good_run.returncode == 0, good_run.stderr
    assert "2 of 2 leads on 2026-01-31" in good_run.stdout
    scored_for = runner.warehouse.rows("select distinct scoring_date from lead_scores")
    assert scored_for == [{"scoring_date": date(2026, 1, 31)}]
    rows = [line for line in good_run.stdout.splitlines() if line.lstrip(" │|").startswith("1 ")]
    assert len(rows) == 1
    for words in ("ann", "Acme"):
        assert words in rows[0]
    assert "Change a weight: open" in good_run.stdout
    assert "behaviour_points.csv" in good_run.stdout
    assert "(2 leads, 2 activities)" in good_run.stderr


@pytest.mark.engine("duckdb")
def test_another_rules_folder_is_scored_with_and_never_written_to(runner, good_run):
    shipped = PROJECT_FOLDER / "seeds" / "rules"
    header = (shipped / "fit_points.csv").read_text().splitlines()[0]
    rule = dict.fromkeys(header.split(","), "") | {
        "scoring_model": "*",
        "rule_id": "fit_intern",
        "attribute": "job_title",
        "operator": "equals",
        "value": "intern",
        "points": "7",
        "rationale": "An intern: we sell to interns",
    }
    files = {
        "scoring_models.csv": (shipped / "scoring_models.csv").read_text(),
        "fit_points.csv": f"{header}\n{','.join(rule.values())}\n",
    }
    folder = runner.write("rules", files)
    before = runner.published()
    # another schema, so that the two can be compared
    other = Warehouse(
        runner.warehouse.target,
        runner.warehouse.location,
        f"{runner.warehouse.schema}_other",
        runner.warehouse.crm_schema,
    )
    places = ("--data", "data", "--rules", "rules", "--schema", other.schema)
    finished = runner.run(*places, *DAY, "--top", "1")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("1 of 2 leads on 2026-01-31")
    first = other.rows("select lead_id, score from ranked_leads order by call_rank")[0]
    assert first == {"lead_id": "bob", "score": 7}
    assert {path.name: path.read_text() for path in folder.iterdir()} == files
    assert runner.published() == before


# what is in the rules folder, beside the shipped scoring_models.csv, and the sentence
BROKEN_RULES = {
    "unknown_file": (
        {"fitpoints.csv": ""},
        "fitpoints.csv is not a rule file: did you mean fit_points.csv?",
    ),
    "no_models": ({"scoring_models.csv": None}, "rules has no scoring_models.csv: it says which"),
    "open_quote": (
        {"decay_curves.csv": 'decay_curve,kind\nweek,half_life\n"month,none\n'},
        "decay_curves.csv, row 3: a quotation mark is not closed, or not doubled",
    ),
    "too_many_cells": (
        {"decay_curves.csv": "decay_curve,rationale\nweek,slow, but sure\n"},
        "decay_curves.csv, row 2: 3 cells, but the header has 2 columns: a text with a comma",
    ),
    "semicolons": (
        {"score_grades.csv": "scoring_model;axis\n"},
        "score_grades.csv: separated by semicolons: save it with commas.",
    ),
    "not_utf8": (
        {"job_titles.csv": "pattern\nGesch\udce4ftsf\u00fchrer\n"},
        "job_titles.csv, line 2, byte 6: not UTF-8: save it as CSV UTF-8.",
    ),
    "byte_order_mark": (
        {"score_grades.csv": "\ufeffscoring_model,axis,grade,min_points,rationale\n"},
        "score_grades.csv begins with a byte-order mark: save it as UTF-8 without one",
    ),
    "empty": ({"score_grades.csv": ""}, "score_grades.csv is empty: its first row must name"),
}


@pytest.mark.engine("duckdb")
@pytest.mark.parametrize("case", BROKEN_RULES)
def test_rule_files_that_cannot_be_read_stop_the_run(runner, good_run, case):
    changed, sentence = BROKEN_RULES[case]
    models = (PROJECT_FOLDER / "seeds" / "rules" / "scoring_models.csv").read_text()
    files = {"scoring_models.csv": models, **changed}
    folder = runner.write("rules", {})
    for name, text in files.items():
        if text is not None:
            (folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    finished = runner.run("--data", "data", "--rules", "rules", *DAY)
    assert finished.returncode == 1
    assert sentence in finished.stderr
    assert finished.stdout == ""


BROKEN_DATA = {
    "no_folder": (None, "broken is not a folder: name one that holds leads and activities"),
    "no_activities": ({"leads.csv": LEADS}, "broken has no activities.csv, activities.parquet or"),
    "no_rows": (
        {"leads.csv": LEADS.splitlines()[0], "activities.csv": ACTIVITIES},
        "broken/leads.csv has no rows: leads must not be empty.",
    ),
    "no_lead_id": (
        {"leads.csv": LEADS.replace("lead_id", "id"), "activities.csv": ACTIVITIES},
        "broken/leads.csv lacks the needed column lead_id (columns found: id, created_at,",
    ),
    "broken_line": (
        {"leads.csv": LEADS + "eve,2026-01-03\n", "activities.csv": ACTIVITIES},
        "broken/leads.csv, line 4, column job_title: 2 cells, but the header has 4 columns.",
    ),
}


@pytest.mark.parametrize("case", BROKEN_DATA)
def test_raw_files_that_cannot_be_used_stop_the_run_and_leave_all_as_it_was(runner, good_run, case):
    files, sentence = BROKEN_DATA[case]
    shutil.rmtree(runner.folder / "broken", ignore_errors=True)
    if files is not None:
        runner.write("broken", files)
    before = runner.published(), runner.warehouse.rows("select * from leads order by lead_id")
    finished = runner.run("--data", "broken", *DAY)
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1, finished.stderr
    assert sentence in finished.stderr
    assert before == (
        runner.published(),
        runner.warehouse.rows("select * from leads order by lead_id"),
    )


@pytest.mark.engine("duckdb")
def test_a_wrong_rule_stops_the_run_with_its_row_and_leaves_the_tables_as_they_were(
    runner, good_run
):
    shipped = PROJECT_FOLDER / "seeds" / "rules"
    fit_points = (shipped / "fit_points.csv").read_text().replace(",in,", ",is_in,", 1)
    assert ",is_in," in fit_points
    models = (shipped / "scoring_models.csv").read_text()
    runner.write("rules", {"scoring_models.csv": models, "fit_points.csv": fit_points})
    before = runner.published()
    finished = runner.run("--data", "data", "--rules", "rules", *DAY)
    assert finished.returncode == 1
    row = next(n for n, line in enumerate(fit_points.splitlines(), 1) if ",is_in," in line)
    assert f"fit_points.csv, row {row}, column operator" in finished.stderr
    for noise in ("Traceback", "Compilation Error", "> in macro", "compiled code"):
        assert noise not in finished.stdout + finished.stderr
    assert runner.published() == before


def test_a_database_in_use_is_named(tmp_path):
    holder = (
        "import duckdb, sys; connection = duckdb.connect(sys.argv[1]); print(flush=True); input()"
    )
    path = tmp_path / "busy.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", holder, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdout.readline()
        runner = Runner(Warehouse("duckdb", str(path)), tmp_path)
        runner.write("data", {"leads.csv": LEADS, "activities.csv": ACTIVITIES})
        finished = runner.run("--data", "data")
        process.stdin.close()
    assert finished.returncode == 1
    assert f"{path} is in use by process {process.pid}: close the program" in finished.stderr


def test_a_second_call_waits_for_the_first(tmp_path):
    lock = tmp_path / "run.lock"
    waits: list[str] = []
    script = (
        "import sys, pathlib; from lead_scoring_tools.one_at_a_time import one_at_a_time\n"
        "with one_at_a_time(pathlib.Path(sys.argv[1]), lambda: None):\n"
        "    print(flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, lock],
        env={**os.environ, "PYTHONPATH": str(PROJECT_FOLDER / "scripts")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as first:
        first.stdout.readline()
        # told to wait, the first one is made to end
        with one_at_a_time(lock, lambda: (waits.append("waited"), first.kill())):
            pass
    with one_at_a_time(lock, lambda: waits.append("waited in vain")):
        pass
    assert waits == ["waited"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--scoring-date", "31.01.2026"),
        ("--target", "oracle"),
        ("--top", "0"),
        ("--dta", "x"),
        ("extra",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_wrong_options_are_told_with_exit_code_2(tmp_path, arguments):
    finished = Runner(Warehouse("duckdb", str(tmp_path / "x.duckdb")), tmp_path).run(*arguments)
    assert finished.returncode == 2
    assert arguments[0] in finished.stderr
    assert not (tmp_path / "x.duckdb").exists()


def test_a_scoring_date_in_the_environment_counts_as_the_option(tmp_path, monkeypatch):
    monkeypatch.setenv("LEAD_SCORING_DATE", "31.01.2026")
    finished = Runner(Warehouse("duckdb", str(tmp_path / "x.duckdb")), tmp_path).run()
    assert finished.returncode == 2
    assert "LEAD_SCORING_DATE" in finished.stderr
    assert "31.01.2026" in finished.stderr


@pytest.mark.parametrize(
    "url",
    ["", "localhost", "postgresql://user@host", "postgresql://user@127.0.0.1:1/nowhere"],
    ids=["none", "not_a_url", "no_database", "no_server"],
)
def test_a_server_that_cannot_be_reached_is_named(tmp_path, url):
    runner = Runner(Warehouse("postgres", url), tmp_path)
    runner.write("data", {"leads.csv": LEADS, "activities.csv": ACTIVITIES})
    finished = runner.run("--data", "data")
    assert finished.returncode == 1
    assert "LEAD_SCORING_POSTGRES_URL" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("script", ["_run.py", "_test.py", "_with_postgres.py"])
def test_help_ends_in_an_example(script):
    finished = subprocess.run(
        [sys.executable, PROJECT_FOLDER / "scripts" / script, "--help"],
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    )
    name = script.removeprefix("_").removesuffix(".py")
    assert finished.stdout.strip().splitlines()[-1].strip().startswith(f"Example: scripts/{name} ")


# --------------------------------------------------------------------------------------------------
# .venv
# --------------------------------------------------------------------------------------------------

FAKE_PYTHON = """#!/bin/sh
# stands for Python: knows venv and pip, and tells what it is asked to run
case "$1 $2" in
    "-c "*) exit 0 ;;
    "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-m pip") echo "ERROR: pip was called" >&2; exit "${FAKE_PIP_EXIT:-0}" ;;
    *) echo "ran $(basename "$1")" ;;
esac
"""


@pytest.fixture
def bare_clone(tmp_path) -> Path:
    """A project with nothing but its scripts and its lock, and a Python that only pretends."""
    for name in ("run", "_environment.sh"):
        target = tmp_path / "clone" / "scripts" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT_FOLDER / "scripts" / name, target)
    (tmp_path / "clone" / "requirements.txt").write_text("duckdb==1\n")
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    python.write_text(FAKE_PYTHON)
    python.chmod(0o755)
    return tmp_path / "clone"


def call_run(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Call scripts/run with the pretended Python first on the path."""
    path = f"{clone.parent / 'bin'}:/usr/bin:/bin"
    return subprocess.run(
        [clone / "scripts" / "run"],
        env={"PATH": path, "HOME": str(clone.parent), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_packages_are_installed_once(bare_clone):
    first, second = call_run(bare_clone), call_run(bare_clone)
    assert (first.returncode, first.stdout) == (0, "ran _run.py\n")
    assert "Installing the locked Python packages" in first.stderr
    assert (second.returncode, second.stdout, second.stderr) == (0, "ran _run.py\n", "")


def test_a_changed_lock_is_installed_anew(bare_clone):
    call_run(bare_clone)
    (bare_clone / "requirements.txt").write_text("duckdb==2\n")
    assert "Installing" in call_run(bare_clone).stderr


def test_a_failed_install_is_told_and_repaired_by_the_next_call(bare_clone):
    failed = call_run(bare_clone, FAKE_PIP_EXIT="1")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "ERROR: pip was called" in failed.stderr
    assert "The packages could not be installed." in failed.stderr
    assert call_run(bare_clone).stdout == "ran _run.py\n"


def test_a_moved_project_is_installed_anew(bare_clone):
    call_run(bare_clone)
    moved = bare_clone.rename(bare_clone.with_name("moved"))
    assert "Installing" in call_run(moved).stderr


def test_a_venv_of_somebody_else_is_left_alone(bare_clone):
    (bare_clone / ".venv").mkdir()
    refused = call_run(bare_clone)
    assert refused.returncode == 1
    assert ".venv was not made by this script: move it away, then run again." in refused.stderr
    assert list((bare_clone / ".venv").iterdir()) == []


def test_a_machine_without_a_fitting_python_is_told_what_is_needed(bare_clone):
    names = ["python", "python3", *(f"python3.{minor}" for minor in range(10, 14))]
    for name in names:
        python = bare_clone.parent / "bin" / name
        python.write_text("#!/bin/sh\nexit 1\n")
        python.chmod(0o755)
    refused = call_run(bare_clone)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Python 3.10 or newer is needed")
    assert not (bare_clone / ".venv").exists()
