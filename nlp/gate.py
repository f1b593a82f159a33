"""May a candidate take the place of the live classifier? Only if it is shown to be no worse, where it matters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

CheckName = Literal["enough", "macro_f1", "accuracy", "classes", "calibration", "coverage"]
FROZEN, LAST_MONTH = "冻结测试集", "近一个月人工核对的来信"


@dataclass(frozen=True, slots=True)
class Predictions:
    """What a classifier says of letters it has not learnt from: the best code of each ("" where it does not know) and
    its confidence."""

    codes: Sequence[str]
    confidences: Sequence[float]


@dataclass(frozen=True, slots=True)
class Check:
    """`where` names the set of letters; `live` and `candidate` are the figures compared; `figures` holds the rest of
    the arithmetic; `sentence` says the outcome in Chinese."""

    name: CheckName
    where: str
    passed: bool
    live: float
    candidate: float
    sentence: str
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GateReport:
    passed: bool
    checks: tuple[Check, ...]


def judge(
    live: Predictions,
    candidate: Predictions,
    gold: Sequence[str],
    *,
    where: str = FROZEN,
    names: Mapping[str, str] | None = None,
    groups: Sequence[int] | None = None,
    allowed: float = 0.02,
    sureness: float = 0.95,
    seed: int = 0,
) -> GateReport:
    """Compare both on the letters whose true topics are `gold`, letter by letter.

    `names` are the Chinese names of the codes, for the sentences. `groups` keeps letters together that say nearly the
    same (they are resampled as one). `allowed` is the share of wrong automatic dispatches that the administrator
    allows. Raises `Invalid` where the lengths differ.
    """
    raise NotImplementedError


def combine(*reports: GateReport) -> GateReport:
    """Passed if every one is, e.g. that on the frozen set and that on last month's letters; all checks in order.
    Raises `Invalid` without any."""
    raise NotImplementedError
