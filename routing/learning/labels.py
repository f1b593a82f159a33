"""What a person's decision teaches the classifier: a label, written in the transaction of the decision."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from models.account import is_person
from models.analysis import Analysis, AppealType
from models.case import Case, CaseStatus
from models.classifier import LabelSource, TopicLabel
from models.database import Connection
from models.errors import Conflict, Invalid, NotFound
from routing import analysis_repository, case_repository
from routing.directory import NO_PROMISE, Directory
from routing.learning import label_repository
from routing.rules import decide_dispatch


def learn_from_dispatch(
    conn: Connection,
    before: Case,
    after: Case,
    directory: Directory,
    *,
    source: LabelSource | None = None,
    actor: str,
    now: datetime,
) -> None:
    """A person dispatched from triage and named the topic, or redispatched with another one (`source` says where it was
    at the end of a return). The program's own dispatches and a redispatch that keeps the topic teach nothing."""
    if not is_person(actor) or after.topic_code is None or after.parent_id is not None:
        return  # a part is not what the classifier has read
    from_triage = before.status is CaseStatus.TRIAGE
    if not from_triage and after.topic_code == before.topic_code:
        return
    analysis = _analysis(conn, before.submission_id)
    probability = label_repository.find_audit_probability(conn, before.submission_id)
    if from_triage and before.channel.opens_case and _only_confidence_was_missing(before, analysis, directory):
        probability = 1.0
    source = LabelSource.TRIAGE if from_triage else source or LabelSource.REDISPATCH
    label = _label(before.submission_id, after.topic_code, source, analysis, probability, actor=actor, now=now)
    label_repository.add_label(conn, label, appeal_type=after.appeal_type, actor=actor)


def learn_from_naming(
    conn: Connection, case: Case, topic_code: str, appeal_type: AppealType, *, actor: str, now: datetime
) -> None:
    """Whoever has the case named the sub-topic that was left open. It tells no rate of errors: who fills in below a
    first-level topic cannot say that this one is wrong, so the letter still waits for the audit where it was drawn."""
    if not is_person(actor) or case.parent_id is not None:
        return
    analysis = _analysis(conn, case.submission_id)
    label = _label(case.submission_id, topic_code, LabelSource.NAME_TOPIC, analysis, None, actor=actor, now=now)
    label_repository.add_label(conn, label, appeal_type=appeal_type, actor=actor)


def review(
    conn: Connection, case: Case, directory: Directory, *, topic_code: str, actor: str, now: datetime
) -> TopicLabel:
    """A person looked at a letter again and says its topic; the case stays where it is.

    Raises `Invalid` for an unknown topic, `Conflict` where somebody was quicker.
    """
    if topic_code not in directory.topics:
        raise Invalid("没有这个诉求类别。", {"topic_code": "请选择列表中的类别"})
    case_repository.lock_submission(conn, case.submission_id)
    known = label_repository.find_label(conn, case.submission_id, filled_in=False)
    if known is not None:
        who = known.actor.split(":", 2)[-1]
        raise Conflict(f"这件来信刚刚由{who}核对为“{directory.topic_name(known.topic_code)}”，您的选择没有保存。")
    probability = label_repository.find_audit_probability(conn, case.submission_id)
    source = LabelSource.REVIEW if probability is None else LabelSource.AUDIT
    analysis = _analysis(conn, case.submission_id)
    label = _label(case.submission_id, topic_code, source, analysis, probability, actor=actor, now=now)
    label_repository.add_label(conn, label, appeal_type=case.appeal_type, actor=actor)
    return label


def draw_audit(
    conn: Connection, submission_ids: Sequence[int], directory: Directory, *, actor: str, now: datetime
) -> None:
    """Draw the agreed share of what the program has just dispatched for a second look by a person."""
    share = directory.promise.audit_share
    drawn = [submission_id for submission_id in submission_ids if lot("audit", submission_id) < share]
    if drawn:
        label_repository.add_audit_samples(conn, drawn, probability=share, actor=actor, now=now)


def lot(purpose: str, number: int) -> float:
    """A number in [0, 1) that is always the same for the same row and has nothing to do with what the row says."""
    digest = hashlib.sha256(f"{purpose}:{number}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _only_confidence_was_missing(case: Case, analysis: Analysis, directory: Directory) -> bool:
    """Whether a surer classifier would have dispatched it: only then it stands for letters that a threshold decides."""
    topic = analysis.topic_code or (analysis.suggestions[0].topic_code if analysis.suggestions else None)
    sure = replace(analysis, topic_code=topic, topic_confidence=1.0)
    decision = decide_dispatch(
        replace(directory, promise=NO_PROMISE),
        sure,
        channel=case.channel,
        appeal_type=analysis.appeal_type,
        confidential=case.confidential,
    )
    return decision.lead is not None


def _analysis(conn: Connection, submission_id: int) -> Analysis:
    found = analysis_repository.list_analyses(conn, [submission_id]).get(submission_id)
    if found is None:
        raise NotFound("没有找到这件来信的分析结果。")
    return found


def _label(
    submission_id: int,
    topic_code: str,
    source: LabelSource,
    analysis: Analysis,
    probability: float | None,
    *,
    actor: str,
    now: datetime,
) -> TopicLabel:
    return TopicLabel(
        submission_id=submission_id,
        topic_code=topic_code,
        source=source,
        actor=actor,
        at=now,
        predicted_code=analysis.topic_code,
        predicted_confidence=analysis.topic_confidence,
        classifier_version=analysis.versions.get("topic", ""),
        probability=probability,
    )
