"""The scoring contract restated in plain Python, to check the dbt models against.

Slow and obvious on purpose: one lead, one rule and one activity at a time, exact decimals, no
shortcuts. It was written from the contract alone and shares no code with the models, so that the
two can only agree by both being right. Section numbers in the docstrings are the contract's.

    tables = score_leads(raw_tables, rule_files, date(2025, 3, 1))
    tables["lead_scores"]           # one dict per lead and model

`raw_tables` maps "leads", "activities" and "campaigns" to lists of dicts of text or None.
`rule_files` maps file names ("fit_points.csv") to lists of dicts of text, as read from the CSVs.
The rule files are taken to be valid: a value that cannot be read raises an error.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

Row = dict[str, str | None]
Table = list[dict[str, object]]

# ------------------------------------------------------------------------------------------------
# 1. Numbers: exact, and rounded in one way only
# ------------------------------------------------------------------------------------------------

ZERO = Decimal(0)
ONE = Decimal(1)

# A readable number has at most 28 digits before the point, but any number behind it.
EVERY_DIGIT = Context(prec=100_000, Emax=999_999, Emin=-999_999)
FIFTY_DIGITS = Context(prec=50, rounding=ROUND_HALF_UP, Emax=999_999, Emin=-999_999)


def round_half_away(number: Decimal, decimals: int) -> Decimal:
    """Round to `decimals` places, a half away from zero: 2.5 is 3, -2.5 is -3."""
    rounded = number.quantize(
        Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=EVERY_DIGIT
    )
    return rounded if rounded else abs(rounded)  # never a negative zero


def divide(numerator: Decimal, denominator: Decimal) -> Decimal:
    """Divide with 50 digits, to be rounded afterwards."""
    return FIFTY_DIGITS.divide(numerator, denominator)


# ------------------------------------------------------------------------------------------------
# 2. Readings of raw text (contract, section 2)
# ------------------------------------------------------------------------------------------------

BLANKS = " \t\n\v\f\r\u00a0"

NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?0*(?P<exponent>[0-9]+))?")

TIMESTAMP = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"([Tt ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(:(?P<second>[0-9]{2})([.,](?P<fraction>[0-9]+))?)?"
    r"(?P<zone>[Zz]|(?P<sign>[+-])(?P<zone_hour>[0-9]{2})(:?(?P<zone_minute>[0-9]{2}))?)?)?"
)


def clean_text(raw: str | None) -> str | None:
    """Section 2: text is trimmed; blank text is null."""
    if raw is None:
        return None
    return raw.strip(BLANKS) or None


def lower_case(text: str) -> str:
    """Section 3.1: Unicode's simple lower case, one character for one character."""

    def lower_character(character: str) -> str:
        if character == "\u0130":  # İ: Python's full mapping has two characters
            return "i"
        return character.lower()

    return "".join(lower_character(character) for character in text)


def clean_lower(raw: str | None) -> str | None:
    """Section 2: e-mail and activity type are trimmed and lower-cased."""
    text = clean_text(raw)
    return None if text is None else lower_case(text)


def read_number(raw: str | None) -> Decimal | None:
    """Section 2: a decimal with optional sign and exponent, nothing else; kept to 10 decimals."""
    text = clean_text(raw)
    if text is None:
        return None
    match = NUMBER.fullmatch(text)
    if match is None:
        return None
    if match["exponent"] is not None and len(match["exponent"]) > 3:
        return None
    if len(text.lower().split("e")[0].split(".")[0].lstrip("+-").lstrip("0")) > 28:
        return None
    number = EVERY_DIGIT.create_decimal(text)
    if EVERY_DIGIT.abs(number) >= Decimal("1e28"):
        return None
    return round_half_away(number, 10)


def read_timestamp(raw: str | None) -> datetime | None:
    """Section 2: ISO 8601 text as a naive datetime in UTC, cut to microseconds."""
    text = clean_text(raw)
    if text is None:
        return None
    match = TIMESTAMP.fullmatch(text)
    if match is None:
        return None
    zone_hour = int(match["zone_hour"] or 0)
    zone_minute = int(match["zone_minute"] or 0)
    if zone_hour > 23 or zone_minute > 59:
        return None
    try:
        local = datetime(
            year=int(match["year"]),
            month=int(match["month"]),
            day=int(match["day"]),
            hour=int(match["hour"] or 0),
            minute=int(match["minute"] or 0),
            second=int(match["second"] or 0),
            microsecond=int((match["fraction"] or "0")[:6].ljust(6, "0")),
        )
        ahead_of_utc = timedelta(hours=zone_hour, minutes=zone_minute)
        return local + ahead_of_utc if match["sign"] == "-" else local - ahead_of_utc
    except (ValueError, OverflowError):  # no such day or hour, or outside the years 1 to 9999
        return None


def read_boolean(raw: str | None) -> bool:
    """Section 2: true is `true`, `t`, `1`, `yes`, `y`; all else is false."""
    return clean_lower(raw) in ("true", "t", "1", "yes", "y")


# ------------------------------------------------------------------------------------------------
# 3. Clean and rejected rows (contract, section 2)
# ------------------------------------------------------------------------------------------------

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

CAMPAIGN_COLUMNS = ["campaign_id", "campaign_name", "channel", "cost", "started_on", "ended_on"]


@dataclass
class Lead:
    """A clean lead: the attributes are trimmed text, by column name in lower case."""

    lead_id: str
    created_at: datetime
    email: str | None
    is_deleted: bool
    objects_to_profiling: bool
    attributes: dict[str, str | None]

    @property
    def is_forgotten(self) -> bool:
        return self.is_deleted or self.objects_to_profiling


