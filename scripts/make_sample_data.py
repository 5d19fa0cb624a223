"""Make sample data: an invented B2B software funnel whose true weights are known.

What goes in: a size (rows of leads and of activities), a seed and the last day (`as_of`).
What comes out, in one folder, all columns as text, as a CRM export would be:

| file            | one row per                                                              |
|-----------------|--------------------------------------------------------------------------|
| leads           | lead, and again for a lead that was changed later                        |
| activities      | activity, in order of time, with copies and corrections                  |
| opportunities   | deal of a lead: won, lost or open                                        |
| campaigns       | campaign: 8 channels in 6 periods                                        |
| sales_feedback  | verdict of a salesperson on a lead                                       |
| true_outcomes   | lead: its true log-odds, decision day and outcome (the answer book)      |

and `true_weights.json`, the weights behind the outcomes. The columns are those of the raw tables;
leads have two more, `product_interest` and `company_technology`. Times run over the 546 days (78
weeks) up to and including `as_of`, in UTC. Later days get more leads and more activities.

The same arguments give the same bytes, on any number of threads. Every number comes from
`draw(row, stream)`, a mix of whole numbers, so that a row depends on its own number and the seed
alone. Rows are streamed: memory does not grow with the number of activities.

The truth
---------
Every lead has a decision day, 14 to 60 days after the day it was created. Its true log-odds are

    intercept
    + its fit weights: job seniority, company size, industry, kind of e-mail domain,
      channel of its campaign, product interest (a value that is missing or unreadable weighs 0)
    + the sum over its activities before the decision day of
      weight of the activity * 0.5 ^ (whole days before the decision day / half-life)

and the lead is won with the probability 1 / (1 + exp(-log-odds)). An activity counts once: a copy
does not, of a corrected activity the correction does. Activities of bots and activities that no
reader can use (no id, no type, no readable time, no such lead) weigh nothing. Activities on or
after the decision day have no effect. Country, company technology and lead source have none either.

The opportunity of a won lead opens on the decision day and closes 5 to 30 days later; one that
would close after `as_of` is still open in the files. So use the leads with decision day + 30 <=
`as_of` to compare with the truth: `true_outcomes` names the day and the outcome of each.
The intercept is chosen such that 8 % of the leads with a decision day up to `as_of` are won.
With more than 20 activities a lead, activity weights shrink in proportion (`activity_scale`), since
otherwise the busy leads would always win.

Dirt
----
The tables LEAD_FAULTS, ACTIVITY_FAULTS, VALUE_FAULTS and TIME_SHAPES state the rate of every fault,
in rows per ten thousand. A lead or an activity row has at most one fault of the first two tables.
`--leads` and `--activities` count rows of the files, faulty ones included.
A lead shares an e-mail only with a lead created before it. Activities without a `lead_id` are never
those of the later one, so that their owner is certain.
"""

from __future__ import annotations

import datetime
import enum
import hashlib
import json
import math
import random
import re
import shutil
import signal
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

# ------------------------------------------------------------------------------------------------
# Dirt: rows per ten thousand
# ------------------------------------------------------------------------------------------------

LEAD_FAULTS = {
    "repeated_lead": 150,  # the row repeats an earlier lead: later updated_at, another title
    "missing_lead_id": 20,  # null, empty or blank
    "unreadable_created_at": 20,  # one of UNREADABLE_TIMES
    "deleted": 100,
    "objects_to_profiling": 100,
    "shared_email": 80,  # the e-mail of the lead before it
}
ACTIVITY_FAULTS = {
    "exact_copy": 60,  # every value equals that of an earlier row
    "correction": 40,  # an earlier activity_id again: later loaded_at, another asset
    "missing_activity_id": 15,
    "missing_activity_type": 15,
    "unreadable_occurred_at": 20,  # one of UNREADABLE_TIMES
    "future": 15,  # occurs 1 to 30 days after as_of
    "unknown_lead": 30,  # a lead_id that no lead has
    "late_load": 150,  # loaded_at 14 to 60 days after occurred_at
    "email_only": 400,  # no lead_id, but the e-mail
}
VALUE_FAULTS = {
    "missing_value": 300,  # each of several text columns of a lead, and assets
    "missing_revenue": 2000,
    "missing_employee_count": 600,
    "unreadable_employee_count": 300,  # one of UNREADABLE_COUNTS
    "exponent_in_revenue": 200,  # 1.2e7: readable
    "capital_email": 300,  # MARIA.KELLER@..., in leads and in activities
    "padded_text": 150,  # blanks around names, titles, e-mails, types and assets
    "capital_activity_type": 100,  # PAGE_VIEW
    "missing_loaded_at": 100,
    "unreadable_amount": 100,  # of an opportunity: 'tbd'
    "copied_opportunity": 100,  # the same row twice
}
TIME_SHAPES = {
    "iso_zulu": 200,  # 2026-01-31T09:05:00Z
    "zone_east": 200,  # 2026-01-31 11:05:00+02:00
    "zone_west": 100,  # 2026-01-31T03:35:00-0530
    "fraction": 200,  # 2026-01-31 09:05:00.250
    "no_seconds": 50,  # 2026-01-31 09:05
    "padded": 50,
    "date_alone": 50,  # activities only; the day stays the same
}
BOT_BURSTS = 40  # of ten thousand stretches of BOT_BURST_ROWS rows: link scanners, a click a second
BOT_BURST_ROWS = 25
REPEATED_LEAD_DISTANCE = 11  # a repeated lead stands this many rows after the first
REPEATED_ACTIVITY_DISTANCE = 37

UNREADABLE_TIMES = ["31/12/2025", "not a date", "", "2025-02-30 10:00:00", "yesterday"]
UNREADABLE_COUNTS = ["200-500", "n/a", "1,200", "about 50", "unknown"]
TRUE_SPELLINGS = ["true", "yes", "1", "TRUE", "t", " y "]
FALSE_SPELLINGS = ["false", "no", "0", "", "False"]
BLANKS = [None, "", "  "]

# ------------------------------------------------------------------------------------------------
# The truth: log-odds
# ------------------------------------------------------------------------------------------------

TRUE_HALF_LIFE_DAYS = 14
WON_SHARE = 0.08  # of the leads with a decision day up to as_of
DECISION_DAYS = (14, 60)  # after the day of creation, both included
CLOSING_DAYS = (5, 30)  # from the decision day to the end of a deal, both included
LOST_DEAL_LOG_ODDS = 1.5  # a lead gets a deal as if its log-odds were this much higher
ACCEPTED_LOG_ODDS = 2.4  # the same for being accepted by a salesperson
FULL_WEIGHT_ACTIVITIES = 20  # with more activities a lead, their weights shrink in proportion

SENIORITY_WEIGHTS = {
    "chief_executive": 1.3,
    "founder": 1.1,
    "c_level": 1.2,
    "vp": 1.0,
    "director": 0.7,
    "manager": 0.3,
    "individual_contributor": 0.0,
    "intern": -1.5,
    "student": -2.0,
    "missing": 0.0,  # no title, or one that does not say
}
INDUSTRY_WEIGHTS = {
    "Software": 0.6,
    "Financial services": 0.4,
    "Manufacturing": 0.2,
    "Professional services": 0.2,
    "Healthcare": 0.0,
    "Logistics": 0.0,
    "Retail": -0.2,
    "Public sector": -0.4,
    "Non-profit": -0.6,
    "Education": -0.6,
}
EMPLOYEE_COUNT_WEIGHTS = {  # first and last number of employees
    (1, 10): -0.8,
    (11, 50): -0.2,
    (51, 200): 0.3,
    (201, 1000): 0.7,
    (1001, 5000): 0.4,
    (5001, 40000): 0.0,
}
EMAIL_KIND_WEIGHTS = {
    "business": 0.0,
    "personal": -1.0,
    "competitor": -4.0,
    "customer": -1.0,
    "disposable": -3.0,
    "missing": 0.0,
}
CHANNEL_WEIGHTS = {
    "webinar": 0.6,
    "event": 0.5,
    "partner": 0.5,
    "paid_search": 0.3,
    "email": 0.1,
    "content_syndication": -0.2,
    "paid_social": -0.4,
    "display": -0.7,
    "none": 0.0,
}
PRODUCT_WEIGHTS = {"Starter": -0.2, "Growth": 0.1, "Enterprise": 0.4, "missing": 0.0}
# by name; ACTIVITY_KINDS says which activity weighs what
ACTIVITY_WEIGHTS = {
    "page_view": 0.02,
    "pricing_page": 0.35,
    "careers_page": -0.40,
    "support_page": -0.10,
    "email_open": 0.03,
    "email_click": 0.12,
    "email_unsubscribe": -0.80,
    "brochure_download": 0.40,
    "demo_video_view": 0.50,
    "premium_content_download": 0.45,
    "social_engagement": 0.08,
    "webinar_attendance": 0.50,
    "demo_request": 1.40,
    "contact_form": 1.00,
}

# ------------------------------------------------------------------------------------------------
# The invented world. The last number of a row is its share, among the shares of its table
# ------------------------------------------------------------------------------------------------


def words(text: str) -> list[str]:
    """The words of a text, as a list."""
    return text.split()


