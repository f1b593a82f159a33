"""Protection of who reports: to which units a case must not go, and what of it is never published.

信访工作条例 30: a report is not passed on to whom it accuses. The units are those that the text is about, matched by
all their names and by the place (`nlp.organisations`); a unit that the text only asks to act is none of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from models.analysis import Analysis, AppealType
from models.case import Case
from models.database import Connection
from models.errors import Conflict, Invalid
from routing import analysis_repository, protection_repository
from routing.directory import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Complained:
    """Units that a protected text speaks of: `accused` outright, `named` without a clear accusation."""

    accused: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        return self.accused | self.named


def is_protected(
    case: Case, *, declared: AppealType | None = None, as_type: AppealType | None = None, secret: bool = False
) -> bool:
    """Whether the case is a report or confidential. A report stays one whatever it is corrected to (`as_type`) where
    the submitter said so (`declared`) or it still is one; `secret`: the topic it gets is confidential."""
    return case.confidential or secret or AppealType.REPORT in (case.appeal_type, declared, as_type)


def units_spoken_of(analysis: Analysis) -> Complained:
    """The units of a text, whatever it is about."""
    accused = frozenset(
        mention.department_id
        for mention in analysis.organisation_mentions
        if mention.accused and mention.department_id is not None
    )
    return Complained(accused=accused, named=frozenset(analysis.organisations) - accused)


def find_complained(
    conn: Connection, case: Case, *, as_type: AppealType | None = None, secret: bool = False
) -> Complained:
    """The units that this case must not go to; none where it is not protected."""
    declared = protection_repository.find_declared_type(conn, case.submission_id)
    if not is_protected(case, declared=declared, as_type=as_type, secret=secret):
        return Complained()
    analysis = analysis_repository.list_analyses(conn, [case.submission_id]).get(case.submission_id)
    return units_spoken_of(analysis) if analysis else Complained()


def check_units(
    conn: Connection,
    case: Case,
    directory: Directory,
    units: Iterable[str],
    *,
    note: str = "",
    as_type: AppealType | None = None,
    secret: bool = False,
) -> None:
    """Every door through which a case reaches a unit asks here: dispatch, redispatch, returns, disputes, co-handling,
    merging. Raises `Conflict` for a unit that the report accuses, and `Invalid` for one that it names without accusing
    it clearly, unless a person writes down in `note` why it is not the one complained about."""
    complained = find_complained(conn, case, as_type=as_type, secret=secret)
    asked = frozenset(units)
    if accused := sorted(complained.accused & asked):
        raise Conflict(f"{_names(directory, accused)}是被反映单位，举报和保密事项不能转给被反映单位，请选择其他单位。")
    named = sorted(complained.named & asked)
    if named and not note.strip():
        raise Invalid(
            f"来件提到{_names(directory, named)}，举报和保密事项不能转给被反映单位。"
            "确认它不是被反映单位的，请写明理由。",
            {"note": "请写明为什么它不是被反映单位"},
        )


def held_by_complained(conn: Connection, case: Case, directory: Directory, units: Iterable[str]) -> tuple[str, ...]:
    """Names of the units that have the case now and that it accuses: it became a report, or protected, only later."""
    accused = find_complained(conn, case).accused & frozenset(units)
    return tuple(directory.department_name(unit) for unit in sorted(accused))


def check_publishable(conn: Connection, case: Case) -> None:
    """Raises `Invalid` where nothing of the case may be published: reports and confidential matters."""
    declared = protection_repository.find_declared_type(conn, case.submission_id)
    if is_protected(case, declared=declared):
        raise Invalid("举报和保密事项的答复不能公开，请改为只给诉求人看。", {"public": "举报和保密事项的答复不公开"})


def _names(directory: Directory, units: Iterable[str]) -> str:
    return "、".join(directory.department_name(unit) for unit in units)
