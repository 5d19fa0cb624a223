"""Measure the project: full refresh, scoring alone, next day, rule edit, second run, backfill.

What goes in: a size, in rows of leads and of activities, or a folder of raw files. What comes out:
one table an engine, each step with its wall and CPU time in seconds and its peak memory in
megabytes, the slowest models, and the scoring alone beside a hand-written SQL statement that does
the bare minimum on the same clean rows, as a ratio. With `--write` the same stands in
docs/performance.md.

Every step is one `dbt build` without tests, as a process of its own, on tables of its own: a DuckDB
file that is removed afterwards, or PostgreSQL schemas with random names that are dropped. To add a
step, add a row to STEPS. It is no test: noise decides nothing.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from lead_scoring_tools import benchmark_page
from lead_scoring_tools.benchmark_measure import (
    Usage,
    busy_seconds,
    do_work,
    node_times,
    run_measured,
    server_process,
)
from lead_scoring_tools.benchmark_page import Results, StepResult
from lead_scoring_tools.benchmark_work import RECENT_DAYS
from lead_scoring_tools.dbt_calls import (
    DBT,
    EventReader,
    clean_message,
    dbt_arguments,
    dbt_environment,
    read_lines,
)
from lead_scoring_tools.one_at_a_time import one_at_a_time
from lead_scoring_tools.problems import ProblemError
from lead_scoring_tools.rule_files import SHIPPED_SEEDS, prepare_seeds
from lead_scoring_tools.throwaway_postgres import postgres_server
from lead_scoring_tools.warehouse import (
    PROJECT_FOLDER,
    WORKING_FOLDER,
    Target,
    Warehouse,
    postgres_connection,
    quoted,
)
from rich.console import Console
from rich.table import Table
from rich.text import Text

FOLDER = WORKING_FOLDER / "benchmark"
SAMPLE_SCRIPT = PROJECT_FOLDER / "scripts" / "make_sample_data.py"
SAMPLE_DAY = "2026-06-30"
MOST_NEW_ACTIVITIES = 300_000
PIPED_WIDTH = 120

# The scoring itself, which is compared with a hand-written statement: the models between the clean
# rows and lead_scores, as folders and files under models/.
SCORING_PARTS = (
    "intermediate/activities",
    "intermediate/leads",
    "intermediate/scores",
    "intermediate/history/int_history_days.sql",
    "intermediate/history/int_recorded_days.sql",
    "intermediate/history/int_scorings.sql",
    "marts/lead_score_history.sql",
    "marts/lead_scores.sql",
)

BUILD = (
    "build",
    *("--exclude-resource-type", "test"),
    *("--exclude-resource-type", "unit_test"),
)

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
output = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False)
messages = Console(stderr=True, highlight=False)


# --------------------------------------------------------------------------------------------------
# The steps
# --------------------------------------------------------------------------------------------------


@dataclass
class Bench:
    """Where one engine is measured, and on what.

    `folder` is inside the project and holds the copied seeds and dbt's own files; `environment` has
    the limits that were asked for; `server` is the process of a PostgreSQL server that can be seen.
    """

    warehouse: Warehouse
    folder: Path
    scoring_date: date
    environment: dict[str, str]
    server: int | None
    wanted_activities: int
    left_out: int = 0
    new_activities: int = 0
    steps: list[StepResult] = field(default_factory=list)

    @property
    def seeds(self) -> Path:
        """The copy of the seeds that dbt reads, so that the shipped ones stay as they are."""
        return self.folder / "seeds"

    def note(self, step: StepResult) -> None:
        """Keep and tell what a step took."""
        self.steps.append(step)
        usage = step.usage
        messages.print(
            f"{step.name}: {usage.wall_seconds:.1f} s, {usage.peak_megabytes:,.0f} MB",
            soft_wrap=True,
        )


@dataclass(frozen=True)
class Step:
    """One measured dbt call.

    `days` is how many days after the first scoring date it scores. `prepare` comes before and is
    not measured. `arguments` are further ones for dbt. `past_days` is how many days before the
    first scoring date it records in the history.
    """

    name: str
    days: int
    prepare: Callable[[Bench], None] = lambda bench: None
    arguments: tuple[str, ...] = ()
    past_days: int = 0


def append_next_day(bench: Bench) -> None:
    """Let a day's raw activities arrive, made from recent ones."""
    answer, _ = do_work(
        "append_activities",
        bench.warehouse,
        environment=bench.environment,
        wanted=bench.wanted_activities,
        day=str(bench.scoring_date + timedelta(days=1)),
    )
    bench.new_activities = answer["rows"]


