"""Departments 单位, topics 诉求类别 and the rows that connect them 派单目录."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A unit that can handle cases. `duty` is the kind of work (taxonomy department id); several units share one:
    the city's, a county's, a town's; the place of the matter decides between them (属地)."""

    id: str
    duty: str
    name: str
    short_name: str
    kind: str
    region_code: str | None
    aliases: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic; a sub-topic's code begins with its parent's. `cues` are citizen-style cue words (weak evidence)."""

    code: str
    name: str
    parent_code: str | None
    lead_duty: str | None = None
    co_duties: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    urgent: bool = False
    confidential: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchRule:
    """派单目录, one row: what matches (None = anything) and who leads. Lower `priority` wins, then more conditions."""

    id: int
    priority: int
    topic_code: str | None
    appeal_type: str | None
    region_code: str | None
    channel: str | None
    lead_duty: str
    co_duties: tuple[str, ...] = field(default_factory=tuple)
    min_confidence: float = 0.5
    note: str = ""
    active: bool = True
