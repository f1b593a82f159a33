"""Above which confidence may letters be dispatched without a person, so that at most x % of them go wrong?

Selective classification with a proof: thresholds are tested from the surest letters down, and a chain of tests ends
with its first failure, so that looking at many thresholds does not cost the promise (Geifman and El-Yaniv 2017; fixed
sequence and fallback, Wiens 2003; Learn then Test, Angelopoulos et al. 2021). Taking the lowest of all thresholds that
look safe, each tested by itself, does: see "Keeping a promise" in docs/quality.md.

`right` is whatever shall be promised: the first-level topic is right, the sub-topic is right, or the lead department
to which the letter would go is right. Each level has its own confidence and its own promise. The proof takes letters
as independent and of the same kind as those to come: near-duplicates count as one, and the letters are recent.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, log, log1p
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from models.errors import Invalid
from nlp.oversight.risk_tests import Evidence, chance_by_betting, chance_by_counting

Method = Literal["sequence", "search"]
Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.int64]
LEAST_OF_A_STRATUM = 300
EVERYTHING = ""
# A chain starts at each of these shares of the letters with its part of the doubt that is allowed; one that arrives at
# the next start hands its part on. The first is for classifiers that are good on the surest letters only.
_STARTS = ((0.2, 0.05), (0.4, 0.95))
# Thresholds that are looked at: one for each hundredth of the letters.
_STEPS = 100


@dataclass(frozen=True, slots=True)
class Checked:
    """A letter whose decision a person has looked at.

    `confidence` is what the program would be judged by (0..1). `stratum` must be known before a person looks: the lead
    department or first-level topic that the program names, never the one that turned out right. `sampled` is the
    probability with which a person looked at such a letter: 1 in triage, .05 where one automatic letter in twenty is
    audited at random.
    """

    confidence: float
    right: bool
    stratum: str = EVERYTHING
    sampled: float = 1.0


@dataclass(frozen=True, slots=True)
class Promise:
    """Of letters with a confidence of at least `threshold` at most the share `allowed` is wrong, sure to `sureness`.

    `threshold` None: nothing can be promised, all go to a person. `coverage` is the estimated share of letters that are
    automatic, `letters` and `errors` the checked ones at or above the threshold (0 where there is none), `upper_bound`
    the proved bound of their error rate (1 where there is none).
    """

    allowed: float
    sureness: float
    threshold: float | None
    coverage: float
    letters: int
    errors: int
    upper_bound: float


def keep_promise(
    checked: Iterable[Checked], *, allowed: float, sureness: float = 0.95, method: Method = "sequence"
) -> Promise:
    """The largest share of letters that the method can prove.

    "sequence" is the fixed sequence of thresholds with fallback starts; "search" is the halving search of Geifman and
    El-Yaniv, for comparison: fewer automatic letters. Where all letters were looked at with the same probability,
    errors are counted (Clopper and Pearson 1934, exact); where not, each weighs 1 / `sampled` and the proof is a bet
    (Waudby-Smith and Ramdas 2023), which needs more letters.

    `allowed` 0 can never be proved, 1 needs no proof (threshold 0). Letters of one confidence are automatic together
    or not at all. Raises `Invalid` for a share outside 0..1, a confidence that is no number, or a `sampled` outside
    (0, 1].
    """
    return _promise(_Letters.of(list(checked)), allowed, sureness, method)


def keep_promises(
    checked: Iterable[Checked], *, allowed: float, sureness: float = 0.95, least: int = LEAST_OF_A_STRATUM
) -> dict[str, Promise]:
    """A promise of its own for each stratum with at least `least` checked letters, the pooled one for every other.

    The key `EVERYTHING` ("") is always there: the pooled promise, for strata never seen. What is pooled are the letters
    of all small strata, so that the promise is about just those that it is used for; where they are fewer than `least`
    too, the letters of all strata, and the promise is about all letters together. Each promise is sure by itself.
    """
    strata: dict[str, list[Checked]] = defaultdict(list)
    for letter in checked:
        strata[letter.stratum].append(letter)
    own = {name for name, letters in strata.items() if name != EVERYTHING and len(letters) >= least}
    small = [letter for name, letters in strata.items() if name not in own for letter in letters]
    pool = small if len(small) >= least else [letter for letters in strata.values() for letter in letters]
    pooled = keep_promise(pool, allowed=allowed, sureness=sureness)
    return {EVERYTHING: pooled} | {
        name: keep_promise(strata[name], allowed=allowed, sureness=sureness) if name in own else pooled
        for name in sorted(strata)
    }


def letters_needed(allowed: float, sureness: float = 0.95) -> int | None:
    """How many checked letters without one error are needed at least to promise it; None: no number is enough."""
    _check_shares(allowed, sureness)
    if allowed == 0:
        return None
    return 0 if allowed == 1 else ceil(log(1 - sureness) / log1p(-allowed) - 1e-9)


@dataclass(frozen=True, slots=True)
class _Letters:
    """Surest first. `shares` is the share of all letters, looked at or not, that each and those before it stand for."""

    confidences: Floats
    wrong: NDArray[np.bool_]
    weights: Floats

    @classmethod
    def of(cls, checked: Sequence[Checked]) -> "_Letters":
        confidences = np.array([letter.confidence for letter in checked], dtype=np.float64)
        sampled = np.array([letter.sampled for letter in checked], dtype=np.float64)
        if not np.isfinite(confidences).all():
            raise Invalid("置信度必须是数字。")
        if not ((sampled > 0) & (sampled <= 1)).all():
            raise Invalid("抽查概率必须大于 0 且不超过 1。")
        order = np.argsort(-confidences, kind="stable")
        wrong = np.array([not letter.right for letter in checked], dtype=np.bool_)
        return cls(confidences[order], wrong[order], 1 / sampled[order])

    @property
    def equal(self) -> bool:
        return not len(self.weights) or bool((self.weights == self.weights[0]).all())

    @property
    def shares(self) -> Floats:
        summed = np.cumsum(self.weights)
        shares: Floats = summed / summed[-1]
        return shares

    def ends(self, ranks: Numbers) -> Numbers:
        """The same ranks (1: the surest letter), moved on behind the last letter of equal confidence."""
        found: Numbers = np.searchsorted(-self.confidences, -self.confidences[ranks - 1], side="right").astype(np.int64)
        return np.unique(found)


def _promise(letters: _Letters, allowed: float, sureness: float, method: Method) -> Promise:
    _check_shares(allowed, sureness)
    total = len(letters.confidences)
    if allowed == 1:
        return Promise(allowed, sureness, 0.0, 1.0, total, int(letters.wrong.sum()), 1.0)
    doubt = 1 - sureness
    least = letters_needed(allowed, sureness)
    end = None
    if least is not None and total >= least:
        evidence: Evidence = chance_by_counting if letters.equal else chance_by_betting
        end = (_search if method == "search" else _sequence)(letters, allowed, doubt, least, evidence)
    if end is None:
        return Promise(allowed, sureness, None, 0.0, 0, 0, 1.0)
    errors = int(letters.wrong[:end].sum())
    return Promise(
        allowed=allowed,
        sureness=sureness,
        threshold=float(letters.confidences[end - 1]),
        coverage=float(letters.shares[end - 1]),
        letters=end,
        errors=errors,
        upper_bound=_bound(letters, end, errors, allowed, doubt),
    )


def _sequence(letters: _Letters, allowed: float, doubt: float, least: int, evidence: Evidence) -> int | None:
    shares = letters.shares
    steps = np.arange(1, _STEPS + 1) / _STEPS - 1e-9
    ends = letters.ends(np.maximum(np.searchsorted(shares, steps) + 1, least))
    starts: dict[int, float] = defaultdict(float)
    for share, part in _STARTS:
        starts[int(np.searchsorted(shares[ends - 1], share - 1e-9))] += part * doubt
    chances = evidence(letters.wrong, letters.weights, ends, allowed)
    best, carried = None, 0.0
    for number, (end, chance) in enumerate(zip(ends.tolist(), chances.tolist(), strict=True)):
        level = carried + starts.get(number, 0.0)
        carried = level if chance <= level else 0.0
        if carried:
            best = end
    return best


def _search(letters: _Letters, allowed: float, doubt: float, least: int, evidence: Evidence) -> int | None:
    """Halve the ranks, ⌈log2 n⌉ times at most, each test with its part of the doubt."""
    low, high, best = least, len(letters.confidences), None
    tests = max(1, ceil(log(high) / log(2)))
    while low <= high:
        middle = (low + high) // 2
        [end] = letters.ends(np.array([middle])).tolist()
        if evidence(letters.wrong, letters.weights, np.array([end]), allowed)[0] <= doubt / tests:
            best, low = end, end + 1
        else:
            high = middle - 1
    return best


def _bound(letters: _Letters, end: int, errors: int, allowed: float, doubt: float) -> float:
    """The smallest share of errors that the letters above the threshold refute."""
    if letters.equal:
        return 1.0 if errors == end else float(betaincinv(errors + 1, end - errors, 1 - doubt))
    low, high = 0.0, allowed
    for _ in range(20):
        middle = (low + high) / 2
        refuted = chance_by_betting(letters.wrong, letters.weights, np.array([end]), middle)[0] <= doubt
        low, high = (low, middle) if refuted else (middle, high)
    return high


def _check_shares(allowed: float, sureness: float) -> None:
    if not 0 <= allowed <= 1:
        raise Invalid("允许的错误比例必须在 0 与 1 之间。")
    if not 0 < sureness < 1:
        raise Invalid("把握程度必须大于 0 且小于 1。")