def edit_rule(bench: Bench) -> None:
    """Give the first fit rule one point more, in the copy of the seeds."""
    path = bench.seeds / "rules" / "fit_points.csv"
    with path.open(newline="", encoding="utf-8") as file:
        header, first, *others = csv.reader(file)
    place = header.index("points")
    first[place] = str(Decimal(first[place]) + 1)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, first, *others])


def scoring_models() -> set[str]:
    """Return the names of the models that are the scoring itself."""
    names: set[str] = set()
    for part in SCORING_PARTS:
        path = PROJECT_FOLDER / "models" / part
        names |= {file.stem for file in (path.rglob("*.sql") if path.is_dir() else [path])}
    return names


FULL_REFRESH = Step("full refresh", days=0, arguments=("--full-refresh",))
# The hand-written statement has the machine to itself, and so has the scoring beside it.
SCORING = Step("scoring alone", days=0, arguments=("--select", *sorted(scoring_models())))
STEPS = (
    FULL_REFRESH,
    SCORING,
    Step("next day", days=1, prepare=append_next_day),
    Step("rule edit", days=1, prepare=edit_rule, arguments=("--selector", "rescore")),
    Step("unchanged second run", days=1),
    Step("backfill of 7 days", days=1, past_days=7, arguments=("--select", "+lead_score_history")),
)


def run_step(bench: Bench, step: Step) -> StepResult:
    """Prepare a step, run its dbt call, and return what that took.

    Raises ProblemError with what dbt found wrong.
    """
    step.prepare(bench)
    # what was written before goes to the disk now rather than while this step wants to read from it
    os.sync()
    variables = {"crm_schema": bench.warehouse.crm_schema}
    if step.past_days:
        variables["backfill_from"] = str(bench.scoring_date - timedelta(days=step.past_days))
        variables["backfill_to"] = str(bench.scoring_date - timedelta(days=1))
    scoring_date = bench.scoring_date + timedelta(days=step.days)
    errors, usage = call_dbt(bench, (*BUILD, *step.arguments), variables, scoring_date)
    if errors:
        raise ProblemError(f"The step {step.name} failed:", *errors)
    run_results = json.loads((bench.folder / "target" / "run_results.json").read_text())
    return StepResult(step.name, usage, tuple(node_times(run_results)))


def call_dbt(
    bench: Bench, arguments: Iterable[str], variables: Mapping[str, str], scoring_date: date
) -> tuple[list[str], Usage]:
    """Run dbt as a process of its own. Returns what it found wrong, if it failed, and its usage."""
    reader = EventReader()
    exit_code, other, usage = run_measured(
        [
            *(*DBT, "--log-format", "json"),
            *dbt_arguments(*arguments, variables=variables, folder=bench.folder),
        ],
        environment={
            **dbt_environment(bench.warehouse, bench.seeds, scoring_date),
            **bench.environment,
        },
        server=bench.server,
        read=lambda lines: read_lines(lines, reader),
    )
    if not exit_code:
        return [], usage
    said = reader.result.errors or [clean_message("\n".join(other))]
    return [sentence for sentence in said if sentence] or ["dbt stopped without a word."], usage


# --------------------------------------------------------------------------------------------------
# The command
# --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line, for every engine."""

    data_folder: Path
    scoring_date: date
    new_activities: int | None
    threads: int
    memory_limit: str | None
    keep: bool
    older_copies: int
    steps: tuple[Step, ...]
    label: str | None


