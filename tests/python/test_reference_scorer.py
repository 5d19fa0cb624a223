"""The reference scorer against numbers worked out by hand, and the random cases against a check.

Every expected number was written down before the code was run; the calculation stands beside it.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Context, Decimal, localcontext
from functools import cache

import pytest
import reference_scorer as reference
from reference_scorer import (
    asset_matches,
    condition_holds,
    contains_word,
    lower_case,
    multiplier,
    read_boolean,
    read_number,
    read_timestamp,
    round_half_away,
    score_leads,
)
from scoring_cases import RULE_COLUMNS, Case, make_case, write_case

# ------------------------------------------------------------------------------------------------
# A small world to write examples in
# ------------------------------------------------------------------------------------------------

SCORING_DATE = date(2025, 3, 1)


def rule(file_name: str, **cells: str) -> dict:
    """A row of a rule file: of the model `default` and with a rationale, all else empty."""
    row = dict.fromkeys(RULE_COLUMNS[f"{file_name}.csv"], "")
    for column, usual in {"scoring_model": "default", "rationale": "Did it: because"}.items():
        if column in row:
            row[column] = usual
    assert set(cells) <= set(row), "unknown column"
    return row | cells


def model(name: str = "default", **cells: str) -> dict:
    usual = {"status": "active", "priority": "1", "min_score": "0", "max_score": "100"}
    return rule("scoring_models", scoring_model=name, **(usual | cells))


def fit(rule_id: str, points: str, **cells: str) -> dict:
    """A fit rule that fires for every lead, unless told otherwise."""
    usual = {"attribute": "lead_id", "operator": "is_present"}
    return rule("fit_points", rule_id=rule_id, points=points, **(usual | cells))


def negative(rule_id: str, points: str, **cells: str) -> dict:
    """A negative rule that fires for every lead, unless told otherwise."""
    usual = {"attribute": "lead_id", "operator": "is_present", "action": "deduct"}
    return rule("negative_attributes", rule_id=rule_id, points=points, **(usual | cells))


def behaviour(rule_id: str, points: str, **cells: str) -> dict:
    usual = {"activity_type": "visit", "decay_curve": "never"}
    return rule("behaviour_points", rule_id=rule_id, points=points, **(usual | cells))


def curve(name: str, kind: str, half_life_days: str = "", window_days: str = "") -> dict:
    return rule(
        "decay_curves",
        decay_curve=name,
        kind=kind,
        half_life_days=half_life_days,
        window_days=window_days,
    )


def step(name: str, from_age_days: str, share: str) -> dict:
    return rule("decay_steps", decay_curve=name, from_age_days=from_age_days, multiplier=share)


NEVER = curve("never", "none")
WEEK = curve("week", "half_life", "7", "90")


def lead(lead_id: str = "L1", created_at: str = "2024-01-01", **columns: str | None) -> dict:
    return {"lead_id": lead_id, "created_at": created_at} | columns


def visit(activity_id: str, age: int, lead_id: str = "L1", at: str = "12:00", **columns) -> dict:
    """A visit `age` days before the scoring date."""
    day = SCORING_DATE - timedelta(days=age)
    return {
        "activity_id": activity_id,
        "activity_type": "visit",
        "occurred_at": f"{day}T{at}",
        "lead_id": lead_id,
    } | columns


def score(leads=None, activities=(), campaigns=(), **rule_files) -> dict:
    """Score with one plain model and a curve that never fades, unless told otherwise."""
    rule_files.setdefault("scoring_models", [model()])
    rule_files.setdefault("decay_curves", [NEVER])
    return score_leads(
        {
            "leads": [lead()] if leads is None else leads,
            "activities": list(activities),
            "campaigns": list(campaigns),
        },
        {f"{name}.csv": rows for name, rows in rule_files.items()},
        SCORING_DATE,
    )


def only_score(tables: dict) -> dict:
    (row,) = tables["lead_scores"]
    return row


def contributions(tables: dict) -> dict[str, Decimal]:
    """Points by rule_id, of an example with one lead and one model."""
    return {row["rule_id"]: row["points"] for row in tables["lead_score_contributions"]}


def contribution(tables: dict, rule_id: str) -> dict:
    (row,) = [row for row in tables["lead_score_contributions"] if row["rule_id"] == rule_id]
    return row


def column(table: list[dict], name: str) -> list:
    return [row[name] for row in table]


# ------------------------------------------------------------------------------------------------
# Section 2: readings
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-29", datetime(2024, 2, 29)),
        ("2024-02-29T10:20", datetime(2024, 2, 29, 10, 20)),
        ("2024-02-29t10:20:30z", datetime(2024, 2, 29, 10, 20, 30)),
        (" \t2024-02-29 10:20:30\u00a0", datetime(2024, 2, 29, 10, 20, 30)),
        # 00:30 in a zone 13:45 ahead was 10:45 of the day before
        ("2024-03-01T00:30+13:45", datetime(2024, 2, 29, 10, 45)),
        ("2024-02-29T23:30-1200", datetime(2024, 3, 1, 11, 30)),
        ("2024-01-01T05:00+05", datetime(2024, 1, 1)),
        ("2024-01-01T00:00-00:30", datetime(2024, 1, 1, 0, 30)),
        # cut to microseconds, not rounded
        ("2024-01-01T23:59:59.9999999", datetime(2024, 1, 1, 23, 59, 59, 999999)),
        ("2024-01-01T00:00:00,5", datetime(2024, 1, 1, 0, 0, 0, 500000)),
        ("0001-01-01", datetime(1, 1, 1)),
        ("9999-12-31T23:59", datetime(9999, 12, 31, 23, 59)),
        ("2023-02-29", None),
        ("2024-1-5", None),
        ("2024-01-01T24:00", None),
        ("2024-01-01T10:60", None),
        ("2024-01-01T10:00:60", None),
        ("2024-01-01T10", None),
        ("2024-01-01Z", None),
        ("2024-01-01T10:00:00.", None),
        ("2024-01-01T10:00.5", None),
        ("2024-01-01  10:00", None),
        ("2024-01-01T10:00+24:00", None),
        ("2024-01-01T10:00 +01:00", None),
        ("0000-01-01", None),
        ("20240101", None),
        ("1704067200", None),
        ("٢٠٢٤-01-01", None),
        ("", None),
        (None, None),
    ],
)
def test_a_timestamp_is_iso_8601_in_utc_or_nothing(text, expected):
    assert read_timestamp(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50", "50"),
        (" +50. ", "50"),
        ("-.5", "-0.5"),
        ("1E+06", "1000000"),
        ("1e-0003", "0.001"),
        ("0e999", "0"),
        # kept to 10 decimals, half away from zero
        ("0.00000000005", "0.0000000001"),
        ("-0.00000000005", "-0.0000000001"),
        ("999999.99999999995", "1000000"),
        ("1e-999", "0"),
        ("9999999999999999999999999999", "9999999999999999999999999999"),
        ("1e28", None),
        ("1e400", None),
        ("1e1000", None),
        ("0e1000", None),
        ("1e", None),
        (".", None),
        ("1,000", None),
        ("1 000", None),
        ("0x10", None),
        ("NaN", None),
        ("Infinity", None),
        ("1_000", None),
        ("٣", None),
        ("--1", None),
        ("", None),
        (None, None),
    ],
)
def test_a_number_is_a_decimal_with_sign_and_exponent_or_nothing(text, expected):
    assert read_number(text) == (None if expected is None else Decimal(expected))


def test_only_five_texts_are_true():
    for text in ["true", "T", " 1 ", "YES", "y\t"]:
        assert read_boolean(text)
    for text in [None, "", "false", "2", "1.0", "on", "tru", "yes."]:
        assert not read_boolean(text)


def test_lower_case_maps_one_character_to_one():
    assert lower_case("İI\u0131") == "ii\u0131"
    assert lower_case("ΟΔΥΣΣΕΥΣ") == "οδυσσευσ"  # no final sigma
    assert lower_case("\u212aẞÉ") == "kßé"


def test_halves_are_rounded_away_from_zero():
    assert round_half_away(Decimal("2.5"), 0) == 3
    assert round_half_away(Decimal("-2.5"), 0) == -3
    assert round_half_away(Decimal("0.00195312499"), 8) == Decimal("0.00195312")
    assert str(round_half_away(Decimal("-0.4"), 0)) == "0"


# ------------------------------------------------------------------------------------------------
# Section 2: rejected rows, duplicates, owners
# ------------------------------------------------------------------------------------------------


def test_every_raw_lead_is_clean_or_rejected_with_one_reason():
    tables = score(
        leads=[
            lead(" L1 "),
            lead("L1", updated_at="2025-01-01", country="newer"),
            lead(" \t", created_at="no date"),  # the missing id is told first
            lead(None),
            lead("L2", created_at="2025-02-30"),
            lead("L3", created_at=None),
        ]
    )
    assert column(tables["lead_scores"], "lead_id") == ["L1"]
    assert tables["rejected_leads"] == [
        {"lead_id": "L1", "reason_code": "duplicate"},
        {"lead_id": "L2", "reason_code": "invalid_timestamp"},
        {"lead_id": "L3", "reason_code": "invalid_timestamp"},
        {"lead_id": None, "reason_code": "missing_id"},
        {"lead_id": None, "reason_code": "missing_id"},
    ]


def test_every_raw_activity_is_clean_or_rejected_with_one_reason():
    tables = score(
        activities=[
            visit("a1", 0),
            visit("a1", 1),
            visit(None, 0, activity_type=" "),
            visit("a2", 0, activity_type=" ", occurred_at="never"),
            visit("a3", 0, occurred_at="never", lead_id="nobody"),
            visit("a4", 0, lead_id="nobody", email="nobody@x.example"),
            visit("a4", 0, lead_id=None),
        ]
    )
    assert tables["rejected_activities"] == [
        {"activity_id": "a1", "reason_code": "duplicate"},
        {"activity_id": "a3", "reason_code": "invalid_timestamp"},
        {"activity_id": "a2", "reason_code": "missing_activity_type"},
        {"activity_id": None, "reason_code": "missing_id"},
        {"activity_id": "a4", "reason_code": "unknown_lead"},
        {"activity_id": "a4", "reason_code": "unknown_lead"},
    ]


@pytest.mark.parametrize(
    ("loser", "winner"),
    [
        # the latest updated_at wins, even against the contents
        ({"updated_at": "2025-01-01T23:59"}, {"updated_at": "2025-01-02", "phone": "9"}),
        ({"updated_at": "2025-01-01T00:30Z"}, {"updated_at": "2025-01-01T00:00-01:00"}),
        ({"updated_at": None}, {"updated_at": "1999-01-01"}),
        ({"updated_at": "not a date"}, {"updated_at": "1999-01-01"}),
        # ties: created_at first, then e-mail, then the columns in order, ascending, nulls last
        ({"created_at": "2024-01-02"}, {"created_at": "2024-01-02T00:30+01:00"}),
        ({"email": None, "phone": "1"}, {"email": "Z@x.example", "phone": "2"}),
        ({"email": "B@x.example"}, {"email": "a@x.example"}),
        ({"first_name": "b", "phone": "1"}, {"first_name": "a", "phone": "2"}),
        ({"phone": "a"}, {"phone": "B"}),  # byte order: capitals first
        ({"phone": "😀"}, {"phone": "\ufb00"}),  # by code points, not by UTF-16
        # further columns come last, by name
        ({"is_deleted": "no", "b": "1"}, {"is_deleted": "false", "b": "2"}),
        ({"b": "2", "c": "1"}, {"b": "1", "c": "2"}),
    ],
)
def test_the_latest_row_of_a_lead_wins_and_its_contents_break_ties(loser, winner):
    # the last column of all: it would let the loser win if all else were equal
    rows = [lead(**loser, zz="1 loser"), lead(**winner, zz="2 winner")]
    for leads in (rows, rows[::-1]):
        clean, rejected = reference.clean_leads(leads)
        assert clean["L1"].attributes["zz"] == "2 winner"
        assert [row.row["zz"] for row in rejected] == ["1 loser"]


@pytest.mark.parametrize(
    ("loser", "winner"),
    [
        ({"loaded_at": None}, {"loaded_at": "2000-01-01", "activity_type": "zzz"}),
        ({"activity_type": "VISIT b"}, {"activity_type": "visit a", "asset": "z"}),
        ({"occurred_at": "2025-01-02"}, {"occurred_at": "2025-01-01"}),
        ({"lead_id": None, "email": "a@x.example"}, {"lead_id": "L1", "email": "b@x.example"}),
        ({"asset": "b", "is_bot": "1"}, {"asset": "a", "is_bot": "2"}),
        ({"asset": None}, {"asset": "z"}),
    ],
)
def test_the_latest_row_of_an_activity_wins_and_its_contents_break_ties(loser, winner):
    rows = [visit("a1", 0) | loser, visit("a1", 0) | winner]
    leads, _ = reference.clean_leads([lead(email="a@x.example")])
    for activities in (rows, rows[::-1]):
        _, rejected = reference.clean_activities(activities, leads)
        (rejected_row,) = rejected
        assert loser.items() <= rejected_row.row.items()


def test_a_campaign_is_found_by_its_exact_id_and_its_first_contents_win():
    campaigns = [
        {"campaign_id": " c1", "campaign_name": "b", "channel": "wrong", "cost": "1"},
        {"campaign_id": "c1", "campaign_name": "a", "channel": "Email", "cost": "1e2"},
        {"campaign_id": None, "campaign_name": "x", "channel": "nothing", "cost": "3"},
    ]
    rules = [
        fit("fit_channel", "10", attribute="campaign_channel", operator="equals", value="email"),
        fit("fit_cost", "5", attribute="campaign_cost", operator="equals", value="100.0"),
    ]
    tables = score(
        leads=[lead("L1", campaign_id="c1 "), lead("L2", campaign_id="C1"), lead("L3")],
        campaigns=campaigns,
        fit_points=rules,
    )
    assert {row["lead_id"]: row["score"] for row in tables["lead_scores"]} == {
        "L1": 15,
        "L2": 0,
        "L3": 0,
    }


def owner(activity: dict, leads: list[dict]) -> str | None:
    clean, _ = reference.clean_leads(leads)
    found = reference.owner_of_activity(activity, clean)
    return found and found.lead_id


def test_an_activity_belongs_to_its_lead_id_and_else_to_the_email():
    leads = [lead("L1", email="One@X.example"), lead("L2", email="two@x.example")]
    assert owner({"lead_id": "L1 ", "email": "two@x.example"}, leads) == "L1"
    assert owner({"lead_id": None, "email": " TWO@x.example"}, leads) == "L2"
    assert owner({"lead_id": "nobody", "email": "one@x.example"}, leads) == "L1"
    assert owner({"lead_id": "l1", "email": None}, leads) is None


def test_a_shared_email_belongs_to_a_lead_not_deleted_then_earliest_then_lowest_id():
    def sharing(lead_id: str, created_at: str, **columns: str) -> dict:
        return lead(lead_id, created_at, email="shared@x.example", **columns)

    activity = {"email": "shared@x.example"}
    deleted = sharing("A", "2020-01-01", is_deleted="yes")
    objecting = sharing("B", "2021-01-01", objects_to_profiling="1")
    late = sharing("C", "2024-01-01")
    same_time = sharing("a", "2024-01-01")
    rejected = sharing("0", "not a date")
    assert owner(activity, [late, same_time, rejected]) == "C"
    assert owner(activity, [deleted, late]) == "C"
    assert owner(activity, [deleted]) == "A"
    assert owner(activity, [late, objecting]) == "B"


def test_forgotten_leads_are_in_no_table_and_their_rejected_rows_have_no_key():
    leads = [
        lead("deleted", is_deleted="true", updated_at="2025-01-02"),
        lead("deleted", is_deleted="false", updated_at="2025-01-01"),
        lead("objecting", objects_to_profiling="Y", email="o@x.example"),
        lead("restored", is_deleted="true", updated_at="2025-01-01"),
        lead("restored", is_deleted="false", updated_at="2025-01-02"),
        lead("never clean", created_at="?", is_deleted="true"),
        lead("never clean", created_at="??"),
    ]
    activities = [
        visit("a1", 0, lead_id="deleted"),
        visit("a2", 0, lead_id="deleted", occurred_at="?"),
        visit("a3", 0, lead_id=None, email="O@x.example", activity_type=None),
        visit("a4", 0, lead_id="never clean"),
        visit("a5", 0, lead_id="restored", occurred_at="?"),
    ]
    tables = score(leads=leads, activities=activities, behaviour_points=[behaviour("b", "1")])
    assert column(tables["lead_scores"], "lead_id") == ["restored"]
    assert tables["lead_score_contributions"] == []
    assert tables["rejected_leads"] == [
        {"lead_id": "restored", "reason_code": "duplicate"},
        {"lead_id": None, "reason_code": "duplicate"},
        {"lead_id": None, "reason_code": "invalid_timestamp"},
        {"lead_id": None, "reason_code": "invalid_timestamp"},
    ]
    assert tables["rejected_activities"] == [
        {"activity_id": "a5", "reason_code": "invalid_timestamp"},
        {"activity_id": None, "reason_code": "invalid_timestamp"},
        {"activity_id": None, "reason_code": "missing_activity_type"},
        {"activity_id": None, "reason_code": "unknown_lead"},
    ]


def test_a_lead_is_scored_from_the_day_it_is_created():
    leads = [
        lead("today", "2025-03-01T23:59:59.999999"),
        lead("tomorrow", "2025-03-02"),
        lead("today in utc", "2025-03-02T05:00+05:30"),  # 23:30 the day before
        lead("tomorrow in utc", "2025-03-01T20:00-04:00"),  # midnight
    ]
    assert column(score(leads=leads)["lead_scores"], "lead_id") == ["today", "today in utc"]


# ------------------------------------------------------------------------------------------------
# Section 2: derived attributes
# ------------------------------------------------------------------------------------------------


def attributes_of(columns: dict, **rule_files: list[dict]) -> dict:
    clean, _ = reference.clean_leads([lead(**columns)])
    rules = reference.clean_rules({f"{name}.csv": rows for name, rows in rule_files.items()})
    return reference.lead_attributes(clean["L1"], {}, rules)


@pytest.mark.parametrize(
    ("email", "domain", "kind"),
    [
        ("Ann@Gmail.com", "gmail.com", "personal"),
        ("a@b@rival.example ", "rival.example", "competitor"),
        ("ann@mail.gmail.com", "mail.gmail.com", "business"),
        ("ann@", None, None),
        ("ann", None, None),
        (None, None, None),
    ],
)
def test_the_email_domain_is_what_follows_the_last_at_sign(email, domain, kind):
    domains = [
        {"email_domain": " GMAIL.com", "kind": "personal"},
        {"email_domain": "rival.example", "kind": "competitor"},
    ]
    attributes = attributes_of({"email": email}, email_domains=domains)
    assert (attributes["email_domain"], attributes["email_domain_kind"]) == (domain, kind)


def test_a_derived_attribute_wins_over_a_column_of_that_name():
    assert attributes_of({"Email_Domain": "wrong", "email": "a@x.example"})["email_domain"] == (
        "x.example"
    )


@pytest.mark.parametrize(
    ("job_title", "seniority", "function"),
    [
        ("CEO", "C-level", None),
        ("VP Sales", "VP", "sales"),  # the function comes from a pattern that names one
        ("vp of marketing and sales", "VP", "sales"),  # priority 3 before 5
        ("Sales director", "director", "sales"),  # priority 10 after 9: numbers, not text
        ("Head of b", "from B", None),  # same priority: `B` before `a b` in bytes
        ("avp", None, None),
        (None, None, None),
    ],
)
def test_a_job_title_is_read_by_the_pattern_with_the_lowest_priority(
    job_title, seniority, function
):
    def pattern(text: str, job_seniority: str, job_function: str, priority: str) -> dict:
        return {
            "pattern": text,
            "job_seniority": job_seniority,
            "job_function": job_function,
            "priority": priority,
        }

    patterns = [
        pattern("ceo", "C-level", "", "1"),
        pattern("VP", "VP", "", "2"),
        pattern("sales", "", "sales", "3"),
        pattern("marketing", "", "marketing", "5"),
        pattern("director", "director", "directing", "9"),
        pattern("sales director", "sales director", "", "10"),
        pattern("of b", "from of b", "", "20"),
        pattern("B", "from B", "", "20"),
    ]
    attributes = attributes_of({"job_title": job_title}, job_titles=patterns)
    assert (attributes["job_seniority"], attributes["job_function"]) == (seniority, function)


# ------------------------------------------------------------------------------------------------
# Section 3.1: operators
# ------------------------------------------------------------------------------------------------

EVERY_OPERATOR = {
    "equals": "50",
    "not_equals": "50",
    "in": "50|60",
    "not_in": "50|60",
    "contains": "5",
    "starts_with": "5",
    "ends_with": "0",
    "contains_word": "50",
    "gt": "5",
    "gte": "5",
    "lt": "5",
    "lte": "5",
    "between": "5|60",
    "is_missing": "",
    "is_present": "",
}


@pytest.mark.parametrize(
    ("attribute", "text", "operator", "value", "expected"),
    [
        ("country", " de", "equals", "DE ", True),
        ("country", "de", "equals", "den", False),
        ("country", "Straße", "equals", "STRASSE", False),
        ("country", "STRAẞE", "equals", "straße", True),
        ("country", "\u212aenya", "equals", "kenya", True),
        ("country", "İran", "equals", "iran", True),
        ("country", "50.0", "equals", "50", False),
        ("employee_count", "50.0", "equals", "5e1", True),
        (" Employee_Count ", "50.0", "equals", "50", True),
        ("employee_count", "51", "equals", "50", False),
        ("country", "de", "not_equals", "DE", False),
        ("country", "de", "not_equals", "fr", True),
        ("annual_revenue", "1e6", "not_equals", "1000000", False),
        ("country", "fr", "in", " DE | FR ", True),
        ("country", "f", "in", "de|fr", False),
        ("campaign_cost", "100.00", "in", "1|1e2", True),
        ("country", "FR", "not_in", "de|fr", False),
        ("country", "es", "not_in", "de|fr", True),
        ("employee_count", "50.0", "not_in", "50", False),
        ("job_title", "Chief Executive", "contains", "EF EX", True),
        ("job_title", "Chief  Executive", "contains", "ef ex", False),
        ("job_title", "Chief", "starts_with", " ch ", True),
        ("job_title", "Chief", "starts_with", "hi", False),
        ("job_title", "Chief ", "ends_with", "IEF", True),
        ("job_title", "Chief", "ends_with", "chie", False),
        ("lead quality", "10", "gt", "9", True),
        ("lead quality", "10", "gt", "10.0", False),
        ("lead quality", "ten", "gt", "9", False),
        ("annual_revenue", "999999.99999999995", "gte", "1000000", True),
        ("annual_revenue", "999999.9999999999", "gte", "1000000", False),
        ("employee_count", "-3", "lt", "0", True),
        ("employee_count", "0", "lt", "-0", False),
        ("employee_count", "5e1", "lte", "50", True),
        ("employee_count", "50.1", "lte", "50", False),
        ("employee_count", "10", "between", "10|20", True),
        ("employee_count", "20", "between", " 10 | 20 ", True),
        ("employee_count", "20.1", "between", "10|20", False),
        ("employee_count", "9.9", "between", "10|20", False),
        ("country", None, "is_missing", "", True),
        ("country", " \t\u00a0", "is_missing", "", True),
        ("country", "x", "is_missing", "", False),
        ("country", "x", "is_present", "", True),
        ("country", "", "is_present", "", False),
        ("employee_count", "1,000", "is_missing", "", True),
        ("employee_count", "1,000", "is_present", "", False),
        ("employee_count", "1,000", "contains", "1", False),
        ("employee_count", "5e1", "contains", "E", True),
    ],
)
def test_an_operator_holds_or_not(attribute, text, operator, value, expected):
    assert condition_holds(attribute, text, operator, value) is expected


@pytest.mark.parametrize("operator", EVERY_OPERATOR)
def test_a_missing_attribute_matches_is_missing_and_nothing_else(operator):
    value = EVERY_OPERATOR[operator]
    for attribute, text in [("country", None), ("country", "  "), ("employee_count", "n/a")]:
        holds = condition_holds(attribute, text, operator, value)
        assert holds is (operator == "is_missing")


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("CEO", "ceo", True),
        ("Founder & CEO/CTO", "ceo", True),
        ("CEO-elect", "ceo", True),
        ("ceos", "ceo", False),
        ("ceo2", "ceo", False),
        ("1ceo", "ceo", False),
        ("ceo_x", "ceo", True),  # an underscore is neither a letter nor a digit
        ("éceoß", "ceo", True),  # only ASCII letters adjoin
        ("ceo٣", "ceo", True),
        ("İceo", "ceo", False),  # its lower case is i
        ("\u212aceo", "ceo", False),  # the Kelvin sign: its lower case is k
        ("aceo ceo", "ceo", True),  # the second one stands alone
        ("sales salesman", "sales man", False),
        ("vp  sales", "vp sales", False),
        ("C++ developer", "c++", True),
        ("C++11", "c++", False),
        ("x.net", ".net", False),
        ("x .net", ".net", True),
        ("aXaXa XaX", "xax", True),  # a piece inside another one does not hide it
        ("ceo", "ceo of it", False),
    ],
)
def test_contains_word_needs_whole_words(text, words, expected):
    assert contains_word(text, words) is expected
    assert condition_holds("job_title", text, "contains_word", words) is expected


@pytest.mark.parametrize(
    ("asset", "pattern", "expected"),
    [
        (None, None, True),
        (None, "*", False),
        ("/x", None, True),
        ("/Pricing/Enterprise", "/pricing*", True),
        ("/pricing", "/pricing*", True),
        ("x/pricing", "/pricing*", False),
        ("/pricing", "/PRİCİNG", True),
        ("axb", "a_b", False),
        ("a_b", "a_b", True),
        ("100 off", "100%*", False),
        ("100%_off", "100%*", True),
        ("back\\slash", "*\\*", True),
        ("x", "[x]", False),
        ("xx", "?x", False),
        ("demo\nvideo", "demo*video", True),
        ("ab", "a*b*", True),
        ("abab", "a*b", True),
        ("aba", "a*b", False),
        ("a", "a*a", False),
    ],
)
def test_an_asset_pattern_knows_only_the_star(asset, pattern, expected):
    assert asset_matches(asset, pattern) is expected


def test_a_rule_may_name_a_further_column_whatever_its_case_and_outer_blanks():
    rows = [fit("f", "7", attribute=" LEAD quality ", operator="equals", value="Hot")]
    assert only_score(score([lead() | {"Lead Quality": "hot"}], fit_points=rows))["score"] == 7
    assert only_score(score([lead()], fit_points=rows))["score"] == 0


# ------------------------------------------------------------------------------------------------
# Section 4: fit and exclusive groups
# ------------------------------------------------------------------------------------------------


def test_fit_points_are_summed_and_capped():
    rules = [fit("a", "30"), fit("b", "20.25"), fit("c", "9", operator="is_missing")]
    tables = score(fit_points=rules, scoring_models=[model(max_fit_points="40")])
    row = only_score(tables)
    # 30 + 20.25 = 50.25; 40 at most
    assert (row["fit_points"], row["total_points"], row["score"]) == (40, 40, 40)
    assert row["uncapped_points"] == Decimal("50.25")
    assert contributions(tables) == {"a": 30, "b": Decimal("20.25"), "fit_cap": Decimal("-10.25")}


def test_in_an_exclusive_group_the_largest_counts_then_the_lowest_id():
    rules = [
        fit("fit_ab", "10", exclusive_group="g"),
        fit("fit_a_b", "10.00", exclusive_group="g"),  # _ is before b in bytes
        fit("fit_0", "5", exclusive_group="g"),
        fit("fit_not_fired", "50", exclusive_group="g", operator="is_missing"),
        fit("fit_other_group", "1", exclusive_group="G"),
        fit("fit_free", "2"),
    ]
    tables = score(fit_points=rules)
    assert contributions(tables) == {
        "fit_a_b": 10,
        "fit_ab": 0,
        "fit_0": 0,
        "fit_other_group": 1,
        "fit_free": 2,
    }
    row = contribution(tables, "fit_ab")
    assert row["points_before_decay"] == 0
    assert row["reason"] == "Did it (not counted: fit_a_b counts instead)"


def test_a_group_of_negative_rules_goes_by_absolute_points_and_is_one_of_its_own():
    tables = score(
        scoring_models=[model(min_score="-50")],
        fit_points=[fit("f", "1", exclusive_group="g")],
        negative_attributes=[
            negative("n1", "-5", exclusive_group="g"),
            negative("n2", "-20", exclusive_group="g"),
        ],
    )
    assert contributions(tables) == {"f": 1, "n1": 0, "n2": -20}


# ------------------------------------------------------------------------------------------------
# Section 5: behaviour
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "age", "expected"),
    [
        (NEVER, 10_950, "1"),
        (WEEK, 0, "1"),
        (WEEK, 7, "0.5"),
        (WEEK, 63, "0.00195313"),  # 2^-9 = 0.001953125: the half is rounded up
        (curve("", "half_life", "14"), 126, "0.00195313"),  # 2^-9 again
        (curve("", "half_life", "0.5"), 1, "0.25"),
        (curve("", "half_life", "0.5"), 10_950, "0"),
        (curve("", "half_life", "3.3"), 33, "0.00097656"),  # 2^-10 = 0.0009765625
        (curve("", "half_life", "365"), 3650, "0.00097656"),
        (curve("", "linear", "", "30"), 10, "0.66666667"),  # 1 - 1/3
        (curve("", "linear", "", "30"), 30, "0"),
        (curve("", "linear", "", "512"), 1, "0.99804688"),  # 0.998046875: rounded once, up
    ],
)
def test_a_multiplier_is_rounded_to_eight_decimals(row, age, expected):
    assert multiplier(reference.clean_rules({"x": [row]})["x"][0], [], age) == Decimal(expected)


@pytest.mark.parametrize("half_life_days", [1, 7, 14, 30, 365])
def test_a_half_life_halves_also_between_whole_half_lives(half_life_days):
    row = curve("", "half_life", str(half_life_days))
    for age in range(0, 400, 3):
        share = multiplier(row, [], age)
        half_a_digit = Decimal("0.000000005")
        # share ^ half_life = 0.5 ^ age, up to the rounding of the share
        low, high = share - half_a_digit, share + half_a_digit
        low = max(low, Decimal(0))
        with localcontext(Context(prec=6000)):
            assert low**half_life_days <= Decimal("0.5") ** age <= high**half_life_days


def test_steps_begin_at_their_age_and_before_the_first_nothing_fades():
    steps = [step("s", "30", "0.1"), step("s", "7", "0.5"), step("s", "9", "0.25")]
    row = curve("s", "steps")
    shares = {age: multiplier(row, steps, age) for age in (0, 6, 7, 8, 9, 29, 30, 9999)}
    assert shares == {
        0: 1,
        6: 1,
        7: Decimal("0.5"),
        8: Decimal("0.5"),
        9: Decimal("0.25"),
        29: Decimal("0.25"),
        30: Decimal("0.1"),
        9999: Decimal("0.1"),
    }


def test_an_activity_is_eligible_from_age_zero_to_the_window():
    activities = [
        visit("future", -1),
        visit("tonight", 0, at="23:59:59.999999"),
        visit("on the window", 30),
        visit("past the window", 31, at="23:59"),
        visit("future in utc", 0, at="23:00-02:00"),  # 01:00 of tomorrow
        visit("window in utc", 31, at="23:00-02:00"),  # 01:00 of the day after, age 30
        visit("bot", 1, is_bot="true"),
        visit("other type", 1, activity_type="visits"),
    ]
    tables = score(
        activities=activities,
        behaviour_points=[behaviour("b", "1", decay_curve="month")],
        decay_curves=[curve("month", "none", "", "30")],
    )
    row = contribution(tables, "b")
    assert (row["activity_count"], row["points"]) == (3, 3)
    assert row["latest_activity_at"] == datetime(2025, 3, 1, 23, 59, 59, 999999)


def test_one_activity_may_match_several_rules_whatever_the_case():
    rules = [
        behaviour("all", "1"),
        behaviour("pricing", "2", activity_type="VISIT", asset_pattern="*Pricing"),
        behaviour("other", "4", asset_pattern="/other"),
    ]
    activities = [visit("a", 0, asset="/pricing", activity_type=" Visit ")]
    assert contributions(score(activities=activities, behaviour_points=rules)) == {
        "all": 1,
        "pricing": 2,
    }


def test_the_daily_limit_counts_per_utc_day_and_repeats_begin_with_the_second():
    activities = [
        visit("a1", 7, at="00:00"),
        visit("a2", 7, at="12:00"),
        visit("a3", 7, at="23:59"),
        visit("a4", 0),
    ]
    rules = [
        behaviour("fading", "10", repeat_points="5", daily_limit="2", decay_curve="week"),
        behaviour("lasting", "10", repeat_points="5", daily_limit="2"),
        behaviour("unlimited", "1", repeat_points="-0.5"),
    ]
    tables = score(activities=activities, behaviour_points=rules, decay_curves=[NEVER, WEEK])
    # a week ago two count: 10 + (10 + 5) = 25, halved: 12.5. Today one more: 15. Together 27.5.
    assert contribution(tables, "fading")["points"] == Decimal("27.5")
    assert contribution(tables, "fading")["points_before_decay"] == 40
    assert contribution(tables, "fading")["activity_count"] == 3
    assert contribution(tables, "fading")["reason"] == "Did it 3 times, last today"
    assert contribution(tables, "lasting")["points"] == 40
    # 1 + 3 * (1 - 0.5) = 2.5
    assert contribution(tables, "unlimited")["points"] == Decimal("2.5")


def test_rule_points_are_cut_in_size_and_rounded_once():
    activities = [visit("a1", 1), visit("a2", 2), visit("a3", 63)]
    rules = [
        behaviour("cut", "10", max_points="24.5"),
        behaviour("penalty_cut", "-5", repeat_points="-2.5", max_points="12"),
        behaviour("penalty", "-5", repeat_points="-2.5"),
        behaviour("faded", "0.35", decay_curve="week"),
        behaviour("half_up", "30", decay_curve="week", activity_type="old"),
    ]
    activities.append(visit("a4", 63, activity_type="old"))
    tables = score(
        activities=activities,
        behaviour_points=rules,
        decay_curves=[NEVER, WEEK],
        scoring_models=[model(min_score="-100")],
    )
    points = contributions(tables)
    assert points["cut"] == Decimal("24.5")  # 30 cut
    assert points["penalty_cut"] == -12  # -5 - 7.5 - 7.5 = -20 cut
    assert points["penalty"] == -20
    # m(1) = 2^(-1/7) = 0.90572366, m(2) = 2^(-2/7) = 0.82033536, m(63) = 0.00195313
    # 0.35 * 1.72801215 = 0.6048042525: 0.6048. Rounding each day would give 0.3170+0.2871+0.0007.
    assert points["faded"] == Decimal("0.6048")
    assert points["half_up"] == Decimal("0.0586")  # 30 * 0.00195313 = 0.0585939
    assert contribution(tables, "penalty")["contribution_type"] == "penalty"


def test_a_category_is_cut_before_the_cap_of_all_behaviour():
    rules = [
        behaviour("a", "20", category="content"),
        behaviour("b", "15", category="content"),
        behaviour("c", "30", category="no limit told"),
        behaviour("d", "12"),
        behaviour("e", "-4", category="content"),
    ]
    tables = score(
        activities=[visit("v", 0)],
        behaviour_points=rules,
        behaviour_categories=[
            rule("behaviour_categories", category="content", max_points="30"),
            rule("behaviour_categories", category="unused", max_points="1"),
        ],
        scoring_models=[model(max_behaviour_points="60")],
    )
    row = only_score(tables)
    # 20 + 15 = 35, cut to 30; 30 + 30 + 12 = 72, cut to 60; 60 - 4 = 56
    assert contributions(tables) == {
        "a": 20,
        "b": 15,
        "c": 30,
        "d": 12,
        "e": -4,
        "category_cap:content": -5,
        "behaviour_cap": -12,
    }
    assert (row["behaviour_points"], row["penalty_points"], row["score"]) == (60, -4, 56)
    assert row["uncapped_points"] == 68  # 72 - 4


def test_a_rule_of_zero_points_fires_and_is_no_penalty():
    tables = score(activities=[visit("v", 1)], behaviour_points=[behaviour("zero", "0")])
    row = contribution(tables, "zero")
    assert (row["contribution_type"], row["points"]) == ("behaviour", 0)
    assert row["reason"] == "Did it yesterday"
    assert only_score(tables)["top_reasons"] == "No points yet"


# ------------------------------------------------------------------------------------------------
# Section 6: score
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plus", "minus", "expected_score", "adjustments"),
    [
        ("12.5", "0", 13, {"rounding": "0.5"}),
        ("12.49", "0", 12, {"rounding": "-0.49"}),
        ("0.25", "-2.75", -3, {"rounding": "-0.5"}),  # -2.5
        ("0.25", "-0.5", 0, {"rounding": "0.25"}),  # -0.25
        ("70", "-20", 50, {}),
        ("50.5", "0", 50, {"score_ceiling": "-0.5"}),
        ("1", "-30.75", -20, {"score_floor": "9.75"}),
    ],
)
def test_the_score_is_brought_into_range_then_rounded(plus, minus, expected_score, adjustments):
    tables = score(
        scoring_models=[model(min_score="-20", max_score="50")],
        fit_points=[fit("plus", plus)],
        negative_attributes=[negative("minus", minus)],
    )
    assert only_score(tables)["score"] == expected_score
    found = {
        row["rule_id"]: row["points"]
        for row in tables["lead_score_contributions"]
        if row["contribution_type"] == "adjustment"
    }
    assert found == {name: Decimal(points) for name, points in adjustments.items()}
    assert sum(contributions(tables).values()) == expected_score


def test_a_lead_without_anything_has_a_score():
    row = only_score(score())
    assert row["score"] == 0
    assert row["grade"] is None
    assert row["segment"] is None
    assert row["top_reasons"] == "No points yet"
    assert row["last_activity_at"] is None
    assert (row["score_rank"], row["score_decile"], row["score_percentile"]) == (1, 1, 100)


@pytest.mark.parametrize(("min_score", "max_score"), [("0", "30"), ("-10", "20")])
def test_a_score_share_has_four_decimals(min_score, max_score):
    tables = score(
        scoring_models=[model(min_score=min_score, max_score=max_score)],
        fit_points=[fit("f", "10")],
    )
    # 10 of 0 to 30: 1/3; 10 of -10 to 20: 20/30
    expected = {"0": "0.3333", "-10": "0.6667"}[min_score]
    assert only_score(tables)["score_share"] == Decimal(expected)


def test_a_disqualified_lead_has_the_lowest_score_whatever_else_is_true():
    tables = score(
        scoring_models=[model(min_score="-10", max_fit_points="40")],
        fit_points=[fit("f", "50")],
        negative_attributes=[
            negative("n_deduct", "-5", exclusive_group="g"),
            # it fires and does not count: it disqualifies all the same
            negative("n_stop", "0", action="disqualify", exclusive_group="g"),
        ],
        score_thresholds=[
            rule("score_thresholds", threshold="marketing_qualified", min_score="-10")
        ],
        score_segments=[rule("score_segments", segment="low", min_score="-10")],
        score_grades=[rule("score_grades", axis="fit", grade="A", min_points="40")],
    )
    row = only_score(tables)
    assert (row["score"], row["segment"], row["is_disqualified"]) == (-10, "disqualified", True)
    assert not row["is_marketing_qualified"]
    assert (row["total_points"], row["grade"], row["score_share"]) == (35, "A", 0)
    # 50 - 10 - 5 + 0 = 35; -10 - 35 = -45
    assert contributions(tables) == {
        "f": 50,
        "fit_cap": -10,
        "n_deduct": -5,
        "n_stop": 0,
        "disqualification": -45,
    }
    assert row["top_reasons"] == "Disqualified: Did it; Did it (+50); Did it (-5)"


# ------------------------------------------------------------------------------------------------
# Section 6: thresholds, segments, grades
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        ({"min_score": "15"}, True),
        ({"min_score": "16"}, False),
        ({"min_score": "0", "min_fit_points": "10"}, True),
        ({"min_score": "0", "min_fit_points": "10.01"}, False),
        ({"min_score": "0", "min_behaviour_points": "5"}, True),
        ({"min_score": "0", "min_behaviour_points": "5.01"}, False),
        ({"min_score": "15", "exit_score": "1"}, True),
        ({"min_score": "16", "exit_score": "1"}, False),
    ],
)
def test_a_threshold_holds_from_its_minimum_on(threshold, expected):
    row = only_score(
        score(
            activities=[visit("v", 0)],
            fit_points=[fit("f", "10")],
            behaviour_points=[behaviour("b", "5")],
            score_thresholds=[
                rule("score_thresholds", threshold="sales_ready", scoring_model="*", **threshold)
            ],
        )
    )
    assert row["is_sales_ready"] is expected
    assert row["is_marketing_qualified"] is False  # no row: it never holds


@pytest.mark.parametrize(
    ("required", "expected"),
    [
        (["f_counts"], True),
        (["f_loses"], False),
        (["f_silent"], False),
        (["b_faded"], True),  # one eligible activity is enough, with 0 points too
        (["b_silent"], False),
        (["f_counts", "b_faded"], True),
        (["f_counts", "b_silent"], False),
    ],
)
def test_every_required_rule_must_have_fired(required, expected):
    tables = score(
        activities=[visit("v", 30)],
        fit_points=[
            fit("f_counts", "10", exclusive_group="g"),
            fit("f_loses", "5", exclusive_group="g"),
            fit("f_silent", "5", operator="is_missing"),
        ],
        behaviour_points=[
            behaviour("b_faded", "5", decay_curve="line"),
            behaviour("b_silent", "5", activity_type="other"),
        ],
        decay_curves=[NEVER, curve("line", "linear", "", "30")],
        score_thresholds=[rule("score_thresholds", threshold="sales_ready", min_score="0")],
        threshold_requirements=[
            rule("threshold_requirements", threshold="sales_ready", rule_id=rule_id)
            for rule_id in required
        ]
        # a demand of the other threshold does not matter here
        + [rule("threshold_requirements", threshold="marketing_qualified", rule_id="b_silent")],
    )
    assert only_score(tables)["is_sales_ready"] is expected


@pytest.mark.parametrize(
    ("points", "segment", "grade"),
    [("9.4", "low", "C"), ("9.5", "middle", "C"), ("12.5", "middle", "B"), ("20", "high", "B")],
)
def test_a_band_begins_at_its_lower_limit(points, segment, grade):
    bands = {"low": "0", "high": "20", "middle": "10"}
    row = only_score(
        score(
            fit_points=[fit("f", points)],
            score_segments=[
                rule("score_segments", scoring_model="*", segment=name, min_score=limit)
                for name, limit in bands.items()
            ],
            score_grades=[
                rule("score_grades", axis="fit", grade="C", min_points="0"),
                rule("score_grades", axis="fit", grade="B", min_points="12.5"),
                rule("score_grades", axis="behaviour", grade="4", min_points="0"),
            ],
        )
    )
    # the segment goes by the rounded score (9.5 is 10), the grade by the points
    assert (row["segment"], row["fit_grade"], row["behaviour_grade"]) == (segment, grade, "4")
    assert row["grade"] == grade + "4"


# ------------------------------------------------------------------------------------------------
# Section 6: models, audiences, rank
# ------------------------------------------------------------------------------------------------


def test_rules_for_every_model_and_rules_of_one_model():
    tables = score(
        scoring_models=[
            model("a", priority="1"),
            model("b", priority="2", status="testing"),
            model("c", status="off"),
        ],
        fit_points=[
            fit("all", "10", scoring_model="*"),
            fit("one", "1", scoring_model="a"),
            fit("one", "2", scoring_model="b"),
        ],
    )
    assert [(row["scoring_model"], row["score"]) for row in tables["lead_scores"]] == [
        ("a", 11),
        ("b", 12),
    ]
    # a testing model is never primary, however high its score
    assert tables["ranked_leads"] == [{"lead_id": "L1", "scoring_model": "a", "score_rank": 1}]


def test_a_lead_is_in_the_audience_when_every_row_holds():
    audience = [
        rule("model_audiences", attribute="country", operator="equals", value="de"),
        rule(
            "model_audiences",
            scoring_model="*",
            attribute="employee_count",
            operator="lt",
            value="50",
        ),
    ]
    leads = [
        lead("both", country="DE", employee_count="5"),
        lead("one", country="DE", employee_count="50"),
        lead("unknown", country="DE"),
    ]
    tables = score(leads=leads, model_audiences=audience)
    assert column(tables["lead_scores"], "lead_id") == ["both"]
    assert tables["lead_scores"][0]["score_percentile"] == 100


@pytest.mark.parametrize(
    ("first", "second", "primary"),
    [
        # 10 of 0 to 100 is 0.1; 10 of 0 to 50 is 0.2
        ({"priority": "1", "max_score": "100"}, {"priority": "2", "max_score": "50"}, "second"),
        ({"priority": "10"}, {"priority": "9"}, "second"),
        ({"priority": "1"}, {"priority": "1"}, "first"),
        ({"priority": "2"}, {"priority": "1", "status": "testing"}, "first"),
        ({"priority": "1", "status": "testing"}, {"priority": "1", "status": "off"}, None),
    ],
)
def test_the_primary_model_has_the_highest_share_then_priority_then_name(first, second, primary):
    tables = score(
        scoring_models=[model("second", **second), model("first", **first)],
        fit_points=[fit("f", "10", scoring_model="*")],
    )
    found = [row["scoring_model"] for row in tables["lead_scores"] if row["is_primary_model"]]
    assert found == ([primary] if primary else [])
    assert column(tables["ranked_leads"], "scoring_model") == found


def test_ranks_have_no_ties():
    leads = [
        lead(lead_id, country=country)
        for lead_id, country in [
            ("disqualified", "stop"),
            ("b none", None),
            ("a none", None),
            ("A none", None),
            ("early", None),
            ("late", None),
            ("capped more", "much"),
            ("capped", "some"),
        ]
    ]
    tables = score(
        leads=leads,
        activities=[
            visit("v1", 5, lead_id="early", at="10:00:00.000001"),
            visit("v2", 5, lead_id="late", at="10:00:00.000002"),
            visit("v3", 1, lead_id="disqualified"),
        ],
        scoring_models=[model(max_fit_points="10")],
        fit_points=[
            fit("much", "30", attribute="country", operator="equals", value="much"),
            fit("some", "20", attribute="country", operator="equals", value="some"),
        ],
        negative_attributes=[
            negative(
                "stop",
                "0",
                action="disqualify",
                attribute="country",
                operator="equals",
                value="stop",
            )
        ],
    )
    assert column(tables["lead_scores"], "lead_id") == [
        "capped more",
        "capped",
        "late",
        "early",
        "A none",
        "a none",
        "b none",
        "disqualified",
    ]
    assert column(tables["lead_scores"], "score_rank") == [1, 2, 3, 4, 5, 6, 7, 8]
    # 100 * (8 - rank) / 7
    assert column(tables["lead_scores"], "score_percentile") == [
        Decimal(text) for text in ["100", "85.71", "71.43", "57.14", "42.86", "28.57", "14.29", "0"]
    ]
    assert column(tables["lead_scores"], "score_decile") == [1, 2, 3, 4, 5, 6, 7, 8]


def test_deciles_are_filled_from_the_first():
    assert [reference.decile_of(rank, 12) for rank in range(1, 13)] == [
        *[1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    ]
    assert [reference.decile_of(rank, 20) for rank in (1, 2, 3, 20)] == [1, 1, 2, 10]


def test_activity_count_goes_by_the_longest_window_of_any_curve():
    activities = [
        visit("v1", 30, activity_type="in no rule"),
        visit("v2", 31),
        visit("v3", -1),
        visit("v4", 2, is_bot="1"),
    ]

    def counted(*curves: dict) -> int:
        row = only_score(score(activities=activities, decay_curves=list(curves)))
        return row["activity_count"], row["last_activity_at"]

    month, week = curve("m", "none", "", "30"), curve("w", "linear", "", "7")
    assert counted(month, week) == (1, datetime(2025, 1, 30, 12))
    assert counted(week) == (0, None)
    assert counted(month, NEVER) == (2, datetime(2025, 1, 30, 12))
    assert counted() == (2, datetime(2025, 1, 30, 12))


# ------------------------------------------------------------------------------------------------
# Section 7: reasons and the summary
# ------------------------------------------------------------------------------------------------


def test_top_reasons_name_the_three_largest_with_one_decimal():
    tables = score(
        scoring_models=[model(min_score="-50")],
        activities=[visit("v", 2)],
        fit_points=[
            fit("d", "0.04", rationale="Too small: to be felt"),
            fit("c", "0.05", rationale="Small."),
            fit("b", "24.55", rationale=" A big one: yes: it is "),
        ],
        negative_attributes=[
            negative("a", "-10", rationale="Bad"),
        ],
        behaviour_points=[behaviour("e", "10", rationale="Visited: once")],
    )
    assert only_score(tables)["top_reasons"] == (
        "A big one (+24.6); Bad (-10); Visited 2 days ago (+10)"
    )


def test_the_smallest_reason_that_is_told_is_five_hundredths():
    tables = score(
        fit_points=[
            fit("d", "0.04", rationale="Too small: to be felt"),
            fit("c", "0.05", rationale="Small."),
        ],
    )
    assert only_score(tables)["top_reasons"] == "Small (+0.1)"


def test_the_first_disqualifying_rule_is_named():
    tables = score(
        negative_attributes=[
            negative("n_b", "0", action="disqualify", rationale="Second: b"),
            negative("n_a", "0", action="disqualify", rationale="First: a"),
            negative("n_0", "0", action="disqualify", operator="is_missing", rationale="None: 0"),
        ],
    )
    assert only_score(tables)["top_reasons"] == "Disqualified: First"


def test_the_summary_counts_and_averages_each_segment():
    leads = [lead(f"L{number}", points=str(number)) for number in range(6)]
    tables = score(
        leads=leads,
        fit_points=[
            fit("one", "1", attribute="points", operator="gte", value="1"),
            fit("two", "10", attribute="points", operator="gte", value="3"),
        ],
        negative_attributes=[
            negative(
                "stop",
                "0",
                action="disqualify",
                attribute="points",
                operator="equals",
                value="5",
            )
        ],
        score_thresholds=[
            rule("score_thresholds", threshold="marketing_qualified", min_score="1"),
            rule("score_thresholds", threshold="sales_ready", min_score="11"),
        ],
        score_segments=[
            rule("score_segments", segment="low", min_score="0"),
            rule("score_segments", segment="high", min_score="10"),
        ],
    )
    # scores 0, 1, 1, 11, 11 and 0 (disqualified); (0 + 1 + 1) / 3 = 0.67
    counts = ["segment", "lead_count", "marketing_qualified_count", "sales_ready_count"]
    counts += ["average_score"]
    assert [[row[name] for name in counts] for row in tables["segment_summary"]] == [
        ["disqualified", 1, 0, 0, 0],
        ["high", 2, 2, 2, 11],
        ["low", 3, 2, 0, Decimal("0.67")],
    ]


# ------------------------------------------------------------------------------------------------
# Random cases: valid, repeatable, and rich enough
# ------------------------------------------------------------------------------------------------

SEEDS = range(20)
LEAD_COUNT = 250


@cache
def case_of(seed: int) -> Case:
    return make_case(seed, LEAD_COUNT)


@cache
def tables_of(seed: int) -> dict:
    case = case_of(seed)
    return score_leads(case.raw_tables, case.rules, case.scoring_date)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_case_keeps_the_promises_of_the_contract(seed):
    case, tables = case_of(seed), tables_of(seed)

    sums: Counter = Counter()
    for row in tables["lead_score_contributions"]:
        sums[row["lead_id"], row["scoring_model"]] += row["points"]
    for row in tables["lead_scores"]:
        key = row["lead_id"], row["scoring_model"]
        assert sums[key] == row["score"], key
        assert row["total_points"] == (
            row["fit_points"] + row["behaviour_points"] + row["penalty_points"]
        )
        assert 0 <= row["score_share"] <= 1
        assert row["penalty_points"] <= 0

    keys = [(row["lead_id"], row["scoring_model"]) for row in tables["lead_scores"]]
    assert len(keys) == len(set(keys))

    clean, rejected = reference.clean_leads(case.leads)
    assert len(clean) + len(rejected) == len(case.leads)
    assert len(rejected) == len(tables["rejected_leads"])
    activities, rejected = reference.clean_activities(case.activities, clean)
    assert len(activities) + len(rejected) == len(case.activities)
    assert len(rejected) == len(tables["rejected_activities"])


@pytest.mark.parametrize("seed", [3, 11])
def test_the_order_of_rows_does_not_matter(seed):
    case = case_of(seed)

    def shuffled(rows: list[dict]) -> list[dict]:
        return random.Random(1).sample(rows, len(rows))

    tables = score_leads(
        {name: shuffled(rows) for name, rows in case.raw_tables.items()},
        {name: shuffled(rows) for name, rows in case.rules.items()},
        case.scoring_date,
    )
    assert tables == tables_of(seed)


def test_a_seed_always_makes_the_same_case():
    assert make_case(5, 40) == make_case(5, 40)
    assert make_case(5, 40) != make_case(6, 40)
    assert len({row["lead_id"] for row in make_case(5, 40).leads if row["lead_id"]}) >= 40


@pytest.mark.parametrize("seed", [0, 7])
def test_a_case_survives_its_csv_files(seed, tmp_path):
    case = case_of(seed)
    write_case(case, tmp_path)

    def read(path) -> list[dict]:
        raw = path.read_bytes()
        assert not raw.startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, strict=True))

    def blank_as_none(rows: list[dict]) -> list[dict]:
        return [{name: cell or None for name, cell in row.items()} for row in rows]

    for name, rows in case.raw_tables.items():
        assert blank_as_none(read(tmp_path / "data" / f"{name}.csv")) == blank_as_none(rows)
    assert len(list((tmp_path / "rules").iterdir())) == len(RULE_COLUMNS) == 14
    for name, columns in RULE_COLUMNS.items():
        path = tmp_path / "rules" / name
        assert path.read_text(encoding="utf-8").splitlines()[0] == ",".join(columns)
        assert b"\r" not in path.read_bytes()
        assert read(path) == case.rules[name]


# -- the rule files are valid ----------------------------------------------------------------------

KEYS = {
    "scoring_models.csv": ["scoring_model"],
    "model_audiences.csv": ["attribute", "operator", "value"],
    "fit_points.csv": ["rule_id"],
    "negative_attributes.csv": ["rule_id"],
    "behaviour_points.csv": ["rule_id"],
    "behaviour_categories.csv": ["category"],
    "decay_curves.csv": ["decay_curve"],
    "decay_steps.csv": ["decay_curve", "from_age_days"],
    "score_thresholds.csv": ["threshold"],
    "threshold_requirements.csv": ["threshold", "rule_id"],
    "score_segments.csv": ["segment"],
    "score_grades.csv": ["axis", "grade"],
    "email_domains.csv": ["email_domain"],
    "job_titles.csv": ["pattern"],
}

KNOWN_ATTRIBUTES = {
    *reference.LEAD_COLUMNS,
    "lead quality",
    "webinar_topic",
    "email_domain",
    "email_domain_kind",
    "job_seniority",
    "job_function",
    "campaign_channel",
    "campaign_cost",
}


def is_whole(cell: str, least: int | None = None) -> bool:
    number = read_number(cell)
    if number is None or number != number.to_integral_value():
        return False
    return least is None or number >= least


def has_two_decimals(cell: str) -> bool:
    number = read_number(cell)
    return number is not None and number == round_half_away(number, 2)


def problems_in(rules: dict[str, list[dict]]) -> list[str]:
    """What a strict reader of the contract would find wrong in a set of rule files."""
    problems: list[str] = []

    def expect(is_right: bool, problem: object) -> None:
        if not is_right:
            problems.append(str(problem))

    models = {row["scoring_model"]: row for row in rules["scoring_models.csv"]}
    curves = {row["decay_curve"]: row for row in rules["decay_curves.csv"]}
    expect(any(row["status"] == "active" for row in models.values()), "no active model")

    for name, columns in RULE_COLUMNS.items():
        for row in rules[name]:
            expect(list(row) == columns, (name, "columns", row))
            expect(None not in row.values(), (name, "null", row))
            expect(row.get("rationale", "x").strip() != "", (name, "no rationale", row))
            expect("\n" not in "".join(row.values()), (name, "line break", row))
            scope = row.get("scoring_model", "*")
            expect(scope in models or (scope == "*" and name != "scoring_models.csv"), (name, row))
        for scoring_model in models:
            # a row for a model and one for `*` under the same key are a duplicate
            keys = [
                tuple(row[column].strip().lower() for column in KEYS[name])
                for row in rules[name]
                if row.get("scoring_model", "*") in (scoring_model, "*")
            ]
            expect(len(keys) == len(set(keys)), (name, scoring_model, "duplicate key"))

    for row in models.values():
        expect(row["status"] in ("active", "testing", "off"), row)
        expect(is_whole(row["priority"], 1), row)
        expect(is_whole(row["min_score"]) and is_whole(row["max_score"]), row)
        expect(int(row["min_score"]) < int(row["max_score"]), row)
        for column_name in ("max_fit_points", "max_behaviour_points"):
            cell = row[column_name]
            expect(cell == "" or (has_two_decimals(cell) and read_number(cell) > 0), row)

    for name in ("model_audiences.csv", "fit_points.csv", "negative_attributes.csv"):
        for row in rules[name]:
            attribute, operator, value = (row[part] for part in ("attribute", "operator", "value"))
            attribute = attribute.strip().lower()
            is_number = attribute in reference.NUMBER_ATTRIBUTES
            expect(attribute in KNOWN_ATTRIBUTES, row)
            expect(operator in EVERY_OPERATOR, row)
            expect((value == "") == (operator in ("is_missing", "is_present")), row)
            items = [item.strip() for item in value.split("|")]
            if operator in ("in", "not_in"):
                expect("" not in items and len(items) == len(set(items)), row)
            elif operator == "between":
                expect(len(items) == 2 and read_number(items[0]) <= read_number(items[1]), row)
            else:
                expect(len(items) == 1, row)
            if operator in reference.NUMBER_OPERATORS or (
                is_number and operator in ("equals", "not_equals", "in", "not_in")
            ):
                expect(all(read_number(item) is not None for item in items), row)

    for scoring_model in models:
        rule_ids = [
            row["rule_id"]
            for name in ("fit_points.csv", "negative_attributes.csv", "behaviour_points.csv")
            for row in rules[name]
            if row["scoring_model"] in (scoring_model, "*")
        ]
        expect(len(rule_ids) == len(set(rule_ids)), (scoring_model, "rule_id twice", rule_ids))
        expect("" not in rule_ids, (scoring_model, "no rule_id"))

    for row in rules["fit_points.csv"]:
        expect(has_two_decimals(row["points"]) and read_number(row["points"]) > 0, row)
    for row in rules["negative_attributes.csv"]:
        expect(has_two_decimals(row["points"]) and read_number(row["points"]) <= 0, row)
        expect(row["action"] in ("deduct", "disqualify"), row)
    for row in rules["behaviour_points.csv"]:
        points, repeat = read_number(row["points"]), read_number(row["repeat_points"] or "0")
        expect(has_two_decimals(row["points"]) and repeat == round_half_away(repeat, 2), row)
        expect(points + repeat >= 0 if points >= 0 else repeat <= 0, row)
        expect(row["daily_limit"] == "" or is_whole(row["daily_limit"], 1), row)
        expect(row["max_points"] == "" or read_number(row["max_points"]) > 0, row)
        expect(row["decay_curve"] in curves and row["activity_type"] != "", row)
    for row in rules["behaviour_categories.csv"]:
        expect(has_two_decimals(row["max_points"]) and read_number(row["max_points"]) > 0, row)

    for row in curves.values():
        kind, window_days = row["kind"], row["window_days"]
        expect(kind in ("none", "half_life", "linear", "steps"), row)
        expect(window_days == "" or is_whole(window_days, 1), row)
        expect(kind != "linear" or window_days != "", row)
        expect((row["half_life_days"] != "") == (kind == "half_life"), row)
        expect(kind != "half_life" or read_number(row["half_life_days"]) > 0, row)
        has_steps = any(
            step_row["decay_curve"] == row["decay_curve"] for step_row in rules["decay_steps.csv"]
        )
        expect(has_steps == (kind == "steps"), row)
    for row in rules["decay_steps.csv"]:
        expect(row["decay_curve"] in curves and is_whole(row["from_age_days"], 0), row)
        expect(0 <= read_number(row["multiplier"]) <= 1, row)

    for scoring_model, row_of_model in models.items():
        lowest, highest = int(row_of_model["min_score"]), int(row_of_model["max_score"])

        def of_model(name: str, scoring_model: str = scoring_model) -> list[dict]:
            return [row for row in rules[name] if row["scoring_model"] in (scoring_model, "*")]

        thresholds = {row["threshold"]: row for row in of_model("score_thresholds.csv")}
        for row in thresholds.values():
            expect(row["threshold"] in ("marketing_qualified", "sales_ready"), row)
            expect(is_whole(row["min_score"]), row)
            expect(lowest <= int(row["min_score"]) <= highest, row)
            if row["exit_score"]:
                expect(lowest <= int(row["exit_score"]) <= int(row["min_score"]), row)
            for column_name in ("min_fit_points", "min_behaviour_points"):
                expect(row[column_name] == "" or read_number(row[column_name]) >= 0, row)
        if len(thresholds) == 2:
            marketing, sales = thresholds["marketing_qualified"], thresholds["sales_ready"]
            expect(int(sales["min_score"]) >= int(marketing["min_score"]), thresholds)
        can_be_required = {
            row["rule_id"]
            for name in ("fit_points.csv", "behaviour_points.csv")
            for row in of_model(name)
        }
        for row in of_model("threshold_requirements.csv"):
            expect(row["threshold"] in thresholds and row["rule_id"] in can_be_required, row)

        segments = [int(row["min_score"]) for row in of_model("score_segments.csv")]
        if segments:
            expect(min(segments) <= lowest, (scoring_model, "gap below the segments"))
            expect(max(segments) <= highest, (scoring_model, "segment above the range"))
            expect(len(segments) == len(set(segments)), (scoring_model, "segments of one score"))
        for axis in ("fit", "behaviour"):
            limits = [
                read_number(row["min_points"])
                for row in of_model("score_grades.csv")
                if row["axis"] == axis
            ]
            if limits:
                expect(min(limits) == 0, (scoring_model, axis, "gap below the grades"))
                expect(len(limits) == len(set(limits)), (scoring_model, axis, "grades of a limit"))

    for row in rules["email_domains.csv"]:
        expect(row["kind"] in ("personal", "competitor", "customer", "disposable"), row)
    for row in rules["job_titles.csv"]:
        expect(row["pattern"] != "" and is_whole(row["priority"], 1), row)
        expect(row["job_seniority"] != "" or row["job_function"] != "", row)
    return problems


@pytest.mark.parametrize("lead_count", [1, 10])
def test_every_random_set_of_rules_is_valid(lead_count):
    for seed in range(150):
        assert problems_in(make_case(seed, lead_count).rules) == [], seed
    if lead_count == 1:
        score_leads(make_case(0, 1).raw_tables, make_case(0, 1).rules, make_case(0, 1).scoring_date)


# -- the cases are rich ----------------------------------------------------------------------------


def attribute_features(case: Case, leads: list, rules: dict, found: Counter) -> None:
    """How often each operator held and did not, and what the missing did."""
    campaigns = reference.clean_campaigns(case.campaigns)
    for one in leads:
        attributes = reference.lead_attributes(one, campaigns, rules)
        for name in ("model_audiences.csv", "fit_points.csv", "negative_attributes.csv"):
            for row in rules[name]:
                attribute = reference.attribute_name(row["attribute"])
                holds = reference.row_holds(row, attributes)
                answer = "holds" if holds else "does not hold"
                found[f"{row['operator']} {answer}"] += 1
                if attribute in reference.NUMBER_ATTRIBUTES:
                    found[f"{row['operator']} on a number {answer}"] += 1
                if attributes.get(attribute) is None:
                    found[f"{row['operator']} meets a missing value"] += 1
                if holds and attribute in ("lead quality", "webinar_topic"):
                    found["a further column matched"] += 1
                if holds and attribute in KNOWN_ATTRIBUTES - set(reference.LEAD_COLUMNS):
                    found[f"{attribute} matched"] += 1


def behaviour_features(case: Case, activities: dict, rules: dict, found: Counter) -> None:
    """Ages on the edges, limits that cut, repeats."""
    for row in rules["behaviour_points.csv"]:
        row_curve, steps = reference.curve_named(row["decay_curve"], rules)
        for of_lead in activities.values():

            def fire(of_lead: list = of_lead, row: dict = row, **changes: None):
                return reference.fire_behaviour_rule(
                    row | changes, of_lead, rules, case.scoring_date
                )

            fired = fire()
            if fired is None:
                if row["asset_pattern"] is not None and fire(asset_pattern=None) is not None:
                    found["an asset pattern does not match"] += 1
                continue
            unlimited = fire(daily_limit=None) if row["daily_limit"] else fired
            uncut = fire(max_points=None) if row["max_points"] else fired
            sign = "positive" if fired.contribution_type == "behaviour" else "negative"
            found[f"a {sign} rule fires"] += 1
            if fired.activity_count > 1:
                found[f"a {sign} rule repeats"] += row["repeat_points"] is not None
            found["a daily limit cuts"] += fired.activity_count < unlimited.activity_count
            found[f"a {sign} rule is cut to max_points"] += fired.points != uncut.points
            found["a rule of zero points fires"] += reference.number_in_rule(row["points"]) == 0
            found["a fired rule has faded to nothing"] += fired.points == 0
            found["an asset pattern matches"] += row["asset_pattern"] is not None
            age = (case.scoring_date - fired.latest_activity_at.date()).days
            found[f"{row_curve['kind']} fades"] += 0 < multiplier(row_curve, steps, age) < 1
            if row_curve["kind"] == "half_life" and row_curve["half_life_days"] is not None:
                half_lives = Decimal(age) / Decimal(row_curve["half_life_days"])
                found["a half-life ends in a tie"] += half_lives == 9
            if row_curve["decay_curve"] == "long_straight":
                found["a straight line ends in a tie"] += age % 2
            found["age 0"] += age == 0
            found["on the window"] += str(age) == row_curve["window_days"]
        for activity in (activity for of_lead in activities.values() for activity in of_lead):
            age = (case.scoring_date - activity.occurred_at.date()).days
            if activity.activity_type == lower_case(row["activity_type"]):
                found["past the window"] += str(age - 1) == row_curve["window_days"]
                found["in the future"] += age < 0
                found["thirty years old"] += age >= 10_950
                found["a bot"] += activity.is_bot


def raw_features(case: Case, found: Counter) -> None:
    """What the raw rows hold: absent columns, owners by e-mail, zones that move the day."""
    leads, _ = reference.clean_leads(case.leads)
    found["no campaigns"] += not case.campaigns
    found["a lead column is absent"] += len(case.lead_columns) < 21
    found["an activity column is absent"] += len(case.activity_columns) < 9
    for row in case.activities:
        owner_of_row = reference.owner_of_activity(row, leads)
        moment = read_timestamp(row["occurred_at"])
        if owner_of_row is not None:
            lead_id = reference.clean_text(row["lead_id"])
            found["owned by e-mail alone"] += lead_id is None
            found["owned by e-mail against an unknown lead_id"] += (
                lead_id is not None and lead_id != owner_of_row.lead_id
            )
            found["owned by lead_id against the e-mail"] += (
                lead_id == owner_of_row.lead_id
                and reference.clean_text(row["email"]) is not None
                and reference.clean_lower(row["email"]) != owner_of_row.email
            )
            found["owned by a forgotten lead"] += owner_of_row.is_forgotten
        if moment is not None:
            written = row["occurred_at"].strip(reference.BLANKS)[:10]
            found["a zone moves the day"] += written != moment.date().isoformat()
    emails = Counter(one.email for one in leads.values() if one.email)
    found["a shared e-mail"] += max(emails.values(), default=0) > 1
    for one in leads.values():
        age = (case.scoring_date - one.created_at.date()).days
        found["created on the scoring date"] += age == 0
        found["created after the scoring date"] += age < 0
        found["deleted"] += one.is_deleted
        found["objecting"] += one.objects_to_profiling


def score_features(case: Case, tables: dict, rules: dict, found: Counter) -> None:
    """What was published: thresholds, bands, ties, primary models."""
    statuses = {row["scoring_model"]: row for row in rules["scoring_models.csv"]}
    by_lead: dict[str, list[dict]] = {}
    for row in tables["lead_scores"]:
        if statuses[row["scoring_model"]]["status"] == "active":
            by_lead.setdefault(row["lead_id"], []).append(row)
        found["no reason"] += row["top_reasons"] == "No points yet"
        found["no grade"] += row["grade"] is None
        found["both grades"] += row["fit_grade"] is not None and row["behaviour_grade"] is not None
        found[f"segment {row['segment']}"] += 1
        for band in reference.rows_of_model(rules, "score_segments.csv", row["scoring_model"]):
            found["a score on the edge of a segment"] += str(row["score"]) == band["min_score"]
        for band in reference.rows_of_model(rules, "score_grades.csv", row["scoring_model"]):
            points = row[f"{band['axis']}_points"]
            found["points on the edge of a grade"] += 0 != points == Decimal(band["min_points"])
        for threshold in reference.rows_of_model(
            rules, "score_thresholds.csv", row["scoring_model"]
        ):
            name = threshold["threshold"]
            holds = row[f"is_{name}"]
            found[f"{name} {'holds' if holds else 'fails'}"] += 1
            found["a threshold is just reached"] += (
                holds and str(row["score"]) == threshold["min_score"]
            )
            if holds or row["is_disqualified"] or row["score"] < Decimal(threshold["min_score"]):
                continue
            fit_lacks = row["fit_points"] < Decimal(threshold["min_fit_points"] or 0)
            behaviour_lacks = row["behaviour_points"] < Decimal(
                threshold["min_behaviour_points"] or 0
            )
            found["a threshold lacks fit"] += fit_lacks
            found["a threshold lacks behaviour"] += behaviour_lacks
            found["a threshold lacks a required rule"] += not fit_lacks and not behaviour_lacks

    for best, next_best in zip(tables["lead_scores"], tables["lead_scores"][1:], strict=False):
        if best["scoring_model"] != next_best["scoring_model"]:
            continue
        for tie_break in ("score", "uncapped_points", "last_activity_at", "lead_id"):
            if best[tie_break] != next_best[tie_break]:
                found[f"a rank by {tie_break}"] += 1
                break
    for rows in by_lead.values():
        shares = sorted((row["score_share"] for row in rows), reverse=True)
        if len(rows) > 1 and shares[0] > shares[1]:
            found["primary by share"] += 1
        elif len(rows) > 1:
            priorities = sorted(
                statuses[row["scoring_model"]]["priority"]
                for row in rows
                if row["score_share"] == shares[0]
            )
            by = "priority" if priorities[0] < priorities[1] else "name"
            found[f"primary by {by}"] += 1
    primary = {row["lead_id"] for row in tables["ranked_leads"]}
    found["only a testing model"] += any(
        row["lead_id"] not in primary for row in tables["lead_scores"]
    )


def contribution_features(tables: dict, rules: dict, found: Counter) -> None:
    for row in tables["lead_score_contributions"]:
        found[f"contribution {row['contribution_type']}"] += 1
        if row["contribution_type"] == "adjustment":
            found[f"adjustment {row['rule_id'].split(':')[0]}"] += 1
        elif "not counted" in row["reason"]:
            found[f"{row['contribution_type']} not counted"] += 1
            groups = {
                other["rule_id"]: abs(Decimal(other["points"]))
                for name in ("fit_points.csv", "negative_attributes.csv")
                for other in rules[name]
            }
            winner = row["reason"].split("not counted: ")[1].split(" counts")[0]
            found["a tie in an exclusive group"] += groups[winner] == groups[row["rule_id"]]
    for name in ("rejected_leads", "rejected_activities"):
        for row in tables[name]:
            found[f"{name} {row['reason_code']}"] += 1
            withheld = None in row.values() and row["reason_code"] != "missing_id"
            found[f"{name} without a key"] += withheld


def features_of(seed: int) -> Counter:
    case, tables = case_of(seed), tables_of(seed)
    rules = reference.clean_rules(case.rules)
    found: Counter = Counter()
    leads, _ = reference.clean_leads(case.leads)
    scored_ids = {row["lead_id"] for row in tables["lead_scores"]}
    activities: dict[str, list] = {lead_id: [] for lead_id in scored_ids}
    for activity in reference.clean_activities(case.activities, leads)[0]:
        if activity.owner.lead_id in scored_ids:
            activities[activity.owner.lead_id].append(activity)

    attribute_features(case, [leads[lead_id] for lead_id in scored_ids], rules, found)
    behaviour_features(case, activities, rules, found)
    raw_features(case, found)
    score_features(case, tables, rules, found)
    contribution_features(tables, rules, found)
    for name in RULE_COLUMNS:
        found[f"{name} is empty"] += not rules[name]
        found[f"{name} has a row for every model"] += any(
            row.get("scoring_model") == "*" for row in rules[name]
        )
    for row in rules["scoring_models.csv"]:
        found[f"a model is {row['status']}"] += 1
    for row in rules["negative_attributes.csv"]:
        found["a disqualify rule of no points"] += (
            row["action"] == "disqualify" and Decimal(row["points"]) == 0
        )
    found["the longest window is none"] += reference.longest_window(rules) is None
    found["the longest window is a limit"] += reference.longest_window(rules) is not None
    return found


EXPECTED_FEATURES = [
    *[f"{operator} holds" for operator in EVERY_OPERATOR],
    *[f"{operator} does not hold" for operator in EVERY_OPERATOR],
    *[f"{operator} meets a missing value" for operator in EVERY_OPERATOR],
    *[
        f"{operator} on a number {answer}"
        for operator in [
            "equals",
            "not_equals",
            "in",
            "not_in",
            "gt",
            "gte",
            "lt",
            "lte",
            "between",
        ]
        for answer in ("holds", "does not hold")
    ],
    *[
        f"{attribute} matched"
        for attribute in [
            "email_domain",
            "email_domain_kind",
            "job_seniority",
            "job_function",
            "campaign_channel",
            "campaign_cost",
        ]
    ],
    "a further column matched",
    "an asset pattern matches",
    "an asset pattern does not match",
    "a positive rule fires",
    "a negative rule fires",
    "a positive rule repeats",
    "a negative rule repeats",
    "a daily limit cuts",
    "a positive rule is cut to max_points",
    "a negative rule is cut to max_points",
    "a rule of zero points fires",
    "a fired rule has faded to nothing",
    "half_life fades",
    "linear fades",
    "steps fades",
    "a half-life ends in a tie",
    "a straight line ends in a tie",
    "age 0",
    "on the window",
    "past the window",
    "in the future",
    "thirty years old",
    "a bot",
    "no campaigns",
    "a lead column is absent",
    "an activity column is absent",
    "owned by e-mail alone",
    "owned by e-mail against an unknown lead_id",
    "owned by lead_id against the e-mail",
    "owned by a forgotten lead",
    "a zone moves the day",
    "a shared e-mail",
    "created on the scoring date",
    "created after the scoring date",
    "deleted",
    "objecting",
    "no reason",
    "no grade",
    "both grades",
    *[f"segment {segment}" for segment in ("None", "low", "medium", "high", "disqualified")],
    "a score on the edge of a segment",
    "points on the edge of a grade",
    *[
        f"{threshold} {answer}"
        for threshold in ("marketing_qualified", "sales_ready")
        for answer in ("holds", "fails")
    ],
    "a threshold is just reached",
    "a threshold lacks fit",
    "a threshold lacks behaviour",
    "a threshold lacks a required rule",
    "a rank by score",
    "a rank by uncapped_points",
    "a rank by last_activity_at",
    "a rank by lead_id",
    "primary by share",
    "primary by priority",
    "primary by name",
    "only a testing model",
    *[f"contribution {kind}" for kind in ("fit", "behaviour", "penalty", "adjustment")],
    *[
        f"adjustment {name}"
        for name in [
            "fit_cap",
            "category_cap",
            "behaviour_cap",
            "score_floor",
            "score_ceiling",
            "disqualification",
            "rounding",
        ]
    ],
    "fit not counted",
    "penalty not counted",
    "a tie in an exclusive group",
    *[
        f"{table} {feature}"
        for table in ("rejected_leads", "rejected_activities")
        for feature in ("missing_id", "invalid_timestamp", "duplicate", "without a key")
    ],
    "rejected_activities missing_activity_type",
    "rejected_activities unknown_lead",
    *[f"{name} is empty" for name in RULE_COLUMNS if name != "scoring_models.csv"],
    *[
        f"{name} has a row for every model"
        for name in RULE_COLUMNS
        if "scoring_model" in RULE_COLUMNS[name] and name != "scoring_models.csv"
    ],
    *[f"a model is {status}" for status in ("active", "testing", "off")],
    "a disqualify rule of no points",
    "the longest window is none",
    "the longest window is a limit",
]


def test_twenty_random_cases_reach_every_feature_of_the_contract():
    found: Counter = Counter()
    for seed in SEEDS:
        found.update(features_of(seed))
    assert [feature for feature in EXPECTED_FEATURES if not found[feature]] == []
