"""The sample city's life: letters, calls, answers and posts, hour by hour through intake, pipeline and lifecycle.

Nothing is inserted around the product: a sample case has the history a real one would have, only at earlier times.
"""

import csv
import io
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from importlib.resources import files

from api.account_repository import list_accounts
from api.runtime import Runtime
from api.sample.sample_follow_up import follow_up, is_finished, set_sample_rule, suspend
from api.sample.sample_past import load_past
from api.sample.sample_replies import load_templates, submit_some
from intake.registration import register
from models.account import Role
from models.analysis import AppealType, Urgency
from models.case import Case, CaseStatus, CompletionResult
from models.database import Connection
from models.submission import Channel, NewSubmission
from routing import case_repository, event_repository, lifecycle, protection
from routing.casework import supervision
from routing.directory import Directory
from routing.process import process_batch

_CALL_KINDS = {
    "咨询": AppealType.CONSULT,
    "求助": AppealType.HELP,
    "投诉": AppealType.COMPLAIN,
    "举报": AppealType.REPORT,
    "建议": AppealType.SUGGEST,
    "表扬": AppealType.PRAISE,
}
# The clerks of the sample leave the newest cases in triage, so that there is something to dispatch.
_TRIAGE_LEFT_DAYS = 2
_SEED = 20261123


def load_sample(conn: Connection, runtime: Runtime, *, now: datetime, go_on: Callable[[], None]) -> int:
    """Load the whole sample in the caller's transaction; the number of submissions. `go_on` raises to stop."""
    zone = runtime.settings.zone
    directory, analyser = runtime.directory(conn), runtime.analyser(conn)
    clerks = _clerks(conn)
    luck = random.Random(_SEED)
    load_templates(conn, now=now)
    set_sample_rule(conn, directory, now=now - timedelta(days=365))
    unanswered: list[tuple[Case, str, str]] = []
    by_hour: dict[datetime, list[tuple[NewSubmission, str, str]]] = defaultdict(list)
    for submission, topic, reply in _read_sample(now, runtime):
        assert submission.submitted_at is not None
        hour_end = submission.submitted_at.replace(minute=0) + timedelta(hours=1, minutes=2)
        by_hour[min(hour_end, now)].append((submission, topic, reply))
    count = load_past(
        conn,
        runtime,
        places=[row["place"] for row in _rows("letters.csv") if row["place"]],
        topics=[row["expected_topic"][:3] for row in _rows("letters.csv")],
        clerks=clerks,
        office_hour=lambda moment: _office_hour(moment, runtime),
        own=Counter(
            received.astimezone(zone).date()
            for received, items in by_hour.items()
            for submission, _, _ in items
            if submission.channel.opens_case
        ),
        now=now,
        go_on=go_on,
    )
    for received, items in sorted(by_hour.items()):
        go_on()
        registered = register(
            conn, [submission for submission, _, _ in items], actor="sample", now=received, keys=runtime.keys, zone=zone
        )
        process_batch(conn, analyser, directory, now=received, zone=zone, limit=len(items) + 1, issues=runtime.issues)
        for (submission, topic, reply), result in zip(items, registered, strict=True):
            count += result.status == "new"
            if submission.channel.opens_case and result.status == "new":
                case = case_repository.get_case(conn, result.receipt_number)
                _live(
                    conn,
                    case,
                    directory,
                    clerks,
                    luck,
                    topic=topic,
                    reply=reply,
                    now=now,
                    runtime=runtime,
                    unanswered=unanswered,
                )
    submit_some(conn, runtime, unanswered, now=now)
    event_repository.seal_events(conn, runtime.keys.seals, actor="sample", now=now)
    return count


def sample_letters(count: int) -> list[NewSubmission]:
    """So many letters of the sample wording, each with a number of its own: for measuring, not for a city."""
    rows = list(_rows("letters.csv"))
    return [
        NewSubmission(
            channel=Channel.LETTER,
            source="bench",
            source_id=str(i),
            title=rows[i % len(rows)]["title"],
            body=rows[i % len(rows)]["body"],
            place=rows[i % len(rows)]["place"],
        )
        for i in range(count)
    ]