@dataclass
class Activity:
    """A clean activity and the lead it belongs to."""

    activity_id: str
    activity_type: str
    occurred_at: datetime
    asset: str | None
    is_bot: bool
    owner: Lead


@dataclass
class RejectedRow:
    """A raw row that cannot be used, its trimmed key (or None: missing or withheld) and why."""

    key: str | None
    reason_code: str
    row: Row = field(repr=False)


def attribute_name(column: str) -> str:
    """Section 3: a rule finds a column whatever its case and outer blanks."""
    return lower_case(column.strip(BLANKS))


def normalise_columns(rows: list[Row]) -> list[Row]:
    """Give every row the same columns, named in lower case, holding raw text or None."""
    names = sorted({attribute_name(column) for row in rows for column in row})
    return [
        dict.fromkeys(names) | {attribute_name(column): row[column] for column in row}
        for row in rows
    ]


def nulls_last(value: object) -> tuple:
    """A sort key, ascending, for values of one type or None."""
    return (1,) if value is None else (0, value)


def latest_first(timestamp: datetime | None) -> tuple:
    """A sort key for `reverse=True`: the latest first, null is the oldest."""
    return (0,) if timestamp is None else (1, timestamp)


def best_row(rows: list[Row], freshness_column: str | None, contents) -> Row:
    """Section 2: the latest wins, ties are broken by the rows' contents."""
    ordered = sorted(rows, key=contents)
    if freshness_column is not None:
        ordered.sort(
            key=lambda row: latest_first(read_timestamp(row.get(freshness_column))), reverse=True
        )
    return ordered[0]


def keep_one_row_per_key(
    rows: list[Row], key_column: str, freshness_column: str | None, contents
) -> tuple[list[Row], list[Row]]:
    """Split usable rows into one row per key and the duplicates."""
    by_key: dict[str | None, list[Row]] = defaultdict(list)
    for row in rows:
        by_key[clean_text(row[key_column])].append(row)
    kept, duplicates = [], []
    for same_key in by_key.values():
        best = best_row(same_key, freshness_column, contents)
        kept.append(best)
        duplicates.extend(row for row in same_key if row is not best)
    return kept, duplicates


def lead_contents(row: Row) -> tuple:
    """What breaks a tie between two rows of one lead, in the contract's column order."""
    further_columns = sorted(set(row) - set(LEAD_COLUMNS))
    values: list[object] = [read_timestamp(row.get("created_at")), clean_lower(row.get("email"))]
    for column in LEAD_COLUMNS[LEAD_COLUMNS.index("first_name") :] + further_columns:
        values.append(clean_text(row.get(column)))
    return tuple(nulls_last(value) for value in values)


def hashed(text: str | None) -> str | None:
    """Section 2: of an activity's e-mail address only a hash is kept."""
    return None if text is None else hashlib.md5(text.encode()).hexdigest()


def activity_contents(row: Row) -> tuple:
    """What breaks a tie between two rows of one activity, in the contract's column order."""
    values = (
        clean_lower(row.get("activity_type")),
        read_timestamp(row.get("occurred_at")),
        clean_text(row.get("lead_id")),
        hashed(clean_lower(row.get("email"))),
        clean_text(row.get("asset")),
        clean_text(row.get("campaign_id")),
        clean_text(row.get("is_bot")),
    )
    return tuple(nulls_last(value) for value in values)


def campaign_contents(row: Row) -> tuple:
    """What breaks a tie between two rows of one campaign, in the contract's column order."""
    return tuple(nulls_last(clean_text(row.get(column))) for column in CAMPAIGN_COLUMNS)


def is_forgotten_row(row: Row) -> bool:
    return read_boolean(row.get("is_deleted")) or read_boolean(row.get("objects_to_profiling"))


def clean_leads(raw_rows: list[Row]) -> tuple[dict[str, Lead], list[RejectedRow]]:
    """Section 2: leads by lead_id, and the rejected rows with their reason codes."""
    rejected: list[RejectedRow] = []
    usable: list[Row] = []
    for row in normalise_columns(raw_rows):
        lead_id = clean_text(row.get("lead_id"))
        if lead_id is None:
            rejected.append(RejectedRow(None, "missing_id", row))
        elif read_timestamp(row.get("created_at")) is None:
            rejected.append(RejectedRow(lead_id, "invalid_timestamp", row))
        else:
            usable.append(row)

    kept, duplicates = keep_one_row_per_key(usable, "lead_id", "updated_at", lead_contents)
    rejected.extend(RejectedRow(clean_text(row["lead_id"]), "duplicate", row) for row in duplicates)

    leads = {}
    for row in kept:
        lead_id = clean_text(row["lead_id"])
        leads[lead_id] = Lead(
            lead_id=lead_id,
            created_at=read_timestamp(row["created_at"]),
            email=clean_lower(row.get("email")),
            is_deleted=read_boolean(row.get("is_deleted")),
            objects_to_profiling=read_boolean(row.get("objects_to_profiling")),
            attributes={column: clean_text(value) for column, value in row.items()}
            | {"email": clean_lower(row.get("email"))},
        )
    return leads, rejected


def owner_of_activity(row: Row, leads: dict[str, Lead]) -> Lead | None:
    """Section 2: the lead named by lead_id, else the lead with the same e-mail."""
    named = leads.get(clean_text(row.get("lead_id")))
    if named is not None:
        return named
    email = clean_lower(row.get("email"))
    if email is None:
        return None
    sharing = [lead for lead in leads.values() if lead.email == email]
    sharing.sort(key=lambda lead: (lead.is_deleted, lead.created_at, lead.lead_id))
    return sharing[0] if sharing else None


