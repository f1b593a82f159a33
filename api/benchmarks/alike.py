"""How long does it take to find copies among ten million letters, and like cases among a million solved ones?"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from api.benchmarks.made_letters import KEYS, WORDS, MadeVectors, made_keys, made_vectors
from api.benchmarks.pipeline import temporary_database
from models.database import Connection
from nlp.alike.minhash import SHARED
from nlp.alike.postings import pack, postings
from nlp.alike.telling import shared_words
from routing.alike import near_duplicate_repository, similar_case_repository
from routing.alike.solved_case_packing import WAITING, pack_solved

_STEP, _ASKED, _SHOWN = 100_000, 400, 10
_SIGNATURE = "near_signatures (entry, submission_id, keys) FROM STDIN BINARY"
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Milliseconds of one query as the program sends it; `cold` is the slowest of the first ones, before the pages that
    are asked for lie in memory."""

    p50: float
    p95: float
    most: float
    cold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeFigures:
    """`copies` are queries for one letter, `flood` for a letter of the template that one in a hundred is, `batch` for
    256 letters at once (milliseconds a letter). `found` is the share of copies that were found by their keys.
    `recall`: how much of the exact ten best solved cases the search gives, asked while the words of the latest 2,000
    are not packed; `pack_seconds`: what packing them takes then."""

    rows: int
    keys_bytes: int
    fill_seconds: float
    copies: Timed
    flood: Timed
    batch_ms: float
    found: float
    cases: int
    cases_bytes: int
    cases_fill_seconds: float
    similar: Timed
    recall: float
    pack_seconds: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def measure_alike(dsn: str, *, rows: int, cases: int, on_progress: Progress) -> AlikeFigures:
    """In a database of its own, dropped afterwards. Raises `Unavailable` where none may be created."""
    with temporary_database(dsn) as bench_dsn, closing(psycopg.connect(bench_dsn, autocommit=True)) as conn:
        for setting in ("maintenance_work_mem = '1GB'", "synchronous_commit = off", "jit = off"):
            conn.execute(f"SET {setting}")
        started = time.perf_counter()
        _fill_keys(conn, rows, on_progress)
        fill_seconds = time.perf_counter() - started
        on_progress("查找重复来信", 0.7)
        singles, flood, batch_ms, found = _ask_for_copies(conn, rows)
        keys_bytes = _size(conn, "near_keys") + _size(conn, "near_signatures")
        on_progress("写入已办结工单", 0.75)
        started = time.perf_counter()
        vectors = made_vectors(cases)
        _fill_cases(conn, vectors, cases)
        cases_seconds = time.perf_counter() - started
        on_progress("查找相似工单", 0.95)
        similar, recall = _ask_for_cases(conn, vectors, cases)
        sizes = [_size(conn, table) for table in ("solved_terms", "solved_blocks", "telling_words")]
        pack_seconds = _pack(conn)
        return AlikeFigures(
            rows=rows,
            keys_bytes=keys_bytes,
            fill_seconds=fill_seconds,
            copies=singles,
            flood=flood,
            batch_ms=batch_ms,
            found=found,
            cases=cases,
            cases_bytes=sum(sizes),
            cases_fill_seconds=cases_seconds,
            similar=similar,
            recall=recall,
            pack_seconds=pack_seconds,
        )


def _fill_keys(conn: Connection, rows: int, on_progress: Progress) -> None:
    """The tables as the migrations make them, filled first and indexed then; without the rows of the letters."""
    for statement in (
        "ALTER TABLE near_signatures DROP CONSTRAINT near_signatures_submission_id_fkey",
        "ALTER TABLE near_signatures DROP CONSTRAINT near_signatures_submission_id_key",
        "ALTER TABLE near_keys DROP CONSTRAINT near_keys_pkey",
        "ALTER TABLE near_signatures SET UNLOGGED",
        "ALTER TABLE near_keys SET UNLOGGED",
    ):
        conn.execute(statement)
    done = 0
    for keys in made_keys(rows, _STEP):
        entries = np.arange(done + 1, done + len(keys) + 1)
        _copy(conn, _SIGNATURE, _signature_rows(entries, keys))
        repeated = np.repeat(entries, KEYS)
        _copy(conn, "near_keys (key, entry) FROM STDIN BINARY", _pairs(keys.ravel(), repeated))
        done += len(keys)
        on_progress("写入来信特征", 0.4 * done / rows)
    for statement in (
        "ALTER TABLE near_keys ADD PRIMARY KEY (key, entry)",
        "VACUUM (ANALYZE) near_keys",
        "VACUUM (ANALYZE) near_signatures",
    ):
        conn.execute(statement)
        on_progress("建立索引", 0.6)


