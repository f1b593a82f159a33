"""How well cases are given out and taken: 首派准确率, 退单率, 及时签收率."""

from collections.abc import Iterator

from dashboards.metrics.metric_definition import MetricDefinition
from models.criteria import CaseState
from models.desk import DispatchSource

_EMPTY = "暂无已派单工单"


def _first_dispatch() -> Iterator[MetricDefinition]:
    """Of all first dispatches, then of those of each source."""
    how = "首次派单的主办单位至今没有变过（没有改派、退单、裁定给其他单位）的工单占已派单工单的比例"
    yield MetricDefinition(
        id="first_dispatch_accuracy",
        label="首派准确率",
        unit="%",
        definition=f"{how}。只换协办单位的不算改派。",
        numerator="first_right",
        numerator_label="首派准确",
        state=CaseState.FIRST_RIGHT,
        denominator="first_dispatched",
        denominator_label="有首次派单",
        denominator_state=CaseState.FIRST_DISPATCHED,
        empty=_EMPTY,
        query="first_dispatch",
    )
    who = {
        DispatchSource.MODEL: "由程序按类别模型的判断派单的",
        DispatchSource.RULE: "由程序按不看类别的派单规则派单的",
        DispatchSource.PERSON: "由派单员派单的",
    }
    for source, words in who.items():
        yield MetricDefinition(
            id=f"first_dispatch_accuracy_{source.value}",
            label=f"首派准确率（{source.label}）",
            unit="%",
            definition=f"首次{words}工单中，{how}。",
            numerator=f"{source.value}_right",
            numerator_label="首派准确",
            state=CaseState.FIRST_RIGHT,
            only={"dispatch_source": source.value},
            denominator=f"{source.value}_dispatched",
            denominator_label="有首次派单",
            denominator_state=CaseState.FIRST_DISPATCHED,
            denominator_only={"dispatch_source": source.value},
            empty=_EMPTY,
            query="first_dispatch",
        )


def _returns() -> Iterator[MetricDefinition]:
    yield MetricDefinition(
        id="return_rate",
        label="退单率",
        unit="%",
        definition="已派单工单中，承办单位至少申请过一次退单的比例，无论是否获同意；同一工单只计一次。",
        numerator="asked",
        numerator_label="申请过退单",
        state=CaseState.RETURN_ASKED,
        denominator="dispatched",
        denominator_label="已派单",
        denominator_state=CaseState.DISPATCHED,
        empty=_EMPTY,
        query="returns",
    )
    for part, label, state in (
        ("accepted", "退单同意率", CaseState.RETURN_ACCEPTED),
        ("refused", "退单未获同意率", CaseState.RETURN_REFUSED),
    ):
        yield MetricDefinition(
            id=f"return_{part}_rate",
            label=label,
            unit="%",
            definition=f"申请过退单的工单中，{state.label}至少一次的比例；等待审批的也在分母之内。",
            numerator=part,
            numerator_label=state.label,
            state=state,
            denominator="asked",
            denominator_label="申请过退单",
            denominator_state=CaseState.RETURN_ASKED,
            empty="暂无退单申请",
            query="returns",
        )


DISPATCH_METRICS = (
    *_first_dispatch(),
    *_returns(),
    MetricDefinition(
        id="sign_in_rate",
        label="及时签收率",
        unit="%",
        definition="签收时限已到的工单中，每次都在时限内签收的比例；时限未到的、时限未到就改派走的不计入。",
        numerator="in_time",
        numerator_label="及时签收",
        state=CaseState.SIGNED_IN_ON_TIME,
        denominator="due",
        denominator_label="应签收",
        denominator_state=CaseState.SIGN_IN_DUE,
        empty="暂无应签收工单",
        query="sign_in",
    ),
)
