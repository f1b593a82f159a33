"""Cases for programs: the same lists, the same actions, the same refusals as the pages."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.criteria import LARGEST_ID, CriteriaDep
from api.dependencies import AccountDep, ConnectionDep, NowDep, RuntimeDep, restrict
from api.schemas.casework import (
    ActionIn,
    CaseDetailOut,
    CasePageOut,
    CaseViewOut,
    PersonSearchIn,
    PersonSearchOut,
    TriageItemOut,
)
from api.schemas.explanation import TopicSumOut
from api.staff import casework
from api.staff.explanations import explain
from api.staff.person_search import look_for_person, of_person
from api.staff.topic_sums import add_up_topic
from dashboards.lists.case_lists import LONGEST_OFFSET, CaseSort, list_cases, usual_sort
from models.case import CaseAction
from models.errors import Invalid

router = APIRouter(tags=["cases"])

Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0, le=LONGEST_OFFSET)]
# Where a list goes on, or back to (dashboards/lists/case_order.py).
Place = Annotated[str, Query(max_length=100)]
PersonSearch = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


@router.get("/cases")
def get_cases(
    account: AccountDep,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    sort: CaseSort | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
    after: Place = "",
    before: Place = "",
    person: PersonSearch = None,
) -> CasePageOut:
    """工单列表。筛选参数：status state topic department region channel appeal_type sentiment emotion
    displeased_with（对谁不满：handling authority department reply policy nobody）urgency
    submitted_from submitted_to import_id issue_id alert_id unit
    counted（merged split parts all）text，以及 q（全文检索：词语都要有，
    加引号的原样有，编号可只写开头）和 person（按联系方式查询的编号）。翻页用所在页给出的 after（往后）或
    before（往前），两者只用其一，before 不与 offset 同用；offset 最多 10000。承办人员只看到本单位的工单。"""
    if before and (after or offset):
        raise Invalid("before 不能与 after、offset 同用。", {"before": "请去掉 after 和 offset"})
    criteria = of_person(conn, restrict(criteria, account), account, person, now=now)
    page = list_cases(
        conn,
        criteria,
        now=now,
        zone=runtime.settings.zone,
        sort=sort or usual_sort(criteria),
        limit=limit,
        offset=offset,
        after=after,
        before=before,
    )
    return CasePageOut.of(page)


@router.post("/person-searches", status_code=201)
def add_person_search(
    given: PersonSearchIn, account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> PersonSearchOut:
    """按手机号、固定电话或电子邮箱查询一个人的工单：号码只在请求正文里，不留存；查询本身留痕。得到的编号当天由本人用作
    工单列表的 person 参数。承办人员只查到本单位主办、不涉密的。"""
    return PersonSearchOut(person=look_for_person(conn, runtime, account, given.contact, now=now))


@router.get("/cases/{case_number}")
def get_case(case_number: str, account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep) -> CaseViewOut:
    """一件工单，附类别的依据：依据词、最相近的已归类来信、派单目录条目。其他单位的工单一律 404。"""
    return CaseViewOut.of(casework.view_case(conn, runtime, account, case_number))


@router.get("/cases/{case_number}/why")
def get_topic_sum(case_number: str, account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep) -> TopicSumOut:
    """逐词得分：最可能的两个类别，每个词、每个短语加了多少分，相加就是类别模型的得分。模型不是逐词相加时 409。"""
    return TopicSumOut.of(add_up_topic(conn, runtime, account, case_number))


@router.post("/cases/{case_number}/{action}")
def act(
    case_number: str,
    action: CaseAction,
    given: ActionIn,
    account: AccountDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
) -> CaseDetailOut:
    """办理：acknowledge reply submit_reply approve_reply send_back_reply complete dispatch redispatch name_topic reopen
    close。状态不允许或他人已先更改时 409；approve_reply 必须带 version。"""
    case = casework.perform(conn, runtime, account, case_number, action, given.given(), now=now)
    return CaseDetailOut.of(case)


@router.get("/triage")
def get_triage(
    account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep, limit: Limit = 100
) -> list[TriageItemOut]:
    """待分拣的工单，附前三个建议类别及依据。"""
    queue = casework.list_triage(conn, account, limit=limit)
    explained = explain(conn, account, runtime.directory(conn), queue)
    return [TriageItemOut.of(case, analysis, explained[case.id]) for case, analysis in queue]
