"""Which words do people use more than in an earlier period, and which less?"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dashboards.daily_facts.facts import case_parameters, fetch_rows
from dashboards.statistics.log_odds import Contrast, WordCounts, contrast
from models.criteria import CaseCriteria
from models.database import Connection

# Of a period with more cases only the newest are read: the words of 10,000 cases are the words of all.
NEWEST = 10_000
# A word of fewer persons may point at one of them, and says nothing of the city.
LEAST_PERSONS = 5
# Less sure differences are not shown: of many words some differ by chance.
LEAST_Z = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class WordContrasts:
    """`more` and `fewer`: the words that are surely so, the surest first; `mentions_*`: one a person and word. `before`
    are the criteria of the earlier period."""

    criteria: CaseCriteria
    before: CaseCriteria
    mentions_now: int
    mentions_before: int
    more: tuple[Contrast, ...]
    fewer: tuple[Contrast, ...]


def contrast_words(
    conn: Connection, criteria: CaseCriteria, earlier: tuple[date, date], *, now: datetime, zone: ZoneInfo
) -> WordContrasts:
    """The words of the cases that the criteria select against those of the same filters submitted within `earlier`."""
    before = replace(criteria, submitted_from=earlier[0], submitted_to=earlier[1])
    parameters = case_parameters(criteria, now=now, zone=zone) | {
        "before": case_parameters(before, now=now, zone=zone)["criteria"],
        "newest": NEWEST,
        "least": LEAST_PERSONS,
    }
    rows = fetch_rows(conn, "word_contrast", parameters)
    total_now, total_before = (rows[0]["total_now"], rows[0]["total_before"]) if rows else (0, 0)
    words = [WordCounts(row["word"], row["now"], row["before"]) for row in rows]
    found = contrast(words, total_now, total_before)
    return WordContrasts(
        criteria=criteria,
        before=before,
        mentions_now=total_now,
        mentions_before=total_before,
        more=tuple(c for c in found if c.z >= LEAST_Z),
        fewer=tuple(c for c in reversed(found) if c.z <= -LEAST_Z),
    )