# activity_type, asset, name of the weight, share, share with students and interns
ACTIVITY_KINDS = [
    ("page_view", "/", "page_view", 90, 60),
    ("page_view", "/product", "page_view", 60, 30),
    ("page_view", "/features", "page_view", 40, 20),
    ("page_view", "/integrations", "page_view", 25, 10),
    ("page_view", "/customers", "page_view", 25, 10),
    ("page_view", "/about", "page_view", 15, 40),
    ("page_view", "/blog/what-is-lead-scoring", "page_view", 50, 90),
    ("page_view", "/blog/ten-mistakes-in-lead-scoring", "page_view", 35, 60),
    ("page_view", "/blog/sales-and-marketing-alignment", "page_view", 30, 40),
    ("page_view", "/docs/getting-started", "page_view", 20, 20),
    ("page_view", "/docs/api", "page_view", 15, 20),
    ("page_view", "/pricing", "pricing_page", 40, 10),
    ("page_view", "/pricing/enterprise", "pricing_page", 12, 2),
    ("page_view", "/careers", "careers_page", 8, 120),
    ("page_view", "/careers/sales-engineer", "careers_page", 6, 80),
    ("page_view", "/careers/internships", "careers_page", 3, 100),
    ("page_view", "/support", "support_page", 10, 3),
    ("page_view", "/support/tickets", "support_page", 6, 2),
    ("email_open", "welcome-1", "email_open", 60, 40),
    ("email_open", "nurture-2", "email_open", 70, 40),
    ("email_open", "newsletter", "email_open", 80, 50),
    ("email_open", "product-news", "email_open", 40, 20),
    ("email_click", "welcome-1", "email_click", 25, 10),
    ("email_click", "nurture-2", "email_click", 25, 10),
    ("email_click", "newsletter", "email_click", 25, 10),
    ("email_click", "webinar-invitation", "email_click", 20, 10),
    ("email_unsubscribe", "newsletter", "email_unsubscribe", 6, 6),
    ("email_unsubscribe", "product-news", "email_unsubscribe", 4, 4),
    ("brochure_download", "/brochure", "brochure_download", 20, 10),
    ("brochure_download", "/brochure/enterprise", "brochure_download", 8, 2),
    ("demo_video_view", "/demo-video", "demo_video_view", 22, 10),
    ("demo_video_view", "/demo-video/advanced", "demo_video_view", 8, 2),
    (
        "premium_content_download",
        "/ebooks/lead-scoring-handbook",
        "premium_content_download",
        14,
        20,
    ),
    ("premium_content_download", "/ebooks/the-first-100-days", "premium_content_download", 8, 8),
    ("premium_content_download", "/reports/pipeline-benchmark", "premium_content_download", 6, 8),
    ("social_engagement", "post-like", "social_engagement", 30, 40),
    ("social_engagement", "post-comment", "social_engagement", 12, 10),
    ("social_engagement", "post-share", "social_engagement", 8, 8),
    ("webinar_attendance", "/webinars/score-your-first-lead", "webinar_attendance", 14, 20),
    ("webinar_attendance", "/webinars/from-spreadsheet-to-score", "webinar_attendance", 10, 8),
    ("demo_request", "/forms/demo-request", "demo_request", 8, 1),
    ("demo_request", "/forms/demo-request-enterprise", "demo_request", 3, 1),
    ("contact_form", "/forms/contact", "contact_form", 9, 4),
    ("contact_form", "/forms/call-me-back", "contact_form", 3, 1),
]

# job_title, job_seniority (as seeds/reference/job_titles.csv reads it),
# share behind a business e-mail, share behind a private one
JOB_TITLES = [
    ("CEO", "chief_executive", 30, 20),
    ("Chief Executive Officer", "chief_executive", 12, 4),
    ("Founder", "founder", 18, 35),
    ("Co-Founder & CEO", "chief_executive", 10, 15),
    ("Managing Director", "chief_executive", 15, 10),
    ("Geschäftsführer", "chief_executive", 8, 5),
    ("Owner", "founder", 8, 30),
    ("CFO", "c_level", 12, 3),
    ("CTO", "c_level", 14, 6),
    ("Chief Marketing Officer", "c_level", 10, 3),
    ("Chief Revenue Officer", "c_level", 8, 2),
    ("VP Sales", "vp", 25, 5),
    ("VP of Marketing", "vp", 22, 5),
    ("Vice President, Operations", "vp", 14, 3),
    ("SVP Finance", "vp", 6, 1),
    ("Head of Marketing", "director", 35, 8),
    ("Head of Sales Operations", "director", 20, 4),
    ("Sales Director", "director", 28, 6),
    ("Director of Demand Generation", "director", 18, 4),
    ("IT Director", "director", 20, 4),
    ("Directeur Commercial", "missing", 8, 3),
    ("Marketing Manager", "manager", 80, 30),
    ("Sales Manager", "manager", 60, 25),
    ("Marketing Operations Manager", "manager", 40, 10),
    ("Product Manager", "manager", 35, 15),
    ("IT Manager", "manager", 35, 12),
    ("Operations Manager", "manager", 30, 12),
    ("HR Manager", "manager", 20, 8),
    ("Gerente de Ventas", "missing", 10, 6),
    ("Marketing Specialist", "individual_contributor", 70, 40),
    ("Sales Representative", "individual_contributor", 55, 35),
    ("Account Executive", "individual_contributor", 35, 20),
    ("Business Analyst", "individual_contributor", 35, 25),
    ("Data Analyst", "individual_contributor", 30, 25),
    ("Software Engineer", "individual_contributor", 40, 35),
    ("Consultant", "individual_contributor", 30, 50),
    ("Executive Assistant", "individual_contributor", 12, 5),
    ("Assistant to the CEO", "individual_contributor", 8, 4),
    ("Accountant", "individual_contributor", 15, 12),
    ("Freelancer", "missing", 5, 70),
    ("Student", "student", 4, 130),
    ("MBA Student", "student", 2, 60),
    ("PhD Student", "student", 3, 40),
    ("Intern", "intern", 6, 40),
    ("Marketing Intern", "intern", 6, 30),
]

EMAIL_KINDS = {
    "business": 775,
    "personal": 165,
    "competitor": 10,
    "customer": 12,
    "disposable": 10,
    "missing": 28,
}
PERSONAL_DOMAINS = ["gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com", "gmx.de"]
COMPETITORS = [("rivalscore.example", "Rivalscore"), ("leadrank.example", "Leadrank")]
CUSTOMER = ("bigcustomer.example", "Big Customer plc")
DISPOSABLE_DOMAIN = "mailinator.com"

CHANNELS = {
    "webinar": 90,
    "event": 60,
    "partner": 40,
    "paid_search": 160,
    "email": 100,
    "content_syndication": 90,
    "paid_social": 130,
    "display": 80,
    "none": 250,
}
CAMPAIGN_NAMES = {
    "webinar": "Webinar: from spreadsheet to score",
    "event": "Trade show: revenue days",
    "partner": "Partner referrals",
    "paid_search": "Search: lead scoring software",
    "email": "Nurture e-mails",
    "content_syndication": "Handbook syndication",
    "paid_social": "Social: marketing leaders",
    "display": "Display: brand",
}
CAMPAIGN_COSTS = {  # of a period, before a random factor of 0.7 to 1.3
    "webinar": 9_000,
    "event": 42_000,
    "partner": 6_000,
    "paid_search": 36_000,
    "email": 1_500,
    "content_syndication": 18_000,
    "paid_social": 24_000,
    "display": 15_000,
}
LEAD_SOURCES = {  # of a lead with a campaign
    "webinar": "Webinar",
    "event": "Trade show",
    "partner": "Partner",
    "paid_search": "Paid search",
    "email": "E-mail",
    "content_syndication": "Content syndication",
    "paid_social": "Paid social",
    "display": "Display",
}
OTHER_LEAD_SOURCES = ["Organic search", "Website", "Referral", "Outbound", "Direct"]

EMPLOYEE_COUNT_SHARES = [200, 260, 240, 180, 80, 40]
INDUSTRY_SHARES = [220, 110, 140, 130, 90, 80, 90, 50, 40, 50]
PRODUCTS = {"Starter": 300, "Growth": 350, "Enterprise": 150, "missing": 200}
TECHNOLOGIES = ["Cloud CRM", "In-house CRM", "Spreadsheets", "Marketing suite", "Data warehouse"]

COUNTRIES = [  # country, region, share
    ("United States", "North America", 300),
    ("Canada", "North America", 70),
    ("United Kingdom", "EMEA", 150),
    ("Germany", "EMEA", 120),
    ("France", "EMEA", 80),
    ("Netherlands", "EMEA", 50),
    ("Spain", "EMEA", 50),
    ("Sweden", "EMEA", 30),
    ("Australia", "APAC", 50),
    ("India", "APAC", 40),
    ("Singapore", "APAC", 20),
    ("Brazil", "LATAM", 30),
    ("Türkiye", "EMEA", 10),
]
PHONE_PREFIX = "+999 "  # of no country: nobody has these numbers

COMPANY_BEGINNINGS = words("""
    Alder Amber Anchor Arbour Atlas Aurora Beacon Birch Bluebell Bramble Bridge Cedar Cinder Cobalt
    Compass Copper Coral Crescent Delta Ember Falcon Fern Fjord Flint Forge Garnet Granite Harbour
    Hazel Heron Indigo Ivory Juniper Kestrel Lantern Larch Linden Lumen Maple Marble Meadow Meridian
    Mosaic Nimbus Oakwell Onyx Opal Orchard Osprey Pebble Pine Quarry Raven Saffron Sierra Slate
    Solstice Summit Tidal Willow
""")
COMPANY_ENDINGS = {
    "Software": ["Software", "Cloud", "Systems", "Data"],
    "Financial services": ["Capital", "Insurance", "Payments", "Finance"],
    "Manufacturing": ["Works", "Machines", "Components", "Tools"],
    "Professional services": ["Advisory", "Partners", "Consulting", "Legal"],
    "Healthcare": ["Health", "Clinics", "Pharma", "Care"],
    "Logistics": ["Logistics", "Freight", "Shipping", "Transport"],
    "Retail": ["Foods", "Stores", "Fashion", "Goods"],
    "Public sector": ["Council", "Agency", "Utilities", "Services"],
    "Non-profit": ["Foundation", "Trust", "Relief", "Society"],
    "Education": ["College", "Academy", "University", "Learning"],
}
COMPANY_SUFFIXES = [" Ltd", " Inc.", " GmbH", " SAS", " BV", "", "", ""]

