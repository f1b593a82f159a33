"""The reply of a case on its page: the form as saved or as typed, what the check says, what waits for its review."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from api.pages.cases.case_form import ActionFields
from api.pages.cases.case_wording import person_of
from api.pages.replies.draft_wording import FindingLine, Piece, finding_lines, mark_reply
from api.runtime import Runtime
from api.staff.casework import CaseView
from api.staff.drafting import Drafting
from api.staff.publishing import preview
from api.staff.reply_checking import check_written, stored_findings
from models.attachment import FileAudience, ReplyFile
from models.case import CaseAction, CompletionResult
from models.database import Connection
from models.publication import PublicText
from models.reply_draft import DraftState, ReviewNeed
from routing import protection
from routing.replies import reply_files
from routing.replies.reply_file_repository import list_files

# What refuses a form of the reply: its text comes back as typed.
OF_REPLY = (CaseAction.REPLY.value, CaseAction.SUBMIT_REPLY.value)
AUDIENCES = [(audience.value, audience.label) for audience in FileAudience]
AFTER_REVIEW = [("", "继续办理"), *((result.value, f"办结：{result.label}") for result in CompletionResult)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """An attachment that can go with the reply: whether it does, to whom (or would), and when an earlier reply took it
    along."""

    id: int
    name: str
    about: str
    audience: FileAudience
    goes: bool
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the form and the review panel show. `saved` says who saved the draft when, `sent_back` what the reviewer
    wants changed. `other` is the stored text where it is another than the typed one: (who, when, text). `files` can go
    with the reply, or wait for the review with it; `held_back`: none reaches the writers of merged letters. `sent`:
    what went with each reply, by its number. `preview`: how everybody would read it, None where nobody may."""

    body: str
    public: bool
    result: str
    version: str
    saved: str
    saved_at: datetime | None
    sent_back: tuple[str, datetime, str] | None
    other: tuple[str, datetime, str] | None
    earlier: list[tuple[str, datetime, str]]
    waits: bool
    checked: bool
    lines: list[FindingLine]
    marked: list[Piece]
    need: ReviewNeed
    templates: list[tuple[str, list[tuple[str, str]]]]
    files: list[FileLine]
    held_back: bool
    sent: dict[int, list[ReplyFile]]
    preview: PublicText | None

    @property
    def audiences(self) -> list[tuple[str, str]]:
        return AUDIENCES[:1] if self.held_back else AUDIENCES

    @property
    def must_review(self) -> bool:
        return self.need is ReviewNeed.ALL

    @property
    def may_need_review(self) -> bool:
        return self.need is not ReviewNeed.NONE


def read_answer(
    conn: Connection,
    runtime: Runtime,
    view: CaseView,
    *,
    typed: ActionFields | None,
    check: bool,
    now: datetime,
) -> Answer:
    """`typed` where a form of the reply was refused: it is shown. `check`: somebody asked for it."""
    drafting = view.drafting
    draft = drafting.draft
    body = _plain(typed.body) if typed else draft.body if draft else ""
    public = bool(typed.public) if typed else bool(draft and draft.public)
    other = None
    if typed and draft and draft.body.strip() and _plain(draft.body) != body:
        other = (person_of(draft.saved_by), draft.saved_at, draft.body)
    waits = draft is not None and draft.state is DraftState.IN_REVIEW
    if draft is not None and waits:
        findings, checked = draft.findings, True
    elif check and body.strip():
        findings = stored_findings(check_written(conn, runtime, view.case, body, public=public, now=now))
        checked = True
    else:
        findings, checked = [], False
    writes = waits or not {CaseAction.REPLY, CaseAction.SUBMIT_REPLY}.isdisjoint(view.actions) or typed is not None
    return Answer(
        body=body,
        public=public,
        result=typed.result if typed else draft.result.value if draft and draft.result else "",
        version=str(draft.version) if draft else "",
        saved=person_of(draft.saved_by) if draft else "",
        saved_at=draft.saved_at if draft else None,
        sent_back=_sent_back(drafting),
        other=other,
        earlier=[(person_of(t.written_by), t.written_at, t.body) for t in drafting.texts],
        waits=waits,
        checked=checked,
        lines=finding_lines(findings),
        marked=mark_reply(draft.body if draft and waits else body, findings),
        need=drafting.need,
        templates=_template_choices(drafting),
        files=_file_lines(conn, view, typed, waits=waits),
        held_back=protection.is_protected(conn, view.case),
        sent=_sent(conn, view),
        preview=preview(conn, runtime, view.case, draft.body if draft and waits else body) if writes else None,
    )


def _file_lines(conn: Connection, view: CaseView, typed: ActionFields | None, *, waits: bool) -> list[FileLine]:
    draft = view.drafting.draft
    chosen = draft.chosen if draft else {}
    if typed is not None:
        with suppress(ValueError):
            chosen = typed.files.choices() or chosen
    offered = reply_files.offer(conn, view.case, chosen, department_id=view.case.lead_department_id)
    lines = [
        FileLine(
            id=one.file.id,
            name=one.file.name,
            about=one.file.size_text,
            audience=one.audience or reply_files.USUAL,
            goes=one.audience is not None,
            sent_at=one.sent_at,
        )
        for one in offered
    ]
    if not waits:
        return lines
    there = {line.id: line for line in lines}
    # what was submitted and nothing else; what was taken off since is named, for it cannot be approved
    gone = "（已移除，不能签发）"
    return [
        there.get(id_) or FileLine(id=id_, name=f"附件{id_}", about=gone, audience=audience, goes=True, sent_at=None)
        for id_, audience in sorted(chosen.items())
        if audience is not None
    ]


def _sent(conn: Connection, view: CaseView) -> dict[int, list[ReplyFile]]:
    found: dict[int, list[ReplyFile]] = {}
    for file in list_files(conn, [reply.id for reply in view.replies]):
        found.setdefault(file.reply_id, []).append(file)
    return found


def _sent_back(drafting: Drafting) -> tuple[str, datetime, str] | None:
    draft = drafting.draft
    if draft is None or draft.state is not DraftState.REFUSED or draft.reviewed_at is None:
        return None
    return person_of(draft.reviewer or ""), draft.reviewed_at, draft.review_note


def _template_choices(drafting: Drafting) -> list[tuple[str, list[tuple[str, str]]]]:
    """For a select: those for an answer on the way, those to complete with."""
    groups = (("办结答复", CaseAction.COMPLETE), ("答复进展", CaseAction.REPLY))
    found = [
        (name, [(str(t.id), t.title) for t in drafting.templates if t.action is action]) for name, action in groups
    ]
    return [(name, choices) for name, choices in found if choices]


def _plain(text: str) -> str:
    """Line ends as they are stored."""
    return text.replace("\r\n", "\n").replace("\0", "")
