"""One delivery: batch by batch, with receipts, until all is sent or nothing more can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import tenacity

from .crm_destinations import BatchRefusedError, Destination, Outcomes, TryAgainError
from .crm_fields import Change, Operation
from .crm_receipts import Receipts
from .one_at_a_time import one_at_a_time
from .problems import ProblemError
from .warehouse import Warehouse, postgres_connection

# People are forgotten first.
OPERATIONS: tuple[Operation, ...] = ("clear", "upsert")
PAGE_SIZE = 10_000
# A batch of so many rows, all of them refused one by one, is refused for what is common to all.
TELLING_BATCH = 10
# A destination that asks to wait longer is left alone until the next run.
LONGEST_WAIT_SECONDS = 300
SHOWN_FAILURES = 10


@dataclass
class Summary:
    """What a delivery came to."""

    delivered: dict[Operation, int] = field(default_factory=lambda: dict.fromkeys(OPERATIONS, 0))
    failed: int = 0
    # the first leads that were refused, with the destination's words
    failures: list[tuple[str, str]] = field(default_factory=list)

    def add(self, batch: Sequence[Change], outcomes: Outcomes) -> None:
        """Count a batch."""
        for change in batch:
            if change.lead_id not in outcomes:
                continue
            words = outcomes[change.lead_id]
            if words is None:
                self.delivered[change.operation] += 1
            else:
                self.failed += 1
                if len(self.failures) < SHOWN_FAILURES:
                    self.failures.append((change.lead_id, words))


@dataclass
class Delivery:
    """Sends what there is to deliver to one destination."""

    destination: Destination
    receipts: Receipts
    pause: Callable[[float], None]
    now: Callable[[], datetime]
    attempts: int = 5
    on_wait: Callable[[str, float], None] = lambda words, seconds: None
    on_batch: Callable[[int], None] = lambda row_count: None
    summary: Summary = field(default_factory=Summary)

    def run(self) -> Summary:
        """Deliver everything. Raises ProblemError when nothing more can be sent.

        What was refused or not answered before comes last, so that it holds nothing back.
        """
        started = self.now()
        problems: list[str] = []
        try:
            for operation in OPERATIONS:
                problems += self._pass(operation, started, again=False)
                self._pass(operation, started, again=True)
            self.destination.finish()
        finally:
            self.destination.close()
        if not self.destination.delivers_at_once:
            self.receipts.end_all(started)
        if problems:
            raise ProblemError(
                *(f"The destination refuses row after row: {words}" for words in problems),
                "Does every property in crm_fields.csv exist there, with this type?",
            )
        return self.summary

    def _pass(self, operation: Operation, started: datetime, *, again: bool) -> list[str]:
        """Deliver what is new, or what failed before. Returns why it was given up, if it was."""
        for batch in self._batches(operation, started if again else None):
            outcomes = self._deliver(batch, started)
            self.on_batch(len(batch))
            if not again and len(batch) >= TELLING_BATCH and all(outcomes.values()):
                return [words for words in outcomes.values() if words][:1]
        return []

    def _batches(
        self, operation: Operation, failed_before: datetime | None
    ) -> Iterator[Sequence[Change]]:
        """Yield changes in batches, read in pages."""
        size = self.destination.batch_size
        page_size = max(size, PAGE_SIZE // size * size)
        after = ""
        while page := self.receipts.page(operation, after, page_size, failed_before):
            for start in range(0, len(page), size):
                yield page[start : start + size]
            after = page[-1].lead_id

    def _deliver(self, batch: Sequence[Change], started: datetime) -> Outcomes:
        """Send a batch between its two receipts. Returns what became of each lead."""
        outcomes: Outcomes = {}
        at_once = self.destination.delivers_at_once
        self.receipts.begin(batch, self.now() if at_once else started)
        if not at_once:
            self.destination.send(batch)
            self.summary.delivered[batch[0].operation] += len(batch)
            return dict.fromkeys(change.lead_id for change in batch)
        try:
            self._send(batch, outcomes)
        finally:
            if outcomes:
                self.receipts.end(outcomes, self.now())
                self.summary.add(batch, outcomes)
        return outcomes

    def _send(self, batch: Sequence[Change], outcomes: Outcomes) -> None:
        """Send a batch, and add what became of each lead; one that is refused in halves."""
        halves = [list(batch)]
        while halves:
            part = halves.pop()
            try:
                outcomes |= self._send_patiently(part)
            except BatchRefusedError as refusal:
                if len(part) == 1:
                    outcomes[part[0].lead_id] = str(refusal)
                    continue
                middle = len(part) // 2
                halves += [part[middle:], part[:middle]]
            except (TryAgainError, ProblemError) as error:
                unsent = [part, *halves]
                words = str(error).splitlines()[0]
                outcomes |= {change.lead_id: words for rest in unsent for change in rest}
                if isinstance(error, ProblemError):
                    raise
                raise ProblemError(
                    f"{words} What is not delivered is sent by the next run."
                ) from None

    def _send_patiently(self, batch: Sequence[Change]) -> Outcomes:
        """Send a batch, again after a while when the destination cannot answer."""

        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception()
            asked = error.seconds if isinstance(error, TryAgainError) else None
            return tenacity.wait_exponential(max=60)(state) if asked is None else asked

        def asks_too_much(state: tenacity.RetryCallState) -> bool:
            return wait(state) > LONGEST_WAIT_SECONDS

        def tell(state: tenacity.RetryCallState) -> None:
            self.on_wait(str(state.outcome.exception()), state.next_action.sleep)

        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(TryAgainError),
            wait=wait,
            stop=tenacity.stop_any(tenacity.stop_after_attempt(self.attempts), asks_too_much),
            sleep=self.pause,
            before_sleep=tell,
            reraise=True,
        )(self.destination.send, batch)


@contextmanager
def only_push(
    warehouse: Warehouse, destination: str, folder: Path, on_wait: Callable[[], None]
) -> Iterator[None]:
    """Let one delivery to a destination run at a time: on this machine, and per PostgreSQL."""
    with one_at_a_time(folder / f"push_{destination}.lock", on_wait):
        if warehouse.target != "postgres":
            yield
            return
        name = f"push_scores {warehouse.schema} {destination}"
        with postgres_connection(warehouse.location) as connection, connection.cursor() as cursor:
            # a transaction left open for hours would keep the server from cleaning up
            connection.autocommit = True
            cursor.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
            if not cursor.fetchone()[0]:
                on_wait()
                cursor.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [name])
            yield
