"""The scoring date is the var's, else that of LEAD_SCORING_DATE, and must be a day."""

from __future__ import annotations

from datetime import date

import pytest
from lead_scoring_tools import dbt_calls

MUST_BE = "It must be a day written YYYY-MM-DD, such as 2026-06-30."


@pytest.fixture
def scored_for(project, monkeypatch):
    """Build the model of the scoring date with a certain environment variable."""
    environment_of = dbt_calls.dbt_environment

    def run(in_environment: str, **variables: str) -> dbt_calls.DbtResult:
        monkeypatch.setattr(
            dbt_calls,
            "dbt_environment",
            lambda *places: {**environment_of(*places), "LEAD_SCORING_DATE": in_environment},
        )
        return project.dbt("run", "--select", "int_scoring_dates", vars=variables)

    return run


@pytest.mark.engine("duckdb")
def test_the_var_comes_before_the_environment(project, scored_for):
    for variables, day in (
        ({}, date(2026, 1, 30)),
        ({"scoring_date": "2026-01-31"}, date(2026, 1, 31)),
        ({"scoring_date": ""}, date(2026, 1, 30)),
    ):
        result = scored_for("2026-01-30", **variables)
        assert result.success, result.errors
        assert project.rows("int_scoring_dates") == [{"scoring_date": day}]


@pytest.mark.engine("duckdb")
def test_what_is_no_day_is_told_with_where_it_stands(scored_for):
    for in_environment, variables, sentence in (
        ("soon", {}, f'LEAD_SCORING_DATE is "soon". {MUST_BE}'),
        ("", {"scoring_date": "31.01.2026"}, f'The var scoring_date is "31.01.2026". {MUST_BE}'),
    ):
        result = scored_for(in_environment, **variables)
        assert not result.success
        assert result.errors == [sentence]
