"""A reply before it is sent: saved while it is written, submitted 送审, approved 签发 or sent back 退回修改.

Four eyes: whoever wrote in it never approves it. What somebody wrote is never lost: another text takes its place only
by somebody who saw it, and what it said before is kept.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.attachment import FileChoices
from models.case import Case, CaseAction, CompletionResult
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid
from models.reply_draft import DraftState, ReplyDraft, ReviewNeed, person
from routing import case_repository, lifecycle, protection
from routing.casework.returns import short_of, text_of
from routing.events import reply_digest
from routing.following import Words, without_person
from routing.replies import draft_repository as rows
from routing.replies import reply_files

# A draft may be longer than a reply, so that nothing typed or pasted is lost; it is cut by its writer.
MAX_DRAFT = 4 * lifecycle.MAX_REPLY
# A template says in these brackets what its user still has to write.
_BLANK = re.compile(r"【请[^【】\n]{0,40}】")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a person has in the form. `files` None: as the draft has it. `version` is that of the draft they saw, None
    where they saw none."""

    body: str
    public: bool = False
    result: CompletionResult | None = None
    files: FileChoices | None = None
    version: int | None = None


def save(
    conn: Connection,
    case: Case,
    written: Written,
    *,
    department_id: str | None,
    again: bool = False,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> ReplyDraft | None:
    """Keep what is written so far; no event. None where nothing is written and no draft is there, and for the text
    that was sent last (a save that was overtaken), unless it is to be sent `again`.

    Raises `Conflict` where somebody changed it meanwhile, saying who and when, and while it waits for its review."""
    _check_open_for_writing(case)
    body = written.body
    if len(body) > MAX_DRAFT:
        raise Invalid(f"草稿不能超过{MAX_DRAFT}字。", {"body": f"现有{len(body)}字"})
    draft = rows.find_open_draft(conn, case.id)
    if draft is None:
        if written.version is not None:
            raise Conflict("这份草稿刚刚已经发出或作废，请刷新后再试。")
        if not body.strip() or (not again and _just_sent(conn, case, body)):
            return None
        return rows.add_draft(
            conn,
            case.id,
            department_id=department_id,
            author=actor,
            writers=[actor],
            body=body,
            public=written.public,
            result=written.result,
            files=written.files,
            actor=actor,
            now=now,
        )
    if draft.state is DraftState.IN_REVIEW:
        raise Conflict(in_review_since(draft, zone))
    files = draft.chosen if written.files is None else written.files
    if (draft.body, draft.public, draft.result) == (
        body,
        written.public,
        written.result,
    ) and reply_files.is_same(conn, case, draft.chosen, files, department_id=department_id):
        return draft
    own = person(draft.saved_by) == person(actor)
    # a save of one's own that was still on its way when the next was sent is no conflict
    overtaken = own and draft.version == (written.version or 0) + 1
    if written.version != draft.version and not overtaken:
        raise Conflict(changed_by(draft, actor, zone))
    if draft.body.strip() and draft.body != body and (overtaken or not own):
        rows.add_text(conn, draft, actor=actor)
    writers = draft.writers if wrote(draft, actor) else [*draft.writers, actor]
    changes = {
        "body": body,
        "public": written.public,
        "result": written.result,
        "files": files,
        "writers": writers,
    }
    return rows.change_draft(conn, draft, changes, actor=actor, now=now)


def submit(
    conn: Connection,
    case: Case,
    written: Written,
    *,
    department_id: str | None,
    findings: Sequence[Mapping[str, Any]] = (),
    reason: str = "",
    disclosure: str = "",
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """送审: somebody else reads it before it is sent. `findings` are those of the check, as JSON. Raises as `save`,
    and `Invalid` for what could not be sent either."""
    body = lifecycle.checked_reply(written.body)
    check_filled_in(body)
    if written.public:
        protection.check_publishable(conn, case)
    draft = save(conn, case, written, department_id=department_id, again=True, actor=actor, now=now, zone=zone)
    assert draft is not None
    going = reply_files.choose(conn, case, draft.chosen, department_id=department_id, public=written.public)
    reason = short_of(reason, "理由", field="text")
    payload = {
        "draft": draft.id,
        "public": written.public,
        "length": len(body),
        "text": reply_digest(body, written.public),
        "result": written.result.value if written.result else None,
        "findings": [finding["kind"] for finding in findings],
        "reason": reason,
    } | ({"disclosure": disclosure} if disclosure else {})
    payload |= reply_files.told(going)
    moved = lifecycle.act_beside(conn, case, CaseAction.SUBMIT_REPLY, payload, actor=actor, now=now)
    rows.submit_draft(
        conn,
        draft,
        findings=findings,
        reason=reason,
        disclosure=disclosure,
        files={**dict.fromkeys(draft.chosen), **{file.id: file.audience for file in going}},
        actor=actor,
        now=now,
    )
    return moved


def approve(
    conn: Connection, case: Case, *, note: str = "", for_others: Words = without_person, actor: str, now: datetime
) -> Case:
    """签发: the reply is sent as it was submitted, with the files that it was submitted with, and the case completed
    where the draft says so. Raises `Conflict` where none waits or a file was taken off, `Forbidden` for whoever wrote
    in it."""
    draft = _in_review(conn, case)
    if refusal := why_not_approve(draft, actor):
        raise Forbidden(refusal)
    note = short_of(note, "审核意见", field="note")
    going = reply_files.exactly(conn, case, draft.chosen, public=draft.public)
    payload = {"draft": draft.id, "author": draft.author, "note": note}
    moved = lifecycle.act_beside(conn, case, CaseAction.APPROVE_REPLY, payload, actor=actor, now=now)
    rows.decide_draft(conn, draft, DraftState.SENT, note=note, actor=actor, now=now)
    moved = lifecycle.reply(
        conn,
        moved,
        body=draft.body,
        public=draft.public,
        department_id=draft.department_id,
        disclosure=draft.disclosure,
        author=draft.author,
        files=going,
        more={"draft": draft.id, "author": draft.author},
        actor=actor,
        now=now,
    )
    if draft.result is None:
        return moved
    return lifecycle.complete(conn, moved, result=draft.result, for_others=for_others, actor=actor, now=now)


def send_back(conn: Connection, case: Case, *, note: str = "", actor: str, now: datetime) -> Case:
    """退回修改, with what is to be changed; or taken back by whoever wrote it, without a word. It is written on either
    way; the text that was reviewed is kept."""
    draft = _in_review(conn, case)
    own = wrote(draft, actor)
    note = short_of(note, "退回意见", field="note") if own else text_of(note, "要改什么", field="note")
    payload = {"draft": draft.id, "note": note, "own": own}
    moved = lifecycle.act_beside(conn, case, CaseAction.SEND_BACK_REPLY, payload, actor=actor, now=now)
    if own:
        rows.reopen_draft(conn, draft, actor=actor, now=now)
    else:
        rows.add_text(conn, draft, actor=actor)
        rows.decide_draft(conn, draft, DraftState.REFUSED, note=note, actor=actor, now=now)
    return moved


def drop(conn: Connection, case: Case, *, version: int, actor: str, now: datetime, zone: ZoneInfo) -> None:
    """Begin anew; the text stays in the database. Raises `Conflict` where there is none, or another than was seen."""
    draft = rows.find_open_draft(conn, case.id)
    if draft is None:
        raise Conflict("没有答复草稿。")
    if draft.state is DraftState.IN_REVIEW:
        raise Conflict(in_review_since(draft, zone))
    if draft.version != version:
        raise Conflict(changed_by(draft, actor, zone))
    rows.settle_draft(conn, draft, DraftState.DROPPED, actor=actor, now=now)


def check_direct_reply(
    conn: Connection, case: Case, *, body: str, public: bool, department_id: str | None, zone: ZoneInfo
) -> None:
    """Whether a reply may be sent without a review. Raises `Conflict` with what to do instead."""
    draft = rows.find_open_draft(conn, case.id)
    if draft is not None and draft.state is DraftState.IN_REVIEW:
        raise Conflict(in_review_since(draft, zone))
    need = rows.get_need(conn, department_id)
    if need.applies(public=public):
        what = "公开的答复" if need is ReviewNeed.PUBLIC else "答复"
        raise Conflict(f"按规定，{what}须由他人审核签发，不能直接发出，请送审。")
    check_filled_in(body)


def files_of_reply(
    conn: Connection, case: Case, files: FileChoices | None, *, department_id: str | None, public: bool
) -> list[reply_files.GoingFile]:
    """What goes with a reply that is sent without a review: as said now, else as the draft says. Raises `Invalid`."""
    draft = rows.find_open_draft(conn, case.id) if files is None else None
    chosen = draft.chosen if draft else files or {}
    return reply_files.choose(conn, case, chosen, department_id=department_id, public=public)


def settle_before_reply(conn: Connection, case: Case, *, body: str, actor: str, now: datetime) -> None:
    """What is sent directly is no draft any more: the sender's own, or the same text. Another's stays."""
    draft = rows.find_open_draft(conn, case.id)
    if draft is not None and (wrote(draft, actor) or draft.body.strip() == body.strip()):
        rows.settle_draft(conn, draft, DraftState.SENT, actor=actor, now=now)


def check_filled_in(body: str) -> None:
    """Raises `Invalid` where a template was not filled in."""
    left = dict.fromkeys(_BLANK.findall(body))
    if left or "{{" in body:
        named = "、".join(left) or "双花括号中的内容"
        raise Invalid(f"还有没填写的地方：{named}。", {"body": "模板中有没填写的地方"})


def wrote(draft: ReplyDraft, actor: str) -> bool:
    return person(actor) in {person(writer) for writer in (*draft.writers, draft.author, draft.submitted_by or "")}


def why_not_approve(draft: ReplyDraft, actor: str) -> str:
    """Why this person may not approve it, in a sentence; "" where they may."""
    if wrote(draft, actor):
        return "起草人不能签发自己的答复，请由本单位其他人员或督办员审核。"
    return ""


def changed_by(draft: ReplyDraft, actor: str, zone: ZoneInfo) -> str:
    """Who changed the draft meanwhile, and when."""
    if person(draft.saved_by) == person(actor):
        return f"您于{_moment(draft.saved_at, zone)}在另一个页面修改了这份草稿，两份文字都在，请核对后再保存。"
    who = _name(draft.saved_by)
    return f"答复草稿已由{who}于{_moment(draft.saved_at, zone)}修改，两份文字都在，请核对后再保存。"


def in_review_since(draft: ReplyDraft, zone: ZoneInfo) -> str:
    assert draft.submitted_at is not None and draft.submitted_by is not None
    who, at = _name(draft.submitted_by), _moment(draft.submitted_at, zone)
    return f"{who}于{at}送审的答复正在等待审核；要改动，请先取回或退回。"


def _just_sent(conn: Connection, case: Case, body: str) -> bool:
    replies = case_repository.list_replies(conn, case.id)
    return bool(replies) and replies[-1].body == body.strip()


def _in_review(conn: Connection, case: Case) -> ReplyDraft:
    draft = rows.find_open_draft(conn, case.id)
    if draft is None or draft.state is not DraftState.IN_REVIEW:
        raise Conflict("没有等待审核的答复。")
    return draft


def _check_open_for_writing(case: Case) -> None:
    if not case.status.is_open:
        raise Conflict(f"工单{case.status.label}，不能起草答复。")


def _name(actor: str) -> str:
    return actor.split(":", 2)[2] if actor.startswith("account:") else "系统"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%m-%d %H:%M}"
