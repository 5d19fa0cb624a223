"""What dbt works on when a command selects nothing."""

from __future__ import annotations

import pytest


@pytest.mark.engine("duckdb")
def test_a_plain_command_works_on_all_but_the_unit_tests(project):
    everything = project.listed("--select", "*", "source:*", "exposure:*")
    unit_tests = project.listed("--select", "test_type:unit")
    assert unit_tests
    assert project.listed() == everything - unit_tests
