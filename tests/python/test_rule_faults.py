"""A wrong rule file stops dbt before anything is scored, and the message says where and why.

Many faults are put into one build, since a build costs seconds; each has its own sentence.
"""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pytest
from lead_scoring_tools import dbt_calls
from lead_scoring_tools.rule_files import REFERENCE_FILES, RULE_FILES

ONLY_MODELS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")

LEADS = [
    {
        "lead_id": "ann",
        "created_at": "2026-01-01",
        "industry": "Software",
        "Favourite Colour": "red",
    },
    {
        "lead_id": "bob",
        "created_at": "2026-01-02",
        "industry": "Mining",
        "Favourite Colour": "blue",
    },
]
ACTIVITIES = [
    {
        "activity_id": "1",
        "activity_type": "demo_request",
        "occurred_at": "2026-01-30",
        "lead_id": "ann",
    }
]

# A small set of rules without a fault. Row 1 of each file is its header.
RULES = {
    "scoring_models": """\
scoring_model,status,priority,min_score,max_score,max_fit_points,max_behaviour_points,rationale
b2b,active,1,0,100,,,All
pilot,testing,2,0,50,,,Some
resting,off,3,0,10,,,None
""",
    "model_audiences": """\
scoring_model,attribute,operator,value,rationale
pilot,industry,is_present,,Known
""",
    "fit_points": """\
scoring_model,rule_id,attribute,operator,value,points,exclusive_group,rationale
b2b,fit_software,industry,equals,Software,10,,software company: buys
*,fit_red,FAVOURITE COLOUR,in,red | green,5.25,,likes red: buys
""",
    "negative_attributes": """\
scoring_model,rule_id,attribute,operator,value,points,action,exclusive_group,rationale
*,penalty_mining,industry,equals,mining,-5,deduct,,mining: does not buy
""",
    "behaviour_points": """\
scoring_model,rule_id,activity_type,asset_pattern,category,points,repeat_points,daily_limit,max_points,decay_curve,rationale
*,behaviour_demo,demo_request,,web,30,5,3,60,week,Requested a demo: wants it
""",
    "behaviour_categories": """\
scoring_model,category,max_points,rationale
*,web,50,Enough
""",
    "decay_curves": """\
decay_curve,kind,half_life_days,window_days,rationale
week,half_life,7,90,Fades
stairs,steps,,,Falls
""",
    "decay_steps": """\
decay_curve,from_age_days,multiplier,rationale
stairs,7,0.5,Falls
""",
    "score_thresholds": """\
scoring_model,threshold,min_score,min_fit_points,min_behaviour_points,exit_score,rationale
*,marketing_qualified,20,,,10,Interested
b2b,sales_ready,40,,,,Ready
""",
    "threshold_requirements": """\
scoring_model,threshold,rule_id,rationale
b2b,sales_ready,behaviour_demo,Asked
""",
    "score_segments": """\
scoring_model,segment,min_score,rationale
*,low,0,Later
*,high,30,Now
""",
    "score_grades": """\
scoring_model,axis,grade,min_points,rationale
*,fit,B,0,Other
*,fit,A,10,Good
""",
    "email_domains": """\
email_domain,kind
gmail.com,personal
""",
    "job_titles": """\
pattern,job_seniority,job_function,priority
ceo,chief_executive,,1
ceo,,management,2
""",
}

OPERATORS = (
    "equals, not_equals, in, not_in, contains, starts_with, ends_with, contains_word, "
    "gt, gte, lt, lte, between, is_missing, is_present"
)

