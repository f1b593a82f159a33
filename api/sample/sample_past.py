"""The sample city's past: a year of finished cases behind those that anybody works on, so that there is something to
compare with and to forecast from. Letters of our own corpus, taken over as an office takes over its old cases."""

import math
import random
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from api.runtime import Runtime
from intake.registration import register
from intake.repository import claim_pending, mark_processed
from models.analysis import AppealType, Urgency
from models.case import Case, CompletionResult
from models.database import Connection
from models.submission import Channel, NewSubmission
from nlp.corpus import Item, load_corpus
from routing import analysis_repository, notification_repository
from routing.alerts.bursts import kind_of_day
from routing.casework.taking_over import Handling, take_over
from routing.directory import Directory
from routing.process import analyse_all

_ACTOR = "sample"
_SEED = 20251123
# A forecast compares with last year's same days where it knows the eight weeks before them too, and lists what comes
# every year only where that was right on earlier days, up to nine weeks longer ago.
DAYS = 490
# Cases a day at the beginning and at the end, those of the sample's files among them, without what comes every year:
# the office became known.
_FIRST_RATE, _LAST_RATE = 1.7, 6.2
# The newest are at least so old: they are finished.
YOUNGEST = 14
# Monday to Sunday, a holiday, a day that is worked instead.
_WEEK = (1.25, 1.1, 1.05, 1.0, 1.0, 0.75, 0.65, 0.45, 1.1)
# How far a year moves a topic, and how far single days stray.
_SEASON, _STRAY = 0.4, 0.25
# What comes about the same days of every year: what, where, and when (month and day).
_YEARLY = (
    ("T13", "云渡县", ((1, 12), (12, 28))),
    ("T05", "白鹭县", ((1, 28), (7, 18))),
    ("T06", "北岭区", ((2, 8), (9, 30))),
    ("T10", "临溪区", ((2, 24), (8, 20))),
    ("T16", "白鹭县", ((3, 12), (11, 27))),
    ("T14", "枫林县", ((3, 29), (9, 14))),
    ("T01", "临溪区", ((4, 14), (10, 30))),
    ("T04", "临溪区", ((5, 2), (6, 20))),
    ("T07", "临溪区", ((5, 18), (9, 1))),
    ("T16", "枫林县", ((6, 4), (10, 15))),
    ("T12", "北岭区", ((7, 3), (11, 12))),
    ("T03", "高新区", ((8, 4), (12, 12))),
)
# Letters a day of one of these far from its days and on them, and within how many days it comes and goes.
_QUIET, _PEAK, _WIDTH = 0.11, 1.2, 7.0
# One unit in four is slow, and is late with about one case in three.
_SLOW = 4
_ARCHIVED_AFTER = timedelta(days=7)
_TOGETHER = 400
_KEPT_AWAY = (Urgency.CRITICAL, Urgency.URGENT)
_REPLIES = {
    AppealType.CONSULT: "您好，您咨询的事项已查明，办理条件、材料和地址已在电话中逐项说明，有变化以窗口公告为准。",
    AppealType.SUGGEST: "您好，您的建议已转相关科室研究，拟在下一年度的工作安排中一并考虑，感谢您的关心。",
    AppealType.PRAISE: "您好，您的表扬已转达到本人和所在单位，感谢您的肯定，我们会继续努力。",
}
_REPLY = "您好，您反映的问题已派人到现场查看，并与相关方面商定了处理办法，有关情况已在电话中向您说明。"

OfficeHour = Callable[[datetime], datetime]


def load_past(
    conn: Connection,
    runtime: Runtime,
    *,
    places: Sequence[str],
    topics: Sequence[str],
    clerks: dict[str, str],
    office_hour: OfficeHour,
    own: Counter[date],
    now: datetime,
    go_on: Callable[[], None],
) -> int:
    """In the caller's transaction; how many cases. `places` and `topics`: those of the sample's letters, the more
    frequent the more often; `own`: how many cases the sample's files have of each day; `go_on` raises to stop."""
    luck, zone = random.Random(_SEED), runtime.settings.zone
    directory, analyser = runtime.directory(conn), runtime.analyser(conn)
    known: dict[str, str] = {}
    today = now.astimezone(zone).date()
    made = _letters(directory, luck, places=places, topics=topics, own=own, today=today)
    for day, items in made:
        go_on()
        received = datetime.combine(day, time(18, 30), tzinfo=zone)
        new = [
            NewSubmission(
                channel=Channel(item.channel),
                source="sample",
                source_id=item.reference,
                title=item.title,
                body=item.body,
                submitted_at=datetime.combine(day, _time_of(luck), tzinfo=zone),
                place=place,
                appeal_type=item.appeal_type,
            )
            for item, place in items
        ]
        registered = register(conn, new, actor=_ACTOR, now=received, keys=runtime.keys, zone=zone)
        known |= {one.receipt_number: item.topic_code for one, (item, _) in zip(registered, items, strict=True)}

    def find_unit(case: Case) -> str:
        duty = directory.topics[known[case.case_number]].lead_duty or "zwsj"
        unit = directory.unit_for(duty, case.region_code) or directory.unit_for("zwsj", None)
        assert unit is not None
        return unit.id

    def handle(case: Case) -> Handling:
        return _handle(case, clerks, luck, office_hour=office_hour, now=now)

    count = 0
    while claimed := claim_pending(conn, _TOGETHER):
        go_on()
        analysed = list(zip(claimed, analyse_all(analyser, claimed, zone), strict=True))
        analysis_repository.add_analyses(conn, [(s.id, a) for s, a in analysed], actor=_ACTOR, now=now)
        count += take_over(
            conn,
            analysed,
            directory,
            find_unit=find_unit,
            handle=handle,
            dispatcher=clerks["dispatcher"],
            actor=_ACTOR,
            zone=zone,
        )
        mark_processed(conn, [s.id for s in claimed], actor=_ACTOR)
    # nobody is told today what happened a year ago
    while old := notification_repository.claim_events(conn, before=now, limit=10_000):
        notification_repository.delete_events(conn, [event.id for event in old], actor=_ACTOR)
    return count


