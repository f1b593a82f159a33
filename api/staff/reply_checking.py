"""What the check of a reply says about a text that somebody wrote for a case, and how that is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.runtime import Runtime
from intake import repository as submissions_repository
from intake.redaction import find_exposed
from models.analysis import TextSpan
from models.case import Case
from models.database import Connection
from models.reply_check import FlawText, ReplyCheck, ReplyFinding, ReplyFlaw, ReplyLevel
from nlp.replies.check import check_reply
from nlp.replies.signature import reply_signature
from routing import protection_repository
from routing.analysis_repository import list_analyses
from routing.replies.reply_signature_repository import count_alike

# What a draft longer than any reply says beyond is not looked at.
_LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The check of one text. `letter` is title + newline + body of what it answers. `alike`: so many other cases were
    answered nearly the same within 90 days."""

    letter: str
    body: str
    check: ReplyCheck
    alike: int

    @property
    def serious(self) -> tuple[ReplyFlaw, ...]:
        """What must be changed, or sent on with a reason."""
        return tuple(f.flaw for f in self.check.findings if f.weight is ReplyLevel.SERIOUS)

    def quoted(self, finding: ReplyFinding) -> list[tuple[FlawText, str]]:
        """The words that a finding is about, and where they stand."""
        texts = {FlawText.LETTER: self.letter, FlawText.REPLY: self.body}
        return [(e.text, texts[e.text][e.span.start : e.span.end].strip()) for e in finding.evidence]


def check_written(conn: Connection, runtime: Runtime, case: Case, body: str, *, public: bool, now: datetime) -> Checked:
    """The check of `body` as the reply to this case. Personal data count where everybody could read them."""
    submission = submissions_repository.get_submission(conn, case.submission_id)
    analysis = list_analyses(conn, [case.submission_id]).get(case.submission_id)
    body = body[:_LOOKED_AT]
    alike = count_alike(conn, reply_signature(body), but_case=case.id, now=now)
    check = check_reply(
        submission.title,
        submission.body,
        body,
        matters=analysis.matters if analysis else (),
        exposed=_exposed(conn, runtime, case, body) if public else (),
        others_alike=alike,
        written_on=now.astimezone(runtime.settings.zone).date(),
    )
    return Checked(letter=f"{submission.title}\n{submission.body}", body=body, check=check, alike=alike)


def stored_findings(checked: Checked) -> list[dict[str, Any]]:
    """As kept with the draft: what the reviewer reads, whatever the rules say later."""
    return [
        {
            "kind": finding.flaw.value,
            "weight": finding.weight.value,
            "advice": finding.advice,
            "evidence": [{"text": e.text.value, "start": e.span.start, "end": e.span.end} for e in finding.evidence],
            "quoted": [words for _, words in checked.quoted(finding)],
        }
        for finding in checked.check.findings
    ]


def _exposed(conn: Connection, runtime: Runtime, case: Case, body: str) -> list[TextSpan]:
    # or whoever writes could try one name after the other
    if protection_repository.list_closed(conn, [case.submission_id]):
        return [TextSpan(span.start, span.end) for span in find_exposed(body, letter="", names=())]
    original = submissions_repository.get_original(conn, case.submission_id, runtime.keys)
    letter = "\n".join((original.title, original.body, original.submitter_contact))
    found = find_exposed(body, letter=letter, names=(original.submitter_name,))
    return [TextSpan(span.start, span.end) for span in found]
