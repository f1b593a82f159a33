"""The tone of each text of a batch: polarity with strength, emotion, and what it is about.

Letters and calls start from the kind of appeal: who complains finds the matter bad, however calm the words, and kind
words are manners unless the text is one of praise. Posts and answers to surveys are judged by what they say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from models.analysis import AppealType, AspectTone, Emotion, Sentiment
from nlp.document import Document
from nlp.ngrams import Batch, Flags
from nlp.tone import words
from nlp.tone.artifacts import ToneArtifact
from nlp.tone.aspects import judge_aspects
from nlp.tone.labels import What
from nlp.tone.model import ToneModel
from nlp.tone.reading import Reading, lexicon_hash, tone_reader
from nlp.tone.words import EMOTIONS, Values
from nlp.topics.features import chunks

VERSION = "tone/4"
_CHANNELS_OF_OPINION = frozenset({"survey", "social"})
# Below this balance a text counts as neutral: a plain question or an ordinary request.
_THRESHOLD, _LETTER_THRESHOLD = 1.0, 2.0
_LETTER_PRIOR = {AppealType.COMPLAIN: -2.0, AppealType.REPORT: -2.0, AppealType.HELP: -1.0, AppealType.PRAISE: 2.0}
# A harm done decides by itself; who asks, suggests or praises may well name one without having suffered it.
_HARM = -_LETTER_THRESHOLD
_UNHARMED = frozenset({AppealType.CONSULT, AppealType.SUGGEST, AppealType.PRAISE})
_IMPLIED = frozenset({AppealType.COMPLAIN, AppealType.REPORT, AppealType.HELP})
# Who asks or proposes names trouble as the subject: it counts so much less.
_SUBJECT, _ONLY_NAMED = frozenset({AppealType.CONSULT, AppealType.SUGGEST}), 0.7
# Anger, sadness and fear are signs of a tone beside the words that are one.
_DARK, _DARK_SHARE = [0, 1, 2], 0.5
# What the shipped model's log odds are worth beside the words (chosen on a development half of public posts).
_MODEL_SHARE = 0.5
_MOST_ODDS = 6.0
# The kind of appeal says as much of a post, but less surely.
_POST_PRIOR = 0.75
# So much must be said of a feeling in a letter: one strong word, or two.
_FELT = 2.0
_FULL = 4.0
_LOUD = 0.5
_ACCUSED = 1.5
_MOST_LOUD = 3
_JOY, _ANGER = EMOTIONS.index(Emotion.JOY), EMOTIONS.index(Emotion.ANGER)


@dataclass(frozen=True, slots=True)
class ToneFinding:
    """`confidence` and `emotion_confidence` are in 0..1, `score` is the strength of the tone in -1..1."""

    sentiment: Sentiment
    confidence: float
    score: float
    emotion: Emotion
    emotion_confidence: float
    aspects: tuple[AspectTone, ...] = ()


class ToneJudge:
    """`shipped` are the models that come with the program (`nlp.tone.default`; without them words decide alone),
    `trained` those from the city's own labels, by what they tell: those decide in place of everything else."""

    def __init__(self, shipped: ToneArtifact | None = None, trained: Mapping[What, ToneModel] | None = None) -> None:
        self._reader = tone_reader()
        self._shipped = dict(shipped.models) if shipped else {}
        self._trained = dict(trained or {})
        models = [*self._shipped.values(), *self._trained.values()]
        names = [VERSION, words.VERSION, lexicon_hash()[:8], *sorted(model.version for model in models)]
        self.version = "+".join(names)

    @property
    def phrases(self) -> Iterable[str]:
        return self._reader.phrases

    def judge_all(
        self,
        documents: Sequence[Document],
        appeal_types: Sequence[AppealType],
        batches: Sequence[Batch] | None = None,
    ) -> list[ToneFinding]:
        """One finding a document; neighbours make no difference. `appeal_types` are theirs, `batches` the `chunks` of
        the documents, where they are laid out already."""
        findings: list[ToneFinding] = []
        for chunk, batch in zip(chunks(documents), batches or repeat(None)):  # noqa: B905  the second may have no end
            findings += self._judge(chunk, appeal_types[len(findings) : len(findings) + len(chunk)], batch)
        return findings

    def _judge(
        self, documents: Sequence[Document], appeal_types: Sequence[AppealType], batch: Batch | None
    ) -> list[ToneFinding]:
        reading = self._reader.read(documents, batch)
        opinion = np.array([d.source.channel in _CHANNELS_OF_OPINION for d in documents], dtype=np.bool_)
        praises = np.array([appeal is AppealType.PRAISE for appeal in appeal_types], dtype=np.bool_)
        tones, sure, scores = self._polarity(reading, appeal_types, opinion, praises)
        troubled = np.array([appeal in _IMPLIED for appeal in appeal_types], dtype=np.bool_)
        implied = troubled & np.array([tone is Sentiment.NEGATIVE for tone in tones], dtype=np.bool_)
        positive = np.array([tone is Sentiment.POSITIVE for tone in tones], dtype=np.bool_)
        felt, felt_sure = self._emotions(reading, opinion, praises, positive)
        aspects = judge_aspects(reading, implied & ~opinion, praises | opinion, praises & positive)
        for row in np.flatnonzero(~opinion).tolist():
            if tones[row] is Sentiment.NEUTRAL:
                aspects[row] = ()  # a request or a question that judges nothing
        return [ToneFinding(*parts) for parts in zip(tones, sure, scores, felt, felt_sure, aspects, strict=True)]

    def balance(self, reading: Reading) -> Values:
        """What the words and pictures of a post say, with the shipped model: positive above zero."""
        pictures = reading.pictures.good - reading.pictures.bad
        mocked = np.where(reading.said.mocking, 1.5, 0.0)
        balance: Values = reading.good - reading.bad + pictures - mocked
        model = self._shipped.get(What.SENTIMENT)
        if model is not None:
            shares = np.maximum(model.shares(reading), 1e-9)
            places = [model.labels.index(side.value) for side in (Sentiment.POSITIVE, Sentiment.NEGATIVE)]
            odds = np.log(shares[:, places[0]]) - np.log(shares[:, places[1]])
            balance = balance + _MODEL_SHARE * np.clip(odds, -_MOST_ODDS, _MOST_ODDS)
        return balance

    def _polarity(
        self, reading: Reading, appeals: Sequence[AppealType], opinion: Flags, praises: Flags
    ) -> tuple[list[Sentiment], list[float], list[float]]:
        trained = self._trained.get(What.SENTIMENT)
        if trained is not None:
            return _by_shares(trained, trained.shares(reading))
        plain = reading.good - reading.bad + reading.pictures.good - reading.pictures.bad
        subject = np.array([appeal in _SUBJECT for appeal in appeals], dtype=np.bool_)
        plain = plain + np.where(subject, _ONLY_NAMED * reading.trouble, 0.0)
        dark = reading.feelings[:, _DARK].max(axis=1)
        plain = plain - np.where(subject | praises, 0.0, _DARK_SHARE * dark)
        prior = np.array([_LETTER_PRIOR.get(appeal, 0.0) for appeal in appeals])
        open_to_harm = np.array([appeal not in _UNHARMED for appeal in appeals], dtype=np.bool_)
        letters = np.where((plain > 0) & ~praises, 0.0, plain)
        letters = np.where(praises & reading.said.mocking, -_LETTER_THRESHOLD - 1, letters + prior)
        letters = letters + np.where(open_to_harm & reading.said.harmed, _HARM, 0.0)
        posts = self.balance(reading) + _POST_PRIOR * prior if opinion.any() else letters
        balance = np.where(opinion, posts, letters)
        threshold = np.where(opinion, _THRESHOLD, _LETTER_THRESHOLD)
        strength = np.abs(balance)
        total = reading.good + reading.bad + reading.pictures.good + reading.pictures.bad
        clear = 0.5 + 0.45 * np.minimum(strength / np.maximum(total + threshold, strength), 1.0)
        plainly = 0.5 + 0.4 * (1 - strength / threshold)
        neutral = strength < threshold
        sure = np.where(neutral, plainly, clear)
        tones = [
            Sentiment.NEUTRAL if calm else Sentiment.POSITIVE if value > 0 else Sentiment.NEGATIVE
            for calm, value in zip(neutral.tolist(), balance.tolist(), strict=True)
        ]
        return tones, sure.tolist(), np.round(balance / (strength + _FULL), 4).tolist()

    def _emotions(
        self, reading: Reading, opinion: Flags, praises: Flags, positive: Flags
    ) -> tuple[list[Emotion], list[float]]:
        trained = self._trained.get(What.EMOTION)
        if trained is not None:
            return _feelings(trained, trained.shares(reading))
        felt = reading.feelings + reading.pictures.feelings
        loud = np.minimum(reading.laid.shouts() + reading.laid.questions(), _MOST_LOUD) * _LOUD
        felt[:, _ANGER] += np.where(felt[:, _ANGER] > 0, loud, 0.0)
        felt[:, _ANGER] += np.where(opinion, 0.0, _ACCUSED * np.minimum(reading.accusing, 2))
        felt[:, _DARK] *= np.where(positive & ~opinion, 0.0, 1.0)[:, None]
        # in a letter thanks are manners, unless the whole is pleased
        felt[:, _JOY] *= positive | opinion
        felt[:, _JOY] += np.where(praises & positive, _FELT, 0.0)
        best = felt.argmax(axis=1)
        strongest = felt.max(axis=1)
        shown = strongest >= _FELT
        sure = np.where(shown, strongest / (felt.sum(axis=1) + _FELT), 1 - strongest / (2 * _FELT))
        emotions = [EMOTIONS[place] if yes else Emotion.NONE for place, yes in zip(best.tolist(), shown, strict=True)]
        confidences = sure.tolist()
        model = self._shipped.get(What.EMOTION)
        if model is not None and opinion.any():
            by_model = zip(*_feelings(model, model.shares(reading)), strict=True)
            for row, (emotion, confidence) in enumerate(by_model):
                if opinion[row]:
                    emotions[row], confidences[row] = emotion, confidence
        return emotions, confidences


def _feelings(model: ToneModel, shares: Values) -> tuple[list[Emotion], list[float]]:
    named = [Emotion(label) for label in model.labels]
    return [named[place] for place in shares.argmax(axis=1).tolist()], shares.max(axis=1).tolist()


def _by_shares(model: ToneModel, shares: Values) -> tuple[list[Sentiment], list[float], list[float]]:
    named = [Sentiment(label) for label in model.labels]
    signs = np.array([{Sentiment.POSITIVE: 1.0, Sentiment.NEGATIVE: -1.0}.get(tone, 0.0) for tone in named])
    tones = [named[place] for place in shares.argmax(axis=1).tolist()]
    return tones, shares.max(axis=1).tolist(), np.round(shares @ signs, 4).tolist()