def _letters(
    directory: Directory,
    luck: random.Random,
    *,
    places: Sequence[str],
    topics: Sequence[str],
    own: Counter[date],
    today: date,
) -> Iterator[tuple[date, list[tuple[Item, str]]]]:
    """By day its letters, each text once, and where each is from."""
    texts: dict[str, list[Item]] = defaultdict(list)
    for item in load_corpus():
        topic = directory.topics.get(item.topic_code)
        plain = not (item.also or item.near or item.kind) and item.urgency not in _KEPT_AWAY
        plain = plain and item.appeal_type is not AppealType.REPORT and item.channel in ("letter", "hotline")
        if plain and topic and not topic.confidential:
            texts[item.topic_code[:3]].append(item)
    for items in texts.values():
        luck.shuffle(items)
    mains = sorted(texts)
    often = [topics.count(main) + 1 for main in mains]
    for n in range(DAYS - YOUNGEST):
        day = today - timedelta(days=DAYS - n)
        rate = _FIRST_RATE + (_LAST_RATE - _FIRST_RATE) * n / DAYS
        rate = max(0.0, rate * _WEEK[kind_of_day(day, directory.calendar)] * luck.lognormvariate(0, _STRAY) - own[day])
        year = day.timetuple().tm_yday / 365.25
        weights = [
            share * (1 + _SEASON * math.cos(2 * math.pi * (year - k / len(mains)))) for k, share in enumerate(often)
        ]
        chosen = [(main, luck.choice(places)) for main in luck.choices(mains, weights, k=_poisson(luck, rate))]
        for main, place, dates in _YEARLY:
            chosen += [(main, place)] * _poisson(luck, _yearly_rate(day, dates))
        yield day, [(texts[main].pop(), place) for main, place in chosen if texts[main]]


def _yearly_rate(day: date, dates: Sequence[tuple[int, int]]) -> float:
    """Letters a day of something that comes about some days of every year: a bell around each, never quite none."""
    off = [(day - date(day.year + turn, *at)).days for at in dates for turn in (-1, 0, 1)]
    return _QUIET + _PEAK * sum(math.exp(-((days / _WIDTH) ** 2) / 2) for days in off)


def _poisson(luck: random.Random, mean: float) -> int:
    """A number of letters of a day on which `mean` are expected."""
    count, left = 0, luck.expovariate(1)
    while left < mean:
        count, left = count + 1, left + luck.expovariate(1)
    return count


def _time_of(luck: random.Random) -> time:
    return time(int(luck.triangular(7, 18, 10)), luck.randrange(60))


def _handle(
    case: Case, clerks: dict[str, str], luck: random.Random, *, office_hour: OfficeHour, now: datetime
) -> Handling:
    """Most are answered within the limit, some late, as those of the recent weeks are."""
    assert case.due_at is not None and case.dispatched_at is not None
    signed = office_hour(case.dispatched_at + timedelta(hours=luck.uniform(0.5, 30)))
    contacted = office_hour(signed + timedelta(minutes=luck.uniform(20, 300)))
    slow = zlib.crc32((case.lead_department_id or "").encode()) % _SLOW == 0
    share = luck.triangular(0.3, 1.6, 0.8) if slow else luck.triangular(0.25, 1.1, 0.8)
    completed = office_hour(max(contacted + timedelta(hours=2), signed + (case.due_at - signed) * share))
    # what would go on until today was done a little earlier
    completed = max(contacted + timedelta(hours=1), min(completed, now - timedelta(hours=luck.uniform(4, 90))))
    closed = completed + _ARCHIVED_AFTER
    return Handling(
        clerk=clerks.get(case.lead_department_id or "", "account:0:经办人"),
        acknowledged_at=signed,
        contacted_at=contacted,
        contact="已电话联系，了解具体情况。",
        completed_at=completed,
        reply=_REPLIES.get(case.appeal_type, _REPLY),
        public=not case.confidential,
        result=luck.choices(list(CompletionResult), weights=(7, 2, 1))[0],
        closed_at=closed if closed < now else None,
    )
