"""The database that holds the raw tables and gets the published ones.

A DuckDB file or a PostgreSQL server.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb
import psycopg2
from psycopg2.extensions import parse_dsn

from .problems import ProblemError

PROJECT_FOLDER = Path(__file__).resolve().parents[2]
WORKING_FOLDER = PROJECT_FOLDER / ".lead_scoring"

Target = Literal["duckdb", "postgres"]
TARGETS: tuple[Target, ...] = ("duckdb", "postgres")


def quoted(name: str) -> str:
    """Return a table, schema or column name as SQL, on either engine."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL, on either engine."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class Session:
    """Statements in one transaction, written alike for both engines: `?` is a parameter."""

    target: Target
    cursor: Any

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement."""
        if self.target == "postgres" and parameters:
            sql = sql.replace("?", "%s")
        # without parameters, psycopg2 leaves a percent sign as it is
        self.cursor.execute(sql, list(parameters) or None)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Run one query and return its rows."""
        self.run(sql, parameters)
        names = [column[0] for column in self.cursor.description]
        return [dict(zip(names, row, strict=True)) for row in self.cursor.fetchall()]


@dataclass(frozen=True)
class Warehouse:
    """One database and the schemas to use in it.

    `location` is the path of the DuckDB file or the URL of the PostgreSQL database. The published
    tables are in `schema`, the rule files in `<schema>_rules`, all other models in
    `<schema>_working`, the raw tables in `crm_schema`.
    """

    target: Target
    location: str
    schema: str = "lead_scoring"
    crm_schema: str = "crm"

    @classmethod
    def from_environment(
        cls, target: Target, schema: str | None = None, crm_schema: str = "crm"
    ) -> Warehouse:
        """Return the warehouse that the environment variables of `profiles.example.yml` name.

        Raises ProblemError when the PostgreSQL URL is missing or cannot be read, or a name cannot
        be a schema's.
        """
        schema = schema or os.environ.get("LEAD_SCORING_SCHEMA") or "lead_scoring"
        for name in (schema, crm_schema):
            if not re.fullmatch(r"[a-z_][a-z0-9_]{0,49}", name):
                raise ProblemError(
                    f"{name!r} cannot be the name of a schema: use lower-case letters, digits "
                    "and _, at most 50."
                )
        if target == "duckdb":
            path = os.environ.get("LEAD_SCORING_DUCKDB_PATH")
            location = Path(path) if path else PROJECT_FOLDER / "lead_scoring.duckdb"
            return cls(target, str(location.absolute()), schema, crm_schema)
        url = os.environ.get("LEAD_SCORING_POSTGRES_URL", "")
        example = "postgresql://user:password@host:5432/database"
        if not url:
            raise ProblemError(
                f"LEAD_SCORING_POSTGRES_URL is not set: set it to {example}.",
                "To try it without a server: scripts/with_postgres scripts/run --target postgres",
            )
        try:
            parts = parse_dsn(url) if re.match(r"postgres(ql)?://", url) else {}
        except psycopg2.Error:
            parts = {}
        if not parts.get("dbname"):
            raise ProblemError(
                "LEAD_SCORING_POSTGRES_URL is not a URL with a database's name in it, such as "
                f"{example}."
            )
        return cls(target, url, schema, crm_schema)

    @property
    def schemas(self) -> list[str]:
        """All schemas that belong to this warehouse, published tables first."""
        return [self.schema, f"{self.schema}_working", f"{self.schema}_rules", self.crm_schema]

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which dbt finds this warehouse."""
        place = (
            "LEAD_SCORING_DUCKDB_PATH" if self.target == "duckdb" else "LEAD_SCORING_POSTGRES_URL"
        )
        return {
            "LEAD_SCORING_TARGET": self.target,
            "LEAD_SCORING_SCHEMA": self.schema,
            place: self.location,
        }

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Run one query and return its rows. A table's name needs no schema.

        Raises duckdb.Error or psycopg2.Error when the query is wrong, ProblemError when there is no
        connection.
        """
        with self.session(read_only=True) as session:
            return session.rows(sql)

    @contextmanager
    def session(self, *, read_only: bool = False) -> Iterator[Session]:
        """Open one transaction: committed at the end, undone on an error. Tables need no schema.

        Hold it shortly: while it is open, no other process can open the same DuckDB file. Raises
        ProblemError when there is no connection.
        """
        if self.target == "duckdb":
            with duckdb_connection(Path(self.location), read_only=read_only) as connection:
                present = {
                    name
                    for (name,) in connection.execute(
                        "select schema_name from duckdb_schemas() where database_name = 'warehouse'"
                    ).fetchall()
                }
                path = ",".join(f"warehouse.{name}" for name in self.schemas if name in present)
                if path:
                    connection.execute(f"set search_path = {literal(path)}")
                connection.begin()
                yield Session(self.target, connection)
                connection.commit()
        else:
            with postgres_connection(self.location) as connection, connection.cursor() as cursor:
                cursor.execute("set search_path to " + ", ".join(map(quoted, self.schemas)))
                yield Session(self.target, cursor)

    def tables(self) -> dict[tuple[str, str], list[str]]:
        """Return the columns of every table in this warehouse's schemas, by (schema, table)."""
        if self.target == "duckdb" and not Path(self.location).exists():
            return {}
        catalog = "table_catalog = 'warehouse' and " if self.target == "duckdb" else ""
        found: dict[tuple[str, str], list[str]] = {}
        for row in self.rows(
            "select table_schema, table_name, column_name from information_schema.columns where "
            f"{catalog} table_schema in ({', '.join(map(literal, self.schemas))}) "
            "order by table_schema, table_name, ordinal_position"
        ):
            found.setdefault((row["table_schema"], row["table_name"]), []).append(
                row["column_name"]
            )
        return found


