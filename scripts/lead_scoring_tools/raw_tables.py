"""Raw files in, tables of the schema `crm` out.

Checked first, then loaded in bulk and in one transaction.
"""

from __future__ import annotations

import csv
import hashlib
import json
import mmap
import os
import re
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg2

from .problems import ProblemError
from .warehouse import (
    Warehouse,
    duckdb_connection,
    duckdb_file_problem,
    literal,
    memory_connection,
    postgres_connection,
    quoted,
)

FORMATS = (".csv", ".parquet", ".jsonl")
LOADED_FILES = "loaded_files"
# PostgreSQL cuts a longer name, and two engines would then have two names.
LONGEST_NAME = 63
# Without these, DuckDB does not tell how far a statement is.
PROGRESS = """
    set enable_progress_bar = true;
    set enable_progress_bar_print = false;
    set progress_bar_time = 0;
"""


@dataclass(frozen=True)
class RawTable:
    """What a raw table needs: its columns, and those of which one is enough."""

    name: str
    is_optional: bool
    needed: tuple[str, ...]
    one_of: tuple[str, ...] = ()


RAW_TABLES = (
    RawTable("leads", False, ("lead_id", "created_at")),
    RawTable(
        "activities", False, ("activity_id", "activity_type", "occurred_at"), ("lead_id", "email")
    ),
    RawTable("opportunities", True, ("opportunity_id", "lead_id", "created_at")),
    RawTable("campaigns", True, ("campaign_id",)),
    RawTable("sales_feedback", True, ("feedback_id", "lead_id", "verdict", "recorded_at")),
)


@dataclass(frozen=True)
class RawFile:
    """A file of one raw table, and the columns that it has: name and DuckDB type."""

    table: RawTable
    path: Path
    columns: tuple[tuple[str, str], ...]

    @property
    def reader(self) -> str:
        """Return the file as a DuckDB table function."""
        path = literal(str(self.path))
        if self.path.suffix == ".parquet":
            return f"read_parquet({path}, binary_as_string = true)"
        columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name, _ in self.columns)
        if self.path.suffix == ".jsonl":
            return f"read_json({path}, format = 'newline_delimited', columns = {{{columns}}})"
        return (
            f"read_csv({path}, header = true, auto_detect = false, strict_mode = true, "
            f"delim = ',', quote = '\"', escape = '\"', columns = {{{columns}}}, "
            "store_rejects = true, rejects_limit = 10)"
        )

    @property
    def query(self) -> str:
        """Return the SQL that reads every column, each in a type that both engines have."""
        parts = [
            f"{_expression(quoted(name), type_)} as {quoted(name)}" for name, type_ in self.columns
        ]
        return f"select {', '.join(parts)} from {self.reader}"


@dataclass(frozen=True)
class LoadedTable:
    """What a load left in the database."""

    table: str
    file: str
    row_count: int


# What a load tells while it works: the file's name, and the share that is done (None: unknown).
OnProgress = Callable[[str, float | None], None]


def load(
    folder: Path, warehouse: Warehouse, on_progress: OnProgress = lambda name, share: None
) -> tuple[list[LoadedTable], bool]:
    """Load a folder's raw files into the schema `crm`, unless just these are already there.

    Returns what is now loaded, and whether anything had to be done. Optional tables that the folder
    lacks are dropped. Raises ProblemError for everything that is wrong with the files; the database
    then is as it was.
    """
    paths = find_files(folder)
    content = {name: _content_hash(path) for name, path in paths.items()}
    loaded = loaded_before(warehouse, content)
    if loaded is not None:
        return loaded, False
    files = [inspect_file(table, paths[table.name]) for table in RAW_TABLES if table.name in paths]
    if warehouse.target == "duckdb":
        return _load_duckdb(files, content, warehouse, on_progress), True
    return _load_postgres(files, content, warehouse, on_progress), True


