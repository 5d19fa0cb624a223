"""Deliver to a CRM what changed in sync_lead_scores since the last delivery."""

from __future__ import annotations

import math
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, Literal

import typer
from lead_scoring_tools.crm_destinations import (
    CsvFile,
    Destination,
    HubSpot,
    Salesforce,
    Webhook,
)
from lead_scoring_tools.crm_fields import Field, as_json
from lead_scoring_tools.crm_push import OPERATIONS, Delivery, Summary, only_push
from lead_scoring_tools.crm_receipts import Receipts, read_fields
from lead_scoring_tools.terminal import errors_in_sentences
from lead_scoring_tools.warehouse import WORKING_FOLDER, Warehouse
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

Name = Literal["hubspot", "salesforce", "webhook", "csv"]
KINDS: dict[str, type] = {
    "hubspot": HubSpot,
    "salesforce": Salesforce,
    "webhook": Webhook,
    "csv": CsvFile,
}
SHOWN_ROWS = 5
SOME_REFUSED = 3

app = typer.Typer(add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False)
output = Console(width=None if sys.stdout.isatty() else 120)
messages = Console(stderr=True)


@app.command(
    epilog=(
        "Example: python scripts/push_scores.py --destination hubspot --target postgres --dry-run"
    )
)
def main(
    destination: Annotated[Name, typer.Option(help="Where to send the scores.")],
    target: Annotated[
        Literal["duckdb", "postgres"],
        typer.Option(envvar="LEAD_SCORING_TARGET", help="The engine that has the scores."),
    ] = "duckdb",
    schema: Annotated[
        str,
        typer.Option(
            envvar="LEAD_SCORING_SCHEMA", metavar="NAME", help="Schema of the published tables."
        ),
    ] = "lead_scoring",
    output_file: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="The CSV file to write, for `--destination csv`. It must not be there yet.",
        ),
    ] = None,
    salesforce_object: Annotated[
        str,
        typer.Option(metavar="NAME", help="The object in Salesforce that has the external id."),
    ] = "Lead",
    timeout: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="How long to wait for an answer.")
    ] = 60,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be sent; send and write nothing.")
    ] = False,
) -> None:
    """Send what changed since the last delivery to a CRM: new values, and values to clear.

    Secrets come from the environment: HUBSPOT_ACCESS_TOKEN; SALESFORCE_USERNAME,
    SALESFORCE_PASSWORD and SALESFORCE_SECURITY_TOKEN, or SALESFORCE_INSTANCE_URL and
    SALESFORCE_ACCESS_TOKEN; LEAD_SCORING_WEBHOOK_URL and LEAD_SCORING_WEBHOOK_TOKEN.

    What was refused or not answered is sent again by the next run. The exit code is 0 when all is
    delivered, 1 when the delivery could not go on, 2 for wrong options, 3 when single leads were
    refused.
    """
    if (destination == "csv") != (output_file is not None):
        raise typer.BadParameter("--output goes with --destination csv, and only with it.")
    with errors_in_sentences(messages, may_tell=False):
        warehouse = Warehouse.from_environment(target, schema)
        fields = read_fields(warehouse, destination)
        receipts = Receipts(warehouse, destination, fields, time.sleep)
        if dry_run:
            show_plan(destination, receipts)
            return
        with only_push(warehouse, destination, WORKING_FOLDER, tell_of_other_push):
            receiver = make_destination(
                destination, fields, timeout, output_file, salesforce_object
            )
            summary = deliver(receiver, receipts)
        show_summary(destination, summary, output_file)
    if summary.failed:
        raise typer.Exit(SOME_REFUSED)


def make_destination(
    name: Name, fields: list[Field], timeout: float, path: Path | None, salesforce_object: str
) -> Destination:
    """Return a destination that is ready to take changes."""
    if name == "hubspot":
        return HubSpot(fields, timeout)
    if name == "salesforce":
        return Salesforce(fields, timeout, salesforce_object)
    if name == "webhook":
        return Webhook(timeout)
    assert path is not None
    return CsvFile(fields, path)


def tell_of_other_push() -> None:
    """Say that this delivery waits."""
    messages.print("Another delivery to this destination is at work: waiting for it.")


def utc_now() -> datetime:
    """Return the time in UTC, as the tables have it."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


def deliver(receiver: Destination, receipts: Receipts) -> Summary:
    """Send everything, with progress."""
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=messages,
        transient=True,
        disable=not messages.is_terminal,
    ) as progress:
        total = sum(receipts.counts().values())
        task = progress.add_task(f"Sending to {receipts.destination}", total=total)

        def on_wait(words: str, seconds: float) -> None:
            sentence = f"{words} Trying again in {seconds:.0f} s."
            messages.print(Text(sentence, style="yellow"), soft_wrap=True)

        return Delivery(
            receiver,
            receipts,
            pause=time.sleep,
            now=utc_now,
            on_wait=on_wait,
            on_batch=lambda row_count: progress.advance(task, row_count),
        ).run()


def show_plan(name: Name, receipts: Receipts) -> None:
    """Print what would be sent."""
    kind = KINDS[name]
    counts = receipts.counts()
    calls = sum(math.ceil(count / kind.batch_size) for count in counts.values())
    calls *= kind.calls_per_batch
    at_least = "at least " if name == "salesforce" and calls else ""
    output.print(
        f"{name}: {counts['upsert']:,} upserts and {counts['clear']:,} clears would be sent, in "
        f"{at_least}{calls:,} API calls. Nothing was sent.",
        highlight=False,
        soft_wrap=True,
    )
    now = utc_now()
    first = [
        change
        for operation in OPERATIONS
        for failed_before in (None, now)
        for change in receipts.page(operation, "", SHOWN_ROWS, failed_before)
    ]
    if not first:
        return
    table = Table("operation", "lead", "values")
    for change in first[:SHOWN_ROWS]:
        values = "; ".join(
            f"{name}={as_json(value)}" for name, value in change.values.items() if value is not None
        )
        table.add_row(change.operation, Text(change.lead_id), Text(values or "all empty"))
    output.print(table)


def show_summary(name: Name, summary: Summary, path: Path | None) -> None:
    """Print what was delivered, and what was refused."""
    upserts, clears = summary.delivered["upsert"], summary.delivered["clear"]
    if not (upserts or clears or summary.failed):
        output.print(f"{name}: nothing has changed since the last delivery.", highlight=False)
        return
    place = f" in {path}" if path else ""
    output.print(
        f"{name}: {upserts:,} upserts and {clears:,} clears delivered{place}.",
        highlight=False,
        soft_wrap=True,
    )
    if summary.failed:
        output.print(
            f"{summary.failed:,} leads were refused; the next run sends them again:",
            highlight=False,
        )
        for lead_id, words in summary.failures:
            output.print(Text(f"  {lead_id}: {words}"), soft_wrap=True)
        if summary.failed > len(summary.failures):
            output.print("  ... and more: `select * from crm_deliveries where status = 'failed'`")


if __name__ == "__main__":
    app(prog_name="scripts/push_scores.py")
