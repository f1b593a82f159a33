"""Replies before they are sent, for programs: saved, checked, listed for review; templates, which need a review."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.criteria import LARGEST_ID
from api.dependencies import AccountDep, ConnectionDep, NowDep, RuntimeDep, require_role
from api.schemas.drafts import (
    CheckOut,
    DraftIn,
    DraftOut,
    ReviewNeedIn,
    ReviewNeedOut,
    TemplateIn,
    TemplateOut,
    WaitingOut,
)
from api.staff import drafting, reply_template_desk
from models.reply_draft import ReviewNeed
from routing.replies.draft_repository import needs_by_unit

router = APIRouter(tags=["replies"])

RowId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get("/cases/{case_number}/draft")
def get_draft(case_number: str, account: AccountDep, conn: ConnectionDep) -> DraftOut | None:
    """工单的答复草稿，没有或不归您看时为 null。承办人员看本单位的；督办员看送审的。"""
    draft = drafting.find_draft(conn, account, case_number)
    return DraftOut.of(draft) if draft else None


@router.put("/cases/{case_number}/draft")
def save_draft(
    case_number: str, given: DraftIn, account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> DraftOut | None:
    """保存答复草稿，不记入办理过程。version 是您看到的草稿版本，没有看到草稿时为 null；他人已先更改时 409，
    两份文字都在。没有草稿且内容为空时不建草稿，返回 null。"""
    draft = drafting.save_draft(conn, runtime, account, case_number, given.given(), now=now)
    return DraftOut.of(draft) if draft else None


@router.delete("/cases/{case_number}/draft", status_code=204)
def drop_draft(
    case_number: str,
    version: Annotated[int, Query(ge=1)],
    account: AccountDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
) -> None:
    """作废答复草稿；文字仍保存在数据库中。version 不是现在的版本时 409。"""
    drafting.drop_draft(conn, runtime, account, case_number, version, now=now)


@router.post("/cases/{case_number}/draft/check")
def check_draft(
    case_number: str, given: DraftIn, account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> CheckOut:
    """答复体检：每个问题的轻重、位置、怎么改。不保存，不阻拦。"""
    return CheckOut.of(
        drafting.check_draft(conn, runtime, account, case_number, given.body, public=given.public, now=now)
    )


@router.get("/approvals")
def get_approvals(
    account: AccountDep, conn: ConnectionDep, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> list[WaitingOut]:
    """待审核的答复，先送审的在前：承办人员看本单位的，督办员看全市的。审核用工单的 approve_reply、send_back_reply。"""
    return [WaitingOut.of(case, draft) for case, draft in drafting.list_waiting(conn, account, limit=limit)]


@router.get("/reply-templates")
def get_templates(account: AccountDep, conn: ConnectionDep) -> list[TemplateOut]:
    """答复模板：本单位的和全市的，管理员看到各单位的。"""
    return [TemplateOut.model_validate(template) for template in reply_template_desk.list_templates(conn, account)]


@router.post("/reply-templates", status_code=201)
def add_template(
    given: TemplateIn, account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> TemplateOut:
    """新建答复模板。全市的由管理员建，单位的由本单位承办人员或督办员建；有不认识的字段时 422。"""
    added = reply_template_desk.add_template(conn, account, runtime.directory(conn), given.given(), now=now)
    return TemplateOut.model_validate(added)


@router.put("/reply-templates/{template_id}")
def change_template(
    template_id: RowId,
    given: TemplateIn,
    account: AccountDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
) -> TemplateOut:
    """更改答复模板；停用用 active=false。version 不是现在的版本时 409。"""
    changed = reply_template_desk.change_template(
        conn, account, runtime.directory(conn), template_id, given.given(), now=now
    )
    return TemplateOut.model_validate(changed)


@router.get("/reply-review")
def get_review_needs(account: AccountDep, conn: ConnectionDep) -> list[ReviewNeedOut]:
    """哪些答复须经他人审核签发：department_id 为 null 的是全市的规则。"""
    require_role(account, *reply_template_desk.READERS)
    needs = {None: ReviewNeed.NONE} | needs_by_unit(conn)
    return [ReviewNeedOut(department_id=unit, need=need) for unit, need in needs.items()]


@router.put("/reply-review", status_code=204)
def set_review_need(
    given: ReviewNeedIn, account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> None:
    """设定审核规则，由管理员进行；need 为 null 时该单位与全市相同。"""
    reply_template_desk.set_review_need(
        conn, account, runtime.directory(conn), given.department_id, given.need, now=now
    )