# (file, row to add, column, problem). `{row}` is the number of the added row.
FAULTS_OF_LEAD_RULES = [
    (
        "fit_points",
        "b2b,a1,industry,equal,Software,1,,r",
        "operator",
        f'"equal" is no operator. Did you mean "equals"? Allowed: {OPERATORS}.',
    ),
    (
        "fit_points",
        "b2b,a2,industry,greater,1,1,,r",
        "operator",
        f'"greater" is no operator. Allowed: {OPERATORS}.',
    ),
    (
        "fit_points",
        "b2,a3,industry,equals,Software,1,,r",
        "scoring_model",
        '"b2" is not in the column scoring_model of scoring_models.csv. Did you mean "b2b"? '
        "Allowed: *, b2b, pilot, resting.",
    ),
    (
        "fit_points",
        ",a4,industry,equals,Software,1,,r",
        "scoring_model",
        "The cell is empty. It must be filled in.",
    ),
    (
        "fit_points",
        "b2b,a5,indsutry,equals,Software,1,,r",
        "attribute",
        '"indsutry" is no column of the leads and no derived attribute. Did you mean "industry"? '
        "Allowed: annual_revenue, campaign_channel, campaign_cost, campaign_id, company_name, "
        "country, created_at, email, email_domain, email_domain_kind, employee_count, "
        "favourite colour, first_name, industry, is_deleted, job_function, job_seniority, "
        "job_title, last_name, lead_id, lead_source, objects_to_profiling, owner_id, phone, "
        "region, updated_at.",
    ),
    (
        "fit_points",
        "b2b,a6,industry,equals,,1,,r",
        "value",
        "The cell is empty, but the operator equals needs a value.",
    ),
    (
        "fit_points",
        "b2b,a7,industry,is_present,yes,1,,r",
        "value",
        "The operator is_present compares with nothing, so the cell must be empty.",
    ),
    (
        "fit_points",
        "b2b,a8,employee_count,gte,many,1,,r",
        "value",
        '"many" is not a number, and the operator gte needs one.',
    ),
    (
        "fit_points",
        "b2b,a9,employee_count,between,10-50,1,,r",
        "value",
        '"10-50" is not a range. Write two numbers with a bar between them: 10|50.',
    ),
    (
        "fit_points",
        "b2b,a10,employee_count,between,10|20|30,1,,r",
        "value",
        '"10|20|30" is not a range. Write two numbers with a bar between them: 10|50.',
    ),
    (
        "fit_points",
        "b2b,a11,employee_count,between,50|10,1,,r",
        "value",
        'The range "50|10" begins above its end. Write the lower number first.',
    ),
    (
        "fit_points",
        "b2b,a12,industry,in,Software||Mining,1,,r",
        "value",
        'The list "Software||Mining" has an empty item. Write one bar between two items: a|b.',
    ),
    (
        "fit_points",
        "b2b,a13,employee_count,not_in,10|many,1,,r",
        "value",
        '"10|many" is not a list of numbers, and employee_count is a number.',
    ),
    (
        "fit_points",
        "b2b,a14,annual_revenue,equals,a lot,1,,r",
        "value",
        '"a lot" is not a number, and annual_revenue is one.',
    ),
    ("fit_points", "b2b,a15,industry,equals,Software,ten,,r", "points", '"ten" is not a number.'),
    (
        "fit_points",
        'b2b,a16,industry,equals,Software,"1,5",,r',
        "points",
        '"1,5" is not a number. Write a point before the decimals: 1.5.',
    ),
    (
        "fit_points",
        "b2b,a17,industry,equals,Software,0,,r",
        "points",
        '"0" is too small: it must be above 0.',
    ),
    (
        "fit_points",
        "b2b,a18,industry,equals,Software,1.005,,r",
        "points",
        '"1.005" has too many decimals: the smallest step is 0.01.',
    ),
    (
        "fit_points",
        "b2b,a19,industry,equals,Software,1000001,,r",
        "points",
        '"1000001" is out of range: numbers go from -1000000 to 1000000.',
    ),
    (
        "fit_points",
        "b2b,a20,industry,equals,Software,1,,",
        "rationale",
        "The rationale is empty. Say in a few words why the row is there.",
    ),
    (
        "fit_points",
        "b2b,,industry,equals,Software,1,,r",
        "rule_id",
        "The cell is empty. It must be filled in.",
    ),
    (
        "fit_points",
        "b2b,fit_software,industry,equals,Software,1,,r",
        "rule_id",
        '"fit_software" is already in row 2.',
    ),
    (
        "fit_points",
        "pilot,fit_red,industry,equals,Software,1,,r",
        "rule_id",
        '"fit_red" is already in row 3, and * means every model.',
    ),
    (
        "fit_points",
        "b2b,behaviour_demo,industry,equals,Software,1,,r",
        "rule_id",
        '"behaviour_demo" is already in row 2 of behaviour_points.csv, and * means every model.',
    ),
    (
        "negative_attributes",
        "b2b,n1,industry,equals,Software,5,deduct,,r",
        "points",
        '"5" is too large: it must be at most 0.',
    ),
    (
        "negative_attributes",
        "b2b,n2,industry,equals,Software,-5,Deduct,,r",
        "action",
        '"Deduct" is no action. Did you mean "deduct"? Allowed: deduct, disqualify.',
    ),
    (
        "model_audiences",
        "*,Industry,is_present,,r",
        None,
        'The same attribute, operator, value ("Industry, is_present") are already in row 2, '
        "and * means every model.",
    ),
    (
        "model_audiences",
        "b2b,country,between,a|b,r",
        "value",
        '"a|b" is not a range. Write two numbers with a bar between them: 10|50.',
    ),
    ("email_domains", "GMAIL.com,personal", "email_domain", '"GMAIL.com" is already in row 2.'),
    (
        "email_domains",
        "rival.com,competition",
        "kind",
        '"competition" is no kind. Did you mean "competitor"? '
        "Allowed: personal, competitor, customer, disposable.",
    ),
    ("job_titles", "CEO,c_level,,3", "pattern", '"CEO" is already in row 2.'),
    ("job_titles", "vp,vp,,first", "priority", '"first" is not a number.'),
]