def clean_activities(
    raw_rows: list[Row], leads: dict[str, Lead]
) -> tuple[list[Activity], list[RejectedRow]]:
    """Section 2: clean activities with their owners, and the rejected rows."""
    rejected: list[RejectedRow] = []
    usable: list[Row] = []
    for row in normalise_columns(raw_rows):
        activity_id = clean_text(row.get("activity_id"))
        if activity_id is None:
            rejected.append(RejectedRow(None, "missing_id", row))
        elif clean_text(row.get("activity_type")) is None:
            rejected.append(RejectedRow(activity_id, "missing_activity_type", row))
        elif read_timestamp(row.get("occurred_at")) is None:
            rejected.append(RejectedRow(activity_id, "invalid_timestamp", row))
        elif owner_of_activity(row, leads) is None:
            rejected.append(RejectedRow(activity_id, "unknown_lead", row))
        else:
            usable.append(row)

    kept, duplicates = keep_one_row_per_key(usable, "activity_id", "loaded_at", activity_contents)
    rejected.extend(
        RejectedRow(clean_text(row["activity_id"]), "duplicate", row) for row in duplicates
    )

    activities = [
        Activity(
            activity_id=clean_text(row["activity_id"]),
            activity_type=clean_lower(row["activity_type"]),
            occurred_at=read_timestamp(row["occurred_at"]),
            asset=clean_text(row.get("asset")),
            is_bot=read_boolean(row.get("is_bot")),
            owner=owner_of_activity(row, leads),
        )
        for row in kept
    ]
    return activities, rejected


def clean_campaigns(raw_rows: list[Row]) -> dict[str, Row]:
    """Section 2: one row per campaign_id. No column tells which is newer: the contents decide."""
    usable = [row for row in normalise_columns(raw_rows) if clean_text(row.get("campaign_id"))]
    kept, _ = keep_one_row_per_key(usable, "campaign_id", None, campaign_contents)
    return {clean_text(row["campaign_id"]): row for row in kept}


def withhold_forgotten_keys(
    rejected_leads: list[RejectedRow],
    rejected_activities: list[RejectedRow],
    leads: dict[str, Lead],
) -> None:
    """Section 2: a rejected row of a forgotten lead stays counted, without its key.

    A lead is forgotten when its clean row says so. Where no row of it is clean, any rejected row
    that says so is believed.
    """
    forgotten_ids = {lead.lead_id for lead in leads.values() if lead.is_forgotten}
    forgotten_emails = set()
    for rejected in rejected_leads:
        lead_id = clean_text(rejected.row.get("lead_id"))
        if lead_id not in leads and is_forgotten_row(rejected.row):
            forgotten_ids.add(lead_id)
            forgotten_emails.add(clean_lower(rejected.row.get("email")))
    forgotten_ids.discard(None)
    forgotten_emails.discard(None)

    for rejected in rejected_leads:
        if clean_text(rejected.row.get("lead_id")) in forgotten_ids:
            rejected.key = None
    for rejected in rejected_activities:
        owner = owner_of_activity(rejected.row, leads)
        if owner is not None:
            is_forgotten = owner.is_forgotten
        else:
            is_forgotten = (
                clean_text(rejected.row.get("lead_id")) in forgotten_ids
                or clean_lower(rejected.row.get("email")) in forgotten_emails
            )
        if is_forgotten:
            rejected.key = None


# ------------------------------------------------------------------------------------------------
# 4. Rule files (contract, section 3)
# ------------------------------------------------------------------------------------------------

Rules = dict[str, list[Row]]


def clean_rules(rule_files: dict[str, list[Row]]) -> Rules:
    """Every cell trimmed, an empty cell as None, files that were not given as empty."""
    return defaultdict(
        list,
        {
            name: [{column: clean_text(cell) for column, cell in row.items()} for row in rows]
            for name, rows in rule_files.items()
        },
    )


def rows_of_model(rules: Rules, file_name: str, scoring_model: str) -> list[Row]:
    """Section 3: the rows of a model and those of `*`, which means every model."""
    return [row for row in rules[file_name] if row["scoring_model"] in (scoring_model, "*")]


def number_in_rule(cell: str | None, if_empty: Decimal | None = None) -> Decimal | None:
    """A number of a rule file. An empty cell means what section 3 says of its column."""
    if cell is None:
        return if_empty
    number = read_number(cell)
    if number is None:
        raise ValueError(f"not a number: {cell!r}")
    return number


def words_of(rationale: str) -> str:
    """The words of a rule: its rationale up to the first colon, else without a final full stop."""
    if ":" in rationale:
        return rationale.split(":", 1)[0].strip(BLANKS)
    return rationale.removesuffix(".")


# ------------------------------------------------------------------------------------------------
# 5. Attributes and operators (contract, sections 2 and 3.1)
# ------------------------------------------------------------------------------------------------

NUMBER_ATTRIBUTES = ("employee_count", "annual_revenue", "campaign_cost")
TEXT_OPERATORS = ("contains", "starts_with", "ends_with", "contains_word")
NUMBER_OPERATORS = ("gt", "gte", "lt", "lte", "between")


