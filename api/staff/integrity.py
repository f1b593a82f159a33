"""What people do with the integrity rules, for pages and JSON alike: read, look into a hit, set a threshold."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta

from api.account_repository import add_administration_event
from api.dependencies import require_role
from api.runtime import Runtime
from dashboards.integrity import DEFINITIONS, Period, count_hits, is_hit, list_thresholds, thresholds_json
from intake import repository as submissions_repository
from intake.redaction import redact_together
from models.account import Account, Role
from models.database import Connection, transaction
from models.errors import Conflict, Invalid, NotFound
from models.integrity import IntegrityRule
from routing import case_repository
from routing.casework import integrity_repository
from routing.casework.returns import text_of
from routing.directory import Directory

READERS = (Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR)
DAYS_SHOWN = 30
MOST = 10_000


def check_may_read(account: Account) -> None:
    """Raises `Forbidden`: units and dispatchers are not told what is looked into."""
    require_role(account, *READERS)


def period_of(
    runtime: Runtime, directory: Directory, *, first: date | None, last: date | None, unit: str | None, now: datetime
) -> Period:
    """The days asked for; the last 30 without. Raises `Invalid` for an unknown unit or an impossible period."""
    today = now.astimezone(runtime.settings.zone).date()
    end = last or max(first or today, today)
    begin = first or end - timedelta(days=DAYS_SHOWN - 1)
    if unit and unit not in directory.departments:
        raise Invalid("没有这个单位。", {"unit": "请选择列表中的单位"})
    period = Period(first=begin, last=end, unit=unit or None)
    period.parameters(runtime.settings.zone)
    return period


def keep_counts(runtime: Runtime, *, actor: str) -> None:
    """Count ahead what the page shows where nobody asks for other days."""
    now, zone = runtime.now(), runtime.settings.zone
    with transaction(runtime.pool) as conn:
        # before the counts: what is looked into meanwhile makes them old
        last_review = integrity_repository.find_last_review(conn) or 0
        thresholds = list_thresholds(conn)
        period = period_of(runtime, runtime.directory(conn), first=None, last=None, unit=None, now=now)
        integrity_repository.keep_counts(
            conn,
            first=period.first,
            last=period.last,
            thresholds=thresholds_json(thresholds),
            last_review=last_review,
            counts={
                rule.value: [asdict(one) for one in found]
                for rule, found in count_hits(conn, period, zone=zone).items()
            },
            actor=actor,
            now=now,
        )


def look_into(
    conn: Connection,
    runtime: Runtime,
    account: Account,
    rule: IntegrityRule,
    case_number: str,
    hit_at: datetime,
    *,
    note: str,
    now: datetime,
) -> None:
    """A supervisor says what was found; the hit stays. Personal data in it are masked, as in every text that staff
    write. Raises `Forbidden`, `NotFound`, `Invalid` without a text, `Conflict` where the rule does not point at it."""
    require_role(account, Role.SUPERVISOR)
    case = case_repository.get_case(conn, case_number)
    note = text_of(note, "核实情况", field="note")
    if not is_hit(conn, rule, case.id, hit_at, zone=runtime.settings.zone):
        raise Conflict("这件工单现在不在需核实的清单中，请刷新后再看。")
    original = submissions_repository.get_original(conn, case.submission_id, runtime.keys)
    [masked] = redact_together((note,), (original.submitter_name,))
    integrity_repository.add_review(conn, rule, case.id, hit_at, note=masked.text, actor=account.actor, now=now)


def set_thresholds(
    conn: Connection, account: Account, rule: IntegrityRule, values: Mapping[str, int], *, now: datetime
) -> None:
    """An administrator sets numbers of a rule; each change is written down with the value before. Raises `Forbidden`,
    `NotFound` for a number that the rule does not have, `Invalid` outside 1..10,000."""
    require_role(account, Role.ADMINISTRATOR)
    names = DEFINITIONS[rule].thresholds
    if unknown := values.keys() - names.keys():
        raise NotFound(f"规则“{rule.label}”没有数值“{sorted(unknown)[0]}”。")
    wrong = {name: f"请填写1到{MOST}之间的整数" for name, value in values.items() if not 1 <= value <= MOST}
    if wrong:
        raise Invalid("有几处需要修改。", wrong)
    changed = {}
    for name, value in values.items():
        before = integrity_repository.set_threshold(conn, rule, name, value, actor=account.actor)
        if before != value:
            changed[name] = {"from": before, "to": value}
    if changed:
        payload = {"rule": rule.value, "changed": changed}
        add_administration_event(conn, action="integrity.threshold", payload=payload, actor=account.actor, now=now)
