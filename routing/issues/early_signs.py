"""Which level of risk does an issue have, and why? From its numbers and the city's thresholds, in sentences. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scipy.special import betaincinv

from models.alert import EarlySign, RiskLevel, SignReading, Threshold

# The last days, those before them that they are compared with, and as far back as other signs are looked for.
RECENT_DAYS, BEFORE_DAYS = 3, 27
# Of fewer people no share is told.
LEAST_FOR_SHARE = 5
_UNSURE = 0.05
_QUIET = "没有达到任何一项苗头的标准。"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFacts:
    """Of one issue, persons throughout, each once. `recent`: in the last RECENT_DAYS; `before`: in the `days_before`
    days before them; all else in RECENT_DAYS + BEFORE_DAYS. `repeated` wrote after a case of it was completed,
    `reopened` are cases. `place` is what most name alike. `lanes` are the names of the fast lanes that fired."""

    issue_id: int
    recent: int
    before: int
    days_before: float
    persons: int
    negative: int
    channels: Sequence[str]
    repeated: int
    reopened: int
    place: str
    at_place: int
    in_lane: int
    lanes: Sequence[str]
    displeased: int


def read_signs(facts: IssueFacts, thresholds: Iterable[Threshold]) -> list[SignReading]:
    """Every sign that can be read, the gravest first."""
    rows = _by_sign(thresholds)
    usual = facts.before / max(facts.days_before, RECENT_DAYS) * RECENT_DAYS
    values: list[tuple[EarlySign, float, str]] = [
        (
            EarlySign.GROWTH,
            # one person more than usual: three people where there was nobody are no thousandfold growth
            facts.recent / (usual + 1),
            f"近{RECENT_DAYS}天{facts.recent}人反映，此前平均每{RECENT_DAYS}天{usual:.1f}人",
        ),
        (EarlySign.CHANNELS, len(facts.channels), f"{'、'.join(facts.channels)}{len(facts.channels)}个渠道有反映"),
        (EarlySign.REPEAT, facts.repeated + facts.reopened, _repeat(facts)),
        (EarlySign.SAME_PLACE, facts.at_place, f"{facts.at_place}人说的是同一地点：{facts.place}"),
        (EarlySign.FAST_LANE, facts.in_lane, f"{facts.in_lane}人的来件涉及{'、'.join(facts.lanes)}"),
        (EarlySign.DISPLEASED, facts.displeased, f"{facts.displeased}人对部门或办理表示不满"),
    ]
    if facts.persons >= LEAST_FOR_SHARE:
        least = least_share(facts.negative, facts.persons)
        said = f"{facts.persons}人中{facts.negative}人为负面，占比至少{least:.0%}（95%把握）"
        values.append((EarlySign.NEGATIVE_SHARE, least, said))
    found = [
        SignReading(sign=sign, value=float(value), level=_level(value, rows.get(sign, {})), sentence=sentence)
        for sign, value, sentence in values
    ]
    if together := _together(found, rows.get(EarlySign.TOGETHER, {})):
        found.append(together)
    return sorted(found, key=lambda reading: (-_rank(reading.level), list(EarlySign).index(reading.sign)))


def overall(readings: Sequence[SignReading]) -> tuple[RiskLevel | None, str]:
    """The gravest level that a sign reaches, and the sentence that says why."""
    level = max((r.level for r in readings if r.level), key=_rank, default=None)
    if level is None:
        return None, _QUIET
    reasons = "；".join(r.sentence for r in readings if r.level is level)
    others = "、".join(f"{r.sign.label}（{r.level.label}）" for r in readings if r.level and r.level is not level)
    return level, f"{level.label}：{reasons}。" + (f"另有{others}。" if others else "")


def level_of(value: float, sign: EarlySign, thresholds: Iterable[Threshold]) -> RiskLevel | None:
    """The gravest level whose threshold the value reaches."""
    return _level(value, _by_sign(thresholds).get(sign, {}))


def least_share(part: int, whole: int) -> float:
    """With 95 % the share is at least this: the lower end of a one-sided Jeffreys interval."""
    return float(betaincinv(part + 0.5, whole - part + 0.5, _UNSURE)) if part else 0.0


def _together(readings: Sequence[SignReading], needed: Mapping[RiskLevel, float]) -> SignReading | None:
    best: SignReading | None = None
    for level in RiskLevel:
        least = max(level.rank - 1, 1)
        signs = [r.sign.label for r in readings if r.level and r.level.rank >= least]
        if level in needed and len(signs) >= needed[level]:
            said = f"{len(signs)}项苗头同时出现（{'、'.join(signs)}）"
            best = SignReading(sign=EarlySign.TOGETHER, value=float(len(signs)), level=level, sentence=said)
    return best


def _repeat(facts: IssueFacts) -> str:
    parts = [f"办结后又有{facts.repeated}人反映"] if facts.repeated or not facts.reopened else []
    return "，".join([*parts, *([f"{facts.reopened}件工单办结后重启"] if facts.reopened else [])])


def _by_sign(thresholds: Iterable[Threshold]) -> dict[EarlySign, dict[RiskLevel, float]]:
    rows: dict[EarlySign, dict[RiskLevel, float]] = {}
    for row in thresholds:
        rows.setdefault(row.sign, {})[row.level] = row.at_least
    return rows


def _level(value: float, needed: Mapping[RiskLevel, float]) -> RiskLevel | None:
    return max((level for level, at_least in needed.items() if value >= at_least), key=_rank, default=None)


def _rank(level: RiskLevel | None) -> int:
    return level.rank if level else 0
