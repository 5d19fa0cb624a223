"""Raw files become tables as they are, or nothing changes and a sentence says why."""

from __future__ import annotations

import datetime
import decimal
from pathlib import Path

import duckdb
import pytest
from lead_scoring_tools import raw_tables
from lead_scoring_tools.problems import ProblemError
from lead_scoring_tools.warehouse import quoted

LEADS = "lead_id,created_at,email\nann,2026-01-01,ann@example.com\nbob,2026-01-02,\n"
ACTIVITIES = "activity_id,activity_type,occurred_at,lead_id\n1,email_open,2026-01-03,ann\n"


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Make a folder that holds just these files."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, content in files.items():
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def test_csv_cells_arrive_as_text_and_columns_keep_their_names(project, tmp_path):
    leads = (
        'lead_id,created_at,Budget (EUR),select,"last, first"\r\n'
        '007,2026-01-01,1.50,yes,"Müller, ""Jo"""\r\n'
        ' x ,,,"",two\r\n'
    )
    folder = write(tmp_path / "raw", {"leads.csv": leads, "activities.csv": ACTIVITIES})
    project.load(folder)
    assert project.rows("leads", order_by="lead_id desc") == [
        {
            "lead_id": "007",
            "created_at": "2026-01-01",
            "Budget (EUR)": "1.50",
            "select": "yes",
            "last, first": 'Müller, "Jo"',
        },
        {
            "lead_id": " x ",
            "created_at": None,
            "Budget (EUR)": None,
            "select": None,
            "last, first": "two",
        },
    ]


def test_a_quoted_cell_may_hold_line_breaks_and_the_file_a_byte_order_mark(project, tmp_path):
    leads = (
        b'\xef\xbb\xbf"lead_id",created_at,note\nann,2026-01-01,"one\n\ntwo"\n\nbob,2026-01-02,\n'
    )
    project.load(write(tmp_path / "raw", {"leads.csv": leads, "activities.csv": ACTIVITIES}))
    assert project.rows("leads", order_by="lead_id") == [
        {"lead_id": "ann", "created_at": "2026-01-01", "note": "one\n\ntwo"},
        {"lead_id": "bob", "created_at": "2026-01-02", "note": None},
    ]


def test_json_lines_have_every_key_of_every_line_as_text(project, tmp_path):
    leads = (
        '{"lead_id": "ann", "created_at": "2026-01-01"}\n'
        "\n"
        '{"created_at": null, "lead_id": 7, "is_vip": true, "tags": ["a", {"b": 1}], '
        '"é": "\\u00fc"}\n'
    )
    project.load(write(tmp_path / "raw", {"leads.jsonl": leads, "activities.csv": ACTIVITIES}))
    assert project.rows("leads", order_by="lead_id desc") == [
        {"lead_id": "ann", "created_at": "2026-01-01", "is_vip": None, "é": None, "tags": None},
        {
            "lead_id": "7",
            "created_at": None,
            "is_vip": "true",
            "é": "ü",
            "tags": '["a",{"b":1}]',
        },
    ]


def test_parquet_columns_keep_their_types(project, tmp_path):
    folder = write(tmp_path / "raw", {"activities.csv": ACTIVITIES})
    duckdb.sql(
        "copy (select 7::integer as lead_id, timestamp '2026-01-01 10:20:30.123456' as created_at, "
        "'ann@example.com' as email, 12.345::decimal(12, 3) as budget, 0.1::double as share, "
        "date '2026-02-03' as signed_on, true as is_vip, 12345678901234567890::ubigint as big, "
        "timestamp_ns '2026-01-01 10:20:30.123456789' as fine, ['a', 'b'] as tags, "
        "null::varchar as nothing, '' as blank) "
        f"to '{folder}/leads.parquet'"
    )
    project.load(folder)
    assert project.rows("leads") == [
        {
            "lead_id": 7,
            "created_at": datetime.datetime(2026, 1, 1, 10, 20, 30, 123456),
            "email": "ann@example.com",
            "budget": decimal.Decimal("12.345"),
            "share": 0.1,
            "signed_on": datetime.date(2026, 2, 3),
            "is_vip": True,
            "big": 12345678901234567890,
            "fine": datetime.datetime(2026, 1, 1, 10, 20, 30, 123456),
            "tags": '["a","b"]',
            "nothing": None,
            "blank": "",
        }
    ]