def find_files(folder: Path) -> dict[str, Path]:
    """Return the file of each raw table in a folder.

    Raises ProblemError: no folder, missing or doubled tables.
    """
    if not folder.is_dir():
        raise ProblemError(
            f"{folder} is not a folder: name one that holds leads and activities as .csv, .parquet "
            "or .jsonl."
        )
    problems: list[str] = []
    found: dict[str, Path] = {}
    for table in RAW_TABLES:
        paths = [p for suffix in FORMATS if (p := folder / f"{table.name}{suffix}").exists()]
        if len(paths) > 1:
            names = " and ".join(path.name for path in paths)
            problems.append(f"{folder} has {names}: keep one of them.")
        elif paths:
            found[table.name] = paths[0]
        elif not table.is_optional:
            present = ", ".join(sorted(p.name for p in folder.iterdir() if p.is_file())[:12])
            problems.append(
                f"{folder} has no {table.name}.csv, {table.name}.parquet or {table.name}.jsonl "
                f"(files found: {present or 'none'})."
            )
    if problems:
        raise ProblemError(*problems)
    return found


def inspect_file(table: RawTable, path: Path) -> RawFile:
    """Read a file's columns and check that it has what its table needs.

    Raises ProblemError when it cannot be read, lacks a needed column or, for a needed table, has no
    row.
    """
    if not path.is_file() or not os.access(path, os.R_OK):
        raise ProblemError(
            f"{path} cannot be read: it is not a file, or its permissions forbid it."
        )
    read = {".csv": _csv_columns, ".jsonl": _jsonl_columns, ".parquet": _parquet_columns}
    try:
        columns, has_rows = read[path.suffix](path)
    except duckdb.Error as error:
        raise ProblemError(_file_problem(path, str(error))) from error
    names = [name for name, _ in columns]
    problems = _name_problems(path, names)
    lower_names = {name.lower() for name in names}
    missing = [name for name in table.needed if name not in lower_names]
    if table.one_of and lower_names.isdisjoint(table.one_of):
        missing.append(" or ".join(table.one_of))
    if not has_rows and not table.is_optional:
        problems.append(f"{path} has no rows: {table.name} must not be empty.")
    elif missing and (names or has_rows):
        needed = "the needed columns" if len(missing) > 1 else "the needed column"
        problems.append(
            f"{path} lacks {needed} {', '.join(missing)} (columns found: {', '.join(names)})."
        )
    if problems:
        raise ProblemError(*problems)
    return RawFile(table, path, tuple(columns))


def loaded_before(warehouse: Warehouse, content: dict[str, str]) -> list[LoadedTable] | None:
    """Return what is loaded if it is just these files and still has its rows, else None."""
    tables = warehouse.tables()
    if (warehouse.crm_schema, LOADED_FILES) not in tables:
        return None
    crm = quoted(warehouse.crm_schema)
    rows = warehouse.rows(
        f"select table_name, file_name, row_count, content_hash from {crm}.{quoted(LOADED_FILES)}"
    )
    if {row["table_name"]: row["content_hash"] for row in rows} != content:
        return None
    expected = {(warehouse.crm_schema, row["table_name"]) for row in rows}
    raw_names = {table.name for table in RAW_TABLES}
    present = {key for key in tables if key[0] == warehouse.crm_schema and key[1] in raw_names}
    if expected != present:
        return None
    for row in rows:
        table = f"{crm}.{quoted(row['table_name'])}"
        if warehouse.rows(f"select count(*) as n from {table}")[0]["n"] != row["row_count"]:
            return None
    order = [table.name for table in RAW_TABLES]
    rows.sort(key=lambda row: order.index(row["table_name"]))
    return [LoadedTable(row["table_name"], row["file_name"], row["row_count"]) for row in rows]


# --------------------------------------------------------------------------------------------------
# ------------------- Loading ----------------------------------------------------------------------
# -----------------------------------------------


def _load_duckdb(
    files: list[RawFile], content: dict[str, str], warehouse: Warehouse, on_progress: OnProgress
) -> list[LoadedTable]:
    """Load into a DuckDB file with DuckDB's own readers."""
    path = Path(warehouse.location)
    path.parent.mkdir(parents=True, exist_ok=True)
    crm = f"warehouse.{quoted(warehouse.crm_schema)}"
    loaded: list[LoadedTable] = []
    with duckdb_connection(path) as connection:
        try:
            connection.execute(f"begin; create schema if not exists {crm}")
            relations = connection.execute(
                "select table_name, table_type from information_schema.tables "
                "where table_catalog = 'warehouse' and table_schema = ?",
                [warehouse.crm_schema],
            ).fetchall()
            for statement in _drop_sql(crm, relations):
                connection.execute(statement)
            for file in files:
                table = f"{crm}.{quoted(file.table.name)}"
                _run_with_progress(
                    connection,
                    f"create table {table} as {file.query}",
                    lambda share, name=file.path.name: on_progress(name, share),
                )
                _check_rejects(connection, file)
                counted = connection.execute(f"select count(*) from {table}").fetchall()
                loaded.append(LoadedTable(file.table.name, file.path.name, counted[0][0]))
            for statement in _loaded_files_sql(crm, loaded, content):
                connection.execute(statement)
            connection.execute("commit")
        except duckdb.Error as error:
            message = str(error)
            if len(loaded) == len(files) or "lock" in message.lower():
                raise ProblemError(duckdb_file_problem(path, message)) from error
            raise ProblemError(_file_problem(files[len(loaded)].path, message)) from error
    return loaded


