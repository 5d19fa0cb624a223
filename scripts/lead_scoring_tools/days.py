"""Days as users write them, and the days that a warehouse has scored."""

from __future__ import annotations

import re
from datetime import date, datetime, timezone

from .problems import ProblemError
from .warehouse import Warehouse


def days_apart(every: str) -> int:
    """Return the number in `1d` or `7d`. Raises ProblemError for anything else."""
    found = re.fullmatch(r"([1-9][0-9]{0,3})d", every)
    if not found:
        raise ProblemError(f"--every is {every!r}: write a number of days such as 1d or 7d.")
    return int(found[1])


def has_table(warehouse: Warehouse, name: str) -> bool:
    """Return whether a table has been built."""
    return any(table == name for _, table in warehouse.tables())


def published_day(warehouse: Warehouse) -> date | None:
    """Return the day that lead_scores is for, if it has been built."""
    if not has_table(warehouse, "lead_scores"):
        return None
    return warehouse.rows("select max(scoring_date) as day from lead_scores")[0]["day"]


def last_known_day(warehouse: Warehouse) -> date:
    """Return the day that is published, or today in UTC before the first run."""
    return published_day(warehouse) or datetime.now(timezone.utc).date()
