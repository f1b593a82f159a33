"""What is a rate of the analysis without the cases that were left out of it? In words, with why and who agreed."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dashboards.exclusions import Excluded, ExclusionReason, excluded_by_unit, exclusion_reasons, has_exclusions
from dashboards.formats import format_rate
from dashboards.metrics.metrics import METRICS
from models.criteria import CaseCriteria
from models.database import Connection


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Of one rate: the cases left out, by leading unit, and for what reasons."""

    by_unit: Mapping[str, Excluded]
    reasons: tuple[ExclusionReason, ...]

    def text(self, numerator: int, denominator: int) -> str:
        """What the rate of all units is without them."""
        return words_of(
            Excluded(
                sum(e.numerator for e in self.by_unit.values()), sum(e.denominator for e in self.by_unit.values())
            ),
            numerator,
            denominator,
        )

    def of_unit(self, unit: str, numerator: int, denominator: int) -> str:
        """The same of one unit, "" where nothing of it was left out."""
        return words_of(self.by_unit[unit], numerator, denominator) if unit in self.by_unit else ""

    def why(self, units: Collection[str] | None = None) -> str:
        """Reasons with who agreed, those of `units` (None: of all), each once."""
        counts: Counter[str] = Counter()
        for reason in self.reasons:
            if units is None or reason.department in units:
                counts[reason.words] += reason.value
        return "；".join(f"{words}{value:,}件" for words, value in counts.most_common())


def find_left_out(
    conn: Connection, metric: str, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo
) -> LeftOut | None:
    """None where nothing was, or where the metric is no rate."""
    if METRICS[metric].denominator is None or not has_exclusions(conn):
        return None
    units = excluded_by_unit(conn, metric, criteria, now=now, zone=zone)
    found = {unit: excluded for unit, excluded in units.items() if excluded.denominator}
    if not found:
        return None
    return LeftOut(found, tuple(exclusion_reasons(conn, metric, criteria, now=now, zone=zone)))


def words_of(excluded: Excluded, numerator: int, denominator: int) -> str:
    rate = excluded.rate(numerator, denominator)
    return f"剔除{excluded.denominator:,}件后 {'—' if rate is None else format_rate(rate)}"
