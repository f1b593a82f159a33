"""What an integrity rule measured, in words, neutral: a question, no verdict. Pure."""

from typing import Any

from models.case import CaseAction
from models.integrity import IntegrityRule


def evidence_words(rule: IntegrityRule, evidence: dict[str, Any]) -> str:
    match rule:
        case IntegrityRule.QUICK_BULK:
            return _completed(evidence)
        case IntegrityRule.WITHOUT_CONTACT:
            attempts = evidence["attempts"]
            return f"尝试联系{attempts}次，未联系上" if attempts else "没有联系诉求人的记录"
        case IntegrityRule.SAME_REPLY:
            return f"同样的答复共{evidence['together']}件"
        case IntegrityRule.LATE_CLOCK:
            left = evidence["minutes_left"]
            when = f"到期前{_span(left)}" if left >= 0 else f"逾期{_span(-left)}后"
            return f"{when}{CaseAction(evidence['action']).label}"
        case IntegrityRule.CAME_BACK:
            return f"办结后{evidence['days']}天又来反映" if evidence["days"] else "办结当天又来反映"
        case IntegrityRule.LAST_HOUR_RETURN:
            return f"离退单期限{_span(evidence['minutes_left'])}"
        case IntegrityRule.DOUBTFUL_ANSWER:
            return _answered(evidence)
        case IntegrityRule.TAKEN_DOWN:
            return "撤下后又恢复公开" if evidence["back"] else "撤下后没有恢复"


def _completed(evidence: dict[str, Any]) -> str:
    """Whichever of the two was more."""
    seconds, together, by_one = evidence["seconds"], evidence["together"], evidence.get("by_one", 0)
    told = f"签收后{_span(seconds // 60)}办结" if seconds is not None else "没有签收即办结"
    return f"{told}，同一时段{f'同一人共{by_one}' if by_one > together else f'共{together}'}件"


def _answered(evidence: dict[str, Any]) -> str:
    if evidence["own"]:
        return "由办过这件工单的人或单位记下"
    return f"同一时段{'同一人记下' if evidence['by_phone'] else '诉求人自己评价'}满意的共{evidence['together']}件"


def _span(minutes: int) -> str:
    if minutes < 1:
        return "不到1分钟"
    hours, rest = divmod(int(minutes), 60)
    days, hours = divmod(hours, 24)
    parts = [f"{days}天" if days else "", f"{hours}小时" if hours else "", f"{rest}分钟" if rest and not days else ""]
    return "".join(parts)
