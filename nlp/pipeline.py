"""The straight line from texts to analyses."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

from models.analysis import AnalyserInput, Analysis, AppealType, TopicSuggestion
from models.department import Department, Topic
from models.region import Place, Region
from nlp import appeal, cleaning, keywords, organisations, places, sentiment, urgency
from nlp.appeal import AppealDetector
from nlp.cues import CueIndex
from nlp.document import Document
from nlp.keywords import KeywordRanker
from nlp.ngrams import lay_out
from nlp.organisations import DepartmentNames
from nlp.places import Gazetteer
from nlp.reference import load_departments, load_regions, load_topics
from nlp.scope import VERSION as SCOPE_VERSION
from nlp.scope import ScopeJudge
from nlp.segmentation import Segmenter, make_segmenter
from nlp.sentiment import SentimentLexicon
from nlp.topics.appeal_learning import TYPES, cue_scores
from nlp.topics.artifacts import Artifact
from nlp.topics.city_topics import CityTopics, Reading, serve_taxonomy
from nlp.topics.cue_classifier import CueClassifier, TopicClassifier
from nlp.topics.features import chunks
from nlp.topics.neighbours import NeighbourIndex
from nlp.urgency import UrgencyDetectors

# Below this the topic is not known: the suggestions stay, for the person who decides.
UNKNOWN_BELOW = 0.2
STEPS = (
    *("cleaning", "segmentation", "cues", "topics", "appeal"),
    *("sentiment", "urgency", "places", "organisations", "keywords", "neighbours"),
)


class Pipeline:
    """An `Analyser`. `timings` are the seconds spent in each of `STEPS` since the last reset."""

    def __init__(
        self,
        *,
        segmenter: Segmenter,
        index: CueIndex,
        topics: TopicClassifier,
        default: CityTopics | None,
        scope: ScopeJudge,
        appeal_types: AppealDetector,
        tone: SentimentLexicon,
        detectors: UrgencyDetectors,
        gazetteer: Gazetteer,
        department_names: DepartmentNames,
        keyword_ranker: KeywordRanker,
        neighbours: NeighbourIndex | None = None,
    ) -> None:
        self._segmenter = segmenter
        self._index = index
        self._topics = topics
        self._default = default
        self._scope = scope
        self._appeal_types = appeal_types
        self._tone = tone
        self._detectors = detectors
        self._gazetteer = gazetteer
        self._department_names = department_names
        self._keyword_ranker = keyword_ranker
        self._neighbours = neighbours
        self.versions = {
            "cleaning": cleaning.VERSION,
            "segmentation": segmenter.version,
            "topic": topics.version,
            "scope": SCOPE_VERSION,
            "appeal_type": default.appeal_version if default else appeal.VERSION,
            "sentiment": sentiment.VERSION,
            "urgency": urgency.VERSION,
            "place": places.VERSION,
            "organisations": organisations.VERSION,
            "keywords": keywords.VERSION,
        }
        if neighbours is not None:
            self.versions["neighbours"] = neighbours.version
        self.version = f"pipeline/1+{hashlib.sha256(repr(sorted(self.versions.items())).encode()).hexdigest()[:8]}"
        self.timings: dict[str, float] = {}
        self.reset_timings()

    def reset_timings(self) -> None:
        self.timings = dict.fromkeys(STEPS, 0.0)

    def analyse(self, inputs: Sequence[AnalyserInput]) -> list[Analysis]:
        """One analysis per input, in order; the same input always gives the same analysis."""
        documents = self._read(inputs)
        with self._timed("segmentation"):
            batches = list(map(lay_out, chunks(documents)))
        with self._timed("topics"):
            asks_default = self._topics is self._default
            reading = self._default.read(documents, batches, suggest=asks_default) if self._default else None
            suggested = reading.suggestions if reading and asks_default else self._topics.predict(documents)
        with self._timed("appeal"):
            appeals = self._appeals(documents, reading)
        with self._timed("sentiment"):
            tones = [
                self._tone.judge(document, appeal_type)
                for document, (appeal_type, _) in zip(documents, appeals, strict=True)
            ]
        with self._timed("urgency"):
            alarms = [self._detectors.detect(document) for document in documents]
        with self._timed("places"):
            found = [self._gazetteer.find(document) for document in documents]
            chances = reading.outside if reading else [0.0] * len(documents)
            scopes = list(map(self._scope.judge, documents, found, chances))
        with self._timed("organisations"):
            named = [
                self._department_names.find(document, self._gazetteer.lineage(place.region_code))
                for document, place in zip(documents, found, strict=True)
            ]
        with self._timed("keywords"):
            ranked = self._keyword_ranker.rank(documents, batches=batches)
        with self._timed("neighbours"):
            alike = self._neighbours.find(documents, batches=batches) if self._neighbours else [()] * len(documents)

        analyses = []
        parts = zip(suggested, scopes, appeals, tones, alarms, found, named, ranked, alike, strict=True)
        for suggestions, within, (kind, sure), (tone, tone_sure), alarm, place, units, words, near in parts:
            known = bool(suggestions) and suggestions[0].confidence >= UNKNOWN_BELOW
            analyses.append(
                Analysis(
                    topic_code=suggestions[0].topic_code if known else None,
                    topic_confidence=suggestions[0].confidence if known else 0.0,
                    suggestions=suggestions,
                    scope=within,
                    appeal_type=kind,
                    appeal_confidence=sure,
                    sentiment=tone,
                    sentiment_confidence=tone_sure,
                    urgency=alarm[0],
                    urgency_confidence=alarm[1],
                    detector_hits=alarm[2],
                    region_code=place.region_code,
                    region_confidence=place.confidence,
                    place_text=place.place_text,
                    keywords=words,
                    organisations=units,
                    neighbours=near,
                    versions=self.versions,
                )
            )
        return analyses

    def _appeals(self, documents: Sequence[Document], reading: Reading | None) -> list[tuple[AppealType, float]]:
        """By the trained model where there is one, else by cue words alone."""
        if reading is None or self._default is None:
            return [self._appeal_types.detect(document) for document in documents]
        weighed = [self._appeal_types.weigh(document) for document in documents]
        shares = self._default.appeal_shares(reading, cue_scores(weighed))
        return [
            self._appeal_types.decide(document, by_cues, dict(zip(TYPES, line, strict=True)))
            for document, by_cues, line in zip(documents, weighed, shares.tolist(), strict=True)
        ]

    def suggest(self, inputs: Sequence[AnalyserInput]) -> list[tuple[TopicSuggestion, ...]]:
        """The topic step alone, as `analyse` takes it."""
        return self._topics.predict(self._read(inputs))

    def _read(self, inputs: Sequence[AnalyserInput]) -> list[Document]:
        with self._timed("cleaning"):
            titles = [cleaning.clean(source.title) for source in inputs]
            bodies = [cleaning.clean(source.body) for source in inputs]
            texts = [f"{title.text}\n{body.text}" for title, body in zip(titles, bodies, strict=True)]
        with self._timed("segmentation"):
            title_words = [self._segmenter.cut(title.text) for title in titles]
            body_words = [self._segmenter.cut(body.text) for body in bodies]
        with self._timed("cues"):
            cues = self._index.find_all(texts)
        return [
            Document(*parts) for parts in zip(inputs, titles, bodies, texts, title_words, body_words, cues, strict=True)
        ]

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        started = perf_counter()
        yield
        self.timings[step] += perf_counter() - started


def build_pipeline(
    topics: Sequence[Topic],
    regions: Sequence[Region],
    places: Sequence[Place],
    departments: Sequence[Department],
    trained: TopicClassifier | None = None,
    neighbours: NeighbourIndex | None = None,
    default: Artifact | None = None,
) -> Pipeline:
    """The pipeline for one city: its topics with their cues, regions, places and departments. Takes about a second.

    `default` is the classifier that comes with the program (`nlp.topics.default_classifier`); without it cue words
    decide alone. `trained` decides about topics in its place. `neighbours` are the labelled letters that an analysis
    may name as similar, in place of those of `default`.
    """
    classifier = CueClassifier(topics, departments)
    shipped = trained if isinstance(trained, CityTopics) else None
    if shipped is None and default is not None:
        shipped = serve_taxonomy(default, topics, departments)
    appeal_types, tone, detectors = AppealDetector(), SentimentLexicon(), UrgencyDetectors()
    gazetteer, department_names = Gazetteer(regions, places), DepartmentNames(departments)
    scope_judge = ScopeJudge(gazetteer.phrases)
    own_words = {*classifier.phrases, *gazetteer.phrases, *department_names.phrases}
    other_words = {*appeal_types.phrases, *tone.phrases, *detectors.phrases, *scope_judge.phrases}
    return Pipeline(
        segmenter=make_segmenter(own_words),
        index=CueIndex(own_words | other_words),
        topics=trained or shipped or classifier,
        default=shipped,
        scope=scope_judge,
        appeal_types=appeal_types,
        tone=tone,
        detectors=detectors,
        gazetteer=gazetteer,
        department_names=department_names,
        keyword_ranker=KeywordRanker(own_words),
        neighbours=neighbours or (default.neighbours if default else None),
    )


def build_reference_pipeline(default: Artifact | None = None) -> Pipeline:
    """The pipeline for the packaged reference data: for work on files without a database."""
    return build_pipeline(load_topics(), load_regions(), [], load_departments(), default=default)