def contains_word(text: str, words: str) -> bool:
    """Section 3.1: the words stand in the text where no ASCII letter or digit adjoins."""
    text = lower_case(text.strip(BLANKS))
    words = lower_case(words.strip(BLANKS))
    for start in range(len(text) - len(words) + 1):
        if text[start : start + len(words)] != words:
            continue
        before = text[start - 1] if start > 0 else ""
        after = text[start + len(words)] if start + len(words) < len(text) else ""
        if not re.fullmatch("[a-z0-9]", before) and not re.fullmatch("[a-z0-9]", after):
            return True
    return False


def asset_matches(asset: str | None, asset_pattern: str | None) -> bool:
    """Section 3.1: `*` is any run of characters, all else is literal, the whole asset matches."""
    if asset_pattern is None:
        return True
    if asset is None:
        return False
    pieces = [re.escape(piece) for piece in lower_case(asset_pattern).split("*")]
    return re.fullmatch(".*".join(pieces), lower_case(asset), re.DOTALL) is not None


def condition_holds(
    attribute: str, text: str | None, operator: str, rule_value: str | None
) -> bool:
    """Section 3.1: one condition on the trimmed text of one attribute (None is missing)."""
    attribute = attribute_name(attribute)
    text = clean_text(text)
    rule_value = clean_text(rule_value)
    is_number_attribute = attribute in NUMBER_ATTRIBUTES
    if is_number_attribute and read_number(text) is None:
        text = None

    if operator == "is_missing":
        return text is None
    if operator == "is_present":
        return text is not None
    if text is None:
        return False

    if rule_value is None:
        raise ValueError(f"the operator {operator} needs a value")
    items = [item.strip(BLANKS) for item in rule_value.split("|")]

    def is_equal(item: str) -> bool:
        if is_number_attribute:
            return read_number(text) == number_in_rule(item)
        return lower_case(text) == lower_case(item)

    if operator == "equals":
        return is_equal(rule_value)
    if operator == "not_equals":
        return not is_equal(rule_value)
    if operator == "in":
        return any(is_equal(item) for item in items)
    if operator == "not_in":
        return not any(is_equal(item) for item in items)
    if operator == "contains":
        return lower_case(rule_value) in lower_case(text)
    if operator == "starts_with":
        return lower_case(text).startswith(lower_case(rule_value))
    if operator == "ends_with":
        return lower_case(text).endswith(lower_case(rule_value))
    if operator == "contains_word":
        return contains_word(text, rule_value)

    if operator not in NUMBER_OPERATORS:
        raise ValueError(f"unknown operator: {operator}")
    number = read_number(text)
    if operator == "between":
        low, high = (number_in_rule(item) for item in items)
        return number is not None and low <= number <= high
    limit = number_in_rule(rule_value)
    if number is None:
        return False
    return {
        "gt": number > limit,
        "gte": number >= limit,
        "lt": number < limit,
        "lte": number <= limit,
    }[operator]


def job_title_finding(job_title: str | None, column: str, rules: Rules) -> str | None:
    """Section 2: of the patterns that match and name it, the one with the lowest priority."""
    if job_title is None:
        return None
    found = [
        row
        for row in rules["job_titles.csv"]
        if row[column] is not None and contains_word(job_title, row["pattern"])
    ]
    found.sort(key=lambda row: (number_in_rule(row["priority"]), row["pattern"]))
    return found[0][column] if found else None


def lead_attributes(lead: Lead, campaigns: dict[str, Row], rules: Rules) -> Row:
    """Section 2: the lead's columns and the derived attributes, as text or None."""
    email_domain = None
    if lead.email is not None and "@" in lead.email:
        email_domain = clean_text(lead.email.rsplit("@", 1)[1])

    email_domain_kind = None
    if email_domain is not None:
        email_domain_kind = "business"
        for row in rules["email_domains.csv"]:
            if lower_case(row["email_domain"]) == email_domain:
                email_domain_kind = row["kind"]

    job_title = lead.attributes.get("job_title")
    campaign = campaigns.get(lead.attributes.get("campaign_id"), {})
    return lead.attributes | {
        "email_domain": email_domain,
        "email_domain_kind": email_domain_kind,
        "job_seniority": job_title_finding(job_title, "job_seniority", rules),
        "job_function": job_title_finding(job_title, "job_function", rules),
        "campaign_channel": clean_text(campaign.get("channel")),
        "campaign_cost": clean_text(campaign.get("cost")),
    }


def row_holds(row: Row, attributes: Row) -> bool:
    """Whether the condition of one row of a rule file holds for a lead's attributes."""
    value = attributes.get(attribute_name(row["attribute"]))
    return condition_holds(row["attribute"], value, row["operator"], row["value"])


# ------------------------------------------------------------------------------------------------
# 6. Fit and negative attributes (contract, section 4)
# ------------------------------------------------------------------------------------------------


@dataclass
class FiredRule:
    """A rule that fired for a lead, whether it counts or not."""

    rule_id: str
    contribution_type: str
    points: Decimal
    points_before_decay: Decimal
    words: str
    reason: str
    counts: bool = True
    disqualifies: bool = False
    category: str | None = None
    activity_count: int | None = None
    latest_activity_at: datetime | None = None


