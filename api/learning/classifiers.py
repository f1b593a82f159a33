"""What an administrator does with classifiers: promote, roll back, promise, ask for a training. All is recorded."""

from datetime import datetime
from pathlib import Path

from api.account_repository import add_administration_event
from api.learning.found_encoders import EncoderRequest, folder_of, list_found
from models.classifier import ClassifierPart, ClassifierState, ClassifierVersion, LearningSettings
from models.database import Connection
from models.errors import Conflict, Invalid
from routing.learning import classifier_repository, promise_repository, shadow_repository, training_repository

_PROMOTABLE = (ClassifierState.SHADOW, ClassifierState.RETIRED)
# What an administrator may promise: below a tenth of a per cent no city checks enough letters to prove it.
LEAST_ERROR, MOST_ERROR = 0.001, 0.2


def can_promote(version: ClassifierVersion) -> bool:
    """A classifier of topics after its gate. People check no tones, so nothing can judge a model of tone: its figures
    and what it would change are shown, and the administrator decides."""
    judged = version.part is ClassifierPart.TOPIC
    return version.state in _PROMOTABLE or (not judged and version.state is ClassifierState.CANDIDATE)


def called(version: ClassifierVersion) -> str:
    """类别模型, 情感模型 or 情绪模型."""
    return f"{version.part.label.removeprefix('诉求')}模型"


def promote(conn: Connection, classifier_id: int, *, actor: str, now: datetime) -> ClassifierVersion:
    """From the next batch on this version speaks in every process. Raises `NotFound`, `Conflict` where it is neither
    the shadow nor retired (nor, where it tells the tone, a candidate), or somebody else was quicker."""
    chosen = classifier_repository.get_version(conn, classifier_id)
    if not can_promote(chosen):
        raise Conflict(f"{called(chosen)} {chosen.version}{chosen.state.label}，不能启用。")
    live = classifier_repository.find_in_state(conn, ClassifierState.LIVE, part=chosen.part)
    if live is not None:
        _move(conn, live, ClassifierState.RETIRED, actor=actor, now=now)
    _move(conn, chosen, ClassifierState.LIVE, actor=actor, now=now)
    if chosen.part is ClassifierPart.TOPIC and chosen.state is ClassifierState.SHADOW:
        shadow_repository.clear_queue(conn, actor=actor)
    _record(conn, "promote", chosen.version, live.version if live else None, actor=actor, now=now)
    return chosen


def roll_back(conn: Connection, classifier_id: int, *, actor: str, now: datetime) -> ClassifierVersion | None:
    """Away from this version, back to the one that spoke before it; None: to what comes with the program. Raises
    `NotFound`, `Conflict` where it does not speak (any more)."""
    live = classifier_repository.get_version(conn, classifier_id)
    if live.state is not ClassifierState.LIVE:
        raise Conflict(f"{called(live)} {live.version}{live.state.label}，没有可退回的。")
    earlier = classifier_repository.find_earlier(conn, live)
    _move(conn, live, ClassifierState.RETIRED, actor=actor, now=now)
    if earlier is not None:
        classifier_repository.restore_version(conn, earlier.id, actor=actor)
    _record(conn, "roll_back", earlier.version if earlier else None, live.version, actor=actor, now=now)
    return earlier


def request_training(conn: Connection, *, actor: str, now: datetime) -> None:
    """A worker begins within a minute. Raises `Conflict` where one runs or waits."""
    _check_free(conn)
    training_repository.add_request(conn, actor=actor, now=now)
    payload: dict[str, str] = {}
    add_administration_event(conn, action="classifier.train", payload=payload, actor=actor, now=now)


def request_encoder(conn: Connection, data_dir: Path, wanted: EncoderRequest, *, actor: str, now: datetime) -> None:
    """A worker stores and judges it, beginning within a minute. Raises `Invalid` for one that is not there or a `below`
    without sense, `Conflict` where a training runs or waits."""
    folder_of(data_dir, wanted.name, list_found(data_dir))
    if wanted.below is not None and not 0 < wanted.below < 1:
        raise Invalid("有几处需要修改。", {"below": "请填写 0 到 100 之间的百分数，或留空"})
    _check_free(conn)
    training_repository.add_request(conn, wanted=wanted.written(), actor=actor, now=now)
    payload = {"encoder": wanted.name, "below": wanted.below}
    add_administration_event(conn, action="classifier.request", payload=payload, actor=actor, now=now)


def _check_free(conn: Connection) -> None:
    if training_repository.is_training(conn):
        raise Conflict("正在训练，请等它结束。")
    if training_repository.is_requested(conn):
        raise Conflict("已有一次训练在排队。")


def change_promise(conn: Connection, wanted: LearningSettings, *, actor: str, now: datetime) -> None:
    """Raises `Invalid` for a promise or a share outside what makes sense."""
    fields = {}
    if wanted.max_error is not None and not LEAST_ERROR <= wanted.max_error <= MOST_ERROR:
        fields["max_error"] = f"请填写 {LEAST_ERROR * 100:g} 到 {MOST_ERROR * 100:g} 之间的百分数，或留空"
    if not 0 <= wanted.audit_share <= 1:
        fields["audit_share"] = "请填写 0 到 100 之间的百分数"
    if fields:
        raise Invalid("有几处需要修改。", fields)
    promise_repository.add_learning_settings(conn, wanted, actor=actor, now=now)
    payload = {"max_error": wanted.max_error, "audit_share": wanted.audit_share}
    add_administration_event(conn, action="reference.promise", payload=payload, actor=actor, now=now)


def _move(conn: Connection, version: ClassifierVersion, to: ClassifierState, *, actor: str, now: datetime) -> None:
    classifier_repository.move_version(conn, version.id, from_state=version.state, to_state=to, actor=actor, now=now)


def _record(conn: Connection, act: str, version: str | None, before: str | None, *, actor: str, now: datetime) -> None:
    payload = {"act": act, "version": version, "before": before}
    add_administration_event(conn, action="reference.classifier", payload=payload, actor=actor, now=now)
