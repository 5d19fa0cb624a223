"""What the benchmark does in a database itself, without dbt: load, add rows, score by hand.

Called as a process of its own, so that its memory and its CPU time can be told from all else:

    python -m lead_scoring_tools.benchmark_work load '{"warehouse": {...}, "folder": "..."}'

The answer is one line of JSON. What is wrong is printed as a sentence, and the exit code is 1.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import psycopg2

from . import raw_tables
from .problems import ProblemError
from .warehouse import Warehouse, duckdb_connection, literal, postgres_connection, quoted

# The clean rows that both the project and the hand-written statement start from.
CLEAN_ACTIVITIES = "int_activities"
IS_CLEAN = "activities.rejection_code is null and not activities.is_bot"

# The bare minimum that gives a ranked list: points x decay, cap by rule, sum, cap, fit, rank. No
# daily limits, repeats, category caps, penalties, thresholds, grades or reasons, and floats where
# the project has decimals. The same text runs on both engines.
HAND_WRITTEN = """
create temporary table hand_written_scores as
with

decayed as (
    select
        activities.lead_id,
        matches.rule_model,
        matches.rule_id,
        sum(multipliers.multiplier_units) as multiplier_units
    from {working}.{clean_activities} as activities
    inner join {working}.int_activity_matches as matches
        on activities.activity_type = matches.activity_type
        and coalesce(activities.asset, '') = matches.asset
    inner join {working}.int_decay_multipliers as multipliers
        on matches.decay_curve = multipliers.decay_curve
        and activities.occurred_on = multipliers.occurred_on
    inner join {working}.int_scorings as scorings
        on multipliers.scoring_id = scorings.scoring_id and scorings.is_published
    where {is_clean}
    group by activities.lead_id, matches.rule_model, matches.rule_id
),

capped_by_rule as (
    select
        decayed.lead_id,
        rules.scoring_model,
        least(
            cast(rules.points as double precision)
            * cast(decayed.multiplier_units as double precision) / 100000000,
            cast(rules.max_points as double precision)
        ) as points
    from decayed
    inner join {working}.int_behaviour_rules as rules
        on decayed.rule_model = rules.rule_model and decayed.rule_id = rules.rule_id
),

behaviour as (
    select lead_id, scoring_model, sum(points) as points
    from capped_by_rule
    group by lead_id, scoring_model
),

fit as (
    select fired.lead_model_number, cast(sum(fired.points) as double precision) as points
    from {working}.int_attribute_contributions as fired
    inner join {working}.int_attribute_rules as rules
        on fired.model_rule_number = rules.model_rule_number and rules.rule_family = 'fit'
    group by fired.lead_model_number
),

scored as (
    select
        leads.lead_id,
        leads.scoring_model,
        round(
            least(
                least(coalesce(fit.points, 0), models.max_fit_points)
                + least(coalesce(behaviour.points, 0), models.max_behaviour_points),
                models.max_score
            )
        ) as score
    from {working}.int_lead_models as leads
    inner join {working}.int_scoring_models as models
        on leads.scoring_model = models.scoring_model
    left join fit on leads.lead_model_number = fit.lead_model_number
    left join behaviour
        on leads.lead_id = behaviour.lead_id and leads.scoring_model = behaviour.scoring_model
    where leads.created_on <= {day}
)

select
    lead_id,
    scoring_model,
    score,
    row_number() over (partition by scoring_model order by score desc, lead_id asc) as score_rank