FAULTS_OF_OTHER_RULES = [
    (
        "behaviour_points",
        "b2b,b1,visit,,,10,,,,weak,r",
        "decay_curve",
        '"weak" is not in the column decay_curve of decay_curves.csv. Did you mean "week"? '
        "Allowed: endless, never, no_half_life, no_window, stairs, unending, week, "
        "zero_half_life, zero_window.",
    ),
    (
        "behaviour_points",
        "b2b,b2,visit,,,10,-10.01,,,week,r",
        "repeat_points",
        "A repeat would cost points: points (10) and repeat_points (-10.01) "
        "must not be below 0 together.",
    ),
    (
        "behaviour_points",
        "b2b,b3,visit,,,-10,5,,,week,r",
        "repeat_points",
        "With negative points (-10) repeat_points must be 0 or negative.",
    ),
    (
        "behaviour_points",
        "b2b,b4,visit,,,10,,0,,week,r",
        "daily_limit",
        '"0" is too small: it must be at least 1.',
    ),
    (
        "behaviour_points",
        "b2b,b5,visit,,,10,,1.5,,week,r",
        "daily_limit",
        '"1.5" is not a whole number.',
    ),
    (
        "behaviour_points",
        "b2b,b6,visit,,,10,,,-5,week,r",
        "max_points",
        '"-5" is too small: it must be above 0.',
    ),
    (
        "behaviour_categories",
        "b2b,web,5,r",
        "category",
        '"web" is already in row 2, and * means every model.',
    ),
    (
        "decay_curves",
        "no_half_life,half_life,,,r",
        "half_life_days",
        "The cell is empty, but a curve of kind half_life needs a half-life in days, such as 7.",
    ),
    (
        "decay_curves",
        "no_window,linear,,,r",
        "window_days",
        "The cell is empty, but a curve of kind linear needs a window in days, such as 30.",
    ),
    (
        "decay_curves",
        "never,steps,,,r",
        "kind",
        'The curve "never" is of kind steps, but has no row in decay_steps.csv.',
    ),
    (
        "decay_curves",
        "zero_half_life,half_life,0,,r",
        "half_life_days",
        '"0" is too small: it must be at least 0.01.',
    ),
    (
        "decay_curves",
        "zero_window,linear,,0,r",
        "window_days",
        '"0" is too small: it must be at least 1.',
    ),
    (
        "decay_curves",
        "endless,none,,36501,r",
        "window_days",
        '"36501" is too large: it must be at most 36500.',
    ),
    (
        "decay_curves",
        "unending,halflife,7,,r",
        "kind",
        '"halflife" is no kind. Did you mean "half_life"? Allowed: none, half_life, linear, steps.',
    ),
    ("decay_curves", "week,none,,,r", "decay_curve", '"week" is already in row 2.'),
    (
        "decay_steps",
        "endless,1,0.5,r",
        "decay_curve",
        '"endless" is of kind none, and only a curve of kind steps has steps.',
    ),
    (
        "decay_steps",
        "stairs,7.0,0.1,r",
        None,
        'The same decay_curve, from_age_days ("stairs, 7.0") are already in row 2.',
    ),
    ("decay_steps", "stairs,8,1.5,r", "multiplier", '"1.5" is too large: it must be at most 1.'),
    (
        "decay_steps",
        "stairs,-1,1,r",
        "from_age_days",
        '"-1" is too small: it must be at least 0.',
    ),
    (
        "scoring_models",
        "upside_down,testing,3,50,50,,,r",
        "max_score",
        "max_score (50) must be above min_score (50).",
    ),
    (
        "scoring_models",
        "odd,activ,3,0,50,,,r",
        "status",
        '"activ" is no status. Did you mean "active"? Allowed: active, testing, off.',
    ),
    (
        "scoring_models",
        "*,testing,3,0,50,,,r",
        "scoring_model",
        "A model cannot be called *, since * stands for every model.",
    ),
    (
        "score_thresholds",
        "pilot,sales_ready,19,,,,r",
        "min_score",
        "In the model pilot sales_ready (19) is below marketing_qualified (20, row 2).",
    ),
    (
        "score_thresholds",
        "resting,sales_ready,8,,,8.5,r",
        "exit_score",
        "exit_score (8.5) must not be above min_score (8).",
    ),
    (
        "score_thresholds",
        "resting,marketing_ready,8,,,,r",
        "threshold",
        '"marketing_ready" is no threshold. Allowed: marketing_qualified, sales_ready.',
    ),
    (
        "score_thresholds",
        "new,sales_ready,100.5,,,,r",
        "min_score",
        "The threshold sales_ready (100.5) lies outside the scores of the model new, 0 to 100.",
    ),
    (
        "threshold_requirements",
        "pilot,sales_ready,behaviour_dmo,r",
        "rule_id",
        '"behaviour_dmo" is no rule of fit_points.csv or behaviour_points.csv for the model pilot. '
        'Did you mean "behaviour_demo"? Allowed: behaviour_demo, fit_red.',
    ),
    (
        "threshold_requirements",
        "new,sales_ready,penalty_mining,r",
        "rule_id",
        '"penalty_mining" is no rule of fit_points.csv or behaviour_points.csv for the model new. '
        "Allowed: behaviour_demo, fit_red.",
    ),
    (
        "score_segments",
        "b2b,top,101,r",
        "min_score",
        "The segment top begins at 101, above the highest score of the model b2b (100).",
    ),
    (
        "score_segments",
        "pilot,also_high,30.0,r",
        "min_score",
        "The segment also_high of the model pilot begins at 30.0 like the one in row 3.",
    ),
    (
        "score_segments",
        "b2b,Disqualified,50,r",
        "segment",
        "A segment cannot be called disqualified: disqualified leads get that name by themselves.",
    ),
    (
        "score_grades",
        "b2b,behaviour,1,0.5,r",
        "min_points",
        "The lowest behaviour grade of the model b2b begins at 0.5, which leaves a gap: "
        "it must begin at 0 or below.",
    ),
]


