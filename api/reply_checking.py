"""What the check of a reply says about a text that somebody wrote for a case, and how that is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.runtime import Runtime
from models.case import Case
from models.database import Connection
from models.reply_check import ReplyFinding, ReplyLevel
from nlp.alike.character_runs import sign_reply
from routing.reply_signature_repository import count_alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The findings about one text, the gravest first. `alike`: so many other cases were answered nearly the same."""

    body: str
    findings: tuple[ReplyFinding, ...]
    alike: int

    @property
    def serious(self) -> tuple[str, ...]:
        """What must be changed, or sent on with a reason."""
        return tuple(f.flaw.label for f in self.findings if f.weight is ReplyLevel.SERIOUS)


def check_written(conn: Connection, runtime: Runtime, case: Case, body: str, *, public: bool, now: datetime) -> Checked:
    """The check of `body` as the reply to this case. An empty text has no findings."""
    if not body.strip():
        return Checked(body=body, findings=(), alike=0)
    alike = count_alike(conn, sign_reply(body), but_case=case.id, now=now)
    return Checked(body=body, findings=(), alike=alike)


def stored_findings(checked: Checked) -> list[dict[str, Any]]:
    """As kept with the draft: what the reviewer reads, whatever the rules say later."""
    return [
        {
            "kind": finding.flaw.value,
            "weight": finding.weight.value,
            "advice": finding.advice,
            "evidence": [{"text": e.text.value, "start": e.span.start, "end": e.span.end} for e in finding.evidence],
        }
        for finding in checked.findings
    ]
