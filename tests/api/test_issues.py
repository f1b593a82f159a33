"""Hot issues over JSON: who sees them, what an issue says of itself, the same changes and refusals as on the pages."""

import pytest

from models.account import Role
from models.database import Connection
from routing.directory import Directory
from tests.api.door import Door, ok, problem
from tests.database.issue_letters import letters_of, process_all, store


@pytest.fixture
def issue_ids(door: Door, city_conn: Connection, directory: Directory) -> list[int]:
    """The issues of three matters, the hottest first; made once."""
    known = ok(door.get("/issues", Role.LEADER))["rows"]
    if not known:
        for matter in ("搅拌站", "幼儿园", "路灯"):
            store(city_conn, *letters_of(matter))
        process_all(city_conn, directory)
        known = ok(door.get("/issues", Role.LEADER))["rows"]
    return [row["id"] for row in known]


def test_the_list_by_heat_with_its_parts(door: Door, issue_ids: list[int]) -> None:
    page = ok(door.get("/issues", Role.SUPERVISOR))
    assert page["total"] == len(issue_ids) >= 3
    heats = [row["heat"]["total"] for row in page["rows"] if not row["pinned_by"]]
    assert heats == sorted(heats, reverse=True)
    heat = page["rows"][0]["heat"]
    assert heat["total"] == pytest.approx(heat["persons"] + heat["votes"] + heat["rate"])
    assert ok(door.get("/issues", Role.LEADER, text="没有这个"))["rows"] == []


def test_an_issue_says_why_each_belongs(door: Door, issue_ids: list[int]) -> None:
    issue = ok(door.get(f"/issues/{issue_ids[0]}", Role.DISPATCHER))
    members = ok(door.get(f"/issues/{issue_ids[0]}/members", Role.DISPATCHER))
    assert len(members) == issue["submissions"]
    assert all(member["evidence"]["words"] for member in members[:-1]) and members[-1]["evidence"] == {}
    assert ok(door.get(f"/issues/{issue_ids[0]}/proposals", Role.DISPATCHER)) == []


@pytest.mark.parametrize("path", ["", "/members", "/decisions", "/proposals"])
def test_officers_and_strangers_see_none(door: Door, issue_ids: list[int], path: str) -> None:
    problem(door.get(f"/issues/{issue_ids[0]}{path}", Role.OFFICER), 403)
    problem(door.get(f"/issues/{issue_ids[0]}{path}"), 401)
    problem(door.get(f"/issues/999999{path}", Role.LEADER), 404)


def test_a_change_and_taking_it_back(door: Door, issue_ids: list[int]) -> None:
    last = issue_ids[-1]
    before = ok(door.get(f"/issues/{last}", Role.DISPATCHER))
    named = ok(door.post(f"/issues/{last}/rename", Role.DISPATCHER, name="望江大道路灯", version=before["version"]))
    assert named["name"] == "望江大道路灯"
    problem(door.post(f"/issues/{last}/pin", Role.DISPATCHER, version=before["version"]), 409)
    problem(door.post(f"/issues/{last}/rename", Role.DISPATCHER, name=""), 422)
    problem(door.post(f"/issues/{last}/rename", Role.LEADER, name="不行"), 403)
    [decision] = ok(door.get(f"/issues/{last}/decisions", Role.LEADER))
    ok(door.post(f"/issues/{last}/undo", Role.DISPATCHER, decision_id=decision["id"]))
    undo, undone = ok(door.get(f"/issues/{last}/decisions", Role.LEADER))
    assert undone["undone_by"] == undo["id"] and undo["undoes"] == undone["id"]


def test_split_and_merged_again(door: Door, issue_ids: list[int]) -> None:
    first = issue_ids[0]
    members = ok(door.get(f"/issues/{first}/members", Role.SUPERVISOR))
    leaving = [member["submission_id"] for member in members[:2]]
    new = ok(door.post(f"/issues/{first}/split", Role.SUPERVISOR, submission_ids=leaving))
    assert new["submissions"] == 2 and new["shaped_by"]
    merged = ok(door.post(f"/issues/{first}/merge", Role.SUPERVISOR, other_id=new["id"]))
    assert merged["submissions"] == len(members)
    assert ok(door.get(f"/issues/{new['id']}", Role.LEADER))["merged_into"] == first
    problem(door.post(f"/issues/{first}/merge", Role.SUPERVISOR, other_id=first), 422)
