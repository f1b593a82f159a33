"""A case 工单: a submission that a department must answer, its status and its actions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.analysis import AppealType, Sentiment, Urgency
from models.labels import LabelledEnum
from models.submission import Channel


class CaseStatus(LabelledEnum):
    TRIAGE = "triage", "待分拣"
    DISPATCHED = "dispatched", "待签收"
    IN_PROGRESS = "in_progress", "办理中"
    COMPLETED = "completed", "已办结"
    CLOSED = "closed", "已归档"

    @property
    def is_open(self) -> bool:
        return self in (CaseStatus.TRIAGE, CaseStatus.DISPATCHED, CaseStatus.IN_PROGRESS)


class CaseAction(LabelledEnum):
    """The one word for the button, the event and the URL."""

    OPEN = "open", "立案"
    DISPATCH = "dispatch", "派单"
    REDISPATCH = "redispatch", "改派"
    ACKNOWLEDGE = "acknowledge", "签收"
    REPLY = "reply", "答复"
    COMPLETE = "complete", "办结"
    REOPEN = "reopen", "重启"
    CLOSE = "close", "归档"
    NAME_TOPIC = "name_topic", "补充类别"
    REQUEST_RETURN = "request_return", "申请退单"
    ACCEPT_RETURN = "accept_return", "同意退单"
    REFUSE_RETURN = "refuse_return", "不同意退单"
    DESIGNATE = "designate", "裁定主办"
    CONTACT = "contact", "联系诉求人"
    OPINION = "opinion", "提交协办意见"
    REQUEST_EXTENSION = "request_extension", "申请延期"
    GRANT_EXTENSION = "grant_extension", "批准延期"
    REFUSE_EXTENSION = "refuse_extension", "不批准延期"
    REMIND = "remind", "催办"
    SUPERVISE = "supervise", "督办"
    ANSWER_SUPERVISION = "answer_supervision", "回复督办"
    NOTE = "note", "内部备注"
    SUBMIT_REPLY = "submit_reply", "送审"
    APPROVE_REPLY = "approve_reply", "签发"
    SEND_BACK_REPLY = "send_back_reply", "退回修改"
    CALLBACK = "callback", "回访"
    REWORK = "rework", "重办"
    SETTLE = "settle", "不再重办"
    REQUEST_SUSPENSION = "request_suspension", "申请挂起"
    GRANT_SUSPENSION = "grant_suspension", "批准挂起"
    REFUSE_SUSPENSION = "refuse_suspension", "不批准挂起"
    RESUME = "resume", "恢复办理"
    MERGE = "merge", "并单"
    UNMERGE = "unmerge", "撤销并单"
    SPLIT = "split", "拆分"
    UNSPLIT = "unsplit", "撤销拆分"
    REVEAL = "reveal", "查看身份"
    RECALCULATE = "recalculate", "时限重算"
    ESCALATE = "escalate", "升级提醒"
    ATTACH = "attach", "添加附件"
    DETACH = "detach", "移除附件"
    PUBLISH = "publish", "公开"
    UNPUBLISH = "unpublish", "撤下公开"
    WITHDRAW_CONSENT = "withdraw_consent", "撤回公开同意"


# What a unit that has the case may do, and what may be done to it, without a change of status.
_BESIDE = (
    CaseAction.NAME_TOPIC,
    CaseAction.REQUEST_RETURN,
    CaseAction.REFUSE_RETURN,
    CaseAction.CONTACT,
    CaseAction.OPINION,
    CaseAction.REQUEST_EXTENSION,
    CaseAction.GRANT_EXTENSION,
    CaseAction.REFUSE_EXTENSION,
    CaseAction.REMIND,
    CaseAction.SUPERVISE,
    CaseAction.ANSWER_SUPERVISION,
    CaseAction.NOTE,
    CaseAction.MERGE,
    CaseAction.UNMERGE,
    CaseAction.RECALCULATE,
    CaseAction.ESCALATE,
    CaseAction.REVEAL,
    CaseAction.ATTACH,
    CaseAction.DETACH,
    CaseAction.WITHDRAW_CONSENT,
)
# Only who works on a case has a clock to stop.
_PAUSES = (
    CaseAction.REQUEST_SUSPENSION,
    CaseAction.GRANT_SUSPENSION,
    CaseAction.REFUSE_SUSPENSION,
    CaseAction.RESUME,
)
# What is answered can be read by all, or no longer.
_PUBLICATION = (CaseAction.PUBLISH, CaseAction.UNPUBLISH, CaseAction.WITHDRAW_CONSENT)
# Another unit has it afterwards.
_GIVEN_ON = dict.fromkeys(
    (CaseAction.REDISPATCH, CaseAction.ACCEPT_RETURN, CaseAction.DESIGNATE), CaseStatus.DISPATCHED
)

TRANSITIONS: dict[CaseStatus, dict[CaseAction, CaseStatus]] = {
    CaseStatus.TRIAGE: {
        CaseAction.DISPATCH: CaseStatus.DISPATCHED,
        CaseAction.SPLIT: CaseStatus.IN_PROGRESS,
        **dict.fromkeys((CaseAction.NOTE, CaseAction.REVEAL, CaseAction.MERGE, CaseAction.UNMERGE), CaseStatus.TRIAGE),
        **dict.fromkeys((CaseAction.ATTACH, CaseAction.DETACH, CaseAction.WITHDRAW_CONSENT), CaseStatus.TRIAGE),
    },
    CaseStatus.DISPATCHED: {
        CaseAction.ACKNOWLEDGE: CaseStatus.IN_PROGRESS,
        CaseAction.SPLIT: CaseStatus.IN_PROGRESS,
        **_GIVEN_ON,
        **dict.fromkeys(_BESIDE, CaseStatus.DISPATCHED),
    },
    CaseStatus.IN_PROGRESS: {
        CaseAction.REPLY: CaseStatus.IN_PROGRESS,
        **dict.fromkeys(
            (CaseAction.SUBMIT_REPLY, CaseAction.APPROVE_REPLY, CaseAction.SEND_BACK_REPLY), CaseStatus.IN_PROGRESS
        ),
        CaseAction.COMPLETE: CaseStatus.COMPLETED,
        CaseAction.SPLIT: CaseStatus.IN_PROGRESS,
        CaseAction.UNSPLIT: CaseStatus.DISPATCHED,
        **_GIVEN_ON,
        **dict.fromkeys((*_BESIDE, *_PAUSES), CaseStatus.IN_PROGRESS),
    },
    CaseStatus.COMPLETED: {
        CaseAction.REOPEN: CaseStatus.IN_PROGRESS,
        CaseAction.REVEAL: CaseStatus.COMPLETED,
        CaseAction.CLOSE: CaseStatus.CLOSED,
        CaseAction.NOTE: CaseStatus.COMPLETED,
        CaseAction.REWORK: CaseStatus.IN_PROGRESS,
        **dict.fromkeys((CaseAction.CALLBACK, CaseAction.SETTLE), CaseStatus.COMPLETED),
        **dict.fromkeys((CaseAction.ATTACH, CaseAction.DETACH), CaseStatus.COMPLETED),
        **dict.fromkeys(_PUBLICATION, CaseStatus.COMPLETED),
    },
    CaseStatus.CLOSED: {
        CaseAction.REOPEN: CaseStatus.IN_PROGRESS,
        CaseAction.REWORK: CaseStatus.IN_PROGRESS,
        **dict.fromkeys((CaseAction.NOTE, CaseAction.CALLBACK, CaseAction.SETTLE), CaseStatus.CLOSED),
        CaseAction.DETACH: CaseStatus.CLOSED,
        **dict.fromkeys(_PUBLICATION, CaseStatus.CLOSED),
    },
}


class CompletionResult(LabelledEnum):
    SOLVED = "solved", "已解决"
    EXPLAINED = "explained", "已解释说明"
    NOT_SOLVABLE = "not_solvable", "依法依规不能解决"


class AssignmentRole(LabelledEnum):
    LEAD = "lead", "主办"
    CO_HANDLING = "co_handling", "协办"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`due_at` is the last instant of the due day (24:00 local); a case completed at `due_at` is on time.
    `due_basis` is the sentence that explains it. `version` guards against two people changing it at once.
    `merged_into`: the case that is worked on instead. `parent_id`: the case of the whole letter, of which this one has
    a part; `parts` says of that one how many are worked on instead of it."""

    id: int
    case_number: str
    submission_id: int
    channel: Channel
    title: str
    status: CaseStatus
    appeal_type: AppealType
    topic_code: str | None
    region_code: str | None
    sentiment: Sentiment
    urgency: Urgency
    confidential: bool
    lead_department_id: str | None
    triage_reason: str
    submitted_at: datetime
    received_at: datetime
    opened_at: datetime
    dispatched_at: datetime | None
    acknowledged_at: datetime | None
    completed_at: datetime | None
    completion_result: CompletionResult | None
    closed_at: datetime | None
    due_date: date | None
    due_at: datetime | None
    due_basis: str
    version: int
    merged_into: int | None = None
    parent_id: int | None = None
    parts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """`designated`: named by whoever decides disputes; such a unit may not return the case."""

    id: int
    case_id: int
    department_id: str
    role: AssignmentRole
    assigned_at: datetime
    ended_at: datetime | None
    designated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One line of history, chained: `hash` = SHA-256 over the previous hash and this row's canonical JSON."""

    id: int
    case_id: int
    seq: int
    at: datetime
    actor: str
    action: CaseAction
    from_status: CaseStatus | None
    to_status: CaseStatus
    payload: dict[str, Any]
    prev_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`withdrawn_at`: it was taken back, and no longer counts."""

    id: int
    case_id: int
    department_id: str | None
    author: str
    body: str
    public: bool
    created_at: datetime
    withdrawn_at: datetime | None = None
