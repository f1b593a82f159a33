"""What is published with a reply: personal data only with a reason, which the history keeps."""

import itertools
from typing import Any

import pytest

from models.account import Role
from models.case import Case, CaseAction, CaseStatus
from models.database import transaction
from routing import case_repository, event_repository
from tests import factories
from tests.api.door import Door, ok, problem

_numbers = itertools.count()
LETTER = "邻居刘桂芳占用楼道，我家座机0821-2345678。"


def _case(door: Door) -> Case:
    new = factories.letter(body=f"{LETTER}{next(_numbers)}", name="陈晓梅", contact="16812345678")
    return door.case(new=new, until=CaseAction.ACKNOWLEDGE)


def _reply(door: Door, case: Case, **fields: Any) -> Any:
    return door.request(
        "POST", f"/cases/{case.case_number}/reply", Role.OFFICER, json={"public": True, "text": "已当面说明。"} | fields
    )


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("陈晓梅您好，楼道已清理。", "姓名“陈**”"),  # the submitter's own name
        ("经查，刘桂芳已将物品搬走。", "姓名“刘**”"),  # a third party whom the letter names
        ("工作人员王建国已到场。", "姓名“王**”"),
        ("已电话联系您（１６８ 1234 5678）。", "手机号码“168****5678”"),
        ("已拨打0821-2345678联系您。", "固定电话“0821-*****78”"),  # the landline of the letter
        ("您家3栋2单元501室的线路已修好。", "门牌"),
        ("身份证519902195005056779已核实。", "身份证号“519902********6779”"),
    ],
)
def test_personal_data_is_not_published(door: Door, body: str, found: str) -> None:
    case = _case(door)
    refused = problem(_reply(door, case, body=body), 422)
    assert found in refused["detail"] and refused["fields"].keys() == {"body", "reason"}
    with transaction(door.runtime.pool) as conn:
        assert case_repository.list_replies(conn, case.id) == []
        assert case_repository.get_case(conn, case.case_number).status is not CaseStatus.COMPLETED


@pytest.mark.parametrize(
    "body",
    [
        "您好，楼道已清理。咨询电话：0826-2345678，地址：文化路12号。",
        "依据川府发〔2025〕3号文件第5条，补贴标准为每月680元，12345热线可查询。",
        "感谢您对城市管理工作的关心，李主任已到现场查看。",
    ],
)
def test_what_an_office_says_of_itself_is_published(door: Door, body: str) -> None:
    ok(_reply(door, _case(door), body=body))


def test_a_reply_for_the_submitter_alone_may_hold_their_data(door: Door) -> None:
    ok(_reply(door, _case(door), body="陈晓梅您好，已电话联系您（16812345678）。", public=False))


def test_a_reason_publishes_and_the_history_keeps_it(door: Door) -> None:
    case = _case(door)
    ok(_reply(door, case, body="经评选，王建国同志当选。", reason="评选结果依法应当公示"))
    with transaction(door.runtime.pool) as conn:
        last = event_repository.list_events(conn, case.id)[-1]
    assert last.action is CaseAction.REPLY and last.payload["disclosure"] == "评选结果依法应当公示"


def test_a_reply_is_checked_before_it_is_sent_and_goes_with_a_reason(door: Door) -> None:
    case = _case(door)
    poor = {"body": "您反映的问题已转相关部门处理。", "public": False}
    refused = problem(_reply(door, case, **poor, text=""), 422)
    assert "仅告知转办" in refused["detail"] and refused["fields"].keys() == {"text"}
    ok(_reply(door, case, **poor, text="陈晓梅16812345678已当面同意。"))
    with transaction(door.runtime.pool) as conn:
        last = event_repository.list_events(conn, case.id)[-1]
    assert "forwarded" in last.payload["findings"]
    assert last.payload["why"].endswith("已当面同意。") and "16812345678" not in last.payload["why"]