def _copy(conn: Connection, target: str, rows: bytes) -> None:
    with conn.cursor() as cursor, cursor.copy(f"COPY {target}") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows + b"\xff\xff")


def _pairs(keys: NDArray[np.int64], entries: NDArray[np.int64]) -> bytes:
    fields = [("n", ">i2"), ("a", ">i4"), ("key", ">i8"), ("b", ">i4"), ("entry", ">i8")]
    rows = np.zeros(len(keys), dtype=fields)
    rows["n"], rows["a"], rows["b"], rows["key"], rows["entry"] = 2, 8, 8, keys, entries
    return rows.tobytes()


def _signature_rows(entries: NDArray[np.int64], keys: NDArray[np.int64]) -> bytes:
    # an array in binary: dimensions, has nulls, type (20: bigint), length, first index, then each length and value
    element = np.dtype([("length", ">i4"), ("value", ">i8")])
    head = [("n", ">i2"), ("a", ">i4"), ("entry", ">i8"), ("b", ">i4"), ("id", ">i8"), ("c", ">i4")]
    rows = np.zeros(len(keys), dtype=[*head, ("array", ">i4", 5), ("keys", element, KEYS)])
    rows["n"], rows["a"], rows["b"], rows["c"] = 3, 8, 8, 20 + 12 * KEYS
    rows["entry"] = rows["id"] = entries
    rows["array"] = [1, 0, 20, KEYS, 1]
    rows["keys"]["length"], rows["keys"]["value"] = 8, keys
    return rows.tobytes()


def _ask_for_copies(conn: Connection, rows: int) -> tuple[Timed, Timed, float, float]:
    """New letters, letters of which a half is known, letters of the template."""
    random = np.random.default_rng(1)
    numbers = random.choice(np.arange(1, rows + 1), size=_ASKED, replace=False).tolist()
    stored: dict[int, list[int]] = dict(
        conn.execute("SELECT entry, keys FROM near_signatures WHERE entry = ANY(%s)", (numbers,)).fetchall()
    )
    known = [np.array(stored[number]) for number in numbers]
    most = conn.execute("SELECT keys FROM near_signatures GROUP BY keys ORDER BY count(*) DESC LIMIT 1").fetchall()
    template = np.array(most[0][0])
    fresh = random.integers(1 << 20, 1 << 55, size=(_ASKED, KEYS))
    common = random.random((_ASKED, KEYS)) < 0.5
    halves = [np.where(half, letter, new) for half, letter, new in zip(common, known, fresh, strict=True)]
    singles: list[float] = []
    hits = 0
    for number, letter in zip(numbers, halves, strict=True):
        started = time.perf_counter()
        found = _find(conn, [letter])
        singles.append(1000 * (time.perf_counter() - started))
        same = np.array_equal(stored[number], template)
        hits += same or any(id_ == number for _, id_, _ in found)
    flood = []
    for _ in range(20):
        started = time.perf_counter()
        _find(conn, [template])
        flood.append(1000 * (time.perf_counter() - started))
    batch = [known[i % _ASKED] if i % 4 == 0 else fresh[i % _ASKED] for i in range(256)]
    _find(conn, batch)
    started = time.perf_counter()
    _find(conn, batch)
    batch_ms = 1000 * (time.perf_counter() - started) / len(batch)
    return _timed(singles), _timed(flood), batch_ms, hits / _ASKED


def _find(conn: Connection, letters: Iterable[NDArray[np.int64]]) -> list[tuple[int, int, int]]:
    asked = [
        (number, key, SHARED if key < 0 else 1)
        for number, letter in enumerate(letters)
        for key in dict.fromkeys(letter.tolist())
    ]
    return near_duplicate_repository.list_sharing(conn, asked, least=SHARED)


