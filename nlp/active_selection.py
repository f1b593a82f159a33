"""Which letters are worth a minute of a person's time, so that the classifier learns most and can be audited?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Reason = Literal["margin", "new_words", "random"]
RANDOM_SHARE = 0.10


@dataclass(frozen=True, slots=True)
class Candidate:
    """A letter that nobody has looked at yet. `key` identifies it; `confidences` are those of its suggestions, best
    first, and empty where the classifier does not know; letters of one `group` say nearly the same ("": alone);
    `stratum` is what the choice is spread over, e.g. the suggested first-level topic; `unknown_words` is the share of
    its words that the classifier has never seen."""

    key: str
    confidences: tuple[float, ...]
    group: str = ""
    stratum: str = ""
    unknown_words: float = 0.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """`inclusion` is the probability with which this letter would have been chosen (of letters like it, by chance),
    what `Checked.sampled` of `nlp.risk_control` asks for; 1 where the rule had to choose it."""

    key: str
    reason: Reason
    inclusion: float


def select(
    candidates: Iterable[Candidate], *, budget: int, random_share: float = RANDOM_SHARE, seed: int = 0
) -> tuple[Chosen, ...]:
    """At most `budget` letters, at most one of a group, the most useful first and the random ones last.

    The same candidates, in whatever order, and the same seed give the same choice. Raises `Invalid` for a negative
    budget, a share outside 0..1 or a key that comes twice.
    """
    raise NotImplementedError
