"""Random scoring cases: raw tables, a valid set of rule files and a scoring date, from one seed.

    case = make_case(seed=7, lead_count=250)
    write_case(case, folder)        # folder/data/*.csv and folder/rules/*.csv

Made to be awkward, not realistic: values sit on the edges that the contract names (a score on a
threshold, an age on a window, equal ranks, unicode case, blanks, time zones that move the day).
The same seed and lead count give the same case on every Python version and machine.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

Row = dict[str, str | None]

RULE_COLUMNS: dict[str, list[str]] = {
    "scoring_models.csv": [
        "scoring_model",
        "status",
        "priority",
        "min_score",
        "max_score",
        "max_fit_points",
        "max_behaviour_points",
        "rationale",
    ],
    "model_audiences.csv": ["scoring_model", "attribute", "operator", "value", "rationale"],
    "fit_points.csv": [
        "scoring_model",
        "rule_id",
        "attribute",
        "operator",
        "value",
        "points",
        "exclusive_group",
        "rationale",
    ],
    "negative_attributes.csv": [
        "scoring_model",
        "rule_id",
        "attribute",
        "operator",
        "value",
        "points",
        "action",
        "exclusive_group",
        "rationale",
    ],
    "behaviour_points.csv": [
        "scoring_model",
        "rule_id",
        "activity_type",
        "asset_pattern",
        "category",
        "points",
        "repeat_points",
        "daily_limit",
        "max_points",
        "decay_curve",
        "rationale",
    ],
    "behaviour_categories.csv": ["scoring_model", "category", "max_points", "rationale"],
    "decay_curves.csv": ["decay_curve", "kind", "half_life_days", "window_days", "rationale"],
    "decay_steps.csv": ["decay_curve", "from_age_days", "multiplier", "rationale"],
    "score_thresholds.csv": [
        "scoring_model",
        "threshold",
        "min_score",
        "min_fit_points",
        "min_behaviour_points",
        "exit_score",
        "rationale",
    ],
    "threshold_requirements.csv": ["scoring_model", "threshold", "rule_id", "rationale"],
    "score_segments.csv": ["scoring_model", "segment", "min_score", "rationale"],
    "score_grades.csv": ["scoring_model", "axis", "grade", "min_points", "rationale"],
    "email_domains.csv": ["email_domain", "kind"],
    "job_titles.csv": ["pattern", "job_seniority", "job_function", "priority"],
}

LEAD_COLUMNS = [
    "lead_id",
    "created_at",
    "email",
    "first_name",
    "last_name",
    "phone",
    "job_title",
    "company_name",
    "industry",
    "employee_count",
    "annual_revenue",
    "country",
    "region",
    "lead_source",
    "campaign_id",
    "owner_id",
    "updated_at",
    "is_deleted",
    "objects_to_profiling",
]
FURTHER_LEAD_COLUMNS = ["Lead Quality", "webinar_topic"]
OPTIONAL_LEAD_COLUMNS = ["region", "owner_id", "phone", "updated_at", "objects_to_profiling"]

ACTIVITY_COLUMNS = [
    "activity_id",
    "activity_type",
    "occurred_at",
    "lead_id",
    "email",
    "asset",
    "campaign_id",
    "is_bot",
    "loaded_at",
]
OPTIONAL_ACTIVITY_COLUMNS = ["campaign_id", "is_bot", "loaded_at"]

CAMPAIGN_COLUMNS = ["campaign_id", "campaign_name", "channel", "cost", "started_on", "ended_on"]


@dataclass(frozen=True)
class Case:
    """One scoring case. Tables are lists of rows of text or None; columns are in file order."""

    seed: int
    scoring_date: date
    leads: list[Row]
    activities: list[Row]
    campaigns: list[Row]
    lead_columns: list[str]
    activity_columns: list[str]
    campaign_columns: list[str]
    rules: dict[str, list[Row]]

    @property
    def raw_tables(self) -> dict[str, list[Row]]:
        return {
            "leads": self.leads,
            "activities": self.activities,
            "campaigns": self.campaigns,
        }


# ------------------------------------------------------------------------------------------------
# What leads and activities look like. Rule values are drawn from the same pools, so that they match
# ------------------------------------------------------------------------------------------------

KELVIN = "\u212a"
NO_BREAK_SPACE = "\u00a0"
OUTER_BLANKS = [" ", "  ", "\t", " \t", NO_BREAK_SPACE, "\n", "\r", "\v\f"]

TEXT_VALUES: dict[str, list[str]] = {
    "first_name": ["Zoë", "İpek", "ΣΟΦΙΑ", "σοφια", "Ann-Marie", "null", "O'Neil", '"Bo"'],
    "last_name": ["Groß", "GROSS", "Müller", "MÜLLER", "de la Cruz", "😀", "N/A", "Çelik"],
    "phone": ["+44 20 7946 0000", "7", "12.5", "1e3", "unknown", "-3", "007"],
    "job_title": [
        "CEO",
        "ceo",
        "Chief Executive Officer",
        "VP Sales",
        "vp, marketing",
        "SVP Sales",
        "Head of Sales Operations",
        "ceo2",
        "CEO-elect",
        "CEO_elect",
        "deputy_ceo",
        "Founder & CEO/CTO",
        "éCEO",
        "İCEO",
        f"{KELVIN}CEO",
        "CEOß 😀",
        "Director\tof IT",
        "Director of IT",
        "Geschäftsführer",
        "GESCHÄFTSFÜHRER",
        "C++ developer",
        "Sales\nManager",
        "sales sales manager",
        "Intern (student)",
        "ΣΊΣΥΦΟΣ manager",
    ],
    "company_name": [
        "Straße Bau",
        "STRASSE BAU",
        "STRAẞE BAU",
        "Acme, Inc.",
        'The "Best" Co',
        "İstanbul Yaz\u0131l\u0131m",
        "istanbul yazilim",
        "ΟΔΥΣΣΕΥΣ",
        "οδυσσευσ",
        "οδυσσευς",
        "100% Cotton_Ltd",
        "back\\slash",
        "😀 Labs",
        "a|b",
    ],
    "industry": ["Software", "SOFTWARE", "software", "Retail", "Non-profit", "É-commerce"],
    "country": ["DE", "de", "Germany", "Türkiye", "TÜRKİYE", "GB", "US", "null"],
    "region": ["EMEA", "emea", "North America", "APAC"],
    "lead_source": ["Web", "web ", "Event: trade fair", "Referral", "null", f"{KELVIN}iosk"],
    "campaign_id": ["c1", "C1", "c2", "c3", "c4", "nope"],
    "owner_id": ["u1", "u2", "U1"],
    "lead quality": ["hot", "Hot", "warm", "7", "7.5", "10", "-1", "1e1", "n/a"],
    "webinar_topic": ["Lead scoring", "lead  scoring", "dbt", "ﬁntech", "K8s", f"{KELVIN}8s"],
    "email_domain": ["gmail.com", "acme.example", "straße.example", "i.example", "rival.example"],
    "email_domain_kind": ["personal", "competitor", "customer", "disposable", "business"],
    "job_seniority": ["C-level", "VP", "director", "manager"],
    "job_function": ["sales", "marketing", "IT", "executive"],
    "campaign_channel": ["Paid Search", "paid search", "Email", "Événement"],
}

NUMBER_VALUES: dict[str, list[str]] = {
    "employee_count": ["0", "1", "50", "50.0", "5e1", "+50", "49", "51", "200", "1000", "-3", "5."],
    "annual_revenue": [
        "1000000",
        "1e6",
        "1E+06",
        "1000000.00",
        "999999.99999999995",
        "999999.9999999999",
        "1000000.00000000004",
        "999999.99",
        "5000000",
        "0",
        "250000.5",
        ".5",
        "-20000",
        "9999999999999999999999999999",
    ],
    "campaign_cost": ["0", "100", "100.00", "1e2", "2500.5", "99.99"],
}
UNREADABLE_NUMBERS = [
    "n/a",
    "1,000",
    "1e",
    "1e400",
    "٣",
    "--1",
    "1 000",
    "$5",
    "0x10",
    "NaN",
    "1e28",
]

DERIVED_ATTRIBUTES = [
    "email_domain",
    "email_domain_kind",
    "job_seniority",
    "job_function",
    "campaign_channel",
]

EMAIL_DOMAINS = [
    "gmail.com",
    "Gmail.COM",
    "acme.example",
    "ACME.example",
    "rival.example",
    "mailinator.com",
    "straße.example",
    "İ.example",
    "somewhere.example",
]

JOB_TITLE_PATTERNS = [
    "ceo",
    "Chief Executive Officer",
    "VP",
    "sales",
    "sales manager",
    "Director",
    "director of it",
    "manager",
    "geschäftsführer",
    "C++",
    "head of sales",
    "MARKETING",
]

ACTIVITY_TYPES = ["email_open", "email_click", "page_view", "webinar", "demo_request", "démo_İ"]

ASSETS = [
    "/pricing",
    "/Pricing/Enterprise",
    "/PRICING?plan=1",
    "/preise/straße",
    "/PRİCİNG",
    "brochure.pdf",
    "Brochure_2024.PDF",
    "a_b",
    "axb",
    "100%_off",
    "100 off",
    "back\\slash",
    "[x]",
    "x",
    "demo video",
    "demo\nvideo",
    "*star*",
    "😀",
    "(unclosed",
]
ASSET_PATTERNS = [
    *[None] * 8,
    "*",
    "*",
    "/pricing*",
    "*PRICING*",
    "*.pdf",
    "brochure*.pdf",
    "a_b",
    "100%*",
    "*\\*",
    "[x]",
    "demo*video",
    "/p*c*g*",
    "**",
    "*straße",
    "😀",
    "(*",
    "*1*",
]

TRUE_TEXTS = ["true", "T", "1", "yes", "Y", " TRUE ", "Yes\t"]
FALSE_TEXTS: list[str | None] = [None, "false", "0", "no", "", "  ", "maybe", "1.0", "on", "tru"]

UNREADABLE_TIMESTAMPS = [
    "2024-02-30",
    "2023-02-29T10:00:00",
    "31/12/2023",
    "2024-01-01T24:00",
    "2024-01-01T10:60",
    "2024-01-01 10:00:60",
    "2024-1-5",
    "yesterday",
    "1704067200",
    "2024-01-01T10",
    "2024-01-01T10:00:00.",
    "2024-01-01T10:00 UTC",
    "0000-01-01",
    "2024-13-01",
]

# ------------------------------------------------------------------------------------------------
# Small helpers
# ------------------------------------------------------------------------------------------------


def chance(rng: random.Random, share: float) -> bool:
    return rng.random() < share


def swap_case(rng: random.Random, text: str) -> str:
    """The same text to a comparison that ignores case: only ASCII letters are changed."""
    return "".join(
        letter.swapcase() if letter.isascii() and chance(rng, 0.4) else letter for letter in text
    )


def pad(rng: random.Random, text: str, share: float = 0.1) -> str:
    """Put blanks around a text now and then."""
    if not chance(rng, share):
        return text
    return rng.choice(["", *OUTER_BLANKS]) + text + rng.choice(OUTER_BLANKS)


def maybe_missing(rng: random.Random, text: str, share: float = 0.2) -> str | None:
    if chance(rng, share):
        return rng.choice([None, None, "", "  ", "\t", NO_BREAK_SPACE])
    return text


def day_text(day: date) -> str:
    return day.isoformat()


def timestamp_text(rng: random.Random, moment: datetime) -> str:
    """A moment in UTC, in one of the many ways that a CRM may write it."""
    zones = ["+14:00", "-12:00", "+05:30", "+13:45", "-00:30", "+0200", "-0930", "+12", "-11"]
    zone = rng.choice(["", "", "", "Z", "z", "+00:00", "-00:00", *zones])
    local = moment
    if zone not in ("", "Z", "z"):
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        local = moment + offset if zone[0] == "+" else moment - offset

    if local == datetime.combine(local.date(), time.min) and zone == "" and chance(rng, 0.6):
        return local.date().isoformat()
    text = local.date().isoformat() + rng.choice(["T", "T", " ", "t"])
    if local.second == 0 and local.microsecond == 0 and chance(rng, 0.3):
        return text + local.strftime("%H:%M") + zone
    text += local.strftime("%H:%M:%S")
    if local.microsecond:
        digits_after = str(rng.randrange(1000)) if chance(rng, 0.3) else ""
        text += rng.choice([".", ".", ","]) + f"{local.microsecond:06d}" + digits_after
    elif chance(rng, 0.2):
        text += rng.choice([".0", ",000", ".0000009"])
    return text + zone


def time_of_day(rng: random.Random) -> time:
    return rng.choice(
        [
            time(0, 0),
            time(0, 0),
            time(23, 59, 59, 999999),
            time(0, 0, 0, 1),
            time(12, 0),
            time(rng.randrange(24), rng.randrange(60)),
            time(rng.randrange(24), rng.randrange(60), rng.randrange(60), rng.randrange(1_000_000)),
        ]
    )


# ------------------------------------------------------------------------------------------------
# Rule files
# ------------------------------------------------------------------------------------------------


class RuleMaker:
    """Makes one valid set of rule files."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.rules: dict[str, list[Row]] = {name: [] for name in RULE_COLUMNS}
        self.operators: list[str] = []
        self.model_names: list[str] = []
        self.ranges: dict[str, tuple[int, int]] = {}
        self.rule_scopes: list[
            tuple[str, str]
        ] = []  # (rule_id, scoring_model) that may be required

    def make(self) -> dict[str, list[Row]]:
        self.add_models()
        self.add_reference_files()
        self.add_audiences()
        self.add_fit_rules()
        self.add_negative_rules()
        if chance(self.rng, 0.93):
            self.add_curves()
            self.add_behaviour_rules()
            self.add_categories()
        self.add_thresholds()
        self.add_segments()
        self.add_grades()
        return {
            name: [
                {column: row.get(column) or "" for column in columns} for row in self.rules[name]
            ]
            for name, columns in RULE_COLUMNS.items()
        }

    # -- texts -----------------------------------------------------------------------------------

    def rationale(self, subject: str) -> str:
        return self.rng.choice(
            [
                f"{subject}: a sign of interest, as sellers see it",
                f"{subject} : twice as likely to buy: by last year's deals.",
                f"{subject}.",
                f"{subject}",
                f'{subject}, "quoted", à la carte: yes',
                f"Ünïcode {subject} 😀: fine.",
            ]
        )

    def scope(self, star_share: float = 0.5) -> str:
        if chance(self.rng, star_share):
            return "*"
        return self.rng.choice(self.model_names)

    # -- models ----------------------------------------------------------------------------------

    def add_models(self) -> None:
        rng = self.rng
        names = ["default", "enterprise", "small_business", "partner_2", "partner2"]
        self.model_names = rng.sample(names, rng.randint(2, 4))
        for number, name in enumerate(self.model_names):
            status = (
                "active"
                if number == 0
                else rng.choice(["active", "active", "testing", "testing", "off"])
            )
            min_score, max_score = rng.choice(
                [*[(0, 100)] * 6, *[(-50, 100)] * 3, (0, 10), (-20, 20), (1, 5)]
            )
            self.ranges[name] = (min_score, max_score)
            self.rules["scoring_models.csv"].append(
                {
                    "scoring_model": name,
                    "status": status,
                    "priority": str(rng.randint(1, 3)),
                    "min_score": str(min_score),
                    "max_score": str(max_score),
                    "max_fit_points": rng.choice(["", "40", "15", "12.25"]),
                    "max_behaviour_points": rng.choice(["", "60", "20", "7.5"]),
                    "rationale": self.rationale("A model"),
                }
            )

    # -- conditions ------------------------------------------------------------------------------

    def next_operator(self) -> str:
        """Every operator once before any comes again."""
        if not self.operators:
            self.operators = [
                *["equals", "not_equals", "in", "not_in", "contains", "starts_with", "ends_with"],
                *["contains_word", "gt", "gte", "lt", "lte", "between", "is_missing", "is_present"],
            ]
            self.rng.shuffle(self.operators)
        return self.operators.pop()

    def attribute_text(self, attribute: str) -> str:
        """How a rule may name an attribute: case and outer blanks do not matter."""
        shown = "Lead Quality" if attribute == "lead quality" else attribute
        if chance(self.rng, 0.15):
            shown = swap_case(self.rng, shown)
        return f" {shown} " if chance(self.rng, 0.05) else shown

    def text_item(self, attribute: str) -> str:
        """A usable value of a text attribute: no list separator, no line break, not blank."""
        values = [value.strip() for value in TEXT_VALUES[attribute]]
        usable = [
            value
            for value in values
            if value != "null" and not any(mark in value for mark in "|\n\t")
        ]
        return swap_case(self.rng, self.rng.choice(usable))

    def piece_of(self, attribute: str, operator: str) -> str:
        """A part of a value, for the operators that look inside a text."""
        rng = self.rng
        item = self.text_item(attribute)
        length = rng.randint(1, len(item))
        if operator == "starts_with":
            piece = item[:length]
        elif operator == "ends_with":
            piece = item[-length:]
        elif operator == "contains":
            start = rng.randint(0, len(item) - length)
            piece = item[start : start + length]
        else:
            piece = rng.choice([*item.split(), "ceo", "of IT", "sales", "C++", "\u03c3", "ß"])
        return piece.strip() or item

    def condition(self, operator: str) -> tuple[str, str, str]:
        """An attribute, the operator and a value that fits both."""
        rng = self.rng
        numbers = list(NUMBER_VALUES)
        texts = [name for name in TEXT_VALUES if name not in ("first_name", "owner_id")]
        often = ["job_title", "company_name", "industry", *DERIVED_ATTRIBUTES, "lead quality"]
        attribute = rng.choice(texts + often)

        if operator in ("is_missing", "is_present"):
            attribute = rng.choice(texts + numbers + numbers + ["email"])
            value = ""
        elif operator in ("gt", "gte", "lt", "lte", "between"):
            attribute = rng.choice(numbers * 3 + ["lead quality", "phone"])
            values = NUMBER_VALUES.get(attribute, ["7", "7.5", "10", "-1"])
            value = rng.choice(values)
            if operator == "between":
                low, high = sorted((rng.choice(values), rng.choice(values)), key=float)
                value = f"{low}|{high}" if chance(rng, 0.8) else f" {low} | {high} "
        elif operator in ("equals", "not_equals", "in", "not_in"):
            if chance(rng, 0.35):
                attribute = rng.choice(numbers)
                items = [rng.choice(NUMBER_VALUES[attribute]) for _ in range(4)]
            else:
                items = [self.text_item(attribute) for _ in range(4)]
            value = items[0]
            if operator in ("in", "not_in"):
                distinct = sorted(set(items[: rng.randint(1, 4)]))
                value = rng.choice(["|", " | "]).join(distinct)
        else:
            value = self.piece_of(attribute, operator)
        if value and chance(rng, 0.05):
            value = f" {value} "
        return self.attribute_text(attribute), operator, value

    def add_audiences(self) -> None:
        rng = self.rng
        mild = [
            ("email_domain_kind", "not_equals", "competitor"),
            ("email_domain_kind", "in", "business|personal|customer"),
            ("country", "is_present", ""),
            ("employee_count", "gte", "1"),
            ("job_title", "is_present", ""),
            ("Lead Quality", "is_missing", ""),
            ("annual_revenue", "between", "0|1e6"),
        ]
        for attribute, operator, value in rng.sample(mild, rng.choice([0, 0, 1, 1, 2])):
            self.rules["model_audiences.csv"].append(
                {
                    "scoring_model": self.scope(star_share=0.15),
                    "attribute": attribute,
                    "operator": operator,
                    "value": value,
                    "rationale": self.rationale("Only these"),
                }
            )

    def rule_id(self, prefix: str, number: int) -> str:
        """Ids whose byte order differs from a dictionary's order."""
        return prefix + self.rng.choice(["_r_", "_r", "_rr_", "_", "_10_"]) + str(number)

    def add_fit_rules(self) -> None:
        rng = self.rng
        if chance(rng, 0.07):
            return
        for number in range(rng.randint(3, 9)):
            attribute, operator, value = self.condition(self.next_operator())
            row: Row = {
                "scoring_model": self.scope(),
                "rule_id": self.rule_id("fit", number),
                "attribute": attribute,
                "operator": operator,
                "value": value,
                "points": rng.choice(
                    ["5", "10", "10", "10.00", "7.5", "0.25", "12.34", "20", "2", "0.05", "0.04"]
                ),
                "exclusive_group": rng.choice(["", "", "seniority", "size"]),
                "rationale": self.rationale(f"Fits {number}"),
            }
            self.add_rule("fit_points.csv", row, can_be_required=True)
            if row["scoring_model"] != "*" and number == 0:
                self.add_twin("fit_points.csv", row, {"points": "3"})
        self.add_pair("fit_points.csv", "fit", {"points": "6"})

    def add_negative_rules(self) -> None:
        rng = self.rng
        if chance(rng, 0.07):
            return
        for number in range(rng.randint(2, 6)):
            action = "disqualify" if chance(rng, 0.3) else "deduct"
            operator = self.next_operator()
            if action == "disqualify":  # rare conditions only, so that most leads stay
                operator = rng.choice(["equals", "equals", "contains_word"])
            attribute, operator, value = self.condition(operator)
            points = rng.choice(["-5", "-5", "-10", "-7.5", "-0.25", "-0.05", "-30", "0"])
            if action == "disqualify":
                points = rng.choice(["0", "0", "-5", "-10"])
            row: Row = {
                "scoring_model": self.scope(),
                "rule_id": self.rule_id("penalty", number),
                "attribute": attribute,
                "operator": operator,
                "value": value,
                "points": points,
                "action": action,
                "exclusive_group": rng.choice(["", "", "seniority", "bad"]),
                "rationale": self.rationale(f"Bad fit {number}"),
            }
            self.add_rule("negative_attributes.csv", row, can_be_required=False)
        self.add_pair("negative_attributes.csv", "penalty", {"points": "-4", "action": "deduct"})
        if chance(rng, 0.4):
            self.add_outdone_disqualification()

    def add_pair(self, file_name: str, prefix: str, cells: Row) -> None:
        """Two rules that fire together with equal points: the lowest id in bytes counts.

        A dictionary, which passes over the underscore, would sort them the other way round.
        """
        rng = self.rng
        if chance(rng, 0.5):
            return
        attribute = rng.choice(["country", "industry", "employee_count", "email"])
        scope = self.scope()
        for rule_id in (f"{prefix}_pair_z", f"{prefix}_paira"):
            row: Row = {
                "scoring_model": scope,
                "rule_id": rule_id,
                "attribute": attribute,
                "operator": rng.choice(["is_present", "is_present", "is_missing"]),
                "value": "",
                "exclusive_group": "pair",
                "rationale": self.rationale("One of two"),
            }
            self.add_rule(file_name, row | cells, can_be_required=file_name == "fit_points.csv")

    def add_outdone_disqualification(self) -> None:
        """A disqualifying rule that often fires without counting: it disqualifies all the same."""
        scope = self.scope()
        for rule_id, operator, value, points, action in [
            ("penalty_outdone", "equals", self.rng.choice(["GB", "us"]), "-1", "disqualify"),
            ("penalty_outdoing", "not_equals", "de", "-3", "deduct"),
        ]:
            row: Row = {
                "scoring_model": scope,
                "rule_id": rule_id,
                "attribute": "country",
                "operator": operator,
                "value": value,
                "points": points,
                "action": action,
                "exclusive_group": "outdone",
                "rationale": self.rationale("A country"),
            }
            self.add_rule("negative_attributes.csv", row, can_be_required=False)

    def add_rule(self, file_name: str, row: Row, can_be_required: bool) -> None:
        self.rules[file_name].append(row)
        if can_be_required:
            self.rule_scopes.append((row["rule_id"], row["scoring_model"]))

    def add_twin(self, file_name: str, row: Row, changes: Row) -> None:
        """The same rule_id with other points in another model: ids are unique within a model."""
        others = [name for name in self.model_names if name != row["scoring_model"]]
        twin = row | {"scoring_model": self.rng.choice(others)} | changes
        self.add_rule(file_name, twin, can_be_required=True)

    # -- behaviour -------------------------------------------------------------------------------

    def add_curves(self) -> None:
        rng = self.rng
        always_window = chance(rng, 0.5)

        def window(*values: str) -> str:
            return rng.choice(values if always_window else (*values, "", ""))

        curves = [
            ("never", "none", "", window("30", "400")),
            ("week", "half_life", "7", window("63", "90", "400")),
            ("half_day", "half_life", "0.5", window("14", "90")),
            ("odd", "half_life", "3.3", window("30", "66")),
            ("fortnight", "half_life", "14", window("126", "365", "4000")),
            ("year", "half_life", "365", window("365", "4000")),
            ("straight", "linear", "", rng.choice(["1", "3", "7", "30"])),
            ("long_straight", "linear", "", "512"),
            ("stairs", "steps", "", window("30", "60")),
            ("late_stairs", "steps", "", window("60", "90")),
        ]
        steps = {
            "stairs": [("0", "1"), ("7", "0.5"), ("14", "0.123456"), ("30", "0")],
            "late_stairs": [("30", "0.25"), ("2", "0.75"), ("9", "0.3333")],
        }
        for name, kind, half_life_days, window_days in rng.sample(curves, rng.randint(3, 6)):
            self.rules["decay_curves.csv"].append(
                {
                    "decay_curve": name,
                    "kind": kind,
                    "half_life_days": half_life_days,
                    "window_days": window_days,
                    "rationale": self.rationale("Fades"),
                }
            )
            for from_age_days, share in steps.get(name, []):
                self.rules["decay_steps.csv"].append(
                    {
                        "decay_curve": name,
                        "from_age_days": from_age_days,
                        "multiplier": share,
                        "rationale": self.rationale("Fades in steps"),
                    }
                )

    def add_behaviour_rules(self) -> None:
        rng = self.rng
        curves = [row["decay_curve"] for row in self.rules["decay_curves.csv"]]
        for number in range(rng.randint(4, 10)):
            is_negative = chance(rng, 0.2)
            if is_negative:
                points = rng.choice(["-5", "-10", "-7.5", "-0.35"])
                repeat_points = rng.choice(["", "0", "-2.5", "-1"])
            else:
                points = rng.choice(["10", "15", "5", "30", "2.35", "0.5", "0", "7.77", "25000"])
                repeat_points = rng.choice(["", "", "0", "5", "2.5"])
                if float(points) >= 0.5 and chance(rng, 0.15):
                    repeat_points = "-0.5"
            prefix = "penalty_behaviour" if is_negative else "behaviour"
            row: Row = {
                "scoring_model": self.scope(),
                "rule_id": self.rule_id(prefix, number),
                "activity_type": swap_case(rng, rng.choice(ACTIVITY_TYPES)),
                "asset_pattern": rng.choice(ASSET_PATTERNS) or "",
                "category": rng.choice(["", "content", "web", "events", "uncapped"]),
                "points": points,
                "repeat_points": repeat_points,
                "daily_limit": rng.choice(["", "", "1", "2", "3"]),
                "max_points": rng.choice(["", "", "12", "20.5", "1.01"]),
                "decay_curve": rng.choice(curves),
                "rationale": self.rationale(f"Did thing {number}"),
            }
            self.add_rule("behaviour_points.csv", row, can_be_required=True)
            if row["scoring_model"] != "*" and number == 0 and not is_negative:
                self.add_twin("behaviour_points.csv", row, {"points": "11", "daily_limit": "1"})

    def add_categories(self) -> None:
        rng = self.rng
        for category in ["content", "web", "events"]:
            scopes = rng.choice([["*"], self.model_names, self.model_names[:1], []])
            for scope in scopes:
                self.rules["behaviour_categories.csv"].append(
                    {
                        "scoring_model": scope,
                        "category": category,
                        "max_points": rng.choice(["10", "6.25", "30"]),
                        "rationale": self.rationale("Enough of this"),
                    }
                )

    # -- thresholds, segments, grades ------------------------------------------------------------

    def common_range(self, scope: str) -> tuple[int, int]:
        """The scores that every model of a scope can reach."""
        ranges = self.ranges.values() if scope == "*" else [self.ranges[scope]]
        return max(low for low, _ in ranges), min(high for _, high in ranges)

    def scopes(self) -> list[str]:
        return ["*"] if chance(self.rng, 0.3) else list(self.model_names)

    def add_thresholds(self) -> None:
        rng = self.rng
        if chance(rng, 0.07):
            return
        for scope in self.scopes():
            low, high = self.common_range(scope)
            usual = [low + (high - low) * share // 100 for share in (5, 10, 20, 30, 50)]
            marketing, sales = sorted(rng.choice([*usual, low]) for _ in range(2))
            for threshold, min_score in [
                ("marketing_qualified", marketing),
                ("sales_ready", sales),
            ]:
                if chance(rng, 0.1) and threshold == "sales_ready":
                    continue
                self.rules["score_thresholds.csv"].append(
                    {
                        "scoring_model": scope,
                        "threshold": threshold,
                        "min_score": str(min_score),
                        "min_fit_points": rng.choice(["", "", "5", "7.5", "10"]),
                        "min_behaviour_points": rng.choice(["", "", "0.5", "5", "10"]),
                        "exit_score": rng.choice(["", str(min_score), str(low)]),
                        "rationale": self.rationale("Ready"),
                    }
                )
                can_be_required = [
                    rule_id
                    for rule_id, rule_scope in self.rule_scopes
                    if rule_scope == "*" or rule_scope == scope
                ]
                outdone = [rule_id for rule_id in can_be_required if "_pair" in rule_id]
                if outdone and chance(rng, 0.5):
                    can_be_required = outdone
                if can_be_required and chance(rng, 0.5):
                    self.rules["threshold_requirements.csv"].append(
                        {
                            "scoring_model": scope,
                            "threshold": threshold,
                            "rule_id": rng.choice(can_be_required),
                            "rationale": self.rationale("A must"),
                        }
                    )

    def add_segments(self) -> None:
        rng = self.rng
        if chance(rng, 0.07):
            return

        def add(scope: str, segment: str, min_score: int) -> None:
            self.rules["score_segments.csv"].append(
                {
                    "scoring_model": scope,
                    "segment": segment,
                    "min_score": str(min_score),
                    "rationale": self.rationale("A band"),
                }
            )

        layout = rng.choice(["star", "own", "both"])
        lowest_of_all = min(low for low, _ in self.ranges.values())
        if layout in ("star", "both"):
            add("*", "low", lowest_of_all)
        if layout == "star":
            low, high = self.common_range("*")
            for segment, min_score in zip(
                ["medium", "high"], sorted(rng.sample(range(low + 1, high + 1), 2)), strict=True
            ):
                add("*", segment, min_score)
        else:
            for model in self.model_names:
                low, high = self.ranges[model]
                if layout == "own":
                    add(model, "low", low)
                middle = low + (high - low) * 3 // 10
                edges = sorted(rng.sample(range(low + 1, max(middle, low + 2) + 1), 2))
                for segment, min_score in zip(["medium", "high"], edges, strict=True):
                    add(model, segment, min_score)

    def add_grades(self) -> None:
        rng = self.rng
        if chance(rng, 0.07):
            return
        for axis, names in [("fit", "DCBA"), ("behaviour", "4321")]:
            if chance(rng, 0.07):
                continue
            for scope in self.scopes():
                limits = ["0", *rng.choice([["5", "10", "20"], ["2.25", "7.5", "12.25"]])]
                for grade, min_points in zip(names, limits, strict=True):
                    self.rules["score_grades.csv"].append(
                        {
                            "scoring_model": scope,
                            "axis": axis,
                            "grade": grade,
                            "min_points": min_points,
                            "rationale": self.rationale("A grade"),
                        }
                    )

    # -- reference files -------------------------------------------------------------------------

    def add_reference_files(self) -> None:
        rng = self.rng
        if chance(rng, 0.93):
            for domain, kind in [
                ("gmail.com", "personal"),
                ("Acme.Example", "customer"),
                ("rival.example", "competitor"),
                ("mailinator.com", "disposable"),
                ("STRAßE.example", "customer"),
                ("i.example", "personal"),
            ]:
                if chance(rng, 0.8):
                    self.rules["email_domains.csv"].append({"email_domain": domain, "kind": kind})
        if chance(rng, 0.93):
            for pattern in rng.sample(JOB_TITLE_PATTERNS, rng.randint(4, len(JOB_TITLE_PATTERNS))):
                seniority = rng.choice(["", *TEXT_VALUES["job_seniority"]])
                function = rng.choice(["", *TEXT_VALUES["job_function"]])
                self.rules["job_titles.csv"].append(
                    {
                        "pattern": pattern,
                        "job_seniority": seniority,
                        "job_function": function if seniority or function else "sales",
                        "priority": str(rng.choice([1, 2, 2, 2, 3, 10])),
                    }
                )


# ------------------------------------------------------------------------------------------------
# Raw tables
# ------------------------------------------------------------------------------------------------


class TableMaker:
    """Makes the raw tables of one case."""

    def __init__(
        self,
        rng: random.Random,
        lead_count: int,
        scoring_date: date,
        rules: dict[str, list[Row]],
    ) -> None:
        self.rng = rng
        self.lead_count = lead_count
        self.scoring_date = scoring_date
        self.rules = rules
        self.lead_ids: list[str] = []
        self.busy_lead_ids: list[str] = []
        self.emails: list[str] = []
        self.scored_types = [row["activity_type"] for row in rules["behaviour_points.csv"]]

    def moment(self, age: int) -> datetime:
        day = self.scoring_date - timedelta(days=age)
        return datetime.combine(day, time_of_day(self.rng))

    def unlike_any_other_moment(self) -> datetime:
        """To the microsecond, so that two texts never stand for the same moment by chance."""
        day = self.scoring_date - timedelta(days=self.rng.randrange(30))
        return datetime.combine(day, time.min) + timedelta(
            microseconds=self.rng.randrange(1, 86_400_000_000)
        )

    # -- leads -----------------------------------------------------------------------------------

    def make_lead_id(self, number: int) -> str:
        styles = [
            "L{:04d}",
            "l{}",
            "L-{}",
            "L_{}",
            "{:05d}",
            "{}",
            "é{}",
            "\ufb00{}",
            "😀{}",
            "Z {}",
        ]
        return self.rng.choice(styles).format(number)

    def email(self) -> str:
        rng = self.rng
        if self.emails and chance(rng, 0.25):
            return swap_case(rng, rng.choice(self.emails).strip())
        name = rng.choice(["ann", "Bob", "İpek", "zoë", "o'neil+x"])
        number = rng.randrange(max(2, self.lead_count))
        text = f"{name}{number}@{rng.choice(EMAIL_DOMAINS)}"
        return rng.choice(
            [text] * 30 + [f"no-at-{number}", f"end{number}@", f"a@b{number}@gmail.com"]
        )

    def lead(self, lead_id: str) -> Row:
        rng = self.rng
        is_plain = chance(rng, 0.1)  # an id and nothing else: equal scores
        age = rng.choice([0, 1, -1, -30, 10_950, *(rng.randrange(800) for _ in range(15))])
        row: Row = {
            "lead_id": pad(rng, lead_id, 0.05),
            "created_at": pad(rng, timestamp_text(rng, self.moment(age)), 0.05),
        }
        if chance(rng, 0.04):
            row["created_at"] = rng.choice([None, " ", *UNREADABLE_TIMESTAMPS])
        if not is_plain:
            self.busy_lead_ids.append(lead_id)
            row["email"] = maybe_missing(rng, pad(rng, self.email()), 0.15)
            if row["email"] is not None and "@" in row["email"]:
                self.emails.append(row["email"])
            for column in [*LEAD_COLUMNS, *FURTHER_LEAD_COLUMNS]:
                pool = TEXT_VALUES.get(column.lower(), NUMBER_VALUES.get(column))
                if pool is None:
                    continue
                if column in NUMBER_VALUES and chance(rng, 0.15):
                    pool = UNREADABLE_NUMBERS
                row[column] = maybe_missing(rng, pad(rng, rng.choice(pool)))
        row["updated_at"] = rng.choice(
            [None, None, "unreadable", timestamp_text(rng, self.unlike_any_other_moment())]
        )
        row["is_deleted"] = rng.choice(TRUE_TEXTS if chance(rng, 0.04) else FALSE_TEXTS)
        row["objects_to_profiling"] = rng.choice(TRUE_TEXTS if chance(rng, 0.04) else FALSE_TEXTS)
        return row

    def duplicate(self, row: Row, key: str, freshness: str, changeable: list[str]) -> Row:
        """The same key again: fresher, older, or a tie that the contents break."""
        rng = self.rng
        copy = dict(row)
        for column in rng.sample(changeable, rng.randint(0, min(2, len(changeable)))):
            pool = TEXT_VALUES.get(column.lower(), NUMBER_VALUES.get(column, ["x", "X", "é", "0"]))
            copy[column] = maybe_missing(rng, rng.choice(pool))
        if chance(rng, 0.5):
            copy[freshness] = timestamp_text(rng, self.unlike_any_other_moment())
        elif chance(rng, 0.2) and row.get(freshness) != "unreadable":
            copy[freshness] = None
        copy[key] = pad(rng, row[key].strip(), 0.2)
        return copy

    def make_leads(self) -> list[Row]:
        rng = self.rng
        rows = []
        for number in range(self.lead_count):
            lead_id = self.make_lead_id(number)
            self.lead_ids.append(lead_id)
            row = self.lead(lead_id)
            rows.append(row)
            while chance(rng, 0.08):
                changeable = ["job_title", "industry", "employee_count", "Lead Quality", "country"]
                copy = self.duplicate(row, "lead_id", "updated_at", changeable)
                if chance(rng, 0.15):
                    copy["is_deleted"] = rng.choice(["true", "false"])
                if chance(rng, 0.1):
                    copy["created_at"] = "not a date"
                if chance(rng, 0.2):
                    copy["created_at"] = timestamp_text(rng, self.moment(rng.randrange(800)))
                rows.append(copy)
        for _ in range(max(1, self.lead_count // 60)):
            rows.append(self.lead("") | {"lead_id": rng.choice([None, "", "  ", "\t"])})
        rng.shuffle(rows)
        return rows

    # -- activities ------------------------------------------------------------------------------

    def edge_ages(self) -> list[int]:
        """The ages at which something changes: windows, steps, ties of the half-life, far away."""
        ages = [0, 0, 1, 1, 2, 7, 14, *[63, 126] * 3, 33, 66, 3285, -1, -2, -400, 10_950, 10_957]
        for row in self.rules["decay_curves.csv"]:
            if row["window_days"]:
                ages += [int(row["window_days"]), int(row["window_days"]) + 1]
        for row in self.rules["decay_steps.csv"]:
            ages += [int(row["from_age_days"]), max(0, int(row["from_age_days"]) - 1)]
        return ages

    def activity(self, number: int, edge_ages: list[int]) -> Row:
        rng = self.rng
        age = (
            rng.choice(edge_ages)
            if chance(rng, 0.4)
            else rng.choice([rng.randrange(100), rng.randrange(15)])
        )
        types = ACTIVITY_TYPES
        if self.scored_types and chance(rng, 0.6):
            types = self.scored_types
        row: Row = {
            "activity_id": pad(rng, rng.choice(["a{}", "A{}", "é{}", "{}"]).format(number), 0.03),
            "activity_type": pad(rng, swap_case(rng, rng.choice(types)), 0.05),
            "occurred_at": pad(rng, timestamp_text(rng, self.moment(age)), 0.03),
            "asset": maybe_missing(rng, pad(rng, rng.choice(ASSETS), 0.05), 0.25),
            "campaign_id": rng.choice([None, "c1", "c2"]),
            "is_bot": rng.choice(TRUE_TEXTS if chance(rng, 0.06) else FALSE_TEXTS),
            "loaded_at": rng.choice(
                [None, None, "unreadable", timestamp_text(rng, self.unlike_any_other_moment())]
            ),
        }
        self.set_owner(row)
        if chance(rng, 0.015):
            row["activity_type"] = rng.choice([None, "", " \t"])
        if chance(rng, 0.02):
            row["occurred_at"] = rng.choice([None, "", *UNREADABLE_TIMESTAMPS])
        if chance(rng, 0.01):
            row["activity_id"] = rng.choice([None, "", "  "])
        return row

    def set_owner(self, row: Row) -> None:
        rng = self.rng
        lead_ids = self.busy_lead_ids or self.lead_ids
        busiest_first = int(len(lead_ids) * rng.random() ** 2)  # few leads have many activities
        lead_id = pad(rng, lead_ids[busiest_first], 0.05)
        known_email = None
        if self.emails:
            known_email = pad(rng, swap_case(rng, rng.choice(self.emails)), 0.1)
        choices = [
            *[(lead_id, None)] * 65,
            *[(rng.choice([None, "", " "]), known_email)] * 20,
            *[(lead_id, known_email)] * 7,
            *[("nobody", known_email)] * 4,
            *[("nobody", "nobody@nowhere.example"), (None, None), (None, "no-at-sign")],
        ]
        row["lead_id"], row["email"] = rng.choice(choices)

    def burst(self, row: Row, number: int) -> Row:
        """Another activity of the same lead, type and asset on the same UTC day."""
        rng = self.rng
        day = datetime.combine(self.scoring_date, time.min) - timedelta(days=rng.choice([0, 1, 7]))
        row["occurred_at"] = timestamp_text(rng, datetime.combine(day, time_of_day(rng)))
        return row | {
            "activity_id": f"b{number}",
            "occurred_at": timestamp_text(rng, datetime.combine(day, time_of_day(rng))),
        }

    def make_activities(self) -> list[Row]:
        rng = self.rng
        edge_ages = self.edge_ages()
        rows = []
        number = 0
        while len(rows) < 6 * self.lead_count:
            number += 1
            row = self.activity(number, edge_ages)
            rows.append(row)
            if chance(rng, 0.15):
                for _ in range(rng.randint(1, 3)):
                    number += 1
                    rows.append(self.burst(row, number))
            if row["activity_id"] and row["activity_id"].strip() and chance(rng, 0.05):
                copy = self.duplicate(row, "activity_id", "loaded_at", ["asset", "campaign_id"])
                if chance(rng, 0.3):
                    self.set_owner(copy)
                if chance(rng, 0.3):
                    copy["occurred_at"] = timestamp_text(rng, self.moment(rng.randrange(60)))
                if chance(rng, 0.2):
                    copy["activity_type"] = rng.choice(ACTIVITY_TYPES)
                rows.append(copy)
        rng.shuffle(rows)
        return rows

    # -- campaigns -------------------------------------------------------------------------------

    def make_campaigns(self) -> list[Row]:
        rng = self.rng
        if chance(rng, 0.15):
            return []
        rows = []
        for campaign_id in ["c1", "c2", "c3", "c4"]:
            for name in rng.sample(["Spring", "Autumn", "Été"], rng.choice([1, 1, 2])):
                cost = rng.choice(NUMBER_VALUES["campaign_cost"] * 2 + ["n/a", "", "1,5"])
                row: Row = {
                    "campaign_id": pad(rng, campaign_id),
                    "campaign_name": name,
                    "channel": maybe_missing(
                        rng, pad(rng, rng.choice(TEXT_VALUES["campaign_channel"]))
                    ),
                    "cost": pad(rng, cost),
                    "started_on": rng.choice(["2024-01-01", "", "not a date"]),
                    "ended_on": None,
                }
                rows.append(row)
        rows.append(dict.fromkeys(CAMPAIGN_COLUMNS) | {"campaign_id": " ", "campaign_name": "None"})
        rng.shuffle(rows)
        return rows


# ------------------------------------------------------------------------------------------------
# Cases
# ------------------------------------------------------------------------------------------------


def make_case(seed: int, lead_count: int) -> Case:
    """One case with `lead_count` different leads and about six times as many activities."""
    rng = random.Random(f"{seed} {lead_count}")
    scoring_date = rng.choice(
        [
            date(2024, 2, 29),
            date(2025, 3, 1),
            date(2025, 12, 31),
            date(2026, 1, 1),
            date(2026, 6, 15),
        ]
    )
    rules = RuleMaker(rng).make()

    tables = TableMaker(rng, lead_count, scoring_date, rules)
    leads = tables.make_leads()
    activities = tables.make_activities()
    campaigns = tables.make_campaigns()

    absent_columns: list[str] = []
    if chance(rng, 0.25):
        absent_columns = rng.sample(OPTIONAL_LEAD_COLUMNS, 2)
    lead_columns = [
        column for column in [*LEAD_COLUMNS, *FURTHER_LEAD_COLUMNS] if column not in absent_columns
    ]
    absent_columns = []
    if chance(rng, 0.25):
        absent_columns = rng.sample(OPTIONAL_ACTIVITY_COLUMNS, 1)
    activity_columns = [column for column in ACTIVITY_COLUMNS if column not in absent_columns]

    def with_columns(rows: list[Row], columns: list[str]) -> list[Row]:
        return [{column: row.get(column) for column in columns} for row in rows]

    return Case(
        seed=seed,
        scoring_date=scoring_date,
        leads=with_columns(leads, lead_columns),
        activities=with_columns(activities, activity_columns),
        campaigns=with_columns(campaigns, CAMPAIGN_COLUMNS),
        lead_columns=lead_columns,
        activity_columns=activity_columns,
        campaign_columns=CAMPAIGN_COLUMNS,
        rules=rules,
    )


def write_csv(path: Path, columns: list[str], rows: list[Row], quoting: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=quoting)
        writer.writerow(columns)
        for row in rows:
            writer.writerow(["" if row[column] is None else row[column] for column in columns])


def write_case(case: Case, folder: Path) -> None:
    """Write `data/*.csv` (every cell quoted, it may hold a line break) and `rules/*.csv`."""
    data, rules = Path(folder) / "data", Path(folder) / "rules"
    data.mkdir(parents=True, exist_ok=True)
    rules.mkdir(parents=True, exist_ok=True)
    write_csv(data / "leads.csv", case.lead_columns, case.leads, csv.QUOTE_ALL)
    write_csv(data / "activities.csv", case.activity_columns, case.activities, csv.QUOTE_ALL)
    write_csv(data / "campaigns.csv", case.campaign_columns, case.campaigns, csv.QUOTE_ALL)
    for name, columns in RULE_COLUMNS.items():
        write_csv(rules / name, columns, case.rules[name], csv.QUOTE_MINIMAL)