def test_a_moment_with_a_zone_is_the_same_moment_on_both_engines(project, tmp_path):
    folder = write(tmp_path / "raw", {"activities.csv": ACTIVITIES})
    duckdb.sql(
        "copy (select 'ann' as lead_id, timestamptz '2026-01-01 10:00:00+02' as created_at) "
        f"to '{folder}/leads.parquet'"
    )
    project.load(folder)
    (row,) = project.rows("leads")
    moment = datetime.datetime(2026, 1, 1, 8, tzinfo=datetime.timezone.utc)
    assert row["created_at"] == moment


def test_an_optional_table_that_a_folder_lacks_is_gone_after_the_load(project, tmp_path):
    campaigns = "campaign_id,cost\nspring,100\n"
    files = {"leads.csv": LEADS, "activities.csv": ACTIVITIES}
    project.load(write(tmp_path / "raw", {**files, "campaigns.csv": campaigns}))
    assert project.rows("campaigns") == [{"campaign_id": "spring", "cost": "100"}]
    project.load(write(tmp_path / "raw", files))
    assert project.table_names() == {"leads", "activities", "loaded_files"}


def test_other_tables_of_the_schema_are_left_alone(project, tmp_path):
    folder = write(tmp_path / "raw", {"leads.csv": LEADS, "activities.csv": ACTIVITIES})
    project.load(folder)
    add_table(project, "accounts")
    project.load(write(folder, {"leads.csv": LEADS + "eve,,\n", "activities.csv": ACTIVITIES}))
    assert project.rows("accounts") == [{"account_id": 1}]


def test_files_that_are_loaded_already_are_not_loaded_again(project, tmp_path):
    folder = write(tmp_path / "raw", {"leads.csv": LEADS, "activities.csv": ACTIVITIES})
    expected = [
        raw_tables.LoadedTable("leads", "leads.csv", 2),
        raw_tables.LoadedTable("activities", "activities.csv", 1),
    ]
    assert raw_tables.load(folder, project.warehouse) == (expected, True)
    assert raw_tables.load(folder, project.warehouse) == (expected, False)


def test_a_changed_file_is_loaded_again_even_with_the_same_size_and_time(project, tmp_path):
    folder = write(tmp_path / "raw", {"leads.csv": LEADS, "activities.csv": ACTIVITIES})
    project.load(folder)
    write(folder, {"leads.csv": LEADS.replace("bob", "eve"), "activities.csv": ACTIVITIES})
    assert raw_tables.load(folder, project.warehouse)[1]
    assert {row["lead_id"] for row in project.rows("leads")} == {"ann", "eve"}


def test_a_table_that_has_lost_rows_is_loaded_again(project, tmp_path):
    folder = write(tmp_path / "raw", {"leads.csv": LEADS, "activities.csv": ACTIVITIES})
    project.load(folder)
    execute(project, f"delete from {crm(project)}.leads where lead_id = 'bob'")
    project.load(folder)
    assert len(project.rows("leads")) == 2


