"""Every column of every rule file moves the published tables, as the contract says and no further.

The model `base` has a small set of rules, and a few leads who each stand for one of them. For every
column there is a copy of `base`, called `<file>__<column>`, in which one cell is another. One run
scores all these models: the leads named for the cell must move, and no other. A second run changes
what belongs to no model, the reference files, and the cells that move `rules_version` alone.
"""

from __future__ import annotations

import csv
import re
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from lead_scoring_tools.rule_files import REFERENCE_FILES, RULE_FILES
from lead_scoring_tools.warehouse import PROJECT_FOLDER

SCORING_DATE = "2026-06-30"
TODAY, WEEK_AGO, TWO_WEEKS_AGO, FOUR_WEEKS_AGO = (
    "2026-06-30",
    "2026-06-23",
    "2026-06-16",
    "2026-06-02",
)

Points = dict[str, Any]  # by rule_id
Rules = dict[str, list[dict[str, str]]]

# ------------------------------------------------------------------------------------------------
# The leads, the rules of the model base, and what they come to. All points are added up by hand
# ------------------------------------------------------------------------------------------------

LEADS = {
    "ann": {"country": "DE"},
    "bob": {"country": "FR", "region": "DE"},
    "big": {"employee_count": "200"},
    "rich": {"region": "EMEA"},
    "stu": {"region": "EMEA", "lead_source": "homework"},
    "web": {"region": "homework", "lead_source": "web"},
    "vis": {},
    "clicker": {},
    "fan": {},
    "reader": {},
    "caller": {},
    "heavy": {},
    "top": {"region": "EMEA"},
    "pest": {},
    "ready": {"country": "DE"},
    "eager": {"country": "DE"},
    "mild": {},
    "star": {"country": "Atlantis"},
    "dora": {"email": "dora@first.example"},
    "dirk": {"email": "dirk@second.example"},
    "dave": {"email": "dave@third.example"},
    "tina": {"job_title": "Wizard"},
    "tom": {"job_title": "Warlock"},
    "bert": {"job_title": "Baker"},
    "mia": {"job_title": "Miller"},
    "duke": {"job_title": "Duke and Earl"},
    # outside the audience of base
    "outsider": {"buyer": "no", "partner": "yes"},
    "unsure": {"buyer": "maybe"},
}
ACTIVITIES = [
    ("vis", "page_view", TWO_WEEKS_AGO, "/pricing/a"),
    ("vis", "page_view", WEEK_AGO, "/pricing/b"),
    ("vis", "page_view", WEEK_AGO, "/pricing/b"),
    ("vis", "page_view", WEEK_AGO, "/blog/b"),
    ("clicker", "email_click", TODAY, "/pricing/c"),
    ("fan", "webinar", TODAY, None),
    ("fan", "webinar", TODAY, None),
    ("reader", "email_open", FOUR_WEEKS_AGO, None),
    ("reader", "email_open", TWO_WEEKS_AGO, None),
    ("caller", "call", TWO_WEEKS_AGO, None),
    ("caller", "chat", TWO_WEEKS_AGO, None),
    ("heavy", "trial", TODAY, None),
    ("top", "trial", TODAY, None),
    ("pest", "unsubscribe", TODAY, None),
    ("ready", "webinar", TODAY, None),
    ("eager", "conference", TODAY, None),
    ("eager", "call", TODAY, None),
    ("mild", "conference", TODAY, None),
]


def attribute_rule(rule_id: str, condition: str, points: str, words: str, **cells: str) -> dict:
    attribute, operator, value = condition.split()
    return {
        "rule_id": rule_id,
        "attribute": attribute,
        "operator": operator,
        "value": value,
        "points": points,
        "rationale": f"{words}: made up",
        **cells,
    }


def behaviour_rule(activity_type: str, points: str, curve: str, words: str, **cells: str) -> dict:
    return {
        "rule_id": f"behaviour_{activity_type}",
        "activity_type": activity_type,
        "points": points,
        "decay_curve": curve,
        "rationale": f"{words}: made up",
        **cells,
    }


