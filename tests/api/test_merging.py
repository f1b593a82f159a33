"""Merges and splits over the JSON door: what is shown to whom, what is refused, nothing of one person to another."""

from dataclasses import replace

import pytest

from models.account import Role
from models.analysis import Matter, TextSpan
from models.case import Case, CaseAction
from models.database import transaction
from routing import case_repository
from routing.casework import merge_repository
from tests import factories
from tests.api.case_actions import act, merged, stored
from tests.api.door import Door, ok, problem

BODY = "桂香路的路灯坏了三盏，请维修。另外，桂香路口的自来水管漏水，请一并处理。"
SECOND = "另外，桂香路口的自来水管漏水，请一并处理。"


def two_matters(door: Door, *, name: str = "李向阳", contact: str = "19900001234") -> Case:
    start = len("两件事") + 1
    cut = start + BODY.index(SECOND)
    says = replace(
        factories.analysis(),
        matters=(
            Matter("T0402", 0.8, (TextSpan(start, cut),)),
            Matter("T0403", 0.7, (TextSpan(cut, start + len(BODY)),)),
        ),
    )
    return door.case(says=says, new=factories.letter(title="两件事", body=BODY, name=name, contact=contact))


def test_candidates_are_shown_to_who_may_merge(door: Door) -> None:
    text = "青石巷东口到菜场一段的六盏路灯全都不亮，老人晚上买药回家摔了一跤，请尽快派人来修好。"
    one = door.case(new=factories.letter(body=text, contact="19900003001"))
    other = door.case(new=factories.letter(body=text, contact="19900003002"))
    view = ok(door.get(f"/cases/{one.case_number}", Role.DISPATCHER))
    [candidate] = view["together"]["candidates"]
    assert (candidate["case"]["case_number"], candidate["evidence"][0]) == (other.case_number, "exact")
    assert {"merge", "split"} <= set(view["actions"]) and not {"unmerge", "unsplit"} & set(view["actions"])
    officer = ok(door.get(f"/cases/{one.case_number}", Role.OFFICER))
    assert officer["together"]["candidates"] == officer["together"]["proposals"] == []
    assert not {"merge", "split"} & set(officer["actions"])


def test_a_merge_is_shown_on_both_and_undone(door: Door) -> None:
    member = merged(door)
    view = ok(door.get(f"/cases/{member.case_number}", Role.DISPATCHER))
    head = view["together"]["head"]["case_number"]
    assert view["actions"] == ["note", "unmerge"] or set(view["actions"]) <= {"note", "unmerge", "reveal"}
    shown = ok(door.get(f"/cases/{head}", Role.OFFICER))["together"]["members"]
    assert [(m["case"]["case_number"], m["reason"]) for m in shown] == [(member.case_number, "同一处路灯。")]
    refused = problem(act(door, member, "acknowledge", Role.OFFICER), 409)
    assert refused["detail"] == "工单已并入另一件工单，请在主单办理；不能签收。"
    ok(act(door, member, "unmerge", Role.SUPERVISOR))
    assert ok(door.get(f"/cases/{head}", Role.OFFICER))["together"]["members"] == []
    ok(act(door, member, "acknowledge", Role.OFFICER))


def test_the_earliest_day_of_all_is_told_and_nothing_is_moved(door: Door) -> None:
    member = door.case()
    door.pass_time(days=1)
    head = door.case()
    assert member.due_at is not None and head.due_at is not None and member.due_at < head.due_at
    ok(act(door, head, "merge", Role.DISPATCHER, {"members": [member.case_number], "text": "同一处。"}))
    view = ok(door.get(f"/cases/{head.case_number}", Role.OFFICER))
    assert view["together"]["first_due"]["case_number"] == member.case_number
    assert view["case"]["due_at"] == head.due_at.isoformat().replace("+00:00", "Z")


