"""Is a candidate good enough to run beside the live classifier? Asked of letters that neither has learnt from."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from api.learning.checked_letters import arrange_letters, ask, read_labelled
from api.learning.classifier_store import assemble, open_version, training_segmenter
from api.runtime import Runtime
from models.analysis import Analyser
from models.classifier import ClassifierState, ClassifierVersion
from models.database import Connection, transaction
from models.errors import Invalid, Unavailable
from nlp.encoders.learnt import fingerprint
from nlp.oversight.gate import FROZEN, LAST_MONTH, LEAST_LETTERS, Check, GateReport, Predictions, combine, judge
from routing.directory import Directory
from routing.learning import classifier_repository, promise_repository, shadow_repository
from routing.learning.held_out import YOUNG, Grouped, is_unseen
from routing.learning.topic_levels import as_exactly_as

DEFAULT_ALLOWED = 0.02


def judge_candidate(runtime: Runtime, candidate: ClassifierVersion, *, actor: str) -> bool:
    """Compare, store the verdict with its figures, and let the candidate run as the shadow, or reject it; whether it
    passed. What does not load as it lies in the database is rejected as well."""
    with transaction(runtime.pool) as conn:
        directory = runtime.directory(conn)
        live = classifier_repository.find_in_state(conn, ClassifierState.LIVE)
        speaking = runtime.analyser(conn)
        settings = promise_repository.get_learning_settings(conn)
        letters = read_labelled(conn, directory)
        try:
            serving = open_version(conn, candidate, directory, runtime.settings.data_dir)
            challenger = assemble(directory, runtime.settings.data_dir, serving)
        except (Invalid, Unavailable) as error:
            _conclude(runtime, candidate, passed=False, gate={"reason": error.message}, actor=actor)
            return False
    # only where chance alone brought the letter before a person: corrections are the live classifier's mistakes
    drawn = [
        g
        for g in arrange_letters(letters, training_segmenter())
        if g.letter.probability is not None
        and not (serving.learnt and fingerprint(g.letter.title, g.letter.body) in serving.learnt)
    ]
    report = compare(
        speaking,
        challenger,
        drawn,
        directory,
        live_trained_at=live.trained_at if live else None,
        candidate_trained_at=candidate.trained_at,
        allowed=settings.max_error or DEFAULT_ALLOWED,
        now=runtime.now(),
    )
    gate = {"passed": report.passed, "checks": [asdict(check) for check in report.checks]}
    gate |= {"against": live.version if live else speaking.version, "at": runtime.now().isoformat()}
    _conclude(runtime, candidate, passed=report.passed, gate=gate, actor=actor)
    return report.passed


def compare(
    live: Analyser,
    candidate: Analyser,
    letters: Sequence[Grouped],
    directory: Directory,
    *,
    live_trained_at: datetime | None,
    candidate_trained_at: datetime,
    allowed: float,
    now: datetime,
) -> GateReport:
    """The verdict on the frozen letters and, where there are enough, on those of the last month."""
    unseen = [
        letter
        for letter in letters
        if is_unseen(letter, trained_at=live_trained_at) and is_unseen(letter, trained_at=candidate_trained_at)
    ]
    names = {code: directory.topic_name(code) for code in directory.topics}
    young = [g for g in unseen if g.first_at >= now - YOUNG]
    reports = []
    for where, chosen in ((FROZEN, [g for g in unseen if g.frozen]), (LAST_MONTH, young)):
        if where == LAST_MONTH and len(chosen) < LEAST_LETTERS:
            reports.append(_too_few(len(chosen)))
            continue
        report = judge(
            _predictions(live, chosen, directory),
            _predictions(candidate, chosen, directory),
            [g.letter.topic_code for g in chosen],
            where=where,
            names=names,
            groups=[g.group for g in chosen],
            allowed=allowed,
        )
        reports.append(report)
    return combine(*reports)


def _too_few(letters: int) -> GateReport:
    """A quiet month is no reason to keep a worse classifier: the frozen letters alone decide then."""
    sentence = f"{LAST_MONTH}只有 {letters} 件，少于 {LEAST_LETTERS} 件，不单独判断。"
    return GateReport(True, (Check("enough", LAST_MONTH, True, float(letters), float(letters), sentence),))


def _predictions(analyser: Analyser, letters: Sequence[Grouped], directory: Directory) -> Predictions:
    analyses = ask(analyser, [g.letter for g in letters])
    pairs = zip(analyses, letters, strict=True)
    said = [as_exactly_as(directory, a.topic_code or "", g.letter.topic_code) for a, g in pairs]
    return Predictions(said, [a.topic_confidence for a in analyses])


def _conclude(
    runtime: Runtime, candidate: ClassifierVersion, *, passed: bool, gate: dict[str, Any], actor: str
) -> None:
    now = runtime.now()
    with transaction(runtime.pool) as conn:
        classifier_repository.set_gate(conn, candidate.id, gate, actor=actor)
        if passed:
            earlier = classifier_repository.find_in_state(conn, ClassifierState.SHADOW)
            if earlier is not None:
                _move(conn, earlier, ClassifierState.RETIRED, actor=actor, now=now)
                shadow_repository.clear_queue(conn, actor=actor)
        state = ClassifierState.SHADOW if passed else ClassifierState.REJECTED
        _move(conn, candidate, state, actor=actor, now=now)


def _move(conn: Connection, version: ClassifierVersion, to: ClassifierState, *, actor: str, now: datetime) -> None:
    classifier_repository.move_version(conn, version.id, from_state=version.state, to_state=to, actor=actor, now=now)
