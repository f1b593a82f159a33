"""From when on something is an alert, when it may disturb, and where it is sent: rows of the city, read and changed."""

import secrets
from datetime import datetime, time
from itertools import pairwise
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from api.account_repository import add_administration_event
from api.criteria import LARGEST_ID
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.http_status import status_of
from api.messages import alert_channels, mail
from api.pages.choices import enum_choices, unit_choices
from api.pages.navigation import CITY_WIDE
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from api.runtime import Runtime
from models.account import Role
from models.alert import AlertSettings, DeliveryKind, EarlySign, RiskLevel, Threshold, WebhookFormat
from models.database import Connection
from models.errors import Invalid
from models.labels import LabelledEnum
from routing.alerts import alert_repository, delivery_repository
from routing.issues import early_sign_repository

router = APIRouter(prefix="/alerts/settings")

# Who changes from when on there is an alert; where alerts are sent is the administrator's alone.
EDITS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
Text = Annotated[str, Form()]
Many = Annotated[list[str], Form()]
Member = TypeVar("Member", bound=LabelledEnum)
_DONE = {"settings": "设置已保存。", "thresholds": "标准已保存，下一次检查起生效。", "channel": "推送地址已保存。"}
_CHANNEL_FIELDS = ("kind", "name", "address", "shape", "least_severity", "department", "allow_private", "case_notices")
_SHARES = (EarlySign.NEGATIVE_SHARE,)
_UNITS = {
    EarlySign.GROWTH: "倍（近3天人数÷（此前每3天平均人数+1））",
    EarlySign.NEGATIVE_SHARE: "占比下限（0至1）",
    EarlySign.CHANNELS: "个渠道",
    EarlySign.REPEAT: "人或件",
    EarlySign.SAME_PLACE: "人",
    EarlySign.FAST_LANE: "人",
    EarlySign.DISPLEASED: "人",
    EarlySign.TOGETHER: "项达到上一级",
    EarlySign.BURST_SIZE: "人（比平常多）",
}


