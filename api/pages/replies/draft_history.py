"""A reply before it is sent, in the lines of the history: submitted, approved, sent back. Pure."""

from collections.abc import Mapping
from typing import Any

from models.attachment import FileAudience
from models.case import CaseAction, CaseEvent, CompletionResult
from models.reply_check import ReplyFlaw


def checked_of(payload: Mapping[str, Any]) -> str:
    """What went with a reply; what the check found in one that was sent without a review, and why it went as it was. ""
    for nothing."""
    found = "、".join(ReplyFlaw(kind).label for kind in payload.get("findings", ()))
    why = payload.get("why")
    files = files_of(payload)
    parts = (files and f"；{files}", found and f"；体检：{found}", why and f"；不修改的理由：{why}")
    return "".join(part for part in parts if part)


def files_of(payload: Mapping[str, Any]) -> str:
    """What goes with a reply, and whom it does not go to."""
    names = [
        file["name"] + (f"（{FileAudience(to).label}）" if (to := file.get("audience")) else "")
        for file in payload.get("files", ())
    ]
    return f"附件：{'、'.join(names)}" if names else ""


def draft_detail(event: CaseEvent) -> str:
    """What to know about a line of submitting, approving or sending back."""
    payload = event.payload
    match event.action:
        case CaseAction.SUBMIT_REPLY:
            result = payload["result"]
            found = "、".join(ReplyFlaw(kind).label for kind in payload["findings"])
            parts = [
                f"{'公开' if payload['public'] else '不公开'}答复，{payload['length']}字",
                result and f"签发后办结：{CompletionResult(result).label}",
                found and f"体检：{found}",
                files_of(payload),
                payload["reason"] and f"理由：{payload['reason']}",
                payload.get("disclosure") and f"公开个人信息的理由：{payload['disclosure']}",
            ]
        case CaseAction.SEND_BACK_REPLY:
            parts = ["起草人取回" if payload["own"] else "", payload["note"]]
        case _:
            parts = [payload.get("note", "")]
    return "；".join(part for part in parts if part)
