"""Points and half-lives from outcomes, on plain arrays: no files, no warehouse.

A row is one lead on one past day. `leads` numbers the lead of each row from 0, so that all days of
a lead can be drawn together: they are not independent of each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import chi2, norm
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

SEED = 20260630
AUC_RESAMPLES = 200
FIT_RESAMPLES = 60
FOLDS = 5
PENALTIES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001)
LEAST_LEADS_PER_RULE = 20
CHANCE = 0.05


@dataclass(frozen=True)
class Rows:
    """What the fit learns from.

    `features` has a row per lead and day and a column per rule: how often the rule counts, decayed
    (behaviour), or 0 and 1 (attributes). Times the rule's points it is what the rule gives.
    `is_won` and `leads` have an entry per row.
    """

    features: Floats
    is_won: Flags
    leads: Whole

    @property
    def lead_count(self) -> int:
        """The number of leads."""
        return int(self.leads.max()) + 1 if len(self.leads) else 0

    @property
    def won_lead_count(self) -> int:
        """The number of leads that were won after one of their days."""
        return len(np.unique(self.leads[self.is_won]))

    def supports(self) -> Whole:
        """Return for each rule the number of leads for which it fired."""
        return np.array(
            [len(np.unique(self.leads[column != 0])) for column in self.features.T], dtype=np.int64
        )


@dataclass(frozen=True)
class FittedPoints:
    """What the fit says of each rule, in points; all arrays have an entry per rule.

    `points` are not rounded. `low` and `high` hold 95 % of the resamples. `is_kept` says that the
    evidence does not tell the points from those that are: then `points` are those. `worth` is the
    log odds that a present point is worth, with its interval; without any (`has_measure` false)
    all points are kept. `penalty` is the one that cross-validation chose.
    """

    points: Floats
    low: Floats
    high: Floats
    support: Whole
    is_kept: Flags
    worth: float
    worth_low: float
    worth_high: float
    penalty: float

    @property
    def has_measure(self) -> bool:
        """Whether more of the present points clearly means more wins."""
        return self.worth_low > 0


@dataclass(frozen=True)
class Difference:
    """A difference of two AUCs, with its 95 % interval."""

    value: float
    low: float
    high: float


class Ranking:
    """Rows put in order by a value, for the AUC of many resamples of the same rows."""

    def __init__(self, values: Floats, is_won: Flags) -> None:
        """Take a value and an outcome per row."""
        self._order = np.argsort(values, kind="stable")
        ordered = values[self._order]
        changes = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
        self._starts = np.concatenate(([0], changes))
        self._won = is_won[self._order].astype(float)

    def auc(self, weights: Floats) -> float:
        """Return the area under the ROC curve, each row taken as often as its weight says.

        It is the chance that a won row stands above one that was not won, a tie being half of one;
        the same as scikit-learn's roc_auc_score. Not a number when all or none were won.
        """
        weights = weights[self._order]
        won = np.add.reduceat(weights * self._won, self._starts)
        other = np.add.reduceat(weights * (1 - self._won), self._starts)
        pairs = won.sum() * other.sum()
        if pairs == 0:
            return float("nan")
        return float(won @ (np.cumsum(other) - other / 2) / pairs)


def lead_resamples(leads: Whole, count: int, seed: int = SEED) -> Iterator[Floats]:
    """Give `count` resamples of the leads, each as a weight per row: how often its lead is drawn.

    As many leads are drawn as there are, with replacement.
    """
    generator = np.random.default_rng(seed)
    lead_count = int(leads.max()) + 1
    for _ in range(count):
        drawn = generator.integers(lead_count, size=lead_count)
        yield np.bincount(drawn, minlength=lead_count)[leads].astype(float)


def auc_differences(
    present: Floats,
    others: Sequence[Floats],
    is_won: Flags,
    leads: Whole,
    *,
    resamples: int = AUC_RESAMPLES,
    seed: int = SEED,
) -> list[Difference]:
    """Return by how much each of the others puts the won rows higher than the present values do.

    All arrays have an entry per row. The intervals hold for all of the others at once: with two or
    more of them each interval is wider (Bonferroni), since the best of many looks good by chance.
    It is a normal interval with the standard deviation of resamples of leads (Efron and
    Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13).
    """
    if not others:
        return []
    rankings = [Ranking(values, is_won) for values in (present, *others)]
    plain = np.array([ranking.auc(np.ones(len(is_won))) for ranking in rankings])
    drawn = np.array(
        [
            [ranking.auc(weights) for ranking in rankings]
            for weights in lead_resamples(leads, resamples, seed)
        ]
    )
    spread = np.nanstd(drawn[:, 1:] - drawn[:, :1], axis=0, ddof=1)
    reach = norm.ppf(1 - CHANCE / 2 / len(others)) * spread
    values = plain[1:] - plain[0]
    return [
        Difference(float(value), float(value - way), float(value + way))
        for value, way in zip(values, reach, strict=True)
    ]


def worth_of_a_point(totals: Floats, is_won: Flags, weights: Floats | None = None) -> float:
    """Return the log odds of a win that one more point is worth: a logistic fit on the total.

    `totals` and `is_won` have an entry per row, `weights`, too. 0 when all totals are the same.
    """
    spread = totals.std()
    if spread == 0:
        return 0.0
    model = LogisticRegression(C=1e6, max_iter=1000)
    model.fit((totals / spread)[:, None], is_won, sample_weight=weights)
    return float(model.coef_[0, 0] / spread)


@dataclass
class ShrunkFit:
    """A logistic fit whose weights are drawn towards `worth` times the present points.

    The log odds of a win are a + sum over rules of w * x. Chosen are a and w so that

        mean log loss + penalty / 2 * sum of (sd * (w - worth * points))^2

    is least, with w >= 0 for rules with positive points, w <= 0 for rules with negative ones, and
    w = worth * points for those in `is_held`. It is ridge regression (le Cessie and van
    Houwelingen, "Ridge Estimators in Logistic Regression", Applied Statistics 41, 1992) about the
    present points in place of zero; sd makes rules of any frequency comparable. The problem is
    convex; it is solved by L-BFGS-B (Byrd, Lu, Nocedal and Zhu, 1995), since scikit-learn has
    neither offsets nor bounds.

    `points` and `is_held` have an entry per rule, `features` a row per row and a column per rule.
    """

    features: Floats
    is_won: Flags
    points: Floats
    is_held: Flags
    scaled: Floats = field(init=False, repr=False)
    spread: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Bring every rule to a standard deviation of one; one that never varies stays as it is."""
        spread = self.features.std(axis=0)
        self.spread = np.where(spread > 0, spread, 1.0)
        self.scaled = self.features / self.spread

    def weights(
        self,
        worth: float,
        penalty: float,
        draws: Floats | None = None,
        start: Floats | None = None,
        centre: Floats | None = None,
    ) -> tuple[float, Floats]:
        """Return a and w.

        `draws` says how often each row counts; `start` is an a and w to begin at; `centre` moves
        what the weights are drawn towards, in standard deviations of each rule.
        """
        centre = np.zeros(len(self.points)) if centre is None else centre
        draws = np.ones(len(self.is_won)) if draws is None else draws
        total = draws.sum()
        won = self.is_won.astype(float)
        share = float(np.clip(draws @ won / total, 1e-9, 1 - 1e-9))
        present = worth * self.points * self.spread
        fixed = self.scaled @ present

        def loss(values: Floats) -> tuple[float, Floats]:
            odds = fixed + values[0] + self.scaled @ values[1:]
            value = draws @ (np.logaddexp(0, odds) - won * odds) / total
            residual = draws * (expit(odds) - won) / total
            slopes = np.concatenate(([residual.sum()], residual @ self.scaled))
            away = values[1:] - centre
            slopes[1:] += penalty * away
            return value + penalty / 2 * away @ away, slopes

        first = np.zeros(len(self.points) + 1)
        if start is None:
            first[0] = np.log(share / (1 - share)) - draws @ fixed / total
        else:
            first[0] = start[0]
            first[1:] = start[1:] * self.spread - present
        bounds: list[tuple[float | None, float | None]] = [(None, None)]
        for value, weight, held in zip(self.points, present, self.is_held, strict=True):
            if held:
                bounds.append((0.0, 0.0))
            else:
                bounds.append((-weight, None) if value > 0 else (None, -weight))
        lower = np.array([-np.inf if low is None else low for low, _ in bounds])
        upper = np.array([np.inf if high is None else high for _, high in bounds])
        found = minimize(
            loss,
            np.clip(first, lower, upper),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 500},
        )
        return float(found.x[0]), (found.x[1:] + present) / self.spread

    def cost(self, worth: float, penalty: float, base: float, weights: Floats) -> float:
        """Return what is least at the weights of the fit, every row counting once."""
        odds = base + self.features @ weights
        away = self.spread * (weights - worth * self.points)
        loss = np.mean(np.logaddexp(0, odds) - self.is_won * odds)
        return float(loss + penalty / 2 * away @ away)


