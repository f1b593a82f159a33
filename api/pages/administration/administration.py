"""The administrator's pages: accounts, dispatch rules, units and limits, imports, health."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api import account_repository
from api.auth import MIN_PASSWORD, hash_password
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.health import run_checks
from api.http_status import status_of
from api.learning.place_learning import withdraw_place
from api.pages.choices import enum_choices, unit_choices
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from dashboards.metrics.metrics import status_counts
from intake.import_repository import list_imports
from models.account import Role
from models.analysis import AppealType, PlaceKind
from models.database import Connection
from models.errors import Invalid
from models.submission import Channel
from routing.learning.learnt_place_repository import list_learnt_places

router = APIRouter(prefix="/administration")

_DONE = {"add": "账号已添加。", "password": "密码已重设，该账号需要重新登录。", "active": "账号状态已更改。"}
_TYPED = ("username", "display_name", "role", "department")
Text = Annotated[str, Form()]


@router.get("")
def show_accounts(request: Request, staff: StaffDep, conn: ConnectionDep, now: NowDep, done: str = "") -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    return _accounts_page(request, staff, conn, now=now, done=_DONE.get(done, ""))


@router.post("/accounts")
def add_account(
    request: Request,
    staff: ActingStaffDep,
    conn: ConnectionDep,
    now: NowDep,
    username: Text = "",
    display_name: Text = "",
    role: Text = "",
    department: Text = "",
    password: Text = "",
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    typed = {"username": username, "display_name": display_name, "role": role, "department": department}
    try:
        fields = _check_account(conn, staff, typed)
        if fields:
            raise Invalid("有几处需要修改。", fields)
        account_repository.add_account(
            conn,
            username=username.strip(),
            display_name=display_name.strip(),
            password_hash=hash_password(password),
            role=Role(role),
            department_id=department or None,
            actor=staff.account.actor,
            now=now,
        )
    except Invalid as error:
        return _accounts_page(request, staff, conn, now=now, typed=typed, error=error)
    return RedirectResponse("/administration?done=add", status_code=303)


@router.post("/accounts/{username}/password")
def reset_password(
    request: Request, username: str, staff: ActingStaffDep, conn: ConnectionDep, now: NowDep, password: Text = ""
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    try:
        password_hash = hash_password(password)
    except Invalid as error:
        return _accounts_page(request, staff, conn, now=now, error=Invalid(error.message))
    account_repository.set_password(conn, username, password_hash, actor=staff.account.actor, now=now)
    return RedirectResponse("/administration?done=password", status_code=303)


@router.post("/accounts/{username}/active")
def set_active(username: str, staff: ActingStaffDep, conn: ConnectionDep, now: NowDep, active: Text = "") -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    if username == staff.account.username:
        raise Invalid("不能停用自己的账号。")
    account_repository.set_active(conn, username, active == "1", actor=staff.account.actor, now=now)
    return RedirectResponse("/administration?done=active", status_code=303)


@router.get("/rules")
def show_rules(request: Request, staff: StaffDep, now: NowDep) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    directory = staff.directory
    return render(
        request,
        "staff/administration_rules.html",
        now=now,
        directory=directory,
        duties=directory.duty_names,
        kinds={kind.value: kind.label for kind in AppealType},
        channels={c.value: c.label for c in Channel},
        rules=sorted(directory.rules, key=lambda rule: (rule.priority, rule.topic_code or "", rule.id)),
    )


@router.get("/city")
def show_city(request: Request, staff: StaffDep, conn: ConnectionDep, now: NowDep) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    return render(
        request,
        "staff/administration_city.html",
        now=now,
        directory=staff.directory,
        groups=unit_choices(staff.directory),
        learnt=list_learnt_places(conn),
        kinds={kind.value: kind.label for kind in PlaceKind},
    )


@router.post("/places/withdraw")
def withdraw_learnt_place(staff: ActingStaffDep, conn: ConnectionDep, now: NowDep, name: Text = "") -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    withdraw_place(conn, name, actor=staff.account.actor, now=now)
    return RedirectResponse("/administration/city", status_code=303)


@router.get("/operation")
def show_operation(
    request: Request, staff: StaffDep, conn: ConnectionDep, runtime: RuntimeDep, now: NowDep
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    return render(
        request,
        "staff/administration_operation.html",
        now=now,
        checks=run_checks(runtime, now=now),
        counts=status_counts(conn, now),
        imports=list_imports(conn),
    )


def _accounts_page(
    request: Request,
    staff: Staff,
    conn: Connection,
    *,
    now: datetime,
    typed: dict[str, str] | None = None,
    error: Invalid | None = None,
    done: str = "",
) -> Response:
    return render(
        request,
        "staff/administration.html",
        status_code=status_of(error) if error else 200,
        now=now,
        done=done,
        accounts=account_repository.list_accounts(conn),
        directory=staff.directory,
        roles=enum_choices(Role),
        units=unit_choices(staff.directory),
        min_password=MIN_PASSWORD,
        message=error.message if error else "",
        errors=error.fields if error else {},
        typed=typed or dict.fromkeys(_TYPED, ""),
    )


def _check_account(conn: Connection, staff: Staff, typed: dict[str, str]) -> dict[str, str]:
    fields = {}
    username = typed["username"].strip().lower()
    if not username or not username.isascii() or not username.replace("-", "").replace("_", "").isalnum():
        fields["username"] = "请用字母和数字"
    elif any(account.username == username for account in account_repository.list_accounts(conn)):
        fields["username"] = "用户名已存在"
    if not typed["display_name"].strip() or "\0" in typed["display_name"]:
        fields["display_name"] = "请填写姓名"
    if typed["role"] not in [role.value for role in Role]:
        fields["role"] = "请选择角色"
    if typed["department"] and typed["department"] not in staff.directory.departments:
        fields["department"] = "请选择列表中的单位"
    if typed["role"] == Role.OFFICER and not typed["department"]:
        fields["department"] = "承办人员必须属于一个单位"
    return fields
