"""Bursts: found early, with size and expectation; weeks, new series, holidays and one person's flood raise none."""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from api.benchmarks.bursts import make_months, measure_ours
from api.benchmarks.made_series import HARD, made_series, table_of
from api.letter_files.count_file import read_counts
from models.errors import Invalid
from nlp.trends.baseline import BaselineSettings, fit_baseline
from nlp.trends.bursts import Burst, BurstSettings, CountTable, detect_now, find_bursts, find_bursts_at, prepare
from nlp.trends.tails import HOURLY, fit_tails
from tests.unit.nlp_files import CHINA, run, table

_START = datetime(2026, 1, 5, tzinfo=UTC)
_DAYS = 60


def calm(series: int = 12, days: int = _DAYS, seed: int = 1) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return made_series(np.random.default_rng(seed), HARD, series, days)


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
    """The whole figures are in docs/quality.md; here two months, and one with twenty outbreaks of each size."""
    [point] = measure_ours(make_months(HARD, 500, 2, 1, sizes=(50, 25)), [0.5])
    assert point.false_alarms <= 1
    assert point.found[50] >= 0.95
    assert point.found[25] >= 0.8


def test_what_a_surprise_is_worth_is_learnt_from_usual_days() -> None:
    random = np.random.default_rng(7)
    surprise = np.array([14.0])
    for slope in (0.4, 1.0):
        days = [np.stack([random.exponential(1 / slope, 200), np.zeros(200)], axis=1) for _ in range(40)]
        true = np.exp(-slope * surprise)
        learnt, guessed = fit_tails(days, HOURLY).up.a_day(surprise), HOURLY.up.a_day(surprise)
        assert abs(np.log(learnt / true)) < 0.9 * abs(np.log(guessed / true))
    assert fit_tails([], HOURLY) == HOURLY


def test_many_that_break_out_together_are_asked_less() -> None:
    counts = calm(40, seed=5)
    begin = 50 * 24 + 2
    alone, together = counts.copy(), counts.copy()
    alone[3, begin] += 6
    together[:30, begin] += 6
    settings = BurstSettings(false_alarms=0.001)
    assert [b for b in find_bursts(table_of(alone), settings) if b.series == "3"] == []
    broke_out = [b for b in find_bursts(table_of(together), settings) if b.found == _START + timedelta(hours=begin + 1)]
    assert "3" in [b.series for b in broke_out]
    assert len(broke_out) > 10


def test_growth_is_no_burst_and_is_followed() -> None:
    random = np.random.default_rng(6)
    growing = random.poisson(np.exp(np.arange(24 * 80) / 24 / 100) * 0.5, (12, 24 * 80)).astype(np.float64)
    assert find_bursts(table_of(growing)) == []
    baseline = fit_baseline(growing, np.arange(81) % 7, np.zeros(12, dtype=np.int64), 79, 24, (24,), BaselineSettings())
    today = float(baseline.expected[:, -24:].sum(axis=1).mean())
    assert today == pytest.approx(float(np.exp(79.5 / 100) * 12), rel=0.1)
    still = fit_baseline(
        growing, np.arange(81) % 7, np.zeros(12, dtype=np.int64), 79, 24, (24,), BaselineSettings(growth=0)
    )
    assert today > 1.1 * float(still.expected[:, -24:].sum(axis=1).mean())


def test_holidays_are_learnt_and_begin_as_sundays() -> None:
    counts = np.full((3, 24 * 70), 2.0)
    kinds = np.arange(70) % 7
    counts.reshape(3, 70, 24)[:, kinds == 6] = 1.0
    unseen, seen = kinds.copy(), kinds.copy()
    unseen[69] = 7
    seen[[20, 30, 40, 50, 60, 69]] = 7
    counts.reshape(3, 70, 24)[:, seen == 7] = 0.25
    days = [
        float(fit_baseline(counts, k, np.zeros(3, dtype=np.int64), 69, 24, (24,), BaselineSettings()).expected[0, -1])
        for k in (unseen, seen)
    ]
    assert days[0] == pytest.approx(1.0, abs=0.25)
    assert days[1] < 0.6