def rule_path(seeds: Path, name: str) -> Path:
    """Return where a rule file is in a seeds folder."""
    (path,) = seeds.rglob(f"{name}.csv")
    return path


def write_rules(seeds: Path, changes: dict[str, str | bytes] | None = None) -> None:
    """Write the rules without a fault, some files replaced."""
    for name, text in {**RULES, **(changes or {})}.items():
        rule_path(seeds, name).write_bytes(text if isinstance(text, bytes) else text.encode())


def build(project, *arguments: str) -> dbt_calls.DbtResult:
    arguments = arguments or ("build", *ONLY_MODELS)
    return project.dbt(*arguments, vars={"scoring_date": "2026-01-31"})


def with_faults(faults) -> tuple[dict[str, str], list[str]]:
    """Return the files with the wrong rows, and the lines that the message must have, in order."""
    files = dict(RULES)
    lines = []
    for name, row, column, problem in faults:
        files[name] += f"{row}\n"
        number = files[name].count("\n")
        place = f"row {number}" + (f", column {column}" if column else "")
        lines.append((name, number, column or "", f"{name}.csv, {place}: {problem}"))
    return files, [line for *_, line in sorted(lines)]


def lines_of(result: dbt_calls.DbtResult) -> list[str]:
    """Return the lines of the one error."""
    assert not result.success
    (error,) = result.errors
    return error.splitlines()