@app.command(
    epilog=(
        "Example: python scripts/benchmark.py --leads 20000 --activities 1000000 "
        "--target duckdb --target postgres --write"
    )
)
def main(
    leads: Annotated[int, typer.Option(min=1, help="Rows of leads to make.")] = 20_000,
    activities: Annotated[int, typer.Option(min=1, help="Rows of activities to make.")] = 1_000_000,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="duckdb|postgres",
            help="The engine; may be given twice. PostgreSQL is the server in "
            "LEAD_SCORING_POSTGRES_URL, in schemas of its own, else a throwaway one. "
            "Default: duckdb.",
        ),
    ] = None,
    data_folder: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder with raw files as of the sample generator. What is there is used, "
            "whatever --leads and --activities say; a folder that is not there is made. Default: "
            "one for each size in .lead_scoring/benchmark.",
        ),
    ] = None,
    scoring_date: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The last day of the data, in UTC."
        ),
    ] = SAMPLE_DAY,
    new_activities: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="About how many activities the next day brings. Default: "
            f"{MOST_NEW_ACTIVITIES:,}, but at most a tenth of those that are there.",
        ),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Models built side by side.")] = 2,
    memory_limit: Annotated[
        str | None, typer.Option(help="The most memory that DuckDB may use, such as 4GB.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the database as it is after the last step.")
    ] = False,
    older_copies: Annotated[
        int,
        typer.Option(
            min=0,
            help="Copies of the activities to put before the first ones, each two years earlier "
            "than the last: a longer past of the same density, for the same leads.",
        ),
    ] = 0,
    last_step: Annotated[
        str,
        typer.Option(
            metavar="STEP",
            help="Measure no further than this step, such as 'rule edit': the last ones of a large "
            "size take long.",
        ),
    ] = STEPS[-1].name,
    write: Annotated[
        bool, typer.Option("--write/--no-write", help="Write the results into --document.")
    ] = False,
    document: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="The page to write into.", show_default="docs/performance.md"
        ),
    ] = PROJECT_FOLDER / "docs" / "performance.md",
    label: Annotated[
        str | None, typer.Option(help="Some words that are printed and written with the results.")
    ] = None,
) -> None:
    """Measure full refresh, scoring, next day, rule edit, second run, backfill: time and memory.

    A hand-written SQL statement that does the bare minimum stands beside the project's scoring. Run
    it alone: whatever else the machine does is measured, too. The exit code is 1 when something is
    wrong, 2 when an option is.
    """
    try:
        targets = chosen_targets(target or ["duckdb"])
        steps = steps_up_to(last_step)
        if write and not document.parent.is_dir():
            raise ProblemError(f"{document.parent} is not a folder: name another --document.")
        with one_at_a_time(WORKING_FOLDER / "benchmark.lock", tell_of_other_benchmark):
            request = Request(
                (data_folder or default_data_folder(leads, activities)).absolute(),
                scoring_date.date(),
                new_activities,
                threads,
                memory_limit,
                keep,
                older_copies,
                steps,
                label,
            )
            make_data(request.data_folder, leads, activities, request.scoring_date)
            for name in targets:
                results = measure(name, request)
                show(results)
                if write:
                    write_section(document, results)
    except ProblemError as problem:
        for sentence in problem.sentences:
            messages.print(Text(sentence, style="red"), soft_wrap=True)
        raise typer.Exit(1) from problem
    except KeyboardInterrupt as interrupt:
        messages.print("Interrupted: nothing was kept.")
        raise typer.Exit(130) from interrupt


def chosen_targets(names: Iterable[str]) -> list[Target]:
    """Return the engines, each once. Raises BadParameter for an unknown one."""
    known: dict[str, Target] = {"duckdb": "duckdb", "postgres": "postgres"}
    for name in names:
        if name not in known:
            message = f"{name!r} is not one of duckdb, postgres."
            raise typer.BadParameter(message, param_hint="--target")
    return [known[name] for name in dict.fromkeys(names)]


def steps_up_to(last_step: str) -> tuple[Step, ...]:
    """Return the steps up to one of them. Raises BadParameter for an unknown one."""
    names = [step.name for step in STEPS]
    if last_step not in names:
        message = f"{last_step!r} is not one of {', '.join(names)}."
        raise typer.BadParameter(message, param_hint="--last-step")
    return STEPS[: names.index(last_step) + 1]


