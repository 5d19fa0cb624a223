"""What was learned of points and half-lives: as tables, as a page, as a folder of rule files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .points_fit import Difference
from .problems import ProblemError
from .rule_edits import difference, number_text, rows_of, write_tables
from .rule_files import SHIPPED_SEEDS
from .suggestions import (
    HALF_LIVES,
    HalfLifeSuggestion,
    Judgement,
    PointsSuggestion,
    Suggestion,
    Training,
)

PARTS = ("rules", "changes.diff", "report.md")
METRICS = {"auc": "AUC", "top_decile_lift": "lift of the first tenth"}
QUALIFIED = {
    "marketing_qualified": "share marketing-qualified",
    "sales_ready": "share sales-ready",
}

HOW_IT_IS_DONE = f"""\
- **Half-life of a curve**: the same points with {", ".join(map(str, HALF_LIVES[:-1]))} and
  {HALF_LIVES[-1]} days. The best one is proposed when the interval of its gain in AUC on the
  training days lies above 0; the interval allows for the number of half-lives that were tried.
- **Points of a rule**: a logistic fit on what each rule gave, drawn towards the points as they are:
  how strongly is chosen by cross-validation over leads. A rule keeps its sign. New points are in
  the measure of the present ones: a point is worth the same odds of a win as before.
- **Interval**: 95 % of fits to leads drawn anew, all days of a lead together.
- **Not enough evidence: keep**: the rule fired for fewer than 20 leads, or its interval holds the
  points as they are, or the outcomes are about as likely with them (likelihood-ratio test), or
  rounding gives them. Small points, and those with decimals, are rounded to halves, others to
  whole points.
- `repeat_points` and `max_points` of a behaviour rule go up and down with its points. Rules without
  points, such as those that only disqualify, are left alone.
- **Judged** by the score on the test days, which nothing was learned from.
"""


@dataclass(frozen=True)
class Grid:
    """A table of texts; the columns in `right` are numbers."""

    title: str
    header: Sequence[str]
    right: Sequence[int]
    rows: list[list[str]]

    def markdown(self) -> str:
        """Return it as a table of Markdown."""
        ends = ["---:" if index in self.right else "---" for index in range(len(self.header))]
        lines = [self.header, ends, *self.rows]
        cells = [[cell.replace("|", "\\|") for cell in line] for line in lines]
        return "".join(f"| {' | '.join(line)} |\n" for line in cells)


def points_grid(suggestion: Suggestion) -> Grid:
    """Return the table of all rules that were asked."""
    return Grid(
        "Points",
        ("scoring model", "rule", "leads", "old", "new", "95 % interval", "verdict"),
        (2, 3, 4, 5),
        [points_row(one) for one in suggestion.points],
    )


def points_row(one: PointsSuggestion) -> list[str]:
    """Return the cells of one rule."""
    interval = ""
    if one.low is not None and one.high is not None:
        interval = f"{plain(one.low)} to {plain(one.high)}"
    return [
        one.scoring_model,
        one.rule_id,
        f"{one.support:,}",
        number_text(one.old),
        number_text(one.new),
        interval,
        one.verdict,
    ]


def plain(value: float) -> str:
    """Return a number with one decimal, never a zero with a sign."""
    return f"{round(value, 1) + 0.0:.1f}"


def half_lives_grid(suggestion: Suggestion) -> Grid:
    """Return the table of all decay curves with a half-life."""
    return Grid(
        "Half-lives in days",
        ("decay curve", "old", "new", "best other", "its gain in AUC", "95 % interval", "verdict"),
        (1, 2, 3, 4, 5),
        [half_life_row(one) for one in suggestion.half_lives],
    )


def half_life_row(one: HalfLifeSuggestion) -> list[str]:
    """Return the cells of one decay curve."""
    return [
        one.curve,
        number_text(one.old),
        number_text(one.new),
        number_text(one.best) if one.best is not None else "",
        *difference_cells(one.gain),
        one.verdict,
    ]


def difference_cells(difference: Difference | None) -> tuple[str, str]:
    """Return a difference and its interval as text."""
    if difference is None:
        return "", ""
    return f"{difference.value:+.3f}", f"{difference.low:+.3f} to {difference.high:+.3f}"


def judgement_grid(one: Judgement) -> Grid:
    """Return the table of one model's figures on the test days, before and after."""
    rows = []
    for metric, name in METRICS.items():
        cells = [name]
        for found in (one.before, one.after):
            figures = found.get(metric, {})
            if figures.get("value") is None:
                cells += ["none", ""]
            else:
                low, high = figures["value_low"], figures["value_high"]
                cells += [f"{figures['value']:.3f}", f"{low:.3f} to {high:.3f}"]
        rows.append(cells)
    for column, name in QUALIFIED.items():
        before, after = one.qualified_before[column], one.qualified_after[column]
        rows.append([name, f"{100 * before:.1f} %", "", f"{100 * after:.1f} %", ""])
    return Grid(
        f"{one.model} on the test days",
        ("", "before", "95 % interval", "after", "95 % interval"),
        (1, 2, 3, 4),
        rows,
    )


