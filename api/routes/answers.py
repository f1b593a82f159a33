"""Answered letters for programs: what everybody reads, without an account."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.citizens.answers import CACHED, LONGEST_CODE, PAGE_SIZE, SEARCHES_PER_HOUR, get_answer, list_page
from api.criteria import LARGEST_ID
from api.dependencies import AddressDep, NowDep, RuntimeDep, limit_attempts
from api.schemas.answers import AnswerDetailOut, AnswerPageOut
from models.database import transaction
from models.publication import AnswerCriteria
from nlp.search_query import MAX_QUERY

router = APIRouter(prefix="/answers", tags=["answers"])

Number = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Code = Annotated[str | None, Query(max_length=LONGEST_CODE)]


@router.get("")
def list_answers(
    response: Response,
    runtime: RuntimeDep,
    now: NowDep,
    address: AddressDep,
    q: Annotated[str, Query(max_length=MAX_QUERY)] = "",
    unit: Code = None,
    topic: Code = None,
    region: Code = None,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = PAGE_SIZE,
) -> AnswerPageOut:
    """公开的答复，新公开的在前。q 按词搜索（须全部出现）；unit 答复单位、topic 一级类别、region 区县。"""
    if q.strip():
        limit_attempts(runtime, f"answers:{address}", SEARCHES_PER_HOUR, now=now)
    criteria = AnswerCriteria(unit=unit or None, topic=topic or None, region=region or None)
    with transaction(runtime.pool) as conn:
        page = list_page(conn, runtime, criteria, typed=q, before=before, limit=limit)
    response.headers["Cache-Control"] = CACHED
    return AnswerPageOut.of(page)


@router.get("/{number}")
def read_answer(number: Number, response: Response, runtime: RuntimeDep) -> AnswerDetailOut:
    """一件公开的答复和随答复公开的附件。没有公开、已经撤下、不再能公开的，一律 404。"""
    with transaction(runtime.pool) as conn:
        view, files = get_answer(conn, runtime, number)
    response.headers["Cache-Control"] = CACHED
    return AnswerDetailOut.with_files(view, files)
