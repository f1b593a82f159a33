"""The straight line from texts to analyses."""

import gc
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from models.analysis import AnalyserInput, Analysis, AppealType, TopicSuggestion
from models.department import Department, Topic
from models.region import Place, Region
from nlp import appeal, cleaning, keywords
from nlp import scope as scopes
from nlp.alike import minhash, telling
from nlp.alike.telling import TellingWords
from nlp.appeal import AppealDetector
from nlp.cues import CueIndex
from nlp.document import Document
from nlp.gist.clause_matters import ClauseMatters
from nlp.gist.elements import VERSION as ELEMENTS_VERSION
from nlp.gist.elements import find_elements
from nlp.gist.matters import MatterSplitter
from nlp.gist.sentence_topics import SentenceTopics
from nlp.gist.sentences import split
from nlp.gist.summary import VERSION as SUMMARY_VERSION
from nlp.gist.summary import choose, summarise
from nlp.keywords import KeywordRanker
from nlp.ngrams import Batch, lay_out
from nlp.organisations.mentions import VERSION as ORGANISATIONS_VERSION
from nlp.organisations.mentions import OrganisationMentions
from nlp.organisations.names import DepartmentNames
from nlp.places.gazetteer import VERSION as GAZETTEER_VERSION
from nlp.places.gazetteer import Gazetteer
from nlp.places.mentions import VERSION as PLACES_VERSION
from nlp.places.mentions import PlaceMentions
from nlp.places.name_bounds import word_lines
from nlp.reference import load_departments, load_regions, load_topics
from nlp.scope import ScopeJudge
from nlp.segmentation import Segmenter, make_segmenter
from nlp.shipped import Shipped
from nlp.times.mentions import VERSION as TIMES_VERSION
from nlp.times.mentions import find_times
from nlp.tone.judging import ToneJudge
from nlp.tone.labels import What
from nlp.tone.model import ToneModel
from nlp.topics.appeal_learning import TYPES, cue_scores
from nlp.topics.city_topics import CityTopics, Reading, serve_taxonomy
from nlp.topics.cue_classifier import CueClassifier, TopicClassifier
from nlp.topics.cue_evidence import evidence_for
from nlp.topics.features import chunks
from nlp.topics.neighbours import NeighbourIndex
from nlp.topics.word_shares import WordShares
from nlp.urgency import VERSION as URGENCY_VERSION
from nlp.urgency import UrgencyDetectors

