"""Past days scored by some rules, and what came of the leads: what scripts learn from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from .dbt_calls import OnStep, run_dbt
from .problems import ProblemError
from .rule_files import prepare_seeds
from .warehouse import WORKING_FOLDER, Warehouse, quoted

EVIDENCE = "path:models/marts/evidence"
TRIAL_SEEDS = WORKING_FOLDER / "trial_seeds"


@dataclass(frozen=True)
class Backtest:
    """The past days to score, every so many days, and what counts as the outcome.

    A lead counts as won when it was won within `outcome_days` after the day. `scoring_date` is the
    day up to which outcomes are known.
    """

    first: date
    last: date
    every: int
    outcome_days: int
    scoring_date: date
    outcome_stage: str = ""

    def variables(self, warehouse: Warehouse) -> dict[str, Any]:
        """Return the vars that, with the scoring date, make dbt do it."""
        return {
            "crm_schema": warehouse.crm_schema,
            "backtest_from": str(self.first),
            "backtest_to": str(self.last),
            "backtest_every": self.every,
            "outcome_days": self.outcome_days,
            "outcome_stage": self.outcome_stage,
        }


def run_backtest(
    warehouse: Warehouse,
    backtest: Backtest,
    seeds_folder: Path,
    *,
    tables: Sequence[str] = (EVIDENCE,),
    on_step: OnStep = lambda words, index, total: None,
) -> None:
    """Build the tables of `models/marts/evidence`, or some of them, and all that they need.

    What is published stays as it is. Raises ProblemError with what dbt says is wrong, or when no
    day of the backtest has an outcome that is known.
    """
    result = run_dbt(
        *("build", "--select", *(f"+{table}" for table in tables)),
        *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
        warehouse=warehouse,
        variables=backtest.variables(warehouse),
        scoring_date=backtest.scoring_date,
        seeds_folder=seeds_folder,
        on_step=on_step,
    )
    if not result.success:
        raise ProblemError(*result.errors)
    if not warehouse.rows("select lead_id from score_backtest limit 1"):
        raise ProblemError(
            f"No lead was open on any day from {backtest.first} to {backtest.last} whose outcome "
            f"is known: a day's outcome is known {backtest.outcome_days} days later, and the "
            f"scoring date is {backtest.scoring_date}."
        )


@contextmanager
def trial(warehouse: Warehouse) -> Iterator[Warehouse]:
    """Give a warehouse on the same raw tables whose own tables are in schemas for a trial.

    The schemas are dropped afterwards, since they hold what is known of leads. Nothing that is
    published is touched.
    """
    place = Warehouse(
        warehouse.target, warehouse.location, f"{warehouse.schema}_trial", warehouse.crm_schema
    )
    try:
        drop_own_schemas(place)
        yield place
    finally:
        drop_own_schemas(place)
        shutil.rmtree(TRIAL_SEEDS, ignore_errors=True)


def drop_own_schemas(warehouse: Warehouse) -> None:
    """Drop all schemas of a warehouse but that of the raw tables."""
    with warehouse.session() as session:
        if session.target == "postgres":
            session.run("set client_min_messages = warning")
        for schema in warehouse.schemas:
            if schema != warehouse.crm_schema:
                place = (
                    f"warehouse.{quoted(schema)}"
                    if warehouse.target == "duckdb"
                    else quoted(schema)
                )
                session.run(f"drop schema if exists {place} cascade")


def trial_seeds(rules_folder: Path) -> Path:
    """Check a folder of rule files and return a seeds folder with them for a trial."""
    return prepare_seeds(rules_folder, TRIAL_SEEDS)
