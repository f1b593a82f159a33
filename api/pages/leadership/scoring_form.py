"""The form of a scoring scheme: its lines as they are typed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from api.criteria import LARGEST_ID
from api.dependencies import ConnectionDep, NowDep, require_role
from api.http_status import status_of
from api.pages.choices import enum_choices
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from dashboards.metrics.metrics import METRICS
from dashboards.score_counts import SCORED_METRICS
from models.account import Role
from models.errors import Conflict, Invalid, WenzhengError
from models.scoring import EmptyRule, Scheme
from routing import scoring
from routing import scoring_repository as rows

router = APIRouter(prefix="/scoring/schemes")

Text = Annotated[str, Form()]
Many = Annotated[list[str], Form()]
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
EDITS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
KIND_LABELS = {
    "gov": "政府部门",
    "local": "镇街",
    "party": "党群部门",
    "judicial": "司法机关",
    "vertical": "垂直管理单位",
    "utility": "公用企业",
    "org": "其他机构",
}
LINE = ("label", "metric", "points", "target", "slope", "least", "better", "empty")
# What a new scheme begins with: the shape that a city published (dashboards/scoring.py), the rest to be filled in.
DEFAULT_LINES: tuple[dict[str, str], ...] = (
    {"label": "按时办结", "metric": "on_time_completion_rate", "points": "20", "target": "95", "slope": "1"},
    {
        "label": "群众满意",
        "metric": "satisfaction_rate",
        "points": "25",
        "target": "95",
        "slope": "0.5",
        "least": "12.5",
        "empty": "left_out",
    },
    {"label": "及时签收", "metric": "sign_in_rate", "points": "10", "target": "100", "slope": "0.5"},
    {"label": "答复质量", "metric": "", "points": "10", "slope": "1"},
)
_SPARE_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeFields:
    """As typed. `lines`: one mapping a line, of LINE."""

    name: str = ""
    unit_kinds: list[str] = field(default_factory=list)
    least_cases: str = "30"
    ranked: str = ""
    lines: tuple[dict[str, str], ...] = DEFAULT_LINES


@router.get("/new")
def new_scheme(request: Request, staff: StaffDep, now: NowDep) -> Response:
    require_role(staff.account, *EDITS)
    return _page(request, staff, SchemeFields(unit_kinds=["gov"]), now=now)


@router.get("/{scheme_id}/edit")
def edit_scheme(request: Request, staff: StaffDep, conn: ConnectionDep, now: NowDep, scheme_id: Id) -> Response:
    require_role(staff.account, *EDITS)
    scheme = rows.get_scheme(conn, scheme_id)
    if not scheme.active:
        raise Conflict("这个方案已被新的方案代替。")
    return _page(request, staff, _fields_of(scheme), scheme_id=scheme_id, now=now)


@router.post("")
def save_scheme(
    request: Request,
    staff: ActingStaffDep,
    conn: ConnectionDep,
    now: NowDep,
    replaces: Text = "",
    name: Text = "",
    unit_kinds: Many | None = None,
    least_cases: Text = "",
    ranked: Text = "",
    label: Many | None = None,
    metric: Many | None = None,
    points: Many | None = None,
    target: Many | None = None,
    slope: Many | None = None,
    least: Many | None = None,
    better: Many | None = None,
    empty: Many | None = None,
) -> Response:
    """A new scheme, or one instead of another (`replaces`); what was published by that one stays."""
    require_role(staff.account, *EDITS)
    columns = [column or [] for column in (label, metric, points, target, slope, least, better, empty)]
    lines = tuple(dict(zip(LINE, values, strict=True)) for values in zip(*columns, strict=False))
    kinds = unit_kinds or []
    fields = SchemeFields(
        name=name, unit_kinds=kinds, least_cases=least_cases, ranked=ranked, lines=lines or DEFAULT_LINES
    )
    scheme_id = int(replaces) if replaces.isascii() and replaces.isdigit() and len(replaces) < 19 else None
    try:
        with conn.transaction():
            scheme = rows.get_scheme(conn, scheme_id) if scheme_id is not None else None
            found = scoring.save_scheme(
                conn,
                staff.account,
                staff.directory,
                name=name,
                unit_kinds=kinds,
                indicators=scoring.read_indicators(lines, SCORED_METRICS),
                least_cases=int(least_cases) if least_cases.isascii() and least_cases.isdigit() else None,
                ranked=ranked == "1",
                replaces=scheme,
                now=now,
            )
    except WenzhengError as error:
        return _page(request, staff, fields, scheme_id=scheme_id, error=error, now=now)
    return RedirectResponse(f"/scoring/schemes/{found}?done=scheme", status_code=303)


def _fields_of(scheme: Scheme) -> SchemeFields:
    lines = tuple(
        {
            "label": i.label,
            "metric": i.metric or "",
            "points": f"{i.points:f}",
            "target": f"{i.target:f}",
            "slope": f"{i.slope:f}",
            "least": f"{i.least:f}",
            "better": "low" if i.lower_is_better else "high",
            "empty": i.empty.value,
        }
        for i in scheme.indicators
    )
    return SchemeFields(
        name=scheme.name,
        unit_kinds=list(scheme.unit_kinds),
        least_cases=str(scheme.least_cases),
        ranked="1" if scheme.ranked else "",
        lines=lines,
    )


def _page(
    request: Request,
    staff: Staff,
    fields: SchemeFields,
    *,
    scheme_id: int | None = None,
    error: WenzhengError | None = None,
    now: datetime,
) -> Response:
    kinds = dict.fromkeys(unit.kind for unit in staff.directory.departments.values() if unit.active)
    blank = dict.fromkeys(LINE, "")
    lines = [blank | line for line in fields.lines]
    lines += [blank] * (min(len(lines) + _SPARE_LINES, scoring.MAX_INDICATORS) - len(lines))
    return render(
        request,
        "staff/scoring_form.html",
        status_code=status_of(error) if error else 200,
        now=now,
        scheme_id=scheme_id,
        typed=fields,
        lines=lines,
        kinds=[(kind, KIND_LABELS.get(kind, kind)) for kind in kinds],
        metrics=[(id_, METRICS[id_].label) for id_ in SCORED_METRICS],
        empties=enum_choices(EmptyRule),
        message=error.message if error else "",
        errors=error.fields if isinstance(error, Invalid) else {},
    )
