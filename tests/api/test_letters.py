"""The citizen's door: writing a letter and following it, and what keeps it from being abused."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.routes.letters import FOLLOWS_PER_HOUR
from intake.receipt_numbers import check_receipt_number
from models.account import Role
from models.analysis import AppealType
from models.database import Connection, connect, transaction
from routing.process import process_batch
from tests import factories
from tests.api.case_actions import act
from tests.api.door import Door, ok, problem
from tests.factories import ZONE

LETTER: dict[str, Any] = {"title": "路灯不亮", "body": "桂香街道的路灯坏了很久，请尽快维修。"}


@pytest.fixture(autouse=True)
def limits_of_other_tests_are_over(door: Door) -> None:
    door.pass_time(hours=1)


def write(door: Door, **changes: Any) -> dict[str, str]:
    """A letter of its own (the time is in it), accepted."""
    body = f"{LETTER['body']}第{door.runtime.clock.timestamp()}次反映。"
    receipt: dict[str, str] = ok(door.post("/letters", **(LETTER | {"body": body} | changes)), 201)
    return receipt


def follow(door: Door, number: str, code: str) -> Any:
    return door.post(f"/letters/{number}/progress", code=code)


def process(door: Door) -> None:
    with transaction(door.runtime.pool) as conn:
        process_batch(
            conn,
            factories.FixedAnalyser(factories.analysis()),
            door.runtime.directory(conn),
            now=door.runtime.clock,
            zone=ZONE,
            limit=100,
        )


def test_a_letter_is_answered_with_number_and_code_and_can_be_followed(door: Door) -> None:
    receipt = write(door)
    assert receipt.keys() == {"receipt_number", "query_code"}
    assert check_receipt_number(receipt["receipt_number"])
    before = ok(follow(door, receipt["receipt_number"], receipt["query_code"]))
    assert (before["status"], before["status_text"]) == (None, "已收到，正在分派")
    assert [step["text"] for step in before["steps"]] == ["来信已收到"]
    process(door)
    after = ok(follow(door, receipt["receipt_number"], receipt["query_code"]))
    assert (after["status"], after["department_name"]) == ("dispatched", "临溪区城市管理和行政执法局")
    assert after["due_date"] is not None and "7个工作日" in after["due_basis"]
    assert [step["text"] for step in after["steps"]] == ["来信已收到", "已转临溪区城市管理和行政执法局办理"]


def test_the_writer_reads_the_answer_and_no_name_of_staff(door: Door) -> None:
    receipt = write(door)
    process(door)
    number = receipt["receipt_number"]
    ok(door.post(f"/cases/{number}/redispatch", Role.DISPATCHER, lead="zjj"))
    for action, body in (
        ("acknowledge", {}),
        ("reply", {"body": "已修好。", "public": False, "text": "已当面说明。"}),
        ("complete", {"result": "solved"}),
    ):
        ok(door.post(f"/cases/{number}/{action}", Role.OFFICER, **body))
    response = follow(door, number, receipt["query_code"])
    letter = ok(response)
    assert (letter["status_text"], [reply["body"] for reply in letter["replies"]]) == ("已办结", ["已修好。"])
    assert [step["text"] for step in letter["steps"]][-3:] == ["承办单位已签收，正在办理", "承办单位已答复", "已办结"]
    for role in (Role.OFFICER, Role.DISPATCHER):
        assert door.account(role).display_name not in response.text
        assert door.account(role).username not in response.text


def test_number_and_code_may_be_typed_as_people_type(door: Door) -> None:
    receipt = write(door)
    number, code = receipt["receipt_number"].replace("-", " "), receipt["query_code"].lower().replace("-", "")
    assert ok(follow(door, number, code))["receipt_number"] == receipt["receipt_number"]


def test_a_wrong_code_and_a_wrong_number_are_the_same_answer(door: Door) -> None:
    one, other = write(door), write(door, title="另一封")
    imported = door.case()  # has no code at all
    attempts = [
        (one["receipt_number"], other["query_code"]),
        (one["receipt_number"], ""),
        ("20261123-0000000", "0000-0000"),
        (imported.case_number, one["query_code"]),
        (imported.case_number, ""),
        ("x", "y"),
        ("a%00b", "y"),
        ("'; --", "y"),
        (one["receipt_number"], "\0"),
    ]
    answers = [problem(follow(door, number, code), 404) for number, code in attempts]
    details = {answer["detail"] for answer in answers[:6]}
    assert details == {"没有找到这封信，请核对编号和查询码。"}
    problem(door.post(f"/letters/{one['receipt_number']}/progress"), 422)  # no code


def test_the_form_in_full(door: Door) -> None:
    receipt = write(
        door, appeal_type="consult", place="柳荫镇", name="李向阳", contact="19900001234", confidential=True
    )
    process(door)
    ok(act(door, receipt["receipt_number"], "reveal", Role.DISPATCHER))
    view = ok(door.get(f"/cases/{receipt['receipt_number']}", Role.DISPATCHER))
    assert (view["case"]["confidential"], view["original"]["submitter_contact"]) == (True, "19900001234")
    with transaction(door.runtime.pool) as conn:
        row = conn.execute(
            "SELECT place, declared_appeal_type, submitter_name, title || body FROM submissions"
            " WHERE receipt_number = %s",
            (receipt["receipt_number"],),
        ).fetchone()
    assert row is not None
    assert row[:2] == ("柳荫镇", AppealType.CONSULT)
    assert "向阳" not in row[2] and "19900001234" not in row[3]


def test_the_same_letter_twice_is_a_conflict(door: Door) -> None:
    write(door, body=LETTER["body"])
    again = problem(door.post("/letters", **LETTER), 409)
    assert again["detail"] == "这封信刚才已经收到，请用当时给您的编号和查询码查看。"
    ok(door.post("/letters", **(LETTER | {"name": "别人"})), 201)  # somebody else may say the same


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"title": ""}, ["title"]),
        ({"title": " \n"}, ["title"]),
        ({"title": "字" * 101}, ["title"]),
        ({"body": ""}, ["body"]),
        ({"body": "　"}, ["body"]),
        ({"body": "<p> </p>"}, ["body"]),
        ({"body": "字" * 5001}, ["body"]),
        ({"body": "字" * 100_001}, ["body"]),
        ({"place": "字" * 101, "name": "字" * 101, "contact": "字" * 101}, ["place", "name", "contact"]),
        ({"title": "", "body": ""}, ["title", "body"]),
        ({"appeal_type": "wish"}, ["appeal_type"]),
        ({"confidential": "perhaps"}, ["confidential"]),
        ({"title": None}, ["title"]),
        ({"surprise": "x"}, ["surprise"]),
    ],
)
def test_what_must_be_corrected_is_named(door: Door, changes: dict[str, Any], fields: list[str]) -> None:
    assert list(problem(door.post("/letters", **(LETTER | changes)), 422)["fields"]) == fields


def test_the_longest_letter_is_taken(door: Door) -> None:
    write(door, title="字" * 100, body="字" * 5000)


@pytest.mark.parametrize(
    "text", ["😀 路灯\u202e坏了", "<script>alert(1)</script>井盖坏了", "路燈壞了\0很久\x07", "' OR 1=1 --"]
)
def test_odd_text_is_taken(door: Door, text: str) -> None:
    receipt = write(door, title=text, body=text + "，请维修")
    letter = ok(follow(door, receipt["receipt_number"], receipt["query_code"]))
    assert "\0" not in letter["title"] + letter["body"]
    assert "<script" not in letter["body"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b'{"title": "\\ud800", "body": "x"}'])
def test_what_is_not_a_letter_at_all(door: Door, content: bytes) -> None:
    response = door.request("POST", "/letters", content=content, headers={"Content-Type": "application/json"})
    problem(response, response.status_code)
    assert response.status_code in (400, 422)


# Limits


def test_one_address_writes_so_many_letters_an_hour(city_dsn: str) -> None:
    with contextlib.closing(Door(city_dsn, letters_per_hour=2)) as small:
        small.pass_time(days=100)  # away from the windows of other tests
        for i in range(2):
            write(small, title=f"第{i}封")
        problem(small.post("/letters", **LETTER), 429)
        with transaction(small.runtime.pool) as conn:
            assert conn.execute("SELECT FROM submissions WHERE title = %s", ("第2封",)).fetchall() == []
        small.pass_time(hours=1)
        write(small, title="一小时后")


def test_refused_attempts_count_too(city_dsn: str) -> None:
    """Otherwise a refusal would be a free try."""
    with contextlib.closing(Door(city_dsn, letters_per_hour=2)) as small:
        small.pass_time(days=200)
        for _ in range(2):
            problem(small.post("/letters", title="", body=""), 422)
        problem(small.post("/letters", **LETTER), 429)


def test_codes_cannot_be_tried_out(door: Door) -> None:
    receipt = write(door)
    for _ in range(FOLLOWS_PER_HOUR):
        problem(follow(door, receipt["receipt_number"], "0000-0000"), 404)
    problem(follow(door, receipt["receipt_number"], receipt["query_code"]), 429)
    door.pass_time(hours=1)
    ok(follow(door, receipt["receipt_number"], receipt["query_code"]))


def test_many_at_once_do_not_block_each_other(city_dsn: str) -> None:
    """More requests than connections: each holds one at a time, so nobody waits for somebody who waits."""
    with contextlib.closing(Door(city_dsn, pool_size=2)) as busy:
        busy.runtime.pool.timeout = 5
        receipt = write(busy)
        with ThreadPoolExecutor(12) as threads:
            written = [threads.submit(busy.post, "/letters", **(LETTER | {"name": str(i)})) for i in range(12)]
            read = [threads.submit(follow, busy, receipt["receipt_number"], receipt["query_code"]) for _ in range(12)]
            signed = [
                threads.submit(busy.post, "/session", username=f"x{i}", password="wrong password") for i in range(4)
            ]
            assert {f.result().status_code for f in written} == {201}
            assert {f.result().status_code for f in read} == {200}
            assert {f.result().status_code for f in signed} == {401}


def test_a_letter_is_committed_before_the_answer_leaves(door: Door, city_dsn: str) -> None:
    receipt = write(door)
    with contextlib.closing(connect(city_dsn)) as other:
        assert _stored(other, receipt["receipt_number"])


def _stored(conn: Connection, number: str) -> bool:
    return conn.execute("SELECT FROM submissions WHERE receipt_number = %s", (number,)).fetchone() is not None


def test_the_same_words_from_two_senders_are_two_letters_and_a_repeated_request_is_one(door: Door) -> None:
    def send(key: str) -> Any:
        return door.request(
            "POST", "/letters", json=LETTER | {"body": "一模一样的话。"}, headers={"Idempotency-Key": key}
        )

    first, other = ok(send("a"), 201), ok(send("b"), 201)
    assert first["receipt_number"] != other["receipt_number"]
    problem(send("a"), 409)