FIRST_NAMES = words("""
    Aisha Alice Amir Ana Andreas Anna Arjun Bea Ben Carla Carlos Chen Chloé Clara Daniel David Deniz
    Elena Emil Emma Eva Felix Fatima Finn Freya George Grace Hana Hannah Hugo Ines Isaac Ivan Jack
    Jana João José Julia Karim Kate Lars Laura Leila Leo Lena Liam Lucía Luis Maria Marta Max Mei
    Mia Mohamed Nadia Nina Noah Olga Olivia Omar Oscar Paul Pedro Priya Rafael Renée Rosa Ruth Sam
    Sara Sofia Søren Tara Theo Tom Uma Vera Victor Wei Yara Yusuf Zoë
""")
LAST_NAMES = words("""
    Abbott Ahmed Andersson Bakker Banerjee Becker Bennett Bernard Brandt Brooks Carvalho Castillo
    Chen Clarke Costa Demir Dubois Dupont Eriksen Evans Fischer Fletcher Fontaine García Gómez Gupta
    Hall Hansen Hayes Hoffmann Hughes Ibrahim Ito Jensen Johansson Jones Kaya Keller Khan Kim Klein
    Kowalski Kumar Lambert Larsen Lee Lopez Marsh Martin Mehta Meyer Moreau Müller Murphy Nakamura
    Nguyen Nilsson Novak O'Brien O'Connor Okafor Oliveira Olsen Palmer Patel Pereira Petrov Quinn
    Ramírez Reid Rossi Sanders Santos Schmidt Schneider Sharma Silva Singh Smit Sørensen Stone
    Suzuki Takahashi Taylor Turner Vargas Visser Wagner Walker Weber White Wolf Wood Wright Yamamoto
    Young Zhang Žižka
""")

STUDENT_REASON = "Student or intern, no budget"
PERSONAL_REASON = "Private e-mail address, no company behind it"
COMPETITOR_REASON = "Works for a competitor"
REJECTED_REASONS = ["No budget", "Wrong contact", "Bad timing", "Company too small", ""]
ACCEPTED_REASONS = ["Answered and fits", "Meeting booked", "Has a project", ""]
OPEN_STAGES = ["Qualification", "Proposal", "Negotiation"]

# ------------------------------------------------------------------------------------------------
# Shapes of the funnel
# ------------------------------------------------------------------------------------------------

SPAN_DAYS = 546  # 78 weeks, near 18 months
CAMPAIGN_PERIODS = 6  # of equal length
LEADS_PER_COMPANY = 4
# Of each 20 neighbouring leads a few are busy: the share of activities by place, per thousand
LEAD_BLOCK = 20
LEAD_BLOCK_SHARES = [300] + 3 * [130] + 6 * [35] + 8 * [12] + 2 * [2]
OLD_LEAD_SHARE = 500  # of ten thousand activities: of a lead of any age, the rest of young ones
EMAIL_SHOWN_PERCENT = 25  # of activities with a lead_id
FEEDBACK_PERCENT = 30  # of the leads with a decision day up to as_of
STAYS_OPEN_PERCENT = 5  # of the deals that were not won

THOUSAND = 1_000
MILLION = 1_000_000
ROLL = 10_000  # rolls are whole numbers from 0 to 9999
HOUR = 3_600  # seconds
DAY = 24 * HOUR

# the places of some values in their tables, as SQL sees them (from 1)
BUSINESS, PERSONAL, COMPETITOR, EXISTING_CUSTOMER, DISPOSABLE, NO_EMAIL = range(1, 7)
INTERN = list(SENIORITY_WEIGHTS).index("intern") + 1
STUDENT = list(SENIORITY_WEIGHTS).index("student") + 1
CLICK_POSITIONS = [
    position for position, kind in enumerate(ACTIVITY_KINDS) if kind[0] == "email_click"
]

TABLES = ["leads", "activities", "opportunities", "campaigns", "sales_feedback", "true_outcomes"]
WEIGHTS_FILE = "true_weights.json"


class SampleDataError(ValueError):
    """The sample data cannot be made as asked. The message says why and what to do next."""


class FileFormat(str, enum.Enum):
    """The kind of all files but the weights."""

    csv = "csv"
    parquet = "parquet"


@dataclass(frozen=True)
class Plan:
    """What to make: `leads` and `activities` in rows, `as_of` the last day in UTC."""

    leads: int
    activities: int
    seed: int
    as_of: datetime.date

    @property
    def first_day(self) -> datetime.date:
        """The first day with leads and activities."""
        return self.as_of - datetime.timedelta(days=SPAN_DAYS - 1)

    @property
    def first_second(self) -> int:
        """The start of the first day, in seconds since 1970 (UTC)."""
        return (self.first_day - datetime.date(1970, 1, 1)).days * DAY

    @property
    def companies(self) -> int:
        """The number of companies that leads work for."""
        return self.leads // LEADS_PER_COMPANY + 1

    @property
    def activity_scale(self) -> float:
        """What the activity weights are multiplied by (0 to 1)."""
        if self.activities <= FULL_WEIGHT_ACTIVITIES * self.leads:
            return 1.0
        return round(FULL_WEIGHT_ACTIVITIES * self.leads / self.activities, 6)

    def activity_weight(self, name: str) -> int:
        """The weight of an activity in millionths of a log-odd."""
        return round(ACTIVITY_WEIGHTS[name] * self.activity_scale * MILLION)

    def key(self, stream: str) -> int:
        """A number of 32 bits, fixed by the seed and the stream."""
        digest = hashlib.sha256(f"{self.seed}:{stream}".encode()).digest()
        return int.from_bytes(digest[:4], "big")

    def draw(self, stream: str, row: str, below: int | str = ROLL) -> str:
        """SQL of a whole number from 0 to `below` - 1, fixed by seed, stream and row."""
        return f"(draw({row}, {self.key(stream)}) % {below})"

    def pick(self, variable: str, stream: str, row: str, size: int = THOUSAND) -> str:
        """SQL of a random item of the list variable of that name, which has `size` items."""
        return item(variable, f"1 + {self.draw(stream, row, size)}")

    def happens(self, fault: str, row: str, column: str = "") -> str:
        """SQL of whether a fault of VALUE_FAULTS happens in a column.

        All of a row share one draw, to which each fault and column adds a number of its own.
        """
        own = self.key(f"{fault} {column}") % ROLL
        return f"(({self.draw('values', row)} + {own}) % {ROLL} < {VALUE_FAULTS[fault]})"


# ------------------------------------------------------------------------------------------------
# Small pieces of SQL
# ------------------------------------------------------------------------------------------------

# A mix of 32-bit numbers (two multiplications, three shifts), written for numbers of 64 bits with
# a sign. DuckDB's own hash() is not promised to stay the same between versions; md5 is 50 times
# slower. Square roots of doubles are exact to the last bit everywhere, powers and logarithms are
# not: those come from lists of whole numbers.
MACROS = """
create temp macro bits_32(n) as n & 4294967295;
create temp macro fold(n, places) as xor(n, n >> places);
create temp macro mix(number, key) as fold(number, 16) * 569420461 + key;
create temp macro mix_again(number) as fold(number, 15) * 1935289751;
create temp macro draw(number, key) as
    fold(bits_32(mix_again(bits_32(mix(bits_32(number + key), key)))), 15);
create temp macro seconds_of(share, span) as
    cast(floor(span * (0.5 * share + 0.5 * sqrt(share))) as bigint);
create temp macro moment(seconds) as make_timestamp((seconds) * 1000000);
create temp macro from_millionths(n) as cast(cast(n as decimal(18, 0)) * 0.000001 as varchar);
"""


def quoted(value: object) -> str:
    """A Python value as an SQL literal."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


def item(variable: str, number: str) -> str:
    """SQL of an item (counted from 1) of a list variable."""
    return f"getvariable('{variable}')[{number}]"


def hoist_draws(columns: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Names for the draws in some expressions, and the expressions with the names in their place.

    DuckDB works out a draw step by step only outside of `case`, `and` and `or`; inside of them it
    repeats every step for each time its result is used.
    """
    names: dict[str, str] = {}
    rewritten = {}
    for column, expression in columns.items():
        while (start := expression.find("draw(")) >= 0:
            end, depth = start + len("draw("), 1
            while depth:
                depth += {"(": 1, ")": -1}.get(expression[end], 0)
                end += 1
            name = names.setdefault(expression[start:end], f"drawn_{len(names)}")
            expression = expression[:start] + name + expression[end:]
        rewritten[column] = expression
    return {name: draw for draw, name in names.items()}, rewritten


def select(columns: dict[str, str], source: str, keep: str = "") -> str:
    """SQL of named expressions over another statement. `keep`: `*,` to keep its columns too."""
    draws, rewritten = hoist_draws(columns)
    if draws:
        listed = ", ".join(f"{draw} as {name}" for name, draw in draws.items())
        source = f"select *, {listed} from ({source})"
        keep = keep and f"* exclude ({', '.join(draws)}),"
    listed = ",\n".join(f"{expression} as {name}" for name, expression in rewritten.items())
    return f"select {keep}\n{listed}\nfrom ({source})"


def add(source: str, columns: dict[str, str]) -> str:
    """SQL of another statement with columns added."""
    return select(columns, source, keep="*,")


def lookup_table(shares: Sequence[int]) -> list[int]:
    """A thousand item numbers (from 1), each as often as its share says, in order."""
    total = sum(shares)
    numbers: list[int] = []
    for number in range(1, len(shares) + 1):
        end = round(sum(shares[:number]) * THOUSAND / total)
        numbers += [number] * (end - len(numbers))
    return numbers


def falls_on(table: dict[str, int], faults: Iterable[str], roll: str) -> str:
    """SQL of whether a roll (0 to 9999) falls on one of the faults of a table."""
    names = list(table)
    ranges = []
    for fault in faults:
        start = sum(table[name] for name in names[: names.index(fault)])
        ranges.append(f"{roll} between {start} and {start + table[fault] - 1}")
    return "(" + " or ".join(ranges) + ")"


