"""Connections: a pool whose connections know our enums and work under the application's role."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, TypeAlias

import psycopg
from psycopg.types.enum import EnumInfo, register_enum
from psycopg_pool import ConnectionPool, PoolTimeout

from models.account import Role
from models.alert import (
    AlertAction,
    AlertKind,
    BurstDirection,
    DeliveryKind,
    DeliveryState,
    EarlySign,
    RiskLevel,
    WebhookFormat,
)
from models.analysis import AppealType, Emotion, Scope, Sentiment, Urgency
from models.attachment import AttachmentKind, FileAudience
from models.callback import (
    CallbackDecision,
    CallbackDraw,
    CallbackEntry,
    CallbackState,
    Satisfaction,
    SolvedAnswer,
    SuspensionState,
)
from models.case import AssignmentRole, CaseAction, CaseStatus, CompletionResult
from models.casework import RequestState, ReturnReason, SupervisionLevel, SupervisionTrigger, UnitClockKind
from models.classifier import ClassifierPart, ClassifierState, LabelSource, TrainingOutcome
from models.desk import DispatchSource
from models.errors import Conflict, Unavailable
from models.integrity import IntegrityRule
from models.issue import IssueAction, ProposalKind, ProposalState
from models.issue_response import (
    ResponseAction,
    ResponseAnswerState,
    ResponseClockKind,
    ResponseStage,
    ResponseTaskState,
)
from models.link import LinkKind
from models.notification import NotificationKind, NotificationMedium, NotificationState
from models.protection import RevealReason
from models.reply_draft import DraftState, ReviewNeed
from models.report import ReportKind, ReportState
from models.submission import Channel, SubmissionState

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

APPLICATION_ROLE = "wenzheng_app"

ENUMS: dict[str, type[Enum]] = {
    "alert_action": AlertAction,
    "alert_kind": AlertKind,
    "appeal_type": AppealType,
    "attachment_kind": AttachmentKind,
    "assignment_role": AssignmentRole,
    "burst_direction": BurstDirection,
    "callback_decision": CallbackDecision,
    "callback_draw": CallbackDraw,
    "callback_entry": CallbackEntry,
    "callback_state": CallbackState,
    "case_action": CaseAction,
    "case_status": CaseStatus,
    "channel": Channel,
    "classifier_part": ClassifierPart,
    "classifier_state": ClassifierState,
    "completion_result": CompletionResult,
    "delivery_kind": DeliveryKind,
    "delivery_state": DeliveryState,
    "draft_state": DraftState,
    "dispatch_source": DispatchSource,
    "early_sign": EarlySign,
    "emotion": Emotion,
    "file_audience": FileAudience,
    "integrity_rule": IntegrityRule,
    "issue_action": IssueAction,
    "label_source": LabelSource,
    "link_kind": LinkKind,
    "notification_kind": NotificationKind,
    "notification_medium": NotificationMedium,
    "notification_state": NotificationState,
    "proposal_kind": ProposalKind,
    "proposal_state": ProposalState,
    "report_kind": ReportKind,
    "report_state": ReportState,
    "request_state": RequestState,
    "response_action": ResponseAction,
    "response_answer_state": ResponseAnswerState,
    "response_clock_kind": ResponseClockKind,
    "response_stage": ResponseStage,
    "response_task_state": ResponseTaskState,
    "return_reason": ReturnReason,
    "reveal_reason": RevealReason,
    "review_need": ReviewNeed,
    "risk_level": RiskLevel,
    "role": Role,
    "satisfaction": Satisfaction,
    "scope": Scope,
    "sentiment": Sentiment,
    "submission_state": SubmissionState,
    "solved_answer": SolvedAnswer,
    "supervision_level": SupervisionLevel,
    "supervision_trigger": SupervisionTrigger,
    "suspension_state": SuspensionState,
    "training_outcome": TrainingOutcome,
    "unit_clock_kind": UnitClockKind,
    "urgency": Urgency,
    "webhook_format": WebhookFormat,
}

# A constraint that people can run into, and the sentence they read.
CONSTRAINT_MESSAGES = {
    "case_changed_by_other": "工单刚刚被他人更改，请刷新后再试。",
    "one_case_per_submission": "该来件已经立案。",
    "merged_once": "工单刚刚已经并入另一件工单。",
    "cases_case_number_key": "该来件已经立案。",
    "classifier_one_live": "另一个模型刚刚被启用，请刷新后再试。",
    "classifier_one_shadow": "已有类别模型在并行试用，请刷新后再试。",
    "training_one_requested": "已有一次训练在排队。",
    "classifier_file_small": "模型文件超过 128 MB，不能存入数据库。",
    "alert_channels_department_id_fkey": "没有这个单位。",
    "published_once": "这个考核期已经公布。",
    "one_open_appeal": "这一项已有申诉在等待处理。",
    "one_scheduled_report": "这一期已经生成。",
    "one_exclusion": "已经申请过剔除。",
    "one_open_return": "已经申请过退单，请等待审批。",
    "one_open_extension": "已经申请过延期，请等待审批。",
    "one_open_supervision": "已有一项督办在等待回复。",
    "one_open_suspension": "已经申请过挂起，或正在挂起。",
    "one_callback_a_completion": "工单刚刚被他人办结，请刷新后再试。",
    "one_current_callback": "工单刚刚被他人办结，请刷新后再试。",
    "one_open_draft": "答复草稿刚刚已由他人保存，请刷新后再试。",
    "reviewed_by_another": "起草人不能签发自己的答复。",
    "one_open_response": "该热点问题已经启动处置，请刷新后查看。",
    "answered_once": "这些工单刚刚已经统一答复过了。",
    "undone_once": "这一步已经撤销过了。",
    "saved_view_name_taken": "已有同名的筛选，请换一个名称。",
    "accounts_username_taken": "用户名已存在。",
    "officer_has_department": "承办人员必须属于一个单位。",
}


def configure(conn: Connection) -> None:
    """Make a fresh connection ours: enums as enums, the application's role, UTC, bounded lock waits."""
    found = _find_enums(conn)
    for name, enum in ENUMS.items():
        if name not in found:
            raise Unavailable("数据库结构尚未建立，请先运行 wenzheng migrate。")
        register_enum(found[name], conn, enum, mapping={member: member.value for member in enum})
    conn.execute(f"SET ROLE {APPLICATION_ROLE}")
    conn.execute("SET TIME ZONE 'UTC'")
    conn.execute("SET lock_timeout = '5s'")
    conn.commit()


