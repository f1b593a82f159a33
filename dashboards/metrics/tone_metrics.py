"""With whom are the negative letters displeased? Shares of them, by the program's reading of the text."""

from dashboards.metrics.metric_definition import MetricDefinition
from models.analysis import Sentiment
from models.criteria import Displeasure

_NEGATIVE = {"sentiment": Sentiment.NEGATIVE.value}


def _share(id_: str, label: str, definition: str, whom: Displeasure, numerator: str) -> MetricDefinition:
    return MetricDefinition(
        id=id_,
        label=label,
        unit="%",
        definition=f"情感判为负面的工单中，{definition}由程序按文字判断，仅供参考。",
        numerator=numerator,
        numerator_label=f"对{whom.label}不满",
        only=_NEGATIVE | {"displeased_with": whom.value},
        denominator="negative",
        denominator_label="负面工单",
        denominator_only=_NEGATIVE,
        empty="暂无负面工单",
        query="tone",
    )


# One text may be displeased with several: the shares of the parts may add up to more than that of all.
TONE_METRICS = (
    _share(
        "displeased_rate",
        "不满部门或政策",
        "对部门和人员、办理和答复或者政策规定表示不满的比例；其余的只是说事情不好。",
        Displeasure.AUTHORITY,
        "negative_at_authority",
    ),
    _share(
        "displeased_department_rate",
        "不满部门和人员",
        "对部门和人员表示不满的比例。",
        Displeasure.DEPARTMENT,
        "negative_at_department",
    ),
    _share(
        "displeased_reply_rate",
        "不满办理和答复",
        "对办理和答复表示不满的比例。",
        Displeasure.REPLY,
        "negative_at_reply",
    ),
    _share(
        "displeased_policy_rate",
        "不满政策规定",
        "对政策规定表示不满的比例。",
        Displeasure.POLICY,
        "negative_at_policy",
    ),
)
