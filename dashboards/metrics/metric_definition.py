"""What a number of the overview is: its sentence, what is counted, what it is divided by, which lists it opens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from models.criteria import CaseState


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDefinition:
    """`numerator` and `denominator` are columns of the query, `state` and `denominator_state` the case states that
    open their lists (None: all cases of the criteria), with `only` and `denominator_only` as further criteria. A count
    has no denominator. `empty` is what people read instead of a rate over nothing. `sampled`: over cases that were
    drawn; the rule stands beside the rate."""

    id: str
    label: str
    definition: str
    unit: Literal["件", "%"]
    numerator: str
    numerator_label: str
    state: CaseState | None = None
    denominator: str | None = None
    denominator_label: str = ""
    denominator_state: CaseState | None = None
    only: Mapping[str, str] = field(default_factory=dict)
    denominator_only: Mapping[str, str] = field(default_factory=dict)
    empty: str = ""
    query: str = "totals"
    sampled: bool = False


def count_of(id_: str, label: str, definition: str, state: CaseState | None) -> MetricDefinition:
    return MetricDefinition(
        id=id_, label=label, definition=definition, unit="件", numerator=id_, numerator_label=label, state=state
    )