# What `EnumInfo.fetch` asks for one type, for all of them at once: a connection must not wait for sixty answers.
_ENUM_TYPES = """
SELECT t.typname, t.oid, t.typarray, t.oid::regtype::text, array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
FROM pg_type AS t JOIN pg_enum AS e ON e.enumtypid = t.oid
WHERE t.oid = ANY (SELECT to_regtype(name) FROM unnest(%s::text[]) AS name)
GROUP BY t.oid
"""


def _find_enums(conn: Connection) -> dict[str, EnumInfo]:
    """Those of `ENUMS` that the database has."""
    rows = conn.execute(_ENUM_TYPES, (list(ENUMS),)).fetchall()
    return {name: EnumInfo(name, oid, array, labels, regtype=full) for name, oid, array, full, labels in rows}


def open_pool(dsn: str, size: int) -> ConnectionPool[Connection]:
    """A started pool. Raises `Unavailable` where the database does not answer within 15 s."""
    pool: ConnectionPool[Connection] = ConnectionPool(
        dsn,
        min_size=1,
        max_size=size,
        configure=configure,
        timeout=5,
        check=ConnectionPool.check_connection,
        open=False,
    )
    try:
        pool.open(wait=True, timeout=15)
    except PoolTimeout as error:
        pool.close()
        raise Unavailable("数据库没有响应。") from error
    return pool


def connect(dsn: str) -> Connection:
    """One configured connection, for command line and tests."""
    conn = psycopg.connect(dsn)
    configure(conn)
    return conn


@contextmanager
def transaction(pool: ConnectionPool[Connection]) -> Iterator[Connection]:
    """One request or task = one transaction. Database errors that have a meaning come out as ours."""
    try:
        with with_meaning(), pool.connection() as conn:
            yield conn
    except PoolTimeout as error:
        raise Unavailable() from error


@contextmanager
def with_meaning() -> Iterator[None]:
    """Database errors that have a meaning come out as a `Conflict` that people can read."""
    try:
        yield
    except (psycopg.errors.UniqueViolation, psycopg.errors.CheckViolation) as error:
        message = CONSTRAINT_MESSAGES.get(error.diag.constraint_name or "")
        if message is None:
            raise
        raise Conflict(message) from error
    except (
        psycopg.errors.LockNotAvailable,
        psycopg.errors.SerializationFailure,
        psycopg.errors.DeadlockDetected,
    ) as error:
        raise Conflict() from error
