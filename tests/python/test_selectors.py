"""What dbt works on when a command selects nothing, and by a selector."""

from __future__ import annotations

import pytest


@pytest.mark.engine("duckdb")
def test_a_plain_command_works_on_all_but_the_unit_tests(project):
    everything = project.listed("--select", "*", "source:*", "exposure:*")
    unit_tests = project.listed("--select", "test_type:unit")
    assert unit_tests
    assert project.listed() == everything - unit_tests


@pytest.mark.engine("duckdb")
def test_rescoring_reads_no_raw_table_and_leaves_out_nothing_else(project):
    def names(*selection: str) -> set[str]:
        return project.listed(*selection, "--output", "name")

    rescored = names("--selector", "rescore")
    cleaning = names("--select", "tag:cleaning", "--resource-type", "model")
    assert {"stg_activities", "int_activities", "rejected_activities"} <= cleaning
    assert not rescored & cleaning
    assert rescored | cleaning >= names("--resource-type", "model")
    # what a test says of scores and clean rows stays true; of raw rows it need not
    assert "assert_every_lead_has_one_row_per_model" in rescored
    assert "assert_no_raw_row_is_lost" not in rescored
    # the rule check looks at the raw table's columns, but not in this run
    readers = names("--select", "source:*+1", "--resource-type", "model")
    assert rescored & readers == {"int_rule_condition_faults"}