BASE: Rules = {
    "scoring_models": [
        {
            "status": "testing",
            "priority": "5",
            "min_score": "0",
            "max_score": "90",
            "max_fit_points": "40",
            "max_behaviour_points": "60",
            "rationale": "made up",
        }
    ],
    "model_audiences": [
        {"attribute": "buyer", "operator": "equals", "value": "yes", "rationale": "made up"}
    ],
    "fit_points": [
        attribute_rule("fit_country", "country equals DE", "10", "In Germany"),
        attribute_rule(
            "fit_big", "employee_count gte 100", "8", "100 employees", exclusive_group="size"
        ),
        attribute_rule(
            "fit_mid", "employee_count gte 50", "5", "50 employees", exclusive_group="size"
        ),
        attribute_rule("fit_region", "region equals EMEA", "60", "In EMEA"),
        attribute_rule("fit_customer", "email_domain_kind equals customer", "3", "Customer"),
        attribute_rule("fit_director", "job_seniority equals director", "6", "Director"),
        attribute_rule("fit_sales", "job_function equals sales", "2", "Works in sales"),
    ],
    "negative_attributes": [
        attribute_rule(
            "negative_homework",
            "lead_source equals homework",
            "-15",
            "Homework of a student",
            action="deduct",
            exclusive_group="source",
        ),
        attribute_rule(
            "negative_home",
            "lead_source starts_with home",
            "-10",
            "Came from home",
            action="deduct",
            exclusive_group="source",
        ),
    ],
    "behaviour_points": [
        behaviour_rule(
            "page_view",
            "10",
            "forever",
            "Viewed the pricing page",
            asset_pattern="/pricing*",
            category="web",
            repeat_points="2",
            daily_limit="1",
            max_points="40",
        ),
        behaviour_rule("webinar", "20", "forever", "Attended a webinar", category="events"),
        behaviour_rule("conference", "15", "forever", "Came to a conference", category="events"),
        behaviour_rule("email_open", "16", "fading", "Opened an e-mail"),
        behaviour_rule("call", "16", "stepped", "Took a call"),
        behaviour_rule("chat", "16", "stepped_later", "Chatted"),
        behaviour_rule("trial", "80", "forever", "Began a trial"),
        behaviour_rule("unsubscribe", "-12", "forever", "Unsubscribed"),
    ],
    "behaviour_categories": [{"category": "events", "max_points": "20", "rationale": "made up"}],
    "decay_curves": [
        {"decay_curve": "forever", "kind": "none", "rationale": "made up"},
        {
            "decay_curve": "fading",
            "kind": "half_life",
            "half_life_days": "7",
            "window_days": "30",
            "rationale": "made up",
        },
        {"decay_curve": "stepped", "kind": "steps", "rationale": "made up"},
        {"decay_curve": "stepped_later", "kind": "steps", "rationale": "made up"},
    ],
    "decay_steps": [
        {
            "decay_curve": "stepped",
            "from_age_days": "10",
            "multiplier": "0.5",
            "rationale": "made up",
        },
        {
            "decay_curve": "stepped_later",
            "from_age_days": "20",
            "multiplier": "0.25",
            "rationale": "made up",
        },
    ],
    "score_thresholds": [
        {
            "threshold": "sales_ready",
            "min_score": "30",
            "min_fit_points": "10",
            "min_behaviour_points": "20",
            "exit_score": "25",
            "rationale": "made up",
        }
    ],
    "threshold_requirements": [
        {"threshold": "sales_ready", "rule_id": "behaviour_webinar", "rationale": "made up"}
    ],
    "score_segments": [
        {"segment": "hot", "min_score": "30", "rationale": "made up"},
        {"segment": "warm", "min_score": "10", "rationale": "made up"},
        {"segment": "cold", "min_score": "-100", "rationale": "made up"},
    ],
    "score_grades": [
        {"axis": "fit", "grade": "A", "min_points": "10", "rationale": "made up"},
        {"axis": "fit", "grade": "B", "min_points": "0", "rationale": "made up"},
        {"axis": "behaviour", "grade": "1", "min_points": "20", "rationale": "made up"},
        {"axis": "behaviour", "grade": "2", "min_points": "0", "rationale": "made up"},
    ],
}
REFERENCE: Rules = {
    "email_domains": [
        {"email_domain": "first.example", "kind": "customer"},
        {"email_domain": "second.example", "kind": "personal"},
    ],
    "job_titles": [
        {"pattern": "wizard", "job_seniority": "director", "priority": "10"},
        {"pattern": "baker", "job_seniority": "vp", "priority": "10"},
        {"pattern": "miller", "job_function": "marketing", "priority": "10"},
        {"pattern": "duke", "job_seniority": "director", "priority": "10"},
        {"pattern": "earl", "job_seniority": "vp", "priority": "20"},
    ],
}

NOTHING: Points = {}
OF_RICH = {"fit_region": 60, "fit_cap": -20}
OF_TOP = {"fit_region": 60, "fit_cap": -20, "behaviour_trial": 80, "behaviour_cap": -20}
BASE_POINTS: dict[str, Points] = {
    "ann": {"fit_country": 10},
    "bob": NOTHING,
    "big": {"fit_big": 8, "fit_mid": 0},
    "rich": OF_RICH,
    "stu": {**OF_RICH, "negative_homework": -15, "negative_home": 0},
    "web": NOTHING,
    # once a day: 10 two weeks ago, 10 + 2 a week ago
    "vis": {"behaviour_page_view": 22},
    "clicker": NOTHING,
    "fan": {"behaviour_webinar": 40, "category_cap:events": -20},
    # 16 / 4 two half-lives ago, 16 / 16 four half-lives ago
    "reader": {"behaviour_email_open": 5},
    "caller": {"behaviour_call": 8, "behaviour_chat": 16},
    "heavy": {"behaviour_trial": 80, "behaviour_cap": -20},
    "top": {**OF_TOP, "score_ceiling": -10},
    "pest": {"behaviour_unsubscribe": -12, "score_floor": 12},
    "ready": {"fit_country": 10, "behaviour_webinar": 20},
    "eager": {"fit_country": 10, "behaviour_conference": 15, "behaviour_call": 16},
    "mild": {"behaviour_conference": 15},
    "star": {"fit_star": 1},
    "dora": {"fit_customer": 3},
    "dirk": NOTHING,
    "dave": NOTHING,
    "tina": {"fit_director": 6},
    "tom": NOTHING,
    "bert": NOTHING,
    "mia": NOTHING,
    "duke": {"fit_director": 6},
}
HOT = ("rich", "heavy", "top", "ready", "eager")
NO_COUNTRY_POINTS = {
    "ann": NOTHING,
    "ready": {"behaviour_webinar": 20},
    "eager": {"behaviour_conference": 15, "behaviour_call": 16},
}

# ------------------------------------------------------------------------------------------------
# The cells
# ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One cell that is another in a copy of base, and everything that moves with it."""

    file: str
    column: str
    row: str  # a text that stands in this row only
    value: str
    points: dict[str, Points | None] = field(default_factory=dict)  # None: has no score any more
    scores: dict[str, dict[str, Any]] = field(default_factory=dict)  # cells of lead_scores
    reasons: dict[str, str] = field(default_factory=dict)  # of the rule in `row`
    everywhere: tuple[str, ...] = ()  # columns that move for every lead
    also: tuple[tuple[str, str], ...] = ()  # row and value: a second cell that has to follow

    @property
    def name(self) -> str:
        return f"{self.file}__{self.column}"

    @property
    def moved_leads(self) -> set[str]:
        return {*self.points, *self.scores, *self.reasons}


