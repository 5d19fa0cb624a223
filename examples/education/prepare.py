"""The X Education lead file as it was published, in the shape of the input tables.

    python examples/education/prepare.py FILE FOLDER

writes leads.csv, activities.csv and opportunities.csv. What was filled in after the outcome is left
out. The file has no dates, so that each lead is given one: four fifths of the leads, drawn by lot,
came in January, the rest in March, and all are decided ten days later. A model that is fitted on
January and judged on March has then never seen the leads that it is judged on.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

# Sales filled these in while they worked on a lead: they know the outcome. `Last Activity` may be
# from after it, and `Last Notable Activity` is what it became.
AFTER_THE_OUTCOME = (
    "Tags",
    "Lead Quality",
    "Lead Profile",
    "Asymmetrique Activity Index",
    "Asymmetrique Profile Index",
    "Asymmetrique Activity Score",
    "Asymmetrique Profile Score",
    "Last Activity",
    "Last Notable Activity",
)
COLUMNS = {
    "Lead Origin": "lead_origin",
    "Lead Source": "lead_source",
    "Do Not Email": "do_not_email",
    "TotalVisits": "total_visits",
    "Total Time Spent on Website": "seconds_on_site",
    "Page Views Per Visit": "pages_per_visit",
    "Country": "country",
    "Specialization": "specialization",
    "How did you hear about X Education": "heard_of_us",
    "What is your current occupation": "occupation",
    "What matters most to you in choosing a course": "what_matters",
    "City": "city",
    "A free copy of Mastering The Interview": "wants_free_copy",
}
FIRST_DAYS, LATER_DAYS = "2020-01", "2020-03"


def cleaned(value: str) -> str:
    """Return a cell, empty where the form was left at `Select`."""
    return "" if value.strip() == "Select" else value.strip()


def month_of(lead_id: str) -> str:
    """Return the month that a lead is given: the later one for a fifth, by a hash of its number."""
    is_later = int(hashlib.md5(lead_id.encode()).hexdigest(), 16) % 5 == 0
    return LATER_DAYS if is_later else FIRST_DAYS


def tables(rows: Iterable[Mapping[str, str]]) -> dict[str, list[dict[str, str]]]:
    """Return the rows of the input tables by table, from those of the file."""
    leads, opportunities = [], []
    for row in rows:
        lead_id = row["Lead Number"]
        month = month_of(lead_id)
        lead = {"lead_id": lead_id, "created_at": f"{month}-01"}
        leads.append(lead | {name: cleaned(row[column]) for column, name in COLUMNS.items()})
        opportunities.append(
            {
                "opportunity_id": lead_id,
                "lead_id": lead_id,
                "created_at": f"{month}-05",
                "closed_at": f"{month}-11",
                "is_won": "true" if row["Converted"] == "1" else "false",
            }
        )
    activities = [
        {
            "activity_id": lead["lead_id"],
            "activity_type": "lead_created",
            "occurred_at": lead["created_at"],
            "lead_id": lead["lead_id"],
        }
        for lead in leads
    ]
    return {"leads": leads, "activities": activities, "opportunities": opportunities}


def main(source: Path, folder: Path) -> None:
    """Write the input tables of a file into a folder."""
    with source.open(newline="", encoding="utf-8") as file:
        written = tables(csv.DictReader(file))
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in written.items():
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
