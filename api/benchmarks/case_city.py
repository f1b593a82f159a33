"""A million cases that nobody wrote, in a database of its own: as many of each kind, as unevenly spread and as long as
in a city, in the words of our own corpus. The same number of cases is always the same city."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
from numpy.typing import NDArray

from intake.encryption import Keys, person_key
from intake.receipt_numbers import receipt_number
from models.analysis import Analysis, TopicSuggestion
from models.database import Connection
from models.submission import Channel, NewSubmission
from nlp.corpus import load_corpus
from nlp.search_query import batch_lexemes
from routing import analysis_repository
from routing.directory import Directory
from routing.search_index import block_of

SEED = 20261130
# So much of a letter's length and of a city's year: four texts of the corpus are as long as a letter.
_PIECES, _YEARS = 4, 3
_OPEN, _TRIAGE, _HELPED, _CONFIDENTIAL = 0.05, 0.04, 0.12, 0.03
# The unit that is looked at: 4 % of all cases, few of them open.
_UNIT_SHARE, _UNIT_OPEN_OF_MILLION = 0.04, 200
_PHONES, _LETTERS_OF_PHONE = 20, 3
_KINDS = (("help", 0.45), ("complain", 0.3), ("consult", 0.15), ("suggest", 0.06), ("report", 0.02), ("praise", 0.02))
_TONES = (("neutral", 0.55), ("negative", 0.4), ("positive", 0.05))
_EMOTIONS = (("none", 0.7), ("anger", 0.18), ("sadness", 0.05), ("fear", 0.04), ("joy", 0.03))
_HASTE = (("normal", 0.9), ("elevated", 0.08), ("urgent", 0.017), ("critical", 0.003))
_FILLED = ("submissions", "cases", "assignments", "case_search")
_STEP = 20_000
Progress = Callable[[str, float], None]
Codes = NDArray[np.int64]
Owner = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCity:
    """What can be asked of it: the unit that is looked at, phone numbers that are known, numbers of cases, its topics
    and regions from the most frequent on."""

    unit: str
    phones: tuple[str, ...]
    numbers: tuple[str, ...]
    topics: tuple[str, ...]
    regions: tuple[str, ...]


def fill(
    dsn: str, conn: Connection, directory: Directory, keys: Keys, *, cases: int, now: datetime, on_progress: Progress
) -> CaseCity:
    """Fill the empty tables of cases by COPY, without their triggers, and build the indexes afterwards. `dsn` is the
    owner's. Analyses are made for the cases in triage alone: lists need no others."""
    made = CaseMaker(directory, keys, cases, now)
    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("SET maintenance_work_mem = '1GB'")
        indexes = _drop_indexes(owner)
        for start in range(0, cases, _STEP):
            made.copy(owner, start, min(start + _STEP, cases))
            on_progress("生成工单", 0.6 * start / cases)
        for number, definition in enumerate(indexes):
            owner.execute(definition.encode())
            on_progress("建索引", 0.6 + 0.3 * number / len(indexes))
        for table in _FILLED:
            owner.execute(f"VACUUM (ANALYZE) {table}".encode())
        for table in _FILLED[:2]:
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            owner.execute(f"SELECT setval({sequence}, (SELECT max(id) FROM {table}))".encode())
        owner.execute("SELECT setval('receipt_number_seq', %s)", (cases + 1,))
    code = made.topics[0]
    waiting = Analysis(
        topic_code=code,
        topic_confidence=0.4,
        suggestions=(TopicSuggestion(code, 0.4, ()),),
        versions={"topic": "bench"},
    )
    analysis_repository.add_analyses(conn, [(id_, waiting) for id_ in made.in_triage], actor="bench", now=now)
    return made.city()


def database_size(conn: Connection) -> int:
    """Bytes on disk, indexes included."""
    row = conn.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(row[0]) if row else 0


def _drop_indexes(owner: Owner) -> list[str]:
    """The definitions of what was dropped."""
    rows = owner.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i"
        " WHERE indrelid = ANY(%s::regclass[])"
        " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        (list(_FILLED),),
    ).fetchall()
    for name, _ in rows:
        owner.execute(f"DROP INDEX {name}".encode())
    return [str(definition) for _, definition in rows]