def flags(sales_ready: bool, marketing_qualified: bool = False) -> dict[str, bool]:
    return {"is_sales_ready": sales_ready, "is_marketing_qualified": marketing_qualified}


def grades(grade: str) -> dict[str, str]:
    return {"fit_grade": grade[0], "behaviour_grade": grade[1], "grade": grade}


def only(**points: Points) -> dict[str, Points | None]:
    """Return points by lead when nobody else has a score."""
    return {**dict.fromkeys(BASE_POINTS), **points}


CELLS = [
    Cell(
        *("scoring_models", "min_score", "testing", "-50"),
        points={"pest": {"behaviour_unsubscribe": -12}},
        scores={
            "pest": {"score": -12, "score_share": Decimal("0.2714"), "segment": "cold"},
            "ann": {"score": 10, "score_share": Decimal("0.4286")},
        },
        everywhere=("score_share",),
    ),
    Cell(
        *("scoring_models", "max_score", "testing", "95"),
        points={"top": {**OF_TOP, "score_ceiling": -5}},
        scores={
            "top": {"score": 95, "score_share": Decimal("1.0000"), "uncapped_points": 140},
            "ann": {"score": 10, "score_share": Decimal("0.1053")},
        },
        everywhere=("score_share",),
    ),
    Cell(
        *("scoring_models", "max_fit_points", "testing", "50"),
        points={
            "rich": {**OF_RICH, "fit_cap": -10},
            "stu": {**OF_RICH, "fit_cap": -10, "negative_homework": -15, "negative_home": 0},
            "top": {**OF_TOP, "fit_cap": -10, "score_ceiling": -20},
        },
        scores={"rich": {"fit_points": 50, "uncapped_points": 60, "score": 50}},
    ),
    Cell(
        *("scoring_models", "max_behaviour_points", "testing", "70"),
        points={
            "heavy": {"behaviour_trial": 80, "behaviour_cap": -10},
            "top": {**OF_TOP, "behaviour_cap": -10, "score_ceiling": -20},
        },
        scores={"heavy": {"behaviour_points": 70, "uncapped_points": 80, "score": 70}},
    ),
    Cell(
        *("model_audiences", "scoring_model", "buyer", "elsewhere"),
        points={"outsider": NOTHING, "unsure": NOTHING},
    ),
    Cell(*("model_audiences", "attribute", "buyer", "partner"), points=only(outsider=NOTHING)),
    Cell(
        *("model_audiences", "operator", "buyer", "not_equals"),
        points=only(outsider=NOTHING, unsure=NOTHING),
    ),
    Cell(*("model_audiences", "value", "buyer", "no"), points=only(outsider=NOTHING)),
    Cell(*("fit_points", "scoring_model", "fit_country", "elsewhere"), points=NO_COUNTRY_POINTS),
    Cell(
        *("fit_points", "rule_id", "fit_country", "fit_germany"),
        points={
            "ann": {"fit_germany": 10},
            "ready": {"fit_germany": 10, "behaviour_webinar": 20},
            "eager": {"fit_germany": 10, "behaviour_conference": 15, "behaviour_call": 16},
        },
    ),
    Cell(
        *("fit_points", "attribute", "fit_country", "region"),
        points={**NO_COUNTRY_POINTS, "bob": {"fit_country": 10}},
    ),
    Cell(
        *("fit_points", "operator", "fit_country", "not_equals"),
        points={
            **NO_COUNTRY_POINTS,
            "bob": {"fit_country": 10},
            "star": {"fit_star": 1, "fit_country": 10},
        },
    ),
    Cell(
        *("fit_points", "value", "fit_country", "FR"),
        points={**NO_COUNTRY_POINTS, "bob": {"fit_country": 10}},
    ),
    Cell(
        *("fit_points", "points", "fit_country", "12.5"),
        points={
            "ann": {"fit_country": "12.5", "rounding": "0.5"},
            "ready": {"fit_country": "12.5", "behaviour_webinar": 20, "rounding": "0.5"},
            "eager": {
                "fit_country": "12.5",
                "behaviour_conference": 15,
                "behaviour_call": 16,
                "rounding": "0.5",
            },
        },
        scores={
            "ann": {"fit_points": Decimal("12.5"), "score": 13, "top_reasons": "In Germany (+12.5)"}
        },
    ),
    Cell(
        *("fit_points", "exclusive_group", "fit_mid", ""),
        points={"big": {"fit_big": 8, "fit_mid": 5}},
        reasons={"big": "50 employees"},
    ),
    Cell(
        *("fit_points", "rationale", "fit_country", "German: made up"),
        scores={
            "ann": {"top_reasons": "German (+10)"},
            "ready": {"top_reasons": "Attended a webinar today (+20); German (+10)"},
            "eager": {
                "top_reasons": "Took a call today (+16); Came to a conference today (+15); "
                "German (+10)"
            },
        },
        reasons=dict.fromkeys(("ann", "ready", "eager"), "German"),
    ),
    Cell(
        *("negative_attributes", "scoring_model", "negative_homework", "elsewhere"),
        points={"stu": {**OF_RICH, "negative_home": -10}},
    ),
    Cell(
        *("negative_attributes", "rule_id", "negative_homework", "negative_student"),
        points={"stu": {**OF_RICH, "negative_student": -15, "negative_home": 0}},
    ),
    Cell(
        *("negative_attributes", "attribute", "negative_homework", "region"),
        points={
            "stu": {**OF_RICH, "negative_home": -10},
            "web": {"negative_homework": -15, "score_floor": 15},
        },
    ),
    Cell(
        *("negative_attributes", "operator", "negative_homework", "not_equals"),
        points={
            "stu": {**OF_RICH, "negative_home": -10},
            "web": {"negative_homework": -15, "score_floor": 15},
        },
    ),
    Cell(
        *("negative_attributes", "value", "negative_homework", "web"),
        points={
            "stu": {**OF_RICH, "negative_home": -10},
            "web": {"negative_homework": -15, "score_floor": 15},
        },
    ),
    Cell(
        *("negative_attributes", "points", "negative_homework", "-20.25"),
        points={
            "stu": {
                **OF_RICH,
                "negative_homework": "-20.25",
                "negative_home": 0,
                "rounding": "0.25",
            }
        },
        scores={"stu": {"penalty_points": Decimal("-20.25"), "score": 20}},
    ),
    Cell(
        *("negative_attributes", "action", "negative_homework", "disqualify"),
        points={
            "stu": {
                **OF_RICH,
                "negative_homework": -15,
                "negative_home": 0,
                "disqualification": -25,
            }
        },
        scores={
            "stu": {
                "is_disqualified": True,
                "segment": "disqualified",
                "score": 0,
                "total_points": 25,
                "top_reasons": "Disqualified: Homework of a student; In EMEA (+60); "
                "Homework of a student (-15)",
            }
        },
    ),
    Cell(
        *("negative_attributes", "exclusive_group", "negative_home", ""),
        points={"stu": {**OF_RICH, "negative_homework": -15, "negative_home": -10}},
    ),
    Cell(
        *("negative_attributes", "rationale", "negative_homework", "Studies: made up"),
        scores={"stu": {"top_reasons": "In EMEA (+60); Studies (-15)"}},
        reasons={"stu": "Studies"},
    ),
    Cell(
        *("behaviour_points", "scoring_model", "behaviour_page_view", "elsewhere"),
        points={"vis": NOTHING},
    ),
    Cell(
        *("behaviour_points", "rule_id", "behaviour_page_view", "behaviour_pricing"),
        points={"vis": {"behaviour_pricing": 22}},
    ),
    Cell(
        *("behaviour_points", "activity_type", "behaviour_page_view", "email_click"),
        points={"vis": NOTHING, "clicker": {"behaviour_page_view": 10}},
    ),
    Cell(
        *("behaviour_points", "asset_pattern", "behaviour_page_view", "/blog*"),
        points={"vis": {"behaviour_page_view": 10}},
        reasons={"vis": "Viewed the pricing page 7 days ago"},
    ),
    Cell(
        *("behaviour_points", "category", "behaviour_webinar", ""),
        points={"fan": {"behaviour_webinar": 40}},
    ),
    Cell(
        *("behaviour_points", "points", "behaviour_page_view", "11"),
        points={"vis": {"behaviour_page_view": 24}},
    ),
    Cell(
        *("behaviour_points", "repeat_points", "behaviour_page_view", "3"),
        points={"vis": {"behaviour_page_view": 23}},
    ),
    Cell(
        *("behaviour_points", "daily_limit", "behaviour_page_view", "2"),
        points={"vis": {"behaviour_page_view": 34}},
        reasons={"vis": "Viewed the pricing page 3 times, last 7 days ago"},
    ),
    Cell(
        *("behaviour_points", "max_points", "behaviour_page_view", "15"),
        points={"vis": {"behaviour_page_view": 15}},
    ),
    Cell(
        # 10 / 4 two half-lives ago, 12 / 2 one half-life ago
        *("behaviour_points", "decay_curve", "behaviour_page_view", "fading"),
        points={"vis": {"behaviour_page_view": "8.5", "rounding": "0.5"}},
        scores={"vis": {"behaviour_points": Decimal("8.5"), "score": 9}},
    ),
    Cell(
        *("behaviour_points", "rationale", "behaviour_page_view", "Looked at prices: made up"),
        scores={"vis": {"top_reasons": "Looked at prices 2 times, last 7 days ago (+22)"}},
        reasons={"vis": "Looked at prices 2 times, last 7 days ago"},
    ),
    Cell(
        *("behaviour_categories", "scoring_model", "events", "elsewhere"),
        points={"fan": {"behaviour_webinar": 40}},
    ),
    Cell(
        *("behaviour_categories", "category", "events", "web"),
        points={
            "fan": {"behaviour_webinar": 40},
            "vis": {"behaviour_page_view": 22, "category_cap:web": -2},
        },
    ),
    Cell(
        *("behaviour_categories", "max_points", "events", "25"),
        points={"fan": {"behaviour_webinar": 40, "category_cap:events": -15}},
        scores={"fan": {"behaviour_points": 25, "score": 25}},
    ),
    Cell(
        # the names of two curves are exchanged, and with them the rules that use them
        *("decay_curves", "decay_curve", "fading", "forever"),
        also=(("none", "fading"),),
        points={
            "reader": {"behaviour_email_open": 32},
            "vis": {"behaviour_page_view": "8.5", "rounding": "0.5"},
        },
    ),
    Cell(
        # 16 * 0.53333333 + 16 * 0.06666667
        *("decay_curves", "kind", "fading", "linear"),
        points={"reader": {"behaviour_email_open": "9.6", "rounding": "0.4"}},
    ),
    Cell(
        *("decay_curves", "half_life_days", "fading", "14"),
        points={"reader": {"behaviour_email_open": 12}},
    ),
    Cell(
        *("decay_curves", "window_days", "fading", "14"),
        points={"reader": {"behaviour_email_open": 4}},
        scores={"reader": {"top_reasons": "Opened an e-mail 14 days ago (+4)"}},
    ),
    Cell(
        *("decay_steps", "decay_curve", "stepped", "stepped_later"),
        also=(("stepped_later", "stepped"),),
        points={"caller": {"behaviour_call": 16, "behaviour_chat": 8}},
    ),
    Cell(
        *("decay_steps", "from_age_days", "stepped", "15"),
        points={"caller": {"behaviour_call": 16, "behaviour_chat": 16}},
    ),
    Cell(
        *("decay_steps", "multiplier", "stepped", "0.75"),
        points={"caller": {"behaviour_call": 12, "behaviour_chat": 16}},
    ),
    Cell(
        *("score_thresholds", "scoring_model", "sales_ready", "elsewhere"),
        scores={"ready": flags(sales_ready=False)},
    ),
    Cell(
        # what is required for sales_ready is not required for this one
        *("score_thresholds", "threshold", "sales_ready", "marketing_qualified"),
        scores=dict.fromkeys(
            ("ready", "eager", "top"), flags(sales_ready=False, marketing_qualified=True)
        ),
    ),
    Cell(
        *("score_thresholds", "min_score", "sales_ready", "31"),
        scores={"ready": flags(sales_ready=False)},
    ),
    Cell(
        *("score_thresholds", "min_fit_points", "sales_ready", "10.01"),
        scores={"ready": flags(sales_ready=False)},
    ),
    Cell(
        *("score_thresholds", "min_behaviour_points", "sales_ready", "20.01"),
        scores={"ready": flags(sales_ready=False)},
    ),
    Cell(
        *("threshold_requirements", "scoring_model", "sales_ready", "elsewhere"),
        scores=dict.fromkeys(("eager", "top"), flags(sales_ready=True)),
    ),
    Cell(
        *("threshold_requirements", "threshold", "sales_ready", "marketing_qualified"),
        scores=dict.fromkeys(("eager", "top"), flags(sales_ready=True)),
    ),
    Cell(
        *("threshold_requirements", "rule_id", "sales_ready", "behaviour_conference"),
        scores={"ready": flags(sales_ready=False), "eager": flags(sales_ready=True)},
    ),
    Cell(
        *("score_segments", "scoring_model", "hot", "elsewhere"),
        scores={lead: {"segment": "warm"} for lead in HOT},
    ),
    Cell(
        *("score_segments", "segment", "hot", "boiling"),
        scores={lead: {"segment": "boiling"} for lead in HOT},
    ),
    Cell(
        *("score_segments", "min_score", "hot", "31"),
        scores={"ready": {"segment": "warm"}},
    ),
    Cell(
        *("score_grades", "scoring_model", "A", "elsewhere"),
        scores={
            **dict.fromkeys(("ann", "rich", "stu"), grades("B2")),
            **dict.fromkeys(("top", "ready", "eager"), grades("B1")),
        },
    ),
    Cell(
        *("score_grades", "axis", "A", "behaviour"),
        scores={
            **dict.fromkeys(("ann", "rich", "stu"), grades("B2")),
            **dict.fromkeys(("top", "ready", "eager"), grades("B1")),
            "mild": grades("BA"),
        },
    ),
    Cell(
        *("score_grades", "grade", "A", "Z"),
        scores={
            **dict.fromkeys(("ann", "rich", "stu"), grades("Z2")),
            **dict.fromkeys(("top", "ready", "eager"), grades("Z1")),
        },
    ),
    Cell(
        *("score_grades", "min_points", "A", "10.01"),
        scores={"ann": grades("B2"), **dict.fromkeys(("ready", "eager"), grades("B1"))},
    ),
]
# Tested one by one below, since they move no points: the model's name, who is scored, who is first.
OF_THE_MODEL_ITSELF = [
    Cell("scoring_models", "scoring_model", "testing", "scoring_models__scoring_model"),
    Cell("scoring_models", "status", "testing", "off"),
    Cell("scoring_models", "priority", "testing", "1"),
]

