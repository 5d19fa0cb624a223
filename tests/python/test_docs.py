"""Documents cannot lie: commands work, links lead somewhere, columns and macros are as described.

README's commands are run in a copy of the project, since they leave files behind; the columns are
compared with a small build on DuckDB.
"""

from __future__ import annotations

import csv
import functools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from lead_scoring_tools import raw_tables
from lead_scoring_tools.warehouse import Warehouse
from test_docs_rules import WORKED, shown, worked_contributions, worked_example

PROJECT = Path(__file__).resolve().parents[2]


# ------------------------------------------------------------------------------------------------
# Files
# ------------------------------------------------------------------------------------------------


@functools.cache
def project_files() -> list[str]:
    """The project's files by their paths in it: what git tracks or would track.

    Without git, all that is not made by the project's own tools.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = [PROJECT / name for name in listed.stdout.split("\0") if name]
    else:
        made = {".venv", ".lead_scoring", "target", "logs", "__pycache__", ".git"}
        paths = [path for path in PROJECT.rglob("*") if not made & set(path.parts)]
    return sorted({str(path.relative_to(PROJECT)) for path in paths if path.is_file()})


def files_called(pattern: str) -> list[str]:
    return [name for name in project_files() if Path(name).match(pattern)]


def text_of(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def test_no_file_names_a_folder_of_one_machine():
    # put together, so that this file has none of them
    roots = [f"/{name}/" for name in ("work", "root", "Users", "home")]
    found = []
    for name in project_files():
        content = (PROJECT / name).read_bytes().decode("utf-8", errors="ignore")
        for number, line in enumerate(content.splitlines(), start=1):
            # a path begins there: neither a part of a longer one nor of an address
            found += [
                f"{name}, line {number}: {line.strip()[:120]}"
                for root in roots
                if re.search(rf"(?<![\w.*/-]){root}", line)
            ]
    assert not found, "\n".join(found)


SEED_ORDER: dict[str, Callable[[dict[str, str]], tuple]] = {
    "scoring_models": lambda row: (int(row["priority"]), row["scoring_model"]),
    "model_audiences": lambda row: (row["scoring_model"], row["attribute"]),
    "behaviour_categories": lambda row: (row["scoring_model"], row["category"]),
    "decay_curves": lambda row: (row["decay_curve"],),
    "decay_steps": lambda row: (row["decay_curve"], int(row["from_age_days"])),
    "score_thresholds": lambda row: (row["scoring_model"], float(row["min_score"])),
    "threshold_requirements": lambda row: (
        row["scoring_model"],
        row["threshold"],
        row["rule_id"],
    ),
    "score_segments": lambda row: (row["scoring_model"], -float(row["min_score"])),
    "score_grades": lambda row: (row["scoring_model"], row["axis"], row["grade"]),
    "email_domains": lambda row: (row["kind"], row["email_domain"]),
    "job_titles": lambda row: (int(row["priority"]),),
    "crm_fields": lambda row: (row["destination"], row["crm_property"]),
}


def order_of_rules(row: dict[str, str]) -> tuple:
    return (row["rule_id"], row["scoring_model"])


@pytest.mark.parametrize("name", files_called("seeds/*/*.csv"))
def test_seeds_are_plain_and_in_order(name):
    content = (PROJECT / name).read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf"), "a byte-order mark"
    assert b"\r" not in content
    assert content.endswith(b"\n")
    rows = list(csv.DictReader(content.decode("utf-8").splitlines()))
    assert rows == sorted(rows, key=SEED_ORDER.get(Path(name).stem, order_of_rules))


# ------------------------------------------------------------------------------------------------
# Links
# ------------------------------------------------------------------------------------------------


def without_code(text: str) -> str:
    """Markdown without its code, in which nothing is a link."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))


def anchors(text: str) -> set[str]:
    """The anchors that a page's headings get."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), re.M)
    return {
        re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("name", files_called("*.md"))
def test_links_lead_somewhere(name):
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code(text_of(name))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (PROJECT / name).parent / path if path else PROJECT / name
        if not target.exists():
            broken.append(f"{link}: no such file")
        elif anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
            broken.append(f"{link}: no such heading")
    assert not broken


# ------------------------------------------------------------------------------------------------
# README
# ------------------------------------------------------------------------------------------------

NOT_AGAIN = ("scripts/test",)  # runs this test
LIST_HEADER = "rank lead company score grade segment why"


def fenced(name: str, language: str) -> list[str]:
    """The code blocks of one language in a page."""
    return re.findall(rf"^```{language}\n(.*?)^```", text_of(name), re.S | re.M)


def readme_commands() -> list[str]:
    """The commands in README, in order, each one line."""
    lines = "".join(fenced("README.md", "bash")).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def copy_project(folder: Path) -> None:
    """Copy the project's files, with an environment that scripts take for one they made."""
    for name in project_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / name, folder / name)
    environment = folder / ".venv"
    environment.mkdir()
    for part in ("bin", "lib", "lib64", "include", "pyvenv.cfg"):
        if (Path(sys.prefix) / part).exists():
            (environment / part).symlink_to(Path(sys.prefix) / part)
    (environment / "made_in").write_text(f"{folder}\n")
    shutil.copyfile(folder / "requirements.txt", environment / "installed_requirements.txt")


