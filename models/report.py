"""A report 日报 周报 月报 专报: its kind, its state, the words and thresholds of its kind, its circulars 通报."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.alert import DeliveryState
from models.labels import LabelledEnum


class ReportKind(LabelledEnum):
    DAILY = "daily", "日报"
    WEEKLY = "weekly", "周报"
    MONTHLY = "monthly", "月报"
    ISSUE = "issue", "专报"


class ReportState(LabelledEnum):
    DRAFT = "draft", "待核对"
    CHECKED = "checked", "已核对"
    SIGNED = "signed", "已签发"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSection:
    """`id` is the program's, the heading and whether it is shown are the city's."""

    id: str
    heading: str
    shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTemplate:
    """The sections of a kind in their order. `thresholds`: see `dashboards.briefs.templates.THRESHOLDS`."""

    kind: ReportKind
    sections: tuple[TemplateSection, ...]
    thresholds: Mapping[str, float]
    at: datetime | None = None
    actor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`content` is what `dashboards.briefs.document` reads; `digest` its SHA-256. `findings`: what the check found,
    None before it. `previous_id`: the one that it is compared with."""

    id: int
    kind: ReportKind
    first_day: date
    last_day: date
    issue_id: int | None
    title: str
    content: Mapping[str, Any]
    digest: str
    as_of: datetime
    state: ReportState
    previous_id: int | None
    made_at: datetime
    made_by: str
    checked_at: datetime | None
    findings: Mapping[str, Any] | None
    signed_at: datetime | None
    signed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circular:
    """A unit's page of a monthly report on its way. Without `channel_id` somebody hands over the file."""

    id: int
    report_id: int
    department_id: str
    subject: str
    body: str
    channel_id: int | None
    shown: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_at: datetime
    sent_at: datetime | None
    problem: str
