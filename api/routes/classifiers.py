"""Classifiers for programs: the same acts and refusals as the administrator's page, and a dispatcher's review."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import AccountDep, ConnectionDep, NowDep, RuntimeDep, require_role
from api.learning import classifiers
from api.learning.classifier_view import count_cases, view_classifiers
from api.learning.found_encoders import EncoderRequest, list_found
from api.schemas.classifiers import (
    ClassifierDetailOut,
    ClassifierOut,
    DifferenceOut,
    DifferencePageOut,
    EncoderIn,
    FoundEncoderOut,
    LabelOut,
    OverviewOut,
    PromiseIn,
    PromiseOut,
    ReviewIn,
)
from api.staff.reviewing import review
from models.account import Role
from models.classifier import LearningSettings
from models.database import Connection
from routing.learning import classifier_repository, shadow_repository

router = APIRouter(tags=["classifiers"])

Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]


@router.get("/classifiers")
def get_classifiers(account: AccountDep, conn: ConnectionDep) -> OverviewOut:
    """类别模型：正在使用的、并行试用的、各版本、训练进展、错派承诺。供管理员使用。"""
    require_role(account, Role.ADMINISTRATOR)
    return OverviewOut.of(view_classifiers(conn))


@router.post("/classifiers/training", status_code=202)
def request_training(account: AccountDep, conn: ConnectionDep, now: NowDep) -> None:
    """请后台处理训练一个新模型；进展见 GET /classifiers。已有一次在排队或进行时 409。"""
    require_role(account, Role.ADMINISTRATOR)
    classifiers.request_training(conn, actor=account.actor, now=now)


@router.get("/classifiers/encoders")
def get_encoders(account: AccountDep, runtime: RuntimeDep) -> list[FoundEncoderOut]:
    """数据目录的 encoders 文件夹里微调好的编码器，可以作为候选。"""
    require_role(account, Role.ADMINISTRATOR)
    return [FoundEncoderOut.model_validate(one) for one in list_found(runtime.settings.data_dir)]


@router.post("/classifiers/encoders", status_code=202)
def request_encoder(
    given: EncoderIn, account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> None:
    """请后台处理把其中一个存入并与现用模型比较；below 为 0–1，现用模型的把握低于它时才问编码器，空为每件都问。"""
    require_role(account, Role.ADMINISTRATOR)
    wanted = EncoderRequest(given.encoder, given.below)
    classifiers.request_encoder(conn, runtime.settings.data_dir, wanted, actor=account.actor, now=now)


@router.put("/classifiers/promise")
def put_promise(given: PromiseIn, account: AccountDep, conn: ConnectionDep, now: NowDep) -> PromiseOut:
    """自动派单中最多多大比例派错（max_error，0.001–0.2，空为不承诺）与随机抽查比例（audit_share，0–1）。"""
    require_role(account, Role.ADMINISTRATOR)
    wanted = LearningSettings(max_error=given.max_error, audit_share=given.audit_share)
    classifiers.change_promise(conn, wanted, actor=account.actor, now=now)
    return PromiseOut.model_validate(wanted)


@router.get("/classifiers/{classifier_id}")
def get_classifier(classifier_id: int, account: AccountDep, conn: ConnectionDep) -> ClassifierDetailOut:
    """一个版本：训练卡片（各类别成绩、易混类别、可疑标注）与检验结果。"""
    require_role(account, Role.ADMINISTRATOR)
    return ClassifierDetailOut.of(
        classifier_repository.get_version(conn, classifier_id),
        _cases(conn, classifier_id),
    )


@router.get("/classifiers/{classifier_id}/differences")
def get_differences(
    classifier_id: int,
    account: AccountDep,
    conn: ConnectionDep,
    topic: str | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> DifferencePageOut:
    """并行试用中与现用模型不一致的来信；topic 为任一方判断的类别（含下级）。"""
    require_role(account, Role.ADMINISTRATOR)
    version = classifier_repository.get_version(conn, classifier_id)
    rows = shadow_repository.list_differences(conn, classifier_id, topic=topic, limit=limit, offset=offset)
    return DifferencePageOut(
        total=shadow_repository.count_differences(conn, classifier_id, topic=topic),
        compared=version.shadow_compared,
        rows=[DifferenceOut.model_validate(row) for row in rows],
    )


@router.post("/classifiers/{classifier_id}/promote")
def promote(classifier_id: int, account: AccountDep, conn: ConnectionDep, now: NowDep) -> ClassifierOut:
    """启用并行试用的或曾经使用的版本；状态不允许或他人已先更改时 409。"""
    require_role(account, Role.ADMINISTRATOR)
    classifiers.promote(conn, classifier_id, actor=account.actor, now=now)
    return ClassifierOut.of(classifier_repository.get_version(conn, classifier_id), _cases(conn, classifier_id))


@router.post("/classifiers/{classifier_id}/rollback")
def roll_back(classifier_id: int, account: AccountDep, conn: ConnectionDep, now: NowDep) -> ClassifierOut | None:
    """从这个版本退回上一个版本；没有上一个版本时退回随程序提供的分类器，结果为空。"""
    require_role(account, Role.ADMINISTRATOR)
    earlier = classifiers.roll_back(conn, classifier_id, actor=account.actor, now=now)
    if earlier is None:
        return None
    return ClassifierOut.of(classifier_repository.get_version(conn, earlier.id), _cases(conn, earlier.id))


@router.post("/cases/{case_number}/label", status_code=201)
def label_case(
    case_number: str, given: ReviewIn, account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> LabelOut:
    """标注复核：派单员确认或更正一件已派单来信的类别，用于训练和抽查；工单不变。他人已先核对时 409。"""
    directory = runtime.directory(conn)
    return LabelOut.of(review(conn, account, directory, case_number, topic_code=given.topic_code, now=now))


def _cases(conn: Connection, classifier_id: int) -> int:
    version = classifier_repository.get_version(conn, classifier_id)
    return count_cases(conn, [version])[version.version]
