"""A million cases that nobody wrote, in a database of its own: as many of each kind, as unevenly spread and as long as
in a city, in the words of our own corpus. The same number of cases is always the same city."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from api.benchmarks.case_filling import Progress, fill_tables
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
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCity:
    """What can be asked of it: the unit that is looked at, phone numbers that are known, numbers of cases, its topics
    and regions from the most frequent on. `fill_seconds`: how long it took to fill in."""

    cases: int
    fill_seconds: float
    unit: str
    phones: tuple[str, ...]
    numbers: tuple[str, ...]
    topics: tuple[str, ...]
    regions: tuple[str, ...]


def fill(
    dsn: str, conn: Connection, directory: Directory, keys: Keys, *, cases: int, now: datetime, on_progress: Progress
) -> CaseCity:
    """Fill the empty tables of cases (api/benchmarks/case_filling.py). `dsn` is the owner's. Analyses are made for the
    cases in triage and those whose pages are opened: lists need no others."""
    began = time.perf_counter()
    made = CaseMaker(directory, keys, cases, now)
    fill_tables(dsn, made.pieces, made.lines(), cases=cases, on_progress=on_progress)
    code = made.topics[0]
    says = Analysis(
        topic_code=code,
        topic_confidence=0.4,
        suggestions=(TopicSuggestion(code, 0.4, ()),),
        versions={"topic": "bench"},
    )
    read = sorted({*made.in_triage, *made.looked_at})
    analysis_repository.add_analyses(conn, [(id_, says) for id_ in read], actor="bench", now=now)
    return made.city(time.perf_counter() - began)


class CaseMaker:
    """The cases of a city of this size, each by its place from the oldest on."""

    def __init__(self, directory: Directory, keys: Keys, cases: int, now: datetime) -> None:
        random = np.random.default_rng(SEED)
        self._zone, self._now = ZoneInfo("Asia/Shanghai"), now
        items = [item for item in load_corpus() if item.topic_code in directory.topics]
        titles, bodies = [item.title or item.body[:20] for item in items], [item.body for item in items]
        words = batch_lexemes([f"{title}\n{body}" for title, body in zip(titles, bodies, strict=True)])
        self.pieces = tuple(zip(titles, bodies, words, strict=True))
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
        self._days = random.integers(4, 25, size=cases)
        # done within 0.2 to 1.2 of its time, and before now
        self._late = np.minimum(0.2 + random.random(cases), np.maximum(self._age - 0.25, 0) / self._days)
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
        self.looked_at = [case + 1 for case in self._sample]

    def city(self, fill_seconds: float) -> CaseCity:
        return CaseCity(
            cases=len(self._texts),
            fill_seconds=fill_seconds,
            unit=self._units[0],
            phones=self._phones,
            numbers=tuple(self._number(case) for case in self._sample),
            topics=tuple(self.topics),
            regions=tuple(self._regions),
        )

    def lines(self) -> Iterator[str]:
        """What COPY takes of each case (`case_filling`), in the order of their ids."""
        for case, pieces in enumerate(self._texts.tolist()):
            status = _STATUSES[self._status[case]]
            lead = _NULL if status == "triage" else self._units[self._lead[case]]
            helper = _NULL if self._helper[case] < 0 else self._units[self._helper[case]]
            key = self._keys.get(case) or int(self._person[case]).to_bytes(32, "big")
            yield "\t".join(
                (
                    *(str(case + 1), self._number(case), self._submitted(case).isoformat(), str(self._days[case])),
                    *(f"{self._late[case]:.5f}", status, self.topics[self._topic[case]]),
                    *(self._regions[self._region[case]], lead, helper),
                    *("hotline" if self._hotline[case] else "letter", _KINDS[self._kind[case]][0]),
                    *(_TONES[self._tone[case]][0], _EMOTIONS[self._emotion[case]][0], _HASTE[self._haste[case]][0]),
                    *("t" if self._secret[case] else "f", f"\\\\x{key.hex()}", *map(str, pieces)),
                    f"'{block_of(case + 1)}'\n",
                )
            )

    def _submitted(self, case: int) -> datetime:
        return self._now - timedelta(days=float(self._age[case]))

    def _number(self, case: int) -> str:
        return receipt_number(self._submitted(case).astimezone(self._zone).date(), case + 1)


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
_NULL = "\\N"
