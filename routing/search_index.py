"""How does a case come to be found by its words? They are kept beside it from the transaction that opens it on.

Only masked text goes in: letters are masked when they come in, notes when they are written, replies here.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from intake.redaction import redact
from models.database import Connection
from nlp.cleaning import clean_all, clean_text
from nlp.search_query import BLOCK, batch_lexemes, block_of, lexemes
from routing import search_repository

__all__ = ["BLOCK", "block_of", "fill_missing", "index_again", "index_cases", "index_written"]

_BATCH = 500


def index_cases(conn: Connection, items: Sequence[tuple[int, str]], *, actor: str) -> None:
    """New cases by id with their masked texts."""
    texts = [cleaned.text for cleaned in clean_all([text for _, text in items])]
    rows = zip(items, texts, batch_lexemes(texts), strict=True)
    search_repository.add_texts(
        conn, [(case_id, f"'{block_of(case_id)}' {words}", text) for (case_id, _), text, words in rows], actor=actor
    )


def index_written(conn: Connection, case_id: int, text: str, *, actor: str) -> None:
    """What staff wrote to a case: found with it from now on."""
    masked = clean_text(redact(text).text)
    search_repository.append_text(conn, case_id, lexemes(masked), masked, actor=actor)


def index_again(conn: Connection, case_ids: Sequence[int], *, actor: str) -> None:
    """Cases that have no words yet, from what is stored of them."""
    items = []
    for case in search_repository.list_texts(conn, case_ids):
        said = [case.letter]
        if case.sentences is not None:
            said = [case.title, *(case.letter[start:end] for start, end in case.sentences)]
        items.append((case.id, "\n".join([*said, *(redact(text).text for text in case.written)])))
    index_cases(conn, items, actor=actor)


def fill_missing(
    open_transaction: Callable[[], AbstractContextManager[Connection]],
    *,
    actor: str,
    until: Callable[[], bool],
    limit: int = _BATCH,
) -> int:
    """How many cases were filled in that have no words yet: all, or as many as there was time for. A small batch a
    transaction; nothing where another process is doing it."""
    done, after = 0, 0
    while not until():
        with open_transaction() as conn:
            if not search_repository.lock_filling(conn):
                break
            ids = search_repository.list_missing(conn, after=after, limit=limit)
            if not ids:
                break
            index_again(conn, ids, actor=actor)
            # the words of their days are laid out again
            search_repository.note_stale(conn, ids, actor=actor)
        done, after = done + len(ids), ids[-1]
    return done