# Below this the topic is not known: the suggestions stay, for the person who decides.
UNKNOWN_BELOW = 0.2
STEPS = (
    *("cleaning", "segmentation", "cues", "topics", "appeal", "sentiment", "urgency", "places", "times"),
    *("organisations", "keywords", "matters", "summary", "neighbours", "alike"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the steps of a pipeline work with. `default` is the classifier that comes with the program, where it is
    there; `topics` decides about topics: that one or another."""

    segmenter: Segmenter
    index: CueIndex
    topics: TopicClassifier
    default: CityTopics | None
    appeal_types: AppealDetector
    tone: ToneJudge
    detectors: UrgencyDetectors
    gazetteer: Gazetteer
    places: PlaceMentions
    scope: ScopeJudge
    organisations: OrganisationMentions
    keyword_ranker: KeywordRanker
    matters: ClauseMatters | MatterSplitter
    neighbours: NeighbourIndex | None
    telling: TellingWords

    def versions(self) -> dict[str, str]:
        """Which component says each part of an analysis."""
        versions = {
            "cleaning": cleaning.VERSION,
            "segmentation": self.segmenter.version,
            "topic": self.topics.version,
            "scope": scopes.VERSION,
            "appeal_type": self.default.appeal_version if self.default else appeal.VERSION,
            "sentiment": self.tone.version,
            "urgency": URGENCY_VERSION,
            "place": f"{GAZETTEER_VERSION}+{PLACES_VERSION}",
            "times": TIMES_VERSION,
            "organisations": ORGANISATIONS_VERSION,
            "keywords": keywords.VERSION,
            "matters": self.matters.version,
            "summary": f"{SUMMARY_VERSION}+{ELEMENTS_VERSION}",
            "alike": f"{minhash.VERSION}+{telling.VERSION}",
        }
        return versions | ({"neighbours": self.neighbours.version} if self.neighbours else {})


class Pipeline:
    """An `Analyser`. `timings` are the seconds spent in each of `STEPS` since the last reset."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.versions = parts.versions()
        self.version = f"pipeline/2+{hashlib.sha256(repr(sorted(self.versions.items())).encode()).hexdigest()[:8]}"
        self.timings: dict[str, float] = {}
        self.reset_timings()

    def reset_timings(self) -> None:
        self.timings = dict.fromkeys(STEPS, 0.0)

    def analyse(self, inputs: Sequence[AnalyserInput]) -> list[Analysis]:
        """One analysis per input, in order; the same input always gives the same analysis."""
        with _collector_at_rest():
            return self._analyse(inputs)

    def _analyse(self, inputs: Sequence[AnalyserInput]) -> list[Analysis]:
        parts, documents = self.parts, self._read(inputs)
        with self._timed("segmentation"):
            batches = list(map(lay_out, chunks(documents)))
        with self._timed("topics"):
            reading, suggested = self._topics(documents, batches)
        with self._timed("appeal"):
            appeals = self._appeals(documents, reading)
        with self._timed("sentiment"):
            tones = parts.tone.judge_all(documents, [kind for kind, _ in appeals], batches)
        with self._timed("urgency"):
            alarms = parts.detectors.detect_all(documents, batches)
        with self._timed("places"):
            lines = word_lines(documents, batches)
            found = parts.places.find(documents, lines)
            chances = reading.outside if reading else [0.0] * len(documents)
            within = parts.scope.judge(documents, [place for place, _ in found], chances, batches=batches)
        with self._timed("times"):
            when = find_times(documents, batches=batches)
        with self._timed("organisations"):
            lineages = [parts.gazetteer.lineage(place.region_code) for place, _ in found]
            named = parts.organisations.find(documents, lineages, lines)
        with self._timed("keywords"):
            ranked = parts.keyword_ranker.rank(documents, batches=batches)
        with self._timed("matters"):
            sentences = split(documents)
            several = parts.matters.propose(sentences, batches)
        with self._timed("summary"):
            chosen = choose(sentences)
            summaries = summarise(sentences, chosen)
            said = find_elements(sentences, [mentions for _, mentions in found], when, chosen)
        with self._timed("neighbours"):
            near = parts.neighbours.find(documents, batches=batches) if parts.neighbours else [()] * len(documents)
        with self._timed("alike"):
            signatures = minhash.sign(documents, batches=batches)
            telling_words = parts.telling.find(documents, batches=batches)

        analyses = []
        for row, suggestions in enumerate(suggested):
            known = bool(suggestions) and suggestions[0].confidence >= UNKNOWN_BELOW
            (kind, sure), tone, alarm, (place, mentions) = appeals[row], tones[row], alarms[row], found[row]
            analyses.append(
                Analysis(
                    topic_code=suggestions[0].topic_code if known else None,
                    topic_confidence=suggestions[0].confidence if known else 0.0,
                    suggestions=suggestions,
                    scope=within[row],
                    appeal_type=kind,
                    appeal_confidence=sure,
                    sentiment=tone.sentiment,
                    sentiment_confidence=tone.confidence,
                    sentiment_score=tone.score,
                    emotion=tone.emotion,
                    emotion_confidence=tone.emotion_confidence,
                    aspects=tone.aspects,
                    urgency=alarm[0],
                    urgency_confidence=alarm[1],
                    detector_hits=alarm[2],
                    region_code=place.region_code,
                    region_confidence=place.confidence,
                    place_text=place.place_text,
                    places=mentions,
                    times=when[row],
                    keywords=ranked[row],
                    organisations=named[row].department_ids,
                    organisation_mentions=named[row].mentions,
                    matters=several[row],
                    summary=summaries[row],
                    elements=said[row],
                    neighbours=near[row],
                    versions=self.versions,
                    signature=signatures[row],
                    telling=telling_words[row],
                )
            )
        return analyses

    def name_things(self, inputs: Sequence[AnalyserInput]) -> list[Analysis]:
        """Only what issues are found by (`nlp.issues`), as `analyse` says it: places, organisations, telling words."""
        parts, documents = self.parts, self._read(inputs)
        batches = list(map(lay_out, chunks(documents)))
        lines = word_lines(documents, batches)
        found = parts.places.find(documents, lines)
        lineages = [parts.gazetteer.lineage(place.region_code) for place, _ in found]
        named = parts.organisations.find(documents, lineages, lines)
        telling_words = parts.telling.find(documents, batches=batches)
        return [
            Analysis(
                region_code=place.region_code,
                region_confidence=place.confidence,
                places=mentions,
                organisation_mentions=organisations.mentions,
                telling=words,
            )
            for (place, mentions), organisations, words in zip(found, named, telling_words, strict=True)
        ]

    def suggest(self, inputs: Sequence[AnalyserInput]) -> list[tuple[TopicSuggestion, ...]]:
        """The topic step alone, as `analyse` takes it."""
        with _collector_at_rest():
            return self.parts.topics.predict(self._read(inputs))

    def word_shares(self, source: AnalyserInput, codes: Sequence[str]) -> WordShares | None:
        """How the scores of these topics add up, word by word; None where the classifier is no sum of words, or knows
        none of them."""
        topics = self.parts.topics
        if not isinstance(topics, CityTopics):
            return None
        known = [code for code in codes if code in topics.topics]
        return topics.word_shares(self._read([source])[0], known) if known else None

    def _read(self, inputs: Sequence[AnalyserInput]) -> list[Document]:
        with self._timed("cleaning"):
            titles = cleaning.clean_all([source.title for source in inputs])
            bodies = cleaning.clean_all([source.body for source in inputs])
            texts = [f"{title.text}\n{body.text}" for title, body in zip(titles, bodies, strict=True)]
        with self._timed("segmentation"):
            words = self.parts.segmenter.cut_all(
                [part.text for both in zip(titles, bodies, strict=True) for part in both]
            )
        with self._timed("cues"):
            cues = self.parts.index.find_all(texts)
        columns = (inputs, titles, bodies, texts, words[::2], words[1::2], cues)
        return [Document(*parts) for parts in zip(*columns, strict=True)]

    def _topics(
        self, documents: Sequence[Document], batches: Sequence[Batch]
    ) -> tuple[Reading | None, list[tuple[TopicSuggestion, ...]]]:
        """What the shipped classifier reads, where there is one, and what is suggested, by it or another."""
        topics, default = self.parts.topics, self.parts.default
        reading = default.read(documents, batches, suggest=topics is default) if default else None
        return reading, reading.suggestions if reading and topics is default else topics.predict(documents)

    def _appeals(self, documents: Sequence[Document], reading: Reading | None) -> list[tuple[AppealType, float]]:
        """By the trained model where there is one, else by cue words alone."""
        detector, default = self.parts.appeal_types, self.parts.default
        if reading is None or default is None:
            return list(map(detector.detect, documents))
        weighed = detector.weigh_all(documents)
        shares = default.appeal_shares(reading, cue_scores(weighed))
        return [
            detector.decide(document, by_cues, dict(zip(TYPES, line, strict=True)))
            for document, by_cues, line in zip(documents, weighed, shares.tolist(), strict=True)
        ]

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        started = perf_counter()
        yield
        self.timings[step] += perf_counter() - started


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """A batch makes hundreds of thousands of objects and hardly a cycle: to look for cycles meanwhile takes a twentieth
    of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def build_pipeline(
    topics: Sequence[Topic],
    regions: Sequence[Region],
    known_places: Sequence[Place],
    departments: Sequence[Department],
    trained: TopicClassifier | None = None,
    neighbours: NeighbourIndex | None = None,
    shipped: Shipped | None = None,
    tone: Mapping[What, ToneModel] | None = None,
) -> Pipeline:
    """The pipeline for one city: its topics with their cues, regions, places and departments. Takes about a second.

    `shipped` is what comes with the program; without it words decide alone. `trained` decides about topics in its
    place. `neighbours` are the labelled letters that an analysis may name as similar, in place of those of `shipped`.
    `tone` are models of the city's own labels, by what they tell: those decide about it.
    """
    by_cues = CueClassifier(topics, departments)
    default = trained if isinstance(trained, CityTopics) else None
    if default is None and shipped is not None:
        default = serve_taxonomy(shipped.topics, topics, departments)
    classifier = trained or default or by_cues
    appeal_types, judge = AppealDetector(), ToneJudge(shipped.tone if shipped else None, tone)
    detectors = UrgencyDetectors(shipped.alarms if shipped else None)
    gazetteer, names = Gazetteer(regions, known_places), DepartmentNames(departments)
    organisations, scope_judge = OrganisationMentions(names, departments), ScopeJudge(gazetteer.phrases)
    parents = [topic.code for topic in topics if topic.parent_code is None]
    # the words of a city are cut as words; those of its units as the classifier has learnt them
    own_words = {*by_cues.phrases, *gazetteer.phrases, *names.phrases}
    other_words = {*appeal_types.phrases, *judge.phrases, *detectors.phrases, *scope_judge.phrases}
    pipeline = Pipeline(
        Parts(
            segmenter=make_segmenter(own_words),
            index=CueIndex(own_words | other_words | set(organisations.phrases)),
            topics=classifier,
            default=default,
            appeal_types=appeal_types,
            tone=judge,
            detectors=detectors,
            gazetteer=gazetteer,
            places=PlaceMentions(gazetteer),
            scope=scope_judge,
            organisations=organisations,
            keyword_ranker=KeywordRanker(own_words),
            matters=(
                ClauseMatters(default, classifier)
                if default
                else MatterSplitter(SentenceTopics(evidence_for(topics, departments), parents), classifier)
            ),
            neighbours=neighbours or (shipped.topics.neighbours if shipped else None),
            telling=TellingWords(),
        )
    )
    # what is loaded lives on: the collector need not walk through it again and again (a tenth of the time)
    gc.freeze()
    return pipeline


def build_reference_pipeline(shipped: Shipped | None = None) -> Pipeline:
    """The pipeline for the packaged reference data: for work on files without a database."""
    return build_pipeline(load_topics(), load_regions(), [], load_departments(), shipped=shipped)
