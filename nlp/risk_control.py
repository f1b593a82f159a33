"""Above which confidence may letters be dispatched without a person, so that at most x % of them go wrong?

Selective classification with a proof (Geifman and El-Yaniv 2017; Learn then Test, Angelopoulos et al. 2021): the
thresholds are tested one after another and the testing stops at the first that cannot be proved, so that looking at
many does not cost the promise.

`right` is whatever shall be promised: the first-level topic is right, the sub-topic is right, or the lead department
to which the letter would go is right. Each has its own confidence and its own promise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Method = Literal["sequence", "search", "betting"]
LEAST_OF_A_STRATUM = 300
EVERYTHING = ""


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
    """Raises `Invalid` for a share outside 0..1, a confidence that is no number, or a `sampled` outside (0, 1]."""
    raise NotImplementedError


def keep_promises(
    checked: Iterable[Checked], *, allowed: float, sureness: float = 0.95, least: int = LEAST_OF_A_STRATUM
) -> dict[str, Promise]:
    """A promise of its own for each stratum with at least `least` checked letters, the pooled one for every other.

    The key `EVERYTHING` ("") is always there: the pooled promise, for strata never seen.
    """
    raise NotImplementedError


def letters_needed(allowed: float, sureness: float = 0.95) -> int | None:
    """How many checked letters without one error are needed at least to promise it; None: no number is enough."""
    raise NotImplementedError
