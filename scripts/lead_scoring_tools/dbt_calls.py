"""dbt, called so that people see what happens and what went wrong, without dbt's own chatter."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from .warehouse import PROJECT_FOLDER, WORKING_FOLDER, Warehouse, prepare_profiles

# Lines that dbt adds around a message and that tell nothing to the user of a script.
NOISE = re.compile(
    r"^\s*(> (in macro|called by) .*|compiled code at .*|LINE \d+: .*|\^+|Encountered an error:|"
    r"(Compilation|Runtime|Database|Parsing|Validation|Internal|Dependency|Catalog|dbt Usage) Error"
    r"( in .*)?:?)\s*$"
)
FAILED_ROWS = re.compile(r"Got (\d+) results?, configured to fail if")


@dataclass
class DbtResult:
    """What a dbt call came to.

    `errors` and `warnings` are sentences without dbt's headings. `statuses` has the outcome of
    every node by its name: success, pass, fail, error, skipped, warn.
    """

    success: bool = False
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> list[str]:
        """Return the names of the nodes that failed, sorted."""
        return sorted(name for name, status in self.statuses.items() if status in ("error", "fail"))


def seldom_collecting(module: str) -> tuple[str, ...]:
    """Return the command that calls `cli` of a Python module, less often stopped for garbage.

    dbt and sqlfluff make many objects and drop few: to look less often for those that nobody holds
    saves a tenth of dbt's run on the sample, and a quarter of sqlfluff's.
    """
    return (
        sys.executable,
        "-c",
        f"import gc; gc.set_threshold(50_000); from {module} import cli; cli()",
    )


# `python -m dbt.cli.main` warns that it is imported twice.
DBT = seldom_collecting("dbt.cli.main")

# DuckDB gives memory back to the system within a second, and asks for it again for the next model.
# Keeping it for half a minute saves a twentieth of a run, and costs about a gigabyte.
MEMORY_KEPT = "dirty_decay_ms:30000,muzzy_decay_ms:30000"

# Called with what dbt is doing, the number of the step, and the number of all steps.
OnStep = Callable[[str, int, int], None]


class EventReader:
    """Turns dbt's structured log into a DbtResult."""

    def __init__(self, on_step: OnStep = lambda words, index, total: None) -> None:
        self.result = DbtResult()
        self._on_step = on_step

    def read(self, event: Mapping[str, Any]) -> None:
        """Take one event: {"info": {"name", "level", "msg"}, "data": {...}}."""
        info, data = event["info"], event.get("data", {})
        node = data.get("node_info") or {}
        name = info["name"]
        if name == "LogStartLine":
            step = step_in_words(node.get("resource_type", ""), node.get("node_name", ""))
            self._on_step(step, int(data["index"]), int(data["total"]))
        elif name in ("LogModelResult", "LogSeedResult", "LogTestResult", "LogSnapshotResult"):
            self.result.statuses[node.get("node_name", "")] = node.get("node_status", "")
        elif name == "SkippingDetails":
            self.result.statuses[node.get("node_name", "")] = "skipped"
        elif name in ("RunResultError", "MainEncounteredError"):
            message = data.get("msg") or data.get("exc") or info["msg"]
            self._add(self.result.errors, error_in_words(message, node.get("node_name", "")))
        elif name in ("RunResultFailure", "RunResultWarning"):
            pass
        elif info["level"] == "warn":
            self._add(self.result.warnings, clean_message(info["msg"]))

    @staticmethod
    def _add(messages: list[str], message: str) -> None:
        if message and message not in messages:
            messages.append(message)


def step_in_words(resource_type: str, name: str) -> str:
    """Return what dbt does with a node, for people."""
    verbs = {"seed": "reading", "model": "building", "test": "checking", "unit_test": "checking"}
    return f"{verbs.get(resource_type, 'doing')} {name}"


def clean_message(message: str) -> str:
    """Return a message of dbt without its headings, traces and colours."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", message)
    lines = [line.rstrip() for line in plain.splitlines() if not NOISE.match(line)]
    first, *rest = [line for line in lines if line.strip()] or [""]
    return "\n".join([first.strip(), *textwrap.dedent("\n".join(rest)).splitlines()])


def error_in_words(message: str, node: str) -> str:
    """Return an error of dbt as one or more sentences."""
    if failed := FAILED_ROWS.search(message):
        rows = "1 row" if failed[1] == "1" else f"{failed[1]} rows"
        return f"The check {node} failed: it found {rows} that must not be there."
    cleaned = clean_message(message)
    if re.search(r"^\s*Compilation Error", message) or not node:
        return cleaned
    return f"{node}: {cleaned}"


def dbt_environment(
    warehouse: Warehouse, seeds_folder: Path | None = None, scoring_date: date | None = None
) -> dict[str, str]:
    """Return the environment variables for a dbt call.

    `seeds_folder` must be inside the project. The scoring date stands here rather than among the
    vars since dbt reads the whole project anew when a var is another one than before.
    """
    environment = {
        **warehouse.environment,
        "DBT_PROFILES_DIR": str(prepare_profiles()),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "LEAD_SCORING_DATE": str(scoring_date or ""),
        "DUCKDB_JE_MALLOC_CONF": os.environ.get("DUCKDB_JE_MALLOC_CONF", MEMORY_KEPT),
    }
    if seeds_folder:
        environment["LEAD_SCORING_SEED_PATH"] = str(seeds_folder.relative_to(PROJECT_FOLDER))
    return environment


def dbt_arguments(
    *arguments: str, variables: Mapping[str, Any], folder: Path = WORKING_FOLDER
) -> list[str]:
    """Return the whole command line of a dbt call, whose own files go to `folder`."""
    return [
        *arguments,
        *("--project-dir", str(PROJECT_FOLDER)),
        *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
        *("--vars", json.dumps(dict(variables))),
        "--no-use-colors",
    ]


def run_dbt(
    *arguments: str,
    warehouse: Warehouse,
    variables: Mapping[str, Any],
    scoring_date: date,
    seeds_folder: Path | None = None,
    on_step: OnStep = lambda words, index, total: None,
) -> DbtResult:
    """Run dbt as a process of its own, and return what it came to.

    It raises nothing for a failed run.
    """
    reader = EventReader(on_step)
    with subprocess.Popen(
        [*DBT, "--log-format", "json", *dbt_arguments(*arguments, variables=variables)],
        cwd=PROJECT_FOLDER,
        env={**os.environ, **dbt_environment(warehouse, seeds_folder, scoring_date)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        other = read_lines(process.stdout, reader)
    reader.result.success = process.returncode == 0
    if not reader.result.success and not reader.result.errors:
        reader.result.errors = [clean_message("\n".join(other)) or "dbt stopped without a word."]
    return reader.result


def read_lines(lines: Iterable[str], reader: EventReader) -> list[str]:
    """Give dbt's output to the reader, and return the lines that are not events."""
    other: list[str] = []
    for line in lines:
        try:
            event = json.loads(line)
            reader.read(event)
        except (json.JSONDecodeError, KeyError, TypeError):
            other.append(line.rstrip())
    return other
