"""What calls for an alert now? Bursts, issues that reached a level, 三天三单, and submissions that cannot wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from models.alert import (
    Alert,
    AlertKind,
    AlertSettings,
    BurstDirection,
    EarlySign,
    IssueLevel,
    NewAlert,
    RiskLevel,
    SeriesKey,
    StoredBurst,
    Threshold,
)
from models.analysis import DetectorHit
from models.database import Connection
from models.errors import NotFound
from nlp.urgency import SUSPECTED_BELOW
from nlp.urgency.lanes import lane
from routing.alerts import alert_repository, burst_repository, noticing_repository
from routing.alerts.alerts import raise_alert
from routing.alerts.burst_growth import size_by_now
from routing.alerts.burst_repository import list_voices
from routing.alerts.bursts import series_name
from routing.directory import Directory
from routing.issues import early_sign_repository, issue_repository
from routing.issues.early_signs import BEFORE_DAYS, RECENT_DAYS, level_of, overall, read_signs

# Older submissions, as an import brings them, call for no alert.
_FRESH = timedelta(hours=48)
# So long after it was found a burst goes on counting.
_GOES_ON = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What every look needs."""

    directory: Directory
    settings: AlertSettings
    thresholds: Sequence[Threshold]
    actor: str
    now: datetime
    zone: ZoneInfo

    def raise_(self, conn: Connection, new: NewAlert) -> Alert:
        return raise_alert(conn, new, self.settings, actor=self.actor, now=self.now, zone=self.zone)


def load_watch(conn: Connection, directory: Directory, *, actor: str, now: datetime, zone: ZoneInfo) -> Watch:
    return Watch(
        directory=directory,
        settings=alert_repository.get_alert_settings(conn),
        thresholds=early_sign_repository.list_thresholds(conn),
        actor=actor,
        now=now,
        zone=zone,
    )


def notice_bursts(conn: Connection, watch: Watch, bursts: Iterable[StoredBurst]) -> list[Alert]:
    """An alert for each, the narrowest series first: a wider one that the same submissions explain is no alert."""
    raised = []
    since = watch.now - timedelta(hours=watch.settings.refractory_hours)
    for burst in sorted(bursts, key=lambda b: (_width(b.series), b.p)):
        new = _of_burst(conn, watch, burst)
        known = alert_repository.find_recent(conn, new.key, since=since)
        explained = ceil(abs(burst.count - burst.expected) / 2)
        if known is None and burst.direction is BurstDirection.UP:
            known = alert_repository.find_overlapping(conn, new, explained, since=since)
            if known is not None:
                continue
        raised.append(watch.raise_(conn, new))
    return raised


def follow_bursts(conn: Connection, watch: Watch) -> None:
    """What came after a burst was found joins its alert, and makes it graver where the burst has grown."""
    for burst in burst_repository.list_bursts(conn, since=watch.now - _GOES_ON):
        if burst.direction is BurstDirection.DOWN:
            continue
        new = _of_burst(conn, watch, burst, until=watch.now)
        known = alert_repository.find_recent(conn, new.key, since=watch.now - 2 * _GOES_ON)
        if known is not None and known.burst_id == burst.id:
            watch.raise_(conn, new)


def notice_levels(conn: Connection, watch: Watch, issue_ids: Sequence[int]) -> list[Alert]:
    """Look at the early signs of these issues: keep their levels, tell of those that rose."""
    before = early_sign_repository.list_levels(conn, issue_ids)
    raised = []
    for facts in early_sign_repository.list_issue_facts(conn, issue_ids, now=watch.now):
        signs = read_signs(facts, watch.thresholds)
        level, sentence = overall(signs)
        known = before.get(facts.issue_id)
        same = known is not None and known.level is level
        current = IssueLevel(
            issue_id=facts.issue_id,
            level=level,
            since=known.since if known and same else watch.now,
            computed_at=watch.now,
            sentence=sentence,
            signs=signs,
        )
        early_sign_repository.set_level(conn, current, known.level if known else None, actor=watch.actor)
        # what has nothing new does not rise: at the first look a city has old issues too
        rose = facts.recent > 0 and (level.rank if level else 0) > (known.level.rank if known and known.level else 0)
        if level and level.rank >= watch.settings.alert_from.rank:
            alert = _tell_level(conn, watch, facts.issue_id, level, sentence, rose=rose)
            raised += [alert] if alert else []
    return raised


def notice_many_cases(conn: Connection, watch: Watch) -> list[Alert]:
    """三天三单: as many cases of as many different people on one issue within a few days."""
    cases, days = watch.settings.three_cases, watch.settings.three_days
    since = watch.now - timedelta(days=days)
    title = AlertKind.THREE_IN_THREE.label if (cases, days) == (3, 3) else f"{days}天{cases}单"
    return [
        watch.raise_(
            conn,
            NewAlert(
                kind=AlertKind.THREE_IN_THREE,
                key=f"three:{found.issue_id}",
                severity=RiskLevel.ORANGE if found.persons >= 2 * cases else RiskLevel.YELLOW,
                title=f"{title}：{found.name}",
                sentence=f"近{days}天同一问题有{found.persons}人的{len(found.submission_ids)}件工单。",
                submission_ids=found.submission_ids,
                topic_code=found.topic_code,
                region_code=found.region_code,
                issue_id=found.issue_id,
            ),
        )
        for found in noticing_repository.list_many_cases(conn, cases, since=since, until=watch.now)
    ]


