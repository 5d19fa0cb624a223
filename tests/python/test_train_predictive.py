"""scripts/train_predictive.py learns what there is to learn, and keeps the better model."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import train_predictive
from lead_scoring_tools import probabilities as fits
from lead_scoring_tools import raw_tables
from lead_scoring_tools.backtests import Backtest
from lead_scoring_tools.problems import ProblemError
from lead_scoring_tools.rule_files import SHIPPED_SEEDS

PROJECT = Path(__file__).resolve().parents[2]
EDUCATION = PROJECT / "examples" / "education"
EDUCATION_DATA = PROJECT.parent / "shared" / "data" / "education" / "leads.csv"
FEATURES = (("newness", ""), ("points", "demo"), ("points", "student"))
TRUE_SLOPES = np.array([0.5, 0.08, -0.15])
TRUE_INTERCEPT = -1.0
FIRST = date(2026, 1, 1)
TEST_FROM = date(2026, 3, 1)
BACKTEST = Backtest(FIRST, date(2026, 3, 29), 7, 30, date(2026, 6, 30))


def made_up(lead_count: int = 4_000, seed: int = 1) -> fits.Rows:
    """Leads on one day each, won with the chance that the true slopes give."""
    rng = np.random.default_rng(seed)
    values = np.column_stack(
        [
            rng.uniform(0, 1, lead_count),
            10 * rng.poisson(1, lead_count),
            -10 * (rng.uniform(size=lead_count) < 0.3),
        ]
    ).astype(float)
    # points off are negative points, and a positive slope makes them bad
    chance = 1 / (1 + np.exp(-(values @ np.abs(TRUE_SLOPES) + TRUE_INTERCEPT)))
    days = np.array([FIRST + timedelta(days=7 * int(n)) for n in rng.integers(0, 13, lead_count)])
    return fits.Rows(
        FEATURES,
        values,
        rng.uniform(size=lead_count) < chance,
        np.array([f"L{number:05}" for number in range(lead_count)], dtype=object),
        days.astype(object),
        np.full(lead_count, 250.0),
    )


def test_known_slopes_are_found():
    found = fits.fit(made_up(20_000))
    slopes = np.array([float(found[feature]) for feature in FEATURES])
    assert slopes == pytest.approx(np.abs(TRUE_SLOPES), rel=0.2)
    assert float(found[fits.INTERCEPT]) == pytest.approx(TRUE_INTERCEPT, abs=0.1)
    assert all(value.as_tuple().exponent == -16 for value in found.values())


def test_the_published_coefficients_are_the_pipeline():
    rows = made_up(1_000)
    pipeline = fits.pipeline(0.1).fit(rows.values, rows.is_won)
    expected = pipeline.predict_proba(rows.values)[:, 1]
    slopes = pipeline[1].coef_[0] / pipeline[0].scale_
    intercept = pipeline[1].intercept_[0] - np.sum(slopes * pipeline[0].mean_)
    coefficients = dict(zip(FEATURES, slopes, strict=True)) | {fits.INTERCEPT: intercept}
    assert np.abs(fits.probabilities(rows, coefficients) - expected).max() < 1e-12


def test_what_is_fitted_on_was_known_before_what_is_judged_on():
    train, test = fits.split(made_up(), TEST_FROM, 30)
    assert train.days.max() + timedelta(days=30) < TEST_FROM
    assert test.days.min() >= TEST_FROM


def test_too_little_to_learn_from_is_told_in_a_sentence():
    rows = made_up()
    with pytest.raises(ProblemError, match="39 leads that were won"):
        fits.check(first_won(rows, 39), rows)
    with pytest.raises(ProblemError, match="to judge on, and it takes 40 of each"):
        fits.check(rows, first_won(rows, 0))
    fits.check(rows, rows)


def first_won(rows: fits.Rows, count: int) -> fits.Rows:
    """The rows with only so many of the wins."""
    is_won = rows.is_won & (np.cumsum(rows.is_won) <= count)
    return replace(rows, is_won=is_won)


def test_a_feature_that_knows_the_outcome_is_told():
    rows = made_up()
    assert fits.leaks(rows) == []
    values = rows.values.copy()
    values[:, 1] = 10 * rows.is_won
    (told,) = fits.leaks(replace(rows, values=values))
    assert told.startswith("points of demo alone has an AUC of 1.000")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The shipped seeds, which have no model."""
    # intervals are not looked at here, and take long
    monkeypatch.setattr(fits, "RESAMPLES", 10)
    for name in (train_predictive.COEFFICIENTS, train_predictive.MODELS):
        shutil.copy(SHIPPED_SEEDS / "predictive" / name, tmp_path)
    return tmp_path