def _live(
    conn: Connection,
    case: Case,
    directory: Directory,
    clerks: dict[str, str],
    luck: random.Random,
    *,
    topic: str,
    reply: str,
    now: datetime,
    runtime: Runtime,
    unanswered: list[tuple[Case, str, str]],
) -> None:
    """What dispatcher and department did with the case until `now`; what is to be answered later: `unanswered`."""
    zone = runtime.settings.zone
    at = case.opened_at
    critical = case.urgency is Urgency.CRITICAL
    if case.status is CaseStatus.TRIAGE:
        # where life is at risk somebody looks at once, day and night
        wait = timedelta(minutes=luck.uniform(3, 15)) if critical else timedelta(hours=luck.uniform(1, 14))
        at = at + wait if critical else _office_hour(at + wait, runtime)
        left = timedelta(hours=6) if critical else timedelta(days=_TRIAGE_LEFT_DAYS)
        if case.opened_at > now - left or at >= now:
            return
        duty = directory.topics[topic].lead_duty if topic in directory.topics else "zwsj"
        unit = directory.unit_for(duty or "zwsj", case.region_code) or directory.unit_for("zwsj", None)
        assert unit is not None
        secret = topic in directory.topics and directory.topics[topic].confidential
        if unit.id in protection.find_complained(conn, case, secret=secret).all:
            return  # a person has to find another unit for it
        case = lifecycle.dispatch(
            conn, case, directory, lead=unit.id, topic_code=topic or None, actor=clerks["dispatcher"], now=at, zone=zone
        )
    clerk = clerks.get(case.lead_department_id or "", "account:0:经办人")
    delay = timedelta(minutes=luck.uniform(5, 20)) if critical else timedelta(hours=luck.uniform(0.5, 30))
    at = at + delay if critical else _office_hour(at + delay, runtime)
    if at >= now or luck.random() < 0.01:
        return
    case = lifecycle.acknowledge(conn, case, actor=clerk, now=at)
    talked_at = _office_hour(at + timedelta(minutes=20 + case.id % 7 * 40), runtime)
    if case.id % 8 and case.id % 9 and talked_at < now:
        case = supervision.contact(
            conn, case, text="已电话联系，了解具体情况。", reached=True, actor=clerk, now=talked_at
        )
    # most answers come within the limit, some late: a city that is always on time would teach nobody anything
    assert case.due_at is not None
    share = luck.triangular(0.1, 1.12, 0.5)
    at = _office_hour(max(talked_at + timedelta(hours=2), at + (case.due_at - at) * share), runtime)
    if not reply or at >= now:
        if reply:
            unanswered.append((case, reply, clerk))
        else:
            suspend(conn, case, directory, clerk=clerk, dispatcher=clerks["dispatcher"], now=now, zone=zone)
        return
    if case.id % 8:  # the others are answered without a word, as some are
        case = supervision.contact(conn, case, text="已电话联系，说明办理情况。", reached=True, actor=clerk, now=at)
    public = not protection.is_protected(conn, case)
    case = lifecycle.reply(
        conn, case, body=reply, public=public, department_id=case.lead_department_id, actor=clerk, now=at
    )
    result = luck.choices(list(CompletionResult), weights=(7, 2, 1))[0]
    case = lifecycle.complete(conn, case, result=result, actor=clerk, now=at + timedelta(minutes=5))
    case = follow_up(
        conn,
        case,
        directory,
        clerk=clerk,
        dispatcher=clerks["dispatcher"],
        office_hour=lambda moment: _office_hour(moment, runtime),
        now=now,
        zone=zone,
    )
    if case.completed_at is not None and case.completed_at < now - timedelta(days=20) and is_finished(conn, case):
        closed_at = case.completed_at + timedelta(days=7)
        lifecycle.close(conn, case, actor=clerks["dispatcher"], now=closed_at)


