"""What follows the answer of a unit: callbacks 回访 and what they find; and what stops a clock: suspensions 挂起."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from models.analysis import AppealType
from models.labels import LabelledEnum


class CallbackState(LabelledEnum):
    NOT_DRAWN = "not_drawn", "未抽中"
    WAITING = "waiting", "待回访"
    DONE = "done", "已回访"
    UNREACHABLE = "unreachable", "未接通"
    REFUSED = "refused", "拒绝回访"
    CANCELLED = "cancelled", "重新办理，不再回访"


class CallbackDraw(LabelledEnum):
    """Why a completed case is called back. The middle three are drawn whatever the share, where the rule says so."""

    SAMPLE = "sample", "按比例抽取"
    NEGATIVE = "negative", "诉求人情绪负面"
    SUPERVISED = "supervised", "督办过"
    REWORKED = "reworked", "重办过"
    NOT_DRAWN = "not_drawn", "未抽中"


class CallbackEntry(LabelledEnum):
    PHONE = "phone", "电话回访"
    LINK = "link", "诉求人通过链接评价"
    PAGE = "page", "诉求人在进度页评价"


class CallOutcome(LabelledEnum):
    """How a call went. Not stored: it becomes a state."""

    ANSWERED = "answered", "接通并回答"
    NO_ANSWER = "no_answer", "没有接通"
    REFUSED = "refused", "接通但不愿回答"


class SolvedAnswer(LabelledEnum):
    YES = "yes", "已解决"
    PARTLY = "partly", "部分解决"
    NO = "no", "没有解决"


class Satisfaction(LabelledEnum):
    VERY = "very", "很满意"
    SATISFIED = "satisfied", "满意"
    BASICALLY = "basically", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"
    VERY_DISSATISFIED = "very_dissatisfied", "很不满意"

    @property
    def is_bad(self) -> bool:
        return self in (Satisfaction.DISSATISFIED, Satisfaction.VERY_DISSATISFIED)


class CallbackDecision(LabelledEnum):
    REWORK = "rework", "重办"
    SETTLED = "settled", "不再重办"


class SuspensionState(LabelledEnum):
    REQUESTED = "requested", "待审批"
    RUNNING = "running", "挂起中"
    REFUSED = "refused", "未同意"
    ENDED = "ended", "已恢复"


def sampling_words(
    *,
    version: int,
    share: float,
    shares: Mapping[AppealType, float],
    always: Sequence[CallbackDraw],
    attempts: int,
    basically_counts: bool,
) -> str:
    """A version of the sampling in a sentence without its full stop."""
    single = [f"{kind.label}{_percent(part)}" for kind, part in shares.items() if part != share]
    parts = ["、".join([*single, f"{'其余' if single else '办结的工单'}{_percent(share)}"])]
    if always and (share < 1 or single):
        parts.append(f"{'、'.join(reason.label for reason in always)}的一律回访")
    if share < 1 or single:
        parts.append("抽中未及回访即重启的再次办结仍回访")
    parts.append(f"{attempts}次没有接通的作罢")
    parts.append("“基本满意”算满意" if basically_counts else "“基本满意”不算满意")
    return f"抽样规则第{version}版：{'，'.join(parts)}"


def _percent(share: float) -> str:
    return "全部抽取" if share == 1 else "不抽" if share == 0 else f"抽取{share * 100:.3g}%"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRule:
    """One version of a profile's sampling; `shares` (0..1) of single appeal types go before `share`. Days are working
    days after the completion. `seed` makes the draw, and is shown to nobody before the version is replaced."""

    id: int
    profile: str
    version: int
    share: float
    shares: Mapping[AppealType, float]
    always: tuple[CallbackDraw, ...]
    clock_days: int
    window_days: int
    archive_days: int
    attempts: int
    basically_counts: bool
    seed: bytes = field(repr=False)
    created_at: datetime
    created_by: str

    @property
    def words(self) -> str:
        """The rule in a sentence, as it stands beside the rates."""
        return sampling_words(
            version=self.version,
            share=self.share,
            shares=self.shares,
            always=self.always,
            attempts=self.attempts,
            basically_counts=self.basically_counts,
        )

    def share_of(self, appeal_type: AppealType) -> float:
        return self.shares.get(appeal_type, self.share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """Of one completion of a case; `round` counts them. `department_id` had it. `taken_by` is calling until
    `taken_until`; `next_at`: not called again before."""

    id: int
    case_id: int
    round: int
    current: bool
    rule_id: int
    draw: CallbackDraw
    department_id: str
    completed_at: datetime
    state: CallbackState
    attempts: int
    next_at: datetime | None
    taken_by: str | None
    taken_until: datetime | None
    entry: CallbackEntry | None
    solved: SolvedAnswer | None
    satisfaction: Satisfaction | None
    attitude: Satisfaction | None
    note: str
    answered_at: datetime | None
    answered_by: str | None
    decision: CallbackDecision | None
    decision_note: str
    decided_at: datetime | None
    decided_by: str | None
    clock_renewed: bool

    @property
    def is_bad(self) -> bool:
        """The submitter says not solved, only in part, or not satisfied."""
        bad = self.satisfaction is not None and self.satisfaction.is_bad
        return self.state is CallbackState.DONE and (self.solved is not SolvedAnswer.YES or bad)

    @property
    def awaits_decision(self) -> bool:
        return self.current and self.is_bad and self.decision is None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswers:
    """What the submitter said."""

    solved: SolvedAnswer
    satisfaction: Satisfaction
    attitude: Satisfaction | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSuspension:
    """`until_date`: the last day on which the clock stands; `days`: working days it stood, known when it ended. What
    was due before is kept, since the day is counted again then."""

    id: int
    case_id: int
    department_id: str
    reason: str
    until_date: date
    state: SuspensionState
    requested_at: datetime
    requested_by: str
    decided_at: datetime | None
    decided_by: str | None
    note: str
    due_date_before: date | None
    due_at_before: datetime | None
    basis_before: str
    days: int | None
    ended_at: datetime | None
    ended_by: str | None
