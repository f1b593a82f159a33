"""Words of made cases, laid out by days as the worker does it: what the contrast of words reads."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter

import numpy as np
import psycopg
from numpy.typing import NDArray

from api.benchmarks.made_cases import MadeCity
from dashboards.daily_facts.fact_columns import encode
from dashboards.daily_facts.fact_measures import Measure, place_of_received
from dashboards.daily_facts.fact_pack_repository import number_codes
from dashboards.daily_facts.fact_projections import CASES, choose
from dashboards.daily_facts.word_blocks import BLOCK_COLUMNS, CODED
from dashboards.daily_facts.word_days import LARGE_DAY
from models.database import Connection

Report = Callable[[str, float], None]
_SEED = 20261201
# Different words of a city; a case has this many of them, the frequent ones as often as in a language (Zipf).
_WORDS, _FEWEST, _MOST = 30_000, 4, 9
# Of three cases two are of somebody who wrote before, or will.
_WRITERS_A_CASE = 3
_SMALL = {
    "channel": ["letter", "hotline"],
    "appeal_type": ["help", "complain", "consult", "suggest", "report", "praise"],
}
_SMALL |= {"tone": ["displeased", "matter", "neutral", "positive"]}


def fill_words(
    dsn: str, city: MadeCity, measures: Sequence[Measure], *, cases: int, made_at: datetime, report: Report
) -> None:
    """For as many cases of each day, county and topic as the facts count."""
    projection = choose(CASES, "day", ("main_topic", "county"))
    assert projection
    place = place_of_received(measures)
    with closing(psycopg.connect(dsn, autocommit=True)) as conn:
        conn.execute("TRUNCATE word_days, word_codes RESTART IDENTITY CASCADE")
        conn.execute("INSERT INTO word_codes (word) SELECT '词' || n FROM generate_series(1, %s) n", (_WORDS,))
        counted = conn.execute(
            "SELECT period, region, topic, counts[%s] FROM fact_cells WHERE projection = %s AND counts[%s] > 0"
            " ORDER BY period, topic, region",
            (place, projection.id, place),
        ).fetchall()
        days = [(day, [row[1:] for row in rows]) for day, rows in groupby(counted, key=itemgetter(0))]
        with conn.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO word_days (day, made_at) VALUES (%s, %s)", [(day, made_at) for day, _ in days]
            )
        makers = _Maker.of(conn, city, cases)
        with (
            conn.cursor() as cursor,
            cursor.copy(
                f"COPY word_blocks (day, county, main_topic, size, {', '.join(BLOCK_COLUMNS)})"
                " FROM STDIN (FORMAT binary)"
            ) as copy,
        ):
            copy.set_types(["date", "text", "text", "int4", *["bytea"] * len(BLOCK_COLUMNS)])
            for n, (day, places) in enumerate(days):
                for row in makers.blocks(day, places):
                    copy.write_row(row)
                report("写入用词", n / len(days))
        conn.execute("VACUUM (ANALYZE) word_blocks")
        conn.execute("ANALYZE word_codes, word_days")


class _Maker:
    def __init__(self, numbers: dict[str, dict[str, int]], topics: list[str], regions: list[str], writers: int) -> None:
        self._numbers, self._topics, self._regions, self._writers = numbers, topics, regions, writers
        self._random = np.random.default_rng(_SEED)
        shares = 1 / np.arange(1, _WORDS + 1)
        self._chances = np.cumsum(shares / shares.sum())

    @classmethod
    def of(cls, conn: Connection, city: MadeCity, cases: int) -> "_Maker":
        codes = {"topic": city.topics, "region": city.regions, "department": city.departments, **_SMALL}
        return cls(
            number_codes(conn, codes, actor="bench"), city.topics, city.regions, max(1, cases // _WRITERS_A_CASE)
        )

    def blocks(self, day: date, places: Sequence[tuple[str, str, int]]) -> Iterator[tuple[object, ...]]:
        """Rows of word_blocks."""
        made = [(county, topic, self._cases(county, topic, size), size) for county, topic, size in places]
        if sum(size for *_, size in made) < LARGE_DAY:
            sizes = sum(size for *_, size in made)
            joined = {name: np.concatenate([of[name] for _, _, of, _ in made]) for name in BLOCK_COLUMNS}
            made = [("", "", joined, sizes)]
        for county, topic, columns, size in made:
            yield day, county, topic, size, *(encode(columns[name]) for name in BLOCK_COLUMNS)

    def _cases(self, county: str, main_topic: str, size: int) -> dict[str, NDArray[np.int64]]:
        random = self._random
        towns = [code for code in self._regions if code.startswith(county)] or self._regions
        topics = [code for code in self._topics if code.startswith(main_topic)] or self._topics
        columns = {"person": random.integers(0, self._writers, size)}
        for name in CODED:
            known = self._numbers[name]
            some = {"topic": topics, "region": towns}.get(name) or list(known)
            columns[name] = np.array([known[code] for code in some])[random.integers(0, len(some), size)]
        lengths = random.integers(_FEWEST, _MOST + 1, size)
        words = np.searchsorted(self._chances, random.random(int(lengths.sum()))) + 1
        return columns | {"length": lengths, "words": np.minimum(words, _WORDS)}
