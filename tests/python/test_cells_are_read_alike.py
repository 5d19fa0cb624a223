"""Cells made up at random are read by staging as the reference reads them, on both engines."""

from __future__ import annotations

import random

import reference_scorer

CELL_COUNT = 3000
COLUMNS = ("job_title", "email", "employee_count", "updated_at")

BLANKS = ["", "", " ", "\t", "\n", "\r", "\x0b", "\x0c", "\u00a0", "\u2003"]
LETTERS = [*"aZ09 @.-|%_!*'\"\\,;", *"İßΣςÅǄéЖ中😀", "e\u0301", "\u0131"]
NUMBER_PARTS = [
    ["", "", "", "+", "-", "--", "$"],
    ["", "0", "7", "250", "00012", "1,000", "9" * 28, "9" * 29, "0.00000000005", "0" * 40],
    ["", "", ".", ".5", ".25", ".00000000005", ",5", "..1"],
    ["", "", "e3", "E-2", "e+27", "e28", "e-999", "e0003", "e1000", "e"],
    ["", "", "", "", "%", "k"],
]
TIMESTAMP_PARTS = [
    ["2026-", "2024-", "1900-", "2000-", "0001-", "0000-", "26-", "9998-"],
    ["01-", "02-", "04-", "06-", "09-", "12-", "13-", "1-"],
    ["01", "09", "15", "28", "29", "30", "31", "00"],
    ["T", "T", " ", " ", "t", "", "  "],
    ["10:05", "23:59:59", "00:00:00", "07:30:15", "12:00:01", "24:00:00", "10:60", "9:05"],
    ["", "", "", "", "", ".5", ",25", ".123456789", ".9999999", ".x"],
    ["", "", "", "Z", "z", "+02:00", "-0930", "+14", "+24:00", "UTC", " Z"],
]


def random_cell(rng: random.Random) -> str:
    """A text, a number or a timestamp, rightly or wrongly written, with blanks around it."""
    kind = rng.choice(["text", "number", "timestamp", "timestamp"])
    if kind == "text":
        core = "".join(rng.choices(LETTERS, k=rng.randrange(8)))
    else:
        parts = NUMBER_PARTS if kind == "number" else TIMESTAMP_PARTS
        core = "".join(rng.choice(part) for part in parts)
    return rng.choice(BLANKS) + core + rng.choice(BLANKS)


def test_any_cell_is_read_as_the_reference_reads_it(project):
    rng = random.Random("cells")
    cells = [random_cell(rng) for _ in range(CELL_COUNT)]
    leads = [
        {"lead_id": f"{i}", "created_at": "2026-01-01", **dict.fromkeys(COLUMNS, cell)}
        for i, cell in enumerate(cells)
    ]
    activity = {"activity_id": "1", "activity_type": "x", "occurred_at": "", "lead_id": "1"}
    project.load({"leads": leads, "activities": [activity]})
    result = project.dbt("run", "--select", "stg_leads")
    assert result.success, result.errors
    rows = {row["lead_id"]: row for row in project.rows("stg_leads")}
    readable_count = dict.fromkeys(COLUMNS, 0)
    for i, cell in enumerate(cells):
        expected = {
            "job_title": reference_scorer.clean_text(cell),
            "email": reference_scorer.clean_lower(cell),
            "employee_count": reference_scorer.read_number(cell),
            "updated_at": reference_scorer.read_timestamp(cell),
        }
        actual = {column: rows[f"{i}"][column] for column in COLUMNS}
        assert actual == expected, repr(cell)
        for column in COLUMNS:
            readable_count[column] += actual[column] is not None
    # the cells must not be all alike, or the test would say little
    assert all(50 < count < CELL_COUNT for count in readable_count.values()), readable_count
