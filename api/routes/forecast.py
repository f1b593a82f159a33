"""What is to come, for programs: the same figures as the page."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from api.dependencies import AccountDep, ConnectionDep, NowDep, require_role
from api.pages.navigation import CITY_WIDE
from dashboards.forecasts.forecasting import read_volume_forecast
from dashboards.forecasts.risk import read_risk_forecast
from dashboards.forecasts.risk_list import list_risks
from models.errors import NotFound

router = APIRouter(prefix="/forecast", tags=["metrics"])


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class SeriesForecastOut(_Out):
    """一个类别在一个县区（空为全部）14天的预计工单数。`mean`、`low`、`high` 按日，`total` 为合计，上下限为80%区间；
    `recent` 是近8周平均每14天的件数，`mae` 是回测 `times` 次的平均误差，其中 `hits` 次落入区间；
    `listed` 为 rising 或 seasonal 时在未诉先办清单内。"""

    topic: str
    topic_name: str
    region: str
    region_name: str
    mean: list[float]
    low: list[int]
    high: list[int]
    total: float
    total_low: int
    total_high: int
    recent: float
    last_year: int | None
    season: float
    mae: float | None
    naive_mae: float | None
    times: int
    hits: int
    listed: str


class TestFiguresOut(_Out):
    """回测：`mase` 是与照搬前两周相比的误差倍数，`rising`、`seasonal` 是列入的项数和其中命中的项数，`base` 是任取一项的
    命中率。"""

    origins: int
    mase: float | None
    against_flat: float | None
    coverage: float
    coverage_day: float | None
    rising: tuple[int, int]
    seasonal: tuple[int, int]
    base: float


class VolumeForecastOut(_Out):
    first_day: date
    last_day: date
    made_at: datetime
    history_days: int
    sums: list[SeriesForecastOut]
    pairs: list[SeriesForecastOut]
    sums_test: TestFiguresOut | None
    pairs_test: TestFiguresOut | None
    too_few: int


@router.get("")
def get_forecast(account: AccountDep, conn: ConnectionDep) -> VolumeForecastOut:
    """未来14天的预计工单数，按类别、县区和两者组合，附区间和回测误差；每天推算一次。尚未推算时为404。"""
    require_role(account, *CITY_WIDE)
    found = read_volume_forecast(conn)
    if found is None:
        raise NotFound("还没有预测。")
    return VolumeForecastOut.model_validate(found)


class RiskTestOut(_Out):
    """在没有用来学习的较新几周上的检验：`rows` 件次中 `late` 超期，风险最高的一成 `top` 件次中 `top_late` 超期。"""

    rows: int
    late: int
    auc: float
    brier: float
    brier_plain: float
    top: int
    top_late: int


class RiskRowOut(_Out):
    case_number: str
    title: str
    department_id: str
    topic: str | None
    due_at: datetime
    chance: float
    high: bool
    reasons: list[str]


class RiskForecastOut(BaseModel):
    """`useful` 为假时检验没有好于平均数，或历史不足，`rows` 为空。`expected` 是一周内到期的 `open` 件中预计超期数。"""

    made_at: datetime
    useful: bool
    test: RiskTestOut | None
    open: int
    expected: float
    rows: list[RiskRowOut]


@router.get("/risk")
def get_risk(account: AccountDep, conn: ConnectionDep, now: NowDep) -> RiskForecastOut:
    """一周内可能超期的在办工单，风险高的在前，与页面相同；每天推算一次。尚未推算时为404。"""
    require_role(account, *CITY_WIDE)
    found = read_risk_forecast(conn)
    if found is None:
        raise NotFound("还没有推算。")
    return RiskForecastOut(
        made_at=found.made_at,
        useful=found.useful,
        test=RiskTestOut.model_validate(found.test) if found.test else None,
        open=found.open,
        expected=found.expected,
        rows=[RiskRowOut.model_validate(row) for row in list_risks(conn, found, now=now)],
    )
