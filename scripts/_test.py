"""Every check that this project has, in one list: lint, build on both engines, SQL lint, pytest."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated

import typer
from lead_scoring_tools import raw_tables
from lead_scoring_tools.dbt_calls import (
    DBT,
    dbt_arguments,
    dbt_environment,
    seldom_collecting,
)
from lead_scoring_tools.one_at_a_time import one_at_a_time
from lead_scoring_tools.problems import ProblemError
from lead_scoring_tools.throwaway_postgres import postgres_server
from lead_scoring_tools.warehouse import (
    PROJECT_FOLDER,
    WORKING_FOLDER,
    Warehouse,
    postgres_connection,
    quoted,
)
from rich.console import Console
from rich.table import Table

FOLDER = WORKING_FOLDER / "check"
SAMPLE_FOLDER = FOLDER / "sample"
SAMPLE_DAY = date(2026, 6, 30)
SAMPLE_SIZE = ("--leads=2000", "--activities=30000")
LINTED_SQL = ("models", "tests", "analyses")

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
console = Console(highlight=False)


@dataclass
class Checks:
    """The checks that have run, and how they went."""

    outcomes: list[tuple[str, bool, float]] = field(default_factory=list)

    def run(self, name: str, check: Callable[[], bool]) -> None:
        """Run one check, which returns whether it passed. The next one runs all the same."""
        console.rule(name, align="left")
        self.add(name, *timed(check))

    def finish(self, name: str, started: Future[tuple[bool, float]]) -> None:
        """Wait for a check that was started at the side of others."""
        console.rule(name, align="left")
        self.add(name, *started.result())

    def add(self, name: str, passed: bool, seconds: float) -> None:
        """Note and print an outcome."""
        self.outcomes.append((name, passed, seconds))
        console.print(f"{'passed' if passed else 'FAILED'}: {name} ({seconds:.0f} s)\n")

    def show(self) -> bool:
        """Print all outcomes, and return whether all passed."""
        table = Table("check", "outcome", "seconds")
        table.columns[2].justify = "right"
        for name, passed, seconds in self.outcomes:
            table.add_row(name, "passed" if passed else "[bold red]FAILED[/]", f"{seconds:.0f}")
        console.print(table)
        return all(passed for _, passed, _ in self.outcomes)


def timed(check: Callable[[], bool]) -> tuple[bool, float]:
    """Run a check. Returns whether it passed, and its seconds."""
    started = time.monotonic()
    try:
        passed = check()
    except ProblemError as problem:
        console.print(str(problem), markup=False, soft_wrap=True)
        passed = False
    return passed, time.monotonic() - started


@app.command(epilog="Example: scripts/test --fast")
def main(
    fast: Annotated[bool, typer.Option("--fast", help="Leave PostgreSQL out.")] = False,
    long: Annotated[
        bool, typer.Option("--long", help="Also run the tests that take many minutes.")
    ] = False,
) -> None:
    """Run every check: Python lint, dbt build with all tests on both engines, SQL lint, pytest.

    PostgreSQL is the server in LEAD_SCORING_POSTGRES_URL, used in schemas of their own that are
    dropped afterwards, else a throwaway one. A failed check does not stop the others; the exit code
    is then 1.
    """
    with one_at_a_time(WORKING_FOLDER / "check.lock", tell_of_other_test):
        passed = run_all(fast=fast, long=long)
    raise typer.Exit(0 if passed else 1)


def tell_of_other_test() -> None:
    """Say that this one waits."""
    console.print("Another scripts/test is at work in this project: waiting for it.")


def run_all(*, fast: bool, long: bool) -> bool:
    """Run all checks one after the other, and return whether all passed."""
    started = time.monotonic()
    checks = Checks()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    os.environ.pop("LEAD_SCORING_SEED_PATH", None)
    duckdb = Warehouse("duckdb", str(FOLDER / "lead_scoring.duckdb"))

    checks.run("ruff check", lambda: call("ruff", "check", "scripts", "tests"))
    checks.run("ruff format", lambda: call("ruff", "format", "--check", "scripts", "tests"))
    checks.run("sample data", make_sample)
    with contextlib.ExitStack() as stack:
        side_by_side = stack.enter_context(ThreadPoolExecutor())
        targets = ["duckdb"]
        # a build keeps one core busy at most
        duckdb_build = side_by_side.submit(timed, lambda: build(duckdb))
        if not fast:
            checks.run("dbt build on PostgreSQL", lambda: build_on_postgres(stack))
            targets.append("postgres")
        checks.finish("dbt build on DuckDB", duckdb_build)
        # the SQL lint needs one core and the built tables; pytest has tables of its own
        sql_lint = side_by_side.submit(timed, lambda: lint_sql(duckdb))
        # two processes are at work already, and models side by side were seen above
        environment = {"LEAD_SCORING_THREADS": "1"}
        if long:
            environment["LEAD_SCORING_LONG_TESTS"] = "1"
        # a file's tests stay together, since they share what was built for them
        arguments = ["--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder"]
        arguments += [f"--target={target}" for target in targets]
        checks.run("pytest", lambda: call("pytest", *arguments, environment=environment))
        checks.finish("sqlfluff lint", sql_lint)
    passed = checks.show()
    console.print(f"All in {time.monotonic() - started:.0f} s.")
    return passed


def call(tool: str, *arguments: str, environment: dict[str, str] | None = None) -> bool:
    """Run a Python tool from the project's folder, its output as it comes."""
    finished = subprocess.run(
        [sys.executable, "-m", tool, *arguments],
        cwd=PROJECT_FOLDER,
        env={**os.environ, **(environment or {})},
        check=False,
    )
    return finished.returncode == 0


