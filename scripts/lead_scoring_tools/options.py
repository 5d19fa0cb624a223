"""Options that several scripts share: one name and one meaning for each."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import typer

FirstDay = Annotated[
    datetime,
    typer.Option("--from", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The first day."),
]
LastDay = Annotated[
    datetime,
    typer.Option("--to", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The last day."),
]
Every = Annotated[
    str, typer.Option(metavar="1d|7d", help="How far apart the days are, such as 1d or 7d.")
]
OutcomeDays = Annotated[
    int, typer.Option(min=1, help="Within how many days after a day a win counts.")
]
OutcomeStage = Annotated[
    str, typer.Option(metavar="STAGE", help="Stage that counts as the outcome. Default: won.")
]
KnownUntil = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="The day up to which outcomes are known. Default: that of lead_scores.",
    ),
]
Target = Annotated[
    Literal["duckdb", "postgres"],
    typer.Option(envvar="LEAD_SCORING_TARGET", help="The engine, as for scripts/run."),
]
Schema = Annotated[
    str,
    typer.Option(
        envvar="LEAD_SCORING_SCHEMA", metavar="NAME", help="Schema of the published tables."
    ),
]
CrmSchema = Annotated[str, typer.Option(metavar="NAME", help="Schema of the raw tables.")]
