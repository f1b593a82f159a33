"""What became of attachments, in words: for the history of a case and for the submitter. Pure."""

from models.case import CaseAction, CaseEvent


def attachment_detail(event: CaseEvent) -> str:
    """For staff. What the submitter sent has no name here: it may tell who they are."""
    payload = event.payload
    if event.action is CaseAction.DETACH:
        what = "诉求人发来的附件" if payload["by_submitter"] else payload["file"]["name"]
        return f"{what}；理由：{payload['reason']}"
    if payload["by_submitter"]:
        whose = f"并入的工单{payload['member']}的" if "member" in payload else ""
        return f"{whose}诉求人补充了{len(payload['files'])}个附件"
    names = "、".join(file["name"] for file in payload["files"])
    return f"{names}；随下一次答复发给诉求人" if payload["for_submitter"] else names


def attachment_step(event: CaseEvent) -> str:
    """For the submitter; "" for what staff do among themselves."""
    if not event.payload["by_submitter"] or "member" in event.payload:
        return ""
    if event.action is CaseAction.DETACH:
        return f"您的一个附件已被移除，理由：{event.payload['reason']}"
    return f"您补充了{len(event.payload['files'])}个附件"
