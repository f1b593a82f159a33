"""Merges and splits in words: the lines of the history. Pure."""

from models.case import CaseAction, CaseEvent
from routing.directory import Directory


def together_detail(event: CaseEvent, directory: Directory) -> str:
    """What to know about a line of what is handled together or apart."""
    payload = event.payload
    match event.action:
        case CaseAction.MERGE if "head" in payload:
            return f"并入工单{payload['head']}，理由：{payload['reason']}"
        case CaseAction.MERGE:
            return f"并入本单：{'、'.join(payload['members'])}；理由：{payload['reason']}"
        case CaseAction.UNMERGE if "head" in payload:
            return f"不再并入工单{payload['head']}，恢复单独办理；理由：{payload['note']}"
        case CaseAction.UNMERGE:
            return f"不再并入本单：{'、'.join(payload['members'])}；理由：{payload['note']}"
        case CaseAction.SPLIT:
            parts = (
                f"{part['number']}“{part['title']}”由{directory.department_name(part['lead'])}办理"
                for part in payload["parts"]
            )
            return "；".join(parts)
        case CaseAction.UNSPLIT:
            return f"收回子工单{'、'.join(payload['parts'])}，恢复为一件；理由：{payload['note']}"
        case _:
            return ""


def follows(event: CaseEvent) -> str:
    """That a line is of what was done on another case, "" where it is of this one."""
    if event.action in (CaseAction.MERGE, CaseAction.UNMERGE):
        return ""
    if head := event.payload.get("head"):
        return f"随主单{head}"
    if part := event.payload.get("part"):
        return f"随子工单{part}"
    if event.action is CaseAction.COMPLETE and event.payload.get("parts"):
        return "子工单已全部办结"
    if parent := event.payload.get("parent"):
        return f"由{parent}拆分" if event.action is CaseAction.OPEN else ""
    return ""