def fire_attribute_rules(
    file_name: str, contribution_type: str, scoring_model: str, attributes: Row, rules: Rules
) -> list[FiredRule]:
    """Section 4: the rules whose condition holds; of an exclusive group only one counts."""
    fired_rows = [
        row for row in rows_of_model(rules, file_name, scoring_model) if row_holds(row, attributes)
    ]

    def largest_then_lowest_id(row: Row) -> tuple:
        return (-abs(number_in_rule(row["points"])), row["rule_id"])

    fired = []
    for row in fired_rows:
        same_group = [row]
        if row["exclusive_group"] is not None:
            same_group = [
                other for other in fired_rows if other["exclusive_group"] == row["exclusive_group"]
            ]
        winner = min(same_group, key=largest_then_lowest_id)
        counts = winner["rule_id"] == row["rule_id"]
        words = words_of(row["rationale"])
        points = round_half_away(number_in_rule(row["points"]), 4) if counts else ZERO
        fired.append(
            FiredRule(
                rule_id=row["rule_id"],
                contribution_type=contribution_type,
                points=points,
                points_before_decay=points,
                words=words,
                reason=words
                if counts
                else f"{words} (not counted: {winner['rule_id']} counts instead)",
                counts=counts,
                disqualifies=row.get("action") == "disqualify",
            )
        )
    return fired


# ------------------------------------------------------------------------------------------------
# 7. Behaviour (contract, section 5)
# ------------------------------------------------------------------------------------------------


def multiplier(curve: Row, steps: list[Row], age: int) -> Decimal:
    """Section 5, step 4: the share of its points that a day keeps, rounded to 8 decimals."""
    kind = curve["kind"]
    if kind == "none":
        share = ONE
    elif kind == "half_life":
        half_life_days = number_in_rule(curve["half_life_days"])
        share = FIFTY_DIGITS.power(Decimal("0.5"), divide(Decimal(age), half_life_days))
    elif kind == "linear":
        window_days = number_in_rule(curve["window_days"])
        share = FIFTY_DIGITS.subtract(ONE, divide(Decimal(age), window_days))
    elif kind == "steps":
        share = ONE
        for step in sorted(steps, key=lambda row: number_in_rule(row["from_age_days"])):
            if number_in_rule(step["from_age_days"]) <= age:
                share = number_in_rule(step["multiplier"])
    else:
        raise ValueError(f"unknown kind of decay curve: {kind}")
    return round_half_away(share, 8)


def curve_named(name: str, rules: Rules) -> tuple[Row, list[Row]]:
    """A decay curve and its steps."""
    (curve,) = [row for row in rules["decay_curves.csv"] if row["decay_curve"] == name]
    steps = [row for row in rules["decay_steps.csv"] if row["decay_curve"] == name]
    return curve, steps


def within_window(age: int, window_days: Decimal | None) -> bool:
    """Section 5, step 1: age 0 to `window_days`, both included; empty is no limit."""
    return age >= 0 and (window_days is None or age <= window_days)


def longest_window(rules: Rules) -> Decimal | None:
    """Section 7: the longest window of any curve; None is no limit."""
    windows = [number_in_rule(row["window_days"]) for row in rules["decay_curves.csv"]]
    if not windows or None in windows:
        return None
    return max(windows)


def cut_in_size(points: Decimal, limit: Decimal | None) -> Decimal:
    """Section 5, step 5: cut to `limit` in size, keeping the sign."""
    if limit is None or abs(points) <= limit:
        return points
    return limit if points > 0 else -limit


def days_ago(age: int) -> str:
    if age == 0:
        return "today"
    if age == 1:
        return "yesterday"
    return f"{age} days ago"


def fire_behaviour_rule(
    row: Row, activities: list[Activity], rules: Rules, scoring_date: date
) -> FiredRule | None:
    """Section 5, steps 1 to 5, for one lead's activities and one rule."""
    curve, steps = curve_named(row["decay_curve"], rules)
    window_days = number_in_rule(curve["window_days"])
    points = number_in_rule(row["points"])
    repeat_points = number_in_rule(row["repeat_points"], if_empty=ZERO)
    daily_limit = number_in_rule(row["daily_limit"])
    max_points = number_in_rule(row["max_points"])

    # Step 1: eligible activities, by age in whole UTC days
    eligible_by_age: dict[int, list[Activity]] = defaultdict(list)
    for activity in activities:
        age = (scoring_date - activity.occurred_at.date()).days
        if (
            not activity.is_bot
            and activity.activity_type == lower_case(row["activity_type"])
            and asset_matches(activity.asset, row["asset_pattern"])
            and within_window(age, window_days)
        ):
            eligible_by_age[age].append(activity)
    if not eligible_by_age:
        return None

    points_before_cap = ZERO
    points_before_decay = ZERO
    activity_count = 0
    for age in sorted(eligible_by_age, reverse=True):  # the oldest day first
        # Step 2: the daily limit
        count_of_day = len(eligible_by_age[age])
        if daily_limit is not None:
            count_of_day = min(count_of_day, int(daily_limit))
        # Step 3: the first counted activity earns no repeat points
        points_of_day = ZERO
        for _ in range(count_of_day):
            points_of_day += points if activity_count == 0 else points + repeat_points
            activity_count += 1
        # Step 4: decay
        points_before_decay += points_of_day
        points_before_cap += points_of_day * multiplier(curve, steps, age)

    # Step 5: the cap of the rule, then the only rounding
    capped = round_half_away(cut_in_size(points_before_cap, max_points), 4)

    words = words_of(row["rationale"])
    when = days_ago(min(eligible_by_age))
    reason = f"{words} {when}"
    if activity_count > 1:
        reason = f"{words} {activity_count} times, last {when}"
    return FiredRule(
        rule_id=row["rule_id"],
        contribution_type="behaviour" if points >= 0 else "penalty",
        points=capped,
        points_before_decay=round_half_away(points_before_decay, 4),
        words=words,
        reason=reason,
        category=row["category"],
        activity_count=activity_count,
        latest_activity_at=max(
            activity.occurred_at for day in eligible_by_age.values() for activity in day
        ),
    )