class CaseMaker:
    """The cases of a city of this size, each by its place from the oldest on."""

    def __init__(self, directory: Directory, keys: Keys, cases: int, now: datetime) -> None:
        random = np.random.default_rng(SEED)
        self._zone, self._now = ZoneInfo("Asia/Shanghai"), now
        items = [item for item in load_corpus() if item.topic_code in directory.topics]
        self._titles = [item.title or item.body[:20] for item in items]
        self._bodies = [item.body for item in items]
        whole = [f"{title}\n{body}" for title, body in zip(self._titles, self._bodies, strict=True)]
        self._words = batch_lexemes(whole)
        self.topics = sorted({item.topic_code for item in items})
        self._topic = _skewed(random, len(self.topics), cases)
        self._texts = np.empty((cases, _PIECES), dtype=np.int64)
        for number, topic in enumerate(self.topics):
            here = np.flatnonzero(self._topic == number)
            own = np.flatnonzero([item.topic_code == topic for item in items])
            self._texts[here] = own[random.integers(len(own), size=(len(here), _PIECES))]
        self._regions = sorted(code for code, region in directory.regions.items() if region.level != "prefecture")
        self._region = _skewed(random, len(self._regions), cases)
        # the first unit is the one that is looked at
        self._units = sorted(unit.id for unit in directory.departments.values() if unit.active)
        others = len(self._units) - 1
        self._lead = np.where(random.random(cases) < _UNIT_SHARE, 0, 1 + _skewed(random, others, cases))
        self._helper = np.where(random.random(cases) < _HELPED, random.integers(others + 1, size=cases), -1)
        self._age = np.sort(random.random(cases))[::-1] * 365 * _YEARS
        open_ = np.zeros(cases, dtype=np.bool_)
        open_[random.choice(np.arange(int(cases * 0.85), cases), int(cases * _OPEN), replace=False)] = True
        own_open = np.flatnonzero(open_ & (self._lead == 0))[max(int(_UNIT_OPEN_OF_MILLION * cases / 1_000_000), 3) :]
        self._lead[own_open] = 1 + random.integers(others, size=len(own_open))
        waits = open_ & (random.random(cases) < _TRIAGE) & (self._lead != 0)
        of_open = np.where(random.random(cases) < 0.7, 2, 1)
        of_done = np.where(random.random(cases) < 0.8, 4, 3)
        self._status = np.where(waits, 0, np.where(open_, of_open, of_done))
        self.in_triage: list[int] = (np.flatnonzero(waits) + 1).tolist()
        self._days, self._late = random.integers(4, 25, size=cases), random.random(cases)
        self._kind, self._tone = _drawn(random, _KINDS, cases), _drawn(random, _TONES, cases)
        self._emotion, self._haste = _drawn(random, _EMOTIONS, cases), _drawn(random, _HASTE, cases)
        self._hotline, self._secret = random.random(cases) < 0.6, random.random(cases) < _CONFIDENTIAL
        self._person = random.integers(max(cases // 2, 1), size=cases)
        self._phones = tuple(f"199{number:08}" for number in range(_PHONES))
        known = random.choice(cases, (_PHONES, _LETTERS_OF_PHONE), replace=False).tolist()
        self._keys = {
            case: _key(phone, keys) for phone, letters in zip(self._phones, known, strict=True) for case in letters
        }
        self._sample: list[int] = sorted(random.choice(cases, 50, replace=False).tolist())

    def city(self) -> CaseCity:
        return CaseCity(
            unit=self._units[0],
            phones=self._phones,
            numbers=tuple(self._number(case) for case in self._sample),
            topics=tuple(self.topics),
            regions=tuple(self._regions),
        )

    def copy(self, owner: Owner, start: int, end: int) -> None:
        """Store the cases of these places."""
        rows = [self._case(case) for case in range(start, end)]
        for statement, lines in (
            (_SUBMISSIONS, (row.submission for row in rows)),
            (_CASES, (row.columns for row in rows)),
            (_ASSIGNMENTS, (line for row in rows for line in row.assignments)),
            (_SEARCH, (row.search for row in rows)),
        ):
            with owner.cursor() as cur, cur.copy(statement) as copy:
                for line in lines:
                    copy.write_row(line)

    def _submitted(self, case: int) -> datetime:
        return self._now - timedelta(days=float(self._age[case]))

    def _number(self, case: int) -> str:
        return receipt_number(self._submitted(case).astimezone(self._zone).date(), case + 1)

    def _case(self, case: int) -> "_Made":
        id_, number, submitted = case + 1, self._number(case), self._submitted(case)
        pieces: list[int] = self._texts[case].tolist()
        title, body = self._titles[pieces[0]], "\n".join(self._bodies[piece] for piece in pieces)
        words = " ".join([f"'{block_of(id_)}'", *(self._words[piece] for piece in pieces)])
        status = _STATUSES[self._status[case]]
        due_day = submitted.astimezone(self._zone).date() + timedelta(days=int(self._days[case]))
        due = datetime.combine(due_day + timedelta(days=1), time(), tzinfo=self._zone)
        dispatched = None if status == "triage" else submitted + timedelta(minutes=10)
        done = status in ("completed", "closed")
        completed = min(submitted + (due - submitted) * (0.2 + float(self._late[case])), self._now) if done else None
        signed = None if status in ("triage", "dispatched") else submitted + timedelta(hours=5)
        lead = None if status == "triage" else self._units[self._lead[case]]
        channel, tone = "hotline" if self._hotline[case] else "letter", _TONES[self._tone[case]][0]
        columns = (
            *(id_, number, id_, channel, title, status, _KINDS[self._kind[case]][0], self.topics[self._topic[case]]),
            *(self._regions[self._region[case]], tone, _HASTE[self._haste[case]][0], bool(self._secret[case]), lead),
            *("把握不足" if lead is None else "", submitted, submitted, submitted, dispatched, signed, completed),
            *("solved" if done else None, completed if status == "closed" else None, due_day, due, "", 2),
            *(_EMOTIONS[self._emotion[case]][0], '["reply"]' if tone == "negative" else "[]"),
        )
        assignments: list[tuple[object, ...]] = []
        if lead is not None:
            assignments.append((id_, lead, "lead", dispatched))
            if self._helper[case] not in (-1, self._lead[case]):
                assignments.append((id_, self._units[self._helper[case]], "co_handling", dispatched))
        key = self._keys.get(case) or int(self._person[case]).to_bytes(32, "big")
        identity = id_.to_bytes(32, "big")
        submission = (
            *(id_, number, channel, "bench", identity, b"", title, body, submitted, submitted, key, "processed"),
        )
        return _Made(submission, columns, assignments, (id_, words, f"{title}\n{body}"))


@dataclass(frozen=True, slots=True)
class _Made:
    submission: tuple[object, ...]
    columns: tuple[object, ...]
    assignments: list[tuple[object, ...]]
    search: tuple[object, ...]


def _key(phone: str, keys: Keys) -> bytes:
    key = person_key(NewSubmission(channel=Channel.LETTER, source="", body="", submitter_contact=phone), keys)
    assert key is not None
    return key


def _skewed(random: np.random.Generator, kinds: int, size: int) -> Codes:
    """Which of `kinds`, the first far more often than the last."""
    return _drawn(random, [("", 1 / (rank + 3)) for rank in range(kinds)], size)


def _drawn(random: np.random.Generator, shares: Sequence[tuple[str, float]], size: int) -> Codes:
    parts = np.array([share for _, share in shares])
    bounds = np.cumsum(parts / parts.sum())
    found: Codes = np.minimum(np.searchsorted(bounds, random.random(size)), len(shares) - 1)
    return found


_STATUSES = ("triage", "dispatched", "in_progress", "completed", "closed")
_SUBMISSIONS = (
    "COPY submissions (id, receipt_number, channel, source, identity, content_hash, title, body, submitted_at,"
    " received_at, submitter_key, state) FROM STDIN"
)
_CASES = (
    "COPY cases (id, case_number, submission_id, channel, title, status, appeal_type, topic_code, region_code,"
    " sentiment, urgency, confidential, lead_department_id, triage_reason, submitted_at, received_at, opened_at,"
    " dispatched_at, acknowledged_at, completed_at, completion_result, closed_at, due_date, due_at, due_basis, version,"
    " emotion, negative_aspects) FROM STDIN"
)
_ASSIGNMENTS = "COPY assignments (case_id, department_id, role, assigned_at) FROM STDIN"
_SEARCH = "COPY case_search (case_id, words, text) FROM STDIN"