def ascii_letters(name: str) -> str:
    """A name as it stands in an e-mail: `Müller` is `muller`, `O'Brien` is `obrien`."""
    plain = name.lower().replace("ø", "o")
    plain = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in plain if "a" <= letter <= "z")


def padded(plan: Plan, text: str, row: str, column: str) -> str:
    """SQL of a text, on some rows with blanks around it."""
    happens = plan.happens("padded_text", row, column)
    return f"case when {happens} then '  ' || {text} || ' ' else {text} end"


def blank(plan: Plan, row: str) -> str:
    """SQL of a missing value: null, empty or blank."""
    return plan.pick("blanks", "blank", row, len(BLANKS))


def missing_or(plan: Plan, text: str, row: str, column: str) -> str:
    """SQL of a text, which is missing on some rows."""
    missing = plan.happens("missing_value", row, column)
    return f"case when {missing} then {blank(plan, row)} else {text} end"


def yes_or_no(plan: Plan, condition: str, row: str, column: str) -> str:
    """SQL of a condition as text, in one of its spellings."""
    yes = plan.pick("true_spellings", column, row, len(TRUE_SPELLINGS))
    no = plan.pick("false_spellings", column, row, len(FALSE_SPELLINGS))
    return f"case when {condition} then {yes} else {no} end"


def unreadable_time(plan: Plan, row: str, column: str) -> str:
    """SQL of a text that is no time."""
    return plan.pick("unreadable_times", f"unreadable {column}", row, len(UNREADABLE_TIMES))


def plain_time(seconds: str) -> str:
    """SQL of a time (seconds since 1970) as text: `2026-01-31 09:05:00`."""
    return f"cast(moment({seconds}) as varchar)"


def written_time(plan: Plan, seconds: str, row: str, column: str, coarse: bool) -> str:
    """SQL of a time (seconds since 1970) as text, in one of TIME_SHAPES.

    `coarse`: it may also lose its seconds or its time of day; the day stays.
    """
    roll = plan.draw(f"shape of {column}", row)
    shapes = {
        "iso_zulu": f"replace({plain_time(seconds)}, ' ', 'T') || 'Z'",
        "zone_east": f"{plain_time(seconds + ' + 7200')} || '+02:00'",
        "zone_west": f"replace({plain_time(seconds + ' - 19800')}, ' ', 'T') || '-0530'",
        "fraction": f"{plain_time(seconds)} || '.250'",
        "padded": f"' ' || {plain_time(seconds)} || '  '",
        "no_seconds": f"left({plain_time(seconds)}, 16)" if coarse else plain_time(seconds),
        "date_alone": f"left({plain_time(seconds)}, 10)" if coarse else plain_time(seconds),
    }
    # most rows have the usual shape, so that one comes first
    branches = [f"when {roll} >= {sum(TIME_SHAPES.values())} then {plain_time(seconds)}"]
    for shape, text in shapes.items():
        branches.append(f"when {falls_on(TIME_SHAPES, [shape], roll)} then {text}")
    return "case " + "\n".join(branches) + " end"


def campaign_at(channel: str, seconds: str) -> str:
    """SQL of the campaign of a channel (a number) at a time (seconds since the first day)."""
    channels = len(CAMPAIGN_NAMES)
    period = f"({seconds} * {CAMPAIGN_PERIODS} // {SPAN_DAYS * DAY})"
    campaign = f"'C' || cast(100 + {period} * {channels} + {channel} as varchar)"
    return f"case when {channel} <= {channels} then {campaign} end"


def variables(plan: Plan) -> dict[str, list]:
    """The lists that the SQL picks from, by name. Items count from 1."""
    types = [kind[0] for kind in ACTIVITY_KINDS]
    seniorities = list(SENIORITY_WEIGHTS)
    channels = list(CHANNELS)
    channel_of_type = {"webinar_attendance": channels.index("webinar") + 1}
    for name in ("email_open", "email_click", "email_unsubscribe"):
        channel_of_type[name] = channels.index("email") + 1

    def next_of_type(position: int) -> int:
        same = [other for other, name in enumerate(types) if name == types[position]]
        return same[(same.index(position) + 1) % len(same)] + 1

    def millionths(weights: Iterable[float]) -> list[int]:
        return [round(weight * MILLION) for weight in weights]

    levels = [(2 * roll + 1) / (2 * ROLL) for roll in range(ROLL)]
    return {
        "kind_by_roll": lookup_table([kind[3] for kind in ACTIVITY_KINDS]),
        "kind_by_roll_of_learners": lookup_table([kind[4] for kind in ACTIVITY_KINDS]),
        "click_kinds": [position + 1 for position in CLICK_POSITIONS],
        "kind_type": types,
        "kind_asset": [kind[1] for kind in ACTIVITY_KINDS],
        "kind_weight": [plan.activity_weight(kind[2]) for kind in ACTIVITY_KINDS],
        "kind_corrected": [next_of_type(position) for position in range(len(ACTIVITY_KINDS))],
        "kind_channel": [channel_of_type.get(name) for name in types],
        "title_by_roll": lookup_table([title[2] for title in JOB_TITLES]),
        "title_by_roll_private": lookup_table([title[3] for title in JOB_TITLES]),
        "title_name": [title[0] for title in JOB_TITLES],
        "title_seniority": [seniorities.index(title[1]) + 1 for title in JOB_TITLES],
        "seniority_weight": millionths(SENIORITY_WEIGHTS.values()),
        "industry_by_roll": lookup_table(INDUSTRY_SHARES),
        "industry_name": list(INDUSTRY_WEIGHTS),
        "industry_weight": millionths(INDUSTRY_WEIGHTS.values()),
        "size_by_roll": lookup_table(EMPLOYEE_COUNT_SHARES),
        "size_low": [low for low, _ in EMPLOYEE_COUNT_WEIGHTS],
        "size_width": [high - low + 1 for low, high in EMPLOYEE_COUNT_WEIGHTS],
        "size_weight": millionths(EMPLOYEE_COUNT_WEIGHTS.values()),
        "email_kind_by_roll": lookup_table(list(EMAIL_KINDS.values())),
        "email_kind_weight": millionths(EMAIL_KIND_WEIGHTS[kind] for kind in EMAIL_KINDS),
        "channel_by_roll": lookup_table(list(CHANNELS.values())),
        "channel_weight": millionths(CHANNEL_WEIGHTS[channel] for channel in channels),
        "channel_source": [LEAD_SOURCES.get(channel) for channel in channels],
        "product_by_roll": lookup_table(list(PRODUCTS.values())),
        "product_name": [None if name == "missing" else name for name in PRODUCTS],
        "product_weight": millionths(PRODUCT_WEIGHTS[product] for product in PRODUCTS),
        "country_by_roll": lookup_table([country[2] for country in COUNTRIES]),
        "country_name": [country[0] for country in COUNTRIES],
        "country_region": [country[1] for country in COUNTRIES],
        "company_beginnings": COMPANY_BEGINNINGS,
        "company_endings": [
            ending for industry in INDUSTRY_WEIGHTS for ending in COMPANY_ENDINGS[industry]
        ],
        "company_suffixes": COMPANY_SUFFIXES,
        "first_names": FIRST_NAMES,
        "last_names": LAST_NAMES,
        "email_first_names": [ascii_letters(name) for name in FIRST_NAMES],
        "email_last_names": [ascii_letters(name) for name in LAST_NAMES],
        "personal_domains": PERSONAL_DOMAINS,
        "competitor_domains": [domain for domain, _ in COMPETITORS],
        "competitor_names": [name for _, name in COMPETITORS],
        "other_sources": OTHER_LEAD_SOURCES,
        "technologies": TECHNOLOGIES,
        "unreadable_times": UNREADABLE_TIMES,
        "unreadable_counts": UNREADABLE_COUNTS,
        "blanks": BLANKS,
        "true_spellings": TRUE_SPELLINGS,
        "false_spellings": FALSE_SPELLINGS,
        "open_stages": OPEN_STAGES,
        "rejected_reasons": REJECTED_REASONS,
        "accepted_reasons": ACCEPTED_REASONS,
        "place_by_roll": [number - 1 for number in lookup_table(LEAD_BLOCK_SHARES)],
        # the log-odds of 0.00005, 0.00015 ... in millionths: a lead is won when the one drawn for
        # it lies below its true log-odds
        "log_odds_by_roll": millionths(math.log(level / (1 - level)) for level in levels),
        # what is left of a weight after 1, 2, 3 ... days, in millionths
        "kept_by_age": millionths(
            0.5 ** (age / TRUE_HALF_LIFE_DAYS) for age in range(1, SPAN_DAYS + 1)
        ),
    }


# ------------------------------------------------------------------------------------------------
# Who the leads are
# ------------------------------------------------------------------------------------------------


def is_repeated_lead(plan: Plan, row: str) -> str:
    """SQL of whether a row of leads repeats the lead REPEATED_LEAD_DISTANCE rows before it."""
    own_roll = plan.draw("lead fault", row)
    earlier_roll = plan.draw("lead fault", f"({row} - {REPEATED_LEAD_DISTANCE})")
    return f"""(
        {row} >= {REPEATED_LEAD_DISTANCE}
        and {falls_on(LEAD_FAULTS, ["repeated_lead"], own_roll)}
        and not {falls_on(LEAD_FAULTS, ["repeated_lead"], earlier_roll)}
    )"""


