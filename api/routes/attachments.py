"""Attachments for programs: of a letter with number and code, of a case for staff."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Path, UploadFile
from fastapi.responses import Response

from api.criteria import LARGEST_ID
from api.dependencies import AccountDep, AddressDep, ConnectionDep, NowDep, RuntimeDep, limit_attempts
from api.routes.letters import FOLLOWS_PER_HOUR
from api.schemas.attachment import AttachmentOut, AttachmentsOut, RemovalIn
from api.schemas.public import FollowIn
from api.staff import attachments
from models.database import transaction

router = APIRouter(tags=["attachments"])

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Files = Annotated[list[UploadFile], File(description="图片（JPG、PNG、WebP）或PDF，每个不超过10 MB")]
_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}}, "description": "文件"}}


@router.post("/letters/{receipt_number}/attachments", status_code=201)
def add_to_letter(
    receipt_number: str,
    code: Annotated[str, Form(max_length=100)],
    files: Files,
    runtime: RuntimeDep,
    now: NowDep,
    address: AddressDep,
) -> list[AttachmentOut]:
    """给自己的信补充附件（最多5个，共30 MB）。同一个文件重发不会重复保存；返回这封信现有的全部附件。"""
    limit_attempts(runtime, f"follow:{address}", FOLLOWS_PER_HOUR, now=now)
    limit_attempts(runtime, f"letters:{address}", runtime.settings.letters_per_hour, now=now)
    with transaction(runtime.pool) as conn:
        attachments.list_own(conn, runtime, receipt_number, code)  # before any picture is opened
    checked = attachments.check_sent(files)
    with transaction(runtime.pool) as conn:
        return [
            AttachmentOut.of(a) for a in attachments.add_by_code(conn, runtime, receipt_number, code, checked, now=now)
        ]


@router.post("/letters/{receipt_number}/attachments/list")
def list_of_letter(
    receipt_number: str, given: FollowIn, runtime: RuntimeDep, now: NowDep, address: AddressDep
) -> list[AttachmentOut]:
    """自己发的附件和随答复收到的附件。"""
    limit_attempts(runtime, f"follow:{address}", FOLLOWS_PER_HOUR, now=now)
    with transaction(runtime.pool) as conn:
        return [AttachmentOut.of(a) for a in attachments.list_own(conn, runtime, receipt_number, given.code)]


@router.post("/letters/{receipt_number}/attachments/{attachment_id}", response_class=Response, responses=_FILE)
def fetch_of_letter(
    receipt_number: str, attachment_id: Id, given: FollowIn, runtime: RuntimeDep, now: NowDep, address: AddressDep
) -> Response:
    """取一个附件。查询码放在请求正文里：地址会留在日志中。"""
    limit_attempts(runtime, f"follow:{address}", FOLLOWS_PER_HOUR, now=now)
    with transaction(runtime.pool) as conn:
        return attachments.fetch_own(conn, runtime, receipt_number, given.code, attachment_id)


@router.get("/cases/{case_number}/attachments")
def list_of_case(
    case_number: str, account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> AttachmentsOut:
    """工单的附件：诉求人发来的和工作人员添加的。"""
    return AttachmentsOut.of(attachments.list_of_case(conn, runtime, account, case_number, now=now))


@router.post("/cases/{case_number}/attachments", status_code=201)
def add_to_case(
    case_number: str,
    files: Files,
    account: AccountDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    for_submitter: Annotated[bool, Form(description="随下一次答复发给诉求人")] = False,
) -> AttachmentsOut:
    """添加附件（另可用docx、xlsx）。同一个文件重发不会重复保存。"""
    view = attachments.attach(conn, runtime, account, case_number, files, for_submitter=for_submitter, now=now)
    return AttachmentsOut.of(view)


@router.get("/cases/{case_number}/attachments/{attachment_id}", response_class=Response, responses=_FILE)
def fetch_of_case(
    case_number: str, attachment_id: Id, account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    """取一个附件，记入导出记录。"""
    return attachments.fetch(conn, runtime, account, case_number, attachment_id, now=now)


@router.post("/cases/{case_number}/attachments/{attachment_id}/removal")
def remove_from_case(
    case_number: str,
    attachment_id: Id,
    given: RemovalIn,
    account: AccountDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
) -> AttachmentsOut:
    """移除：不再显示，内容留作审计。须写明理由。"""
    view = attachments.detach(conn, runtime, account, case_number, attachment_id, reason=given.reason, now=now)
    return AttachmentsOut.of(view)
