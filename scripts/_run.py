"""Raw files in, ranked list of leads out: load, one `dbt build`, print."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from lead_scoring_tools import raw_tables
from lead_scoring_tools.dbt_calls import run_dbt
from lead_scoring_tools.one_at_a_time import one_at_a_time
from lead_scoring_tools.problems import ProblemError
from lead_scoring_tools.rule_files import prepare_seeds
from lead_scoring_tools.terminal import errors_in_sentences, progress, shown
from lead_scoring_tools.warehouse import PROJECT_FOLDER, WORKING_FOLDER, Warehouse
from rich.console import Console
from rich.table import Table
from rich.text import Text

SAMPLE_FOLDER = WORKING_FOLDER / "sample"
SAMPLE_SCRIPT = PROJECT_FOLDER / "scripts" / "make_sample_data.py"
# The last day of the sample data: on it, the list is alive.
SAMPLE_DAY = date(2026, 6, 30)

# Output that goes to a file or a pipe is as wide as a terminal that shows the whole table.
PIPED_WIDTH = 120

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
output = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
messages = Console(stderr=True)


@app.command(
    epilog=(
        "Example: scripts/run --data exports/today --rules rules/emea --scoring-date 2026-06-30 "
        "--top 50"
    )
)
def main(
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder with leads and activities (and opportunities, campaigns, sales_feedback) "
            "as .csv, .parquet or .jsonl. Default: sample data, which is made first.",
        ),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder with other rule files. A file that it lacks counts as empty. "
            "It is only read. Default: seeds/rules.",
        ),
    ] = None,
    scoring_date: Annotated[
        datetime | None,
        typer.Option(
            envvar="LEAD_SCORING_DATE",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="The day that the scores are for, in UTC. Default: today, "
            f"or {SAMPLE_DAY} for the sample data.",
        ),
    ] = None,
    target: Annotated[
        Literal["duckdb", "postgres"],
        typer.Option(
            envvar="LEAD_SCORING_TARGET",
            help="The engine: a DuckDB file (LEAD_SCORING_DUCKDB_PATH, else lead_scoring.duckdb) "
            "or the PostgreSQL database in LEAD_SCORING_POSTGRES_URL.",
        ),
    ] = "duckdb",
    schema: Annotated[
        str,
        typer.Option(
            envvar="LEAD_SCORING_SCHEMA",
            metavar="NAME",
            help="Schema of the published tables. With another one, two runs can be compared.",
        ),
    ] = "lead_scoring",
    crm_schema: Annotated[
        str, typer.Option(metavar="NAME", help="Schema of the raw tables.")
    ] = "crm",
    top: Annotated[int, typer.Option(min=1, help="How many leads to print.")] = 20,
) -> None:
    """Load raw files, score the leads with the rule files, and print the ranked list.

    Files that are already loaded are not loaded again. If anything is wrong, the published tables
    stay as they were, and the exit code is 1 (2: wrong options).
    """
    with errors_in_sentences(messages):
        warehouse = Warehouse.from_environment(target, schema, crm_schema)
        with one_at_a_time(WORKING_FOLDER / "run.lock", tell_of_other_run):
            seeds_folder = prepare_seeds(rules)
            if data is None:
                make_sample()
            load(data or SAMPLE_FOLDER, warehouse)
            today = datetime.now(timezone.utc).date()
            day = scoring_date.date() if scoring_date else SAMPLE_DAY if data is None else today
            build(warehouse, seeds_folder, day)
            show_list(warehouse, day, top)
            show_warnings(warehouse)
        show_next_steps(warehouse, data, rules, scoring_date is None)


def tell_of_other_run() -> None:
    """Say that this run waits."""
    messages.print("Another scripts/run is at work in this project: waiting for it.")


def make_sample() -> None:
    """Make the sample data, unless it is already there from the same script."""
    made_by = hashlib.sha256(SAMPLE_SCRIPT.read_bytes()).hexdigest()
    stamp = WORKING_FOLDER / "sample_made_by"
    if stamp.is_file() and stamp.read_text() == made_by and SAMPLE_FOLDER.is_dir():
        messages.print("Sample data: already made.")
        return
    with progress(messages) as bar:
        bar.add_task("Making sample data", total=None)
        made = subprocess.run(
            [
                sys.executable,
                str(SAMPLE_SCRIPT),
                f"--as-of={SAMPLE_DAY}",
                f"--output={SAMPLE_FOLDER}",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if made.returncode:
        raise ProblemError("The sample data could not be made:", made.stderr.strip())
    stamp.write_text(made_by)
    messages.print(f"Sample data: made in {shown(SAMPLE_FOLDER)}.")


def load(folder: Path, warehouse: Warehouse) -> None:
    """Load the raw files, with progress, and say what is loaded."""
    with progress(messages) as bar:
        task = bar.add_task("Reading the raw files", total=None)

        def on_progress(file: str, share: float | None) -> None:
            bar.update(task, description=f"Loading {file}", completed=share or 0, total=share and 1)

        loaded, was_new = raw_tables.load(folder, warehouse, on_progress)
    counts = ", ".join(f"{table.row_count:,} {table.table}" for table in loaded)
    state = "loaded" if was_new else "already loaded"
    messages.print(f"Raw tables: {state} from {shown(folder)} ({counts}).", soft_wrap=True)


def build(warehouse: Warehouse, seeds_folder: Path, day: date) -> None:
    """Run `dbt build` with progress. Raises ProblemError with what dbt found wrong."""
    with progress(messages) as bar:
        task = bar.add_task("Starting dbt", total=None)

        def on_step(words: str, index: int, total: int) -> None:
            words = f"Scoring: {words}"
            bar.update(task, description=words, completed=index - 1, total=total)

        result = run_dbt(
            "build",
            warehouse=warehouse,
            variables={"crm_schema": warehouse.crm_schema},
            scoring_date=day,
            seeds_folder=seeds_folder,
            on_step=on_step,
        )
    if not result.success:
        log = shown(WORKING_FOLDER / "logs" / "dbt.log")
        raise ProblemError(*result.errors, f"Everything that dbt did is in {log}.")


def show_list(warehouse: Warehouse, day: date, top: int) -> None:
    """Print the best leads of the day."""
    leads = warehouse.rows(f"select * from ranked_leads order by call_rank limit {top}")
    count = warehouse.rows("select count(*) as lead_count from ranked_leads")[0]["lead_count"]
    table = Table(title=f"{len(leads)} of {count:,} leads on {day}", title_justify="left")
    for heading in ("rank", "lead", "company", "score", "grade", "segment", "why"):
        is_number = heading in ("rank", "score")
        table.add_column(
            heading,
            justify="right" if is_number else "left",
            ratio=1 if heading == "why" else None,
            overflow="fold",
        )
    for lead in leads:
        values = (
            lead["call_rank"],
            lead_in_words(lead),
            lead["company_name"],
            lead["score"],
            lead["grade"],
            lead["segment"],
            lead["top_reasons"],
        )
        table.add_row(*(Text("" if value is None else str(value)) for value in values))
    output.print(table)


def lead_in_words(lead: dict[str, Any]) -> str:
    """Return a lead's id and, if known, its name."""
    names = (lead["lead_id"], lead["first_name"], lead["last_name"])
    return " ".join(str(name) for name in names if name)


