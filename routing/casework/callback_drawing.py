"""Which completed case is called back: drawn by the rule, so that nobody can pick."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from models.analysis import AppealType, Sentiment
from models.callback import CallbackDraw, CallbackRule
from models.case import Case
from models.database import Connection
from models.errors import Conflict, Invalid
from routing.casework import callback_repository as rows

# Every case is called back until a city says otherwise (济南市12345市民服务热线条例 27).
DEFAULT_SHARE = 1.0
DEFAULT_ALWAYS = (CallbackDraw.NEGATIVE, CallbackDraw.SUPERVISED, CallbackDraw.REWORKED)


def lot(rule: CallbackRule, case_number: str, number: int) -> float:
    """The lot of the `number`th completion of a case, 0 ≤ lot < 1: HMAC-SHA256 under the seed of the rule."""
    message = f"{rule.profile}/{rule.version}/{case_number}/{number}".encode()
    return int.from_bytes(hmac.new(rule.seed, message, hashlib.sha256).digest()[:7]) / 256**7


def draw(
    rule: CallbackRule, case_number: str, number: int, appeal_type: AppealType, reasons: Iterable[CallbackDraw]
) -> CallbackDraw:
    """Why it is called back, or that it is not. Pure. What a case is drawn for whatever the share goes first."""
    for reason in reasons:
        if reason in rule.always:
            return reason
    drawn = lot(rule, case_number, number) < rule.share_of(appeal_type)
    return CallbackDraw.SAMPLE if drawn else CallbackDraw.NOT_DRAWN


def draw_callback(
    conn: Connection, case: Case, *, department_id: str | None = None, actor: str, now: datetime
) -> tuple[CallbackRule, CallbackDraw]:
    """In the transaction that completes the case: its callback, drawn or not, by the rule in force. Who was drawn and
    never asked, since the case was opened again before, is drawn whatever the lot: no second completion is a second
    chance not to be asked. `department_id`: the unit that answered it, where it is not its own."""
    unit = department_id or case.lead_department_id
    assert unit is not None
    rule = rule_in_force(conn, actor=actor, now=now)
    number = rows.next_round(conn, case.id)
    reasons = rows.list_reasons(conn, case.id)
    if case.sentiment is Sentiment.NEGATIVE:
        reasons = [*reasons, CallbackDraw.NEGATIVE]
    found = rows.find_unasked(conn, case) or draw(rule, case.case_number, number, case.appeal_type, reasons)
    rows.add_callback(
        conn,
        case.id,
        number=number,
        rule_id=rule.id,
        draw=found,
        department_id=unit,
        actor=actor,
        now=now,
    )
    return rule, found


def rule_in_force(conn: Connection, *, actor: str, now: datetime) -> CallbackRule:
    """The newest version for the city's profile; where there is none yet, the program's own becomes the first."""
    profile = rows.find_profile(conn) or ""
    found = rows.find_rule(conn, profile)
    if found is None:
        rows.add_rule(conn, new_rule(profile, 1, now=now), actor=actor)
        found = rows.find_rule(conn, profile)
    if found is None:  # somebody else adds it just now
        raise Conflict()
    return found


def set_rule(conn: Connection, rule: CallbackRule, *, actor: str) -> CallbackRule:
    """The next version of the profile's rule, for what is completed from now on. Raises `Invalid` for shares that are
    none, `Conflict` where somebody else set one just now."""
    if not all(0 <= share <= 1 for share in (rule.share, *rule.shares.values())):
        raise Invalid("抽取比例应在0到100%之间。", {"share": "0到100%"})
    if set(rule.always) - set(DEFAULT_ALWAYS):
        raise Invalid("必须回访的情形不对。", {"always": "请从列表中选择"})
    before = rows.find_rule(conn, rule.profile)
    version = before.version + 1 if before else 1
    if not rows.add_rule(conn, replace(rule, version=version), actor=actor):
        raise Conflict()
    found = rows.find_rule(conn, rule.profile)
    assert found is not None
    return found


def new_rule(
    profile: str,
    version: int,
    *,
    share: float = DEFAULT_SHARE,
    shares: dict[AppealType, float] | None = None,
    always: tuple[CallbackDraw, ...] = DEFAULT_ALWAYS,
    clock_days: int = 5,
    window_days: int = 10,
    archive_days: int = 15,
    attempts: int = 3,
    basically_counts: bool = True,
    now: datetime,
) -> CallbackRule:
    """A version with a fresh seed, not stored yet. The defaults are ours: no national rule names such days."""
    return CallbackRule(
        id=0,
        profile=profile,
        version=version,
        share=share,
        shares=shares or {},
        always=always,
        clock_days=clock_days,
        window_days=window_days,
        archive_days=archive_days,
        attempts=attempts,
        basically_counts=basically_counts,
        seed=secrets.token_bytes(32),
        created_at=now,
        created_by="",
    )
