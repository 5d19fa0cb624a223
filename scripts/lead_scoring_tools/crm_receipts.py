"""What there is to deliver, and the receipts of what was: sync_lead_scores and crm_deliveries.

Each call holds a connection only as long as it takes. A receipt is written before a batch is sent,
as a failure without an answer, and again right after the answer: whenever the process dies, what
may have arrived is known, and is sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

import tenacity

from .crm_fields import Change, Field, Operation, change_of, fields_hash
from .problems import ProblemError
from .warehouse import Session, Warehouse, quoted

UNANSWERED = "No answer yet: the delivery was interrupted."
NEEDED_TABLES = ("sync_lead_scores", "crm_deliveries", "int_crm_fields", "int_crm_field_faults")
# A dbt run holds a DuckDB file for a while.
OPENING_ATTEMPTS = 8

# A receipt without a row in sync_lead_scores is of a lead that is gone: it is cleared, too.
TO_DELIVER = """
    with receipts as (
        select * from crm_deliveries where destination = ?
    ),
    compared as (
        select
            coalesce(sync_lead_scores.lead_id, receipts.lead_id) as lead_key,
            coalesce(sync_lead_scores.operation, 'clear') as wanted,
            receipts.lead_id is not null as was_sent,
            receipts.status as sent_status,
            receipts.attempted_at as sent_at,
            receipts.delivered_at as delivered_before,
            receipts.operation as sent_operation,
            receipts.row_hash as sent_hash,
            receipts.fields_hash as sent_fields_hash,
            sync_lead_scores.*
        from sync_lead_scores
        full join receipts on sync_lead_scores.lead_id = receipts.lead_id
    ),
    to_deliver as (
        select * from compared
        where
            wanted = 'clear' and was_sent and (
                sent_status <> 'delivered' or sent_operation <> 'clear'
            )
            or wanted = 'upsert' and (
                not was_sent
                or sent_status <> 'delivered'
                or sent_operation <> 'upsert'
                or sent_hash is distinct from row_hash
                or sent_fields_hash is distinct from ?
            )
    )
"""

GIVEN = """
    select
        unnest(cast(? as text[])) as lead_id,
        unnest(cast(? as text[])) as operation,
        unnest(cast(? as text[])) as row_hash
