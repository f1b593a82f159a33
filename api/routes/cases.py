"""Cases for programs: the same lists, the same actions, the same refusals as the pages."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import casework
from api.criteria import CriteriaDep
from api.dependencies import AccountDep, ConnectionDep, NowDep, RuntimeDep, restrict
from api.explanations import explain
from api.schemas.casework import ActionIn, CaseDetailOut, CasePageOut, CaseViewOut, TriageItemOut
from api.schemas.explanation import TopicSumOut
from api.topic_sums import add_up_topic
from dashboards.case_lists import CaseSort, list_cases
from models.case import CaseAction

router = APIRouter(tags=["cases"])

Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]


@router.get("/cases")
def get_cases(
    account: AccountDep,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    sort: CaseSort = CaseSort.TIME_LEFT,
    limit: Limit = 50,
    offset: Offset = 0,
) -> CasePageOut:
    """工单列表。筛选参数：status state topic department region channel appeal_type sentiment emotion
    displeased_with（对谁不满：handling authority department reply policy nobody）urgency
    submitted_from submitted_to import_id issue_id alert_id unit text。承办人员只看到本单位的工单。"""
    page = list_cases(
        conn, restrict(criteria, account), now=now, zone=runtime.settings.zone, sort=sort, limit=limit, offset=offset
    )
    return CasePageOut.of(page)


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
    """办理：acknowledge reply complete dispatch redispatch name_topic reopen close。状态不允许或他人已先更改时 409。"""
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