def with_identity(plan: Plan, source: str) -> str:
    """SQL that adds to a statement with a `lead_number` who the lead is.

    Adds created_seconds (since the first day), lead_roll (its fault), email_number (the lead whose
    e-mail it has) and, as numbers, email_kind, title and seniority (both null when missing).
    """
    later_row = f"(lead_number + {REPEATED_LEAD_DISTANCE})"
    roll_before = plan.draw("lead fault", "(lead_number - 1)")
    rolled = add(
        source,
        {
            "lead_roll": plan.draw("lead fault", "lead_number"),
            "created_seconds": f"seconds_of((lead_number + 0.5) / {plan.leads}, {SPAN_DAYS * DAY})",
            # the latest row of a lead has the title that holds
            "title_row": f"""case
                when {later_row} < {plan.leads} and {is_repeated_lead(plan, later_row)}
                    then {later_row}
                else lead_number
            end""",
        },
    )
    # the lead before must be a faultless one, so that it surely owns the e-mail
    shared = add(
        rolled,
        {
            "email_number": f"""case
                when
                    lead_number > 0
                    and {falls_on(LEAD_FAULTS, ["shared_email"], "lead_roll")}
                    and not {falls_on(LEAD_FAULTS, LEAD_FAULTS, roll_before)}
                    then lead_number - 1
                else lead_number
            end"""
        },
    )
    addressed = add(
        shared, {"email_kind": plan.pick("email_kind_by_roll", "email kind", "email_number")}
    )
    titled = add(
        addressed,
        {
            "title": f"""case
                when not {plan.happens("missing_value", "lead_number", "title")}
                    then {title_at(plan, "title_row")}
            end"""
        },
    )
    return add(titled, {"seniority": item("title_seniority", "title")})


def title_at(plan: Plan, row: str) -> str:
    """SQL of the title (a number) in a row of leads. Private addresses have titles of their own."""
    private = plan.pick("title_by_roll_private", "title", row)
    business = plan.pick("title_by_roll", "title", row)
    return f"case when email_kind in ({PERSONAL}, {DISPOSABLE}) then {private} else {business} end"


def industry_of(plan: Plan, company: str) -> str:
    """SQL of the industry (a number) of a company."""
    return plan.pick("industry_by_roll", "industry", company)


def company_words(plan: Plan, company: str) -> tuple[str, str]:
    """SQL of the two words of a company's name."""
    beginning = plan.pick("company_beginnings", "company name", company, len(COMPANY_BEGINNINGS))
    ending = f"{industry_of(plan, company)} * 4 - {plan.draw('company ending', company, 4)}"
    return beginning, item("company_endings", ending)


def email_of(plan: Plan) -> str:
    """SQL of a lead's e-mail in lower case (null: none), over `with_identity`.

    Two leads have the same one only when they share their email_number.
    """
    company = f"(email_number % {plan.companies})"
    colleague = f"(email_number // {plan.companies})"
    first = plan.pick("email_first_names", "first name", "email_number", len(FIRST_NAMES))
    last = plan.pick("email_last_names", "last name", "email_number", len(LAST_NAMES))
    personal = plan.pick("personal_domains", "domain", "email_number", len(PERSONAL_DOMAINS))
    competitor = plan.pick("competitor_domains", "domain", "email_number", len(COMPETITORS))
    beginning, ending = company_words(plan, company)
    return f"""(case
        when email_kind = {BUSINESS}
            then concat(
                {first}, '.', {last}, nullif({colleague}, 0), '@',
                lower({beginning}), lower({ending}), {company}, '.example'
            )
        when email_kind <> {NO_EMAIL}
            then concat(
                {first}, '.', {last}, email_number, '@',
                case email_kind
                    when {PERSONAL} then {personal}
                    when {COMPETITOR} then {competitor}
                    when {EXISTING_CUSTOMER} then {quoted(CUSTOMER[0])}
                    else {quoted(DISPOSABLE_DOMAIN)}
                end
            )
    end)"""


def spelt_email(plan: Plan, row: str, column: str) -> str:
    """SQL of a lead's e-mail, on some rows in capitals or padded."""
    email = email_of(plan)
    capital = plan.happens("capital_email", row, column)
    return padded(plan, f"(case when {capital} then upper({email}) else {email} end)", row, column)


def with_company(plan: Plan, source: str) -> str:
    """SQL that adds to `with_identity` the company and what the lead wants, as numbers.

    Adds company_number, industry, size, country, channel, product, and employees (with
    count_fault: whether the lead's row shows it).
    """
    numbered = add(source, {"company_number": f"lead_number % {plan.companies}"})
    drawn = add(
        numbered,
        {
            "industry": f"""case
                when not {plan.happens("missing_value", "lead_number", "industry")}
                    then {industry_of(plan, "company_number")}
            end""",
            "size": plan.pick("size_by_roll", "size", "company_number"),
            "count_fault": f"""case
                when {plan.happens("missing_employee_count", "lead_number")} then 'missing'
                when {plan.happens("unreadable_employee_count", "lead_number")} then 'unreadable'
                else 'none'
            end""",
            "country": plan.pick("country_by_roll", "country", "company_number"),
            "channel": plan.pick("channel_by_roll", "channel", "lead_number"),
            "product": plan.pick("product_by_roll", "product", "lead_number"),
        },
    )
    employees = plan.draw("employees", "company_number", item("size_width", "size"))
    return add(drawn, {"employees": f"{item('size_low', 'size')} + {employees}"})


def numbers_below(rows: int) -> str:
    """SQL of the row numbers 0, 1, 2 ... in order."""
    return f"select * from numbers where row_number < {rows}"


def lead_id_of(number: str) -> str:
    """SQL of the lead_id of a lead number."""
    return f"'L' || cast(100000000 + {number} as varchar)"


def leads_sql(plan: Plan) -> str:
    """SQL of the file `leads`, one row per row number, in the order the leads were created."""
    number = "lead_number"
    repeated = is_repeated_lead(plan, "row_number")
    source = f"case when {repeated} then row_number - {REPEATED_LEAD_DISTANCE} else row_number end"
    numbered = select({"lead_row": "row_number", "lead_number": source}, numbers_below(plan.leads))
    created = f"({plan.first_second} + created_seconds)"
    changed = f"{created} + {DAY} + {plan.draw('changed', number, 30 * DAY)}"
    last_second = plan.first_second + SPAN_DAYS * DAY - 1
    first_name = plan.pick("first_names", "first name", number, len(FIRST_NAMES))
    last_name = plan.pick("last_names", "last name", number, len(LAST_NAMES))
    competitor = plan.pick("competitor_names", "domain", "email_number", len(COMPETITORS))
    phone = plan.draw("phone", number, 9 * MILLION)
    beginning, ending = company_words(plan, "company_number")
    suffix = plan.pick("company_suffixes", "suffix", "company_number", len(COMPANY_SUFFIXES))
    company = f"concat({beginning}, ' ', {ending}, {suffix})"
    count = plan.pick("unreadable_counts", "count", number, len(UNREADABLE_COUNTS))
    revenue = f"(employees * (60 + {plan.draw('revenue', 'company_number', 240)}))"
    other_source = plan.pick("other_sources", "source", number, len(OTHER_LEAD_SOURCES))
    technology = plan.pick("technologies", "technology", "company_number", len(TECHNOLOGIES))
    deleted = falls_on(LEAD_FAULTS, ["deleted"], "lead_roll")
    objects = falls_on(LEAD_FAULTS, ["objects_to_profiling"], "lead_roll")
    columns = {
        "lead_id": f"""case
            when {falls_on(LEAD_FAULTS, ["missing_lead_id"], "lead_roll")}
                then {blank(plan, number)}
            else {lead_id_of(number)}
        end""",
        "created_at": f"""case
            when {falls_on(LEAD_FAULTS, ["unreadable_created_at"], "lead_roll")}
                then {unreadable_time(plan, number, "created_at")}
            else {written_time(plan, created, number, "created_at", coarse=False)}
        end""",
        "email": spelt_email(plan, number, "email"),
        "first_name": missing_or(plan, first_name, number, "first_name"),
        "last_name": missing_or(
            plan, f"({padded(plan, last_name, number, 'last_name')})", number, "last_name"
        ),
        "phone": f"""case
            when {plan.draw("phone known", number, 10)} < 6
                then concat({quoted(PHONE_PREFIX)}, {MILLION} + {phone})
        end""",
        "job_title": f"""case
            when title is null then {blank(plan, number)}
            else {padded(plan, item("title_name", title_at(plan, "lead_row")), number, "job_title")}
        end""",
        "company_name": f"""case
            when email_kind = {COMPETITOR} then {competitor}
            when email_kind = {EXISTING_CUSTOMER} then {quoted(CUSTOMER[1])}
            when
                email_kind in ({PERSONAL}, {DISPOSABLE})
                and {plan.draw("company known", number, 10)} < 6
                then null
            else {padded(plan, company, number, "company_name")}
        end""",
        "industry": item("industry_name", "industry"),
        "employee_count": f"""case count_fault
            when 'missing' then {blank(plan, number)}
            when 'unreadable' then {count}
            else cast(employees as varchar)
        end""",
        "annual_revenue": f"""case
            when {plan.happens("missing_revenue", number)} then null
            when {plan.happens("exponent_in_revenue", number)}
                then concat({revenue}, 'e3')
            else concat({revenue}, '000.00')
        end""",
        "country": missing_or(plan, item("country_name", "country"), number, "country"),
        "region": item("country_region", "country"),
        "lead_source": missing_or(
            plan,
            f"coalesce({item('channel_source', 'channel')}, {other_source})",
            number,
            "lead_source",
        ),
        "campaign_id": campaign_at("channel", "created_seconds"),
        "owner_id": f"concat('seller_', 10 + {plan.draw('owner', number, 12)})",
        "updated_at": f"""case
            when lead_row > lead_number then {plain_time(f"least({changed}, {last_second})")}
            when {plan.draw("update known", number, 10)} >= 2 then {plain_time(created)}
        end""",
        "is_deleted": yes_or_no(plan, deleted, number, "is_deleted"),
        "objects_to_profiling": yes_or_no(plan, objects, number, "objects_to_profiling"),
        "product_interest": item("product_name", "product"),
        "company_technology": missing_or(plan, technology, number, "company_technology"),
    }
    return select(columns, with_company(plan, with_identity(plan, numbered)))


# ------------------------------------------------------------------------------------------------
# What they did
# ------------------------------------------------------------------------------------------------