def make_sample() -> bool:
    """Make the sample data that both engines are built on."""
    script = PROJECT_FOLDER / "scripts" / "make_sample_data.py"
    arguments = (*SAMPLE_SIZE, f"--as-of={SAMPLE_DAY}", f"--output={SAMPLE_FOLDER}")
    made = subprocess.run([sys.executable, script, *arguments], check=False)
    return made.returncode == 0


def build(warehouse: Warehouse) -> bool:
    """Load the sample data and run `dbt build` on everything, unit tests included."""
    raw_tables.load(SAMPLE_FOLDER, warehouse)
    variables = {
        "scoring_date": str(SAMPLE_DAY),
        "crm_schema": warehouse.crm_schema,
        "backtest_from": str(SAMPLE_DAY - timedelta(days=180)),
        "backtest_to": str(SAMPLE_DAY - timedelta(days=90)),
        "backtest_every": 30,
        "resample_count": 20,
    }
    arguments = dbt_arguments(
        *("--warn-error", "build", "--select", "*"),
        variables=variables,
        folder=FOLDER / warehouse.target,
    )
    finished = subprocess.run(
        [*DBT, "--quiet", *arguments],
        cwd=PROJECT_FOLDER,
        env={**os.environ, **dbt_environment(warehouse)},
        check=False,
    )
    return finished.returncode == 0


def build_on_postgres(stack: contextlib.ExitStack) -> bool:
    """Start a server that lives as long as the stack, and build on it.

    The build has schemas with random names that are dropped again. The server's URL goes into the
    environment, so that pytest uses it too. Raises ProblemError when there is no server to be had.
    """
    server = stack.enter_context(postgres_server())
    os.environ["LEAD_SCORING_POSTGRES_URL"] = server.url
    console.print(f"PostgreSQL {server.version}, {server.collation}")
    with scratch_warehouse(server.url) as warehouse:
        return build(warehouse)


@contextlib.contextmanager
def scratch_warehouse(url: str) -> Iterator[Warehouse]:
    """Give a warehouse with random schema names, and drop these schemas afterwards."""
    name = f"lead_scoring_check_{secrets.token_hex(4)}"
    warehouse = Warehouse("postgres", url, name, f"{name}_crm")
    try:
        yield warehouse
    finally:
        with postgres_connection(url) as connection, connection.cursor() as cursor:
            cursor.execute("set client_min_messages = warning")
            for schema in warehouse.schemas:
                cursor.execute(f"drop schema if exists {quoted(schema)} cascade")


def lint_sql(warehouse: Warehouse) -> bool:
    """Run sqlfluff over the SQL files, on the tables that were built in DuckDB.

    What it has to say is printed at once when it is done, since other checks print meanwhile.
    """
    folders = [folder for folder in LINTED_SQL if any((PROJECT_FOLDER / folder).rglob("*.sql"))]
    finished = subprocess.run(
        [*seldom_collecting("sqlfluff.__main__"), "lint", "--disable-progress-bar", *folders],
        cwd=PROJECT_FOLDER,
        env={**os.environ, **dbt_environment(warehouse)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if finished.returncode:
        console.print(finished.stdout.strip(), markup=False)
    return finished.returncode == 0


if __name__ == "__main__":
    app(prog_name="scripts/test")
