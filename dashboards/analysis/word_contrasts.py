"""Which words do people use more than in an earlier period, and which less?"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from dashboards.daily_facts.fact_reading import Facts
from dashboards.daily_facts.facts import case_parameters, fetch_rows
from dashboards.daily_facts.word_block_repository import list_words
from dashboards.daily_facts.word_blocks import compare
from dashboards.daily_facts.word_days import knows, read_mentions
from dashboards.metrics.metrics import choose_for_metrics
from dashboards.statistics.log_odds import Contrast, WordCounts, contrast
from models.criteria import CaseCriteria
from models.database import Connection

# Of a period with more cases only the newest are read, to the end of a day: the words of 10,000 cases are those of all.
NEWEST = 10_000
# A word of fewer persons may point at one of them, and says nothing of the city.
LEAST_PERSONS = 5
# Less sure differences are not shown: of many words some differ by chance.
LEAST_Z = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class WordContrasts:
    """`more` and `fewer`: the words that are surely so, the surest first; `mentions_*`: one a person and word. `before`
    are the criteria of the earlier period; `note`: what a reader should know of where it comes from ('': nothing)."""

    criteria: CaseCriteria
    before: CaseCriteria
    mentions_now: int
    mentions_before: int
    more: tuple[Contrast, ...]
    fewer: tuple[Contrast, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of at least LEAST_PERSONS persons, and all mentions of each period."""

    words: list[WordCounts]
    now: int
    before: int


def contrast_words(
    conn: Connection, criteria: CaseCriteria, earlier: tuple[date, date], *, now: datetime, zone: ZoneInfo
) -> WordContrasts:
    """The words of the cases that the criteria select against those of the same filters submitted within `earlier`.
    From the words of days where these are laid out and know the filters, else from the cases."""
    before = replace(criteria, submitted_from=earlier[0], submitted_to=earlier[1])
    facts, note = choose_for_metrics(conn, criteria, now=now, zone=zone)
    said = None
    if facts is not None and knows(criteria):
        said = _of_days(facts, criteria, before)
        note = note if said else "用词尚未整理完，数字按工单逐件统计。"
    elif facts is not None:
        note = "统计表不含所选的条件，数字按工单逐件统计。"
    if said is None:
        said = _of_cases(conn, criteria, before, now=now, zone=zone)
    found = contrast(said.words, said.now, said.before)
    return WordContrasts(
        criteria=criteria,
        before=before,
        mentions_now=said.now,
        mentions_before=said.before,
        more=tuple(c for c in found if c.z >= LEAST_Z),
        fewer=tuple(c for c in reversed(found) if c.z <= -LEAST_Z),
        note=note,
    )


def _of_days(facts: Facts, criteria: CaseCriteria, before: CaseCriteria) -> _Said | None:
    """None where some day is not laid out yet."""
    of_now, of_before = (read_mentions(facts, period, NEWEST) for period in (criteria, before))
    if of_now is None or of_before is None:
        return None
    counts = compare(of_now[0], of_before[0])
    some = np.flatnonzero(counts.either >= LEAST_PERSONS)
    names = list_words(facts.conn, counts.words[some].tolist())
    columns = (counts.words[some].tolist(), counts.now[some].tolist(), counts.before[some].tolist())
    words = [WordCounts(names[word], now, then) for word, now, then in zip(*columns, strict=True)]
    return _Said(words, len(of_now[0]), len(of_before[0]))


def _of_cases(
    conn: Connection, criteria: CaseCriteria, before: CaseCriteria, *, now: datetime, zone: ZoneInfo
) -> _Said:
    parameters = case_parameters(criteria, now=now, zone=zone) | {
        "before": case_parameters(before, now=now, zone=zone)["criteria"],
        "newest": NEWEST,
        "least": LEAST_PERSONS,
    }
    rows = fetch_rows(conn, "word_contrast", parameters)
    total_now, total_before = (rows[0]["total_now"], rows[0]["total_before"]) if rows else (0, 0)
    return _Said([WordCounts(row["word"], row["now"], row["before"]) for row in rows], total_now, total_before)
