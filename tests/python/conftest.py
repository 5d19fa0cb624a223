"""Fixtures for all Python tests: both engines, each test on tables of its own.

    def test_a_lead_without_activity_still_has_a_score(project):
        project.load(
            {
                "leads": [{"lead_id": "ann", "created_at": "2026-01-01", "job_title": "CEO"}],
                "activities": [
                    {"activity_id": "1", "activity_type": "email_open", "occurred_at": "2026-01-02",
                    "lead_id": "bob"}
                ],
            }
        )
        project.build("+lead_scores", vars={"scoring_date": "2026-01-31"})
        assert [row["lead_id"] for row in project.rows("lead_scores")] == ["ann"]

A test with the fixture `project` (or `target`, or `make_project`) runs once for DuckDB and once for
PostgreSQL; `pytest --target duckdb` leaves PostgreSQL out. PostgreSQL is the server in
LEAD_SCORING_POSTGRES_URL, used in schemas with random names that are dropped afterwards, else a
throwaway one. Where many builds are needed to see what does not hang on the engine, the marker
`long_on("postgres")` keeps the second engine for `scripts/test --long`: that both build the same
tables is seen by test_engines, and by the build with all data tests and unit tests before it.

`project` is new for each test. To build once for many tests, make a fixture of your own from
`make_project`:

    @pytest.fixture(scope="module")
    def built(make_project):
        project = make_project()
        project.load({...})
        project.build()
        return project
"""

from __future__ import annotations

import csv
import gc
import hashlib
import importlib.metadata
import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from lead_scoring_tools import dbt_calls, raw_tables
from lead_scoring_tools.throwaway_postgres import PostgresServer, postgres_server
from lead_scoring_tools.warehouse import (
    PROJECT_FOLDER,
    TARGETS,
    WORKING_FOLDER,
    Target,
    Warehouse,
    postgres_connection,
    quoted,
)

# Nothing may depend on where the machine stands.
os.environ["TZ"] = "Asia/Kathmandu"
time.tzset()

# As where dbt has a process of its own: see seldom_collecting.
gc.set_threshold(50_000)

Row = Mapping[str, Any]

LONG = os.environ.get("LEAD_SCORING_LONG_TESTS") == "1"

