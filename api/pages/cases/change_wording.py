"""变化在哪里: at most three sentences from the changes, each with its lists; none where chance explains it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

from api.pages.cases.filters import address
from dashboards.analysis.changes import RATE, Changes, Compared, Group
from dashboards.analysis.contributions import LEAST_CASES
from dashboards.formats import format_rate
from dashboards.metrics.metrics import METRICS
from models.criteria import CaseCriteria

_SURE = 1.96
_NAMED = 2
# A rate over fewer cases is not set against another one.
LEAST_DUE = 30


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence; `href` opens what it speaks of ("": plain words)."""

    text: str
    href: str = ""


Sentence = tuple[Piece, ...]


def write_sentences(changes: Changes) -> list[Sentence]:
    """The volume against each earlier period, then the on-time rate against the period before."""
    volumes = [_volume(changes, compared) for compared in changes.compared]
    rates = [_rate(changes, compared) for compared in changes.compared[:1]]
    return [sentence for sentence in (*volumes, *rates) if sentence]


def write_deltas(changes: Changes, metric: str) -> list[Piece]:
    """What stands below a headline number, for what was received and the rate; of other numbers, that tell how things
    stand now, the past knows nothing."""
    if not changes.chosen:
        return []
    return [piece for compared in changes.compared if (piece := _delta(compared, metric))]


def _delta(compared: Compared, metric: str) -> Piece | None:
    if metric == "received" and compared.received.before:
        share = compared.received.change / compared.received.before
        return Piece(f"比{compared.label}{_percent(share)}", address("/cases", compared.criteria))
    if metric == RATE and compared.rate and min(compared.rate_cases) > 0:
        due = _rate_list(compared.criteria)
        return Piece(f"比{compared.label}{_points(compared.rate.now - compared.rate.before)}个百分点", due)
    return None


def _volume(changes: Changes, compared: Compared) -> Sentence:
    total = compared.received
    named = [[group for group in groups if _is_known(group)][:_NAMED] for groups in compared.groups]
    # an earlier time without a single case is a time before the system, no change
    if not total.before or total.now + total.before < LEAST_CASES or (abs(total.z) < _SURE and not any(named)):
        return ()
    pieces = [
        Piece("收到工单"),
        Piece(f"{total.now:,}件", address("/cases", changes.criteria)),
        Piece(f"，{compared.label}"),
        Piece(f"{total.before:,}件", address("/cases", compared.criteria)),
        Piece("，" + (_more(total.change, total.before) if abs(total.z) >= _SURE else "总量差别不大")),
    ]
    for word, groups in zip(("变化最大的是", "按主办单位看是"), named, strict=True):
        if groups:
            pieces += [Piece(f"；{word}"), *_list(groups)]
    return (*pieces, Piece("。"))


def _rate(changes: Changes, compared: Compared) -> Sentence:
    found = compared.rate
    n_now, n_before = compared.rate_cases
    if found is None or min(n_now, n_before) < LEAST_DUE:
        return ()
    pooled = (found.now * n_now + found.before * n_before) / (n_now + n_before)
    error = sqrt(pooled * (1 - pooled) * (1 / n_now + 1 / n_before))
    if not error or abs(found.now - found.before) / error < _SURE:
        return ()
    pieces = [
        Piece(f"{METRICS[RATE].label}"),
        Piece(format_rate(found.now), _rate_list(changes.criteria)),
        Piece(f"，{compared.label}"),
        Piece(format_rate(found.before), _rate_list(compared.criteria)),
        Piece(
            f"，变化{_points(found.now - found.before)}个百分点：各单位自身变化{_points(found.within)}，"
            f"工单在单位间的构成变化{_points(found.mix)}"
        ),
    ]
    largest = next((effect for effect in found.effects if effect.key != "none"), None)
    if largest is not None:
        name = compared.departments[largest.key]
        unit = replace(changes.criteria, department=largest.key)
        points = _points(largest.within + largest.mix)
        pieces += [Piece("；影响最大的是"), Piece(name, _rate_list(unit)), Piece(f"（{points}个百分点）")]
    return (*pieces, Piece("。"))


def _list(groups: list[Group]) -> Iterator[Piece]:
    for number, group in enumerate(groups):
        name = "的".join(reversed(group.labels))
        yield Piece("、" if number else "")
        yield Piece(name, address("/cases", group.criteria))
        yield Piece(f"（{group.change.before:,}件到{group.change.now:,}件）")


def _is_known(group: Group) -> bool:
    return not {"none", ""} & set(group.change.key)


def _rate_list(criteria: CaseCriteria) -> str:
    metric = METRICS[RATE]
    state: Any = metric.state.value if metric.state else None
    return address("/cases", replace(criteria, state=state))


def _more(change: int, before: int) -> str:
    return f"{'增加' if change > 0 else '减少'}{abs(change):,}件（{abs(change) / before:.0%}）"


def _percent(share: float) -> str:
    return "持平" if abs(share) < 0.0005 else f"{'增' if share > 0 else '减'}{abs(share):.1%}"


def _points(difference: float) -> str:
    value = round(100 * difference, 1)
    return "0" if value == 0 else f"{value:+.1f}".replace("-", "−")