def activity_facts(plan: Plan) -> str:
    """SQL of what happened, one row per row number of activities, in order.

    A repeated row (an exact copy or a correction) takes everything from its source row, which
    stands REPEATED_ACTIVITY_DISTANCE rows before; a correction then has another asset.
    All rows of a bot's burst take lead and time from its first row, the event row.
    Activity i of N happens when i / N of the leads have been created: no search is needed to know
    which leads there are.
    """
    distance = REPEATED_ACTIVITY_DISTANCE
    activities = max(plan.activities, 1)
    numbered = add(
        numbers_below(plan.activities),
        {
            "own_roll": plan.draw("activity fault", "row_number"),
            "earlier_roll": plan.draw("activity fault", f"(row_number - {distance})"),
            "later_roll": plan.draw("activity fault", f"(row_number + {distance})"),
        },
    )
    repeats = ["exact_copy", "correction"]
    repeated = add(
        numbered,
        {
            "is_repeat": f"""(
                row_number >= {distance}
                and {falls_on(ACTIVITY_FAULTS, repeats, "own_roll")}
                and not {falls_on(ACTIVITY_FAULTS, repeats, "earlier_roll")}
            )""",
            "is_superseded": f"""(
                row_number + {distance} < {plan.activities}
                and not {falls_on(ACTIVITY_FAULTS, repeats, "own_roll")}
                and {falls_on(ACTIVITY_FAULTS, ["correction"], "later_roll")}
            )""",
        },
    )
    correction = falls_on(ACTIVITY_FAULTS, ["correction"], "own_roll")
    sourced = select(
        {
            "is_superseded": "is_superseded",
            "is_correction": f"(is_repeat and {correction})",
            "is_copy": f"(is_repeat and not {correction})",
            "source_row": f"case when is_repeat then row_number - {distance} else row_number end",
            "roll": "case when is_repeat then earlier_roll else own_roll end",
        },
        repeated,
    )
    burst = plan.draw("bots", f"(source_row // {BOT_BURST_ROWS})")
    marked = add(sourced, {"is_bot": f"({burst} < {BOT_BURSTS})"})
    event = add(
        marked,
        {
            "event_row": f"""case
                when is_bot then source_row - source_row % {BOT_BURST_ROWS}
                else source_row
            end"""
        },
    )
    timed = add(
        event,
        {
            "seconds": f"""
                seconds_of((event_row + 0.5) / {activities}, {SPAN_DAYS * DAY})
                + source_row - event_row
            """,
            "latest_lead": f"(event_row * {plan.leads} // {activities})",
            "lag": plan.draw("lag", "event_row", 65_536),
        },
    )
    # squares are more often small: most activities are of leads created a short while ago, the
    # longest lag being a quarter of all leads
    aged = add(timed, {"young_lead": f"(latest_lead - ((lag * lag * {plan.leads}) >> 34))"})
    old_lead = plan.draw("old lead", "event_row", "(latest_lead + 1)")
    chosen = add(
        aged,
        {
            "chosen_lead": f"""case
                when young_lead < 0 or {plan.draw("age", "event_row")} < {OLD_LEAD_SHARE}
                    then {old_lead}
                else young_lead
            end"""
        },
    )
    blocked = add(chosen, {"block": f"(chosen_lead // {LEAD_BLOCK})"})
    place = plan.pick("place_by_roll", "place", "event_row")
    turn = plan.draw("turn", "block", LEAD_BLOCK)
    busy = add(
        blocked,
        {"busy_lead": f"(block * {LEAD_BLOCK} + ({place} * 7 + {turn}) % {LEAD_BLOCK})"},
    )
    inside = add(
        busy,
        {"any_lead": f"case when busy_lead < {plan.leads} then busy_lead else chosen_lead end"},
    )
    owned = add(
        inside,
        {
            "lead_number": f"""case
                when {is_repeated_lead(plan, "any_lead")}
                    then any_lead - {REPEATED_LEAD_DISTANCE}
                else any_lead
            end"""
        },
    )
    clicked = item("click_kinds", f"1 + source_row % {len(CLICK_POSITIONS)}")
    acted = add(
        with_identity(plan, owned),
        {
            "source_kind": f"""case
                when is_bot then {clicked}
                when seniority in ({INTERN}, {STUDENT})
                    then {plan.pick("kind_by_roll_of_learners", "kind", "source_row")}
                else {plan.pick("kind_by_roll", "kind", "source_row")}
            end"""
        },
    )
    return add(
        acted,
        {
            "kind": f"""case
                when is_correction then {item("kind_corrected", "source_kind")}
                else source_kind
            end"""
        },
    )


def activities_sql(plan: Plan) -> str:
    """SQL of the file `activities`, one row per row number, in order of time."""
    row = "source_row"

    def is_fault(fault: str) -> str:
        return falls_on(ACTIVITY_FAULTS, [fault], "roll")

    happened = f"({plan.first_second} + seconds)"
    after_end = plan.first_second + SPAN_DAYS * DAY
    future = f"({after_end} + {plan.draw('fault size', row, 30 * DAY)})"
    occurred = f"(case when {is_fault('future')} then {future} else {happened} end)"
    loaded = f"""(
        {happened} + 60 + {plan.draw("loaded", row, HOUR)}
        + case
            when {is_fault("late_load")} then {14 * DAY} + {plan.draw("fault size", row, 46 * DAY)}
            else 0
        end
        + case when is_correction then {DAY} + {plan.draw("fault size", row, 4 * DAY)} else 0 end
    )"""
    has_email_only = f"""(
        {is_fault("email_only")} and email_kind <> {NO_EMAIL} and email_number = lead_number
    )"""
    asset = item("kind_asset", "kind")
    unknown_lead = f"900000000 + {plan.draw('fault size', row, MILLION)}"
    columns = {
        "activity_id": f"""case
            when {is_fault("missing_activity_id")} then {blank(plan, row)}
            else 'A' || cast(1000000000 + source_row as varchar)
        end""",
        "activity_type": f"""case
            when {is_fault("missing_activity_type")} then {blank(plan, row)}
            when {plan.happens("capital_activity_type", row)}
                then upper({item("kind_type", "kind")})
            else {padded(plan, item("kind_type", "kind"), row, "activity_type")}
        end""",
        "occurred_at": f"""case
            when {is_fault("unreadable_occurred_at")}
                then {unreadable_time(plan, row, "occurred_at")}
            else {written_time(plan, occurred, row, "occurred_at", coarse=True)}
        end""",
        "lead_id": f"""case
            when {is_fault("unknown_lead")} then 'L' || cast({unknown_lead} as varchar)
            when {has_email_only} then {blank(plan, row)}
            else {lead_id_of("lead_number")}
        end""",
        "email": f"""case
            when {is_fault("unknown_lead")} then null
            when {has_email_only} or {plan.draw("email shown", row, 100)} < {EMAIL_SHOWN_PERCENT}
                then {spelt_email(plan, row, "email of an activity")}
        end""",
        "asset": f"""case
            when
                {plan.happens("missing_value", row, "asset")}
                and {item("kind_type", "kind")} <> 'page_view'
                then {blank(plan, row)}
            else {padded(plan, asset, row, "asset")}
        end""",
        "campaign_id": campaign_at(item("kind_channel", "kind"), "seconds"),
        "is_bot": yes_or_no(plan, "is_bot", row, "is_bot"),
        "loaded_at": f"""case
            when is_correction or not {plan.happens("missing_loaded_at", row)}
                then {plain_time(loaded)}
        end""",
    }
    return select(columns, activity_facts(plan))


# ------------------------------------------------------------------------------------------------
# What came of it
# ------------------------------------------------------------------------------------------------


def decision_day(plan: Plan) -> str:
    """SQL of the day (from the first day) on which a lead is won or not, over `with_identity`."""
    first, last = DECISION_DAYS
    return (
        f"(created_seconds // {DAY} + {first}"
        f" + {plan.draw('decision', 'lead_number', last - first + 1)})"
    )


def behaviour_sql(plan: Plan) -> str:
    """SQL of what the activities of a lead add to its log-odds, in millionths, one row per lead."""
    unusable = [
        "missing_activity_id",
        "missing_activity_type",
        "unreadable_occurred_at",
        "future",
        "unknown_lead",
    ]
    counted = add(
        activity_facts(plan),
        {
            "age": f"({decision_day(plan)} - seconds // {DAY})",
            "is_usable": f"""(
                not is_copy
                and not is_superseded
                and not is_bot
                and not {falls_on(ACTIVITY_FAULTS, unusable, "roll")}
            )""",
        },
    )
    # no `where`: DuckDB would move it to the row numbers, and work everything out once more there
    kept = f"{item('kind_weight', 'kind')} * {item('kept_by_age', 'age')}"
    total = f"sum(case when is_usable and age >= 1 then {kept} else 0 end)"
    return f"""
        select lead_number, cast({total} as bigint) // {MILLION} as behaviour_log_odds
        from ({counted})
        group by lead_number
    """


def chances_sql(plan: Plan) -> str:
    """SQL of each usable lead's log-odds without the intercept, with what was drawn against them.

    One row per lead. All log-odds are in millionths.
    """
    usable = f"""
        select row_number as lead_number
        from numbers
        where row_number < {plan.leads} and not {is_repeated_lead(plan, "row_number")}
    """
    weights = {
        "seniority_weight": "seniority",
        "industry_weight": "industry",
        "size_weight": "case when count_fault = 'none' then size end",
        "email_kind_weight": "email_kind",
        "channel_weight": "channel",
        "product_weight": "product",
    }
    fit = " + ".join(f"coalesce({item(name, number)}, 0)" for name, number in weights.items())
    first, last = CLOSING_DAYS
    facts = add(
        with_company(plan, with_identity(plan, usable)),
        {
            "decision_day": decision_day(plan),
            "fit_log_odds": f"({fit})",
            "won_draw": plan.pick("log_odds_by_roll", "won", "lead_number", ROLL),
            "deal_draw": plan.pick("log_odds_by_roll", "deal", "lead_number", ROLL),
            "verdict_draw": plan.pick("log_odds_by_roll", "verdict", "lead_number", ROLL),
            "days_to_close": f"({first} + {plan.draw('closing', 'lead_number', last - first + 1)})",
        },
    )
    return f"""
        select
            facts.lead_number,
            facts.email_kind,
            facts.seniority,
            facts.decision_day,
            facts.decision_day + facts.days_to_close as closing_day,
            facts.fit_log_odds,
            coalesce(behaviour.behaviour_log_odds, 0) as behaviour_log_odds,
            facts.won_draw,
            facts.deal_draw,
            facts.verdict_draw
        from ({facts}) as facts
        left join behaviour on facts.lead_number = behaviour.lead_number
        where not {
        falls_on(LEAD_FAULTS, ["missing_lead_id", "unreadable_created_at"], "facts.lead_roll")
    }
        order by facts.lead_number
    """


