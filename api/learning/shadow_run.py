"""The shadow beside the live classifier: asked the same letters a little later, heard by the administrator alone."""

import logging
import threading

from api.learning.classifier_store import assemble, open_version
from api.runtime import Runtime
from intake.repository import get_submissions
from models.analysis import AnalyserInput
from models.classifier import ClassifierState, ClassifierVersion
from models.database import transaction
from models.errors import Invalid, Unavailable
from nlp.pipeline import UNKNOWN_BELOW, Pipeline
from routing import analysis_repository
from routing.directory import Directory
from routing.learning import classifier_repository, shadow_repository
from routing.learning.shadow_repository import Difference

logger = logging.getLogger(__name__)

ACTOR = "system:shadow"
BATCH = 256


class ShadowRun:
    """Keeps the loaded shadow between batches. It works in transactions of its own, after those of the live run: what
    goes wrong here ends this task and nothing else."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = threading.Lock()
        self._loaded: tuple[int, Directory, Pipeline] | None = None

    def compare_waiting(self) -> int:
        """Compare all letters that wait, batch by batch; how many. Without a shadow, or with one that does not load
        (it is rejected), nothing waits any more."""
        total = 0
        while done := self._compare_batch():
            total += done
        return total

    def _compare_batch(self) -> int:
        runtime = self._runtime
        with transaction(runtime.pool) as conn:
            version = classifier_repository.find_in_state(conn, ClassifierState.SHADOW)
            if version is None:
                shadow_repository.clear_queue(conn, actor=ACTOR)
                return 0
            ids = shadow_repository.claim_queue(conn, classifier_id=version.id, limit=BATCH, actor=ACTOR)
        if not ids:
            return 0
        pipeline = self._pipeline(version)
        if pipeline is None:
            return 0
        with transaction(runtime.pool) as conn:
            submissions = get_submissions(conn, ids)
            analyses = analysis_repository.list_analyses(conn, ids)
        asked = [i for i in ids if i in submissions and i in analyses]
        said = pipeline.suggest(
            [AnalyserInput(s.title, s.body, s.channel.value, s.place) for s in map(submissions.__getitem__, asked)]
        )
        now = runtime.now()
        differences = []
        for number, suggestions in zip(asked, said, strict=True):
            live = analyses[number]
            known = bool(suggestions) and suggestions[0].confidence >= UNKNOWN_BELOW
            code = suggestions[0].topic_code if known else None
            if code != live.topic_code:
                differences.append(
                    Difference(
                        submission_id=number,
                        case_number=None,
                        title="",
                        live_code=live.topic_code,
                        live_confidence=live.topic_confidence,
                        shadow_code=code,
                        shadow_confidence=suggestions[0].confidence if known else 0.0,
                        at=now,
                    )
                )
        version_heard = next((analyses[i].versions.get("topic", "") for i in asked), "")
        with transaction(runtime.pool) as conn:
            shadow_repository.add_comparison(
                conn,
                classifier_id=version.id,
                compared=len(asked),
                differences=differences,
                live=version_heard,
                actor=ACTOR,
            )
        return len(ids)

    def _pipeline(self, version: ClassifierVersion) -> Pipeline | None:
        """The shadow, loaded once for a version and a state of the directory. One that does not load is rejected."""
        runtime = self._runtime
        with transaction(runtime.pool) as conn:
            directory = runtime.directory(conn)
            with self._lock:
                if self._loaded is not None and self._loaded[0] == version.id and self._loaded[1] is directory:
                    return self._loaded[2]
                try:
                    classifier = open_version(conn, version, directory, runtime.settings.data_dir)
                except Unavailable as error:  # this machine's trouble, not the classifier's
                    logger.warning("the shadow is not loaded here: %s", error.message)
                    return None
                except Invalid as error:
                    classifier_repository.set_problem(conn, version.id, error.message, actor=ACTOR)
                    classifier_repository.move_version(
                        conn,
                        version.id,
                        from_state=ClassifierState.SHADOW,
                        to_state=ClassifierState.REJECTED,
                        actor=ACTOR,
                        now=runtime.now(),
                    )
                    return None
                pipeline = assemble(directory, runtime.settings.data_dir, classifier)
                self._loaded = (version.id, directory, pipeline)
                return pipeline