def _drop_sql(crm: str, relations: list[tuple[str, str]]) -> list[str]:
    """Return what drops an earlier load, given (name, type) of all that is in the schema `crm`."""
    ours = {table.name for table in RAW_TABLES} | {LOADED_FILES}
    return [
        f"drop {'view' if kind == 'VIEW' else 'table'} {crm}.{quoted(name)}"
        for name, kind in relations
        if name in ours
    ]


def _load_postgres(
    files: list[RawFile], content: dict[str, str], warehouse: Warehouse, on_progress: OnProgress
) -> list[LoadedTable]:
    """Load into PostgreSQL: DuckDB reads, a pipe carries CSV, `copy` writes."""
    crm = quoted(warehouse.crm_schema)
    loaded: list[LoadedTable] = []
    for file in files:
        if long := [name for name, _ in file.columns if len(name.encode()) > LONGEST_NAME]:
            raise ProblemError(
                f"{file.path}: the column name {long[0]!r} is longer than the {LONGEST_NAME} bytes "
                "that PostgreSQL keeps: rename it."
            )
    reader = memory_connection()
    reader.execute(PROGRESS + "set preserve_insertion_order = false")
    try:
        with postgres_connection(warehouse.location) as connection, connection.cursor() as cursor:
            cursor.execute("set local client_min_messages = warning")
            # `if not exists` would demand the right to make schemas even when it is there
            cursor.execute("select 1 from pg_namespace where nspname = %s", [warehouse.crm_schema])
            if not cursor.fetchone():
                cursor.execute(f"create schema {crm}")
            cursor.execute(
                "select table_name, table_type from information_schema.tables "
                "where table_schema = %s",
                [warehouse.crm_schema],
            )
            for statement in _drop_sql(crm, cursor.fetchall()):
                cursor.execute(statement)
            for file in files:
                columns = ", ".join(
                    f"{quoted(name)} {_postgres_type(type_)}" for name, type_ in file.columns
                )
                name = f"{crm}.{quoted(file.table.name)}"
                cursor.execute(f"create table {name} ({columns})")
                rows = _copy(reader, cursor, file, name, on_progress)
                cursor.execute(f"analyze {name}")
                loaded.append(LoadedTable(file.table.name, file.path.name, rows))
            for statement in _loaded_files_sql(crm, loaded, content):
                cursor.execute(statement)
    except psycopg2.Error as error:
        place = files[min(len(loaded), len(files) - 1)].path
        raise ProblemError(_postgres_problem(place, error)) from error
    except duckdb.Error as error:
        place = files[min(len(loaded), len(files) - 1)].path
        raise ProblemError(_file_problem(place, str(error))) from error
    finally:
        reader.close()
    return loaded


