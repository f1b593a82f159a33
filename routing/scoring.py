"""Schemes of scoring, what is entered by hand, appeals and exclusions: who may, what is kept. Nothing is deleted."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from models.account import Account, Role
from models.casework import RequestState
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.scoring import EmptyRule, Indicator, Item, Scheme, UnitScore
from routing import scoring_repository as rows
from routing.casework.returns import text_of
from routing.directory import Directory

MAX_INDICATORS = 12
_EDITS = (Role.SUPERVISOR, Role.ADMINISTRATOR)


def check_may_edit(account: Account) -> None:
    """Raises `Forbidden` for who neither supervises nor administers."""
    if account.role not in _EDITS:
        raise Forbidden("考核由督办员或管理员维护。")


def read_indicators(lines: Sequence[Mapping[str, str]], metrics: Sequence[str]) -> list[Indicator]:
    """The lines of the form that have a name. Raises `Invalid` naming each field that is wrong."""
    fields: dict[str, str] = {}
    found = []
    for number, line in enumerate(lines):
        if not line.get("label", "").strip():
            continue
        label = line["label"].strip()
        if len(label) > 30:
            fields[f"label-{number}"] = "名称不超过30字"
        metric = line.get("metric", "") or None
        if metric is not None and metric not in metrics:
            fields[f"metric-{number}"] = "请选择列表中的指标"
        points, target, slope, least = (
            _decimal(line.get(name, ""), f"{name}-{number}", fields, most=most)
            for name, most in (("points", 200), ("target", 100), ("slope", 100), ("least", 200))
        )
        if not fields and not 0 <= least <= points:
            fields[f"least-{number}"] = "最低分不超过满分"
        if not fields and not points:
            fields[f"points-{number}"] = "满分应大于0"
        empty = line.get("empty", "") or EmptyRule.FULL.value
        if empty not in {rule.value for rule in EmptyRule}:
            fields[f"empty-{number}"] = "请选择列表中的办法"
        if fields:
            continue
        found.append(
            Indicator(
                id=f"i{number + 1}",
                label=label,
                metric=metric,
                points=points,
                target=target,
                slope=slope,
                least=least,
                lower_is_better=line.get("better") == "low",
                empty=EmptyRule(empty),
            )
        )
    if fields:
        raise Invalid("有几处需要修改。", fields)
    if not found:
        raise Invalid("请至少写一项指标。", {"label-0": "请填写名称"})
    return found


def save_scheme(
    conn: Connection,
    account: Account,
    directory: Directory,
    *,
    name: str,
    unit_kinds: Sequence[str],
    indicators: Sequence[Indicator],
    least_cases: int | None,
    ranked: bool,
    replaces: Scheme | None,
    now: datetime,
) -> int:
    """A new scheme, or a new one instead of another: what was published by that one stays as it was. Raises `Invalid`,
    `Conflict` where somebody changed it meanwhile."""
    check_may_edit(account)
    fields = {}
    name = name.strip()
    if not 1 <= len(name) <= 40:
        fields["name"] = "请填写1至40字"
    known = {unit.kind for unit in directory.departments.values()}
    if not unit_kinds or not set(unit_kinds) <= known:
        fields["unit_kinds"] = "请选择哪一类单位"
    if least_cases is None or not 1 <= least_cases <= 10_000:
        fields["least_cases"] = "请填写1至10000的整数"
    if len(indicators) > MAX_INDICATORS:
        fields["label-0"] = f"最多{MAX_INDICATORS}项"
    if fields or least_cases is None:
        raise Invalid("有几处需要修改。", fields)
    if replaces is not None and not rows.retire_scheme(conn, replaces.id, actor=account.actor):
        raise Conflict("这个方案刚刚被他人修改，请刷新后再试。")
    return rows.add_scheme(
        conn,
        name=name,
        unit_kinds=unit_kinds,
        indicators=indicators,
        least_cases=least_cases,
        ranked=ranked,
        replaces_id=replaces.id if replaces else None,
        actor=account.actor,
        now=now,
    )


def enter_deduction(
    conn: Connection,
    account: Account,
    directory: Directory,
    scheme: Scheme,
    *,
    indicator: str,
    department_id: str,
    happened_on: date | None,
    times: int | None,
    reason: str,
    now: datetime,
) -> None:
    """Points taken off by hand, with a reason. Raises `Invalid`."""
    check_may_edit(account)
    fields = {}
    if indicator not in {i.id for i in scheme.indicators if i.metric is None}:
        fields["indicator"] = "请选择人工扣分的指标"
    unit = directory.departments.get(department_id)
    if unit is None or unit.kind not in scheme.unit_kinds:
        fields["department"] = "请选择列表中的单位"
    if happened_on is None:
        fields["happened_on"] = "请填写日期"
    if times is None or not 1 <= times <= 100:
        fields["times"] = "请填写1至100的整数"
    reason = text_of(reason, "扣分理由", field="reason")
    if fields or happened_on is None or times is None:
        raise Invalid("有几处需要修改。", fields)
    rows.add_deduction(
        conn,
        scheme.id,
        indicator,
        department_id=department_id,
        happened_on=happened_on,
        times=times,
        reason=reason,
        actor=account.actor,
        now=now,
    )


def publish(
    conn: Connection,
    account: Account,
    scheme: Scheme,
    first_day: date,
    last_day: date,
    scores: Sequence[UnitScore],
    *,
    as_of: datetime,
    today: date,
    now: datetime,
) -> int:
    """Freeze the scores of a period that is over. Raises `Conflict` before its end, and where it is published."""
    check_may_edit(account)
    if last_day >= today:
        raise Conflict("考核期还没有结束，不能公布。")
    if not scores:
        raise Conflict("这个考核期没有可以考核的单位。")
    return rows.add_sheet(conn, scheme.id, first_day, last_day, scores, as_of=as_of, actor=account.actor, now=now)


def appeal(
    conn: Connection,
    account: Account,
    row_id: int,
    *,
    indicator: str,
    case_id: int | None,
    reason: str,
    now: datetime,
) -> None:
    """申诉, by the unit itself. Raises `Forbidden` for another's score, `Invalid` for no such indicator."""
    row = rows.lock_score_row(conn, row_id)
    if account.role is not Role.OFFICER or account.department_id != row.department_id:
        raise Forbidden("只能对本单位的考核结果提出申诉。")
    if indicator not in {item.indicator for item in row.items}:
        raise Invalid("请选择对哪一项申诉。", {"indicator": "请选择"})
    reason = text_of(reason, "申诉理由", field="reason")
    rows.add_appeal(conn, row_id, indicator, case_id=case_id, reason=reason, actor=account.actor, now=now)