def _fill_cases(conn: Connection, vectors: MadeVectors, cases: int) -> None:
    """All but the last are packed; those are found as single rows, as between two packings."""
    for table in ("cases", "telling_words"):
        for (name,) in conn.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'", (table,)
        ).fetchall():
            conn.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    conn.execute(
        "INSERT INTO cases (case_number, submission_id, channel, title, status, appeal_type, sentiment, urgency,"
        " confidential, lead_department_id, submitted_at, received_at, opened_at, dispatched_at, completed_at)"
        " SELECT 'B' || n, n, 'letter', '', 'closed', 'help', 'neutral', 'normal', false, 'd', now(), now(), now(),"
        " now(), now() FROM generate_series(0, %s - 1) n",
        (cases,),
    )
    quoted = ['"' + word.replace("\\", r"\\\\").replace('"', r"\\" + '"') + '"' for word in vectors.words]
    with conn.cursor() as cursor, cursor.copy("COPY telling_words FROM STDIN") as copy:
        for start in range(0, cases, _STEP // 10):
            copy.write("".join(_telling_lines(vectors, quoted, start, min(start + _STEP // 10, cases))))
    kept = vectors.weights.ravel() > 0
    terms, weights = vectors.terms[vectors.columns.ravel()[kept]], vectors.weights.ravel()[kept]
    ids = np.repeat(np.arange(cases), WORDS)[kept]
    late = int(np.searchsorted(ids, cases - min(WAITING // WORDS, cases // 10)))
    order = np.argsort(terms[:late], kind="stable")
    bounds = [0, *(np.flatnonzero(np.diff(terms[order])) + 1).tolist(), late]
    with conn.cursor() as cursor, cursor.copy("COPY solved_blocks FROM STDIN BINARY") as copy:
        copy.set_types(["int4", "int2", "bytea"])
        for start, end in pairwise(bounds):
            of_word = order[start:end]
            for number, block in enumerate(pack([postings(ids[of_word], weights[of_word] / 1000)])):
                copy.write_row((int(terms[of_word[0]]), number, block))
    fields = [("n", ">i2"), ("a", ">i4"), ("t", ">i4"), ("b", ">i4"), ("w", ">i2"), ("c", ">i4"), ("i", ">i8")]
    rows = np.zeros(len(ids) - late, dtype=fields)
    rows["n"], rows["a"], rows["b"], rows["c"] = 3, 4, 2, 8
    rows["t"], rows["w"], rows["i"] = terms[late:], weights[late:], ids[late:]
    _copy(conn, "solved_terms (term, weight, submission_id) FROM STDIN BINARY", rows.tobytes())
    for table in ("solved_terms", "solved_blocks", "telling_words", "cases"):
        conn.execute(f"VACUUM (ANALYZE) {table}")


def _telling_lines(vectors: MadeVectors, quoted: Sequence[str], start: int, end: int) -> Iterator[str]:
    lines = zip(vectors.columns[start:end].tolist(), vectors.weights[start:end].tolist(), strict=True)
    for row, (columns, weights) in enumerate(lines, start):
        words = ",".join([quoted[column] for column, weight in zip(columns, weights, strict=True) if weight])
        shares = ",".join([f"{weight / 1000}" for weight in weights if weight])
        yield f"{row}\t{{{words}}}\t{{{shares}}}\n"


def _ask_for_cases(conn: Connection, vectors: MadeVectors, cases: int) -> tuple[Timed, float]:
    """Each asked case finds others than itself; compared with the cosines with all."""
    asked = np.random.default_rng(2).choice(cases, size=min(cases, _ASKED // 2), replace=False).tolist()
    shape = cases, len(vectors.words)
    pointers = np.arange(0, cases * WORDS + 1, WORDS)
    matrix = csr_matrix((vectors.weights.ravel().astype(np.float32), vectors.columns.ravel(), pointers), shape=shape)
    of_word = matrix.tocsc()
    seconds: list[float] = []
    recalled = []
    for row in asked:
        telling = vectors.telling(row)
        started = time.perf_counter()
        found = similar_case_repository.list_solved(conn, telling, but=row)
        scores = sorted((shared_words(telling, words)[0] for words in found.values()), reverse=True)[:_SHOWN]
        seconds.append(1000 * (time.perf_counter() - started))
        likeness = np.zeros(cases)
        for column, weight in zip(vectors.columns[row].tolist(), vectors.weights[row].tolist(), strict=True):
            places = slice(of_word.indptr[column], of_word.indptr[column + 1])
            likeness[of_word.indices[places]] += of_word.data[places] * (weight / 1e6)
        likeness[row] = 0
        best = np.partition(likeness, -_SHOWN)[-_SHOWN]
        recalled.append(sum(score >= best - 1e-6 for score in scores) / _SHOWN)
    return _timed(seconds), float(np.mean(recalled))


def _pack(conn: Connection) -> float:
    started = time.perf_counter()
    pack_solved(lambda: _transaction(conn), actor="bench", least=1)
    return time.perf_counter() - started


@contextmanager
def _transaction(conn: Connection) -> Iterator[Connection]:
    with conn.transaction():
        yield conn


def _timed(milliseconds: list[float]) -> Timed:
    warm = milliseconds[len(milliseconds) // 4 :]
    return Timed(
        p50=float(np.percentile(warm, 50)),
        p95=float(np.percentile(warm, 95)),
        most=max(warm),
        cold=max(milliseconds),
    )


def _size(conn: Connection, table: str) -> int:
    row = conn.execute("SELECT pg_total_relation_size(%s::regclass)", (table,)).fetchone()
    return int(row[0]) if row else 0
