"""The shadow beside the live classifier: asked the same letters a little later, heard by the administrator alone."""

import threading

from api.classifier_store import load_version, serve, training_segmenter
from api.runtime import Runtime
from intake.repository import get_submissions
from models.classifier import ClassifierState, ClassifierVersion
from models.database import transaction
from models.errors import Invalid, Unavailable
from nlp.letters import LabelledLetter, read
from nlp.pipeline import UNKNOWN_BELOW
from nlp.topics import TopicClassifier
from routing import analysis_repository, classifier_repository, shadow_repository
from routing.shadow_repository import Difference

ACTOR = "system:shadow"
BATCH = 256


class ShadowRun:
    """Keeps the loaded shadow between batches. It works in transactions of its own, after those of the live run: what
    goes wrong here ends this task and nothing else."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = threading.Lock()
        self._loaded: tuple[int, int, TopicClassifier] | None = None

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
        classifier = self._classifier(version)
        if classifier is None:
            return 0
        with transaction(runtime.pool) as conn:
            submissions = get_submissions(conn, ids)
            analyses = analysis_repository.list_analyses(conn, ids)
        asked = [i for i in ids if i in submissions and i in analyses]
        letters = [LabelledLetter(submissions[i].title, submissions[i].body, "") for i in asked]
        said = classifier.predict(list(read(letters, training_segmenter())))
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

    def _classifier(self, version: ClassifierVersion) -> TopicClassifier | None:
        """The shadow, loaded once for a version and a state of the directory. One that does not load is rejected."""
        runtime = self._runtime
        with transaction(runtime.pool) as conn:
            directory = runtime.directory(conn)
            with self._lock:
                if self._loaded is not None and self._loaded[:2] == (version.id, id(directory)):
                    return self._loaded[2]
                try:
                    classifier = serve(load_version(conn, version, runtime.settings.data_dir), directory)
                except (Invalid, Unavailable) as error:
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
                self._loaded = (version.id, id(directory), classifier)
                return classifier