# ------------------------------------------------------------------------------------------------
# 8. Score, thresholds, segments, grades (contract, section 6)
# ------------------------------------------------------------------------------------------------


@dataclass
class Score:
    """All that is known of one lead under one model."""

    lead: Lead
    model: Row
    score: int
    score_share: Decimal
    total_points: Decimal
    uncapped_points: Decimal
    fit_points: Decimal
    behaviour_points: Decimal
    penalty_points: Decimal
    is_disqualified: bool
    fired: list[FiredRule]
    adjustments: list[tuple[str, Decimal]]
    activity_count: int
    last_activity_at: datetime | None
    fit_grade: str | None = None
    behaviour_grade: str | None = None
    segment: str | None = None
    is_marketing_qualified: bool = False
    is_sales_ready: bool = False
    is_primary_model: bool = False
    score_rank: int = 0
    score_percentile: Decimal = ZERO
    score_decile: int = 0


def is_in_audience(scoring_model: str, attributes: Row, rules: Rules) -> bool:
    """Section 3: all rows of the model and of `*` must hold; no rows: every lead."""
    rows = rows_of_model(rules, "model_audiences.csv", scoring_model)
    return all(row_holds(row, attributes) for row in rows)


def sum_of_points(fired: list[FiredRule]) -> Decimal:
    return sum((rule.points for rule in fired), ZERO)


def band_of(value: Decimal, rows: list[Row], name_column: str, limit_column: str) -> str | None:
    """Section 6: the row with the largest lower limit not above the value."""
    below = [row for row in rows if number_in_rule(row[limit_column]) <= value]
    if not below:
        return None
    return max(below, key=lambda row: number_in_rule(row[limit_column]))[name_column]


def score_one_lead(
    lead: Lead,
    attributes: Row,
    activities: list[Activity],
    model: Row,
    rules: Rules,
    scoring_date: date,
) -> Score:
    """Sections 4 to 6 for one lead and one model."""
    scoring_model = model["scoring_model"]
    min_score = number_in_rule(model["min_score"])
    max_score = number_in_rule(model["max_score"])
    max_fit_points = number_in_rule(model["max_fit_points"])
    max_behaviour_points = number_in_rule(model["max_behaviour_points"])
    adjustments: list[tuple[str, Decimal]] = []

    # Fit
    fit = fire_attribute_rules("fit_points.csv", "fit", scoring_model, attributes, rules)
    uncapped_fit = sum_of_points(fit)
    fit_points = uncapped_fit
    if max_fit_points is not None and fit_points > max_fit_points:
        fit_points = max_fit_points
        adjustments.append(("fit_cap", fit_points - uncapped_fit))

    # Behaviour
    behaviour_rules = [
        fire_behaviour_rule(row, activities, rules, scoring_date)
        for row in rows_of_model(rules, "behaviour_points.csv", scoring_model)
    ]
    all_behaviour = [fired for fired in behaviour_rules if fired is not None]
    behaviour = [fired for fired in all_behaviour if fired.contribution_type == "behaviour"]
    uncapped_behaviour = sum_of_points(behaviour)
    for row in rows_of_model(rules, "behaviour_categories.csv", scoring_model):
        points_of_category = sum_of_points(
            [fired for fired in behaviour if fired.category == row["category"]]
        )
        limit = number_in_rule(row["max_points"])
        if limit is not None and points_of_category > limit:
            adjustments.append((f"category_cap:{row['category']}", limit - points_of_category))
            uncapped_behaviour += limit - points_of_category
    behaviour_points = uncapped_behaviour
    if max_behaviour_points is not None and behaviour_points > max_behaviour_points:
        behaviour_points = max_behaviour_points
        adjustments.append(("behaviour_cap", behaviour_points - uncapped_behaviour))

    # Penalties
    negative = fire_attribute_rules(
        "negative_attributes.csv", "penalty", scoring_model, attributes, rules
    )
    penalties = negative + [
        fired for fired in all_behaviour if fired.contribution_type == "penalty"
    ]
    penalty_points = sum_of_points(penalties)
    is_disqualified = any(fired.disqualifies for fired in negative)

    # Score
    total_points = fit_points + behaviour_points + penalty_points
    within_range = min(max(total_points, min_score), max_score)
    score = round_half_away(within_range, 0)
    if is_disqualified:
        score = round_half_away(min_score, 0)
        adjustments.append(("disqualification", min_score - total_points))
    else:
        if within_range > total_points:
            adjustments.append(("score_floor", within_range - total_points))
        if within_range < total_points:
            adjustments.append(("score_ceiling", within_range - total_points))
        adjustments.append(("rounding", score - within_range))

    # Activity
    seen = [
        activity.occurred_at
        for activity in activities
        if not activity.is_bot
        and within_window((scoring_date - activity.occurred_at.date()).days, longest_window(rules))
    ]

    result = Score(
        lead=lead,
        model=model,
        score=int(score),
        score_share=round_half_away(divide(score - min_score, max_score - min_score), 4),
        total_points=round_half_away(total_points, 4),
        uncapped_points=round_half_away(uncapped_fit + uncapped_behaviour + penalty_points, 4),
        fit_points=round_half_away(fit_points, 4),
        behaviour_points=round_half_away(behaviour_points, 4),
        penalty_points=round_half_away(penalty_points, 4),
        is_disqualified=is_disqualified,
        fired=fit + all_behaviour + negative,
        adjustments=[(name, points) for name, points in adjustments if points != 0],
        activity_count=len(seen),
        last_activity_at=max(seen, default=None),
    )

    # Segment and grades
    result.segment = band_of(
        score, rows_of_model(rules, "score_segments.csv", scoring_model), "segment", "min_score"
    )
    if is_disqualified:
        result.segment = "disqualified"
    grades = rows_of_model(rules, "score_grades.csv", scoring_model)
    fit_grades = [row for row in grades if row["axis"] == "fit"]
    behaviour_grades = [row for row in grades if row["axis"] == "behaviour"]
    result.fit_grade = band_of(fit_points, fit_grades, "grade", "min_points")
    result.behaviour_grade = band_of(behaviour_points, behaviour_grades, "grade", "min_points")

    # Thresholds
    result.is_marketing_qualified = threshold_holds("marketing_qualified", result, rules)
    result.is_sales_ready = threshold_holds("sales_ready", result, rules)
    return result