@pytest.fixture(scope="module")
def readme_runs(tmp_path_factory) -> dict[str, subprocess.CompletedProcess]:
    """What each command of README came to, run one after the other in a copy of the project."""
    folder = tmp_path_factory.mktemp("readme") / "lead_scoring"
    folder.mkdir()
    folder = folder.resolve()
    copy_project(folder)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LEAD_SCORING_", "DBT_"))
    }
    runs = {}
    for command in readme_commands():
        if command not in NOT_AGAIN:
            runs[command] = subprocess.run(
                ["bash", "-c", command],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
    return runs


def test_readme_runs_the_project_in_its_first_commands():
    assert readme_commands()[:2] == ["scripts/run", "scripts/test"]


@pytest.mark.parametrize("command", [name for name in readme_commands() if name not in NOT_AGAIN])
def test_commands_in_readme_work(readme_runs, command):
    run = readme_runs[command]
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]


def plain_lines(text: str) -> list[str]:
    """The lines of a printed table without its frame and its spacing."""
    lines = [" ".join(re.sub("[\u2500-\u257f]", " ", line).split()) for line in text.splitlines()]
    return [line for line in lines if line]


def printed_list_in_readme() -> list[str]:
    lists = [
        lines for lines in map(plain_lines, fenced("README.md", "text")) if LIST_HEADER in lines
    ]
    assert len(lists) == 1, f"README has no list with the header: {LIST_HEADER}"
    return lists[0]


def test_readme_shows_the_list_before_the_first_command():
    assert printed_list_in_readme()
    text = text_of("README.md")
    assert text.index("```text") < text.index("```bash")


def test_the_list_in_readme_is_what_the_first_command_prints(readme_runs):
    shown_lines = printed_list_in_readme()
    output = readme_runs["scripts/run"].stdout
    assert "This is made-up data, scored for its last day, 2026-06-30." in output
    printed = plain_lines(output)
    # README may leave out what stands above the header
    first = printed.index(shown_lines[0])
    assert printed[first : first + len(shown_lines)] == shown_lines


def test_a_second_run_loads_nothing_and_prints_the_same_list(readme_runs):
    first, second = (
        run for command, run in readme_runs.items() if command.startswith("scripts/run")
    )
    assert "Raw tables: loaded from .lead_scoring/sample (" in first.stderr
    assert "Raw tables: already loaded from .lead_scoring/sample (" in second.stderr
    made_up = next(line for line in first.stdout.splitlines() if line.startswith("This is made-up"))
    assert second.stdout.splitlines() == [
        line for line in first.stdout.splitlines() if line != made_up
    ]


# ------------------------------------------------------------------------------------------------
# Columns
# ------------------------------------------------------------------------------------------------

# Rows for the tables that the worked example of docs/rules.md does not have.
OTHER_ROWS = {
    "opportunities": {"opportunity_id": "1", "lead_id": "dana", "created_at": "2026-06-29"},
    "campaigns": {"campaign_id": "1", "campaign_name": "June news", "cost": "10"},
    "sales_feedback": {
        "feedback_id": "1",
        "lead_id": "dana",
        "verdict": "accepted",
        "recorded_at": "2026-06-30",
    },
}


@functools.cache
def input_columns() -> dict[str, list[str]]:
    """The columns of the raw tables as docs/input_tables.md lists them."""
    found = {}
    first_chapter = text_of("docs/input_tables.md").split("\n## ")[0]
    for line in first_chapter.splitlines():
        match = re.match(r"\| `(\w+)`(?: \(optional\))? \| [\w ]+ \| (.*) \|$", line)
        if match:
            # what stands in brackets explains a column
            found[match[1]] = re.findall(r"`(\w+)\??`", re.sub(r"\([^)]*\)", "", match[2]))
    return found


@dataclass
class Build:
    """A build of the whole project on DuckDB: its tables, and what dbt knows of them."""

    warehouse: Warehouse
    manifest: dict[str, Any]

    def columns(self) -> dict[str, list[str]]:
        """The built columns of every table, by its name alone."""
        return {table: columns for (_, table), columns in self.warehouse.tables().items()}

    def columns_without_table(self) -> dict[str, list[str]]:
        """The columns of every model that is only a part of the statements that read it."""
        return {
            node["name"]: [
                row["column_name"]
                for row in self.warehouse.rows(f"describe {node['compiled_code']}")
            ]
            for node in self.manifest["nodes"].values()
            if node["resource_type"] == "model" and node["config"]["materialized"] == "ephemeral"
        }

    def described(self, folder: str) -> dict[str, dict[str, str]]:
        """The columns of the models or seeds of a folder with their descriptions."""
        return {
            node["name"]: {
                column["name"]: column["description"] for column in node["columns"].values()
            }
            for node in self.manifest["nodes"].values()
            if node["resource_type"] in ("model", "seed")
            and node["original_file_path"].startswith(folder)
        }