def is_hardly_worse(
    fit: ShrunkFit, worth: float, penalty: float, start: Floats, lead_count: int
) -> Flags:
    """Return for each rule whether the outcomes are as likely with its present points.

    That is, whether the fit with this one rule held costs less than half of 3.84 more, over all
    leads: a likelihood-ratio test at 95 % (Wilks, 1938). A rule that fired for a few leads of which
    none was won needs it: no resample of them has a win either, so that its interval knows no
    bound. Rules that are held anyway are true. `start` is a and w of the fit.
    """
    least = fit.cost(worth, penalty, start[0], start[1:])
    allowed = chi2.ppf(1 - CHANCE, 1) / 2 / max(lead_count, 1)
    found = fit.is_held.copy()
    for index in np.flatnonzero(~fit.is_held):
        held = fit.is_held.copy()
        held[index] = True
        base, weights = replace(fit, is_held=held).weights(worth, penalty, start=start)
        found[index] = fit.cost(worth, penalty, base, weights) - least < allowed
    return found


def choose_penalty(rows: Rows, points: Floats, is_held: Flags, worth: float) -> float:
    """Return the penalty under which leads left out of the fit are foretold best.

    By log loss over folds of leads; of penalties within one standard error of the best it is the
    largest (Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", 7.10), so
    that small evidence moves little.
    """
    folds = []
    for taught, asked in GroupKFold(FOLDS).split(rows.features, rows.is_won, rows.leads):
        fit = ShrunkFit(rows.features[taught], rows.is_won[taught], points, is_held)
        start: Floats | None = None
        losses = []
        for penalty in PENALTIES:
            base, weights = fit.weights(worth, penalty, start=start)
            start = np.concatenate(([base], weights))
            chances = expit(base + rows.features[asked] @ weights)
            losses.append(log_loss(rows.is_won[asked], chances, labels=[False, True]))
        folds.append(losses)
    means = np.mean(folds, axis=0)
    best = int(np.argmin(means))
    gaps = np.array(folds) - np.array(folds)[:, [best]]
    errors = gaps.std(axis=0, ddof=1) / np.sqrt(FOLDS)
    near = np.flatnonzero(means - means[best] <= errors)
    return PENALTIES[int(min(near.min(), best))]


