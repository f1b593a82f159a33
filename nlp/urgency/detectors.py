"""Which fast lanes a text belongs to: every rule hit, and what the classifier hears where no rule has a word for it.

They call a person; they never close or route a case. The classifier adds alarms and may lower the confidence in a rule
hit; it takes none away.
"""

from collections.abc import Iterable, Sequence

from models.analysis import DetectorHit, Urgency
from nlp.cues import Cue
from nlp.document import Document
from nlp.urgency.classifier import Reading, read
from nlp.urgency.hints import group_numbers, hinted
from nlp.urgency.lanes import lanes
from nlp.urgency.learning import VERSION as LEARNING_VERSION
from nlp.urgency.learning import learn_alarms
from nlp.urgency.rules import Rules

VERSION = f"detectors/3+{LEARNING_VERSION}"
_CALM_CONFIDENCE = 0.9
_SEVERITY = {urgency: rank for rank, urgency in enumerate(Urgency)}
# Chosen on the development half of the test cases (tests/quality/urgency_bench.py). Groups of words that a rule of
# lexicon/alarms.yaml wants together lower the bar by the bonus.
_ALARM_FROM = -0.3
_DETECTOR_FROM = 0.1
_HINT_BONUS = 0.3
# A rule hit in a text that sounds calmer than this is less sure.
_CALM_BELOW = -0.6
# As much of a window as a person reads at a glance.
_EVIDENCE_LENGTH = 60

Alarm = tuple[Urgency, float, tuple[DetectorHit, ...]]


class UrgencyDetectors:
    """The rules and the classifier together; making one learns the classifier, once in a process (about a second)."""

    def __init__(self) -> None:
        self._rules = Rules()
        self._model = learn_alarms()
        self._groups = group_numbers()
        self._urgencies = {lane.id: lane.urgency for lane in lanes().values()}
        self._wanted = self._rules.phrases | self._groups.keys()

    @property
    def phrases(self) -> Iterable[str]:
        return self._wanted

    def detect(self, document: Document) -> Alarm:
        """The urgency, the confidence in it (0..1) and the evidence, in the order of the text."""
        return self.detect_all([document])[0]

    def detect_all(self, documents: Sequence[Document]) -> list[Alarm]:
        """As `detect`, for a batch: much quicker than one after the other. A text does not depend on its neighbours."""
        if not documents:
            return []
        wanted = self._wanted
        ours = [[cue for cue in document.cues if cue.phrase in wanted] for document in documents]
        none: tuple[int, ...] = ()
        marks = [
            [(cue.start, group) for cue in cues for group in self._groups.get(cue.phrase, none)] for cues in ours
        ]
        readings = read([document.text for document in documents], marks, self._model)
        return list(map(self._judge, documents, ours, readings))

    def _judge(self, document: Document, cues: Sequence[Cue], readings: dict[str, Reading]) -> Alarm:
        possible = [cue for cue in cues if cue.phrase in self._rules.cues]
        found = self._rules.find(document, possible, cues) if possible else []
        hits = [DetectorHit(detector, cue.phrase, *document.original_span(cue)) for detector, cue in found]
        by_rule = {hit.detector for hit in hits}
        heard = {
            detector: reading for detector, reading in _heard(readings, cues).items() if detector not in by_rule
        }
        hits += [_evidence(document, detector, reading) for detector, reading in heard.items()]
        if not hits:
            return Urgency.NORMAL, _CALM_CONFIDENCE, ()
        hits.sort(key=lambda hit: (hit.start, hit.end, hit.detector))
        urgency = max((self._urgencies[hit.detector] for hit in hits), key=lambda u: _SEVERITY[u])
        sure = max(
            self._rule_confidence(document, hits, urgency, by_rule, readings),
            max((_confidence(r) for d, r in heard.items() if self._urgencies[d] is urgency), default=0.0),
        )
        return urgency, sure, tuple(hits)

    def _rule_confidence(
        self,
        document: Document,
        hits: Sequence[DetectorHit],
        urgency: Urgency,
        by_rule: set[str],
        readings: dict[str, Reading],
    ) -> float:
        evidence = {hit.cue for hit in hits if hit.detector in by_rule and self._urgencies[hit.detector] is urgency}
        if not evidence:
            return 0.0
        in_title = any(hit.detector in by_rule and hit.end <= len(document.source.title) for hit in hits)
        calm = "" not in readings or readings[""].score < _CALM_BELOW
        return min(0.95, 0.5 + 0.15 * len(evidence) + 0.2 * in_title) * (0.6 if calm else 1.0)


def _heard(readings: dict[str, Reading], cues: Sequence[Cue]) -> dict[str, Reading]:
    """The detectors that the classifier calls: all that are loud enough, else the loudest of a text that alarms."""
    if not readings:
        return {}
    near = hinted(cues)
    scores = {
        detector: reading.score + _HINT_BONUS * (detector in near) for detector, reading in readings.items() if detector
    }
    heard = {detector: readings[detector] for detector, score in scores.items() if score >= _DETECTOR_FROM}
    if not heard and scores and readings[""].score + _HINT_BONUS * bool(near) >= _ALARM_FROM:
        loudest = max(scores, key=lambda detector: scores[detector])
        heard[loudest] = readings[loudest]
    return heard


def _confidence(reading: Reading) -> float:
    return min(0.9, max(0.3, 0.6 + 0.4 * reading.score))


def _evidence(document: Document, detector: str, reading: Reading) -> DetectorHit:
    """The window that was heard, without the space around it, shortened where it is long."""
    text = document.text
    start, end = reading.start, min(reading.end, len(text))
    if start < document.body_start - 1 < end - 1:  # a window over both: the longer part of it
        start, end = (start, document.body_start - 1) if document.body_start - start > end / 2 else (
            document.body_start, end)
    while start < end - 1 and text[start].isspace():
        start += 1
    while end > start + 1 and text[end - 1].isspace():
        end -= 1
    end = min(end, start + _EVIDENCE_LENGTH)
    cue = Cue(start, end, text[start:end])
    return DetectorHit(detector, cue.phrase, *document.original_span(cue))