def models(folder: Path) -> list[dict[str, str]]:
    return fits.read_seed(folder / train_predictive.MODELS)


def test_a_first_model_is_written_with_its_card(folder):
    train_predictive.train_all({"b2b": made_up()}, BACKTEST, TEST_FROM, folder)
    (card,) = models(folder)
    assert card["scoring_model"] == "b2b"
    assert card["typical_amount"] == "250.00"
    assert card["probability_weight"] == ""
    assert 0.6 < float(card["auc"]) < 0.9
    assert 0.8 < float(card["calibration"]) < 1.2
    found = fits.champion(fits.read_seed(folder / train_predictive.COEFFICIENTS), "b2b")
    assert set(found) == {fits.INTERCEPT, *FEATURES}
    again = (folder / train_predictive.COEFFICIENTS).read_bytes()
    train_predictive.train_all({"b2b": made_up()}, BACKTEST, TEST_FROM, folder)
    assert (folder / train_predictive.COEFFICIENTS).read_bytes() == again


def test_only_a_model_that_is_as_good_takes_the_place_of_the_old_one(folder):
    train_predictive.train_all({"b2b": made_up()}, BACKTEST, TEST_FROM, folder)
    path = folder / train_predictive.MODELS
    path.write_text(path.read_text().rstrip("\n") + "0.5\n")
    before = path.read_bytes()
    good = made_up()
    # on earlier days a lot decides, so that nothing is learned from them
    shuffled = good.is_won.copy()
    earlier = good.days < TEST_FROM
    shuffled[earlier] = np.random.default_rng(3).permutation(shuffled[earlier])
    train_predictive.train_all({"b2b": replace(good, is_won=shuffled)}, BACKTEST, TEST_FROM, folder)
    assert path.read_bytes() == before
    train_predictive.train_all({"b2b": good, "other": good}, BACKTEST, TEST_FROM, folder)
    assert [card["scoring_model"] for card in models(folder)] == ["b2b", "other"]
    assert models(folder)[0]["probability_weight"] == "0.5"


def test_nothing_is_written_when_no_model_can_learn(folder):
    before = (folder / train_predictive.MODELS).read_bytes()
    with pytest.raises(ProblemError, match=r"b2b: There are [0-3] leads that were won"):
        train_predictive.train_all({"b2b": first_won(made_up(), 3)}, BACKTEST, TEST_FROM, folder)
    assert (folder / train_predictive.MODELS).read_bytes() == before


@pytest.mark.parametrize(
    ("test_from", "words"),
    [
        (date(2025, 12, 1), "must be after --from"),
        (date(2026, 4, 1), "not after --to"),
        (date(2026, 1, 20), "there is nothing to fit on"),
    ],
)
def test_days_that_cannot_be_are_told_in_a_sentence(test_from, words):
    with pytest.raises(ProblemError, match=words):
        train_predictive.check_days(BACKTEST, test_from)


@pytest.mark.long
def test_education_from_the_wild_file_to_a_fitted_score(project, folder, tmp_path, monkeypatch):
    if not EDUCATION_DATA.is_file():
        pytest.skip("the education file is not there")
    spec = importlib.util.spec_from_file_location("prepare", EDUCATION / "prepare.py")
    prepare = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(prepare)
    prepare.main(EDUCATION_DATA, tmp_path / "education")
    raw_tables.load(tmp_path / "education", project.warehouse)
    project.empty_rules()
    for path in (EDUCATION / "rules").glob("*.csv"):
        shutil.copy(path, project.seeds / "rules" / path.name)
    backtest = Backtest(date(2020, 1, 2), date(2020, 3, 2), 60, 14, date(2020, 3, 31))
    project.build(
        "+score_backtest",
        "+int_predictive_features",
        vars={**backtest.variables(project.warehouse), "scoring_date": str(backtest.scoring_date)},
    )
    rows = fits.read_rows(project.warehouse, "course")
    train, test = fits.split(rows, date(2020, 3, 2), 14)
    assert not set(train.leads) & set(test.leads)
    monkeypatch.setattr(fits, "MOST_ROWS", len(rows.leads) // 2)
    half = fits.read_rows(project.warehouse, "course")
    assert 0.45 < len(half.leads) / len(rows.leads) < 0.55
    assert half.features == rows.features
    assert len(test.leads) / len(rows.leads) == pytest.approx(0.2, abs=0.01)
    assert fits.leaks(train) == []
    train_predictive.train_all({"course": rows}, backtest, date(2020, 3, 2), folder)
    assert 0.86 <= float(models(folder)[0]["auc"]) < 0.95