@threadpool_limits.wrap(limits=1)
def fit_points(
    rows: Rows,
    points: Floats,
    steps: Floats,
    is_fixed: Flags,
    *,
    resamples: int = FIT_RESAMPLES,
    seed: int = SEED,
) -> FittedPoints:
    """Return new points for the rules, where the evidence tells them from the present ones.

    `points` are the present ones, 0 for none but fixed rules; `steps` is what new points are
    rounded to; `is_fixed` are rules that keep theirs whatever the outcomes say. All have an entry
    per rule.

    Rules that fired for fewer than 20 leads are held at their points. Then all others are fitted;
    those whose interval holds the present points, with which the fit is hardly worse, or which are
    the same when rounded are held as well, and the rest is fitted again, until every change that
    is left stands by itself.
    (One thread: on such small matrices many threads wait for each other most of the time.)

    The intervals are of fits to resamples of leads in which, besides, what the weights are drawn
    towards is moved by lot, as far as the penalty lets it lie: normally distributed, with variance
    1 / (penalty * number of leads) in standard deviations of the rule. Without that, a rule with
    little evidence would have the narrowest interval of all, being hardly moved by any resample
    (Newton, Polson and Xu, "Weighted Bayesian bootstrap for scalable posterior distributions",
    Canadian Journal of Statistics 49, 2021; Wang, Bui-Thanh and Ghattas, "A randomized maximum a
    posteriori method for posterior sampling", SIAM Journal on Scientific Computing 40, 2018). The
    days of a lead are counted as one, since they tell little more than one.
    """
    support = rows.supports()
    totals = rows.features @ points
    worth = worth_of_a_point(totals, rows.is_won)
    draws = list(lead_resamples(rows.leads, resamples, seed))
    worths = np.array([worth_of_a_point(totals, rows.is_won, weights) for weights in draws])
    worth_low, worth_high = np.percentile(worths, [2.5, 97.5])
    kept = is_fixed | (support < LEAST_LEADS_PER_RULE)
    low, high = np.full(len(points), np.nan), np.full(len(points), np.nan)
    new = points.astype(float)
    penalty = PENALTIES[0]
    if worth_low <= 0:
        kept = np.ones(len(points), dtype=bool)
    if not kept.all():
        penalty = choose_penalty(rows, points, kept, worth)
    reach = 1 / np.sqrt(penalty * max(rows.lead_count, 1))
    centres = np.random.default_rng(seed + 1).normal(0, reach, (resamples, len(points)))
    while not kept.all():
        fit = ShrunkFit(rows.features, rows.is_won, points, kept)
        base, weights = fit.weights(worth, penalty)
        start = np.concatenate(([base], weights))
        drawn = np.array(
            [
                fit.weights(own, penalty, weights, start, centre)[1] / own
                for own, weights, centre in zip(worths, draws, centres, strict=True)
                if own > 0
            ]
        )
        open_now = ~kept
        low[open_now], high[open_now] = np.percentile(drawn, [2.5, 97.5], axis=0)[:, open_now]
        new = np.where(kept, points, weights / worth)
        unclear = (low <= points) & (points <= high)
        unclear |= is_hardly_worse(fit, worth, penalty, start, rows.lead_count)
        same = np.abs(new - points) < steps / 2
        more = open_now & (unclear | same)
        kept = kept | more
        if not more.any():
            break
    return FittedPoints(
        points=np.where(kept, points, new),
        low=low,
        high=high,
        support=support,
        is_kept=kept,
        worth=worth,
        worth_low=float(worth_low),
        worth_high=float(worth_high),
        penalty=penalty,
    )