def test_the_interval_holds_what_was_put_in_and_the_beginning_is_right() -> None:
    counts = calm()
    begin = 50 * 24 + 9
    counts[3, begin : begin + 2] += [15, 15]
    [burst] = [b for b in find_bursts(table_of(counts)) if b.series == "3"]
    assert burst.since == _START + timedelta(hours=begin)
    assert burst.low <= 15 * ((burst.found - burst.since) // timedelta(hours=1)) <= burst.high
    assert burst.low > 0
    assert burst.a_month < 0.5


def test_the_newest_hour_alone_says_what_the_replay_says() -> None:
    counts = calm(30)
    begin = 50 * 24 + 9
    counts[3, begin] += 25
    counts[8, begin] += 25
    whole = [b for b in find_bursts(table_of(counts)) if b.series in ("3", "8")]
    until_now = table_of(counts[:, : begin + 1])
    assert [(b.series, b.since, b.found, b.count) for b in detect_now(until_now)] == [
        (b.series, b.since, b.found, b.count) for b in whole
    ]
    # what is prepared in the morning serves all day, and is not asked on another
    morning = prepare(table_of(counts[:, : 50 * 24 + 1]))
    assert detect_now(until_now, prepared=morning) == detect_now(until_now)
    assert detect_now(until_now, prepared=prepare(table_of(counts[:, : 49 * 24]))) != []
    # who was alarmed is silent
    alarmed = {"3": until_now.start + timedelta(hours=begin - 20)}
    assert [b.series for b in detect_now(until_now, prepared=morning, alarmed=alarmed)] == ["8"]
    assert detect_now(table_of(counts[:, : 13 * 24])) == []
    assert detect_now(table_of(counts[:, :begin])) == []


def test_several_budgets_at_once_say_what_each_says_alone() -> None:
    table = table_of(calm())
    assert find_bursts_at(table, [0.5, 50.0]) == [
        find_bursts(table, BurstSettings(false_alarms=budget)) for budget in (0.5, 50.0)
    ]


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
    result = run(
        "nlp", "bursts", "--input", source, "--output", output, "--json", "--no-holidays", "--false-alarms", 0.01
    )
    assert result.exit_code == 0
    printed = json.loads(result.output)["bursts"]
    assert [row["series"] for row in printed] == ["类别3"]
    (written,) = csv.DictReader(output.read_text("utf-8-sig").splitlines())
    assert {name: str(value) for name, value in printed[0].items()} == written
    columns = ("series", "since", "found", "direction", "count", "expected", "size", "p", "low", "high", "a_month")
    assert tuple(written) == columns
    plain = run("nlp", "bursts", "--input", source)
    assert "类别3" in plain.output and "突增" in plain.output


def test_days_have_windows_in_days(tmp_path: Path) -> None:
    counts = calm().reshape(12, _DAYS, 24).sum(axis=2)
    quiet = int(counts.sum(axis=1).argmin())
    counts[quiet, 50] += 30
    source = table(tmp_path / "c.csv", ["series", "time", "count"], list(rows(counts, timedelta(days=1))))
    read = read_counts(source, CHINA, holidays=False)
    assert not read.table.hourly
    found_bursts: list[Burst] = find_bursts(read.table)
    assert [(b.series, b.since.date()) for b in found_bursts] == [
        (f"类别{quiet}", date(2025, 6, 2) + timedelta(days=50))
    ]


def test_rows_are_added_up_and_holidays_are_known(tmp_path: Path) -> None:
    entries = [["甲", "2025-10-01 08:10", 2, 1], ["甲", "2025-10-01 08:50", 3, 2], ["乙", "2025-10-03 00:00", 1, 1]]
    source = table(tmp_path / "c.csv", ["序列", "时间", "件数", "人数"], entries)
    read = read_counts(source, CHINA, holidays=True).table
    assert read.persons is not None
    assert (read.names, read.counts[0, 8], read.persons[0, 8]) == (["甲", "乙"], 5, 3)
    assert (read.started.tolist(), read.kinds.tolist()) == ([8, 48], [7, 7, 7])
    assert read_counts(source, CHINA, holidays=False).table.kinds.tolist() == [2, 3, 4]


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
            [["a", "1900-01-01 01:00", 3], ["b", "2026-01-01", 3]],
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


def test_rows_that_cannot_be_read_are_left_out_and_said(tmp_path: Path) -> None:
    counts = calm()
    entries: list[Sequence[object]] = [
        *rows(counts, timedelta(hours=1)),
        ["合计", "", 4711],
        ["甲", "2025-06-03", "-3"],
    ]
    result = run("nlp", "bursts", "--input", table(tmp_path / "c.csv", ["series", "time", "count"], entries))
    assert result.exit_code == 0
    assert "2 行无法识别" in result.output.replace("\n", "")
    assert "合计" not in result.output
    as_json = run("nlp", "bursts", "--input", tmp_path / "c.csv", "--json")
    assert json.loads(as_json.output)["skipped_rows"] == 2