def outcomes_sql(intercept: int) -> str:
    """SQL of the outcome of each usable lead, in order. `intercept`: in millionths."""
    totalled = add(
        "select * from chances order by lead_number",
        {
            "log_odds": f"({intercept} + fit_log_odds + behaviour_log_odds)",
            "is_decided": f"(decision_day < {SPAN_DAYS})",
        },
    )
    return add(
        totalled,
        {
            "is_won": "(is_decided and won_draw < log_odds)",
            "is_closed": f"(closing_day < {SPAN_DAYS})",
        },
    )


def day_text(plan: Plan, day: str) -> str:
    """SQL of a day (from the first day) as text."""
    return f"left({plain_time(f'{plan.first_second} + {day} * {DAY}')}, 10)"


def true_outcomes_sql(plan: Plan, intercept: int) -> str:
    """SQL of the file `true_outcomes`: one row per usable lead, whether decided yet or not."""
    columns = {
        "lead_id": lead_id_of("lead_number"),
        "decision_on": day_text(plan, "decision_day"),
        "fit_log_odds": "from_millionths(fit_log_odds)",
        "behaviour_log_odds": "from_millionths(behaviour_log_odds)",
        "log_odds": "from_millionths(log_odds)",
        "is_won": "case when is_decided then cast(is_won as varchar) end",
        "closed_on": f"case when is_won then {day_text(plan, 'closing_day')} end",
    }
    return select(columns, outcomes_sql(intercept))


def opportunities_sql(plan: Plan, intercept: int) -> str:
    """SQL of the file `opportunities`: of won leads, and of some that were not won."""
    number = "lead_number"
    stays_open = f"(not is_won and {plan.draw('stays open', number, 100)} < {STAYS_OPEN_PERCENT})"
    deals = f"""
        select
            *,
            is_closed and not {stays_open} as has_ended,
            unnest(case
                when {plan.happens("copied_opportunity", number)} then [1, 2]
                else [1]
            end) as copy_number
        from ({outcomes_sql(intercept)})
        where
            is_won
            or (is_decided and deal_draw < log_odds + {round(LOST_DEAL_LOG_ODDS * MILLION)})
    """

    def in_office_hours(day: str) -> str:
        eight_to_five = f"{8 * HOUR} + {plan.draw(day, number, 9 * HOUR)}"
        return f"({plan.first_second} + {day} * {DAY} + {eight_to_five})"

    opened = in_office_hours("decision_day")
    closed = in_office_hours("closing_day")
    columns = {
        "opportunity_id": "'O' || cast(100000000 + lead_number as varchar)",
        "lead_id": lead_id_of(number),
        "created_at": written_time(plan, opened, number, "created_at of a deal", coarse=False),
        "stage": f"""case
            when has_ended and is_won then 'Closed won'
            when has_ended then 'Closed lost'
            else {plan.pick("open_stages", "stage", number, len(OPEN_STAGES))}
        end""",
        "amount": f"""case
            when {plan.happens("unreadable_amount", number)} then 'tbd'
            else concat(2 + {plan.draw("amount", number, 60)}, '500.00')
        end""",
        "closed_at": f"case when has_ended then {plain_time(closed)} end",
        "is_won": f"case when has_ended then {yes_or_no(plan, 'is_won', number, 'is_won')} end",
    }
    return select(columns, deals)


def sales_feedback_sql(plan: Plan, intercept: int) -> str:
    """SQL of the file `sales_feedback`: verdicts on a share of the leads, at their decision day."""
    number = "lead_number"
    delay = plan.draw("recorded", number, 3 * DAY)
    judged = add(
        outcomes_sql(intercept),
        {
            "recorded_seconds": f"(decision_day * {DAY} + {delay})",
            "is_accepted": f"""(
                coalesce(seniority, 0) not in ({INTERN}, {STUDENT})
                and email_kind not in ({COMPETITOR}, {DISPOSABLE})
                and verdict_draw < log_odds + {round(ACCEPTED_LOG_ODDS * MILLION)}
            )""",
        },
    )
    recorded = f"""
        select *
        from ({judged})
        where
            recorded_seconds < {SPAN_DAYS * DAY}
            and {plan.draw("judged", number, 100)} < {FEEDBACK_PERCENT}
    """
    accepted = plan.pick("accepted_reasons", "reason", number, len(ACCEPTED_REASONS))
    rejected = plan.pick("rejected_reasons", "reason", number, len(REJECTED_REASONS))
    columns = {
        "feedback_id": "'F' || cast(100000000 + lead_number as varchar)",
        "lead_id": lead_id_of(number),
        "verdict": padded(
            plan, "case when is_accepted then 'accepted' else 'rejected' end", number, "verdict"
        ),
        "recorded_at": written_time(
            plan, f"({plan.first_second} + recorded_seconds)", number, "recorded_at", coarse=True
        ),
        "reason": f"""case
            when is_accepted then {accepted}
            when seniority in ({INTERN}, {STUDENT}) then {quoted(STUDENT_REASON)}
            when email_kind = {COMPETITOR} then {quoted(COMPETITOR_REASON)}
            when email_kind in ({PERSONAL}, {DISPOSABLE}) then {quoted(PERSONAL_REASON)}
            else {rejected}
        end""",
    }
    return select(columns, recorded)


def campaign_rows(plan: Plan) -> list[tuple[str | None, ...]]:
    """The rows of the file `campaigns`: every channel in every period. Nurturing costs little."""
    chance = random.Random(f"{plan.seed}:campaigns")
    days = SPAN_DAYS // CAMPAIGN_PERIODS
    rows = []
    for period in range(CAMPAIGN_PERIODS):
        start = plan.first_day + datetime.timedelta(period * days)
        end = start + datetime.timedelta(days - 1)
        for place, (channel, name) in enumerate(CAMPAIGN_NAMES.items(), start=1):
            cost = CAMPAIGN_COSTS[channel] * (70 + int(chance.random() * 61)) // 100
            rows.append(
                (
                    f"C{100 + period * len(CAMPAIGN_NAMES) + place}",
                    f"{name}, {start:%Y-%m}",
                    channel,
                    None if channel == "partner" and period == 0 else f"{cost}.00",
                    start.isoformat(),
                    end.isoformat(),
                )
            )
    return rows


def campaigns_sql(plan: Plan) -> str:
    """SQL of the file `campaigns`."""
    rows = ",\n".join(f"({', '.join(map(quoted, row))})" for row in campaign_rows(plan))
    names = "campaign_id, campaign_name, channel, cost, started_on, ended_on"
    return f"select * from (values\n{rows}\n) as campaigns ({names})"


def true_weights(plan: Plan, intercept: int) -> dict:
    """The content of `true_weights.json`: all that is needed to work out the true log-odds."""
    scaled = {name: plan.activity_weight(name) / MILLION for name in ACTIVITY_WEIGHTS}
    return {
        "seed": plan.seed,
        "as_of": plan.as_of.isoformat(),
        "leads": plan.leads,
        "activities": plan.activities,
        "unit": "log-odds of a lead being won, decided on its decision day",
        "intercept": intercept / MILLION,
        "half_life_days": TRUE_HALF_LIFE_DAYS,
        "decision_day": {
            "rule": (
                "A number of days after the day of creation, drawn evenly for each lead; it is in "
                "true_outcomes. Activities before that day count, with the whole days in between "
                "as their age."
            ),
            "first_days_after_creation": DECISION_DAYS[0],
            "last_days_after_creation": DECISION_DAYS[1],
        },
        "outcome": {
            "rule": (
                "A won lead has an opportunity created on the decision day. The outcome can be "
                "seen in the files once decision day + last_days_to_close <= as_of."
            ),
            "first_days_to_close": CLOSING_DAYS[0],
            "last_days_to_close": CLOSING_DAYS[1],
            "won_share_of_decided_leads": WON_SHARE,
        },
        "fit_weights": {
            "job_seniority": SENIORITY_WEIGHTS,
            "industry": INDUSTRY_WEIGHTS,
            "employee_count": [
                {"from": low, "to": high, "weight": weight}
                for (low, high), weight in EMPLOYEE_COUNT_WEIGHTS.items()
            ],
            "email_domain_kind": EMAIL_KIND_WEIGHTS,
            "campaign_channel": CHANNEL_WEIGHTS,
            "product_interest": PRODUCT_WEIGHTS,
        },
        "fit_attributes_without_effect": ["country", "region", "lead_source", "company_technology"],
        "job_seniority_of_title": {title[0]: title[1] for title in JOB_TITLES},
        "activity_scale": plan.activity_scale,
        "activity_weights": [
            {"activity_type": kind[0], "asset": kind[1], "name": kind[2], "weight": scaled[kind[2]]}
            for kind in ACTIVITY_KINDS
        ],
        "rows_with_faults_per_ten_thousand": {
            "leads": LEAD_FAULTS,
            "activities": ACTIVITY_FAULTS,
            "values": VALUE_FAULTS,
            "time_shapes": TIME_SHAPES,
            "bot_bursts": BOT_BURSTS,
        },
    }


