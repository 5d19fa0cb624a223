"""A build that is killed leaves each published table whole, and the next build makes up for it.

Two projects live through the same days. In one of them the second day's build is killed at several
models, one after the other, before it is let through; the other one is spared.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections import Counter
from datetime import date, timedelta

from conftest import LONG
from lead_scoring_tools.dbt_calls import (
    DBT,
    EventReader,
    dbt_arguments,
    dbt_environment,
    read_lines,
)
from lead_scoring_tools.warehouse import PROJECT_FOLDER
from test_incremental_equals_full_refresh import FIRST_DAY, Crm, build

# While the new rows are being sorted, while scores are being published (with --long), and when the
# day is in the history already.
BEFORE_SCORES = "int_unclear_activities"
AMID_SCORES = ("lead_scores", "lead_threshold_events") if LONG else ("lead_threshold_events",)
SCORE_TABLES = (
    "lead_scores",
    "ranked_leads",
    "lead_score_contributions",
    "lead_score_history",
    "lead_threshold_events",
    "sync_lead_scores",
)
ALL_ABOVE = tuple(f"+{table}" for table in SCORE_TABLES)


def kill_at(project, day: date, model: str) -> None:
    """Begin a day's build in a process of its own, and kill it when it comes to a model."""
    arguments = dbt_arguments(
        *("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
        *("--select", *ALL_ABOVE),
        variables={**project.variables, "scoring_date": day.isoformat()},
        folder=project.folder,
    )
    with subprocess.Popen(
        [*DBT, "--log-format", "json", *arguments],
        cwd=PROJECT_FOLDER,
        env={**os.environ, **dbt_environment(project.warehouse, project.seeds)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:

        def on_step(words: str, index: int, total: int) -> None:
            if words == f"building {model}":
                running.kill()

        reader = EventReader(on_step)
        other = read_lines(running.stdout, reader)
    assert running.returncode == -signal.SIGKILL, [*reader.result.errors, *other]


def published(project) -> dict[str, Counter]:
    """The rows of every published table, in no order."""
    return {
        table: Counter(tuple(sorted(row.items())) for row in project.rows(table))
        for schema, table in project.warehouse.tables()
        if schema == project.warehouse.schema
    }


def test_a_killed_build_leaves_whole_tables_and_the_next_one_repairs_the_rest(make_project):
    killed, spared = make_project(), make_project()
    crm = Crm(random.Random("killed"))
    for number in range(3):
        crm.live_through(FIRST_DAY + timedelta(days=number))
    first_day, second_day = (FIRST_DAY + timedelta(days=days) for days in (2, 3))
    for project in (killed, spared):
        project.load(crm.tables())
        build(project, first_day, *ALL_ABOVE)
    before = published(killed)
    crm.live_through(second_day)
    for project in (killed, spared):
        project.load(crm.tables())
    build(spared, second_day, *ALL_ABOVE)
    after = published(spared)
    assert set(SCORE_TABLES) <= {table for table in after if after[table] != before[table]}

    for model in (BEFORE_SCORES, *AMID_SCORES):
        kill_at(killed, second_day, model)
        now = published(killed)
        halves = {table for table in after if now.get(table) not in (before[table], after[table])}
        assert not halves, f"after a kill at {model}"
        if model == BEFORE_SCORES:
            moved = {table for table in SCORE_TABLES if now[table] != before[table]}
            assert not moved, f"after a kill at {model}"

    build(killed, second_day, *ALL_ABOVE)
    assert published(killed) == after
