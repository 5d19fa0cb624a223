"""How good the score was: past days scored by the same rules, beside what came of the leads."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from lead_scoring_tools import options
from lead_scoring_tools.backtests import Backtest, run_backtest, trial, trial_seeds
from lead_scoring_tools.days import days_apart, last_known_day
from lead_scoring_tools.one_at_a_time import one_at_a_time
from lead_scoring_tools.problems import ProblemError
from lead_scoring_tools.rule_files import prepare_seeds
from lead_scoring_tools.terminal import errors_in_sentences, progress
from lead_scoring_tools.warehouse import WORKING_FOLDER, Warehouse
from rich.console import Console
from rich.table import Table

RANKINGS = {
    "score": "the score",
    "conversion_probability": "the chance to be won",
    "points_without_decay": "points without decay",
    "activity_count": "number of activities",
    "latest_activity": "most recent activity",
    "newest_lead": "newest first",
    "random": "by lot",
}

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
output = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
messages = Console(stderr=True, width=None if sys.stderr.isatty() else 120)


@app.command(
    epilog=(
        "Example: python scripts/backtest.py --from 2025-10-01 --to 2026-03-25 --every 14d "
        "--target duckdb"
    )
)
def main(
    first: options.FirstDay,
    last: options.LastDay,
    every: options.Every = "7d",
    outcome_days: options.OutcomeDays = 90,
    outcome_stage: options.OutcomeStage = "",
    scoring_date: options.KnownUntil = None,
    rules: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Other rule files, tried beside seeds/rules and thrown away afterwards.",
        ),
    ] = None,
    target: options.Target = "duckdb",
    schema: options.Schema = "lead_scoring",
    crm_schema: options.CrmSchema = "crm",
) -> None:
    """Score past days by the rules in force and say how well the score foretold who was won.

    Only what had happened and arrived by a day counts for its score. The tables behind the figures
    stay: score_backtest, model_performance, score_performance, threshold_analysis,
    rule_performance, attribute_conversion. With --rules, the other rules are tried, too.
    """
    with errors_in_sentences(messages):
        warehouse = Warehouse.from_environment(target, schema, crm_schema)
        with one_at_a_time(WORKING_FOLDER / "run.lock", tell_of_other_run):
            known_until = scoring_date.date() if scoring_date else last_known_day(warehouse)
            backtest = Backtest(
                first.date(),
                last.date(),
                days_apart(every),
                outcome_days,
                known_until,
                outcome_stage,
            )
            check_days(backtest)
            seeds_folder = prepare_seeds(None)
            others = trial_seeds(rules) if rules else None
            with progress(messages) as bar:
                task = bar.add_task("Starting dbt", total=None)

                def on_step(words: str, index: int, steps: int) -> None:
                    bar.update(task, description=words, completed=index, total=steps)

                run_backtest(warehouse, backtest, seeds_folder, on_step=on_step)
                found = {"in force": figures(warehouse)}
                advice = advised(warehouse)
                if others:
                    with trial(warehouse) as place:
                        run_backtest(
                            place,
                            backtest,
                            others,
                            tables=("model_performance",),
                            on_step=on_step,
                        )
                        found[f"in {rules}"] = figures(place)
        show(backtest, found, advice)


def tell_of_other_run() -> None:
    """Say that this call waits."""
    messages.print("Another script is at work in this project: waiting for it.")


def check_days(backtest: Backtest) -> None:
    """Raise ProblemError unless the days are in their order."""
    if backtest.first > backtest.last:
        raise ProblemError(
            f"--from ({backtest.first}) is after --to ({backtest.last}): turn them round."
        )


def figures(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Return the rows of model_performance, the best ranking first."""
    return warehouse.rows(
        "select * from model_performance where metric in ('auc', 'top_decile_lift') "
        "order by scoring_model, metric, value desc, ranking"
    )


def advised(warehouse: Warehouse) -> list[str]:
    """Return what threshold_analysis advises, a sentence for each model and threshold."""
    return [
        f"{row['scoring_model']}: {row['advice']}"
        for row in warehouse.rows(
            "select scoring_model, advice from threshold_analysis where advice is not null "
            "order by scoring_model, threshold_score"
        )
    ]


def show(backtest: Backtest, found: dict[str, list[dict[str, Any]]], advice: Sequence[str]) -> None:
    """Print one table for each scoring model, and the advice on thresholds."""
    models = sorted({row["scoring_model"] for rows in found.values() for row in rows})
    for model in models:
        some = next(row for rows in found.values() for row in rows if row["scoring_model"] == model)
        output.print(
            f"{model}: {some['row_count']:,} rows of {some['lead_count']:,} leads, "
            f"{some['won_lead_count']:,} of them won within {backtest.outcome_days} days, "
            f"days {some['first_day']} to {some['last_day']}",
            soft_wrap=True,
        )
        table = Table(
            "leads put in order by",
            "AUC",
            "95 % interval",
            "lift of the first tenth",
            "95 % interval",
        )
        for column in table.columns[1:]:
            column.justify = "right"
        for rules_name, rows in found.items():
            values = {
                (row["ranking"], row["metric"]): row
                for row in rows
                if row["scoring_model"] == model
            }
            order = [
                row["ranking"]
                for row in rows
                if row["scoring_model"] == model and row["metric"] == "auc"
            ]
            for ranking in order:
                if ranking != "score" and rules_name != "in force":
                    continue
                name = RANKINGS[ranking]
                if len(found) > 1 and ranking == "score":
                    name = f"{name}, rules {rules_name}"
                cells = [name]
                for metric in ("auc", "top_decile_lift"):
                    cells += in_digits(values[ranking, metric])
                table.add_row(*cells, style="bold" if ranking == "score" else "")
        output.print(table)
    for sentence in advice:
        output.print(sentence, soft_wrap=True, markup=False)


def in_digits(row: dict[str, Any]) -> tuple[str, str]:
    """Return a figure and its interval as text, with three decimals."""
    if row["value"] is None:
        return "none", ""
    return f"{row['value']:.3f}", f"{row['value_low']:.3f} to {row['value_high']:.3f}"


if __name__ == "__main__":
    app(prog_name="scripts/backtest.py")