def test_others_get_the_answer_without_the_person(door: Door) -> None:
    head = door.case(new=factories.letter(name="欧阳晓云", contact="19900004001"))
    member = door.case(new=factories.letter(name="李向阳", contact="19900004002"))
    ok(act(door, head, "merge", Role.DISPATCHER, {"members": [member.case_number], "text": "欧阳晓云也反映过。"}))
    ok(act(door, head, "acknowledge", Role.OFFICER))
    body = "欧阳晓云：已电话19900004001告知您，桂香路的路灯修好了。"
    ok(act(door, head, "reply", Role.OFFICER, {"body": body, "text": "已当面说明。"}))
    ok(act(door, head, "complete", Role.OFFICER))
    view = door.get(f"/cases/{member.case_number}", Role.OFFICER)
    assert ok(view)["case"]["status"] == "completed"
    [reply] = ok(view)["replies"]
    assert reply["body"].endswith("桂香路的路灯修好了。")
    for secret in ("晓云", "19900004001"):
        assert secret not in view.text


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"text": "同一处"}, 422, "请选择要并入的工单。"),
        ({"members": ["20261123-0000000"], "text": "同一处"}, 409, "没有找到工单20261123-0000000"),
        ({"members": ["x"] * 101, "text": "同一处"}, 422, ""),
    ],
)
def test_a_merge_of_nothing(door: Door, body: dict[str, object], status: int, words: str) -> None:
    case = door.case()
    assert words in problem(act(door, case, "merge", Role.DISPATCHER, body), status)["detail"]
    assert stored(door, case) == case


def test_the_matters_of_a_letter_are_proposed_and_split(door: Door) -> None:
    case = two_matters(door)
    view = ok(door.get(f"/cases/{case.case_number}", Role.DISPATCHER))
    proposals = view["together"]["proposals"]
    assert [(p["topic_code"], p["confidence"]) for p in proposals] == [("T0402", 0.8), ("T0403", 0.7)]
    assert proposals[0]["title"] == "桂香路的路灯坏了三盏，请维修。" and proposals[0]["lead"]
    parts = [
        {"title": p["title"], "topic_code": p["topic_code"], "lead": lead, "sentences": p["sentences"]}
        for p, lead in zip(proposals, ("zjj", "swj"), strict=True)
    ]
    ok(act(door, case, "split", Role.DISPATCHER, {"parts": parts, "version": case.version}))
    whole = ok(door.get(f"/cases/{case.case_number}", Role.DISPATCHER))
    assert [p["sentences"] for p in whole["together"]["parts"]] == [[BODY[: -len(SECOND)]], [SECOND]]
    assert "unsplit" in whole["actions"] and "split" not in whole["actions"]
    second = f"{case.case_number}-2"
    part = ok(door.get(f"/cases/{second}", door.account(department="swj")))
    assert part["together"]["excerpt"] == [proposals[1]["sentences"][0]]
    assert part["together"]["parent"]["case_number"] == case.case_number
    problem(door.get(f"/cases/{second}", door.account(department="zjj")), 404)
    rows = ok(door.get("/cases", door.account(department="swj"), counted="parts"))["rows"]
    assert second in [row["case_number"] for row in rows]


def test_titles_that_people_write_are_masked(door: Door) -> None:
    case = two_matters(door, name="欧阳晓云", contact="19900005001")
    parts = [
        {"title": f"欧阳晓云19900005001反映的{what}", "lead": "zjj", "sentences": [{"start": 0, "end": 3}]}
        for what in ("路灯", "水管")
    ]
    ok(act(door, case, "split", Role.DISPATCHER, {"parts": parts}))
    with transaction(door.runtime.pool) as conn:
        ids = merge_repository.list_part_ids(conn, case.id)
        titles = [part.title for part in case_repository.list_cases_by_id(conn, ids)]
    assert all("晓云" not in title and "19900005001" not in title for title in titles), titles


@pytest.mark.parametrize("parts", [[], [{"title": "x", "lead": "zjj", "sentences": []}]])
def test_a_split_into_less_than_two(door: Door, parts: list[dict[str, object]]) -> None:
    case = door.case()
    assert list(problem(act(door, case, "split", Role.DISPATCHER, {"parts": parts}), 422)["fields"]) == ["parts"]


def test_a_letter_of_one_matter_is_split_by_nobody_else(door: Door) -> None:
    case = door.case()
    for role in (Role.OFFICER, Role.LEADER, Role.ADMINISTRATOR):
        for action in (CaseAction.SPLIT, CaseAction.MERGE):
            problem(act(door, case, action, role), 403)
