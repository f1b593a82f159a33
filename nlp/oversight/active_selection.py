"""Which letters are worth a minute of a person's time, so that the classifier learns most and can be audited?

Margin sampling (Scheffer, Decomain and Wrobel 2001): where the first two suggestions are nearly as likely a label
teaches most; letters full of words never seen come first. A random part looks at everything, also at what the
classifier is sure of: without it nobody would find what it is wrong about and does not know.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

import numpy as np

from models.errors import Invalid

Reason = Literal["margin", "new_words", "random"]
RANDOM_SHARE = 0.10
# A letter with this share of words never seen is worth a look whatever its margin; they take a quarter at most.
NEW_WORDS = 0.25
_NEW_WORDS_SHARE = 0.25


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

    @property
    def margin(self) -> float:
        """By how much the first suggestion is ahead; 0 where there is none."""
        first, second, *_ = (*self.confidences, 0.0, 0.0)
        return first - second


@dataclass(frozen=True, slots=True)
class Chosen:
    """`inclusion` is the probability with which a letter like this one is looked at, what `Checked.sampled` of
    `nlp.oversight.risk_control` asks for (Horvitz and Thompson 1952): 1 where the rule had to choose it, the rate of
    the draw where it was drawn; divided by the size of its group, for which it stands."""

    key: str
    reason: Reason
    inclusion: float


def select(
    candidates: Iterable[Candidate], *, budget: int, random_share: float = RANDOM_SHARE, seed: int = 0
) -> tuple[Chosen, ...]:
    """At most `budget` letters, at most one of a group, the most useful first and the random ones last.

    The rule chooses first; what is random is drawn evenly from the groups that it left, so the inclusions are exact
    for these candidates (give every letter of the period, the automatic ones too). Among the strata the rule takes
    turns, each turn by the smallest margin. The same candidates, in whatever order, and the same seed give the same
    choice. Raises `Invalid` for a negative budget, a share outside 0..1, a confidence that is no number or a key that
    comes twice.
    """
    pool = sorted(candidates, key=lambda candidate: candidate.key)
    _check(pool, budget, random_share)
    draw = np.random.default_rng(seed)
    groups: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for candidate in pool:
        groups["group" if candidate.group else "alone", candidate.group or candidate.key].append(candidate)
    sizes = {members[0].key: len(members) for members in groups.values()}
    # who stands for a group is drawn, so that no kind of member is always passed over
    speakers = {members[0].key: members[int(draw.integers(len(members)))] for members in groups.values()}
    budget = min(budget, len(speakers))
    audited = min(budget, round(budget * random_share)) if random_share < 1 else budget
    if random_share and budget:
        audited = max(audited, 1)
    new = _spread(
        {key: s for key, s in speakers.items() if s.unknown_words >= NEW_WORDS},
        int((budget - audited) * _NEW_WORDS_SHARE),
        seed,
    )
    margin = _spread({k: s for k, s in speakers.items() if k not in set(new)}, budget - audited - len(new), seed)
    ruled = {*new, *margin}
    left = [key for key in speakers if key not in ruled]
    drawn = sorted(left[i] for i in draw.choice(len(left), audited, replace=False)) if audited else []
    rate = audited / len(left) if left else 1.0
    reasons: list[tuple[Sequence[str], Reason, float]] = [
        (new, "new_words", 1.0),
        (margin, "margin", 1.0),
        (drawn, "random", rate),
    ]
    return tuple(
        Chosen(speakers[key].key, reason, inclusion / sizes[key]) for keys, reason, inclusion in reasons for key in keys
    )


def _spread(speakers: dict[str, Candidate], number: int, seed: int) -> list[str]:
    """The keys of `number` letters, the strata in turn, each by the smallest margin; ties by lot."""
    turns: dict[str, int] = defaultdict(int)
    ranked = []
    for key, speaker in sorted(speakers.items(), key=lambda item: (item[1].margin, _lot(item[0], seed))):
        ranked.append((turns[speaker.stratum], speaker.margin, _lot(key, seed), key))
        turns[speaker.stratum] += 1
    return [key for *_, key in sorted(ranked)[:number]]


def _lot(key: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{key}".encode("utf-8", "surrogatepass")).digest()


def _check(pool: Sequence[Candidate], budget: int, random_share: float) -> None:
    if budget < 0:
        raise Invalid("可核对的件数不能是负数。")
    if not 0 <= random_share <= 1:
        raise Invalid("随机抽查的比例必须在 0 与 1 之间。")
    if len({candidate.key for candidate in pool}) < len(pool):
        raise Invalid("待选来信的编号有重复。")
    if not all(isfinite(value) for c in pool for value in (*c.confidences, c.unknown_words)):
        raise Invalid("置信度必须是数字。")
