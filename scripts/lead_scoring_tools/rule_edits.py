"""Rule files with cells changed in place: all that is not changed stays byte for byte.

Also rule files for a trial, in which a scoring model stands several times under names of its own,
so that one run tries many versions of it.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from .rule_files import check_files, find_rule_files

# One cell of a CSV file, in quotation marks or not, and what ends it.
CELL = re.compile(r'("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n|\n|\r|\Z)')

FILES_WITH_POINTS = ("fit_points", "negative_attributes", "behaviour_points")
# Files whose rows belong to a scoring model and say nothing of points of rules.
OTHER_FILES_OF_MODELS = (
    "model_audiences",
    "behaviour_categories",
    "score_thresholds",
    "threshold_requirements",
    "score_segments",
    "score_grades",
)

Row = Mapping[str, str]


@dataclass
class RuleTable:
    """One rule file: its text, its rows, and where in the text each cell is.

    `rows` have the cells as they would be read, without blanks around them. `places` has, for each
    row and column, the begin and end of the cell in the text.
    """

    name: str
    text: str
    header: list[str] = field(init=False)
    rows: list[dict[str, str]] = field(init=False)
    places: list[dict[str, tuple[int, int]]] = field(init=False)

    def __post_init__(self) -> None:
        """Find the cells."""
        lines = [line for line in cells_of(self.text) if any(cell for _, _, cell in line)]
        self.header = [cell.strip() for _, _, cell in lines[0]] if lines else []
        self.rows, self.places = [], []
        for line in lines[1:]:
            named = dict(zip(self.header, line, strict=False))
            self.rows.append({name: cell.strip() for name, (_, _, cell) in named.items()})
            self.places.append({name: (begin, end) for name, (begin, end, _) in named.items()})

    def edited(self, cells: Mapping[tuple[int, str], str]) -> RuleTable:
        """Return the file with other cells, by row (from 0, below the header) and column."""
        text = self.text
        spans = [(self.places[row][column], value) for (row, column), value in cells.items()]
        for (begin, end), value in sorted(spans, reverse=True):
            text = text[:begin] + value + text[end:]
        return RuleTable(self.name, text)


RuleTables = dict[str, RuleTable]


def cells_of(text: str) -> Iterator[list[tuple[int, int, str]]]:
    """Give the lines of a CSV text as lists of (begin, end, cell)."""
    at, line = 0, []
    while at < len(text) or line:
        match = CELL.match(text, at)
        assert match, "a file that cannot be told into cells is refused earlier"
        raw = match[1]
        cell = raw[1:-1].replace('""', '"') if raw.startswith('"') else raw
        line.append((match.start(1), match.end(1), cell))
        at = match.end()
        if match[2] != ",":
            yield line
            line = []


def read_rule_tables(folder: Path) -> RuleTables:
    """Return the rule files of a folder by name. Raises ProblemError for all that is wrong."""
    paths = find_rule_files(folder)
    check_files(list(paths.values()))
    tables = {}
    for name, path in paths.items():
        with path.open(newline="", encoding="utf-8") as file:
            tables[name] = RuleTable(name, file.read())
    return tables


def rows_of(tables: RuleTables, name: str) -> list[dict[str, str]]:
    """Return the rows of a rule file; a file that is not there has none."""
    return tables[name].rows if name in tables else []


def number(cell: str) -> Decimal | None:
    """Return the number in a cell, or None when there is none: the rule check says so in a run."""
    try:
        value = Decimal(cell)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def number_text(value: Decimal) -> str:
    """Return a number as people write it in a cell: `12`, `0.5`."""
    return format(value.normalize(), "f")


def write_tables(tables: RuleTables, folder: Path) -> None:
    """Write rule files to a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            file.write(table.text)


def difference(old: RuleTables, new: RuleTables) -> str:
    """Return a unified diff of all rule files that are not the same."""
    lines: list[str] = []
    for name, table in old.items():
        for line in difflib.unified_diff(
            table.text.splitlines(keepends=True),
            new[name].text.splitlines(keepends=True),
            f"a/{name}.csv",
            f"b/{name}.csv",
        ):
            lines.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(lines)


@dataclass(frozen=True)
class Variant:
    """A version of a scoring model for a trial, under a name of its own.

    Its rules come from `tables`; the decay curves in `half_lives` have other half-lives (as they
    stand in a cell).
    """

    name: str
    model: str
    tables: RuleTables = field(repr=False)
    half_lives: Mapping[str, str] = field(default_factory=dict)


def free_name(wanted: str, taken: Collection[str]) -> str:
    """Return a name that is not taken yet, as near to the wanted one as can be."""
    while wanted in taken:
        wanted += "_"
    return wanted


def write_trial(
    tables: RuleTables, models: Sequence[str], variants: Sequence[Variant], folder: Path
) -> None:
    """Write rule files in which the variants stand beside the models that they are versions of.

    Every row stays where it is, so that a fault is told with the row in which people find it; rows
    of variants come after. Rules for every model (`*`) are written out for each, since they may
    differ. Other models than `models` are off.
    """
    folder.mkdir(parents=True, exist_ok=True)
    curves = rows_of(tables, "decay_curves")
    curve_names = {row.get("decay_curve", "") for row in curves}
    added_curves: dict[tuple[str, str], dict[str, str]] = {}
    for variant in variants:
        for row in rows_of(variant.tables, "decay_curves"):
            days = variant.half_lives.get(row["decay_curve"])
            if days is not None and (row["decay_curve"], days) not in added_curves:
                name = free_name(f"{row['decay_curve']}__{days}", curve_names)
                curve_names.add(name)
                added_curves[row["decay_curve"], days] = {
                    **row,
                    "decay_curve": name,
                    "half_life_days": days,
                }
    written = {name: [dict(row) for row in table.rows] for name, table in tables.items()}
    written.setdefault("decay_curves", []).extend(added_curves.values())
    for row in written["scoring_models"]:
        if row["scoring_model"] in models:
            row["status"] = "active"
        elif row.get("status") in ("active", "testing"):
            row["status"] = "off"
    for name in FILES_WITH_POINTS:
        for row in list(written.get(name, [])):
            if row["scoring_model"] == "*":
                row["scoring_model"] = models[0]
                written[name] += [{**row, "scoring_model": model} for model in models[1:]]
    for variant in variants:
        written["scoring_models"] += [
            {**row, "scoring_model": variant.name, "status": "active"}
            for row in rows_of(tables, "scoring_models")
            if row["scoring_model"] == variant.model
        ]
        for name in OTHER_FILES_OF_MODELS:
            written.setdefault(name, []).extend(
                {**row, "scoring_model": variant.name}
                for row in rows_of(tables, name)
                if row["scoring_model"] == variant.model
            )
        for name in FILES_WITH_POINTS:
            for row in rows_of(variant.tables, name):
                if row["scoring_model"] in ("*", variant.model):
                    copy = {**row, "scoring_model": variant.name}
                    curve = row.get("decay_curve", "")
                    if curve in variant.half_lives:
                        changed = added_curves[curve, variant.half_lives[curve]]
                        copy["decay_curve"] = changed["decay_curve"]
                    written.setdefault(name, []).append(copy)
    for name, rows in written.items():
        header = list(tables[name].header) if name in tables else list(rows[0]) if rows else []
        if header:
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(
                    file, header, restval="", extrasaction="ignore", lineterminator="\n"
                )
                writer.writeheader()
                writer.writerows(rows)
