"""Which words of feeling stand in a text, and what negation, degree, questions and mockery make of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.analysis import Aspect, Emotion
from nlp.cue_places import CuePlaces, Wanted
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.ngrams import Flags, Numbers
from nlp.tone.laid_out import LaidOut, flags

VERSION = "tone-words/1"
EMOTIONS = (Emotion.ANGER, Emotion.SADNESS, Emotion.FEAR, Emotion.JOY, Emotion.SURPRISE)
ASPECTS = tuple(Aspect)
# How a word says what it is about: trouble is the matter's, an opinion may be about anything, the rest names it.
TROUBLE, OPINION = -1, -2
_REACH = 3
TITLE_WEIGHT = 1.5
_DENIED_PRAISE = -0.8
# A word of feeling that is in no list of opinions: anger, sadness and fear are bad, joy is good, surprise is neither.
_TONES_OF_FEELINGS = np.array([-0.7, -0.7, -0.7, 0.7, 0.0])
_LEAST_IMPLIED = 1.0
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Said:
    """Words of feeling by document and place. `at` is where each begins in the laid out texts, `valence` its weight as
    it stands there (negation and degree counted), `about` the number of an aspect, `TROUBLE` or `OPINION`; `feelings`
    are its weights for `EMOTIONS`. `harmed` and `mocking` speak of documents."""

    places: CuePlaces
    at: Numbers
    clauses: Numbers
    valence: Values
    about: Numbers
    feelings: Values
    in_title: Flags
    harmed: Flags
    mocking: Flags


@dataclass(frozen=True, slots=True)
class Targets:
    """Where something is named that a feeling may be about: the clause, and the number of the aspect. `basis` is
    where it is only the ground of something (按照规定); `requests` are
    clauses that ask for something, `accusing` those that speak to who should act."""

    places: CuePlaces
    clauses: Numbers
    aspects: Numbers
    basis: Flags
    requests: Numbers
    accusing: Numbers


class ToneWords:
    """The word list, and how it is read."""

    def __init__(self) -> None:
        lexicon, aspects = load_lexicon("tone"), load_lexicon("aspects")
        valence: dict[str, tuple[float, int]] = {}
        for sign, side in ((1.0, "positive"), (-1.0, "negative")):
            for weight, words in lexicon["opinion"][side].items():
                valence |= dict.fromkeys(words, (sign * float(weight), OPINION))
        for weight, words in lexicon["trouble"].items():
            valence |= dict.fromkeys(words, (-float(weight), TROUBLE))
        for name, sides in aspects["phrases"].items():
            for sign, side in ((1.0, "positive"), (-1.0, "negative")):
                for weight, words in sides.get(side, {}).items():
                    valence |= dict.fromkeys(words, (sign * float(weight), ASPECTS.index(Aspect(name))))
        feelings: dict[str, Values] = {}
        for place, emotion in enumerate(EMOTIONS):
            for weight, words in load_lexicon("emotions")[emotion.value].items():
                for word in words:
                    feelings.setdefault(word, np.zeros(len(EMOTIONS)))[place] += float(weight)
        for word, felt in feelings.items():
            implied = float(felt @ _TONES_OF_FEELINGS)
            if abs(implied) >= _LEAST_IMPLIED:
                valence.setdefault(word, (implied, OPINION))
        harm = set(lexicon["harm"])
        words = sorted(word for word in {*valence, *feelings, *harm} if len(word) > 1)
        none = np.zeros(len(EMOTIONS))
        self._scored = Wanted(words)
        self._valence = np.array([valence.get(word, (0.0, TROUBLE))[0] for word in words])
        self._about = np.array([valence.get(word, (0.0, TROUBLE))[1] for word in words], dtype=np.int64)
        self._feelings = np.array([feelings.get(word, none) for word in words])
        self._harm = np.array([word in harm for word in words], dtype=np.bool_)
        self._negations = flags(lexicon["negations"]["short"])
        self._degrees = np.ones(1 << 16)
        for word, factor in lexicon["degrees"].items():
            if len(word) == 1:
                self._degrees[ord(word)] = float(factor)
        self._marks = _Marks(lexicon, aspects)

    @property
    def phrases(self) -> Iterable[str]:
        return {*self._scored.phrases, *self._marks.wanted.phrases}

    def read(self, documents: Sequence[Document], laid: LaidOut) -> tuple[Said, Targets]:
        """`laid` are these documents."""
        said = self._scored.longest(documents)
        marks = self._marks.find(documents, laid)
        at = said.starts + laid.starts[said.rows]
        clauses = laid.clause(at)
        denied = self._denied(laid, marks, at, clauses)
        valence = self._valence[said.columns] * self._strength(laid, marks, at)
        valence = np.where(denied, np.where(valence > 0, valence * _DENIED_PRAISE, 0.0), valence)
        feelings = self._feelings[said.columns] * ~denied[:, None]
        # who asks whether people are content is not content, and mockery is no praise
        hollow = (valence > 0) & (laid.asks(clauses) | marks.mocking[said.rows])
        valence[hollow] = 0.0
        joy = EMOTIONS.index(Emotion.JOY)
        feelings[hollow, joy] = 0.0
        titles = np.array([document.body_start for document in documents], dtype=np.int64)
        in_title = said.starts < titles[said.rows]
        harmed = np.bincount(said.rows, self._harm[said.columns] & ~denied, minlength=len(documents)) > 0
        result = Said(said, at, clauses, valence, self._about[said.columns], feelings, in_title, harmed, marks.mocking)
        return result, marks.targets

    def _denied(self, laid: LaidOut, marks: "_Marked", at: Numbers, clauses: Numbers) -> Flags:
        """Whether a negation stands just before a word, in its clause: 没有污染 is no pollution."""
        denials = self._negations[laid.small]
        denials[marks.no_denials] = False
        denials[marks.denials] = True
        counts = np.concatenate([[0], np.cumsum(denials)])
        first = np.maximum(at - _REACH, laid.clause_start(clauses))
        found: Flags = counts[at] > counts[first]
        return found

    def _strength(self, laid: LaidOut, marks: "_Marked", at: Numbers) -> Values:
        factors = np.where(at > 0, self._degrees[laid.small[np.maximum(at - 1, 0)]], 1.0)
        if len(marks.degree_ends):
            place = np.minimum(np.searchsorted(marks.degree_ends, at), len(marks.degree_ends) - 1)
            factors = np.where(marks.degree_ends[place] == at, marks.degrees[place], factors)
        return factors


@dataclass(frozen=True, slots=True)
class _Marked:
    no_denials: Numbers
    denials: Numbers
    degree_ends: Numbers
    degrees: Values
    mocking: Flags
    targets: Targets


class _Marks:
    """What gives other words their meaning: negations, degrees, mockery, requests, and names of what is judged."""

    def __init__(self, lexicon: dict[str, Any], aspects: dict[str, Any]) -> None:
        roles: dict[str, dict[str, float]] = {}
        self._add(roles, "denial", dict.fromkeys(lexicon["negations"]["long"], 1.0))
        self._add(roles, "no_denial", dict.fromkeys(lexicon["not_negation"], 1.0))
        self._add(roles, "degree", {w: float(f) for w, f in lexicon["degrees"].items() if len(w) > 1})
        self._add(roles, "mockery", dict.fromkeys(lexicon["sarcasm"], 1.0))
        for place, aspect in enumerate(ASPECTS):
            names = aspects["targets"].get(aspect.value, ())
            self._add(roles, "target", dict.fromkeys(names, place + 1.0))
        words = aspects["request"]
        self._add(roles, "request", dict.fromkeys((w for w in words if len(w) > 1), 1.0))
        self._add(roles, "accuse", dict.fromkeys(aspects["accuse"], 1.0))
        self._basis = flags(aspects["basis"])
        self._asking = flags("".join(w for w in words if len(w) == 1))
        phrases = sorted(roles)
        self.wanted = Wanted(phrases)
        self._roles = {
            role: np.array([roles[phrase].get(role, 0.0) for phrase in phrases])
            for role in ("denial", "no_denial", "degree", "mockery", "target", "request", "accuse")
        }

    @staticmethod
    def _add(roles: dict[str, dict[str, float]], role: str, values: dict[str, float]) -> None:
        for phrase, value in values.items():
            if len(phrase) > 1:
                roles.setdefault(phrase, {})[role] = value

    def find(self, documents: Sequence[Document], laid: LaidOut) -> _Marked:
        places = self.wanted.places(documents)
        offsets = laid.starts[places.rows]
        starts, ends = places.starts + offsets, places.ends + offsets
        values = {role: table[places.columns] for role, table in self._roles.items()}
        silent = np.flatnonzero(values["no_denial"])
        lengths = ends[silent] - starts[silent]
        first = np.cumsum(lengths) - lengths
        inside = np.arange(int(lengths.sum())) + np.repeat(starts[silent] - first, lengths)
        degrees = np.flatnonzero(values["degree"])
        degrees = degrees[np.argsort(ends[degrees], kind="stable")]
        mocking = np.bincount(places.rows, values["mockery"], minlength=len(documents)) > 0
        named = np.flatnonzero(values["target"])
        asking = np.flatnonzero(self._asking[laid.small])
        requests = np.concatenate([starts[values["request"] > 0], asking])
        before = np.maximum(starts[named] - 1, 0)
        basis = self._basis[laid.small[before]] | self._basis[laid.small[np.maximum(before - 1, 0)]]
        targets = Targets(
            places.kept(named),
            laid.clause(starts[named]),
            values["target"][named].astype(np.int64) - 1,
            basis,
            np.unique(laid.clause(requests)),
            laid.clause(starts[values["accuse"] > 0]),
        )
        return _Marked(
            inside, ends[values["denial"] > 0] - 1, ends[degrees], values["degree"][degrees], mocking, targets
        )