# Rows that change their model go to `elsewhere`. It has these rows of its own, so that the bands
# have no gap, the required rule is one of its rules, and a lead falls short of that rule alone.
ELSEWHERE: Rules = {
    "scoring_models": BASE["scoring_models"],
    "behaviour_points": [
        behaviour_rule("webinar", "20", "forever", "Attended a webinar", category="events"),
        behaviour_rule("call", "24", "forever", "Took a call"),
    ],
    "score_segments": [BASE["score_segments"][-1]],
    "score_grades": [BASE["score_grades"][1]],
}
ELSEWHERE_POINTS = {
    **dict.fromkeys(BASE_POINTS, NOTHING),
    "ann": {"fit_country": 10},
    "ready": {"fit_country": 10, "behaviour_webinar": 20},
    "eager": {"fit_country": 10, "behaviour_call": 24},
    "caller": {"behaviour_call": 24},
    "stu": {"negative_homework": -15, "score_floor": 15},
    "vis": {"behaviour_page_view": 22},
    "fan": {"behaviour_webinar": 40, "category_cap:events": -20},
    "star": {"fit_star": 1},
}
ELSEWHERE_SCORES = {
    "ready": {"grade": "A", "segment": "hot", **flags(sales_ready=True)},
    # enough points, but not what is required
    "eager": {"score": 34, "grade": "A", "segment": "hot", **flags(sales_ready=False)},
    "ann": {"score": 10, "grade": "A", "segment": "cold", **flags(sales_ready=False)},
    "bob": {"score": 0, "grade": "B", "segment": "cold", **flags(sales_ready=False)},
}

