"""A city's own model of tone or emotion comes in: stored beside the topic classifiers, with what it would change.

Nobody checks tones in the daily work, so no letters can judge it. What is shown is the cross-validation of its training
and how many of the newest texts it would call otherwise; the administrator decides.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from api.account_repository import add_administration_event
from api.learning.classifier_store import assemble
from api.runtime import Runtime
from intake.repository import SubmissionCriteria, list_submissions
from models.analysis import AnalyserInput, Analysis
from models.classifier import ClassifierPart, ClassifierVersion
from models.database import transaction
from models.errors import Invalid
from models.labels import LabelledEnum
from nlp.artifact_files import CARD, WEIGHTS
from nlp.tone import artifacts
from nlp.tone.labels import What
from nlp.tone.model import ToneModel
from routing.learning import classifier_repository
from routing.learning.classifier_repository import MOST_BYTES

KIND = "tone"
# So many of the newest texts are asked; so many of the ways in which answers change are told.
_ASKED, _TOLD = 500, 3
# Of the people's file, which nobody has de-identified: it stays where it was learnt.
_QUOTES = ("suspected_label_errors",)


def add_tone(runtime: Runtime, folder: Path, *, actor: str) -> ClassifierVersion:
    """Store the model in `folder` as a candidate. Raises `Invalid` for what is no sound model of one thing or is too
    large, `Conflict` for one that is known."""
    artifact = artifacts.load(folder)
    if len(artifact.models) != 1:
        raise Invalid(f"{folder} 里应当只有一个情感或情绪模型，请用 wenzheng nlp train --what sentiment|emotion 训练。")
    [(what, model)] = artifact.models.items()
    card = {key: value for key, value in artifact.card.items() if key not in _QUOTES}
    try:
        if (folder / WEIGHTS).stat().st_size > MOST_BYTES:
            raise Invalid(f"{folder} 的模型文件超过 {MOST_BYTES >> 20} MB，不能存入数据库。")
        files = {CARD: json.dumps(card, ensure_ascii=False).encode(), WEIGHTS: (folder / WEIGHTS).read_bytes()}
    except OSError as error:
        raise Invalid(f"无法读取 {folder} 里的模型文件：{error.strerror}。") from error
    gate = _changes(runtime, what, model)
    now = runtime.now()
    with transaction(runtime.pool) as conn:
        added = classifier_repository.add_version(
            conn,
            version=model.version,
            part=ClassifierPart(what.value),
            kind=KIND,
            card=card,
            files=files,
            last_label_id=0,
            labels=int(card.get("letters", 0)),
            actor=actor,
            now=now,
        )
        classifier_repository.set_gate(conn, added.id, gate, actor=actor)
        add_administration_event(
            conn, action="classifier.add", payload={"version": model.version}, actor=actor, now=now
        )
        return classifier_repository.get_version(conn, added.id)


def _changes(runtime: Runtime, what: What, model: ToneModel) -> dict[str, Any]:
    """What the candidate would say otherwise of the newest texts, as a verdict that decides nothing."""
    with transaction(runtime.pool) as conn:
        newest = list_submissions(conn, SubmissionCriteria(), limit=_ASKED)
        speaking = runtime.analyser(conn)
        candidate = assemble(runtime.directory(conn), runtime.settings.data_dir, tone={what: model})
    asked = [AnalyserInput(s.title, s.body, s.channel.value) for s in newest]
    pairs = [
        (_said(before, what), _said(after, what))
        for before, after in zip(speaking.analyse(asked), candidate.analyse(asked), strict=True)
    ]
    moved = Counter((before.label, after.label) for before, after in pairs if before is not after)
    part = ClassifierPart(what.value).label
    if not pairs:
        sentence = f"还没有来件，看不出{part}判断会怎样改变。"
    else:
        ways = "、".join(f"{before}改判{after}{count}件" for (before, after), count in moved.most_common(_TOLD))
        sentence = f"最近{len(pairs)}件来件中，{moved.total()}件的{part}判断会与现在不同"
        sentence += f"，其中{ways}。" if moved else "。"
    return {
        "checks": [{"name": "changes", "passed": True, "sentence": sentence}],
        "against": speaking.versions["sentiment"],
        "at": runtime.now().isoformat(),
        "asked": len(pairs),
        "changed": moved.total(),
    }


def _said(analysis: Analysis, what: What) -> LabelledEnum:
    return analysis.sentiment if what is What.SENTIMENT else analysis.emotion
