"""Which fast lanes a text belongs to: every rule hit, and what the classifier hears where no rule has a word for it.

They call a person; they never close or route a case. The classifier adds alarms; it makes a rule hit of level 1 (life
and limb) at most less sure, and takes back one of level 2 or 3 where the whole text is calm.
"""

from collections.abc import Iterable, Sequence

from models.analysis import DetectorHit, Urgency
from nlp.cues import Cue
from nlp.document import Document
from nlp.urgency.classifier import HINT_BONUS, Impression, Reading, read
from nlp.urgency.hints import group_numbers, hinted
from nlp.urgency.lanes import lanes
from nlp.urgency.learning import VERSION as LEARNING_VERSION
from nlp.urgency.learning import learn_alarms
from nlp.urgency.rules import Rules

VERSION = f"detectors/3+{LEARNING_VERSION}"
_CALM_CONFIDENCE = 0.9
_SEVERITY = {urgency: rank for rank, urgency in enumerate(Urgency)}
# A detector that is so much above the bar is called beside the loudest one.
_CLEARLY = 0.3
# A text this calm takes back a rule hit of level 2 or 3; one of level 1 only becomes less sure.
_CALM_BELOW = -0.5
_CRITICAL = 1
# As much of a window as a person reads at a glance.
_EVIDENCE_LENGTH = 60

Alarm = tuple[Urgency, float, tuple[DetectorHit, ...]]


class UrgencyDetectors:
    """The rules and the classifier together; making one learns the classifier, once in a process (about a second)."""

    def __init__(self) -> None:
        self._rules = Rules()
        self._model = learn_alarms()
        self._lanes = lanes()
        # sets of strings: a lookup in a read-only mapping costs three times as much
        self._groups = dict(group_numbers())
        self._cues = frozenset(self._rules.cues)
        self._wanted = frozenset(self._rules.phrases | self._groups.keys())

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
        marks = [[(cue.start, group) for cue in cues for group in self._groups.get(cue.phrase, none)] for cues in ours]
        impressions = read([document.text for document in documents], marks, self._model)
        return list(map(self._judge, documents, ours, impressions))

    def _judge(self, document: Document, cues: Sequence[Cue], heard: Impression) -> Alarm:
        possible = [cue for cue in cues if cue.phrase in self._cues]
        found = self._rules.find(document, possible, cues) if possible else []
        calm = heard.alarm < _CALM_BELOW
        by_rule = [
            DetectorHit(detector, cue.phrase, *document.original_span(cue))
            for detector, cue in found
            if not calm or self._lanes[detector].level == _CRITICAL
        ]
        ruled = {hit.detector for hit in by_rule}
        called = {detector: reading for detector, reading in _called(heard, cues).items() if detector not in ruled}
        hits = by_rule + [_evidence(document, detector, reading) for detector, reading in called.items()]
        if not hits:
            return Urgency.NORMAL, _CALM_CONFIDENCE, ()
        hits.sort(key=lambda hit: (hit.start, hit.end, hit.detector))
        urgency = max((self._lanes[hit.detector].urgency for hit in hits), key=lambda u: _SEVERITY[u])
        telling = [hit for hit in by_rule if self._lanes[hit.detector].urgency is urgency]
        sure = [_confidence(r) for d, r in called.items() if self._lanes[d].urgency is urgency]
        if telling:
            in_title = any(hit.end <= len(document.source.title) for hit in by_rule)
            cues_found = len({hit.cue for hit in telling})
            sure.append(min(0.95, 0.5 + 0.15 * cues_found + 0.2 * in_title) * (0.6 if calm else 1.0))
        return urgency, max(sure), tuple(hits)


def _called(heard: Impression, cues: Sequence[Cue]) -> dict[str, Reading]:
    """The detectors that the classifier calls: all that are clearly loud, else the loudest of a text that alarms."""
    if not heard.detectors:
        return {}
    near = hinted(cues)
    scores = {name: reading.score + HINT_BONUS * (name in near) for name, reading in heard.detectors.items()}
    called = [name for name, score in scores.items() if score >= heard.bar + _CLEARLY]
    if not called and heard.alarm + HINT_BONUS * bool(near) >= heard.bar:
        called = [max(scores, key=lambda name: scores[name])]
    return {name: heard.detectors[name] for name in called}


def _confidence(reading: Reading) -> float:
    return min(0.9, max(0.3, 0.6 + 0.4 * reading.score))


def _evidence(document: Document, detector: str, reading: Reading) -> DetectorHit:
    """The window that was heard, without the space around it, shortened where it is long."""
    text, border = document.text, document.body_start
    start, end = reading.start, min(reading.end, len(text))
    if start < border < end:  # a window over title and body: the longer part of it
        start, end = (start, border) if border - start > end - border else (border, end)
    while start < end - 1 and text[start].isspace():
        start += 1
    end = min(end, start + _EVIDENCE_LENGTH)
    while end > start + 1 and text[end - 1].isspace():
        end -= 1
    cue = Cue(start, end, text[start:end])
    return DetectorHit(detector, cue.phrase, *document.original_span(cue))
