"""Which value goes into which property of a destination, and in which form.

All of this is pure: rows of sync_lead_scores in, values for the destination out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

Operation = Literal["upsert", "clear"]
Value = str | bool | Decimal | None

KEY = "lead_id"


@dataclass(frozen=True)
class Field:
    """One row of crm_fields.csv for one destination."""

    crm_property: str
    column_name: str
    type: str
    decimals: int | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Field:
        """Return a field from a row of int_crm_fields."""
        decimals = None if row["rounding"] is None else int(row["rounding"])
        return cls(row["crm_property"], row["column_name"], row["type"], decimals)

    def value(self, raw: Any) -> Value:
        """Return a value of sync_lead_scores as the field's type, rounded; None stays None."""
        if raw is None:
            return None
        if self.type == "number":
            return rounded(Decimal(raw), self.decimals)
        if self.type == "boolean":
            return bool(raw)
        if self.type == "date":
            return raw.strftime("%Y-%m-%d")
        if self.type == "datetime":
            return utc_text(raw)
        return as_text(raw)


@dataclass(frozen=True)
class Change:
    """What a destination is to be told of one lead: `values` by property, the key left out."""

    lead_id: str
    operation: Operation
    row_hash: str | None
    values: Mapping[str, Value]
    delivered_before: datetime | None = None


def key_property(fields: Sequence[Field]) -> str:
    """Return the property by which the destination finds a lead."""
    return next(field.crm_property for field in fields if field.column_name == KEY)


def change_of(row: Mapping[str, Any], fields: Sequence[Field]) -> Change:
    """Return what the destination is told of a row: its values, or that all of them are empty."""
    values = {
        field.crm_property: field.value(row[field.column_name])
        if row["operation"] == "upsert"
        else None
        for field in fields
        if field.column_name != KEY
    }
    return Change(row[KEY], row["operation"], row["row_hash"], values, row["delivered_before"])


def fields_hash(fields: Sequence[Field]) -> str:
    """Return a hash that differs when a destination's fields differ, whatever their order."""
    told = sorted(
        [field.crm_property, field.column_name, field.type, str(field.decimals)] for field in fields
    )
    return hashlib.md5(json.dumps(told).encode()).hexdigest()


def rounded(number: Decimal, decimals: int | None) -> Decimal:
    """Round half away from zero; None leaves a number as it is."""
    if decimals is None:
        return number
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def utc_text(time: datetime) -> str:
    """Return a UTC time as ISO 8601 with milliseconds, as HubSpot and Salesforce read it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}Z"


def number_text(number: Decimal) -> str:
    """Return a number without an exponent and without zeros at its end."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def as_text(value: Any) -> str:
    """Return a value as text, whatever its type."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return number_text(Decimal(value))
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def as_json(value: Value) -> str | bool | int | float | None:
    """Return a value as JSON has it: a number is a number."""
    if isinstance(value, Decimal):
        text = number_text(value)
        return float(text) if "." in text else int(text)
    return value