@pytest.fixture(scope="module")
def build(pool, request) -> Iterator[Build]:
    example = worked_example()
    given = {**{table: [row] for table, row in OTHER_ROWS.items()}, **example.raw_tables}
    project = pool.take("duckdb", request)
    project.load(
        {
            table: [{name: row.get(name) or None for name in columns} for row in given[table]]
            for table, columns in input_columns().items()
        }
    )
    project.writes_json = True
    project.build(
        vars={
            "scoring_date": str(example.scoring_date),
            "backtest_from": str(example.scoring_date - timedelta(days=90)),
            "backtest_to": str(example.scoring_date - timedelta(days=90)),
        }
    )
    project.writes_json = False
    manifest = json.loads((project.folder / "target" / "manifest.json").read_text(encoding="utf-8"))
    yield Build(project.warehouse, manifest)
    pool.give_back(project)


@pytest.mark.parametrize("folder", ["models/staging", "models/intermediate", "models/marts"])
def test_models_have_exactly_the_columns_that_are_described(build, folder):
    described = build.described(folder)
    assert described
    built = build.columns() | build.columns_without_table()
    # in the same order, so that a reader finds a column in both
    different = {
        name: {"described": list(columns), "built": built[name]}
        for name, columns in described.items()
        if list(columns) != built[name]
    }
    assert not different


def test_seeds_have_exactly_the_columns_that_are_described(build):
    described = build.described("")
    headers = {
        Path(name).stem: next(csv.reader(text_of(name).splitlines()))
        for name in files_called("seeds/*/*.csv")
    }
    assert {name: list(described[name]) for name in headers} == headers


def test_every_table_and_column_has_a_description(build):
    silent = [
        node["name"]
        for node in build.manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed") and not node["description"].strip()
    ]
    silent += [
        f"{name}.{column}"
        for name, columns in build.described("").items()
        for column, description in columns.items()
        if not description.strip()
    ]
    assert not silent


def test_every_built_table_is_a_model_a_seed_or_a_raw_table(build):
    known = set(build.described("")) | set(input_columns()) | {raw_tables.LOADED_FILES}
    assert set(build.columns()) <= known


def test_sources_name_the_columns_that_the_page_on_raw_tables_lists(build):
    listed = input_columns()
    assert sorted(listed) == sorted(table.name for table in raw_tables.RAW_TABLES)
    for source in build.manifest["sources"].values():
        named = re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", source["description"]))
        assert sorted(set(named)) == sorted(listed[source["name"]]), source["name"]
        assert source["columns"].keys() <= set(listed[source["name"]])


def test_every_published_table_is_in_readme(build):
    listed = re.findall(
        r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", text_of("README.md"), re.MULTILINE))
    )
    assert set(build.described("models/marts")) <= set(listed)


def test_the_worked_example_of_the_rules_is_what_the_project_builds(build):
    page = text_of("docs/rules.md")
    columns = ("contribution_type", "rule_id", "points", "points_before_decay", "activity_count")
    columns += ("latest_activity_at", "reason")
    built = [
        [shown(row[column]) for column in columns]
        for row in build.warehouse.rows(
            "select * from lead_score_contributions where scoring_model = 'b2b'"
        )
    ]
    told = [
        [shown(row[column]) for column in columns] for row in worked_contributions(worked_example())
    ]
    assert sorted(built) == sorted(told)
    (score,) = build.warehouse.rows("select * from lead_scores where scoring_model = 'b2b'")
    steps = WORKED.search(page)[5]
    for column in ("total_points", "uncapped_points", "score_share", "grade", "top_reasons"):
        assert f"| {shown(score[column])} |" in steps, column


# ------------------------------------------------------------------------------------------------
# Macros
# ------------------------------------------------------------------------------------------------


def macro_folders() -> list[str]:
    return sorted({Path(name).parent.name for name in files_called("macros/*/*.sql")})


@pytest.mark.parametrize("folder", macro_folders())
def test_macros_and_their_arguments_are_described(folder):
    written = {}
    for name in files_called(f"macros/{folder}/*.sql"):
        macros = re.findall(r"{%-? macro (\w+)\((.*?)\)", text_of(name))
        public = [macro for macro, _ in macros if "__" not in macro]
        assert public == [Path(name).stem], f"{name} must hold one macro of its own name"
        written |= {
            macro: [argument.split("=")[0].strip() for argument in arguments.split(",") if argument]
            for macro, arguments in macros
            if macro in public
        }
    described = yaml.safe_load(text_of(f"macros/{folder}/_{folder}.yml"))["macros"]
    assert written == {
        macro["name"]: [argument["name"] for argument in macro.get("arguments", [])]
        for macro in described
    }
    for macro in described:
        assert macro["description"].strip(), macro["name"]
        for argument in macro.get("arguments", []):
            assert argument["description"].strip(), f"{macro['name']}, {argument['name']}"
            assert argument["type"], f"{macro['name']}, {argument['name']}"
