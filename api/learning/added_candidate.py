"""An encoder made elsewhere comes into the city as a candidate: stored, and judged by letters it has not learnt.

It is made from a file of this city's letters (`write_letters`) that leaves out what candidates are judged by. Whoever
learnt those all the same, from another file, is refused: its verdict would be worth nothing.
"""

import csv
import io
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from api.account_repository import add_administration_event
from api.learning.candidate_gate import judge_candidate
from api.learning.checked_letters import arrange_letters, read_labelled
from api.learning.classifier_store import AFTER, BELOW, FIRST_ID, training_segmenter
from api.learning.training_lock import hold_training_lock
from api.runtime import Runtime
from intake.rejected import neutralise
from models.classifier import ClassifierState, ClassifierVersion
from models.database import Connection, transaction
from models.errors import Invalid, Unavailable
from nlp.encoders import artifacts as encoder_artifacts
from nlp.encoders.artifacts import FILES, FORMAT, EncoderArtifact
from nlp.encoders.files import find_card
from nlp.encoders.learnt import fingerprint
from routing.directory import Directory
from routing.learning import classifier_repository
from routing.learning.classifier_repository import MOST_BYTES
from routing.learning.held_out import Grouped, is_unseen, may_learn

KIND = "encoder"
TITLE, TEXT, LABEL = "标题", "正文", "类别"
# Groups of near-equal letters grow together, and a few letters change sides with them: so many may be known.
_MOST_KNOWN = 0.02


def add_candidate(runtime: Runtime, folder: Path, *, actor: str, below: float | None = None) -> ClassifierVersion:
    """Store the encoder in `folder` and judge it; the version as it is then, shadow or rejected.

    `below`: it is asked only about letters of which the classifier that speaks now is less sure. Raises `Invalid` for
    what is no sound encoder, is too large, knows none of the city's topics, or has learnt what it would be judged by;
    `Unavailable` where onnxruntime is not installed; `Conflict` for one that is known or while another is learnt.
    """
    with hold_training_lock(runtime.dsn):
        candidate = store_candidate(runtime, folder, actor=actor, below=below)
        judge_candidate(runtime, candidate, actor=actor)
    with transaction(runtime.pool) as conn:
        return classifier_repository.get_version(conn, candidate.id)


def store_candidate(runtime: Runtime, folder: Path, *, actor: str, below: float | None = None) -> ClassifierVersion:
    """The encoder in `folder` as a candidate that nobody has judged; whoever calls holds the training lock. Raises as
    `add_candidate` does."""
    files = _read(folder)
    artifact = encoder_artifacts.load(folder)
    now = runtime.now()
    with transaction(runtime.pool) as conn:
        directory = runtime.directory(conn)
        _check_topics(artifact, directory)
        _check_unseen(artifact, _arranged(conn, directory), now)
        name, card = _name(conn, artifact, below)
        newest = classifier_repository.list_versions(conn, limit=1)
        candidate = classifier_repository.add_version(
            conn,
            version=name,
            kind=KIND,
            card=card,
            files=files,
            # it says nothing about which labels the next training would find new
            last_label_id=newest[0].last_label_id if newest else 0,
            labels=len(artifact.learnt),
            actor=actor,
            now=now,
        )
        add_administration_event(conn, action="classifier.add", payload={"version": name}, actor=actor, now=now)
    return candidate


def write_letters(runtime: Runtime, path: Path) -> int:
    """The labelled letters that a candidate may learn from, de-identified, as a .csv for `wenzheng nlp finetune`; how
    many. Confidential ones are left out. Raises `Unavailable` where the file cannot be written."""
    with transaction(runtime.pool) as conn:
        arranged = _arranged(conn, runtime.directory(conn))
    now = runtime.now()
    letters = [g.letter for g in arranged if may_learn(g, trained_at=now) and not g.letter.confidential]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([TITLE, TEXT, LABEL])
    writer.writerows([neutralise(one.title), neutralise(one.body), one.topic_code] for one in letters)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8-sig") as file:
            file.write(text.getvalue())
    except OSError as error:
        raise Unavailable(f"无法写入 {path}：{error.strerror}。") from error
    return len(letters)


def _read(folder: Path) -> dict[str, bytes]:
    """The files of the artifact and nothing else that lies there; looked at before they are read."""
    if find_card(folder).get("format") != FORMAT:
        raise Invalid(f"{folder} 里没有 wenzheng nlp finetune 微调的编码器，不能作为候选模型。")
    try:
        if sum((folder / name).stat().st_size for name in FILES) > MOST_BYTES:
            raise Invalid(f"{folder} 的模型文件超过 {MOST_BYTES >> 20} MB，不能存入数据库；请用更小的编码器。")
        return {name: (folder / name).read_bytes() for name in FILES}
    except OSError as error:
        raise Invalid(f"无法读取 {folder} 里的模型文件：{error.strerror}。") from error


def _check_topics(artifact: EncoderArtifact, directory: Directory) -> None:
    strange = [code for code in artifact.model.codes if code not in directory.topics]
    if len(strange) == len(artifact.model.codes):
        raise Invalid(
            f"编码器的类别（{'、'.join(strange[:3])} 等）都不在分类目录中：训练时的类别应是本市分类目录的代码，"
            "可用 wenzheng classifier letters 导出的文件微调。"
        )


def _check_unseen(artifact: EncoderArtifact, arranged: Sequence[Grouped], now: datetime) -> None:
    asked = [g.letter for g in arranged if is_unseen(g, trained_at=now)]
    prints = np.array([fingerprint(letter.title, letter.body) for letter in asked], dtype=np.uint64)
    known = int(np.isin(prints, artifact.learnt).sum())
    if known > _MOST_KNOWN * len(asked):
        raise Invalid(
            f"这个编码器学过 {len(asked)} 件留作检验的来信中的 {known} 件，检验会失去意义。"
            "请用 wenzheng classifier letters 导出可以学习的来信，重新微调。"
        )


def _name(conn: Connection, artifact: EncoderArtifact, below: float | None) -> tuple[str, dict[str, Any]]:
    card: dict[str, Any] = dict(artifact.card)
    if below is None:
        return artifact.model.version, card
    if not 0 < below <= 1:
        raise Invalid("先由现用模型判断时，把握的界限应大于 0、不超过 1。")
    live = classifier_repository.find_in_state(conn, ClassifierState.LIVE)
    if live is not None and live.kind == KIND:
        raise Invalid("现用模型本身就是编码器，不能再作为先判断的模型。")
    first = str(live.id) if live else "default"
    return f"{artifact.model.version}{AFTER}{first}-{below:g}", card | {
        BELOW: below,
        FIRST_ID: live.id if live else None,
    }


def _arranged(conn: Connection, directory: Directory) -> list[Grouped]:
    return arrange_letters(read_labelled(conn, directory), training_segmenter())
