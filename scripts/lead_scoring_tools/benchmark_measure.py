"""What a process took: wall time, CPU time and peak memory, its database server's beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .problems import ProblemError
from .warehouse import PROJECT_FOLDER, Warehouse, postgres_connection

SAMPLED_EVERY = 0.2  # seconds
BYTES_A_MEGABYTE = 1024**2


@dataclass(frozen=True)
class Usage:
    """What one process took, in seconds of wall and CPU time, and megabytes at its peak.

    CPU time is that of the user and of the system, together, and of the processes that it started.
    The server's are None where there is no server, or none that can be looked at.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: float
    server_cpu_seconds: float | None = None
    server_peak_megabytes: float | None = None


class ServerWatch:
    """Looks at a PostgreSQL server's processes for as long as a block lasts.

    Whatever else the server does in that time counts, too. `cpu_seconds` and `peak_megabytes`
    (private memory of all its processes, sampled, and the shared memory once) are None when the
    server runs elsewhere, or the system has no /proc.
    """

    def __init__(self, server: int | None) -> None:
        self.cpu_seconds: float | None = None
        self.peak_megabytes: float | None = None
        self._server = server
        self._cpu_before: float | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> ServerWatch:
        """Begin to look."""
        if self._server:
            self._cpu_before = server_cpu_seconds(self._server)
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look for the last time."""
        if not self._server:
            return
        self._ended.set()
        self._thread.join()
        after = server_cpu_seconds(self._server)
        if after is not None and self._cpu_before is not None:
            self.cpu_seconds = after - self._cpu_before

    def _watch(self) -> None:
        assert self._server
        while not self._ended.wait(SAMPLED_EVERY):
            now = server_megabytes(self._server)
            if now is not None:
                self.peak_megabytes = max(now, self.peak_megabytes or 0)


def run_measured(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    server: int | None,
    read: Callable[[Iterable[str]], list[str]],
) -> tuple[int, list[str], Usage]:
    """Run a process to its end. Returns its exit code, what `read` made of its output, its usage.

    `environment` is added to this process's own. `read` gets the lines of the output and errors.
    """
    with ServerWatch(server) as watch:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=PROJECT_FOLDER,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        assert process.stdout is not None
        try:
            with process.stdout as output:
                lines = read(output)
            # unlike the total of all children, this is the process's own peak
            _, status, resources = os.wait4(process.pid, 0)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
        wall_seconds = time.perf_counter() - started
    bytes_a_unit = 1 if sys.platform == "darwin" else 1024
    usage = Usage(
        wall_seconds,
        resources.ru_utime + resources.ru_stime,
        resources.ru_maxrss * bytes_a_unit / BYTES_A_MEGABYTE,
        watch.cpu_seconds,
        watch.peak_megabytes,
    )
    return process.returncode, lines, usage


def do_work(
    name: str,
    warehouse: Warehouse,
    *,
    environment: Mapping[str, str],
    server: int | None = None,
    **arguments: Any,
) -> tuple[dict[str, Any], Usage]:
    """Do a piece of `benchmark_work` in a process of its own. Returns its answer and its usage.

    Raises ProblemError with what it said when it failed.
    """
    given = {"warehouse": vars(warehouse), **arguments}
    exit_code, lines, usage = run_measured(
        [sys.executable, "-m", "lead_scoring_tools.benchmark_work", name, json.dumps(given)],
        environment={**environment, "PYTHONPATH": str(PROJECT_FOLDER / "scripts")},
        server=server,
        read=lambda output: [line.rstrip() for line in output],
    )
    if exit_code or not lines:
        raise ProblemError(*(lines or [f"The benchmark's part {name} ended without a word."]))
    return json.loads(lines[-1]), usage


# --------------------------------------------------------------------------------------------------
# The server's processes
# --------------------------------------------------------------------------------------------------


def server_process(warehouse: Warehouse) -> int | None:
    """Return the id of the PostgreSQL server's main process, if it runs here and can be seen."""
    if warehouse.target != "postgres":
        return None
    with postgres_connection(warehouse.location) as connection, connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        backend = cursor.fetchone()[0]
        try:
            # of a server elsewhere, the number is that of nothing here, or of something else
            if not _command_line(backend).startswith("postgres:"):
                return None
            server = int(_stat(backend)[1])
            return server if "postgres" in _command_line(server) else None
        except (OSError, IndexError, ValueError):
            return None


def server_cpu_seconds(server: int) -> float | None:
    """Return the CPU time of a server up to now, connections that have ended included."""
    total = 0
    for process in _server_processes(server):
        try:
            # of itself, and of its children that have ended, each by user and by system
            total += sum(map(int, _stat(process)[11:15]))
        except (OSError, ValueError):
            if process == server:
                return None
    return total / os.sysconf("SC_CLK_TCK")


def server_megabytes(server: int) -> float | None:
    """Return the memory of a server now: private memory of its processes, and the shared one."""
    private, shared = 0, 0
    for process in _server_processes(server):
        try:
            status = Path(f"/proc/{process}/status").read_text()
        except OSError:
            continue
        values = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        private += int(values.get("RssAnon", "0").split()[0])
        shared = max(shared, int(values.get("RssShmem", "0").split()[0]))
    return (private + shared) * 1024 / BYTES_A_MEGABYTE if private else None


def _server_processes(server: int) -> list[int]:
    """Return a server's main process and its children."""
    try:
        children = Path(f"/proc/{server}/task/{server}/children").read_text()
    except OSError:
        children = ""
    return [server, *map(int, children.split())]


def _command_line(process: int) -> str:
    """Return the command line of a process. Raises OSError when there is none."""
    return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ").strip()


def _stat(process: int) -> list[str]:
    """Return what Linux tells of a process, beginning with its state. See proc(5)."""
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()


# --------------------------------------------------------------------------------------------------
# dbt's own account
# --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NodeTime:
    """When dbt worked on a seed or model: seconds since 1970."""

    resource_type: str
    name: str
    started: float
    completed: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.completed - self.started


def node_times(run_results: Mapping[str, Any]) -> list[NodeTime]:
    """Return the times of a `run_results.json`, its nodes that were skipped left out."""
    found = []
    for result in run_results["results"]:
        ends = [_seconds(part["completed_at"]) for part in result["timing"]]
        starts = [_seconds(part["started_at"]) for part in result["timing"]]
        if starts:
            resource_type, _, name = result["unique_id"].split(".")[:3]
            found.append(NodeTime(resource_type, name, min(starts), max(ends)))
    return found


def _seconds(text: str) -> float:
    """Return a time of dbt, such as 2026-06-30T05:00:00.123456Z, as seconds since 1970."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def busy_seconds(nodes: Iterable[NodeTime]) -> float:
    """Return for how long at least one of these was worked on: what overlaps counts once."""
    total = 0.0
    until = float("-inf")
    for node in sorted(nodes, key=lambda node: node.started):
        total += max(0.0, node.completed - max(node.started, until))
        until = max(until, node.completed)
    return total
