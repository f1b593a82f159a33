"""What was published and taken down, in words: for the history of staff and for who wrote. Pure."""

from models.case import CaseAction, CaseEvent


def publication_step(event: CaseEvent) -> str:
    """What who wrote is told."""
    match event.action:
        case CaseAction.PUBLISH:
            return "答复已公开"
        case CaseAction.UNPUBLISH:
            return "答复已从公开页撤下"
        case _:
            return "您撤回了公开来信的同意"


def publication_detail(event: CaseEvent) -> str:
    """What to know about a line of the history."""
    payload = event.payload
    match event.action:
        case CaseAction.PUBLISH:
            return "；".join(filter(None, (published_words(payload), payload["text"])))
        case CaseAction.UNPUBLISH:
            return f"理由：{payload['reason']}"
        case _:
            return "来信不再公开，答复不受影响"


def published_words(payload: dict[str, object]) -> str:
    """Of a completion too; "" where nothing was published with it."""
    told = payload.get("published")
    if not isinstance(told, dict):
        return ""
    return f"公开{'来信和答复' if told['with_letter'] else '答复'}，公开编号{told['answer']}"