def tell_of_other_benchmark() -> None:
    """Say that this one waits."""
    messages.print("Another benchmark is at work in this project: waiting for it.")


def default_data_folder(leads: int, activities: int) -> Path:
    """Return the folder for made data of a size; another generator has other ones."""
    made_by = hashlib.sha256(SAMPLE_SCRIPT.read_bytes()).hexdigest()[:8]
    return FOLDER / f"{leads}_leads_{activities}_activities_{made_by}"


def make_data(folder: Path, leads: int, activities: int, last_day: date) -> None:
    """Make the raw files, unless something is in the folder already."""
    if folder.is_dir() and any(folder.iterdir()):
        messages.print(f"Raw files: those in {folder}.", soft_wrap=True)
        return
    with messages.status("Making the raw files"):
        made = subprocess.run(
            [
                *(sys.executable, str(SAMPLE_SCRIPT), "--format=parquet"),
                *(f"--leads={leads}", f"--activities={activities}"),
                *(f"--as-of={last_day}", f"--output={folder}"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if made.returncode:
        raise ProblemError("The raw files could not be made:", made.stderr.strip())
    messages.print(f"Raw files: made in {folder}.", soft_wrap=True)


def measure(target: Target, request: Request) -> Results:
    """Measure all steps on one engine. Raises ProblemError when a step fails."""
    folder = FOLDER / f"{request.data_folder.name}_{target}"
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.ExitStack() as stack:
        warehouse = stack.enter_context(open_warehouse(target, folder, keep=request.keep))
        prepare_seeds(SHIPPED_SEEDS / "rules", folder / "seeds")
        bench = Bench(
            warehouse,
            folder,
            request.scoring_date,
            environment_of(request),
            server_process(warehouse),
            0,
        )
        with messages.status(f"{target}: loading"):
            loaded, usage = do_work(
                "load",
                warehouse,
                environment=bench.environment,
                server=bench.server,
                folder=str(request.data_folder),
                day=str(request.scoring_date),
            )
        bench.note(StepResult("load", usage))
        rows = loaded["rows"]
        older = lengthen_past(bench, request.older_copies)
        bench.left_out = loaded["left_out"]
        bench.wanted_activities = (
            min(MOST_NEW_ACTIVITIES, rows["activities"] // 10)
            if request.new_activities is None
            else request.new_activities
        )
        scoring = by_hand = None
        for step in request.steps:
            with messages.status(f"{target}: {step.name}"):
                bench.note(run_step(bench, step))
                if step is SCORING:
                    scoring = busy_seconds(bench.steps[-1].nodes)
                    by_hand = score_by_hand(bench)
        return Results(
            target,
            rows["leads"],
            rows["activities"] + older,
            older,
            bench.new_activities,
            tuple(bench.steps),
            scoring,
            by_hand,
            circumstances(bench, request),
        )


def lengthen_past(bench: Bench, copies: int) -> int:
    """Put copies of the raw activities into the past. Returns how many rows they have."""
    if not copies:
        return 0
    with messages.status(f"{bench.warehouse.target}: lengthening the past"):
        answer, _ = do_work(
            "lengthen_past", bench.warehouse, environment=bench.environment, copies=copies
        )
    return answer["rows"]


def score_by_hand(bench: Bench) -> float:
    """Run the hand-written statement, and return its seconds.

    Raises ProblemError when it does not score just what the project scores.
    """
    answer, _ = do_work(
        "score_by_hand",
        bench.warehouse,
        environment=bench.environment,
        server=bench.server,
        day=str(bench.scoring_date),
    )
    count = bench.warehouse.rows("select count(*) as row_count from lead_scores")[0]["row_count"]
    if answer["rows"] != count:
        raise ProblemError(
            f"The hand-written statement gives {answer['rows']:,} scores, the project {count:,}: "
            "bring HAND_WRITTEN in benchmark_work.py in line with the models."
        )
    return answer["seconds"]


@contextlib.contextmanager
def open_warehouse(target: Target, folder: Path, *, keep: bool) -> Iterator[Warehouse]:
    """Give an empty warehouse whose dbt files go to `folder`; afterwards, both are removed.

    With `keep` they stay, and it is told where. When something goes wrong, dbt's log stays.
    """
    with contextlib.ExitStack() as stack:
        if target == "duckdb":
            warehouse = Warehouse("duckdb", str(folder / "lead_scoring.duckdb"))
        else:
            server = stack.enter_context(postgres_server())
            if keep and server.is_throwaway:
                raise ProblemError(
                    "A throwaway PostgreSQL server cannot be kept: set LEAD_SCORING_POSTGRES_URL, "
                    "or leave out --keep."
                )
            name = f"lead_scoring_benchmark_{secrets.token_hex(4)}"
            warehouse = Warehouse("postgres", server.url, name, f"{name}_crm")
        folder.mkdir(parents=True)
        try:
            yield warehouse
        except BaseException:
            has_logs = (folder / "logs").is_dir()
            remove(warehouse, folder, logs_too=not has_logs)
            if has_logs:
                messages.print(f"Everything that dbt did is in {folder / 'logs'}.", soft_wrap=True)
            raise
        if keep:
            place = folder if target == "duckdb" else f"the schema {warehouse.schema}"
            messages.print(f"Kept: {place}.", soft_wrap=True)
        else:
            remove(warehouse, folder, logs_too=True)


def remove(warehouse: Warehouse, folder: Path, *, logs_too: bool) -> None:
    """Remove a warehouse's own tables, and a folder's content."""
    if warehouse.target == "postgres":
        with postgres_connection(warehouse.location) as connection, connection.cursor() as cursor:
            cursor.execute("set client_min_messages = warning")
            for schema in warehouse.schemas:
                cursor.execute(f"drop schema if exists {quoted(schema)} cascade")
    for path in folder.iterdir():
        if path.is_dir() and path.name != "logs":
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_file():
            path.unlink()
    if logs_too:
        shutil.rmtree(folder, ignore_errors=True)


def environment_of(request: Request) -> dict[str, str]:
    """Return the environment variables for the limits that were asked for."""
    environment = {"LEAD_SCORING_THREADS": str(request.threads)}
    if request.memory_limit:
        environment["LEAD_SCORING_MEMORY_LIMIT"] = request.memory_limit
    return environment


def circumstances(bench: Bench, request: Request) -> tuple[tuple[str, str], ...]:
    """Return under which circumstances was measured, as words and what they say."""
    engine, settings = benchmark_page.engine_in_words(bench.warehouse, request.memory_limit)
    found = [
        ("Measured", f"{date.today()}, commit {benchmark_page.commit_in_words()}"),
        ("Machine", benchmark_page.machine_in_words()),
        ("Software", benchmark_page.software_in_words(engine)),
        ("Settings", f"{request.threads} dbt threads, {settings}"),
        ("Left out", f"{bench.left_out:,} made activities that arrive after the first day"),
        (
            "Next day",
            f"{bench.new_activities:,} activities arrive, made from those of {RECENT_DAYS} days",
        ),
    ]
    if request.label:
        found.insert(0, ("Label", request.label))
    return tuple(found)


def show(results: Results) -> None:
    """Print the results."""
    table = Table(title=results.title, title_justify="left")
    for heading in benchmark_page.headings(results.target):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    for step in results.steps:
        table.add_row(*step.cells(results.target))
    output.print(table)
    slowest = Table("step", "slowest models, s")
    for step in results.steps:
        if step.slowest:
            slowest.add_row(step.name, Text(benchmark_page.slowest_in_words(step)))
    output.print(slowest)
    output.print(Text(results.comparison), soft_wrap=True)
    for word, what in results.circumstances:
        output.print(Text(f"{word}: {what}"), soft_wrap=True)


def write_section(document: Path, results: Results) -> None:
    """Write the results into a page, in the place of those of the same engine and size."""
    page = document.read_text(encoding="utf-8") if document.exists() else ""
    text = benchmark_page.section(results)
    document.write_text(benchmark_page.with_section(page, results.title, text), encoding="utf-8")
    messages.print(f"Written: {document}.", soft_wrap=True)


if __name__ == "__main__":
    # to be told to end is to be interrupted: the tables are removed
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app(prog_name="scripts/benchmark.py")