class _CountingPipe:
    """The reading end of a pipe, for `copy`: hands out chunks and tells how far the reader is."""

    def __init__(self, descriptor: int, after_chunk: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._after_chunk = after_chunk

    def read(self, size: int) -> bytes:
        """Return the next bytes, none at the end."""
        self._after_chunk()
        return os.read(self._descriptor, max(size, 1 << 16))


def _copy(
    reader: duckdb.DuckDBPyConnection,
    cursor: Any,
    file: RawFile,
    table: str,
    on_progress: OnProgress,
) -> int:
    """Stream a file into a PostgreSQL table and return the number of rows.

    No more than a chunk is in memory.
    """
    failure: list[BaseException] = []
    with tempfile.TemporaryDirectory(prefix="lead_scoring_") as folder:
        pipe = Path(folder) / "rows.csv"
        os.mkfifo(pipe)
        # both ends are opened here, so that neither side waits for ever for the other one to come
        reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        writing = os.open(pipe, os.O_WRONLY)
        os.set_blocking(reading, True)

        def write() -> None:
            try:
                reader.execute(
                    f"copy ({file.query}) to {literal(str(pipe))} (format csv, header false)"
                )
            except BaseException as error:
                failure.append(error)
            finally:
                os.close(writing)

        writer = threading.Thread(target=write, daemon=True)

        def tell() -> None:
            on_progress(file.path.name, _share(reader))

        writer.start()
        try:
            cursor.copy_expert(
                f"copy {table} from stdin (format csv)", _CountingPipe(reading, tell), 1 << 16
            )
        except BaseException:
            reader.interrupt()
            raise
        finally:
            # a writer that waits for room gets a broken pipe, and ends
            os.close(reading)
            writer.join()
    if failure:
        raise failure[0]
    _check_rejects(reader, file)
    return cursor.rowcount


def _loaded_files_sql(crm: str, loaded: list[LoadedTable], content: dict[str, str]) -> list[str]:
    """Return the statements that note in the database which files are in it."""
    table = f"{crm}.{quoted(LOADED_FILES)}"
    values = ", ".join(
        f"({literal(t.table)}, {literal(t.file)}, {t.row_count}, {literal(content[t.table])})"
        for t in loaded
    )
    return [
        f"create table {table} "
        "(table_name text, file_name text, row_count bigint, content_hash text)",
        f"insert into {table} values {values}",
    ]


def _run_with_progress(
    connection: duckdb.DuckDBPyConnection, sql: str, on_share: Callable[[float | None], None]
) -> None:
    """Run one statement in a thread and tell how far it is. Raises what the statement raises."""
    failure: list[BaseException] = []

    def run() -> None:
        try:
            connection.execute(sql)
        except BaseException as error:
            failure.append(error)

    connection.execute(PROGRESS)
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.1)
            on_share(_share(connection))
    except BaseException:
        connection.interrupt()
        thread.join()
        raise
    if failure:
        raise failure[0]


def _share(connection: duckdb.DuckDBPyConnection) -> float | None:
    """Return how much of the running statement is done, 0 to 1, or None when DuckDB cannot say."""
    percent = connection.query_progress()
    return min(percent / 100, 1.0) if percent >= 0 else None


# --------------------------------------------------------------------------------------------------
# ------------------- Columns and types ------------------------------------------------------------
# ---------------------------------------------------------


def _csv_columns(path: Path) -> tuple[list[tuple[str, str]], bool]:
    """Return a CSV file's columns, all text, and whether it has a row.

    Raises ProblemError for an unusable header.
    """
    with path.open("rb") as raw:
        start = raw.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ProblemError(f"{path} is UTF-16, not UTF-8: save it as CSV UTF-8.")
    if at := _position_of(path, b"\0"):
        raise ProblemError(f"{path}, line {at[0]}: byte {at[1]} is a NUL character: remove it.")
    csv.field_size_limit(1 << 24)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        rows = csv.reader(text)
        try:
            header = next(rows, [])
            line = rows.line_num
            has_rows = any(row for row in rows)
        except csv.Error as error:
            raise ProblemError(
                f"{path}, line {rows.line_num}: cannot be read ({error})."
            ) from error
    if not header:
        raise ProblemError(f"{path} is empty: its first line must name the columns.")
    if unreadable := [name for name in header if "\ufffd" in name]:
        raise ProblemError(f"{path}, line {line}, column {unreadable[0]}: not UTF-8.")
    if len(header) == 1:
        for delimiter, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")):
            if delimiter in header[0]:
                raise ProblemError(
                    f"{path}, line {line}: separated by {name}: save it with commas."
                )
    return [(name, "VARCHAR") for name in header], has_rows


def _jsonl_columns(path: Path) -> tuple[list[tuple[str, str]], bool]:
    """Return all keys of a JSON lines file as text columns, and whether it has a row."""
    if (at := _position_of(path, b"\\u0000")) or (at := _position_of(path, b"\0")):
        raise ProblemError(
            _first_bad_json_line(path) or f"{path}, line {at[0]}: holds a NUL character: remove it."
        )
    objects = f"read_json_objects({literal(str(path))}, format = 'newline_delimited')"
    with memory_connection() as connection:
        row_count, object_count = connection.execute(
            f"select count(*), count(*) filter (where json_type(json) = 'OBJECT') from {objects}"
        ).fetchall()[0]
        if row_count != object_count:
            problem = _first_bad_json_line(path)
            raise ProblemError(problem or f"{path}: a line is not a JSON object.")
        keys = connection.execute(
            f"select distinct unnest(json_keys(json)) from {objects}"
        ).fetchall()
    known = {name: place for place, name in enumerate(_known_columns())}
    names = sorted((key for (key,) in keys), key=lambda name: (known.get(name, len(known)), name))
    return [(name, "VARCHAR") for name in names], row_count > 0


