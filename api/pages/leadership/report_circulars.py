"""The circulars of a signed monthly report: a unit's file, and that somebody handed it over."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response

from api.criteria import LARGEST_ID
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.leadership import report_repository as rows
from api.leadership import reports
from api.leadership.circulars import hand_over, list_unit_circulars
from api.pages.navigation import CITY_WIDE
from api.pages.staff import ActingStaffDep, StaffDep
from api.staff.export_log import check_may_export, record_export
from dashboards.briefs.document import as_json, digest
from dashboards.briefs.write_docx import write_docx
from models.errors import NotFound

router = APIRouter(prefix="/reports")

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get("/{report_id}/circulars/{department_id}.docx")
def download_circular(
    staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep, report_id: Id, department_id: str
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    check_may_export(runtime, staff.account, now=now)
    report = rows.get_report(conn, report_id)
    found = {one.department_id: one for one in list_unit_circulars(conn, runtime, report)}
    if department_id not in found:
        raise NotFound("这份报告没有该单位的通报。")
    document, zone = found[department_id].document, runtime.settings.zone
    watermark = record_export(
        conn,
        staff.account,
        what="通报",
        file_format="docx",
        criteria=document.title,
        row_count=len(document.figures),
        actor=staff.account.actor,
        now=now,
        zone=zone,
    )
    data = write_docx(document, digest=digest(as_json(document)), zone=zone, watermark=watermark)
    return Response(
        data,
        media_type=reports.MEDIA_TYPES["docx"],
        headers={"Content-Disposition": f'attachment; filename="circular-{report.id}-{department_id}.docx"'},
    )


@router.post("/{report_id}/circulars/{circular_id}/handed")
def register_hand_over(
    staff: ActingStaffDep, conn: ConnectionDep, now: NowDep, report_id: Id, circular_id: Id
) -> Response:
    require_role(staff.account, *reports.MAKES)
    circular = next((c for c in rows.list_circulars(conn, report_id) if c.id == circular_id), None)
    if circular is None:
        raise NotFound("没有这份通报。")
    hand_over(conn, circular, actor=staff.account.actor, now=now)
    return RedirectResponse(f"/reports/{report_id}?done=handed#circulars", status_code=303)
