"""Rule files as files: which there are, whether they can be read, and a copy that dbt may read.

What the rules in them say is checked by dbt (`int_rule_faults`), on every way to run the project.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import os
import shutil
from pathlib import Path

from .problems import ProblemError
from .warehouse import PROJECT_FOLDER, WORKING_FOLDER

RULE_FILES = (
    "scoring_models",
    "model_audiences",
    "fit_points",
    "negative_attributes",
    "behaviour_points",
    "behaviour_categories",
    "decay_curves",
    "decay_steps",
    "score_thresholds",
    "threshold_requirements",
    "score_segments",
    "score_grades",
)
REFERENCE_FILES = ("email_domains", "job_titles")
NEEDED_FILE = "scoring_models"

SHIPPED_SEEDS = PROJECT_FOLDER / "seeds"
COPIED_SEEDS = WORKING_FOLDER / "seeds"

SEPARATORS = ((";", "semicolons"), ("\t", "tabs"))


def prepare_seeds(rules_folder: Path | None, copy: Path = COPIED_SEEDS) -> Path:
    """Check the rule files and return the seeds folder for dbt.

    Without a folder that is the project's own. With one, the shipped seeds are copied inside the
    project, the folder's files take the place of theirs, and a rule file that it lacks has no rows:
    dbt must never read files outside the project in place, since it writes over them.

    Raises ProblemError for all that is wrong, at once; then nothing has been copied.
    """
    if rules_folder is None:
        check_files(sorted(SHIPPED_SEEDS.rglob("*.csv")))
        return SHIPPED_SEEDS
    given = find_rule_files(rules_folder)
    check_files(list(given.values()))
    copy.parent.mkdir(parents=True, exist_ok=True)
    unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(SHIPPED_SEEDS, unfinished)
    for name in RULE_FILES + REFERENCE_FILES:
        (target,) = unfinished.rglob(f"{name}.csv")
        if name in given:
            shutil.copyfile(given[name], target)
        elif name in RULE_FILES:
            header = target.read_text(encoding="utf-8").splitlines()[0]
            target.write_text(f"{header}\n", encoding="utf-8")
    shutil.rmtree(copy, ignore_errors=True)
    unfinished.replace(copy)
    return copy


def find_rule_files(folder: Path) -> dict[str, Path]:
    """Return the rule and reference files of a folder by name.

    Raises ProblemError: no folder, no scoring_models.csv, or a CSV file with an unknown name.
    """
    if not folder.is_dir():
        raise ProblemError(f"{folder} is not a folder: name one that holds rule files.")
    known = RULE_FILES + REFERENCE_FILES
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv")
    problems: list[str] = []
    for path in paths:
        if path.name not in [f"{name}.csv" for name in known]:
            nearest = difflib.get_close_matches(path.stem.lower(), known, n=1, cutoff=0.6)
            hint = (
                f"did you mean {nearest[0]}.csv?" if nearest else f"known are {', '.join(known)}."
            )
            problems.append(f"{path} is not a rule file: {hint}")
    if not (folder / f"{NEEDED_FILE}.csv").is_file():
        inside = folder / "rules"
        nested = (inside / f"{NEEDED_FILE}.csv").is_file()
        hint = f"did you mean {inside}?" if nested else "it says which models there are."
        problems.append(f"{folder} has no {NEEDED_FILE}.csv: {hint}")
    if problems:
        raise ProblemError(*problems)
    return {path.stem: path for path in paths}


def check_files(paths: list[Path]) -> None:
    """Raise one ProblemError with everything that makes one of these files unreadable."""
    problems = [problem for path in paths for problem in file_problems(path)]
    if problems:
        raise ProblemError(*problems)


def file_problems(path: Path) -> list[str]:
    """Return a sentence for each thing that makes a CSV file unreadable. Rows count from 1."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return [f"{path} cannot be read: {error.strerror}."]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [f"{path} is UTF-16, not UTF-8: save it as CSV UTF-8."]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, byte = position(content, error.start)
        return [f"{path}, line {line}, byte {byte}: not UTF-8: save it as CSV UTF-8."]
    if "\0" in text:
        line, byte = position(content, content.index(b"\0"))
        return [f"{path}, line {line}, byte {byte}: a NUL character: remove it."]
    if not text.strip():
        return [f"{path} is empty: its first row must name the columns."]
    return mark_problems(path, content) + row_problems(path, text)


def mark_problems(path: Path, content: bytes) -> list[str]:
    """Return a sentence when a file begins with a byte-order mark (BOM)."""
    if not content.startswith(codecs.BOM_UTF8):
        return []
    return [f"{path} begins with a byte-order mark: save it as UTF-8 without one (without BOM)."]


def row_problems(path: Path, text: str) -> list[str]:
    """Return a sentence for each row that cannot be told into columns."""
    rows = csv.reader(text.splitlines(keepends=True), strict=True)
    problems: list[str] = []
    header: list[str] = []
    number = 0
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return problems
        except csv.Error:
            problem = "a quotation mark is not closed, or not doubled inside a quoted text."
            return [*problems, f"{path}, row {number}: {problem}"]
        if number == 1:
            header = cells
            problems += header_problems(path, header)
        elif len(cells) > len(header) and len(header) > 1:
            problems.append(
                f"{path}, row {number}: {len(cells)} cells, but the header has {len(header)} "
                "columns: a text with a comma in it needs quotation marks around it."
            )


def header_problems(path: Path, header: list[str]) -> list[str]:
    """Return a sentence for each thing that is wrong with the form of a header."""
    problems: list[str] = []
    if len(header) == 1:
        for separator, name in SEPARATORS:
            if separator in header[0]:
                problems.append(f"{path}: separated by {name}: save it with commas.")
    for place, name in enumerate(header, start=1):
        if not name.strip():
            problems.append(f"{path}, row 1: column {place} has no name.")
        elif name in header[: place - 1]:
            problems.append(f"{path}, row 1: the column {name} is there twice.")
    return problems


def position(content: bytes, at: int) -> tuple[int, int]:
    """Return the line, and the byte in that line, both from 1, of a place in a file."""
    return content.count(b"\n", 0, at) + 1, at - content.rfind(b"\n", 0, at)
