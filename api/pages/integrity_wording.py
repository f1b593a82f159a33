"""What an integrity rule measured, in words, neutral: a question, no verdict. Pure."""

from typing import Any

from models.case import CaseAction
from models.integrity import IntegrityRule


def evidence_words(rule: IntegrityRule, evidence: dict[str, Any]) -> str:
    match rule:
        case IntegrityRule.QUICK_BULK:
            return f"签收后{_span(evidence['seconds'] // 60)}办结，同一时段共{evidence['together']}件"
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


def _span(minutes: int) -> str:
    if minutes < 1:
        return "不到1分钟"
    hours, rest = divmod(int(minutes), 60)
    days, hours = divmod(hours, 24)
    parts = [f"{days}天" if days else "", f"{hours}小时" if hours else "", f"{rest}分钟" if rest and not days else ""]
    return "".join(parts)
