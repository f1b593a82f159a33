"""Which fast lanes a text belongs to: every rule hit, and what the classifier hears where no rule has a word for it.

They call a person; they never close or route a case. The classifier adds alarms, and is never sure of them: an unclear
one of level 1 (life and limb) counts as level 2, a faint one of any level as level 3. It takes back a rule hit where
what stands around it is calm: a film, a drill, a price, a thank-you. A few words by themselves it does not judge.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from models.analysis import DetectorHit, Urgency
from nlp.cue_places import CuePlaces, Wanted
from nlp.cues import Cue
from nlp.document import Document
from nlp.ngrams import Batch
from nlp.urgency import windows
from nlp.urgency.classifier import FAINTLY, Impressions, Marks, Reading, read
from nlp.urgency.company import REACH, Kinds, Pattern, groups, groups_of, holding, patterns
from nlp.urgency.lanes import lanes
from nlp.urgency.learning import VERSION as LEARNING_VERSION
from nlp.urgency.learning import learn_alarms
from nlp.urgency.model import AlarmModel
from nlp.urgency.rules import Rules
from nlp.urgency.windows import Numbers

VERSION = f"detectors/9+{LEARNING_VERSION}"
_CALM_CONFIDENCE = 0.9
_SEVERITY = {urgency: rank for rank, urgency in enumerate(Urgency)}
# A detector is called beside the loudest one that is so much above the bar (below, where it is negative) and so near to
# the loudest. One of level 1 that is less than `_SURELY` above the bar is unclear.
_BESIDE_BAR, _BESIDE_LOUDEST = -0.4, 0.7
_SURELY = 0.4
# What a rule finds in a text that does not alarm by itself stands where the loudest window around it scores so much, by
# the level of its detector (1 to 3), and in a text too short to be judged: the alarm in the middle of a long letter. Of
# the cases of left-out writers rules alone called none that was an alarm.
_STANDS = (0.8, 1.2, 1.2)
_CRITICAL = 1
_BARE = 14
# The same in a text that alarms by itself, if faintly: there a rule only says why.
_STANDS_IN_ALARM = (-0.6, 0.0, 0.0)
# The same for the words of a certain pattern, which are many and keep company by chance in a long letter.
_CERTAIN = 1.3
# A detector of level 2 or 3 that the classifier hears so much less than the loudest one was called by a word that says
# something else.
_BESIDE = 0.8
# What the classifier alone hears is never surer than this: a page says that it is a suspicion.
SUSPECTED_BELOW = 0.6
_MOST_SUSPECTED = 0.59
# How sure a faint alarm is at most.
_MOST_FAINT = 0.4
# As much of a window as a person reads at a glance.
_EVIDENCE_LENGTH = 60
_AT_ONCE = 256

Alarm = tuple[Urgency, float, tuple[DetectorHit, ...]]
_QUIET: Alarm = (Urgency.NORMAL, _CALM_CONFIDENCE, ())


class UrgencyDetectors:
    """The rules and the classifier together. Without a `model` making one learns it, once in a process (seconds)."""

    def __init__(self, model: AlarmModel | None = None) -> None:
        self._rules = Rules()
        self._model = model or learn_alarms()
        self._lanes = lanes()
        self._wanted = Wanted(sorted({*self._rules.phrases, *groups_of()}))
        self._kinds = Kinds(self._wanted.phrases)
        self._certain = np.array([pattern.certain for pattern in patterns()], dtype=np.bool_)
        self._of_rules = np.array([phrase in self._rules.phrases for phrase in self._wanted.phrases], dtype=np.bool_)
        # how loud it must be around each phrase for any rule to stand; never loud enough for one that is no cue
        self._least = np.array([self._stands_from(phrase) for phrase in self._wanted.phrases])

    @property
    def phrases(self) -> Iterable[str]:
        return self._wanted.phrases

    def detect(self, document: Document) -> Alarm:
        """The urgency, the confidence in it (0..1) and the evidence, in the order of the text."""
        return self.detect_all([document])[0]

    def detect_all(self, documents: Sequence[Document], batches: Sequence[Batch] | None = None) -> list[Alarm]:
        """As `detect`, for a batch: much quicker than one after the other. A text does not depend on its neighbours.

        `batches` are the documents laid out, in order, where that has been done."""
        found: list[Alarm] = []
        for chunk, layout in _layouts(documents, batches):
            found += self._detect_chunk(chunk, layout)
        return found

    def _detect_chunk(self, documents: Sequence[Document], layout: windows.Layout) -> list[Alarm]:
        cues = self._wanted.places(documents)
        at, kinds = self._kinds.expand(cues.columns)
        words = layout.starts.searchsorted(layout.offsets[cues.rows] + cues.starts, side="right")[at] - 1
        held, clauses = holding(words, kinds, layout.rows)
        marks = Marks(np.concatenate([words, clauses]), np.concatenate([kinds, held + len(groups())]))
        heard = read(layout, marks, self._model)
        around = heard.around(clauses, layout)
        certain = np.flatnonzero(self._certain[held] & (around >= _CERTAIN))
        ruled = np.unique(cues.rows[self._may_stand(cues, heard, layout)])
        told = set(layout.rows[clauses[certain]].tolist())
        known = cues.kept(self._of_rules[cues.columns])
        mine = {row: self._cues_of(cues if row in told else known, row) for row in told.union(ruled.tolist())}
        by_rule: dict[int, list[tuple[str, Cue]]] = defaultdict(list)
        for row in ruled.tolist():
            possible = [cue for cue in mine[row] if cue.phrase in self._rules.cues]
            by_rule[row] = self._rules.find(documents[row], possible, mine[row])
        self._take_back(by_rule, documents, heard, layout)
        for number, clause in zip(held[certain].tolist(), clauses[certain].tolist(), strict=True):
            row, pattern = int(layout.rows[clause]), patterns()[number]
            if pattern.detector not in {detector for detector, _ in by_rule[row]}:
                span = _span(documents[row], pattern, layout, clause, mine[row])
                if self._rules.stands(pattern.detector, documents[row], span, mine[row]):
                    by_rule[row].append((pattern.detector, span))
        loud = {row for row, alarm in enumerate(heard.alarms) if alarm >= heard.bars[row] - FAINTLY}
        alarms = [_QUIET] * len(documents)
        for row in {row for row, hits in by_rule.items() if hits} | loud:
            alarms[row] = self._judge(documents[row], by_rule.get(row, []), heard, row)
        return alarms

    def _stands_from(self, phrase: str) -> float:
        if phrase in self._rules.firm:
            return -math.inf
        rules = self._rules.cues.get(phrase, ())
        return min((_STANDS[self._lanes[rule.detector].level - 1] for rule in rules), default=math.inf)

    def _may_stand(self, cues: CuePlaces, heard: Impressions, layout: windows.Layout) -> Numbers:
        """Those of `cues` that may be a hit of a rule: the texts without one need not be searched for whole words."""
        places = np.flatnonzero(self._least[cues.columns] < math.inf)
        rows, columns = cues.rows[places], cues.columns[places]
        clauses = layout.starts.searchsorted(layout.offsets[rows] + cues.starts[places], side="right") - 1
        judged = np.diff(layout.offsets, append=len(layout.codes)) > _BARE + 1
        judged &= np.array(heard.alarms) < np.array(heard.bars) - FAINTLY
        return places[~judged[rows] | (heard.around(clauses, layout) >= self._least[columns])]

    def _take_back(
        self,
        by_rule: Mapping[int, list[tuple[str, Cue]]],
        documents: Sequence[Document],
        heard: Impressions,
        layout: windows.Layout,
    ) -> None:
        """Leaves the hits of rules that stand."""
        hits = [(row, hit) for row, found in by_rule.items() for hit in found]
        if not hits:
            return
        places = np.array([layout.offsets[row] + cue.start for row, (_, cue) in hits])
        around = heard.around(layout.starts.searchsorted(places, side="right") - 1, layout)
        for (row, hit), loud in zip(hits, around.tolist(), strict=True):
            detector, cue = hit
            level, alarms = self._lanes[detector].level, heard.alarms[row] >= heard.bars[row] - FAINTLY
            calm = loud < (_STANDS_IN_ALARM if alarms else _STANDS)[level - 1] and len(documents[row].text) > _BARE
            if calm and cue.phrase not in self._rules.firm:
                by_rule[row].remove(hit)

    def _cues_of(self, cues: CuePlaces, row: int) -> list[Cue]:
        low, high = cues.rows.searchsorted([row, row + 1]).tolist()
        names = [self._wanted.phrases[column] for column in cues.columns[low:high].tolist()]
        return list(map(Cue, cues.starts[low:high].tolist(), cues.ends[low:high].tolist(), names))

    def _judge(self, document: Document, found: Sequence[tuple[str, Cue]], heard: Impressions, row: int) -> Alarm:
        alarm, bar = heard.alarms[row], heard.bars[row]
        readings = heard.readings(row)
        least = max((reading.score for reading in readings.values()), default=0.0) - _BESIDE
        by_rule = [
            DetectorHit(detector, cue.phrase, *document.original_span(cue))
            for detector, cue in found
            if detector not in readings
            or readings[detector].score >= least
            or self._lanes[detector].level == _CRITICAL
            or cue.phrase in self._rules.firm
        ]
        ruled = {hit.detector for hit in by_rule}
        faint = alarm < bar
        called = {} if faint else _called(readings, bar)
        if faint and not ruled and alarm >= bar - FAINTLY:
            called = _loudest(readings)
        called = {detector: reading for detector, reading in called.items() if detector not in ruled}
        hits = by_rule + [_evidence(document, detector, reading) for detector, reading in called.items()]
        if not hits:
            return _QUIET
        hits.sort(key=lambda hit: (hit.start, hit.end, hit.detector))
        levels = {detector: self._lanes[detector].urgency for detector in ruled}
        for detector, reading in called.items():
            level = self._lanes[detector].urgency
            unclear = level is Urgency.CRITICAL and reading.score < bar + _SURELY
            levels[detector] = Urgency.ELEVATED if faint else Urgency.URGENT if unclear else level
        urgency = max(levels.values(), key=lambda level: _SEVERITY[level])
        telling = [hit for hit in by_rule if levels[hit.detector] is urgency]
        most = _MOST_FAINT if faint else _MOST_SUSPECTED
        sure = [_suspicion(reading, most) for detector, reading in called.items() if levels[detector] is urgency]
        if telling:
            in_title = any(hit.end <= len(document.source.title) for hit in by_rule)
            cues_found = len({hit.cue for hit in telling})
            sure.append(min(0.95, 0.5 + 0.15 * cues_found + 0.2 * in_title))
        return urgency, max(sure), tuple(hits)


def _layouts(
    documents: Sequence[Document], batches: Sequence[Batch] | None
) -> Iterator[tuple[Sequence[Document], windows.Layout]]:
    done = 0
    if batches is None:
        while chunk := documents[done : done + _AT_ONCE]:
            yield chunk, windows.lay_out([document.text for document in chunk])
            done += len(chunk)
        return
    for batch in batches:
        chunk = documents[done : done + (int(batch.rows[-1]) + 1 if len(batch.rows) else 0)]
        yield chunk, windows.cut(batch.codes, [len(document.text) + 1 for document in chunk])
        done += len(chunk)


def _span(document: Document, pattern: Pattern, layout: windows.Layout, clause: int, cues: Sequence[Cue]) -> Cue:
    """From the first to the last word of a pattern that holds from `clause`; what the body has of it, if any."""
    bounds, begin = layout.bounds, int(layout.offsets[layout.rows[clause]])
    low, high = int(bounds[clause]) - begin, int(bounds[min(clause + REACH, len(layout.starts))]) - begin
    of, wanted = groups_of(), set(pattern.groups)
    told = [cue for cue in cues if low <= cue.start < high and wanted.intersection(of.get(cue.phrase, ()))]
    start, end = min(cue.start for cue in told), max(cue.end for cue in told)
    if start < document.body_start < end:
        start = document.body_start
    end = min(end, start + _EVIDENCE_LENGTH)
    return Cue(start, end, document.text[start:end])


def _called(readings: Mapping[str, Reading], bar: float) -> dict[str, Reading]:
    """The detectors that the classifier calls for a text that alarms: the loudest, and those nearly as loud."""
    if not readings:
        return {}
    loudest = max(reading.score for reading in readings.values())
    least = min(loudest, max(bar + _BESIDE_BAR, loudest - _BESIDE_LOUDEST))
    return {name: reading for name, reading in readings.items() if reading.score >= least}


def _loudest(readings: Mapping[str, Reading]) -> dict[str, Reading]:
    found = max(readings, key=lambda detector: readings[detector].score, default=None)
    return {found: readings[found]} if found else {}


def _suspicion(reading: Reading, most: float) -> float:
    return min(most, max(0.2, 0.45 + 0.2 * reading.score))


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
