"""管理 → 类别模型: which classifier speaks, how good it is, what it learns, what it may do alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.http_status import status_of
from api.learning import classifiers
from api.learning.classifier_store import AFTER
from api.learning.classifier_view import count_cases, view_classifiers, view_shadow
from api.learning.found_encoders import EncoderRequest, FoundEncoder, list_found
from api.pages.administration import classifier_wording as wording
from api.pages.cases.case_list import Page
from api.pages.cases.filters import PAGE_SIZE, count_pages
from api.pages.choices import topic_filter_choices
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from api.runtime import Runtime
from intake.repository import get_submissions
from models.account import Role
from models.classifier import ClassifierVersion, LearningSettings
from models.database import Connection
from models.errors import Conflict, Invalid
from routing.learning import classifier_repository, shadow_repository

router = APIRouter(prefix="/administration/classifier")

_DONE = {
    "train": "已排队，后台处理会在一分钟内开始训练。",
    "promote": "已启用，从下一批来信起由它判断。",
    "rollback": "已退回，从下一批来信起生效。",
    "promise": "错派承诺已保存，后台处理会在一分钟内重新计算把握门槛。",
}
Text = Annotated[str, Form()]


@router.get("")
def show_classifier(
    request: Request, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep, done: str = ""
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    return _page(request, staff, runtime, conn, now=now, done=_DONE.get(done, ""))


@router.get("/{classifier_id}")
def show_version(request: Request, classifier_id: int, staff: StaffDep, conn: ConnectionDep, now: NowDep) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    version = classifier_repository.get_version(conn, classifier_id)
    suspects = wording.suspect_rows(version, staff.directory)
    letters = get_submissions(conn, [row.submission_id for row in suspects])
    return render(
        request,
        "staff/administration_classifier_version.html",
        now=now,
        version=version,
        figures=wording.figures(version),
        classes=wording.class_rows(version, staff.directory),
        confusions=wording.confusion_rows(version, staff.directory),
        suspects=[(row, letters[row.submission_id]) for row in suspects if row.submission_id in letters],
        verdict=wording.verdict(version),
        cases=count_cases(conn, [version])[version.version],
        called=classifiers.called(version),
        measured_on=wording.measured_on(version),
        promotable=classifiers.can_promote(version),
    )


@router.get("/{classifier_id}/differences")
def show_differences(
    request: Request,
    classifier_id: int,
    staff: StaffDep,
    conn: ConnectionDep,
    now: NowDep,
    topic: str = "",
    page: Page = 1,
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    version = classifier_repository.get_version(conn, classifier_id)
    wanted = topic[:20] or None
    total = shadow_repository.count_differences(conn, classifier_id, topic=wanted)
    address = f"/administration/classifier/{classifier_id}/differences"
    return render(
        request,
        "staff/administration_classifier_differences.html",
        now=now,
        shadow=view_shadow(conn, version),
        differences=shadow_repository.list_differences(
            conn, classifier_id, topic=wanted, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE
        ),
        total=total,
        page=page,
        pages=count_pages(total),
        topic=topic,
        topics=[(name, [c for c in group if c[0] != "none"]) for name, group in topic_filter_choices(staff.directory)],
        to_page=lambda number: f"{address}?{urlencode({'topic': topic, 'page': number})}",
        directory=staff.directory,
    )


@router.post("/train")
def train(request: Request, staff: ActingStaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    try:
        with conn.transaction():
            classifiers.request_training(conn, actor=staff.account.actor, now=now)
    except Conflict as error:
        return _page(request, staff, runtime, conn, now=now, error=error)
    return RedirectResponse("/administration/classifier?done=train", status_code=303)


@router.post("/encoders")
def add_encoder(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    encoder: Text = "",
    below: Text = "",
) -> Response:
    """One of the encoders in the data folder shall become a candidate; `below` in per cent, empty: asked each time."""
    require_role(staff.account, Role.ADMINISTRATOR)
    try:
        wanted = EncoderRequest(encoder, _share("below", below) if below.strip() else None)
        with conn.transaction():
            classifiers.request_encoder(conn, runtime.settings.data_dir, wanted, actor=staff.account.actor, now=now)
    except (Conflict, Invalid) as error:
        return _page(request, staff, runtime, conn, now=now, error=error, typed={"encoder": encoder, "below": below})
    return RedirectResponse("/administration/classifier?done=train", status_code=303)


@router.post("/{classifier_id}/promote")
def promote(
    request: Request, classifier_id: int, staff: ActingStaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    try:
        with conn.transaction():
            classifiers.promote(conn, classifier_id, actor=staff.account.actor, now=now)
    except Conflict as error:
        return _page(request, staff, runtime, conn, now=now, error=error)
    return RedirectResponse("/administration/classifier?done=promote", status_code=303)


@router.post("/{classifier_id}/rollback")
def roll_back(
    request: Request, classifier_id: int, staff: ActingStaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    try:
        with conn.transaction():
            classifiers.roll_back(conn, classifier_id, actor=staff.account.actor, now=now)
    except Conflict as error:
        return _page(request, staff, runtime, conn, now=now, error=error)
    return RedirectResponse("/administration/classifier?done=rollback", status_code=303)


@router.post("/promise")
def change_promise(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    max_error: Text = "",
    audit_share: Text = "",
) -> Response:
    """Both in per cent; an empty `max_error` takes the promise back."""
    require_role(staff.account, Role.ADMINISTRATOR)
    typed = {"max_error": max_error, "audit_share": audit_share}
    try:
        wanted = LearningSettings(
            max_error=_share("max_error", max_error) if max_error.strip() else None,
            audit_share=_share("audit_share", audit_share),
        )
        classifiers.change_promise(conn, wanted, actor=staff.account.actor, now=now)
    except Invalid as error:
        return _page(request, staff, runtime, conn, now=now, error=error, typed=typed)
    return RedirectResponse("/administration/classifier?done=promise", status_code=303)


def _share(field: str, typed: str) -> float:
    """Per cent as people type it. Raises `Invalid`."""
    try:
        value = float(typed.strip().removesuffix("%").removesuffix("％")) / 100
    except ValueError:
        raise Invalid("有几处需要修改。", {field: "请填写百分数，如 2"}) from None
    if not -1e9 < value < 1e9:
        raise Invalid("有几处需要修改。", {field: "请填写百分数，如 2"})
    return round(value, 6)


def _offered(found: Sequence[FoundEncoder], versions: Sequence[ClassifierVersion]) -> list[tuple[FoundEncoder, bool]]:
    """Each with whether it is one of the `versions` already, asked alone or after another."""
    known = {version.version.split(AFTER)[0] for version in versions}
    return [(one, one.version in known) for one in found]


def _page(
    request: Request,
    staff: Staff,
    runtime: Runtime,
    conn: Connection,
    *,
    now: datetime,
    done: str = "",
    error: Conflict | Invalid | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    view = view_classifiers(conn)
    settings = view.settings
    kept = {
        "max_error": f"{settings.max_error * 100:g}" if settings.max_error is not None else "",
        "audit_share": f"{settings.audit_share * 100:g}",
        "encoder": "",
        "below": "",
    }
    return render(
        request,
        "staff/administration_classifier.html",
        status_code=status_of(error) if error else 200,
        now=now,
        view=view,
        figures=wording.figures(view.live) if view.live else [],
        verdict=wording.verdict(view.shadow.version) if view.shadow else [],
        promise=wording.promise_sentence(settings, view.thresholds, view.letters_needed),
        strata=wording.stratum_rows(view.thresholds, staff.directory.duty_names),
        levels=wording.level_rows(view.thresholds, staff.directory),
        drift=wording.drift_sentences(view.drift[2]) if view.drift else [],
        typed=kept | (typed or {}),
        encoders=_offered(list_found(runtime.settings.data_dir), view.versions),
        message=error.message if error else "",
        errors=error.fields if isinstance(error, Invalid) else {},
        done=done,
    )
