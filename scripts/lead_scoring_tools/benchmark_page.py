"""The benchmark's results as a section of a Markdown page, and the machine that they come from."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from .benchmark_measure import NodeTime, Usage, busy_seconds
from .warehouse import PROJECT_FOLDER, Target, Warehouse

SLOWEST_COUNT = 5
# What a result depends on: a change of it that is not committed is told.
MEASURED_PARTS = ("models", "macros", "seeds", "dbt_project.yml", "profiles.example.yml")
NEW_PAGE = """# Performance

How long the project takes. Every section is written by `scripts/benchmark.py --write`, which
replaces the section of the same engine and size: do not edit one by hand. It is no test: noise
decides nothing.

Machines of one description differ by a third and more, and one machine from hour to hour: compare
numbers of one section. How long the hand-written statement takes tells how fast the machine was.
"""
READING = """\
*Rule edit*: all leads are scored anew, and no raw row is read (the selector `rescore`).

*Models*: seconds in which at least one seed or model was being built; in the rest, dbt starts and
reads the project. *CPU*: user and system. *Peak*: the most memory of the process at one time, in MB
of 2^20 bytes."""
SERVER_READING = """\
*Server*: all processes of the PostgreSQL server together; a dash where they cannot be seen."""
ENGINE_NAMES: dict[Target, str] = {"duckdb": "DuckDB", "postgres": "PostgreSQL"}


@dataclass(frozen=True)
class StepResult:
    """What one step took, and what dbt built in it. Loading builds nothing."""

    name: str
    usage: Usage
    nodes: tuple[NodeTime, ...] = ()

    @property
    def slowest(self) -> list[NodeTime]:
        """The slowest models, the slowest first."""
        models = [node for node in self.nodes if node.resource_type == "model"]
        return sorted(models, key=lambda node: -node.seconds)[:SLOWEST_COUNT]

    def cells(self, target: Target) -> list[str]:
        """Return the row of the results' table."""
        usage = self.usage
        values = [usage.wall_seconds, busy_seconds(self.nodes) if self.nodes else None]
        values += [usage.cpu_seconds]
        cells = [self.name, *(number(value, 1) for value in values)]
        cells.append(number(usage.peak_megabytes))
        if target == "postgres":
            cells += [number(usage.server_cpu_seconds, 1), number(usage.server_peak_megabytes)]
        return cells


@dataclass(frozen=True)
class Results:
    """All that was measured on one engine and size, and under which circumstances.

    `older_activities` are those of `activities` that were put before the first ones. The seconds
    are those of the scoring alone and of the hand-written statement, None where neither was run.
    `circumstances` are words and what they say, such as machine: 2 cores.
    """

    target: Target
    leads: int
    activities: int
    older_activities: int
    new_activities: int
    steps: tuple[StepResult, ...]
    scoring_seconds: float | None
    by_hand_seconds: float | None
    circumstances: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        """The engine and the size: what tells one section of the page from another."""
        engine = ENGINE_NAMES[self.target]
        size = f"{self.leads:,} leads, {self.activities:,} activities"
        past = f", {self.older_activities:,} of them in a longer past"
        return f"{engine}: {size}{past if self.older_activities else ''}"

    @property
    def comparison(self) -> str:
        """The project's scoring beside the hand-written statement, as a sentence."""
        if self.scoring_seconds is None or self.by_hand_seconds is None:
            return "Scoring alone was not measured."
        ratio = self.scoring_seconds / max(self.by_hand_seconds, 1e-9)
        return (
            f"Scoring alone, from clean rows to lead_scores: {self.scoring_seconds:.2f} s. "
            "A hand-written statement on the same rows, the bare minimum: "
            f"{self.by_hand_seconds:.2f} s. Ratio: {ratio:.1f}."
        )


def headings(target: Target) -> list[str]:
    """Return the headings of the results' table."""
    process = ["step", "wall, s", "models, s", "CPU, s", "peak, MB"]
    return [*process, "server CPU, s", "server peak, MB"] if target == "postgres" else process


def number(value: float | None, decimals: int = 0) -> str:
    """Return a number for people, or a dash for none."""
    return "–" if value is None else f"{value:,.{decimals}f}"  # noqa: RUF001


