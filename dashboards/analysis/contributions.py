"""What moved a number: which groups make up a change of volume, and is a rate other or only the mix of cases?

A change of volume is the sum of the changes of its groups. A change of a rate is divided as Kitagawa (1955), Components
of a difference between two rates, Journal of the American Statistical Association 50, 1168-1194: within the groups
(their rates at the average mix) and by the mix (their shares at the average rate). Pure.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

# Fewer cases in both periods together are no news, however large their change in percent.
LEAST_CASES = 10
_ERROR = 0.05


@dataclass(frozen=True, slots=True)
class Change(Generic[Key]):
    """What a group had and has. `z`: the change in standard errors of two counts that differ by chance."""

    key: Key
    now: int
    before: int

    @property
    def change(self) -> int:
        return self.now - self.before

    @property
    def z(self) -> float:
        return self.change / sqrt(self.now + self.before) if self.now + self.before else 0.0


@dataclass(frozen=True, slots=True)
class Effect(Generic[Key]):
    """What a group adds to the change of a rate, both in shares of one: `within` its own rate, `mix` its weight (more
    of a group whose rate lies above the overall one raises it)."""

    key: Key
    within: float
    mix: float


@dataclass(frozen=True, slots=True)
class RateChange(Generic[Key]):
    """The rates 0..1 of both periods; `within` + `mix` are the change. Effects, the largest first."""

    now: float
    before: float
    within: float
    mix: float
    effects: tuple[Effect[Key], ...]


def list_supported(now: Mapping[Key, int], before: Mapping[Key, int]) -> list[Change[Key]]:
    """The changes of groups that are more than chance, the largest first, up or down: by the normal approximation to
    the difference of two Poisson counts, divided by the number of groups looked at (Bonferroni), and with `LEAST_CASES`
    cases at least."""
    keys = now.keys() | before.keys()
    if not keys:
        return []
    least = NormalDist().inv_cdf(1 - _ERROR / 2 / len(keys))
    changes = (Change(key, now.get(key, 0), before.get(key, 0)) for key in keys)
    supported = [c for c in changes if c.now + c.before >= LEAST_CASES and abs(c.z) >= least]
    return sorted(supported, key=lambda c: (-abs(c.change), -c.now, str(c.key)))


def decompose_rate(now: Mapping[Key, tuple[int, int]], before: Mapping[Key, tuple[int, int]]) -> RateChange[Key] | None:
    """The change of a rate from (numerator, denominator) of each group; None where a period has no cases. A group that
    only one period has brings the rate it has there to both: it is mix alone."""
    cases_now, cases_before = (sum(n for _, n in part.values()) for part in (now, before))
    if not cases_now or not cases_before:
        return None
    rate_now, rate_before = (
        sum(k for k, _ in part.values()) / cases for part, cases in ((now, cases_now), (before, cases_before))
    )
    middle = (rate_now + rate_before) / 2
    effects = []
    for key in now.keys() | before.keys():
        (k1, n1), (k0, n0) = now.get(key, (0, 0)), before.get(key, (0, 0))
        if not n1 and not n0:
            continue
        r1 = k1 / n1 if n1 else k0 / n0
        r0 = k0 / n0 if n0 else k1 / n1
        share_now, share_before = n1 / cases_now, n0 / cases_before
        effects.append(
            Effect(
                key,
                within=(share_now + share_before) / 2 * (r1 - r0),
                # less the overall rate: the shares change by 0 in all, so that the sum is the same
                mix=((r1 + r0) / 2 - middle) * (share_now - share_before),
            )
        )
    effects.sort(key=lambda e: (-abs(e.within + e.mix), str(e.key)))
    return RateChange(
        rate_now, rate_before, sum(e.within for e in effects), sum(e.mix for e in effects), tuple(effects)
    )