from scored
"""

# What arrives in a day is made from activities that arrived in so many days before: people who were
# active lately are again, and what is sent again or corrected is seldom old.
RECENT_DAYS = 60

# Of a hundred rows that arrive in a day, by their number from 0: all others are new activities of
# that day.
SEEN_AGAIN = (0, 0)  # a recent activity, unchanged but for its loaded_at
CORRECTED = (1, 2)  # a recent activity with another asset
TWICE = (3, 3)  # new, and there twice with every value equal
UNKNOWN_LEAD = (4, 4)  # new, of a lead that is not there
LATE = (5, 12)  # new, but occurred 2 to 15 days before

OTHER_ASSET = "/pricing"

# Made activities span 546 days: a copy that lies this much earlier does not reach into the next.
YEARS_APART = 2


def recently_loaded(columns: dict[str, str], day: str) -> str:
    """Return the condition that a raw row arrived less than RECENT_DAYS before a day."""
    (name,) = [name for name in columns if name.lower() == "loaded_at"]
    first = date.fromisoformat(day) - timedelta(days=RECENT_DAYS)
    return f"cast({quoted(name)} as text) >= {literal(first.isoformat())}"


def new_activities_sql(
    table: str, columns: dict[str, str], wanted: int, present: int, day: str
) -> str:
    """Return the SQL that appends a day's raw activities, made from recent ones.

    `columns` are the table's columns with their types. `wanted` and `present` are numbers of rows:
    about that many are appended, and are recent. All are loaded on `day`, YYYY-MM-DD, in UTC. Which
    rows are taken follows from a hash of their ids, so that both engines take the same ones.
    """
    names = {name.lower(): quoted(name) for name in columns}

    def is_kind(*kinds: tuple[int, int]) -> str:
        return " or ".join(f"kind between {first} and {last}" for first, last in kinds)

    midnight = f"cast({literal(day)} as timestamp)"
    occurred = (
        f"{midnight} + interval '1 second' * (number * 37 % 80000) - interval '1 day' "
        f"* (case when {is_kind(LATE)} then 2 + number % 14 else 0 end)"
    )
    loaded = f"{midnight} + interval '1 second' * (80000 + number % 6000)"
    is_new = f"not ({is_kind(SEEN_AGAIN, CORRECTED)})"
    # by column: when it gets another value than it had, and which, as text
    changes = {
        "activity_id": (is_new, other_id(names["activity_id"], "-" + day)),
        "occurred_at": (is_new, f"cast({occurred} as text)"),
        "lead_id": (is_kind(UNKNOWN_LEAD), "'benchmark-' || cast(number as text)"),
        "email": (is_kind(UNKNOWN_LEAD), "'nobody@benchmark.invalid'"),
        "asset": (is_kind(CORRECTED), literal(OTHER_ASSET)),
        "loaded_at": ("true", f"cast({loaded} as text)"),
    }
    made = []
    for name, type_ in columns.items():
        column = quoted(name)
        if name.lower() in changes:
            when, value = changes[name.lower()]
            value = f"cast({value} as {type_})"
            made.append(f"case when {when} then {value} else {column} end as {column}")
        else:
            made.append(column)
    listed = ", ".join(names.values())
    row_hash = f"md5(cast({names['activity_id']} as text))"
    # a hash begins with eight hexadecimal digits, of which this share lies below; g is above all
    share = min(wanted / present, 1) if present else 0
    below = f"{int(share * 16**8):08x}" if share < 1 else "g"
    return f"""
