"""What an issue is made of, by channel and over the days."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from dashboards.daily_facts.facts import fetch_objects, fetch_rows
from dashboards.statistics.bins import make_bins
from dashboards.statistics.rates import find_rate
from dashboards.statistics.series import Series, series_over_time
from models.criteria import CaseCriteria
from models.database import Connection
from models.submission import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelVoices:
    """The analysed submissions of an issue that came by one channel."""

    issue_id: int
    channel: Channel
    submissions: int
    persons: int
    negative: int
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueVoices:
    """By channel, in the order of `Channel`; those without a voice are absent."""

    channels: tuple[ChannelVoices, ...] = ()

    @property
    def submissions(self) -> int:
        return sum(channel.submissions for channel in self.channels)

    @property
    def cases(self) -> int:
        return sum(channel.cases for channel in self.channels)

    @property
    def negative_share(self) -> float | None:
        """负面占比; None where nothing has been analysed."""
        return find_rate(sum(channel.negative for channel in self.channels), self.submissions)


def list_voices(conn: Connection, issue_ids: Sequence[int]) -> dict[int, IssueVoices]:
    """By issue; each asked for is there."""
    found: dict[int, list[ChannelVoices]] = defaultdict(list)
    for row in fetch_objects(conn, "issue_voices", {"issues": list(issue_ids)}, ChannelVoices):
        found[row.issue_id].append(row)
    order = list(Channel)
    return {
        id_: IssueVoices(channels=tuple(sorted(found[id_], key=lambda row: order.index(row.channel))))
        for id_ in issue_ids
    }


def submissions_over_time(conn: Connection, issue_id: int, *, zone: ZoneInfo) -> tuple[Series, ...]:
    """One series a channel that has any, all with the same bins from the first day to the last."""
    rows = fetch_rows(conn, "issue_by_day", {"issue": issue_id, "zone": zone.key})
    if not rows:
        return ()
    bins = make_bins(rows[0]["day"], rows[-1]["day"])
    by_channel: dict[Channel, dict[date, int]] = defaultdict(dict)
    for row in rows:
        by_channel[row["channel"]][row["day"]] = row["value"]
    return tuple(
        series_over_time(
            channel.value,
            channel.label,
            f"该热点问题中来自{channel.label}的来件",
            bins=bins,
            by_day=by_channel[channel],
            criteria=_criteria(issue_id, channel),
        )
        for channel in Channel
        if channel in by_channel
    )


def total_by_bin(series: Sequence[Series]) -> Mapping[str, int]:
    """Key of the bin → all channels together."""
    totals: dict[str, int] = defaultdict(int)
    for one in series:
        for point in one.points:
            totals[point.key] += point.value
    return totals


def _criteria(issue_id: int, channel: Channel) -> CaseCriteria | None:
    """A list of cases is exactly these only where every submission of the channel has a case."""
    return replace(CaseCriteria(issue_id=issue_id), channel=channel.value) if channel.opens_case else None
