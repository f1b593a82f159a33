"""What becomes of notes that many people write on one case at the same time? Each that was acknowledged must be
there."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from api.account_repository import add_account
from api.auth import open_session
from api.runtime import Runtime
from intake.registration import register
from models.account import Role
from models.analysis import AnalyserInput, Analysis
from models.case import CaseAction
from models.database import transaction
from models.submission import Channel, NewSubmission
from routing import case_repository, event_repository, lifecycle
from routing.process import process_batch


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFigures:
    """`conflicts`: refused with "changed by … at …". `errors`: every other refusal. `lost`: acknowledged, and not in
    the history; `unasked`: in the history, and never acknowledged. `unbroken`: the events are numbered without a
    gap. `statuses`: all answers by HTTP status, 0 where none came."""

    people: int
    seconds: float
    written: int
    conflicts: int
    errors: int
    lost: int
    unasked: int
    unbroken: bool
    statuses: dict[str, int]
    p50: float
    p95: float


class _Silent:
    """Says nothing about any text: the case goes to triage."""

    version = "bench/1"

    def analyse(self, inputs: Sequence[AnalyserInput]) -> list[Analysis]:
        return [Analysis.unknown("bench") for _ in inputs]


def write_at_once(runtime: Runtime, port: int, unit: str, *, people: int, seconds: float) -> NoteFigures:
    """Each reads the case as an officer of the unit that has it and writes a note with the version that was read, again
    and again, over a connection of its own."""
    case = _open_case(runtime, unit)
    tokens = [_sign_in(runtime, unit, number) for number in range(people)]
    acknowledged: list[str] = []
    counts: Counter[str] = Counter()
    times: list[float] = []
    # whatever is loaded with the first case that is opened is loaded
    first = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    _ask(first, "GET", f"/api/v1/cases/{case}", {"Authorization": f"Bearer {tokens[0]}"})
    first.close()
    until = time.monotonic() + seconds

    def write(number: int, token: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        turn = 0
        while time.monotonic() < until:
            turn += 1
            text = f"{number}号的第{turn}条备注"
            began = time.perf_counter()
            status, found = _ask(connection, "GET", f"/api/v1/cases/{case}", headers)
            if status == 200:
                body = json.dumps({"text": text, "version": found["case"]["version"]})
                status, found = _ask(connection, "POST", f"/api/v1/cases/{case}/note", headers, body)
            times.append((time.perf_counter() - began) * 1000)
            counts[str(status)] += 1
            if status == 200:
                acknowledged.append(text)
        connection.close()

    threads = [threading.Thread(target=write, args=(number, token)) for number, token in enumerate(tokens)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction(runtime.pool) as conn:
        events = event_repository.list_events(conn, case_repository.get_case(conn, case).id)
    kept = Counter(event.payload["text"] for event in events if event.action is CaseAction.NOTE)
    said = Counter(acknowledged)
    p50, p95 = (float(value) for value in np.percentile(times, (50, 95)))
    return NoteFigures(
        people=people,
        seconds=seconds,
        written=counts["200"],
        conflicts=counts["409"],
        errors=counts.total() - counts["200"] - counts["409"],
        lost=(said - kept).total(),
        unasked=(kept - said).total(),
        statuses=dict(counts),
        unbroken=[event.seq for event in events] == list(range(1, len(events) + 1)),
        p50=p50,
        p95=p95,
    )


def _ask(
    connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str], body: str | None = None
) -> tuple[int, Any]:
    """A connection that breaks is an error like others: status 0."""
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    except (OSError, http.client.HTTPException, ValueError):
        connection.close()
        return 0, None


def _open_case(runtime: Runtime, unit: str) -> str:
    """A case with a whole history, signed for by the unit."""
    now, zone = runtime.now(), runtime.settings.zone
    # a letter of its own each time: the same one again would be the same case
    body = f"第{now.timestamp():.0f}号路灯坏了一个多月。"
    letter = NewSubmission(channel=Channel.LETTER, source="bench", title="路口的路灯不亮", body=body)
    with transaction(runtime.pool) as conn:
        directory = runtime.directory(conn)
        [registered] = register(conn, [letter], actor="bench", now=now, keys=runtime.keys, zone=zone)
        process_batch(conn, _Silent(), directory, actor="bench", now=now, zone=zone, limit=10)
        case = case_repository.get_case(conn, registered.receipt_number)
        case = lifecycle.dispatch(conn, case, directory, lead=unit, actor="bench", now=now, zone=zone)
        lifecycle.acknowledge(conn, case, actor="bench", now=now)
    return case.case_number


def _sign_in(runtime: Runtime, unit: str, number: int) -> str:
    now = runtime.now()
    with transaction(runtime.pool) as conn:
        account = add_account(
            conn,
            username=f"bench-writer-{number}-{now.timestamp():.0f}",
            display_name=f"{number}号",
            password_hash="",
            role=Role.OFFICER,
            department_id=unit,
            actor="bench",
            now=now,
        )
        return open_session(conn, account, runtime.settings, now=now)[0]