insert into {table} ({listed})
with
chosen as (
    select
        {listed},
        row_number() over (
            order by {row_hash}, cast({names["occurred_at"]} as text)
        ) as number
    from {table}
    where {recently_loaded(columns, day)} and {row_hash} < {literal(below)}
),
sorted as (
    select {listed}, number, number % 100 as kind from chosen
),
made as (
    select {", ".join(made)}, kind from sorted
)
select {listed} from made
union all
select {listed} from made where {is_kind(TWICE)}
"""


def other_id(column: str, suffix: str) -> str:
    """Return the SQL of an id with a suffix; a row without an id stays without one."""
    is_there = f"trim(cast({column} as text)) <> ''"
    return f"case when {is_there} then {column} || {literal(suffix)} else {column} end"


def older_activities_sql(table: str, columns: dict[str, str], copies: int) -> str:
    """Return the SQL that puts copies of the raw activities into the past.

    `columns` are the table's columns with their types. Each copy has ids of its own and lies
    YEARS_APART earlier than the one before it; a time that does not begin with a year stays. The
    oldest come first, as they would have arrived.
    """

    def earlier(column: str, copy: int) -> str:
        text = f"ltrim(cast({column} as text))"
        year = f"cast(substr({text}, 1, 4) as integer) - {YEARS_APART * copy}"
        return (
            f"case when {text} like '20__-%' then cast({year} as text) || substr({text}, 5) "
            f"else {text} end"
        )

    def copy_sql(copy: int) -> str:
        changes = {
            "activity_id": other_id(names["activity_id"], f"-past-{copy}"),
            "occurred_at": earlier(names["occurred_at"], copy),
            "loaded_at": earlier(names["loaded_at"], copy),
        }
        made = [
            f"cast({changes[name.lower()]} as {type_})" if name.lower() in changes else quoted(name)
            for name, type_ in columns.items()
        ]
        return f"select {', '.join(made)} from {table}"

    names = {name.lower(): quoted(name) for name in columns}
    copied = "\nunion all\n".join(copy_sql(copy) for copy in range(copies, 0, -1))
    return f"insert into {table} ({', '.join(names.values())})\n{copied}"


@contextmanager
def open_cursor(warehouse: Warehouse, *, read_only: bool = False) -> Iterator[Any]:
    """Open a fresh connection in which `schema.table` is enough of a name, on either engine."""
    if warehouse.target == "duckdb":
        with duckdb_connection(Path(warehouse.location), read_only=read_only) as connection:
            connection.execute("use warehouse")
            yield connection
    else:
        with postgres_connection(warehouse.location) as connection, connection.cursor() as cursor:
            yield cursor


def load(warehouse: Warehouse, folder: str, day: str) -> dict[str, Any]:
    """Load a folder's raw files as of the end of a day.

    Made activities go on arriving after the last day that they happen on. No warehouse has rows
    that are still to come, and with some every day would be scored twice: they are left out.
    Returns the rows of each file, and how many activities were left out.
    """
    loaded, _ = raw_tables.load(Path(folder), warehouse)
    rows = {table.table: table.row_count for table in loaded}
    table = f"{quoted(warehouse.crm_schema)}.activities"
    with open_cursor(warehouse) as cursor:
        cursor.execute(
            f"delete from {table} where substr(cast(loaded_at as text), 1, 10) > {literal(day)}"
        )
        cursor.execute(f"select count(*) from {table}")
        left_out = rows["activities"] - cursor.fetchall()[0][0]
    return {"rows": rows, "left_out": left_out}


def activities_table(warehouse: Warehouse) -> tuple[str, dict[str, str]]:
    """Return the name of the table of raw activities, and its columns with their types."""
    crm = warehouse.crm_schema
    catalog = "table_catalog = 'warehouse' and " if warehouse.target == "duckdb" else ""
    types = warehouse.rows(
        "select column_name, data_type from information_schema.columns where "
        f"{catalog}table_schema = {literal(crm)} and table_name = 'activities' "
        "order by ordinal_position"
    )
    return f"{quoted(crm)}.activities", {row["column_name"]: row["data_type"] for row in types}


def lengthen_past(warehouse: Warehouse, copies: int) -> dict[str, Any]:
    """Put copies of the raw activities into the past. Returns how many rows they have."""
    table, columns = activities_table(warehouse)
    return insert_rows(warehouse, table, older_activities_sql(table, columns, copies))


def append_activities(warehouse: Warehouse, wanted: int, day: str) -> dict[str, Any]:
    """Append about as many raw activities that arrive on a day. Returns how many there are."""
    table, columns = activities_table(warehouse)
    with open_cursor(warehouse, read_only=True) as cursor:
        cursor.execute(f"select count(*) from {table} where {recently_loaded(columns, day)}")
        present = cursor.fetchall()[0][0]
    return insert_rows(warehouse, table, new_activities_sql(table, columns, wanted, present, day))


def insert_rows(warehouse: Warehouse, table: str, sql: str) -> dict[str, Any]:
    """Run SQL that inserts into a table. Returns how many rows it has more then."""
    count = f"select count(*) from {table}"
    with open_cursor(warehouse) as cursor:
        cursor.execute(count)
        before = cursor.fetchall()[0][0]
        cursor.execute(sql)
        cursor.execute(count)
        return {"rows": cursor.fetchall()[0][0] - before}


def score_by_hand(warehouse: Warehouse, day: str) -> dict[str, Any]:
    """Run the hand-written statement in a fresh connection. Returns its seconds and its rows."""
    statement = HAND_WRITTEN.format(
        working=f"{warehouse.schema}_working",
        clean_activities=CLEAN_ACTIVITIES,
        is_clean=IS_CLEAN,
        day=f"cast({literal(day)} as date)",
    )
    with open_cursor(warehouse, read_only=True) as cursor:
        started = time.perf_counter()
        cursor.execute(statement)
        seconds = time.perf_counter() - started
        cursor.execute("select count(*) from hand_written_scores")
        return {"seconds": seconds, "rows": cursor.fetchall()[0][0]}


WORK: dict[str, Callable[..., dict[str, Any]]] = {
    "load": load,
    "lengthen_past": lengthen_past,
    "append_activities": append_activities,
    "score_by_hand": score_by_hand,
}


def main(name: str, arguments: str) -> int:
    """Do one piece of work with arguments in JSON, print the answer, return the exit code."""
    given = json.loads(arguments)
    try:
        answer = WORK[name](Warehouse(**given.pop("warehouse")), **given)
    except ProblemError as problem:
        print(problem)
        return 1
    except (duckdb.Error, psycopg2.Error) as error:
        print(f"The database refused to {name.replace('_', ' ')}: {error}")
        return 1
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