@router.get("")
def show_settings(
    request: Request, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep, done: str = ""
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    return _page(request, staff, runtime, conn, now=now, done=_DONE.get(done, ""))


@router.post("")
def save_settings(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    refractory_hours: Text = "",
    quiet_from: Text = "",
    quiet_to: Text = "",
    least_persons: Text = "",
    false_alarms: Text = "",
    alert_from: Text = "",
    three_cases: Text = "",
    three_days: Text = "",
) -> Response:
    require_role(staff.account, *EDITS)
    typed = {
        "refractory_hours": refractory_hours,
        "quiet_from": quiet_from,
        "quiet_to": quiet_to,
        "least_persons": least_persons,
        "false_alarms": false_alarms,
        "alert_from": alert_from,
        "three_cases": three_cases,
        "three_days": three_days,
    }
    try:
        settings = read_settings(typed)
    except Invalid as error:
        return _page(request, staff, runtime, conn, now=now, typed=typed, error=error)
    alert_repository.add_alert_settings(conn, settings, actor=staff.account.actor, now=now)
    return RedirectResponse("/alerts/settings?done=settings", status_code=303)


@router.post("/thresholds")
def save_thresholds(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    place: Many | None = None,
    at_least: Many | None = None,
) -> Response:
    require_role(staff.account, *EDITS)
    typed = dict(zip(place or [], at_least or [], strict=False))
    try:
        thresholds = read_thresholds(typed)
    except Invalid as error:
        return _page(request, staff, runtime, conn, now=now, typed_thresholds=typed, error=error)
    change_thresholds(conn, thresholds, actor=staff.account.actor, now=now)
    return RedirectResponse("/alerts/settings?done=thresholds", status_code=303)


@router.post("/channels")
def add_channel(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    kind: Text = "",
    name: Text = "",
    address: Text = "",
    shape: Text = "",
    secret: Text = "",
    least_severity: Text = "",
    department: Text = "",
    allow_private: Text = "",
    case_notices: Text = "",
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    typed = {
        "kind": kind, "name": name, "address": address, "shape": shape, "least_severity": least_severity,
        "department": department, "allow_private": allow_private, "case_notices": case_notices,
    }  # fmt: skip
    try:
        if department and department not in staff.directory.departments:
            raise Invalid("有几处需要修改。", {"department": "请选择列表中的单位"})
        new = alert_channels.NewChannel(
            kind=_member(DeliveryKind, kind, "kind"),
            name=name,
            address=address,
            shape=_member(WebhookFormat, shape, "shape") if kind == DeliveryKind.WEBHOOK else None,
            secret=secret.strip(),
            least_severity=_member(RiskLevel, least_severity, "channel_severity"),
            department_id=department or None,
            allow_private=allow_private == "1",
            case_notices=case_notices == "1",
        )
        alert_channels.add_channel(conn, runtime.settings, new, actor=staff.account.actor, now=now)
    except Invalid as error:
        return _page(request, staff, runtime, conn, now=now, typed_channel=typed, error=error)
    return RedirectResponse("/alerts/settings?done=channel", status_code=303)


@router.post("/channels/{channel_id}/active")
def set_channel_active(
    channel_id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
    staff: ActingStaffDep,
    conn: ConnectionDep,
    now: NowDep,
    active: Text = "",
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    alert_channels.set_active(conn, channel_id, active == "1", actor=staff.account.actor, now=now)
    return RedirectResponse("/alerts/settings?done=channel", status_code=303)


def change_thresholds(conn: Connection, thresholds: list[Threshold], *, actor: str, now: datetime) -> None:
    early_sign_repository.replace_thresholds(conn, thresholds, actor=actor)
    payload = {f"{row.sign.value}:{row.level.value}": row.at_least for row in thresholds}
    add_administration_event(conn, action="alerts.thresholds", payload=payload, actor=actor, now=now)


def read_thresholds(typed: dict[str, str]) -> list[Threshold]:
    """`typed`: "growth:red" → "20"; empty: the sign never reaches this level. Raises `Invalid` naming the places."""
    found: list[Threshold] = []
    fields: dict[str, str] = {}
    for place, text in typed.items():
        sign, _, level = place.partition(":")
        if not text.strip():
            continue
        try:
            value = float(text)
            row = Threshold(sign=EarlySign(sign), level=RiskLevel(level), at_least=value)
            if not 0 < value <= (1 if row.sign in _SHARES else 100_000):
                raise ValueError
        except ValueError:
            fields[f"threshold-{sign}-{level}"] = f"{_label_of(sign)}的标准应为大于0的数"
        else:
            found.append(row)
    for sign in EarlySign:
        # a graver level asks for more; `together` counts signs of different levels
        rows = sorted((row for row in found if row.sign is sign), key=lambda row: row.level.rank)
        if sign is not EarlySign.TOGETHER and any(a.at_least > b.at_least for a, b in pairwise(rows)):
            fields[f"threshold-{sign.value}-{rows[0].level.value}"] = f"{sign.label}：级别越高，标准应越高"
    if fields:
        raise Invalid("有几处需要修改。", fields)
    return found


def read_settings(typed: dict[str, str]) -> AlertSettings:
    """Raises `Invalid` naming each field."""
    fields: dict[str, str] = {}
    found: dict[str, Any] = {}
    whole = {"refractory_hours": (1, 720), "least_persons": (1, 1000), "three_cases": (2, 100), "three_days": (1, 60)}
    for name, (least, most) in whole.items():
        number = int(typed[name]) if typed[name].isdecimal() and len(typed[name]) < 6 else -1
        found[name] = number
        if not least <= number <= most:
            fields[name] = f"应为{least}至{most}的整数"
    for name in ("quiet_from", "quiet_to"):
        try:
            found[name] = time.fromisoformat(typed[name])
        except ValueError:
            fields[name] = "应为时间，如 22:00"
    try:
        found["false_alarms"] = float(typed["false_alarms"])
        if not 0.01 <= found["false_alarms"] <= 100:
            raise ValueError
    except ValueError:
        fields["false_alarms"] = "应为0.01至100的数"
    try:
        found["alert_from"] = RiskLevel(typed["alert_from"])
    except ValueError:
        fields["alert_from"] = "请选择级别"
    if fields:
        raise Invalid("有几处需要修改。", fields)
    return AlertSettings(**found)


def _page(
    request: Request,
    staff: Staff,
    runtime: Runtime,
    conn: Connection,
    *,
    now: datetime,
    done: str = "",
    typed: dict[str, str] | None = None,
    typed_thresholds: dict[str, str] | None = None,
    typed_channel: dict[str, str] | None = None,
    error: Invalid | None = None,
) -> Response:
    settings = alert_repository.get_alert_settings(conn)
    stored = {f"{t.sign.value}:{t.level.value}": f"{t.at_least:g}" for t in early_sign_repository.list_thresholds(conn)}
    administers = staff.account.role is Role.ADMINISTRATOR
    return render(
        request,
        "staff/alert_settings.html",
        status_code=status_of(error) if error else 200,
        now=now,
        done=done,
        message=error.message if error else "",
        errors=error.fields if error else {},
        typed=typed or _as_text(settings),
        thresholds=typed_thresholds or stored,
        channel=typed_channel or {**dict.fromkeys(_CHANNEL_FIELDS, ""), "kind": "webhook", "least_severity": "yellow"},
        signs=[(sign, _UNITS[sign]) for sign in EarlySign],
        levels=list(RiskLevel),
        level_choices=enum_choices(RiskLevel),
        kinds=enum_choices(DeliveryKind),
        shapes=enum_choices(WebhookFormat),
        units=unit_choices(staff.directory),
        channels=delivery_repository.list_channels(conn) if administers else [],
        deliveries=delivery_repository.list_deliveries(conn, limit=20) if administers else [],
        directory=staff.directory,
        edits=staff.account.role in EDITS,
        administers=administers,
        mail_configured=mail.is_configured(runtime.settings),
        new_secret=secrets.token_urlsafe(24) if administers else "",
    )


def _as_text(settings: AlertSettings) -> dict[str, str]:
    return {
        "refractory_hours": str(settings.refractory_hours),
        "quiet_from": f"{settings.quiet_from:%H:%M}",
        "quiet_to": f"{settings.quiet_to:%H:%M}",
        "least_persons": str(settings.least_persons),
        "false_alarms": f"{settings.false_alarms:g}",
        "alert_from": settings.alert_from.value,
        "three_cases": str(settings.three_cases),
        "three_days": str(settings.three_days),
    }


def _member(enum: type[Member], value: str, field: str) -> Member:
    try:
        return enum(value)
    except ValueError:
        raise Invalid("有几处需要修改。", {field: "请从列表中选择"}) from None


def _label_of(sign: str) -> str:
    return next((known.label for known in EarlySign if known.value == sign), "苗头")