def _office_hour(moment: datetime, runtime: Runtime) -> datetime:
    """The same moment, or nine in the morning of the next day when offices are closed."""
    local = moment.astimezone(runtime.settings.zone)
    if 8 <= local.hour < 18:
        return moment
    day = local.date() + timedelta(days=local.hour >= 18)
    minute = local.minute
    return datetime.combine(day, time(9, minute), tzinfo=runtime.settings.zone)


def _clerks(conn: Connection) -> dict[str, str]:
    """Actor of each department with an account, and of the dispatcher."""
    accounts = list_accounts(conn)
    actors = {a.department_id: a.actor for a in accounts if a.role is Role.OFFICER and a.department_id}
    return actors | {"dispatcher": next(a.actor for a in accounts if a.role is Role.DISPATCHER)}


def _read_sample(now: datetime, runtime: Runtime) -> Iterator[tuple[NewSubmission, str, str]]:
    """Submission, right topic, reply ("" = none) of every row of the sample files."""
    for number, row in enumerate(_rows("letters.csv"), start=1):
        yield (
            NewSubmission(
                channel=Channel.LETTER,
                source="sample",
                source_id=f"L{number:04}",
                title=row["title"],
                body=row["body"],
                submitted_at=_moment(row, now, runtime),
                submitter_name=row["name"],
                submitter_contact=row["phone"],
                place=row["place"],
                appeal_type=AppealType(row["appeal_type"]) if row["appeal_type"] else None,
                confidential=row["confidential"].lower() == "true",
                publish_consent=number % 5 < 3,  # most people do not mind
            ),
            row["expected_topic"],
            row["reply"],
        )
    for number, row in enumerate(_rows("hotline.csv"), start=1):
        yield (
            NewSubmission(
                channel=Channel.HOTLINE,
                source="sample",
                source_id=f"H{number:04}",
                identity_by_number=True,
                body=row["body"],
                submitted_at=_moment(row, now, runtime),
                submitter_name=row["name"],
                submitter_contact=row["phone"],
                place=row["place"],
                appeal_type=_CALL_KINDS.get(row["call_kind"]),
                details={"紧急程度": row["urgent"]},
            ),
            row["expected_topic"],
            row["reply"],
        )
    for row in _rows("surveys.csv"):
        answers = {
            "所在区县": row["q1_district"],
            "总体满意度": row["q2_satisfaction"],
            "了解渠道": row["q3_channels"].split("┋"),
            "最希望改进": row["q4_priority"],
        }
        text = row["q5_text"].strip()
        yield (
            NewSubmission(
                channel=Channel.SURVEY,
                source=row["survey"],
                source_id=row["seq"],
                title="",
                body="" if text == "无" else text,
                submitted_at=_moment(row, now, runtime),
                place=row["q1_district"],
                details={"问卷": row["survey"], "答案": answers},
            ),
            "",
            "",
        )
    for number, row in enumerate(_rows("posts.csv"), start=1):
        yield (
            NewSubmission(
                channel=Channel.SOCIAL,
                source="sample",
                source_id=f"P{number:04}",
                identity_by_number=True,
                body=row["text"],
                submitted_at=_moment(row, now, runtime),
                submitter_handle=row["user"],
                place=row["location"],
                likes=int(row["likes"]),
                comments=int(row["comments"]),
                reposts=int(row["reposts"]),
            ),
            row["expected_topic"],
            "",
        )


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files("api") / "sample_city" / name).read_text(encoding="utf-8-sig")
    yield from csv.DictReader(io.StringIO(text))


def _moment(row: dict[str, str], now: datetime, runtime: Runtime) -> datetime:
    """So many days before today at that time; what would lie in the future moves to the day before."""
    zone = runtime.settings.zone
    day = now.astimezone(zone).date() - timedelta(days=int(row["days_ago"]))
    moment = datetime.combine(day, time.fromisoformat(row["time"]), tzinfo=zone)
    return moment if moment < now else moment - timedelta(days=1)