def _parquet_columns(path: Path) -> tuple[list[tuple[str, str]], bool]:
    """Return a Parquet file's columns with their types, and whether it has a row."""
    reader = f"read_parquet({literal(str(path))}, binary_as_string = true)"
    with memory_connection() as connection:
        columns = connection.execute(f"describe select * from {reader}").fetchall()
        row_count = connection.execute(f"select count(*) from {reader}").fetchall()[0][0]
    return [(name, type_) for name, type_, *_ in columns], row_count > 0


def _known_columns() -> list[str]:
    """Return the needed columns of all tables, which come first in a table made from JSON lines."""
    return [name for table in RAW_TABLES for name in table.needed + table.one_of]


def _name_problems(path: Path, names: list[str]) -> list[str]:
    """Say which column names cannot be kept: empty ones, and those that differ in case only."""
    problems: list[str] = []
    seen: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        if not name.strip():
            problems.append(f"{path}, line 1: column {place} has no name.")
        elif name.lower() in seen:
            problems.append(
                f"{path}, line 1: columns {seen[name.lower()]} and {place} are both called {name}."
            )
        else:
            seen[name.lower()] = place
    return problems


def _expression(column: str, type_: str) -> str:
    """Return the SQL that reads a column so that both engines get the same value from it."""
    if type_.endswith("]") or type_.startswith(("STRUCT", "MAP", "UNION", "VARIANT")):
        return f"cast(to_json({column}) as varchar)"
    if type_ == "TIMESTAMP_NS":
        # a cast would round up
        return f"make_timestamp(epoch_ns({column}) // 1000)"
    if type_ in ("TIMESTAMP_S", "TIMESTAMP_MS"):
        return f"cast({column} as timestamp)"
    if _postgres_type(type_) == "text":
        return f"cast({column} as varchar)"
    return column


