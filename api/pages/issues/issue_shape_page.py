"""The forms with which people merge, split, rename, pin or mute an issue, and take that back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep, check_form_token
from api.pages.issues.issue_page import Refused, issue_page
from api.pages.staff import StaffDep
from api.staff.issue_shaping import ShapeInput, shape
from models.errors import Invalid, NotFound, WenzhengError
from models.issue import IssueAction

router = APIRouter()

_LONGEST_MUTE = 365


@dataclass(frozen=True, slots=True)
class ShapeFields:
    """A form as typed."""

    csrf: str
    version: str
    name: str
    days: str
    other_id: str
    proposal_id: str
    decision_id: str
    submission_ids: list[str] = field(default_factory=list)

    def given(self, action: IssueAction, *, now: datetime) -> ShapeInput:
        """Raises `Invalid` for what no form of ours sends."""
        try:
            days = _number(self.days)
            if days is not None and days > _LONGEST_MUTE:
                raise ValueError
            return ShapeInput(
                # what is proposed or was decided guards itself
                version=_number(self.version) if action not in _GUARDED else None,
                name=self.name.replace("\0", ""),
                until=now + timedelta(days=days) if days else None,
                other_id=_number(self.other_id),
                proposal_id=_number(self.proposal_id),
                decision_id=_number(self.decision_id),
                submission_ids=tuple(int(id_) for id_ in self.submission_ids if 0 < int(id_) < 2**63),
            )
        except ValueError:
            raise Invalid() from None


_GUARDED = frozenset({IssueAction.ACCEPT, IssueAction.REJECT, IssueAction.UNDO})


def read_shape(
    csrf: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    days: Annotated[str, Form()] = "",
    other_id: Annotated[str, Form()] = "",
    proposal_id: Annotated[str, Form()] = "",
    decision_id: Annotated[str, Form()] = "",
    submission_ids: Annotated[list[str] | None, Form()] = None,
) -> ShapeFields:
    return ShapeFields(csrf, version, name, days, other_id, proposal_id, decision_id, submission_ids or [])


@router.post("/issues/{issue_id:int}/{action}")
def act(
    request: Request,
    issue_id: int,
    action: str,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    fields: Annotated[ShapeFields, Depends(read_shape)],
) -> Response:
    """Decide and go back to the issue (of a split: to the new one); a refusal shows it as it is now."""
    wanted = _action(action)
    try:
        check_form_token(fields.csrf, staff.csrf_token)
        with conn.transaction():
            issue = shape(conn, staff.account, issue_id, wanted, fields.given(wanted, now=now), now=now)
    except NotFound:
        raise
    except WenzhengError as error:
        refused = Refused(wanted.value, error, fields)
        return issue_page(request, runtime, conn, staff, issue_id, now=now, refused=refused)
    to = issue.merged_into or issue.id
    done = "undone" if wanted is IssueAction.UNDO else "changed"
    return RedirectResponse(f"/issues/{to}?done={done}", status_code=303)


def _action(word: str) -> IssueAction:
    try:
        return IssueAction(word)
    except ValueError:
        raise NotFound("没有找到这个页面。") from None


def _number(text: str) -> int | None:
    number = int(text) if text else None
    if number is not None and not 0 < number < 2**63:
        raise ValueError
    return number