# The second run changes these cells of the reference files: each has leads of its own.
REFERENCE_CELLS = [
    Cell(
        *("email_domains", "email_domain", "first.example", "third.example"),
        points={"dora": NOTHING, "dave": {"fit_customer": 3}},
    ),
    Cell(
        *("email_domains", "kind", "second.example", "customer"),
        points={"dirk": {"fit_customer": 3}},
    ),
    Cell(
        *("job_titles", "pattern", "wizard", "warlock"),
        points={"tina": NOTHING, "tom": {"fit_director": 6}},
    ),
    Cell(
        *("job_titles", "job_seniority", "baker", "director"),
        points={"bert": {"fit_director": 6}},
    ),
    Cell(
        *("job_titles", "job_function", "miller", "sales"),
        points={"mia": {"fit_sales": 2}},
    ),
    Cell(*("job_titles", "priority", "duke", "30"), points={"duke": NOTHING}),
]
# And these cells of base, which move `rules_version` and nothing else that is published. An exit
# score plays no part in the flags: it is for the events of thresholds, and is kept in
# int_thresholds until they are published.
VERSION_CELLS = [
    Cell("scoring_models", "rationale", "base", "another reason"),
    Cell("model_audiences", "rationale", "base", "another reason"),
    Cell("behaviour_categories", "rationale", "base", "another reason"),
    Cell("decay_curves", "rationale", "fading", "another reason"),
    Cell("decay_steps", "rationale", "stepped", "another reason"),
    Cell("score_thresholds", "rationale", "base", "another reason"),
    Cell("score_thresholds", "exit_score", "base", "20"),
    Cell("threshold_requirements", "rationale", "base", "another reason"),
    Cell("score_segments", "rationale", "base", "another reason"),
    Cell("score_grades", "rationale", "base", "another reason"),
]
ALL_CELLS = [*CELLS, *OF_THE_MODEL_ITSELF, *REFERENCE_CELLS, *VERSION_CELLS]