def _postgres_type(type_: str) -> str:
    """Return the PostgreSQL type for a DuckDB type: text where there is no equal one."""
    if type_.startswith("DECIMAL"):
        return type_.replace("DECIMAL", "numeric")
    return {
        "BOOLEAN": "boolean",
        "TINYINT": "smallint",
        "SMALLINT": "smallint",
        "INTEGER": "integer",
        "BIGINT": "bigint",
        "UTINYINT": "smallint",
        "USMALLINT": "integer",
        "UINTEGER": "bigint",
        "UBIGINT": "numeric(20, 0)",
        "HUGEINT": "numeric(39, 0)",
        "UHUGEINT": "numeric(39, 0)",
        "FLOAT": "real",
        "DOUBLE": "double precision",
        "DATE": "date",
        "TIMESTAMP": "timestamp",
        "TIMESTAMP_S": "timestamp",
        "TIMESTAMP_MS": "timestamp",
        "TIMESTAMP_NS": "timestamp",
        "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    }.get(type_, "text")


# --------------------------------------------------------------------------------------------------
# ------------------- What is wrong, in words ------------------------------------------------------
# ---------------------------------------------------------------


def _check_rejects(connection: duckdb.DuckDBPyConnection, file: RawFile) -> None:
    """Raise ProblemError for the first line that DuckDB's CSV reader could not read."""
    if file.path.suffix != ".csv":
        return
    rejects = connection.execute(
        "select line_byte_position, column_idx, column_name, cast(error_type as varchar), "
        "error_message from reject_errors order by line_byte_position, column_idx"
    ).fetchall()
    if not rejects:
        return
    position, column, name, kind, message = rejects[0]
    place = f"{file.path}, line {_line_at(file.path, position)}"
    cells = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
    if kind == "TOO MANY COLUMNS" and cells:
        problem = f"{place}: {cells[2]} cells, but the header has {cells[1]} columns"
        problem += f" (the last one is {file.columns[-1][0]})."
    elif kind == "MISSING COLUMNS" and cells:
        problem = (
            f"{place}, column {name}: {cells[2]} cells, but the header has {cells[1]} columns."
        )
    elif kind == "UNQUOTED VALUE":
        problem = f"{place}, column {name}: a quotation mark is not closed, or not doubled."
    elif kind in ("INVALID ENCODING", "INVALID UNICODE"):
        problem = f"{place}, column {name}: not UTF-8: save the file as CSV UTF-8."
    else:
        problem = f"{place}, column {name or column}: {message.splitlines()[0]}"
    lines = len({row[0] for row in rejects})
    more = f" ({lines - 1}{' or more' if lines >= 10 else ''} more broken)" if lines > 1 else ""
    raise ProblemError(problem.removesuffix(".") + more + ".")


def _line_at(path: Path, position: int) -> int:
    """Return the number of the line in which a byte (counted from 1) stands."""
    line, left = 1, position
    with path.open("rb") as raw:
        while left > 0 and (chunk := raw.read(min(left, 1 << 20))):
            line += chunk.count(b"\n")
            left -= len(chunk)
    return line


def _position_of(path: Path, wanted: bytes) -> tuple[int, int] | None:
    """Return the line, and the byte in it, both from 1, where some bytes stand first, else None."""
    if path.stat().st_size == 0:
        return None
    with path.open("rb") as raw, mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = content.find(wanted)
        if at < 0:
            return None
        return _line_at(path, at), at - content.rfind(b"\n", 0, at)


def _file_problem(path: Path, message: str) -> str:
    """Say in a sentence why a file could not be read, from DuckDB's own message."""
    if path.suffix == ".jsonl" and (problem := _first_bad_json_line(path)):
        return problem
    if path.suffix == ".parquet" and "magic bytes" in message:
        return f"{path} is not a Parquet file, or is cut off: write it again."
    if "Permission denied" in message:
        return f"{path} cannot be read: its permissions forbid it."
    first = message.splitlines()[0]
    first = first.split(": ", 1)[-1] if re.match(r"[A-Z][\w ]+ Error: ", first) else first
    return f"{path} cannot be read: {first}"


def _first_bad_json_line(path: Path) -> str | None:
    """Say in a sentence which line of a JSON lines file is wrong, and how.

    None if Python finds none.
    """

    def refuse_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        for key in keys:
            if keys.count(key) > 1:
                raise ValueError(f"the key {key} is there twice")
        return dict(pairs)

    with path.open("rb") as raw:
        for number, line in enumerate(raw, start=1):
            if not line.strip():
                continue
            place = f"{path}, line {number}"
            try:
                text = line.decode("utf-8").rstrip()
                content = json.loads(text, object_pairs_hook=refuse_doubles)
            except UnicodeDecodeError as error:
                return f"{place}, character {error.start + 1}: not UTF-8."
            except json.JSONDecodeError as error:
                return f"{place}, character {error.pos + 1}: not JSON ({error.msg})."
            except ValueError as error:
                return f"{place}: {error}."
            if not isinstance(content, dict):
                return f"{place}: not a JSON object with the columns as keys."
            for key, value in content.items():
                if "\0" in json.dumps([key, value], ensure_ascii=False).replace("\\u0000", "\0"):
                    return f"{place}, column {key}: holds a NUL character: remove it."
    return None


def _postgres_problem(path: Path, error: psycopg2.Error) -> str:
    """Say in a sentence what PostgreSQL did not take."""
    diagnostics = error.diag
    message = diagnostics.message_primary or " ".join(str(error).split())
    where = re.search(r"line (\d+)(?:, column ([^:]+))?", diagnostics.context or "")
    if where and diagnostics.context.startswith("COPY"):
        column = f", column {where[2]}" if where[2] else ""
        return f"{path}, row {where[1]}{column}: PostgreSQL does not take it: {message}."
    hint = f" ({diagnostics.message_detail})" if diagnostics.message_detail else ""
    return f"PostgreSQL refused to load {path.name}: {message}{hint}."


def _content_hash(path: Path) -> str:
    """Return a hash of a file's name and content."""
    digest = hashlib.blake2b(path.suffix.encode(), digest_size=16)
    try:
        with path.open("rb") as raw:
            while chunk := raw.read(1 << 20):
                digest.update(chunk)
    except OSError as error:
        raise ProblemError(f"{path} cannot be read: {error.strerror}.") from error
    return digest.hexdigest()