def threshold_holds(threshold: str, result: Score, rules: Rules) -> bool:
    """Section 6: not disqualified, the minimum parts hold and every required rule fired."""
    scoring_model = result.model["scoring_model"]
    rows = [
        row
        for row in rows_of_model(rules, "score_thresholds.csv", scoring_model)
        if row["threshold"] == threshold
    ]
    if not rows or result.is_disqualified:
        return False
    (row,) = rows
    min_fit_points = number_in_rule(row["min_fit_points"])
    min_behaviour_points = number_in_rule(row["min_behaviour_points"])
    if result.score < number_in_rule(row["min_score"]):
        return False
    if min_fit_points is not None and result.fit_points < min_fit_points:
        return False
    if min_behaviour_points is not None and result.behaviour_points < min_behaviour_points:
        return False
    counting = {fired.rule_id for fired in result.fired if fired.counts}
    return all(
        requirement["rule_id"] in counting
        for requirement in rows_of_model(rules, "threshold_requirements.csv", scoring_model)
        if requirement["threshold"] == threshold
    )


# ------------------------------------------------------------------------------------------------
# 9. Rank and primary model (contract, section 6)
# ------------------------------------------------------------------------------------------------


def best_first(scores: list[Score]) -> list[Score]:
    """Section 6, rank: each line sorts within the ties of the one below it."""
    ordered = sorted(scores, key=lambda score: score.lead.lead_id)
    ordered.sort(key=lambda score: latest_first(score.last_activity_at), reverse=True)
    ordered.sort(key=lambda score: score.uncapped_points, reverse=True)
    ordered.sort(key=lambda score: score.score, reverse=True)
    ordered.sort(key=lambda score: score.is_disqualified)
    return ordered


def decile_of(rank: int, row_count: int) -> int:
    """`ntile(10)`: ten parts in order; the first hold one row more where it does not divide."""
    deciles = []
    for decile in range(1, 11):
        size = row_count // 10 + (1 if decile <= row_count % 10 else 0)
        deciles.extend([decile] * size)
    return deciles[rank - 1]


def percentile_of(rank: int, row_count: int) -> Decimal:
    """Section 6: 100 * (n - rank) / (n - 1), two decimals, 100 when n = 1."""
    if row_count == 1:
        return Decimal("100.00")
    return round_half_away(divide(Decimal(100 * (row_count - rank)), Decimal(row_count - 1)), 2)


def set_ranks(scores_of_model: list[Score]) -> None:
    row_count = len(scores_of_model)
    for rank, score in enumerate(best_first(scores_of_model), start=1):
        score.score_rank = rank
        score.score_percentile = percentile_of(rank, row_count)
        score.score_decile = decile_of(rank, row_count)


def set_primary_model(scores_of_lead: list[Score]) -> None:
    """Section 6: the active model with the highest share, then lowest priority, then name."""
    candidates = [score for score in scores_of_lead if score.model["status"] == "active"]
    if candidates:
        primary = min(
            candidates,
            key=lambda score: (
                -score.score_share,
                number_in_rule(score.model["priority"]),
                score.model["scoring_model"],
            ),
        )
        primary.is_primary_model = True


# ------------------------------------------------------------------------------------------------
# 10. Published tables (contract, section 7)
# ------------------------------------------------------------------------------------------------


def signed_points(points: Decimal) -> str:
    """`+24.6`, `-10`: one decimal, no trailing `.0`."""
    return f"{round_half_away(points, 1):+f}".removesuffix(".0")


def top_reasons(score: Score, top_reasons_count: int) -> str:
    """The largest contributions in words, the strongest first."""
    parts = []
    disqualifying = [fired for fired in score.fired if fired.disqualifies]
    if disqualifying:
        first = min(disqualifying, key=lambda fired: fired.rule_id)
        parts.append(f"Disqualified: {first.words}")
    felt = [fired for fired in score.fired if abs(fired.points) >= Decimal("0.05")]
    felt.sort(key=lambda fired: (-abs(fired.points), fired.rule_id))
    for fired in felt[:top_reasons_count]:
        parts.append(f"{fired.reason} ({signed_points(fired.points)})")
    return "; ".join(parts) or "No points yet"