# ------------------------------------------------------------------------------------------------
# One rule set out of all these models
# ------------------------------------------------------------------------------------------------


def change(rows: list[dict[str, str]], row: str, column: str, value: str) -> None:
    """Change the column of the first row in which `row` is a cell."""
    changed = next(cells for cells in rows if row in cells.values())
    assert changed.get(column, "") != value
    changed[column] = value


def add_model(rules: Rules, model: str, own: Rules) -> None:
    """Add a model's rows. A row that names another model already stays with that one."""
    for file, rows in own.items():
        for row in rows:
            by_model = file not in ("decay_curves", "decay_steps")
            rules[file].append({**({"scoring_model": model} if by_model else {}), **row})


def without_curves(rules: Rules) -> Rules:
    return {file: rows for file, rows in rules.items() if not file.startswith("decay_")}


def copy_of_base(cell: Cell) -> Rules:
    """Return base's rules with one cell changed, and its curves only if they are changed."""
    rules = deepcopy(BASE)
    rows = rules[cell.file]
    seconds = [next(cells for cells in rows if row in cells.values()) for row, _ in cell.also]
    change(rows, cell.row, cell.column, cell.value)
    for second, (_, value) in zip(seconds, cell.also, strict=True):
        second[cell.column] = value
    if not cell.file.startswith("decay_"):
        return without_curves(rules)
    # curves belong to no model: the copy has its own, by other names
    for file in ("decay_curves", "decay_steps", "behaviour_points"):
        for row in rules[file]:
            row["decay_curve"] += f" of {cell.name}"
    return rules


def first_rules() -> Rules:
    rules: Rules = {file: [] for file in BASE}
    add_model(rules, "base", BASE)
    change(rules["scoring_models"], "base", "status", "active")
    change(rules["scoring_models"], "base", "priority", "2")
    add_model(rules, "elsewhere", ELSEWHERE)
    # it would be everybody's primary model if it were active
    add_model(rules, "a_copy_in_testing", without_curves(BASE))
    change(rules["scoring_models"], "a_copy_in_testing", "priority", "1")
    for cell in (*CELLS, *OF_THE_MODEL_ITSELF):
        add_model(rules, cell.name, copy_of_base(cell))
    change(rules["scoring_models"], "scoring_models__priority", "status", "active")
    star = attribute_rule("fit_star", "country equals Atlantis", "1", "Lives in Atlantis")
    rules["fit_points"].append({"scoring_model": "*", **star})
    return {**rules, **deepcopy(REFERENCE)}


def second_rules() -> Rules:
    rules = first_rules()
    for cell in (*REFERENCE_CELLS, *VERSION_CELLS):
        change(rules[cell.file], cell.row, cell.column, cell.value)
    return rules


FORESEEN = ("score_in_7d", "score_in_30d", "marketing_qualified_until", "sales_ready_until")


@dataclass
class Run:
    """The published rows of one run: of lead_scores by model and lead, of contributions too."""

    scores: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    contributions: dict[tuple[str, str], dict[str, dict[str, Any]]] = field(default_factory=dict)
    ranked_leads: list[dict[str, Any]] = field(default_factory=list)
    segments: dict[tuple[str, str], int] = field(default_factory=dict)
    exit_scores: dict[str, Decimal] = field(default_factory=dict)
    rules_versions: set[str] = field(default_factory=set)

    def points(self, model: str, lead: str) -> dict[str, Decimal]:
        rows = self.contributions.get((model, lead), {})
        return {rule_id: row["points"] for rule_id, row in rows.items()}


