"""Past days into lead_score_history, many in one pass over the data."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated

import typer
from lead_scoring_tools import options
from lead_scoring_tools.days import days_apart, has_table, published_day
from lead_scoring_tools.dbt_calls import run_dbt
from lead_scoring_tools.one_at_a_time import one_at_a_time
from lead_scoring_tools.problems import ProblemError
from lead_scoring_tools.rule_files import prepare_seeds
from lead_scoring_tools.terminal import errors_in_sentences, progress, shown
from lead_scoring_tools.warehouse import WORKING_FOLDER, Warehouse
from rich.console import Console

# Rows of lead, model and day in one pass: more of them need more memory, fewer more passes.
ROWS_IN_A_PASS = 4_000_000

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
messages = Console(stderr=True, width=None if sys.stderr.isatty() else 120)


@dataclass(frozen=True)
class Pass:
    """Some of the days that are asked for, which one dbt call records: every so many days."""

    first: date
    last: date
    every: int

    @property
    def count(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days // self.every + 1


@app.command(
    epilog=(
        "Example: python scripts/backfill.py --from 2026-01-01 --to 2026-06-29 --every 7d "
        "--target duckdb"
    )
)
def main(
    first: options.FirstDay,
    last: options.LastDay,
    every: options.Every = "1d",
    rules: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Folder with other rule files. Default: seeds/rules."),
    ] = None,
    target: options.Target = "duckdb",
    schema: options.Schema = "lead_scoring",
    crm_schema: options.CrmSchema = "crm",
    days_in_a_pass: Annotated[
        int | None,
        typer.Option(
            min=1, help="Days that one dbt call records. Default: what a few gigabytes can hold."
        ),
    ] = None,
) -> None:
    """Record past days in lead_score_history, by the rules in force and what was known on each day.

    A day that is recorded already stays as it is, so that an interrupted backfill goes on where it
    stopped. The last pass publishes the newest scored day again, with its trends.
    """
    with errors_in_sentences(messages):
        warehouse = Warehouse.from_environment(target, schema, crm_schema)
        with one_at_a_time(WORKING_FOLDER / "run.lock", tell_of_other_run):
            step = days_apart(every)
            check_days(first.date(), last.date())
            seeds_folder = prepare_seeds(rules)
            lacking = lacking_days(warehouse, first.date(), last.date(), step)
            if not lacking:
                messages.print("Every one of these days is recorded already: nothing to do.")
                return
            size = days_in_a_pass or max(1, ROWS_IN_A_PASS // max(1, scored_rows(warehouse)))
            passes = list(in_passes(lacking, step, size))
            scoring_date = max(published_day(warehouse) or last.date(), last.date())
            record(warehouse, seeds_folder, passes, scoring_date)
        messages.print(
            f"Recorded {len(lacking)} days in {len(passes)} "
            f"{'pass' if len(passes) == 1 else 'passes'}: lead_score_history, "
            "lead_threshold_events and the trends in lead_scores reach back to "
            f"{lacking[0]}.",
            soft_wrap=True,
        )


def tell_of_other_run() -> None:
    """Say that this call waits."""
    messages.print("Another scripts/run or backfill is at work in this project: waiting for it.")


def check_days(first: date, last: date) -> None:
    """Raise ProblemError unless the days are in their order and none lies ahead."""
    if first > last:
        raise ProblemError(f"--from ({first}) is after --to ({last}): turn them round.")
    if last > datetime.now(timezone.utc).date():
        raise ProblemError(f"--to ({last}) has yet to come: only past days can be recorded.")


def lacking_days(warehouse: Warehouse, first: date, last: date, step: int) -> list[date]:
    """Return the days from first to last, every `step` days, that are not yet recorded."""
    recorded = set()
    if has_table(warehouse, "lead_score_history") and has_table(warehouse, "int_recorded_days"):
        rows = warehouse.rows("select recorded_on from int_recorded_days")
        recorded = {row["recorded_on"] for row in rows}
    count = (last - first).days // step + 1
    days = [first + timedelta(days=number * step) for number in range(count)]
    return [day for day in days if day not in recorded]


def scored_rows(warehouse: Warehouse) -> int:
    """Return how many rows of lead and model there are to score, or leads before the first run."""
    for table in ("int_lead_models", "leads"):
        if has_table(warehouse, table):
            return warehouse.rows(f"select count(*) as row_count from {table}")[0]["row_count"]
    raise ProblemError("There is no table of raw leads: load them first, or name its --crm-schema.")


def in_passes(days: Sequence[date], step: int, size: int) -> Iterator[Pass]:
    """Cut days into passes of at most `size`. Each is without a gap, the latest days come first."""
    run: list[date] = []
    for day in reversed(days):
        if run and (len(run) == size or (run[-1] - day).days != step):
            yield Pass(run[-1], run[0], step)
            run = []
        run.append(day)
    if run:
        yield Pass(run[-1], run[0], step)


def record(
    warehouse: Warehouse, seeds_folder: Path, passes: Sequence[Pass], scoring_date: date
) -> None:
    """Run dbt once a pass, the last time for all models. Raises ProblemError with what is wrong."""
    total = sum(part.count for part in passes)
    done = 0
    with progress(messages) as bar:
        task = bar.add_task("Starting dbt", total=total)
        for number, part in enumerate(passes, start=1):
            share = part.count
            begun = done

            def on_step(words: str, index: int, steps: int, begun=begun, share=share) -> None:
                bar.update(
                    task,
                    description=f"{begun} of {total} days: {words}",
                    completed=begun + share * (index - 1) / steps,
                )

            only = () if number == len(passes) else ("--select", "+lead_score_history")
            result = run_dbt(
                *("build", *only),
                *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
                warehouse=warehouse,
                scoring_date=scoring_date,
                variables={
                    "crm_schema": warehouse.crm_schema,
                    "backfill_from": str(part.first),
                    "backfill_to": str(part.last),
                    "backfill_every": part.every,
                },
                seeds_folder=seeds_folder,
                on_step=on_step,
            )
            if not result.success:
                log = shown(WORKING_FOLDER / "logs" / "dbt.log")
                raise ProblemError(
                    *result.errors,
                    f"{done} of {total} days are recorded; run again to go on. "
                    f"Everything that dbt did is in {log}.",
                )
            done += share


if __name__ == "__main__":
    app(prog_name="scripts/backfill.py")