@pytest.fixture(scope="module")
def published(make_project):
    """A project whose tables are published, from rules without a fault."""
    project = make_project()
    project.load({"leads": LEADS, "activities": ACTIVITIES})
    write_rules(
        project.seeds,
        {
            # what spreadsheets and editors leave behind, and what is no fault
            "fit_points": b"\xef\xbb\xbf" + RULES["fit_points"].replace("\n", "\r\n").encode(),
            "score_segments": RULES["score_segments"].replace("*,high", "\n,,,\n*,high"),
            "behaviour_categories": RULES["behaviour_categories"].replace("50,", " 50 ,"),
            "score_thresholds": RULES["score_thresholds"].replace(",,,10,", ",null,,10,"),
            "score_grades": "rationale,grade,min_points,axis,scoring_model\nAll,A,0,fit,*\n",
        },
    )
    result = build(project)
    assert result.success, result.errors
    return project


@pytest.fixture
def untouched(published):
    """The project, with a check that the test has left its published tables as they were."""
    tables = ("lead_scores", "ranked_leads", "lead_score_contributions")
    before = [published.rows(table, order_by="lead_id") for table in tables]
    assert len(before[0]) == 4
    yield published
    assert [published.rows(table, order_by="lead_id") for table in tables] == before


def test_rules_without_a_fault_pass(published):
    """Also with a byte-order mark, other line ends, blank lines, columns in another order."""
    assert published.rows("int_rule_faults") == []
    (row,) = published.query("select file_row from int_rule_cells where cell = 'high'")
    assert row == {"file_row": 5}


def test_the_version_of_the_rules_is_a_hash_of_their_cells(published):
    """Computed here from the files, whatever the order of rows: the same on both engines."""
    row_hashes = []
    rule_files = [rule_path(published.seeds, name) for name in RULE_FILES + REFERENCE_FILES]
    for path in rule_files:
        header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
        for row in [header, *rows]:
            cells = [cell.strip() if cell != "null" else "" for cell in row]
            if any(cells):
                text = "".join(
                    f";{len(column)}:{column}=" + (f"{len(cell)}:{cell}" if cell else "")
                    for column, cell in sorted(zip(header, cells, strict=True))
                )
                row_hashes.append(hashlib.md5(f"{path.stem}{text}".encode()).hexdigest())
    version = hashlib.md5("".join(sorted(row_hashes)).encode()).hexdigest()
    assert published.rows("int_rules_version") == [{"rules_version": version}]


def test_every_fault_of_a_lead_rule_is_told_at_once(untouched):
    files, expected = with_faults(FAULTS_OF_LEAD_RULES)
    write_rules(untouched.seeds, files)
    headline, *lines = lines_of(build(untouched))
    assert headline == (
        f"The rule files have {len(expected)} faults. "
        "Nothing was scored, and the published tables are as they were."
    )
    assert lines == expected


def test_every_fault_of_another_rule_is_told_at_once(untouched):
    files, expected = with_faults(FAULTS_OF_OTHER_RULES)
    files["scoring_models"] += "new,active,4,0,100,,,r\n"
    write_rules(untouched.seeds, files)
    _, *lines = lines_of(build(untouched))
    assert lines == expected