def memory_connection(settings: dict[str, str] | None = None) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB without a file that reads times as UTC and fetches no extensions."""
    config = {"autoinstall_known_extensions": "false", **(settings or {})}
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("set TimeZone = 'UTC'")
    return connection


@contextmanager
def duckdb_connection(
    path: Path, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB file as the catalog `warehouse`, as `profiles.example.yml` does.

    A file made here can be opened by DuckDB 1.4. Raises ProblemError when the file is in use or is
    not DuckDB's.
    """
    settings = {"storage_compatibility_version": "v1.4.0"}
    for setting in ("memory_limit", "temp_directory"):
        if value := os.environ.get(f"LEAD_SCORING_{setting.upper()}"):
            settings[setting] = value
    settings.setdefault("temp_directory", f"{path}.tmp")
    connection = memory_connection(settings)
    try:
        try:
            option = " (read_only)" if read_only else ""
            connection.execute(f"attach {literal(str(path))} as warehouse{option}")
        except duckdb.Error as error:
            raise ProblemError(duckdb_file_problem(path, str(error))) from error
        yield connection
    finally:
        connection.close()


def duckdb_file_problem(path: Path, message: str) -> str:
    """Say in a sentence why a DuckDB file could not be opened, from DuckDB's own message."""
    if "lock" in message.lower():
        holder = re.search(r"held in (\S+) \(PID (\d+)\)", message)
        who = f" by process {holder.group(2)}" if holder else ""
        return f"{path} is in use{who}: close the program that has it open, then run again."
    if "No such file or directory" in message or not path.parent.is_dir():
        return f"{path} cannot be made or opened: is its folder there?"
    if "newer version" in message:
        return f"{path} was made by a newer DuckDB than {duckdb.__version__}: name another file."
    if "not a valid DuckDB" in message:
        return f"{path} is not a DuckDB file: name another one in LEAD_SCORING_DUCKDB_PATH."
    return f"{path} cannot be opened: {message.splitlines()[0]}"


@contextmanager
def postgres_connection(url: str) -> Iterator[Any]:
    """Open one PostgreSQL transaction: committed at the end, rolled back on an error.

    Raises ProblemError when the server does not answer.
    """
    try:
        connection = psycopg2.connect(url, connect_timeout=10)
    except psycopg2.Error as error:
        reason = " ".join(str(error).split())
        raise ProblemError(f"No connection to LEAD_SCORING_POSTGRES_URL: {reason}") from error
    try:
        connection.set_client_encoding("UTF8")
        with connection:
            yield connection
    finally:
        connection.close()


def prepare_profiles() -> Path:
    """Copy `profiles.example.yml` to a folder for DBT_PROFILES_DIR, and return that."""
    folder = WORKING_FOLDER / "profiles"
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"profiles.yml.{os.getpid()}.{threading.get_ident()}"
    shutil.copyfile(PROJECT_FOLDER / "profiles.example.yml", unfinished)
    unfinished.replace(folder / "profiles.yml")
    return folder
