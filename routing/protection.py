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


def units_spoken_of(analysis: Analysis) -> Complained:
    """The units of a text, whatever it is about."""
    accused = frozenset(
        mention.department_id
        for mention in analysis.organisation_mentions
        if mention.accused and mention.department_id is not None
    )
    return Complained(accused=accused, named=frozenset(analysis.organisations) - accused)


def is_protected(conn: Connection, case: Case) -> bool:
    """Whether it is a report or confidential, or something of that kind is merged into it."""
    return any(protected for _, protected in protection_repository.list_letters(conn, case.id))


def find_complained(
    conn: Connection, case: Case, *, as_type: AppealType | None = None, secret: bool = False
) -> Complained:
    """The units that this case must not go to, by its letter and by those merged into it; none where nothing of it is
    protected. A report stays one whatever it is being corrected to; `as_type` and `secret` (a confidential topic) are
    what it is about to become."""
    [own, *merged] = protection_repository.list_letters(conn, case.id)
    becomes = secret or as_type is AppealType.REPORT
    protected = [id_ for id_, is_protected in ((own[0], own[1] or becomes), *merged) if is_protected]
    if not protected:
        return Complained()
    found = [units_spoken_of(analysis) for analysis in analysis_repository.list_analyses(conn, protected).values()]
    accused = frozenset[str]().union(*(units.accused for units in found))
    named = frozenset[str]().union(*(units.named for units in found))
    return Complained(accused=accused, named=named - accused)


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


def why_not_merge(conn: Connection, member: Case, units: Iterable[str]) -> str:
    """Why `member` must not be given to the `units` of another case by merging, in a sentence; "" where it may."""
    if find_complained(conn, member).all & frozenset(units):
        return f"工单{member.case_number}是举报或保密事项，反映的可能正是主单的承办单位，不能并入。"
    return ""


def held_by_complained(conn: Connection, case: Case, directory: Directory, units: Iterable[str]) -> tuple[str, ...]:
    """Names of the units that have the case now and that it accuses: it became a report, or protected, only later."""
    accused = find_complained(conn, case).accused & frozenset(units)
    return tuple(directory.department_name(unit) for unit in sorted(accused))


def check_publishable(conn: Connection, case: Case) -> None:
    """Raises `Invalid` where nothing of the case may be published."""
    if is_protected(conn, case):
        raise Invalid("举报和保密事项的答复不能公开，请改为只给诉求人看。", {"public": "举报和保密事项的答复不公开"})


def _names(directory: Directory, units: Iterable[str]) -> str:
    return "、".join(directory.department_name(unit) for unit in units)