def score(project, rules: Rules) -> Run:
    """Write the rule files, score the leads by them, and read what is published."""
    for file, rows in rules.items():
        project.write_rules(file, rows)
    marts = ("ranked_leads", "lead_score_contributions", "segment_summary")
    project.build(*(f"+{table}" for table in marts), vars={"scoring_date": SCORING_DATE})
    run = Run(ranked_leads=project.rows("ranked_leads"))
    for row in project.rows("lead_scores"):
        run.rules_versions.add(row.pop("rules_version"))
        # a curve that says the same of today may say something else of the days to come
        for column in FORESEEN:
            row.pop(column)
        run.scores.setdefault(row["scoring_model"], {})[row["lead_id"]] = row
    for row in project.rows("lead_score_contributions"):
        of_lead = run.contributions.setdefault((row["scoring_model"], row["lead_id"]), {})
        of_lead[row["rule_id"]] = row
    for row in project.rows("segment_summary"):
        run.segments[(row["scoring_model"], row["segment"])] = row["lead_count"]
    for row in project.rows("int_thresholds"):
        run.exit_scores[row["scoring_model"]] = row["exit_score"]
    return run


@dataclass
class Runs:
    """Both runs, and the SQL of the hash of the rule files."""

    first: Run
    second: Run
    project: Any
    version_sql: str


@pytest.fixture(scope="module")
def runs(make_project) -> Runs:
    project = make_project()
    project.load(
        {
            "leads": [
                {"lead_id": lead, "created_at": "2026-01-01", "buyer": "yes", **columns}
                for lead, columns in LEADS.items()
            ],
            "activities": [
                {
                    "activity_id": str(number),
                    "lead_id": lead,
                    "activity_type": activity_type,
                    "occurred_at": f"{day}T12:00:00",
                    "asset": asset,
                }
                for number, (lead, activity_type, day, asset) in enumerate(ACTIVITIES)
            ],
        }
    )
    first = score(project, first_rules())
    second = score(project, second_rules())
    (compiled,) = (project.folder / "target" / "compiled").rglob("int_rules_version.sql")
    return Runs(first, second, project, compiled.read_text())


# ------------------------------------------------------------------------------------------------
# Tests
# ------------------------------------------------------------------------------------------------

OF_THE_RANK = {
    "scoring_model",
    "score_rank",
    "score_percentile",
    "score_decile",
    "is_primary_model",
}


def exact(points: Points) -> dict[str, Decimal]:
    return {rule_id: Decimal(number) for rule_id, number in points.items()}


def unranked(row: dict[str, Any], *columns: str) -> dict[str, Any]:
    """Return a row without its model and its place among the others."""
    return {column: row[column] for column in row if column not in {*OF_THE_RANK, *columns}}


def unranked_contributions(run: Run, model: str, lead: str) -> dict[str, dict[str, Any]]:
    rows = run.contributions.get((model, lead), {})
    return {rule_id: unranked(row) for rule_id, row in rows.items()}


def headers() -> set[tuple[str, str]]:
    """Return every column of every rule file, from the files as shipped."""
    columns = set()
    for path in sorted((PROJECT_FOLDER / "seeds").rglob("*.csv")):
        if path.stem not in RULE_FILES + REFERENCE_FILES:
            continue
        with path.open(newline="", encoding="utf-8") as file:
            columns |= {(path.stem, column) for column in next(csv.reader(file))}
    return columns


def test_no_column_is_left_out():
    tested = [(cell.file, cell.column) for cell in ALL_CELLS]
    assert len(tested) == len(set(tested))
    assert set(tested) == headers()


def test_base_gives_the_points_added_up_by_hand(runs):
    scores = runs.first.scores["base"]
    assert scores.keys() == BASE_POINTS.keys()
    for lead, points in BASE_POINTS.items():
        assert runs.first.points("base", lead) == exact(points), lead
        assert scores[lead]["score"] == sum(exact(points).values()), lead
    sales_ready = {lead for lead, row in scores.items() if row["is_sales_ready"]}
    assert sales_ready == {"ready"}
    assert {lead for lead, row in scores.items() if row["segment"] == "hot"} == set(HOT)
    assert [scores[lead]["grade"] for lead in ("ann", "top", "mild", "vis")] == [
        *("A2", "A1", "B2", "B1")
    ]


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.file}.{cell.column}")
def test_a_cell_moves_what_it_should_and_nothing_else(runs, cell):
    run = runs.first
    expected_points = {**BASE_POINTS, **cell.points}
    scored = {lead for lead, points in expected_points.items() if points is not None}
    scores = run.scores[cell.name]
    assert scores.keys() == scored

    for lead in sorted(scored & BASE_POINTS.keys()):
        before = unranked(run.scores["base"][lead], *cell.everywhere)
        after = unranked(scores[lead], *cell.everywhere)
        before_points = unranked_contributions(run, "base", lead)
        after_points = unranked_contributions(run, cell.name, lead)
        has_moved = (before, before_points) != (after, after_points)
        is_everywhere = lead in cell.scores and any(
            run.scores["base"][lead][column] != scores[lead][column] for column in cell.everywhere
        )
        assert (has_moved or is_everywhere) == (lead in cell.moved_leads), lead

    for lead in sorted(scored):
        points = exact(expected_points[lead])
        assert run.points(cell.name, lead) == points, lead
        assert scores[lead]["score"] == sum(points.values()), lead
    for lead, columns in cell.scores.items():
        assert {column: scores[lead][column] for column in columns} == columns, lead
    for lead, reason in cell.reasons.items():
        assert run.contributions[(cell.name, lead)][cell.row]["reason"] == reason