def slowest_in_words(step: StepResult, mark: str = "") -> str:
    """Return the slowest models of a step with their seconds, names between marks."""
    return ", ".join(f"{mark}{node.name}{mark} {node.seconds:.1f}" for node in step.slowest)


# --------------------------------------------------------------------------------------------------
# The page
# --------------------------------------------------------------------------------------------------


def section(results: Results) -> str:
    """Return the results in Markdown, between the two comments that mark a section."""
    columns = headings(results.target)
    rows = [step.cells(results.target) for step in results.steps]
    slowest = [
        [step.name, slowest_in_words(step, mark="`")] for step in results.steps if step.slowest
    ]
    reading = READING + ("\n" + SERVER_READING if results.target == "postgres" else "")
    parts = [
        f"## {results.title}",
        "\n".join(f"- {word}: {what}" for word, what in results.circumstances),
        markdown_table(columns, rows, numbers=True),
        reading,
        results.comparison.replace("lead_scores", "`lead_scores`"),
        markdown_table(["step", "slowest models, s"], slowest),
    ]
    begins, ends = marks(results.title)
    return "\n\n".join([begins, *parts, ends]) + "\n"


def markdown_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = False
) -> str:
    """Return a table in Markdown. With numbers, all columns but the first are set to the right."""
    lines = ["---", *(["---:" if numbers else "---"] * (len(columns) - 1))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [columns, lines, *rows])


def marks(title: str) -> tuple[str, str]:
    """Return the comments at the begin and at the end of a section."""
    return f"<!-- benchmark of {title} -->", f"<!-- end of benchmark of {title} -->"


def with_section(page: str, title: str, new_section: str) -> str:
    """Return a page with a section in it: instead of the one with that title, else at the end.

    An empty page gets its heading first. All other text stays as it is.
    """
    begins, ends = map(re.escape, marks(title))
    old = re.compile(f"{begins}\n.*?{ends}\n?", re.DOTALL)
    if old.search(page):
        return old.sub(lambda _: new_section, page, count=1)
    before = page if page.strip() else NEW_PAGE
    return f"{before.rstrip()}\n\n{new_section}"


# --------------------------------------------------------------------------------------------------
# Circumstances
# --------------------------------------------------------------------------------------------------


def machine_in_words() -> str:
    """Return what this machine is: processor, cores, memory, system."""
    model = platform.processor() or platform.machine()
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
        model = found[1] if found else model
    except OSError:
        pass
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    parts = (model, f"{os.cpu_count()} cores", f"{gigabytes:.0f} GB of memory", platform.system())
    return ", ".join(parts)


def software_in_words(engine: str) -> str:
    """Return the versions of all that took part, the engine's given."""
    packages = ("dbt-core", "dbt-duckdb", "dbt-postgres")
    versions = [f"{name} {importlib.metadata.version(name)}" for name in packages]
    python = ".".join(map(str, sys.version_info[:3]))
    return ", ".join([engine, *versions, f"Python {python}"])


def engine_in_words(warehouse: Warehouse, memory_limit: str | None) -> tuple[str, str]:
    """Return the engine with its version, and those of its settings that matter here."""
    if warehouse.target == "duckdb":
        limit = memory_limit or "DuckDB's own memory limit"
        return f"DuckDB {duckdb.__version__}", f"{limit}, {os.cpu_count()} DuckDB threads"
    names = ("shared_buffers", "work_mem", "max_parallel_workers_per_gather", "fsync")
    settings = {
        row["name"]: row["value"]
        for row in warehouse.rows("select name, current_setting(name) as value from pg_settings")
    }
    words = ", ".join(f"{name} {settings[name]}" for name in names)
    return f"PostgreSQL {settings['server_version'].split()[0]}", words


def commit_in_words() -> str:
    """Return the commit that was measured, and whether something was changed since."""
    try:
        commit = _git("rev-parse", "--short", "HEAD")
        changed = _git("status", "--porcelain", "--", *MEASURED_PARTS)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit} with changes that are not committed" if changed else commit


def _git(*arguments: str) -> str:
    """Return what git prints. Raises CalledProcessError where there is no repository."""
    return subprocess.run(
        ["git", *arguments], cwd=PROJECT_FOLDER, capture_output=True, text=True, check=True
    ).stdout.strip()
