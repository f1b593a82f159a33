"""Cases that nobody wrote, as dashboards see them: as unevenly spread over topics, units and places as in a city."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.database import Connection

_SEED = 20260102
# The years before `today` that the cases come from.
DAYS = 4 * 365
_STEP = 500_000
_TOWNS = 16


@dataclass(frozen=True, slots=True)
class MadeCity:
    """The codes that the numbers of the made rows stand for, from 1."""

    topics: list[str]
    departments: list[str]
    regions: list[str]


@dataclass(frozen=True, slots=True)
class MadeCases:
    """`days` since 2000-01-01; `columns`: the numbers of topic, department, region (0: none), channel, appeal type,
    tone (from 1), open (1) or not, and a chance of 0 to 999."""

    ids: NDArray[np.int64]
    days: NDArray[np.int64]
    seconds: NDArray[np.int64]
    columns: tuple[NDArray[Any], ...]

    def __getitem__(self, part: slice) -> "MadeCases":
        columns = tuple(column[part] for column in self.columns)
        return MadeCases(self.ids[part], self.days[part], self.seconds[part], columns)


def add_towns(conn: Connection) -> None:
    """The sample city has few towns; a prefecture has about a hundred and fifty."""
    conn.execute(
        "INSERT INTO regions (code, level, name, parent_code)"
        " SELECT r.code || '9' || lpad(n::text, 2, '0'), 'town', r.name || n || '镇', r.code"
        " FROM regions r CROSS JOIN generate_series(1, %s) n WHERE r.level = 'county' ON CONFLICT DO NOTHING",
        (_TOWNS,),
    )


def read_city(conn: Connection) -> MadeCity:
    def codes(statement: bytes) -> list[str]:
        return [row[0] for row in conn.execute(statement).fetchall()]

    return MadeCity(
        topics=codes(b"SELECT code FROM topics WHERE parent_code IS NOT NULL ORDER BY md5(code)"),
        departments=codes(b"SELECT id FROM departments ORDER BY md5(id)"),
        regions=codes(b"SELECT code FROM regions ORDER BY level = 'prefecture', md5(code)"),
    )


def make_cases(conn: Connection, city: MadeCity, rows: int, today: date, report: Callable[[float], None]) -> None:
    """The table `made` (one row a case, numbers for codes), written by COPY in binary."""
    conn.execute("DROP TABLE IF EXISTS made")
    conn.execute(
        "CREATE UNLOGGED TABLE made (id bigint, day integer, second integer, topic smallint, department smallint,"
        " region smallint, channel smallint, appeal smallint, tone smallint, state smallint, luck smallint)"
    )
    for cases in list_cases(city, rows, today):
        _copy(conn, cases)
        report(int(cases.ids[-1]) / rows)


def list_cases(city: MadeCity, rows: int, today: date) -> Iterator[MadeCases]:
    """The same for the same numbers, in the order they came, some hundred thousand at once."""
    random = np.random.default_rng(_SEED)
    home = random.integers(1, len(city.departments) + 1, len(city.topics) + 1)
    first = today - timedelta(days=DAYS - 1)
    days_since = (first - date(2000, 1, 1)).days
    for start in range(0, rows, _STEP):
        size = min(_STEP, rows - start)
        order = np.arange(start, start + size)
        day = order * DAYS // rows  # in the order they came, as numbers are given
        topic = _spread(random, size, len(city.topics))
        elsewhere = random.integers(1, len(city.departments) + 1, size)
        department = np.where(random.random(size) < 0.8, home[topic], elsewhere)
        region = _spread(random, size, len(city.regions))
        columns = (
            topic,
            department,
            np.where(random.random(size) < 0.05, 0, region),
            1 + (random.random(size) < 0.3),
            1 + _shares(random, size, (0.4, 0.25, 0.2, 0.06, 0.04, 0.03, 0.02)),
            1 + _shares(random, size, (0.15, 0.45, 0.32, 0.08)),
            # open with a chance that falls with age: of the last fortnight most are, of the year before few
            (random.random(size) < np.exp(-(DAYS - 1 - day) / 12.0) + 0.004).astype(np.int16),
            random.integers(0, 1000, size),
        )
        yield MadeCases(order + 1, days_since + day, random.integers(0, 86400, size), columns)


def _spread(random: np.random.Generator, size: int, kinds: int) -> NDArray[np.int64]:
    """Numbers from 1 to `kinds`, the first ones much more often (as 1/rank)."""
    shares = 1.0 / np.arange(1, kinds + 1)
    edges = np.cumsum(shares / shares.sum())
    return np.minimum(np.searchsorted(edges, random.random(size)), kinds - 1) + 1


def _shares(random: np.random.Generator, size: int, shares: tuple[float, ...]) -> NDArray[np.int64]:
    return np.minimum(np.searchsorted(np.cumsum(shares), random.random(size)), len(shares) - 1)


def _copy(conn: Connection, cases: MadeCases) -> None:
    fields = [(8, cases.ids), (4, cases.days), (4, cases.seconds), *((2, column) for column in cases.columns)]
    with conn.cursor() as cursor, cursor.copy("COPY made FROM STDIN BINARY") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + as_binary(fields) + b"\xff\xff")


def as_binary(fields: Sequence[tuple[int, NDArray[Any]]]) -> bytes:
    """Rows of whole numbers as COPY in binary takes them: of each column the bytes of a number, and the numbers."""
    types = [("fields", ">i2")]
    for n, (size, _) in enumerate(fields):
        types += [(f"size{n}", ">i4"), (f"value{n}", f">i{size}")]
    rows = np.zeros(len(fields[0][1]), dtype=types)
    rows["fields"] = len(fields)
    for n, (size, values) in enumerate(fields):
        rows[f"size{n}"], rows[f"value{n}"] = size, values
    return rows.tobytes()