def test_a_wrong_header_is_told_without_what_follows_from_it(untouched):
    files = dict(RULES)
    files["fit_points"] = files["fit_points"].replace(",points,", ",point,")
    files["email_domains"] = files["email_domains"].replace("kind", "Kind", 1)
    files["scoring_models"] = "".join(f"{line},\n" for line in files["scoring_models"].splitlines())
    files["score_thresholds"] = files["score_thresholds"].replace("min_fit_points", "min_score", 1)
    files["score_grades"] = files["score_grades"].replace(",", ";")
    files["score_segments"] = files["score_segments"].replace(",", "\t")
    files["decay_curves"] = files["decay_curves"].split("\n", 1)[1]
    files["model_audiences"] = "".join(
        f'"{line}"\n' for line in files["model_audiences"].splitlines()
    )
    files["behaviour_categories"] = "scoring_model,category,rationale\n"
    # a file with a right header is judged all the same, by the rows that a spreadsheet shows
    files["job_titles"] += '\n"vice\npresident",vp,,1\nvp,,,soon\n'
    write_rules(untouched.seeds, files)
    _, *lines = lines_of(build(untouched))
    assert lines == [
        'behaviour_categories.csv, row 1, column max_points: The column "max_points" is missing.',
        "decay_curves.csv, row 1: None of the columns is known. The first row must be the header. "
        "Allowed: decay_curve, kind, half_life_days, window_days, rationale.",
        'email_domains.csv, row 1, column Kind: There is no column "Kind" in this file. '
        'Did you mean "kind"? Allowed: email_domain, kind.',
        'email_domains.csv, row 1, column kind: The column "kind" is missing.',
        'fit_points.csv, row 1, column point: There is no column "point" in this file. '
        'Did you mean "points"? Allowed: scoring_model, rule_id, attribute, operator, value, '
        "points, exclusive_group, rationale.",
        'fit_points.csv, row 1, column points: The column "points" is missing.',
        'job_titles.csv, row 6, column priority: "soon" is not a number.',
        "model_audiences.csv, row 1: Each line stands in quotes as a whole. "
        "Save the file as CSV again, in UTF-8. "
        "Allowed: scoring_model, attribute, operator, value, rationale.",
        "score_grades.csv, row 1: The columns are separated by semicolons. "
        "Save the file as CSV with commas, in UTF-8. "
        "Allowed: scoring_model, axis, grade, min_points, rationale.",
        "score_segments.csv, row 1: The columns are separated by tabs. "
        "Save the file as CSV with commas, in UTF-8. "
        "Allowed: scoring_model, segment, min_score, rationale.",
        "score_thresholds.csv, row 1, column min_fit_points: "
        'The column "min_fit_points" is missing.',
        "score_thresholds.csv, row 1, column min_score_2: The column is there twice "
        '(the second one is read as "min_score_2").',
        'scoring_models.csv, row 1, column i: A column has no name (it is read as "i"). '
        "Is there a comma too many?",
    ]


def test_seed_and_a_plain_run_are_stopped_too(untouched):
    """No data test runs then. The message lists 50 faults, the table all of them."""
    rows = "".join(f"b2b,m{number},industry,equals,Software,many,,r\n" for number in range(60))
    write_rules(
        untouched.seeds,
        {
            "fit_points": RULES["fit_points"] + rows,
            "scoring_models": RULES["scoring_models"].replace("active", "testing"),
        },
    )
    assert build(untouched, "seed").success
    result = build(untouched, "run")
    headline, *lines, last = lines_of(result)
    assert headline.startswith("The rule files have 61 faults.")
    assert len(lines) == 50
    assert lines[0] == 'fit_points.csv, row 4, column points: "many" is not a number.'
    assert (
        last == f"... and 11 more, listed in {untouched.warehouse.schema}_working.int_rule_faults."
    )
    assert result.statuses["lead_scores"] == "skipped"
    (row,) = untouched.query("select * from int_rule_faults where rule_file = 'scoring_models'")
    assert row["problem"] == (
        "No model is active, so there would be nothing to call. Write active in one row at least."
    )
    assert len(untouched.rows("int_rule_faults")) == 61


def test_looking_at_a_project_with_wrong_rules_is_allowed(untouched):
    """Compiling neither scores nor publishes, so that nothing needs to be stopped."""
    result = build(untouched, "compile", "--select", "int_rule_faults")
    assert result.success, result.errors


def test_rules_that_are_not_loaded_are_missed_by_name(make_project):
    project = make_project()
    project.load({"leads": LEADS, "activities": ACTIVITIES})
    result = build(project, "run", "--select", "int_rule_cells")
    assert not result.success
    assert result.errors == [
        "The rule file behaviour_categories.csv is not loaded. "
        "Run `dbt seed` first, or `dbt build`, which does both."
    ]