def show_warnings(warehouse: Warehouse) -> None:
    """Print what is odd, though not wrong, in the rule files."""
    if not any(table == "rule_warnings" for _, table in warehouse.tables()):
        return
    warnings = warehouse.rows(
        "select rule_file, scoring_model, rule_name, warning from rule_warnings "
        "order by rule_file, rule_name, scoring_model, warning"
    )
    for row in warnings:
        place = f"{row['rule_file']}.csv, model {row['scoring_model']}, {row['rule_name']}"
        output.print(Text(f"Note: {place}: {row['warning']}", style="yellow"), soft_wrap=True)


def show_next_steps(
    warehouse: Warehouse, data: Path | None, rules: Path | None, is_default_day: bool
) -> None:
    """Say what to do next."""
    if data is None and is_default_day:
        output.print(
            f"This is made-up data, scored for its last day, {SAMPLE_DAY}. "
            "Your own: scripts/run --data FOLDER",
            soft_wrap=True,
        )
    weights = shown((rules or PROJECT_FOLDER / "seeds" / "rules") / "behaviour_points.csv")
    output.print(
        f"Change a weight: open {weights}, change a number under points, run this again.",
        soft_wrap=True,
        highlight=False,
    )
    place = f"schema {warehouse.schema}"
    place += f" of {shown(Path(warehouse.location))}" if warehouse.target == "duckdb" else ""
    output.print(
        f"Read the tables: {place} has ranked_leads (the call list), lead_scores (all parts), "
        "lead_score_contributions (why), segment_summary.",
        soft_wrap=True,
        highlight=False,
    )


if __name__ == "__main__":
    app(prog_name="scripts/run")