# Begun first, so that no process is left alone with one of them at the end.
LONGEST_FILES = (
    "test_scores_equal_the_reference",
    "test_incremental_equals_full_refresh",
    "test_each_rule_cell_moves_the_marts",
    "test_killed_builds",
    "test_push_scores",
    "test_history",
    "test_docs",
    "test_evidence",
    "test_engines",
    "test_run_command",
    "test_rule_faults",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--target",
        choices=TARGETS,
        action="append",
        help="run the tests on this engine only (default: on both)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "engine(name): run this test on this engine only")
    config.addinivalue_line("markers", "long: only for scripts/test --long")
    config.addinivalue_line("markers", "long_on(name): on this engine only for scripts/test --long")


def pytest_report_header(config: pytest.Config) -> str:
    packages = ("dbt-core", "dbt-duckdb", "dbt-postgres", "duckdb", "sqlfluff")
    versions = [f"{name} {importlib.metadata.version(name)}" for name in packages]
    targets = config.getoption("--target") or TARGETS
    return f"targets: {', '.join(targets)}; {', '.join(versions)}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "target" in metafunc.fixturenames:
        targets = metafunc.config.getoption("--target") or TARGETS
        only = metafunc.definition.get_closest_marker("engine")
        long_on = metafunc.definition.get_closest_marker("long_on")
        chosen = [
            target
            for target in TARGETS
            if target in targets
            and (only is None or target in only.args)
            and (LONG or long_on is None or target not in long_on.args)
        ]
        metafunc.parametrize("target", chosen, scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, and leave long tests out unless they are asked for."""

    def turn(item: pytest.Item) -> int:
        name = item.path.stem
        return LONGEST_FILES.index(name) if name in LONGEST_FILES else len(LONGEST_FILES)

    items.sort(key=turn)
    for item in items:
        if item.get_closest_marker("long") and not LONG:
            item.add_marker(pytest.mark.skip(reason="a long test"))


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole session."""
    with postgres_server() as server:
        print(f"PostgreSQL {server.version}, {server.collation}", file=sys.stderr)
        yield server


@dataclass
class Parsed:
    """What dbt read in the project's files, for all projects of this process in turn."""

    manifest: Any
    schema: str

    def in_schema(self, schema: str) -> Any:
        """Return dbt's manifest as newly parsed, with all tables in the schemas of a project."""
        manifest = self.manifest
        for nodes in (manifest.nodes, manifest.sources, manifest.unit_tests):
            for node in nodes.values():
                node.schema = node.schema.replace(self.schema, schema)
                if getattr(node, "relation_name", None):
                    node.relation_name = node.relation_name.replace(self.schema, schema)
                # an ephemeral model is to be written into its readers again
                if node.resource_type == "model":
                    node.extra_ctes_injected = False
                    node.extra_ctes = []
        self.schema = schema
        return manifest


PARSED: dict[tuple[Target, str, bool], Parsed] = {}
# A link to the rule files of the project at work: dbt keeps their paths with what it read.
SEEDS_IN_USE = WORKING_FOLDER / f"seeds_of_test_process_{os.getpid()}"


@dataclass
class Project:
    """One isolated run of the project: its own tables, rule files and dbt folders.

    `seeds` is a copy of the project's seeds folder, free to be changed: `seeds / "rules" /
    "fit_points.csv"`.
    """

    warehouse: Warehouse
    folder: Path
    variables: dict[str, Any] = field(default_factory=dict)
    # whether dbt writes its manifest and results, which takes longer than many a command
    writes_json: bool = False
    # a hash of the rule files, arguments and vars that this project was last built with
    built_rules: str = ""

    @property
    def target(self) -> Target:
        return self.warehouse.target

    @property
    def seeds(self) -> Path:
        return self.folder / "seeds"

    def load(self, source: Path | Mapping[str, Sequence[Row]]) -> None:
        """Load a folder of raw files, or rows by table: None is a null, all else becomes text.

        A table that is not named does not exist afterwards. Raises ProblemError as `scripts/run
        --data` does.
        """
        if isinstance(source, Path):
            raw_tables.load(source, self.warehouse)
            return
        folder = self.folder / "raw"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for table, rows in source.items():
            lines = [json.dumps(dict(row), ensure_ascii=False) for row in rows]
            (folder / f"{table}.jsonl").write_text("".join(f"{line}\n" for line in lines))
        raw_tables.load(folder, self.warehouse)

    def read_rules(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a rule file, such as `fit_points`."""
        (path,) = self.seeds.rglob(f"{name}.csv")
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def write_rules(self, name: str, rows: Sequence[Row]) -> None:
        """Replace a rule file, such as `fit_points`, by these rows.

        A column that a row does not name is empty.
        """
        (path,) = self.seeds.rglob(f"{name}.csv")
        with path.open(newline="", encoding="utf-8") as file:
            header = next(csv.reader(file))
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def empty_rules(self) -> None:
        """Leave only the header in every rule file. The reference files stay."""
        for path in (self.seeds / "rules").glob("*.csv"):
            self.write_rules(path.stem, [])

    def dbt(self, *arguments: str, vars: Mapping[str, Any] | None = None) -> dbt_calls.DbtResult:
        """Run a dbt command, such as `dbt("build", "--select", "stg_leads+")`, in this process.

        It raises nothing when the command fails: look at `success`, `errors`, `warnings` and
        `statuses`.
        """
        variables = {**self.variables, **(vars or {})}
        # Parsing takes longer than most commands. Of all vars, it needs where the raw tables are,
        # and whether there is a backtest; of the project, nothing but the names of its schemas.
        schema = self.warehouse.schema
        places = {
            name: str(value).replace(schema, "")
            for name, value in variables.items()
            if name.startswith("crm_")
        }
        parsed_with = (
            self.target,
            str(sorted(places.items())),
            bool(variables.get("backtest_from")),
        )
        if parsed_with not in PARSED:
            result, manifest = self._invoke(["parse"], variables)
            if not result.success:
                return result
            PARSED[parsed_with] = Parsed(manifest, schema)
        manifest = PARSED[parsed_with].in_schema(schema)
        # What follows from the rule files alone is a third of all, and mostly as it was.
        rules = self._hash_of_rules(arguments, variables)
        skips = arguments[0] == "build" and not {"--exclude", "--full-refresh"} & set(arguments)
        skipped = follows_from_seeds(manifest) if skips and rules == self.built_rules else []
        self.built_rules = ""
        result, _ = self._invoke(
            [*arguments, *(["--exclude", *skipped] if skipped else [])], variables, manifest
        )
        if result.success:
            self.built_rules = rules
        return result

    def build(self, *selected: str, vars: Mapping[str, Any] | None = None) -> dbt_calls.DbtResult:
        """Build some tables, such as "+lead_scores", or all, without data tests and unit tests.

        Whatever begins with two dashes is an option, such as "--full-refresh". The test fails when
        dbt does.
        """
        options = [word for word in selected if word.startswith("--")]
        tables = [word for word in selected if word not in options]
        result = self.dbt(
            *("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
            *options,
            *(["--select", *tables] if tables else []),
            vars=vars,
        )
        assert result.success, result.errors
        return result

    def listed(self, *selection: str) -> set[str]:
        """Return the names of all that a dbt command with this selection works on."""
        result, names = self._invoke(["list", *selection], self.variables)
        assert result.success, result.errors
        return set(names)

    def _hash_of_rules(self, arguments: Sequence[str], variables: Mapping[str, Any]) -> str:
        """Return a hash of the seeds, the arguments, and all vars but those that name a day."""
        lasting = {
            name: value
            for name, value in variables.items()
            if name != "scoring_date" and not name.startswith(("backfill_", "score_change_"))
        }
        called_with = json.dumps([arguments, lasting], sort_keys=True, default=str)
        content = hashlib.sha256(called_with.encode())
        for path in sorted(self.seeds.rglob("*")):
            if path.is_file():
                content.update(str(path.relative_to(self.seeds)).encode() + path.read_bytes())
        return content.hexdigest()

    def _invoke(
        self, arguments: list[str], variables: Mapping[str, Any], manifest: Any = None
    ) -> tuple[dbt_calls.DbtResult, Any]:
        """Run dbt in this process. Returns what it came to, and dbt's own result."""
        from dbt.cli.main import dbtRunner
        from google.protobuf.json_format import MessageToDict

        reader = dbt_calls.EventReader()

        def on_event(event: Any) -> None:
            if event.info.level != "debug":
                reader.read(MessageToDict(event, preserving_proto_field_name=True))

        command = dbt_calls.dbt_arguments(
            *("--quiet", "--log-level-file", "none", *arguments),
            *(() if self.writes_json else ("--no-write-json",)),
            variables=variables,
            folder=self.folder,
        )
        here = Path.cwd()
        SEEDS_IN_USE.unlink(missing_ok=True)
        SEEDS_IN_USE.symlink_to(self.seeds)
        with changed_environment(dbt_calls.dbt_environment(self.warehouse, SEEDS_IN_USE)):
            outcome = dbtRunner(manifest=manifest, callbacks=[on_event]).invoke(command)
        os.chdir(here)
        let_go_of_duckdb_file()
        reader.result.success = outcome.success
        if outcome.exception and not reader.result.errors:
            reader.result.errors = [dbt_calls.clean_message(str(outcome.exception))]
        return reader.result, outcome.result

    def rows(self, table: str, order_by: str | None = None) -> list[dict[str, Any]]:
        """Return all rows of a table, by its name alone.

        A mart, a model, a rule file or a raw table.
        """
        order = f" order by {order_by}" if order_by else ""
        return self.warehouse.rows(f"select * from {quoted(table)}{order}")

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a query. Tables need no schema."""
        return self.warehouse.rows(sql)

    def table_names(self) -> set[str]:
        """Return the names of all tables that are there, without their schemas."""
        return {table for _, table in self.warehouse.tables()}

    def reset(self) -> None:
        """Drop all tables, and put the rule files back as they are shipped."""
        if self.target == "duckdb":
            Path(self.warehouse.location).unlink(missing_ok=True)
        else:
            location = self.warehouse.location
            with postgres_connection(location) as connection, connection.cursor() as cursor:
                cursor.execute("set client_min_messages = warning")
                for schema in self.warehouse.schemas:
                    cursor.execute(f"drop schema if exists {quoted(schema)} cascade")
        shutil.rmtree(self.seeds, ignore_errors=True)
        shutil.copytree(PROJECT_FOLDER / "seeds", self.seeds)
        self.built_rules = ""


class ProjectPool:
    """Projects that can be used again by the next test."""

    def __init__(self) -> None:
        self._all: list[Project] = []
        self._free: list[Project] = []

    def take(self, target: Target, request: pytest.FixtureRequest) -> Project:
        """Give an empty project with the shipped rule files."""
        for project in self._free:
            if project.target == target:
                self._free.remove(project)
                return project
        name = f"lead_scoring_test_{secrets.token_hex(4)}"
        folder = WORKING_FOLDER / name
        if target == "duckdb":
            project = Project(Warehouse("duckdb", str(folder / "lead_scoring.duckdb")), folder)
        else:
            url = request.getfixturevalue("server").url
            warehouse = Warehouse("postgres", url, name, f"{name}_crm")
            project = Project(warehouse, folder, {"crm_schema": warehouse.crm_schema})
        self._all.append(project)
        project.reset()
        return project

    def give_back(self, project: Project) -> None:
        """Take a project back and empty it."""
        project.reset()
        self._free.append(project)

    def remove(self) -> None:
        """Remove every project from the disk."""
        SEEDS_IN_USE.unlink(missing_ok=True)
        for project in self._all:
            shutil.rmtree(project.folder, ignore_errors=True)


def follows_from_seeds(manifest: Any) -> list[str]:
    """Return the names of the seeds, and of the models that stand on nothing but them."""
    found: dict[str, bool] = {}

    def follows(unique_id: str) -> bool:
        if unique_id not in found:
            node = manifest.nodes.get(unique_id)
            is_seed = node is not None and node.resource_type == "seed"
            above = node.depends_on.nodes if node is not None and not is_seed else []
            found[unique_id] = is_seed or (bool(above) and all(map(follows, above)))
        return found[unique_id]

    return [
        node.name
        for unique_id, node in manifest.nodes.items()
        if node.resource_type in ("seed", "model") and follows(unique_id)
    ]


def let_go_of_duckdb_file() -> None:
    """Make dbt-duckdb close the file that it keeps open in this process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    if DuckDBConnectionManager._ENV is not None:
        DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager.close_all_connections()


@contextmanager
def changed_environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables, and put them back as they were."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def pool() -> Iterator[ProjectPool]:
    """Projects for all tests of the session."""
    pool = ProjectPool()
    yield pool
    pool.remove()


@pytest.fixture(scope="module")
def make_project(
    request: pytest.FixtureRequest, pool: ProjectPool, target: Target
) -> Iterator[Callable[..., Project]]:
    """Make as many projects as wanted. They live until the module's last test.

    `make_project()` is for the test's own engine, `make_project("postgres")` for a certain one.
    """
    taken: list[Project] = []

    def make(engine: Target = target) -> Project:
        taken.append(pool.take(engine, request))
        return taken[-1]

    yield make
    for project in taken:
        pool.give_back(project)


@pytest.fixture
def project(request: pytest.FixtureRequest, pool: ProjectPool, target: Target) -> Iterator[Project]:
    """A project of this test alone, on the test's engine."""
    project = pool.take(target, request)
    yield project
    pool.give_back(project)