def lead_scores_row(score: Score, scoring_date: date, top_reasons_count: int) -> dict[str, object]:
    grade = (score.fit_grade or "") + (score.behaviour_grade or "")
    return {
        "lead_id": score.lead.lead_id,
        "scoring_model": score.model["scoring_model"],
        "scoring_date": scoring_date,
        "score": score.score,
        "score_share": score.score_share,
        "total_points": score.total_points,
        "uncapped_points": score.uncapped_points,
        "fit_points": score.fit_points,
        "behaviour_points": score.behaviour_points,
        "penalty_points": score.penalty_points,
        "fit_grade": score.fit_grade,
        "behaviour_grade": score.behaviour_grade,
        "grade": grade or None,
        "segment": score.segment,
        "is_marketing_qualified": score.is_marketing_qualified,
        "is_sales_ready": score.is_sales_ready,
        "is_disqualified": score.is_disqualified,
        "is_primary_model": score.is_primary_model,
        "score_rank": score.score_rank,
        "score_percentile": score.score_percentile,
        "score_decile": score.score_decile,
        "activity_count": score.activity_count,
        "last_activity_at": score.last_activity_at,
        "top_reasons": top_reasons(score, top_reasons_count),
    }


def contribution_rows(score: Score, scoring_date: date) -> Table:
    """Section 6: one row per fired rule and one per adjustment that moved the score."""

    def contribution_row(rule_id: str, contribution_type: str, points: Decimal) -> dict:
        return {
            "lead_id": score.lead.lead_id,
            "scoring_model": score.model["scoring_model"],
            "scoring_date": scoring_date,
            "contribution_type": contribution_type,
            "rule_id": rule_id,
            "points": round_half_away(points, 4),
            "points_before_decay": None,
            "activity_count": None,
            "latest_activity_at": None,
            "reason": None,
        }

    rows = []
    for fired in score.fired:
        row = contribution_row(fired.rule_id, fired.contribution_type, fired.points)
        row["points_before_decay"] = round_half_away(fired.points_before_decay, 4)
        row["activity_count"] = fired.activity_count
        row["latest_activity_at"] = fired.latest_activity_at
        row["reason"] = fired.reason
        rows.append(row)
    for name, points in score.adjustments:
        rows.append(contribution_row(name, "adjustment", points))
    return rows


def segment_summary(scores: list[Score], scoring_date: date) -> Table:
    """One row per model and segment that holds at least one lead."""
    groups: dict[tuple, list[Score]] = defaultdict(list)
    for score in scores:
        groups[(score.model["scoring_model"], score.segment)].append(score)
    return [
        {
            "scoring_model": scoring_model,
            "scoring_date": scoring_date,
            "segment": segment,
            "lead_count": len(group),
            "marketing_qualified_count": sum(score.is_marketing_qualified for score in group),
            "sales_ready_count": sum(score.is_sales_ready for score in group),
            "average_score": round_half_away(
                divide(Decimal(sum(score.score for score in group)), Decimal(len(group))), 2
            ),
        }
        for (scoring_model, segment), group in groups.items()
    ]


def rejected_rows(rejected: list[RejectedRow], key_column: str) -> Table:
    return [{key_column: row.key, "reason_code": row.reason_code} for row in rejected]


def in_order(rows: Table, *columns: str) -> Table:
    """Sort a table by the columns named, nulls last."""
    return sorted(rows, key=lambda row: tuple(nulls_last(row[column]) for column in columns))


def score_leads(
    raw_tables: dict[str, list[Row]],
    rule_files: dict[str, list[Row]],
    scoring_date: date | str,
    top_reasons_count: int = 3,
) -> dict[str, Table]:
    """Section 7: the published tables of one scoring date, as lists of dicts in a fixed order."""
    if isinstance(scoring_date, str):
        scoring_date = date.fromisoformat(scoring_date)
    with localcontext(FIFTY_DIGITS):
        rules = clean_rules(rule_files)
        leads, rejected_leads = clean_leads(raw_tables.get("leads", []))
        activities, rejected_activities = clean_activities(raw_tables.get("activities", []), leads)
        campaigns = clean_campaigns(raw_tables.get("campaigns", []))
        withhold_forgotten_keys(rejected_leads, rejected_activities, leads)

        scores: list[Score] = []
        for lead in leads.values():
            if lead.is_forgotten or lead.created_at.date() > scoring_date:
                continue
            attributes = lead_attributes(lead, campaigns, rules)
            own_activities = [activity for activity in activities if activity.owner is lead]
            scores_of_lead = [
                score_one_lead(lead, attributes, own_activities, model, rules, scoring_date)
                for model in rules["scoring_models.csv"]
                if model["status"] in ("active", "testing")
                and is_in_audience(model["scoring_model"], attributes, rules)
            ]
            set_primary_model(scores_of_lead)
            scores.extend(scores_of_lead)

        for model in rules["scoring_models.csv"]:
            set_ranks([score for score in scores if score.model is model])

        contributions = [row for score in scores for row in contribution_rows(score, scoring_date)]
        ranked_leads = [
            {
                "lead_id": score.lead.lead_id,
                "scoring_model": score.model["scoring_model"],
                "score_rank": score.score_rank,
            }
            for score in scores
            if score.is_primary_model
        ]
        return {
            "lead_scores": in_order(
                [lead_scores_row(score, scoring_date, top_reasons_count) for score in scores],
                "scoring_model",
                "score_rank",
            ),
            "lead_score_contributions": in_order(
                contributions, "scoring_model", "lead_id", "contribution_type", "rule_id"
            ),
            "ranked_leads": in_order(ranked_leads, "scoring_model", "score_rank"),
            "segment_summary": in_order(
                segment_summary(scores, scoring_date), "scoring_model", "segment"
            ),
            "rejected_leads": in_order(
                rejected_rows(rejected_leads, "lead_id"), "reason_code", "lead_id"
            ),
            "rejected_activities": in_order(
                rejected_rows(rejected_activities, "activity_id"), "reason_code", "activity_id"
            ),
        }