"""


@dataclass(frozen=True)
class Receipts:
    """The receipts of one destination."""

    warehouse: Warehouse
    destination: str
    fields: Sequence[Field]
    pause: Callable[[float], None]

    @contextmanager
    def _session(self, *, read_only: bool = False) -> Iterator[Session]:
        """Open the warehouse, waiting a while for another process that has the file open."""
        attempts = tenacity.Retrying(
            retry=tenacity.retry_if_exception(
                lambda error: isinstance(error, ProblemError) and "is in use" in str(error)
            ),
            wait=tenacity.wait_exponential(max=30),
            stop=tenacity.stop_after_attempt(OPENING_ATTEMPTS),
            sleep=self.pause,
            reraise=True,
        )
        with ExitStack() as stack:
            yield attempts(lambda: stack.enter_context(self.warehouse.session(read_only=read_only)))

    def counts(self) -> dict[Operation, int]:
        """Return how many leads wait for each operation."""
        with self._session(read_only=True) as session:
            rows = session.rows(
                TO_DELIVER
                + "select wanted, count(*) as lead_count from to_deliver group by wanted",
                [self.destination, fields_hash(self.fields)],
            )
        found = {row["wanted"]: row["lead_count"] for row in rows}
        return {"clear": found.get("clear", 0), "upsert": found.get("upsert", 0)}

    def page(
        self, operation: Operation, after: str, size: int, failed_before: datetime | None = None
    ) -> list[Change]:
        """Return the next changes in the order of their lead_id, those after `after`.

        Without `failed_before`, those whose last delivery has not failed; with it, those whose last
        one failed before that moment.
        """
        order = ' collate "C"' if self.warehouse.target == "postgres" else ""
        columns = dict.fromkeys(
            field.column_name for field in self.fields if field.column_name != "lead_id"
        )
        named = "".join(f", {quoted(name)}" for name in columns)
        failed = "and sent_status is distinct from 'failed'"
        if failed_before:
            failed = "and sent_status = 'failed' and sent_at < cast(? as timestamp)"
        with self._session(read_only=True) as session:
            rows = session.rows(
                TO_DELIVER
                + "select lead_key as lead_id, wanted as operation, row_hash, delivered_before"
                + f"{named} from to_deliver where wanted = ? and lead_key{order} > ? {failed} "
                + f"order by lead_key{order} limit {size}",
                [
                    *(self.destination, fields_hash(self.fields), operation, after),
                    *([failed_before] if failed_before else []),
                ],
            )
        return [change_of(row, self.fields) for row in rows]

    def begin(self, batch: Sequence[Change], at: datetime) -> None:
        """Write down that a batch is about to be sent."""
        given = [
            [change.lead_id for change in batch],
            [change.operation for change in batch],
            [change.row_hash for change in batch],
        ]
        # a cleared lead's receipt has no words
        words = "case when given.operation = 'upsert' then cast(? as text) end"
        with self._session() as session:
            session.run(
                "update crm_deliveries set operation = given.operation, row_hash = given.row_hash, "
                "fields_hash = ?, status = 'failed', attempted_at = ?, "
                "attempt_count = case status when 'failed' then attempt_count + 1 else 1 end, "
                f"error = {words} from ({GIVEN}) as given "
                "where crm_deliveries.destination = ? and crm_deliveries.lead_id = given.lead_id",
                [fields_hash(self.fields), at, UNANSWERED, *given, self.destination],
            )
            session.run(
                "insert into crm_deliveries (destination, lead_id, operation, row_hash, "
                "fields_hash, status, attempted_at, delivered_at, attempt_count, error) "
                "select cast(? as text), given.lead_id, given.operation, given.row_hash, "
                f"cast(? as text), 'failed', cast(? as timestamp), null, 1, {words} "
                f"from ({GIVEN}) as given where not exists (select 1 from crm_deliveries as sent "
                "where sent.destination = ? and sent.lead_id = given.lead_id)",
                [
                    *(self.destination, fields_hash(self.fields), at, UNANSWERED),
                    *(*given, self.destination),
                ],
            )
            self._forget(session, given[0])

    def end(self, outcomes: Mapping[str, str | None], at: datetime) -> None:
        """Write down what became of leads: None is delivered, else the destination's words."""
        with self._session() as session:
            session.run(
                "update crm_deliveries set "
                "status = case when given.error is null then 'delivered' else 'failed' end, "
                "delivered_at = case when given.error is null then cast(? as timestamp) "
                "else delivered_at end, "
                "error = case when operation = 'upsert' then given.error end "
                "from (select unnest(cast(? as text[])) as lead_id, "
                "unnest(cast(? as text[])) as error) as given "
                "where crm_deliveries.destination = ? and crm_deliveries.lead_id = given.lead_id",
                [at, list(outcomes), list(outcomes.values()), self.destination],
            )
            self._forget(session, list(outcomes))

    def end_all(self, at: datetime) -> None:
        """Write down that everything that was begun at a moment is delivered."""
        with self._session() as session:
            session.run(
                "update crm_deliveries set status = 'delivered', delivered_at = ?, error = null "
                "where destination = ? and attempted_at = ? and status = 'failed'",
                [at, self.destination, at],
            )

    def _forget(self, session: Session, lead_ids: list[str]) -> None:
        """Take out what a lead that was cleared in the meantime would leave behind."""
        session.run(
            "update crm_deliveries set row_hash = null, error = null where destination = ? "
            "and lead_id in (select unnest(cast(? as text[]))) and lead_id in ("
            "select said.lead_id from sync_lead_scores as said where said.operation = 'clear' "
            "and said.lead_id in (select unnest(cast(? as text[]))))",
            [self.destination, lead_ids, lead_ids],
        )


def read_fields(warehouse: Warehouse, destination: str) -> list[Field]:
    """Return the fields of a destination, the key first.

    Raises ProblemError when the tables are not there, the fields have faults or there are none.
    """
    present = {table for _, table in warehouse.tables()}
    if missing := [name for name in NEEDED_TABLES if name not in present]:
        raise ProblemError(
            f"The schema {warehouse.schema} has no {', '.join(missing)}. Run `dbt build` first; if "
            "the tables are elsewhere, name their schema with --schema."
        )
    if warehouse.rows("select 1 as fault from int_crm_field_faults limit 1"):
        raise ProblemError(
            "crm_fields.csv has faults. Run `dbt build`, which names them, and correct the file."
        )
    rows = warehouse.rows(
        "select destination, crm_property, column_name, type, rounding from int_crm_fields "
        "order by case column_name when 'lead_id' then 0 else 1 end, file_row"
    )
    fields = [Field.from_row(row) for row in rows if row["destination"] == destination]
    if not fields:
        raise ProblemError(
            f"crm_fields.csv has no row for {destination}: add the properties to fill, then run "
            "`dbt build`."
        )
    return fields