def test_a_row_moved_to_another_model_counts_there(runs):
    moved_files = {cell.file for cell in CELLS if cell.value == "elsewhere"}
    assert moved_files == {file for file, column in headers() if column == "scoring_model"} - {
        "scoring_models"
    }
    scores = runs.first.scores["elsewhere"]
    assert scores.keys() == ELSEWHERE_POINTS.keys()
    for lead, points in ELSEWHERE_POINTS.items():
        assert runs.first.points("elsewhere", lead) == exact(points), lead
    for lead, columns in ELSEWHERE_SCORES.items():
        assert {column: scores[lead][column] for column in columns} == columns, lead


def test_a_row_for_every_model_counts_in_each(runs):
    models = {model for model, rows in runs.first.scores.items() if "star" in rows}
    counting = {model for model, lead in runs.first.contributions if lead == "star"}
    assert counting == models
    for model in models:
        assert runs.first.points(model, "star")["fit_star"] == 1


def test_a_model_with_another_name_scores_the_same(runs):
    renamed = runs.first.scores["scoring_models__scoring_model"]
    base = runs.first.scores["base"]
    assert renamed.keys() == base.keys()
    for lead, row in renamed.items():
        assert unranked(row) == unranked(base[lead])
        assert row["score_rank"] == base[lead]["score_rank"]


def test_a_model_that_is_off_scores_nobody(runs):
    off = "scoring_models__status"
    assert off not in runs.first.scores
    assert off not in {model for model, _ in runs.first.contributions}
    assert off not in {model for model, _ in runs.first.segments}
    assert runs.first.scores.keys() == {
        *("base", "elsewhere", "a_copy_in_testing", "scoring_models__scoring_model"),
        *("scoring_models__priority", *(cell.name for cell in CELLS)),
    }


def test_the_active_model_with_the_first_priority_is_primary_and_one_in_testing_never(runs):
    first = "scoring_models__priority"
    primary = {
        (model, lead)
        for model, rows in runs.first.scores.items()
        for lead, row in rows.items()
        if row["is_primary_model"]
    }
    assert primary == {(first, lead) for lead in BASE_POINTS}
    for lead, row in runs.first.scores["a_copy_in_testing"].items():
        assert row["score_share"] == runs.first.scores[first][lead]["score_share"]
    call_list = {row["lead_id"]: row for row in runs.first.ranked_leads}
    assert len(runs.first.ranked_leads) == len(BASE_POINTS)
    for lead, points in BASE_POINTS.items():
        assert call_list[lead]["scoring_model"] == first
        assert call_list[lead]["score"] == sum(exact(points).values())


def test_the_summary_follows_the_segments(runs):
    of_model = {
        name: {
            segment: count
            for (model, segment), count in runs.first.segments.items()
            if model == name
        }
        for name in ("base", "score_segments__segment", "score_segments__min_score")
    }
    assert of_model["base"] == {"hot": 5, "warm": 6, "cold": 15}
    assert of_model["score_segments__segment"] == {"boiling": 5, "warm": 6, "cold": 15}
    assert of_model["score_segments__min_score"] == {"hot": 4, "warm": 7, "cold": 15}


@pytest.mark.parametrize("cell", REFERENCE_CELLS, ids=lambda cell: f"{cell.file}.{cell.column}")
def test_a_cell_of_a_reference_file_moves_its_leads(runs, cell):
    for lead, points in cell.points.items():
        assert runs.first.points("base", lead) == exact(BASE_POINTS[lead]) != exact(points)
        assert runs.second.points("base", lead) == exact(points)
        assert runs.second.scores["base"][lead]["score"] == sum(exact(points).values())


def test_nothing_else_moves_with_the_reference_files_and_the_cells_of_the_version(runs):
    first, second = runs.first, runs.second
    moved = {lead for cell in REFERENCE_CELLS for lead in cell.points}
    assert second.scores.keys() == first.scores.keys()
    for model, rows in first.scores.items():
        assert second.scores[model].keys() == rows.keys()
        for lead in rows.keys() - moved:
            assert unranked(second.scores[model][lead]) == unranked(rows[lead])
            assert second.contributions.get((model, lead)) == first.contributions.get((model, lead))


def test_an_exit_score_is_kept_for_the_events_of_thresholds(runs):
    (cell,) = [cell for cell in VERSION_CELLS if cell.column == "exit_score"]
    assert runs.first.exit_scores["base"] == 25
    assert runs.second.exit_scores["base"] == Decimal(cell.value)
    first_exits, second_exits = [
        {model: exit_score for model, exit_score in run.exit_scores.items() if model != "base"}
        for run in (runs.first, runs.second)
    ]
    assert first_exits == second_exits != {}


def test_the_rules_version_is_one_and_moves_with_the_rules(runs):
    assert len(runs.first.rules_versions) == len(runs.second.rules_versions) == 1
    assert runs.first.rules_versions != runs.second.rules_versions


def test_each_cell_alone_moves_the_rules_version(runs):
    """The version is worked out again from the loaded cells with one of them changed."""
    table = re.compile(r'"?\w+"?\."?\w+_working"?\."?int_rule_cells"?')
    assert len(table.findall(runs.version_sql)) == 1
    queries = []
    for file, column in sorted(headers()):
        changed = (
            "(select rule_file, file_row, rule_column, case when file_row = 2 and "
            f"rule_file = '{file}' and rule_column = '{column}' then 'another cell' else cell end "
            "as cell from int_rule_cells) as cells"
        )
        sql = table.sub(changed, runs.version_sql)
        queries.append(f"select '{file}.{column}' as cell, rules_version from ({sql}) as versions")
    rows = runs.project.query(" union all ".join(queries))
    assert len(rows) == len(headers())
    versions = {*runs.second.rules_versions, *(row["rules_version"] for row in rows)}
    assert len(versions) == len(rows) + 1