def judged_in_words(one: Judgement) -> str:
    """Return the verdict on one model, with the difference that it rests on."""
    if one.gain is None:
        return f"{one.model}: {one.verdict}"
    value, interval = difference_cells(one.gain)
    return f"{one.model}: {one.verdict} The AUC of its score changes by {value} ({interval})."


def trained_in_words(one: Training, suggestion: Suggestion) -> str:
    """Return what one model was learned from."""
    days = suggestion.plan.train
    part = "" if one.share == 1 else f", a part of {100 * one.share:.0f} % of all leads by lot"
    return (
        f"{one.model}: learned from {one.row_count:,} rows of {one.lead_count:,} leads, "
        f"{one.won_lead_count:,} of them won within {days.outcome_days} days{part}; "
        f"days {days.first} to {days.last}, every {days.every} days."
    )


def notes_of(suggestion: Suggestion) -> list[str]:
    """Return what else an analyst should know before taking the proposal over."""
    notes = list(suggestion.notes)
    for one in suggestion.trainings:
        if one.worth_low <= 0:
            notes.append(
                f"{one.model}: more of the present points does not clearly mean more wins on the "
                f"training days (log odds of {one.worth_low:.4f} to {one.worth_high:.4f} a point), "
                "so there is no measure for new points: all are kept."
            )
    tables = suggestion.old_tables
    scored = [
        row["scoring_model"]
        for row in rows_of(tables, "scoring_models")
        if row.get("status") in ("active", "testing")
    ]
    for curve in suggestion.half_lives:
        if curve.new == curve.old:
            continue
        users = [
            model
            for model in scored
            if any(
                row["scoring_model"] in ("*", model) and row.get("decay_curve") == curve.curve
                for row in rows_of(tables, "behaviour_points")
            )
        ]
        shared = (
            f" It is used by {', '.join(users)}, and {curve.model} decided."
            if len(users) > 1
            else ""
        )
        notes.append(
            f"The curve {curve.curve} keeps its name and its rationale, though its half-life is "
            f"{number_text(curve.new)} days now: change the words, too.{shared}"
        )
    if len(scored) > 1:
        for rule in suggestion.points:
            if rule.scoring_model == "*" and rule.new != rule.old:
                notes.append(
                    f"The rule {rule.rule_id} is for every model; {rule.model} decided its points."
                )
    return notes


def page(suggestion: Suggestion) -> str:
    """Return the report for an analyst, in Markdown."""
    test = suggestion.plan.test
    grids = [half_lives_grid(suggestion), points_grid(suggestion)]
    parts = [
        "# New points from outcomes\n",
        "A proposal. The rules in force are as they were; `rules` beside this page has the same "
        "files with other points and half-lives, `changes.diff` every changed line.\n",
        "".join(f"- **{judged_in_words(one)}**\n" for one in suggestion.judgements),
        "## What it rests on\n",
        "".join(f"- {trained_in_words(one, suggestion)}\n" for one in suggestion.trainings)
        + f"- Judged by the days {test.first} to {test.last}, every {test.every} days.\n"
        + "".join(f"- {note}\n" for note in notes_of(suggestion)),
    ]
    for grid in grids:
        parts += [f"## {grid.title}\n", grid.markdown() if grid.rows else "None.\n"]
    for one in suggestion.judgements:
        grid = judgement_grid(one)
        parts += [f"## {grid.title}\n", grid.markdown()]
    parts += ["## How it is done\n", HOW_IT_IS_DONE]
    return "\n".join(parts)


def check_output(folder: Path, rules: Path) -> None:
    """Raise ProblemError unless a folder may be replaced by a proposal."""
    place, start = folder.resolve(), rules.resolve()
    for taken in (SHIPPED_SEEDS.resolve(), start):
        if place == taken or taken in place.parents or place in taken.parents:
            raise ProblemError(
                f"--output {folder} would write over rule files in force ({taken}): name another "
                "folder."
            )
    if folder.exists() and (
        not folder.is_dir() or any(path.name not in PARTS for path in folder.iterdir())
    ):
        raise ProblemError(
            f"--output {folder} holds something else than an earlier proposal: name another folder."
        )


def write_output(suggestion: Suggestion, folder: Path) -> None:
    """Write the proposed rule files, the diff and the report, in place of an earlier proposal.

    The folder is there as a whole or not at all. Raises ProblemError when it holds anything else.
    """
    check_output(folder, suggestion.plan.rules)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
    earlier = folder.with_name(f"{folder.name}.{os.getpid()}.earlier")
    try:
        write_tables(suggestion.new_tables, unfinished / "rules")
        (unfinished / "changes.diff").write_text(
            difference(suggestion.old_tables, suggestion.new_tables), encoding="utf-8", newline=""
        )
        (unfinished / "report.md").write_text(page(suggestion), encoding="utf-8")
        if folder.exists():
            folder.replace(earlier)
        unfinished.replace(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(earlier, ignore_errors=True)
