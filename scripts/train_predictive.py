"""A probability to be won for each lead: fitted on past days, written as a seed, scored in SQL."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from lead_scoring_tools import options
from lead_scoring_tools import probabilities as fits
from lead_scoring_tools.backtests import Backtest, run_backtest, trial, trial_seeds
from lead_scoring_tools.days import days_apart, last_known_day
from lead_scoring_tools.one_at_a_time import one_at_a_time
from lead_scoring_tools.problems import ProblemError
from lead_scoring_tools.rule_files import SHIPPED_SEEDS, prepare_seeds
from lead_scoring_tools.terminal import errors_in_sentences, progress, shown
from lead_scoring_tools.warehouse import WORKING_FOLDER, Warehouse
from rich.console import Console
from rich.table import Table

COEFFICIENTS = "predictive_coefficients.csv"
MODELS = "predictive_models.csv"

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
output = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
messages = Console(stderr=True, width=None if sys.stderr.isatty() else 120)


@app.command(
    epilog=(
        "Example: python scripts/train_predictive.py --from 2025-07-02 --to 2026-03-25 "
        "--test-from 2026-01-14 --every 14d --target duckdb"
    )
)
def main(
    first: options.FirstDay,
    last: options.LastDay,
    test_from: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="The first day that the model is judged on. It is fitted on the days whose "
            "outcomes were known before it.",
        ),
    ],
    every: options.Every = "7d",
    outcome_days: options.OutcomeDays = 90,
    outcome_stage: options.OutcomeStage = "",
    scoring_date: options.KnownUntil = None,
    rules: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Folder with other rule files. Default: seeds/rules."),
    ] = None,
    folder: Annotated[
        Path,
        typer.Option(
            "--output",
            metavar="FOLDER",
            show_default="seeds/predictive",
            help="Where predictive_coefficients.csv and predictive_models.csv are, and go.",
        ),
    ] = SHIPPED_SEEDS / "predictive",
    target: options.Target = "duckdb",
    schema: options.Schema = "lead_scoring",
    crm_schema: options.CrmSchema = "crm",
) -> None:
    """Fit a probability model for each scoring model and write it as two seed files.

    Only what had happened and arrived by a day is used for it. A new model takes the place of the
    old one only when it is at least as good on the later days. Rules, scores and flags stay as
    they are; `dbt build` then fills conversion_probability and expected_value.
    """
    with errors_in_sentences(messages):
        warehouse = Warehouse.from_environment(target, schema, crm_schema)
        with one_at_a_time(WORKING_FOLDER / "run.lock", tell_of_other_run):
            backtest = Backtest(
                first.date(),
                last.date(),
                days_apart(every),
                outcome_days,
                scoring_date.date() if scoring_date else last_known_day(warehouse),
                outcome_stage,
            )
            check_days(backtest, test_from.date())
            seeds_folder = trial_seeds(rules) if rules else prepare_seeds(None)
            with progress(messages) as bar, trial(warehouse) as place:
                task = bar.add_task("Starting dbt", total=None)

                def on_step(words: str, index: int, steps: int) -> None:
                    bar.update(task, description=words, completed=index, total=steps)

                run_backtest(
                    place,
                    backtest,
                    seeds_folder,
                    tables=("score_backtest", "int_predictive_features"),
                    on_step=on_step,
                )
                names = [
                    row["scoring_model"]
                    for row in place.rows(
                        "select distinct scoring_model from score_backtest order by scoring_model"
                    )
                ]
                rows = {name: fits.read_rows(place, name) for name in names}
        train_all(rows, backtest, test_from.date(), folder)


def tell_of_other_run() -> None:
    """Say that this call waits."""
    messages.print("Another script is at work in this project: waiting for it.")


def check_days(backtest: Backtest, test_from: date) -> None:
    """Raise ProblemError unless there are days to fit on and days to judge on."""
    if not backtest.first < test_from <= backtest.last:
        raise ProblemError(
            f"--test-from ({test_from}) must be after --from ({backtest.first}) and not after "
            f"--to ({backtest.last})."
        )
    if backtest.first + timedelta(days=backtest.outcome_days) >= test_from:
        raise ProblemError(
            f"The outcomes of --from ({backtest.first}) are known {backtest.outcome_days} days "
            f"later, which is not before --test-from ({test_from}): there is nothing to fit on."
        )


def train_all(
    rows: Mapping[str, fits.Rows], backtest: Backtest, test_from: date, folder: Path
) -> None:
    """Fit, judge and write. Raises ProblemError when no scoring model has enough to learn from."""
    coefficient_rows = fits.read_seed(folder / COEFFICIENTS)
    cards = fits.read_seed(folder / MODELS)
    problems = []
    taken = 0
    for name, found in rows.items():
        try:
            outcome = train(name, found, backtest, test_from, coefficient_rows, cards)
        except ProblemError as problem:
            problems += [f"{name}: {sentence}" for sentence in problem.sentences]
            continue
        if outcome is None:
            continue
        coefficients, card = outcome
        taken += 1
        coefficient_rows = [row for row in coefficient_rows if row["scoring_model"] != name]
        coefficient_rows += [
            {
                "scoring_model": name,
                "feature": feature,
                "rule_id": rule_id,
                "coefficient": f"{value:f}",
            }
            for (feature, rule_id), value in sorted(coefficients.items())
        ]
        cards = [*(row for row in cards if row["scoring_model"] != name), card]
    if len(problems) >= len(rows):
        raise ProblemError(*problems)
    for sentence in problems:
        messages.print(sentence, soft_wrap=True, markup=False)
    if taken:
        write(folder / COEFFICIENTS, coefficient_rows)
        write(folder / MODELS, sorted(cards, key=lambda row: row["scoring_model"]))
        output.print(
            f"Written to {shown(folder)}: run dbt build, and lead_scores has the probabilities.",
            soft_wrap=True,
        )


def train(
    name: str,
    rows: fits.Rows,
    backtest: Backtest,
    test_from: date,
    coefficient_rows: list[dict[str, str]],
    cards: list[dict[str, str]],
) -> tuple[fits.Coefficients, dict[str, Any]] | None:
    """Fit the model of one scoring model and judge it beside the old one.

    Returns the coefficients and the card, or None when the old model is better. Raises ProblemError
    when there is too little to learn from.
    """
    train_rows, test_rows = fits.split(rows, test_from, backtest.outcome_days)
    fits.check(train_rows, test_rows)
    for sentence in fits.leaks(train_rows):
        messages.print(f"{name}: {sentence}", style="yellow", soft_wrap=True, markup=False)
    challenger = fits.fit(train_rows)
    judged = {"the new model": fits.judge(test_rows, fits.probabilities(test_rows, challenger))}
    old = fits.champion(coefficient_rows, name)
    if old:
        judged["the old model"] = fits.judge(test_rows, fits.probabilities(test_rows, old))
    base = np.full(len(test_rows.is_won), float(np.mean(train_rows.is_won)))
    judged["the same for all"] = fits.judge(test_rows, base)
    show(name, train_rows, test_rows, judged)
    if old and judged["the new model"]["auc"].value < judged["the old model"]["auc"].value:
        output.print(f"{name}: the old model is better on the later days and stays.")
        return None
    amounts = train_rows.amounts[~np.isnan(train_rows.amounts)]
    kept = next((card for card in cards if card["scoring_model"] == name), {})
    figures = judged["the new model"]
    card = {
        "scoring_model": name,
        "model_version": fits.model_version(challenger, backtest.scoring_date),
        "trained_on": backtest.scoring_date,
        "train_from": train_rows.days.min(),
        "train_to": train_rows.days.max(),
        "test_from": test_rows.days.min(),
        "test_to": test_rows.days.max(),
        "every_days": backtest.every,
        "outcome_days": backtest.outcome_days,
        "outcome_stage": backtest.outcome_stage,
        "row_count": len(train_rows.is_won),
        "lead_count": train_rows.lead_count,
        "won_lead_count": train_rows.won_lead_count,
        **{metric: f"{figure.value:.4f}" for metric, figure in figures.items()},
        "typical_amount": f"{np.median(amounts):.2f}" if len(amounts) else "",
        "probability_weight": kept.get("probability_weight", ""),
    }
    return challenger, card


def show(
    name: str,
    train_rows: fits.Rows,
    test_rows: fits.Rows,
    judged: Mapping[str, Mapping[str, fits.Figure]],
) -> None:
    """Print what the fit rests on and how good it is on the later days."""
    output.print(
        f"{name}: fitted on {len(train_rows.is_won):,} rows of {train_rows.lead_count:,} leads "
        f"({train_rows.won_lead_count:,} won), {train_rows.days.min()} to {train_rows.days.max()}; "
        f"judged on {len(test_rows.is_won):,} rows of {test_rows.lead_count:,} leads "
        f"({test_rows.won_lead_count:,} won), {test_rows.days.min()} to {test_rows.days.max()}",
        soft_wrap=True,
    )
    table = Table("on the later days", "AUC", "average precision", "Brier score", "calibration")
    for column in table.columns[1:]:
        column.justify = "right"
    for words, figures in judged.items():
        table.add_row(
            words,
            *(
                f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"
                for figure in figures.values()
            ),
        )
    output.print(table)


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    """Replace a seed file at once, its header as it is."""
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    unfinished = path.with_suffix(".csv.new")
    unfinished.write_text(fits.seed_text(header, rows), encoding="utf-8")
    unfinished.replace(path)


if __name__ == "__main__":
    app(prog_name="scripts/train_predictive.py")
