"""In which order does a list go, and where does its next page begin? Pure.

A list is walked along an index: it consists of runs, one after the other, each in one order, and its next page begins
behind the last row of this one. So page 1,000 costs what the first one does, and rows that come or go shift nothing.
The page before is walked to from its first row, the other way round.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from models.analysis import Urgency
from models.errors import Invalid
from models.labels import LabelledEnum

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FARTHEST = 2**63


class CaseSort(LabelledEnum):
    """`time_left`: open cases first, least time first (overdue ones lead), then the others, the latest first.
    `urgency`: open cases first, the most urgent first. `submitted`: newest first. `relevance`: of a search
    the newest first, within some weeks what has the words in its title; without a search as `submitted`."""

    TIME_LEFT = "time_left", "剩余时间"
    DUE = "due", "办理时限"
    URGENCY = "urgency", "紧急程度"
    SUBMITTED = "submitted", "最近提交"
    OLDEST = "oldest", "最早提交"
    RELEVANCE = "relevance", "相关程度"


@dataclass(frozen=True, slots=True)
class Run:
    """The rows of `condition` by `column` and id; None: by id alone. SQL over the row `f` of case_facts."""

    condition: str
    column: str | None
    descending: bool = False

    @property
    def is_open(self) -> bool | None:
        """Whether it holds open cases alone (True) or others alone (False); None where it may hold both."""
        if self.condition.startswith("f.is_open"):
            return True
        return False if self.condition.startswith("NOT f.is_open") else None

    @property
    def order(self) -> str:
        way = " DESC" if self.descending else ""
        return ", ".join(f"{column}{way}" for column in self._columns)

    @property
    def behind(self) -> str:
        """What comes after the row of the parameters `moment` and `last`."""
        sign = "<" if self.descending else ">"
        if self.column is None:
            return f"f.id {sign} %(last)s"
        return f"({self.column}, f.id) {sign} (%(moment)s, %(last)s)"

    @property
    def sign(self) -> int:
        return -1 if self.descending else 1

    @property
    def key(self) -> str:
        """A number by which the rows of the run are in its order, going up; ties go by `sign` times the id."""
        return f"{self.sign} * (extract(epoch FROM {self.column}) * 1000000)::bigint" if self.column else "0"

    def turned(self) -> "Run":
        """The same rows the other way round."""
        return replace(self, descending=not self.descending)

    @property
    def _columns(self) -> tuple[str, ...]:
        return ("f.id",) if self.column is None else (self.column, "f.id")


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a list: in which run it is, and by what it has its place there. In a search `run` counts the blocks and
    `moment` is None, `score` what the row is worth."""

    run: int
    moment: datetime | None
    last: int
    score: int = 0

    def __str__(self) -> str:
        moment = "" if self.moment is None else str((self.moment - _EPOCH) // _MICROSECOND)
        return f"{self.run}.{moment}.{self.score}.{self.last}"


def key_of(place: Place, runs: Sequence[Run]) -> tuple[int, int, int]:
    """The run, its `key` and the tie of a place."""
    sign = runs[place.run].sign if place.run < len(runs) else 1
    return place.run, sign * ((place.moment - _EPOCH) // _MICROSECOND if place.moment else 0), sign * place.last


def read_place(text: str) -> Place:
    """The place that an address names. Raises `Invalid` for what no list of ours writes."""
    try:
        run, moment, score, last = text.split(".")
        numbers = [int(number) for number in (run, score, last)]
        if not all(-_FARTHEST <= number < _FARTHEST for number in numbers) or numbers[0] < 0:
            raise ValueError(text)
        at = _EPOCH + int(moment) * _MICROSECOND if moment else None
    except (ValueError, OverflowError):
        raise Invalid("页码有误，请从第一页看起。", {"after": "不是本系统的页码"}) from None
    return Place(numbers[0], at, numbers[2], numbers[1])


def runs_of(sort: CaseSort) -> tuple[Run, ...]:
    """The runs of a list, in their order; together every row, each once."""
    match sort:
        case CaseSort.TIME_LEFT:
            return (*_by_due("f.is_open"), *_DONE)
        case CaseSort.DUE:
            return tuple(_by_due("true"))
        case CaseSort.URGENCY:
            open_ = (
                run for urgency in _URGENT_FIRST for run in _by_due(f"f.is_open AND f.urgency = '{urgency.value}'")
            )
            return (*open_, *_DONE)
        case CaseSort.SUBMITTED | CaseSort.RELEVANCE:
            return (Run("true", "f.submitted_at", descending=True),)
        case CaseSort.OLDEST:
            return (Run("true", "f.submitted_at"),)


def place_of(run: int, order: Run, *, due_at: datetime | None, submitted_at: datetime, id_: int) -> Place:
    """The place of a row in a run of its list."""
    moments = {"f.due_at": due_at, "f.submitted_at": submitted_at, None: None}
    return Place(run, moments[order.column], id_)


def _by_due(condition: str, *, latest_first: bool = False) -> Iterator[Run]:
    yield Run(f"{condition} AND f.due_at IS NOT NULL", "f.due_at", latest_first)
    yield Run(f"{condition} AND f.due_at IS NULL", None, latest_first)


_URGENT_FIRST = tuple(reversed(Urgency))
_DONE = tuple(_by_due("NOT f.is_open", latest_first=True))
