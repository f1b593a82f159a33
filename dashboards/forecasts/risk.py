"""Which open cases are likely to be late this week, why, and how often such a warning was right before?"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from dashboards.daily_facts.facts import case_parameters, fetch_rows
from dashboards.forecasts.forecast_repository import count_due, newest_forecast, save_forecast
from dashboards.forecasts.risk_features import FEATURES, WEEK, Moment, look_at, read_rows
from dashboards.forecasts.risk_model import TOP_SHARE, RiskTest, fit_and_test
from dashboards.formats import format_rate
from models.criteria import CaseCriteria
from models.database import Connection

# Weeks that are learnt from and measured on, and what the features of the first of them look back on.
_WEEKS, _BEFORE = 26, timedelta(days=120)
# About so many cases of the past are read.
_CASES = 40_000
# The riskiest that are kept with their reasons; the page says so where there are more.
KEPT = 1000
# What adds less to the log-odds than this is no reason.
_LEAST_PART = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCase:
    """`chance` of not being completed in time, 0..1; `reasons`: the two strongest, in words, strongest first. `high`:
    as risky as the riskiest tenth of the measured weeks."""

    case_id: int
    chance: float
    high: bool
    reasons: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskForecast:
    """As of `made_at`. `test` None: not enough history, then there are no cases. `open`: cases that fall due within a
    week; `expected` of them late. `border`: the chance from which a case is `high`. `by_unit`: (high, expected)."""

    made_at: datetime
    test: RiskTest | None
    open: int
    expected: float
    border: float
    cases: list[RiskCase]
    by_unit: dict[str, tuple[int, float]]

    @property
    def useful(self) -> bool:
        """Whether it is shown: it did better than chance on weeks that it never saw."""
        return self.test is not None and self.test.useful


def make_risk_forecast(conn: Connection, *, now: datetime, zone: ZoneInfo, actor: str) -> RiskForecast:
    """Fit on older weeks, measure on newer ones, say it of the open cases, keep it. The served model is the measured
    one: it is not fitted again on the weeks that it was measured on."""
    today = now.astimezone(zone).date()
    criteria = CaseCriteria(due_from=today - timedelta(weeks=_WEEKS) - _BEFORE, due_to=today + timedelta(days=8))
    parameters = case_parameters(criteria, now=now, zone=zone)
    past = count_due(conn, now - timedelta(weeks=_WEEKS) - _BEFORE, now)
    step = max(1, -(-past // _CASES))
    rows = fetch_rows(conn, "risk_rows", parameters | {"step": step})
    made = forecast_risk(rows, now=now)
    content = asdict(made)
    del content["made_at"]
    save_forecast(conn, "risk", today, content, actor=actor, now=now)
    return made


def read_risk_forecast(conn: Connection) -> RiskForecast | None:
    """The newest that was made."""
    found = newest_forecast(conn, "risk")
    if found is None:
        return None
    _, made_at, content = found
    test = content["test"]
    return RiskForecast(
        made_at=made_at,
        test=RiskTest(**{**test, "bins": [(n, said, was) for n, said, was in test["bins"]]}) if test else None,
        open=content["open"],
        expected=content["expected"],
        border=content["border"],
        cases=[RiskCase(**one) for one in content["cases"]],
        by_unit={unit: (high, expected) for unit, (high, expected) in content["by_unit"].items()},
    )


def forecast_risk(rows: Sequence[dict[str, Any]], *, now: datetime) -> RiskForecast:
    """Pure: `rows` of queries/risk_rows.sql."""
    nothing = RiskForecast(made_at=now, test=None, open=0, expected=0.0, border=1.0, cases=[], by_unit={})
    if not rows:
        return nothing
    columns, at = read_rows(rows), now.timestamp()
    past = [look_at(columns, at - n * WEEK, sampled_only=True) for n in range(_WEEKS, 0, -1)]
    weeks = np.concatenate([np.full(len(moment.places), n, dtype=np.int64) for n, moment in enumerate(past)])
    features = np.concatenate([moment.features for moment in past])
    found = fit_and_test(features, np.concatenate([moment.late for moment in past]), weeks)
    if found is None:
        return nothing
    model, test = found
    current = look_at(columns, at, sampled_only=False)
    chances, parts = model.chances(current.features), model.parts(current.features)
    measured = model.chances(features[weeks > weeks.max() - max(1, _WEEKS // 3)])
    border = float(np.quantile(measured, 1 - TOP_SHARE))
    order = np.argsort(-chances, kind="stable")
    cases = [
        RiskCase(
            case_id=int(columns.ids[current.places[n]]),
            chance=round(float(chances[n]), 3),
            high=bool(chances[n] >= border),
            reasons=_reasons(current, n, parts[n]),
        )
        for n in order[:KEPT]
    ]
    by_unit: dict[str, tuple[int, float]] = {}
    for n, place in enumerate(current.places):
        unit = rows[place]["department"]
        high, expected = by_unit.get(unit, (0, 0.0))
        by_unit[unit] = high + int(chances[n] >= border), expected + float(chances[n])
    return RiskForecast(
        made_at=now,
        test=test,
        open=len(chances),
        expected=round(float(chances.sum()), 1),
        border=round(border, 3),
        cases=cases,
        by_unit={unit: (high, round(expected, 1)) for unit, (high, expected) in sorted(by_unit.items())},
    )


def _reasons(moment: Moment, n: int, parts: np.ndarray[Any, np.dtype[np.float64]]) -> list[str]:
    """The two features that add most to the risk of this case against an average one."""
    values = dict(zip(FEATURES, moment.features[n], strict=True))
    words = {
        "days_left": _days(moment.days_left[n]),
        "used": f"办理时限已用{values['used']:.0%}",
        "unsigned": "尚未签收" if values["unsigned"] else "已签收",
        "unit": f"主办单位超期率{format_rate(float(moment.unit_late[n]))}（全部{format_rate(moment.all_late)}）",
        "topic": "同类别以往超期偏多",
        "appeal_type": "同类型诉求以往超期偏多",
        "extended": "已延期过" if values["extended"] else "没有延期过",
        "returned": "申请过退单" if values["returned"] else "没有申请过退单",
        "load": f"单位在办件是平时的{np.exp(values['load']):.1f}倍",
    }
    strongest = sorted(zip(parts, FEATURES, strict=True), reverse=True)[:2]
    return [words[name] for part, name in strongest if part >= _LEAST_PART]


def _days(left: float) -> str:
    return f"离到期还有{left:.0f}天" if left >= 1 else "离到期不足1天"
