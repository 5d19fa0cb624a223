"""New points from outcomes: learned on earlier days, judged on later ones, never put in force."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from lead_scoring_tools import options
from lead_scoring_tools.backtests import Backtest
from lead_scoring_tools.days import days_apart, last_known_day
from lead_scoring_tools.one_at_a_time import one_at_a_time
from lead_scoring_tools.rule_files import SHIPPED_SEEDS
from lead_scoring_tools.suggestion_report import (
    Grid,
    check_output,
    half_lives_grid,
    judged_in_words,
    judgement_grid,
    notes_of,
    points_grid,
    trained_in_words,
    write_output,
)
from lead_scoring_tools.suggestions import Plan, Suggestion, suggest
from lead_scoring_tools.terminal import errors_in_sentences, progress, shown
from lead_scoring_tools.warehouse import WORKING_FOLDER, Warehouse
from rich.console import Console
from rich.table import Table

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
output = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
messages = Console(stderr=True, width=None if sys.stderr.isatty() else 120)


def day_option(name: str, words: str) -> typer.models.OptionInfo:
    """Return an option that is a day."""
    return typer.Option(name, formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help=words)


@app.command(
    epilog=(
        "Example: python scripts/suggest_points.py --train-from 2025-07-01 --train-to 2025-11-30 "
        "--test-from 2026-01-15 --test-to 2026-03-25 --outcome-days 45"
    )
)
def main(
    train_from: Annotated[
        datetime, day_option("--train-from", "The first day that is learned from.")
    ],
    train_to: Annotated[datetime, day_option("--train-to", "The last day that is learned from.")],
    test_from: Annotated[
        datetime, day_option("--test-from", "The first day that the proposal is judged by.")
    ],
    test_to: Annotated[
        datetime, day_option("--test-to", "The last day that the proposal is judged by.")
    ],
    every: options.Every = "7d",
    outcome_days: options.OutcomeDays = 90,
    outcome_stage: options.OutcomeStage = "",
    scoring_date: options.KnownUntil = None,
    rules: Annotated[
        Path, typer.Option(metavar="FOLDER", help="The rule files to start from.")
    ] = SHIPPED_SEEDS / "rules",
    output_folder: Annotated[
        Path, typer.Option("--output", metavar="FOLDER", help="Where the proposal is written.")
    ] = WORKING_FOLDER / "suggested",
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The scoring model. Default: every one that is scored."),
    ] = None,
    target: options.Target = "duckdb",
    schema: options.Schema = "lead_scoring",
    crm_schema: options.CrmSchema = "crm",
) -> None:
    """Propose points and half-lives that foretell better who is won, and say what it rests on.

    The rules in force stay as they are. The proposal is a folder: rule files for scripts/run
    --rules, a diff, and a report with the support and the interval of each change, and how the
    score does on the test days before and after.
    """
    with errors_in_sentences(messages):
        warehouse = Warehouse.from_environment(target, schema, crm_schema)
        with one_at_a_time(WORKING_FOLDER / "run.lock", tell_of_other_run):
            known_until = scoring_date.date() if scoring_date else last_known_day(warehouse)
            train, test = (
                Backtest(
                    first.date(),
                    last.date(),
                    days_apart(every),
                    outcome_days,
                    known_until,
                    outcome_stage,
                )
                for first, last in ((train_from, train_to), (test_from, test_to))
            )
            suggestion = propose(warehouse, Plan(train, test, rules, model), output_folder)
        show(suggestion, output_folder)


def tell_of_other_run() -> None:
    """Say that this call waits."""
    messages.print("Another script is at work in this project: waiting for it.")


def propose(warehouse: Warehouse, plan: Plan, folder: Path) -> Suggestion:
    """Make a proposal, write it to a folder, and return it. Raises ProblemError."""
    check_output(folder, plan.rules)
    plan.check()
    with progress(messages) as bar:
        task = bar.add_task("Starting dbt", total=None)

        def on_step(words: str, index: int, steps: int) -> None:
            bar.update(task, description=words, completed=index, total=steps)

        suggestion = suggest(warehouse, plan, on_step=on_step)
    write_output(suggestion, folder)
    return suggestion


def show(suggestion: Suggestion, folder: Path) -> None:
    """Print what the report says, but for how it is done."""
    for training in suggestion.trainings:
        output.print(trained_in_words(training, suggestion), soft_wrap=True, markup=False)
    for grid in (half_lives_grid(suggestion), points_grid(suggestion)):
        if grid.rows:
            output.print(terminal_table(grid))
    for one in suggestion.judgements:
        output.print(terminal_table(judgement_grid(one)))
        output.print(judged_in_words(one), soft_wrap=True, markup=False, style="bold")
    for note in notes_of(suggestion):
        output.print(note, soft_wrap=True, markup=False)
    output.print(
        f"Written to {shown(folder)}: report.md, changes.diff, rules. Nothing is in force.",
        soft_wrap=True,
        markup=False,
    )


def terminal_table(grid: Grid) -> Table:
    """Return a table for the terminal."""
    table = Table(*grid.header, title=grid.title, title_justify="left")
    for index in grid.right:
        table.columns[index].justify = "right"
    for row in grid.rows:
        table.add_row(*row, style="bold" if row[-1] == "change" else "")
    return table


if __name__ == "__main__":
    app(prog_name="scripts/suggest_points.py")
