"""How likely is each case to be late, and can one rely on that? A logistic model, and how it did on weeks it never saw.

Pure. Fitted by Newton's method with a ridge on standardised features; the chances on newer weeks are held against
what happened: rank (AUC), squared error (Brier) against that of the plain share, how many of the riskiest were late.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_RIDGE = 1.0
_STEPS = 30
# Below this nothing is fitted, nothing is measured: moments of cases, and late ones among them.
LEAST_ROWS, LEAST_LATE = 300, 30
LEAST_TEST_ROWS, LEAST_TEST_LATE = 100, 10
# The riskiest of each week that the hit rate is about.
TOP_SHARE = 0.1
_BINS = 5


@dataclass(frozen=True, slots=True)
class RiskModel:
    """`means`, `scales`: of the features; `weights`: of the standardised ones; `base`: intercept."""

    means: list[float]
    scales: list[float]
    weights: list[float]
    base: float

    def chances(self, features: Floats) -> Floats:
        """The chance of being late of each row, 0..1."""
        return _sigmoid(self.parts(features).sum(axis=1) + self.base)

    def parts(self, features: Floats) -> Floats:
        """What each feature adds to the log-odds of a row, against an average case."""
        parts: Floats = (features - np.array(self.means)) / np.array(self.scales) * np.array(self.weights)
        return parts


@dataclass(frozen=True, slots=True)
class RiskTest:
    """On weeks after those of the fit: `rows` moments of cases, `late` of them; `auc` 0.5 is chance; `brier` against
    `brier_plain`, that of the share of all in the fit; `top`: the riskiest tenth of each week, `top_late` of them late.
    `bins`: (rows, mean chance, share late) from the least to the most risky fifth."""

    rows: int
    late: int
    auc: float
    brier: float
    brier_plain: float
    top: int
    top_late: int
    bins: list[tuple[int, float, float]]

    @property
    def useful(self) -> bool:
        """Whether it says more than the plain share does."""
        return self.brier < self.brier_plain and self.top_late * self.rows > self.late * self.top


def fit_and_test(
    features: Floats, late: NDArray[np.bool_], weeks: NDArray[np.int64]
) -> tuple[RiskModel, RiskTest] | None:
    """Fitted on the older two thirds of `weeks` (ascending numbers, one a row), measured on the newer third. The week
    between belongs to neither: its cases may fall due when the newer begin. None: too little history."""
    known = np.unique(weeks)
    if len(known) < 6:
        return None
    border = known[len(known) * 2 // 3]
    old, new = weeks < border - 1, weeks >= border
    if old.sum() < LEAST_ROWS or late[old].sum() < LEAST_LATE:
        return None
    if new.sum() < LEAST_TEST_ROWS or late[new].sum() < LEAST_TEST_LATE or late[old].all() or late[new].all():
        return None
    model = fit(features[old], late[old])
    return model, measure(model.chances(features[new]), late[new], weeks[new], plain=float(late[old].mean()))


def fit(features: Floats, late: NDArray[np.bool_]) -> RiskModel:
    means, scales = features.mean(axis=0), features.std(axis=0)
    scales = np.where(scales > 1e-9, scales, 1.0)
    x = np.column_stack([(features - means) / scales, np.ones(len(features))])
    y = late.astype(np.float64)
    ridge = np.append(np.full(features.shape[1], _RIDGE), 0.0)
    weights = np.zeros(x.shape[1])
    weights[-1] = np.log((y.sum() + 0.5) / (len(y) - y.sum() + 0.5))
    for _ in range(_STEPS):
        chance = _sigmoid(x @ weights)
        pull = x.T @ (y - chance) - ridge * weights
        curve = (x * (chance * (1 - chance))[:, None]).T @ x + np.diag(ridge + 1e-9)
        step = np.linalg.solve(curve, pull)
        weights = weights + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    return RiskModel(means.tolist(), scales.tolist(), weights[:-1].tolist(), float(weights[-1]))


def measure(chances: Floats, late: NDArray[np.bool_], weeks: NDArray[np.int64], *, plain: float) -> RiskTest:
    """How far `chances` fit what happened; `plain` is the share that is known without a model."""
    top = top_late = 0
    for week in np.unique(weeks):
        here = np.flatnonzero(weeks == week)
        most = here[np.argsort(-chances[here], kind="stable")][: max(1, round(TOP_SHARE * len(here)))]
        top, top_late = top + len(most), top_late + int(late[most].sum())
    bins = [
        (len(part), float(chances[part].mean()), float(late[part].mean()))
        for part in np.array_split(np.argsort(chances, kind="stable"), _BINS)
        if len(part)
    ]
    return RiskTest(
        rows=len(late),
        late=int(late.sum()),
        auc=_auc(chances, late),
        brier=float(((chances - late) ** 2).mean()),
        brier_plain=float(((plain - late) ** 2).mean()),
        top=top,
        top_late=top_late,
        bins=bins,
    )


def _auc(chances: Floats, late: NDArray[np.bool_]) -> float:
    """The chance that a late case has the higher chance; ties count half."""
    values, place = np.unique(chances, return_inverse=True)
    late_at = np.bincount(place, weights=late, minlength=len(values))
    all_at = np.bincount(place, minlength=len(values))
    in_time = all_at - late_at
    below = np.cumsum(in_time) - in_time
    pairs = late.sum() * (~late).sum()
    return float((late_at * (below + in_time / 2)).sum() / pairs) if pairs else 0.5


def _sigmoid(values: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(values, -30, 30)))