def test_many_rows_are_loaded_whole_and_progress_is_told(project, tmp_path):
    folder = write(tmp_path / "raw", {"leads.csv": LEADS})
    duckdb.sql(
        "copy (select i as activity_id, 'page_view' as activity_type, "
        "'2026-01-01 00:00:00' as occurred_at, 'ann' as lead_id, "
        "repeat('x', 40) || chr(10) || '\",' as asset from range(300000) as rows(i)) "
        f"to '{folder}/activities.csv' (header)"
    )
    told: list[tuple[str, float | None]] = []
    loaded, _ = raw_tables.load(
        folder, project.warehouse, lambda file, share: told.append((file, share))
    )
    assert [(table.table, table.row_count) for table in loaded] == [
        ("leads", 2),
        ("activities", 300_000),
    ]
    (found,) = project.query(
        "select count(distinct activity_id) as rows_found, min(asset) as asset from activities"
    )
    assert found == {"rows_found": 300_000, "asset": "x" * 40 + '\n",'}
    # a file of two rows is loaded before there is anything to tell
    assert "activities.csv" in {file for file, _ in told} <= {"leads.csv", "activities.csv"}
    shares = [share for file, share in told if file == "activities.csv" and share is not None]
    assert shares == sorted(shares)


# what is in the folder instead of the good files (None: no such file), and the sentence
BROKEN = {
    "no_leads": ({"leads.csv": None}, "has no leads.csv, leads.parquet or leads.jsonl"),
    "no_activities": ({"activities.csv": None}, "has no activities.csv"),
    "two_formats": ({"leads.jsonl": "{}"}, "has leads.csv and leads.jsonl: keep one of them."),
    "empty_file": ({"leads.csv": ""}, "leads.csv is empty: its first line must name the columns."),
    "header_only": (
        {"leads.csv": "lead_id,created_at\n"},
        "leads.csv has no rows: leads must not be empty.",
    ),
    "no_activity_rows": (
        {"activities.csv": ACTIVITIES.splitlines()[0] + "\n"},
        "activities.csv has no rows: activities must not be empty.",
    ),
    "no_lines": (
        {"leads.csv": None, "leads.jsonl": "\n"},
        "leads.jsonl has no rows: leads must not be empty.",
    ),
    "missing_column": (
        {"leads.csv": "id,created_at\n1,2026-01-01\n"},
        "leads.csv lacks the needed column lead_id (columns found: id, created_at).",
    ),
    "missing_columns": (
        {"activities.csv": "activity_id,asset\n1,x\n"},
        "lacks the needed columns activity_type, occurred_at, lead_id or email "
        "(columns found: activity_id, asset).",
    ),
    "missing_optional_column": (
        {"opportunities.csv": "opportunity_id,lead_id\n1,ann\n"},
        "opportunities.csv lacks the needed column created_at",
    ),
    "too_many_cells": (
        {"leads.csv": LEADS + "eve,2026-01-03,e@x.com,more\n"},
        "leads.csv, line 4: 4 cells, but the header has 3 columns (the last one is email).",
    ),
    "too_few_cells": (
        {"leads.csv": LEADS + '"e\nv\ne",2026-01-03,\nfay,2026-01-04\n'},
        "leads.csv, line 7, column email: 2 cells, but the header has 3 columns.",
    ),
    "open_quote": (
        {"leads.csv": LEADS + 'eve,"2026-01-03,\nfay,2026-01-04,\n'},
        "leads.csv, line 4, column created_at: a quotation mark is not closed, or not doubled.",
    ),
    "not_utf8": (
        {"leads.csv": LEADS.encode() + b"eve,2026-01-03,m\xfcller@example.com\n"},
        "leads.csv, line 4, column email: not UTF-8: save the file as CSV UTF-8.",
    ),
    "header_not_utf8": (
        {"leads.csv": b"lead_id,created_at,stra\xdfe\n1,2026-01-01,x\n"},
        "leads.csv, line 1, column stra\ufffde: not UTF-8.",
    ),
    "utf16": (
        {"leads.csv": LEADS.encode("utf-16")},
        "leads.csv is UTF-16, not UTF-8: save it as CSV UTF-8.",
    ),
    "nul": (
        {"leads.csv": LEADS + "e\0e,2026-01-03,\n"},
        "leads.csv, line 4: byte 2 is a NUL character: remove it.",
    ),
    "semicolons": (
        {"leads.csv": LEADS.replace(",", ";")},
        "leads.csv, line 1: separated by semicolons: save it with commas.",
    ),
    "same_name_twice": (
        {"leads.csv": "lead_id,created_at,Email,email\n1,2026-01-01,a,b\n"},
        "leads.csv, line 1: columns 3 and 4 are both called email.",
    ),
    "column_without_a_name": (
        {"leads.csv": "lead_id,created_at,\n1,2026-01-01,x\n"},
        "leads.csv, line 1: column 3 has no name.",
    ),
    "broken_json": (
        {"leads.csv": None, "leads.jsonl": '{"lead_id": 1, "created_at": 2}\n{"lead_id": \n'},
        "leads.jsonl, line 2, character 12: not JSON (Expecting value).",
    ),
    "json_array": (
        {"leads.csv": None, "leads.jsonl": '[{"lead_id": 1, "created_at": 2}]\n'},
        "leads.jsonl, line 1: not a JSON object with the columns as keys.",
    ),
    "json_key_twice": (
        {"leads.csv": None, "leads.jsonl": '{"lead_id": 1, "created_at": 2, "lead_id": 3}\n'},
        "leads.jsonl, line 1: the key lead_id is there twice.",
    ),
    "json_nul": (
        {"leads.csv": None, "leads.jsonl": '{"lead_id": "a\\u0000", "created_at": 2}\n'},
        "leads.jsonl, line 1, column lead_id: holds a NUL character: remove it.",
    ),
    "not_parquet": (
        {"leads.csv": None, "leads.parquet": LEADS},
        "leads.parquet is not a Parquet file, or is cut off: write it again.",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files_change_nothing_and_get_one_sentence(project, tmp_path, case):
    good = {"leads.csv": LEADS, "activities.csv": ACTIVITIES}
    project.load(write(tmp_path / "good", good))
    before = {table: project.rows(table) for table in project.table_names()}

    changed, sentence = BROKEN[case]
    files = {name: text for name, text in {**good, **changed}.items() if text is not None}
    with pytest.raises(ProblemError) as raised:
        project.load(write(tmp_path / "bad", files))

    assert sentence in str(raised.value)
    assert len(raised.value.sentences) == 1
    assert {table: project.rows(table) for table in project.table_names()} == before


def test_every_missing_table_is_named_at_once(project, tmp_path):
    with pytest.raises(ProblemError) as raised:
        project.load(write(tmp_path / "raw", {"lead.csv": LEADS}))
    assert len(raised.value.sentences) == 2
    assert "files found: lead.csv" in str(raised.value)


def test_a_folder_that_is_not_there_is_named(project, tmp_path):
    with pytest.raises(ProblemError, match="nowhere is not a folder: name one that holds leads"):
        project.load(tmp_path / "nowhere")


def test_a_good_file_after_a_broken_one_is_loaded(project, tmp_path):
    files = {"leads.csv": LEADS + "too,few\n", "activities.csv": ACTIVITIES}
    with pytest.raises(ProblemError):
        project.load(write(tmp_path / "raw", files))
    project.load(write(tmp_path / "raw", {"leads.csv": LEADS, "activities.csv": ACTIVITIES}))
    assert len(project.rows("leads")) == 2


def crm(project) -> str:
    """Return the raw tables' schema as SQL."""
    catalog = "warehouse." if project.target == "duckdb" else ""
    return catalog + quoted(project.warehouse.crm_schema)


def execute(project, sql: str) -> None:
    """Change the database by one statement."""
    from lead_scoring_tools.warehouse import duckdb_connection, postgres_connection

    if project.target == "duckdb":
        with duckdb_connection(Path(project.warehouse.location)) as connection:
            connection.execute(sql)
        return
    with postgres_connection(project.warehouse.location) as connection:
        connection.cursor().execute(sql)


def add_table(project, name: str) -> None:
    """Add a table of somebody else's to the raw tables."""
    execute(project, f"create table {crm(project)}.{name} as select 1 as account_id")