def decide_appeal(
    conn: Connection,
    account: Account,
    scheme: Scheme,
    appeal_id: int,
    *,
    accepted: bool,
    points: Decimal,
    note: str,
    now: datetime,
) -> None:
    """The decision is kept beside the published score. No more comes back than the indicator took. Raises `Conflict`
    where it is decided, `Invalid` for too many points or no reason."""
    check_may_edit(account)
    row = rows.lock_score_row(conn, rows.get_appeal(conn, appeal_id).row_id)
    # under the lock: of two who decide, the second sees what the first did
    found = rows.get_appeal(conn, appeal_id)
    if found.state is not RequestState.REQUESTED:
        raise Conflict("这件申诉已经处理。")
    if rows.get_sheet(conn, row.sheet_id).scheme_id != scheme.id:
        raise NotFound("这份考核结果里没有这件申诉。")
    note = text_of(note, "处理意见", field="note")
    if accepted:
        most = _lost(scheme, row.items, found.indicator) - _given(conn, row.sheet_id, row.id, found.indicator)
        if not 0 < points <= most:
            raise Invalid("补回的分数不对。", {"points": f"请填写大于0、不超过{most}的数"})
    state = RequestState.ACCEPTED if accepted else RequestState.REFUSED
    rows.decide_appeal(
        conn, found, state, note=note, points=points if accepted else Decimal(0), actor=account.actor, now=now
    )


def request_exclusion(
    conn: Connection, account: Account, case_id: int, metric: str, *, reason: str, metrics: Sequence[str], now: datetime
) -> None:
    """Ask for a case to be left out of a rate. Raises `Invalid`, `Conflict` where it is asked for already."""
    if metric != "all" and metric not in metrics:
        raise Invalid("请选择从哪个指标剔除。", {"metric": "请选择"})
    rows.add_exclusion(
        conn, case_id, metric, reason=text_of(reason, "剔除理由", field="reason"), actor=account.actor, now=now
    )


def decide_exclusion(
    conn: Connection, account: Account, exclusion_id: int, *, accepted: bool, note: str, now: datetime
) -> None:
    """Agreed to or refused by somebody else than who asked. Raises `Forbidden`, `Conflict` where it is decided."""
    check_may_edit(account)
    found = rows.get_exclusion(conn, exclusion_id)
    if found.state is not RequestState.REQUESTED:
        raise Conflict("这项申请已经处理。")
    if found.requested_by == account.actor:
        raise Forbidden("不能审批自己提出的剔除申请。")
    note = text_of(note, "审批意见", field="note")
    state = RequestState.ACCEPTED if accepted else RequestState.REFUSED
    rows.decide_exclusion(conn, exclusion_id, state, note=note, actor=account.actor, now=now)


def _lost(scheme: Scheme, items: Sequence[Item], indicator: str) -> Decimal:
    points = {i.id: i.points for i in scheme.indicators}
    scores = [item.score for item in items if item.indicator == indicator and item.score is not None]
    return points[indicator] - scores[0] if scores else Decimal(0)


def _given(conn: Connection, sheet_id: int, row_id: int, indicator: str) -> Decimal:
    return sum(
        (a.points for a in rows.list_appeals(conn, sheet_id) if a.row_id == row_id and a.indicator == indicator),
        Decimal(0),
    )


def _decimal(value: str, field: str, fields: dict[str, str], *, most: int) -> Decimal:
    try:
        found = Decimal(value.strip() or "0")
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or not 0 <= found <= most or found != found.quantize(Decimal("0.01")):
        fields[field] = f"请填写0至{most}的数，最多两位小数"
        return Decimal(0)
    return found
