"""What is done beside the status, in words: the lines of the history. Pure."""

from datetime import date
from typing import Any

from api.pages.cases.merging_wording import together_detail
from api.pages.replies.draft_history import draft_detail
from api.staff.attachment_wording import attachment_detail
from api.staff.follow_up_wording import follow_up_detail
from api.staff.publication_wording import publication_detail
from models.account import Role
from models.case import CaseAction, CaseEvent
from models.casework import ReturnReason, SupervisionLevel, SupervisionTrigger
from models.protection import RevealReason
from routing.directory import Directory


def beside_detail(event: CaseEvent, directory: Directory) -> str:
    """What to know about a line; "" where the action says all."""
    payload = event.payload
    match event.action:
        case CaseAction.REQUEST_RETURN:
            proposed = directory.department_name(payload["proposed"])
            return _joined(
                ReturnReason(payload["reason"]).label, payload["explanation"], proposed and f"建议由{proposed}办理"
            )
        case CaseAction.REFUSE_RETURN | CaseAction.REFUSE_EXTENSION:
            return f"理由：{payload['note']}"
        case CaseAction.REQUEST_EXTENSION:
            return f"{payload['days']}个工作日，理由：{payload['reason']}"
        case CaseAction.GRANT_EXTENSION:
            due = date.fromisoformat(payload["due_date"]["to"])
            return _joined(f"延期{payload['days']}个工作日，至{due.year}年{due.month}月{due.day}日", payload["note"])
        case CaseAction.SUPERVISE:
            return _joined(
                SupervisionLevel(payload["level"]).label,
                SupervisionTrigger(payload["trigger"]).label,
                payload["demand"],
            )
        case CaseAction.CONTACT:
            return payload["text"] if payload["reached"] else f"未联系上：{payload['text']}"
        case CaseAction.OPINION:
            return f"{directory.department_name(payload['department'])}：{payload['text']}"
        case CaseAction.ANSWER_SUPERVISION:
            return f"超过了要求的时间；{payload['text']}" if payload["late"] else str(payload["text"])
        case CaseAction.NOTE:
            mentioned = "、".join(payload.get("mentioned", ()))
            return _joined(payload["text"], mentioned and f"提及{mentioned}")
        case CaseAction.REMIND:
            return str(payload["text"])
        case CaseAction.SUBMIT_REPLY | CaseAction.APPROVE_REPLY | CaseAction.SEND_BACK_REPLY:
            return draft_detail(event)
        case CaseAction.REVEAL:
            return f"{RevealReason(payload['reason']).label}：{payload['text']}"
        case CaseAction.RECALCULATE:
            return _joined(f"工作日历变更（{payload['reason']}）", _moved(payload.get("due_date")))
        case CaseAction.ESCALATE:
            return f"{payload['rule']}，提醒{Role(payload['role']).label}"
        case CaseAction.MERGE | CaseAction.UNMERGE | CaseAction.SPLIT | CaseAction.UNSPLIT:
            return together_detail(event, directory)
        case CaseAction.ATTACH | CaseAction.DETACH:
            return attachment_detail(event)
        case CaseAction.PUBLISH | CaseAction.UNPUBLISH | CaseAction.WITHDRAW_CONSENT:
            return publication_detail(event)
        case _:
            return follow_up_detail(event)


def _moved(due: dict[str, str] | None) -> str:
    if due is None:
        return "仅签收、联系的时限有变"
    before, after = (date.fromisoformat(due[key]) for key in ("from", "to"))
    return f"办结时限由{before.month}月{before.day}日改为{after.month}月{after.day}日"


def _joined(*parts: Any) -> str:
    said = [str(part) for part in parts if part]
    # what somebody typed may end with a full stop of its own
    return "；".join([*(part.rstrip("。；") for part in said[:-1]), *said[-1:]])