# ------------------------------------------------------------------------------------------------
# Making the files
# ------------------------------------------------------------------------------------------------


def check_arguments(plan: Plan, output: Path, memory_limit: str, threads: int | None) -> None:
    """Raise a SampleDataError for what cannot be made, before anything is written."""
    if plan.leads < 1:
        raise SampleDataError(f"There must be at least 1 lead, not {plan.leads}: raise --leads.")
    if plan.leads > 500 * MILLION or plan.activities > 4_000 * MILLION:
        raise SampleDataError("At most 500 million leads and 4,000 million activities can be made.")
    if plan.activities < 0:
        raise SampleDataError(
            f"There must be 0 or more activities, not {plan.activities}: raise --activities."
        )
    if not 1975 <= plan.as_of.year <= 2200:
        raise SampleDataError(
            f"The last day must lie between 1975 and 2200, not in {plan.as_of.year}: set --as-of."
        )
    if not re.fullmatch(r"\d+(\.\d+)?\s*([KMGT]i?B)", memory_limit, re.IGNORECASE):
        raise SampleDataError(
            f"'{memory_limit}' is not an amount of memory: write --memory-limit like 4GB or 500MB."
        )
    if threads is not None and threads < 1:
        raise SampleDataError(f"There must be at least 1 thread, not {threads}: raise --threads.")
    if output.exists() and not output.is_dir():
        raise SampleDataError(f"{output} is a file: choose a folder with --output.")
    if output.is_dir():
        own = {f"{table}.{suffix.value}" for table in TABLES for suffix in FileFormat}
        other = sorted(
            path.name for path in output.iterdir() if path.name not in own | {WEIGHTS_FILE}
        )
        if other:
            raise SampleDataError(
                f"{output} holds other files ({other[0]}) and would be replaced as a whole: "
                "choose a new or empty folder with --output."
            )


def open_scratch(plan: Plan, folder: Path, memory_limit: str, threads: int | None):
    """A connection to a scratch database in a folder, with the macros, lists and row numbers.

    The row numbers stand in a table (a few kilobytes a million, compressed), since DuckDB reads a
    table with all threads and range() with one.
    """
    connection = duckdb.connect(str(folder / "scratch.duckdb"))
    connection.execute(f"set memory_limit = {quoted(memory_limit)}")
    connection.execute(f"set temp_directory = {quoted(str(folder / 'spilled'))}")
    connection.execute("set preserve_insertion_order = true")
    connection.execute("set enable_progress_bar = false")
    if threads is not None:
        connection.execute(f"set threads = {threads}")
    connection.execute(MACROS)
    for name, values in variables(plan).items():
        listed = "[" + ", ".join(quoted(value) for value in values) + "]"
        if any(isinstance(value, str) for value in values):
            connection.execute(f"set variable {name} = {listed}")
        else:  # as one text, since reading thousands of numbers takes DuckDB long
            connection.execute(f"set variable {name} = cast('{listed}' as bigint[])")
    rows = max(plan.leads, plan.activities)
    connection.execute(f"create table numbers as select range as row_number from range({rows})")
    connection.execute("checkpoint")
    return connection


def find_intercept(connection: duckdb.DuckDBPyConnection) -> int:
    """The intercept, in millionths, with which WON_SHARE of the decided leads are won.

    A lead is won when its draw lies below its log-odds, so the intercept is a quantile of the
    difference, rounded to hundredths.
    """
    decided = f"from chances where decision_day < {SPAN_DAYS}"
    count = connection.execute(f"select count(*) {decided}").fetchone()[0]
    if count == 0:
        return -4 * MILLION
    difference = "won_draw - fit_log_odds - behaviour_log_odds"
    needed = connection.execute(
        f"select {difference} {decided} order by 1 limit 1 offset {int(count * WON_SHARE)}"
    ).fetchone()[0]
    return -(-needed // 10_000) * 10_000


def write_files(
    plan: Plan,
    folder: Path,
    connection: duckdb.DuckDBPyConnection,
    file_format: FileFormat,
    report: Callable[[str], None],
) -> dict[str, int]:
    """Write all files into a folder. Returns the rows of each table."""
    report("Working out what the activities lead to")
    connection.execute(f"create table behaviour as {behaviour_sql(plan)}")
    connection.execute(f"create table chances as {chances_sql(plan)}")
    intercept = find_intercept(connection)
    statements = {
        "leads": leads_sql(plan),
        "activities": activities_sql(plan),
        "opportunities": opportunities_sql(plan, intercept),
        "campaigns": campaigns_sql(plan),
        "sales_feedback": sales_feedback_sql(plan, intercept),
        "true_outcomes": true_outcomes_sql(plan, intercept),
    }
    options = {
        FileFormat.csv: "format csv, header true",
        FileFormat.parquet: "format parquet, compression zstd",
    }[file_format]
    counts = {}
    for table in TABLES:
        report(f"Writing {table}")
        path = folder / f"{table}.{file_format.value}"
        copied = connection.execute(
            f"copy ({statements[table]}) to {quoted(str(path))} ({options})"
        )
        counts[table] = copied.fetchone()[0]
    content = json.dumps(true_weights(plan, intercept), indent=2, ensure_ascii=False)
    (folder / WEIGHTS_FILE).write_text(content + "\n", encoding="utf-8")
    return counts


def put_in_place(finished: Path, output: Path, workplace: Path) -> None:
    """Let a finished folder take the place of the output folder, by renaming."""
    replaced = workplace / "replaced"
    if output.exists():
        output.rename(replaced)
    try:
        finished.rename(output)
    except BaseException:
        if replaced.exists():
            replaced.rename(output)
        raise


def make_sample_data(
    output: Path,
    leads: int = 5_000,
    activities: int = 100_000,
    seed: int = 7,
    as_of: datetime.date = datetime.date(2026, 6, 30),
    file_format: FileFormat = FileFormat.csv,
    memory_limit: str = "4GB",
    threads: int | None = None,
    report: Callable[[str], None] = lambda step: None,
) -> dict[str, int]:
    """Make the files in the folder `output`, which is replaced as a whole. Returns rows by table.

    `leads` and `activities` are rows; `as_of` is the last day, in UTC; `threads` None means all;
    `report` is told each step. Nothing half is left behind when it fails or is interrupted.
    Raises SampleDataError when the arguments make no sense.
    """
    plan = Plan(leads=leads, activities=activities, seed=seed, as_of=as_of)
    output = Path(output).resolve()
    check_arguments(plan, output, memory_limit, threads)
    output.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{output.name}.unfinished-"
    workplace = Path(tempfile.mkdtemp(prefix=prefix, dir=output.parent))
    try:
        finished = workplace / "finished"
        finished.mkdir()
        connection = open_scratch(plan, workplace, memory_limit, threads)
        try:
            counts = write_files(plan, finished, connection, FileFormat(file_format), report)
        finally:
            connection.close()
        put_in_place(finished, output, workplace)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
    return counts


# ------------------------------------------------------------------------------------------------
# The command
# ------------------------------------------------------------------------------------------------

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

EPILOG = (
    "Example: python scripts/make_sample_data.py --leads 20000 --activities 1000000 "
    "--format parquet --output .lead_scoring/sample"
)


def show_counts(counts: dict[str, int], output: Path, file_format: FileFormat) -> None:
    """Print the files with their rows."""
    table = Table("file", "rows")
    table.columns[1].justify = "right"
    for name, count in counts.items():
        table.add_row(str(output / f"{name}.{file_format.value}"), f"{count:,}")
    table.add_row(str(output / WEIGHTS_FILE), "")
    Console().print(table)


@app.command(epilog=EPILOG)
def main(
    leads: Annotated[int, typer.Option(help="Rows of leads, repeated ones included.")] = 5_000,
    activities: Annotated[int, typer.Option(help="Rows of activities, copies included.")] = 100_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 7,
    as_of: Annotated[
        datetime.datetime,
        typer.Option(formats=["%Y-%m-%d"], help="The last day of the data, in UTC."),
    ] = "2026-06-30",
    output: Annotated[
        Path, typer.Option(help="Folder of the files. It is replaced as a whole.")
    ] = Path(".lead_scoring/sample"),
    file_format: Annotated[
        FileFormat, typer.Option("--format", help="Kind of the files.")
    ] = FileFormat.csv,
    memory_limit: Annotated[
        str, typer.Option(help="The most memory that DuckDB may use, such as 4GB.")
    ] = "4GB",
    threads: Annotated[
        int | None, typer.Option(help="Threads to use. All of the machine's when not given.")
    ] = None,
) -> None:
    """Make sample data: an invented B2B funnel, dirt included, whose true weights are known.

    Writes leads, activities, opportunities, campaigns and sales_feedback as raw tables, and beside
    them the truth: true_weights.json and true_outcomes.
    """
    errors = Console(stderr=True)
    spinner = Progress(
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=errors,
    )

    def finish_step() -> None:
        for task in spinner.task_ids:
            spinner.update(task, total=1, completed=1)

    def report(step: str) -> None:
        finish_step()
        spinner.add_task(step, total=None)

    # to be told to end is to be interrupted: the unfinished files go
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with spinner:
            counts = make_sample_data(
                output,
                leads,
                activities,
                seed,
                as_of.date(),
                file_format,
                memory_limit,
                threads,
                report,
            )
            finish_step()
    except SampleDataError as error:
        errors.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None
    except (duckdb.Error, OSError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".!")
        errors.print(
            f"The files could not be written: {reason}. Free some disk space or choose another "
            "folder with --output; if memory ran out, raise --memory-limit.",
            style="red",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        raise typer.Exit(1) from None
    except (KeyboardInterrupt, RuntimeError) as error:
        # DuckDB tells of an interrupt by a plain RuntimeError
        if isinstance(error, RuntimeError) and "interrupted" not in str(error).lower():
            raise
        errors.print("Interrupted: nothing was written.", style="red")
        raise typer.Exit(130) from None
    show_counts(counts, output, file_format)


if __name__ == "__main__":
    app()
