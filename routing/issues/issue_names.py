"""What are these issues called? By the words of their own members; a person's name stays."""

from collections.abc import Sequence
from functools import cache

from models.database import Connection
from nlp.issues.names import IssueNamer
from routing.issues import issue_step_repository as repository

# So many members are read to name an issue; while they are fewer than this, all of them, each time.
_READ = 64
FEW = 4


def name_issues(conn: Connection, ids: Sequence[int], *, step: int, actor: str) -> None:
    """From the members as they stood when their number was last a power of two (all of them while they are few): so a
    name changes seldom, and does not depend on how the arrivals were cut into batches."""
    texts = repository.list_first_texts(conn, ids, most=_READ)
    names = [(issue, _namer().name(letters)) for issue, letters in texts.items()]
    repository.rename_issues(conn, [(issue, name.name, name.place) for issue, name in names], step=step, actor=actor)


@cache
def _namer() -> IssueNamer:
    return IssueNamer()