def notice_urgent(conn: Connection, watch: Watch) -> list[Alert]:
    """What cannot wait. Every one is told, also where the alert of its kind and county is known already."""
    raised = []
    for found in noticing_repository.list_urgent(conn, since=watch.now - _FRESH, until=watch.now):
        first, names = _lanes(found.hits)
        certain = found.confidence >= SUSPECTED_BELOW
        where = watch.directory.region_name(found.county) or "地点不明"
        raised.append(
            watch.raise_(
                conn,
                NewAlert(
                    kind=AlertKind.FAST_LANE,
                    key=f"lane:{first}:{found.county}:{'certain' if certain else 'suspected'}",
                    severity=RiskLevel.RED if certain else RiskLevel.ORANGE,
                    title=f"{'' if certain else '疑似'}{names[0]}：{where}",
                    sentence=f"来件涉及{'、'.join(names)}，{'请立即处理' if certain else '请人工核实'}。",
                    submission_ids=[found.submission_id],
                    topic_code=found.topic_code if found.topic_code in watch.directory.topics else None,
                    region_code=found.region_code if found.region_code in watch.directory.regions else None,
                ),
            )
        )
    return raised


def _lanes(hits: Sequence[DetectorHit]) -> tuple[str, list[str]]:
    """The gravest lane of a submission and the names of all that are as grave."""
    known = [found for found in map(lane, dict.fromkeys(hit.detector for hit in hits)) if found]
    if not known:
        return "", ["紧急情形"]
    least = min(found.level for found in known)
    gravest = [found for found in known if found.level == least]
    return gravest[0].id, [found.name for found in gravest]


def _tell_level(
    conn: Connection, watch: Watch, issue_id: int, level: RiskLevel, sentence: str, *, rose: bool
) -> Alert | None:
    key = f"level:{issue_id}"
    since = watch.now - timedelta(hours=watch.settings.refractory_hours)
    if not rose and alert_repository.find_recent(conn, key, since=since) is None:
        return None
    issue = issue_repository.get_issue(conn, issue_id, now=watch.now)
    counted = watch.now - timedelta(days=RECENT_DAYS + BEFORE_DAYS)
    return watch.raise_(
        conn,
        NewAlert(
            kind=AlertKind.LEVEL,
            key=key,
            severity=level,
            title=f"苗头：{issue.name}",
            sentence=sentence,
            submission_ids=noticing_repository.list_members(conn, issue_id, since=counted, until=watch.now),
            topic_code=issue.topic_code,
            region_code=issue.region_code,
            issue_id=issue_id,
        ),
    )


def _of_burst(conn: Connection, watch: Watch, burst: StoredBurst, *, until: datetime | None = None) -> NewAlert:
    voices = list_voices(conn, burst.series, since=burst.since, until=until or burst.found)
    size = abs(burst.count - burst.expected)
    if burst.coordinated:
        # copies and newcomers in a row make a burst, not its gravity
        size = min(size, max(burst.independent - burst.expected, 0))
    up = burst.direction is BurstDirection.UP
    by_now = size_by_now(conn, burst, voices, now=until) if until else size
    severity = level_of(max(size, by_now), EarlySign.BURST_SIZE, watch.thresholds) if up else None
    began = f"{burst.since.astimezone(watch.zone):%m-%d %H:%M}"
    few, many = sorted((abs(burst.low), abs(burst.high)))
    said = f"{began}起{burst.count}人反映，平常约{burst.expected:.1f}人，{'多' if up else '少'}{size:.0f}人"
    if not burst.coordinated:
        said += f"（95%区间{few:.0f}至{many:.0f}人）" if burst.low * burst.high > 0 else ""
    if until and by_now > size:
        people = len({voice.person for voice in voices})
        said += f"。至{until.astimezone(watch.zone):%m-%d %H:%M}已有{people}人反映，至少多{by_now:.0f}人"
    sentences = [said, burst.changed, burst.coordinated]
    return NewAlert(
        kind=AlertKind.BURST,
        key=series_name(burst.series) + ("" if up else ":down"),
        severity=severity or RiskLevel.BLUE,
        title=f"{name_series(conn, burst.series, watch)}{burst.direction.label}",
        sentence="。".join(part for part in sentences if part) + "。",
        submission_ids=[voice.submission_id for voice in voices],
        topic_code=burst.topic_code or None,
        region_code=burst.region_code or None,
        issue_id=burst.issue_id,
        burst_id=burst.id,
    )


def name_series(conn: Connection, key: SeriesKey, watch: Watch) -> str:
    """临溪区“噪声污染”诉求; the name of an issue."""
    if key.issue_id is not None:
        try:
            return f"“{issue_repository.get_issue(conn, key.issue_id, now=watch.now).name}”"
        except NotFound:
            return "热点问题"
    where = watch.directory.region_name(key.region_code) if key.region_code else "全市"
    topic = watch.directory.topic_name(key.topic_code) if key.topic_code else ""
    return f"{where}“{topic}”诉求" if topic else f"{where}诉求总量"


def _width(key: SeriesKey) -> int:
    if key.issue_id is not None:
        return 0
    if key.topic_code:
        return 1 if key.region_code else 2 if len(key.topic_code) > 3 else 3
    return 4 if key.region_code else 5
