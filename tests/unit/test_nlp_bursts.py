"""Bursts: found early, with size and expectation; weeks, new series, holidays and one person's flood raise none."""

import csv
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from api.count_file import read_counts
from models.errors import Invalid
from nlp.trends.bursts import Burst, BurstSettings, CountTable, find_bursts
from tests.quality.bursts_bench import false_alarms, found, hard_series, table_of
from tests.unit.nlp_files import CHINA, run, table

_START = datetime(2026, 1, 5, tzinfo=UTC)
_DAYS = 60


def calm(series: int = 12, days: int = _DAYS, seed: int = 1) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return hard_series(np.random.default_rng(seed), series, days)


def with_persons(counts: CountTable, persons: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> CountTable:
    return CountTable(counts.names, counts.start, counts.hourly, counts.counts, persons, counts.started, counts.kinds)


def test_a_burst_is_found_within_the_hour_with_its_size() -> None:
    counts = calm()
    begin = 50 * 24 + 9
    counts[3, begin : begin + 3] += [20, 15, 15]
    (burst,) = [b for b in find_bursts(table_of(counts)) if b.series == "3"]
    assert burst.direction == "up"
    assert burst.since <= _START + timedelta(hours=begin) < burst.found <= _START + timedelta(hours=begin + 3)
    assert burst.size == burst.count - burst.expected > 15
    assert burst.p < 1e-6


def test_silence_is_found_by_the_day() -> None:
    counts = np.random.default_rng(2).poisson(4.0, (6, 24 * _DAYS)).astype(np.float64)
    counts[2, 50 * 24 :] = 0
    found_down = [b for b in find_bursts(table_of(counts)) if b.direction == "down"]
    assert found_down[0].series == "2"
    assert {b.series for b in found_down} == {"2"}
    assert found_down[0].size < -50


def test_after_an_alarm_a_series_is_silent_for_three_days() -> None:
    counts = calm()
    counts[3, 50 * 24 : 53 * 24] += 10
    times = [b.found for b in find_bursts(table_of(counts)) if b.series == "3"]
    assert len(times) >= 1
    assert all(later - earlier >= timedelta(hours=72) for earlier, later in pairwise(times))


def test_what_three_hundred_letters_of_two_persons_say_is_no_burst() -> None:
    counts = calm()
    counts[3, 50 * 24 + 9] += 300
    persons = np.minimum(counts, 1)
    assert [b for b in find_bursts(with_persons(table_of(counts), persons)) if b.series == "3"] == []
    persons[3, 50 * 24 + 9] = 40
    assert [b for b in find_bursts(with_persons(table_of(counts), persons)) if b.series == "3"]


def test_three_letters_are_no_burst() -> None:
    counts = np.zeros((5, 24 * _DAYS))
    counts[:, ::48] = 1
    counts[2, 1201] = 2
    assert find_bursts(table_of(counts)) == []


def test_a_new_series_is_judged_by_what_the_others_are_like() -> None:
    counts = np.random.default_rng(4).poisson(0.5, (10, 24 * _DAYS)).astype(np.float64)
    counts[7, : 45 * 24] = 0
    known = table_of(counts)
    known.started[7] = 45 * 24
    assert [b for b in find_bursts(known) if b.series == "7"] == []


def test_more_series_make_each_stricter() -> None:
    counts = calm()
    counts[3, 50 * 24 + 2] += 6
    few = find_bursts(table_of(counts), BurstSettings(false_alarms=50))
    strict = find_bursts(table_of(counts), BurstSettings(false_alarms=1e-9))
    assert len(few) > len(strict)


def test_the_promise_on_hard_series_holds_in_a_small_simulation() -> None:
    """The whole figures are in docs/quality.md; here one month and one burst in each of 200 series."""
    settings = BurstSettings(first_day=56)
    assert sum(false_alarms(np.random.default_rng(1), 2, settings)) <= 2
    assert found(np.random.default_rng(2), 50, settings) >= 0.98
    assert found(np.random.default_rng(3), 25, settings) >= 0.8


# The file and the command.


def rows(counts: np.ndarray[tuple[int, ...], np.dtype[np.float64]], step: timedelta) -> Iterable[tuple[str, str, int]]:
    start = datetime(2025, 6, 2)
    for series, values in enumerate(counts):
        for place in np.flatnonzero(values).tolist():
            yield f"类别{series}", (start + step * place).isoformat(" "), int(values[place])


def test_the_command_prints_and_writes_what_it_found(tmp_path: Path) -> None:
    counts = calm()
    counts[3, 50 * 24 + 9 : 50 * 24 + 12] += 20
    source = table(tmp_path / "c.csv", ["series", "time", "count"], list(rows(counts, timedelta(hours=1))))
    output = tmp_path / "bursts.csv"
    result = run("nlp", "bursts", "--input", source, "--output", output, "--json", "--no-holidays")
    assert result.exit_code == 0
    printed = json.loads(result.output)["bursts"]
    assert [row["series"] for row in printed] == ["类别3"]
    (written,) = csv.DictReader(output.read_text("utf-8-sig").splitlines())
    assert {name: str(value) for name, value in printed[0].items()} == written
    assert list(written) == ["series", "since", "found", "direction", "count", "expected", "size", "p"]
    plain = run("nlp", "bursts", "--input", source)
    assert "类别3" in plain.output and "突增" in plain.output


def test_days_have_windows_in_days(tmp_path: Path) -> None:
    counts = calm().reshape(12, _DAYS, 24).sum(axis=2)
    quiet = int(counts.sum(axis=1).argmin())
    counts[quiet, 50] += 30
    source = table(tmp_path / "c.csv", ["series", "time", "count"], list(rows(counts, timedelta(days=1))))
    read = read_counts(source, CHINA, holidays=False)
    assert not read.hourly
    found_bursts: list[Burst] = find_bursts(read)
    assert [(b.series, b.since.date()) for b in found_bursts] == [
        (f"类别{quiet}", date(2025, 6, 2) + timedelta(days=50))
    ]


def test_rows_are_added_up_and_holidays_are_sundays(tmp_path: Path) -> None:
    entries = [["甲", "2025-10-01 08:10", 2, 1], ["甲", "2025-10-01 08:50", 3, 2], ["乙", "2025-10-03 00:00", 1, 1]]
    source = table(tmp_path / "c.csv", ["序列", "时间", "件数", "人数"], entries)
    read = read_counts(source, CHINA, holidays=True)
    assert read.persons is not None
    assert (read.names, read.counts[0, 8], read.persons[0, 8]) == (["甲", "乙"], 5, 3)
    assert (read.started.tolist(), read.kinds.tolist()) == ([8, 48], [6, 6, 6])
    assert read_counts(source, CHINA, holidays=False).kinds.tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("header", "entries", "sentence"),
    [
        (["series", "time", "count"], [], "没有数据行"),
        (["series", "when", "count"], [["a", "2026-01-01", 1]], "缺少列 time"),
        (["series", "time", "count"], [["a", "昨天", 1]], "第 2 行"),
        (["series", "time", "count"], [["a", "2026-01-01", -3]], "第 2 行"),
        (["series", "time", "count"], [["a", "2026-01-01", 3]], "只有 1 天"),
        (
            ["series", "time", "count"],
            [["a", "1900-01-01 01:00", 3], *[[f"s{i}", "2026-01-01", 3] for i in range(99)]],
            "超出",
        ),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    tmp_path: Path, header: list[str], entries: list[list[object]], sentence: str
) -> None:
    result = run("nlp", "bursts", "--input", table(tmp_path / "c.csv", header, entries))
    assert isinstance(result.exception, Invalid)
    assert sentence in result.exception.message
