"""How well cases are followed to their end: 响应率, 解决率, 满意率, 重办率, and what stands beside them."""

from dashboards.metrics.metric_definition import MetricDefinition
from models.criteria import CaseState

_QUERY = "follow_up"
_SAMPLED = (
    "只计按规则抽中的回访，以最近一次回答为准：再次办结后没有接通、拒绝回访的，先前的回答仍然算数；从未回答的不计入分子和"
    "分母，另列件数；没有抽中而自己评价的不计入。回答算在当时办理的单位名下，工单后来改派也不变。来件并入其他工单的，各诉求人分别回访、分别计入，算作实际答复的单位；"
    "一人有几件并入同一工单的，只回访一次。"
)


def _count(id_: str, label: str, definition: str, state: CaseState) -> MetricDefinition:
    return MetricDefinition(
        id=id_,
        label=label,
        definition=definition,
        unit="件",
        numerator=id_,
        numerator_label=label,
        state=state,
        query=_QUERY,
    )


FOLLOW_UP_METRICS = (
    MetricDefinition(
        id="response_rate",
        label="响应率",
        unit="%",
        definition="应响应工单中，主办单位既及时签收又及时联系诉求人的比例。应响应指两项都已做到，或有一项已经逾期；"
        "时限未到就改派走的不计入。",
        numerator="responded",
        numerator_label="按时响应",
        state=CaseState.RESPONDED,
        denominator="response_due",
        denominator_label="应响应",
        denominator_state=CaseState.RESPONSE_DUE,
        empty="暂无应响应工单",
        query=_QUERY,
    ),
    MetricDefinition(
        id="resolution_rate",
        label="解决率",
        unit="%",
        definition=f"有效回访中，诉求人说已经解决的比例，部分解决不算；办结后同一人又来反映同一件事的，也不算。{_SAMPLED}",
        numerator="callback_solved",
        numerator_label="回访已解决",
        state=CaseState.CALLBACK_SOLVED,
        denominator="callback_valid",
        denominator_label="有效回访",
        denominator_state=CaseState.CALLBACK_VALID,
        empty="暂无有效回访",
        query=_QUERY,
        sampled=True,
    ),
    MetricDefinition(
        id="satisfaction_rate",
        label="满意率",
        unit="%",
        definition=f"有效回访中，诉求人表示很满意或满意的比例；基本满意是否算满意，由抽样规则规定。{_SAMPLED}",
        numerator="callback_satisfied",
        numerator_label="回访满意",
        state=CaseState.CALLBACK_SATISFIED,
        denominator="callback_valid",
        denominator_label="有效回访",
        denominator_state=CaseState.CALLBACK_VALID,
        empty="暂无有效回访",
        query=_QUERY,
        sampled=True,
    ),
    MetricDefinition(
        id="rework_rate",
        label="重办率",
        unit="%",
        definition="办结过的工单中，回访后至少重办过一次的比例；诉求人不满意而重启办理的也算重办，"
        "并入的来件的诉求人不满意也一样。正在重办的也在分母之内。",
        numerator="reworked",
        numerator_label="重办过",
        state=CaseState.REWORKED,
        denominator="finished",
        denominator_label="办结过",
        denominator_state=CaseState.FINISHED,
        empty="暂无办结的工单",
        query=_QUERY,
    ),
    _count(
        "callback_waiting", "待回访", "抽中回访、还没有打通的工单，含并入其他工单的来件。", CaseState.CALLBACK_WAITING
    ),
    _count(
        "callback_unreachable",
        "回访未接通",
        "按规则打够次数仍没有接通的工单，不计入解决率和满意率。",
        CaseState.CALLBACK_UNREACHABLE,
    ),
    _count("callback_refused", "拒绝回访", "接通而不愿回答的工单，不计入解决率和满意率。", CaseState.CALLBACK_REFUSED),
)
