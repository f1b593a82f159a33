"""The pages of report templates: which sections in which order under which headings, the thresholds, and a preview."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.http_status import status_of
from api.leadership import report_repository as rows
from api.leadership import reports
from api.pages.navigation import CITY_WIDE
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from api.runtime import Runtime
from dashboards.briefs.document import as_json, digest
from dashboards.briefs.templates import THRESHOLDS
from dashboards.briefs.write_html import write_html
from models.account import Role
from models.database import Connection
from models.errors import Invalid, NotFound, WenzhengError
from models.report import ReportKind, ReportTemplate, TemplateSection

router = APIRouter(prefix="/reports/templates")

EDITS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
LONGEST_HEADING = 30
Text = Annotated[str, Form()]
Many = Annotated[list[str], Form()]


@dataclass(frozen=True, slots=True)
class Field:
    """A threshold in the form."""

    id: str
    label: str
    value: str
    range: str


@router.get("/{kind}")
def show_template(
    request: Request, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep, kind: str, done: str = ""
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    template = reports.template_of(conn, kind_of(kind))
    return _page(
        request, staff, runtime, conn, template, now=now, done="模板已保存，下一份报告起使用。" if done else ""
    )


@router.post("/{kind}")
def save_template(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    kind: str,
    section: Many | None = None,
    heading: Many | None = None,
    position: Many | None = None,
    shown: Many | None = None,
    threshold: Many | None = None,
    value: Many | None = None,
    preview: Text = "",
) -> Response:
    """Kept, or only tried on the last period (`preview`)."""
    require_role(staff.account, *EDITS)
    old = reports.template_of(conn, kind_of(kind))
    lines = list(zip(section or [], heading or [], position or [], strict=False))
    values = dict(zip(threshold or [], value or [], strict=False))
    try:
        template = read_template(old, lines, shown or [], values)
    except Invalid as error:
        return _page(request, staff, runtime, conn, old, now=now, error=error, typed=values)
    if preview:
        return _page(request, staff, runtime, conn, template, now=now, tried=True)
    rows.add_template(conn, template, actor=staff.account.actor, now=now)
    return RedirectResponse(f"/reports/templates/{kind}?done=1", status_code=303)


def read_template(
    old: ReportTemplate, lines: list[tuple[str, str, str]], shown: list[str], values: dict[str, str]
) -> ReportTemplate:
    """What the form says. Raises `Invalid` naming each field that is wrong."""
    fields: dict[str, str] = {}
    known = {section.id for section in old.sections}
    sections: list[tuple[float, TemplateSection]] = []
    for id_, heading, position in lines:
        if id_ not in known:
            continue
        heading = heading.strip()
        if not 1 <= len(heading) <= LONGEST_HEADING or "\0" in heading:
            fields[f"heading-{id_}"] = f"标题为1至{LONGEST_HEADING}字"
        if not (position.isascii() and position.isdigit() and 0 < int(position) < 100):
            fields[f"position-{id_}"] = "顺序为1至99"
            position = "99"
        sections.append((float(position), TemplateSection(id=id_, heading=heading, shown=id_ in shown)))
    if {section.id for _, section in sections} != known:
        fields["sections"] = "缺少章节，请刷新后再试"
    elif not any(section.shown for _, section in sections):
        fields["sections"] = "至少写一个章节"
    thresholds = dict(old.thresholds)
    for name, (_, _, least, most) in THRESHOLDS.items():
        text = values.get(name, "").strip()
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        whole = name in ("flat", "rise") or number == int(number) if number == number else False
        if not least <= number <= most or not whole:
            fields[f"value-{name}"] = f"请填写{least:g}至{most:g}的{'数' if name in ('flat', 'rise') else '整数'}"
            continue
        thresholds[name] = number
    if fields:
        raise Invalid("有几处需要修改。", fields)
    ordered = tuple(section for _, section in sorted(sections, key=lambda pair: pair[0]))
    return replace(old, sections=ordered, thresholds=thresholds)


def kind_of(text: str) -> ReportKind:
    """Raises `NotFound`."""
    try:
        return ReportKind(text)
    except ValueError:
        raise NotFound() from None


def _page(
    request: Request,
    staff: Staff,
    runtime: Runtime,
    conn: Connection,
    template: ReportTemplate,
    *,
    now: datetime,
    done: str = "",
    tried: bool = False,
    typed: dict[str, str] | None = None,
    error: WenzhengError | None = None,
) -> Response:
    return render(
        request,
        "staff/report_template.html",
        status_code=status_of(error) if error else 200,
        now=now,
        done=done,
        message=error.message if error else "",
        errors=error.fields if isinstance(error, Invalid) else {},
        kind=template.kind,
        edited=template,
        fields=[
            Field(name, label, (typed or {}).get(name, f"{template.thresholds[name]:g}"), f"{least:g}至{most:g}")
            for name, (label, _, least, most) in THRESHOLDS.items()
        ],
        edits=staff.account.role in EDITS,
        kinds=list(ReportKind),
        brief=_preview(conn, runtime, template, now=now) if tried else "",
    )


def _preview(conn: Connection, runtime: Runtime, template: ReportTemplate, *, now: datetime) -> str:
    days = reports.find_days(template.kind, None, now=now, runtime=runtime)
    document = reports.compose(conn, runtime, template.kind, days, template=template, now=now)
    code = digest(as_json(document))
    return write_html(document, digest=code, zone=runtime.settings.zone)
