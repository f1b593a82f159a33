"""The tone of a text: a word list with negation and degree, and emoji."""

import re
from collections.abc import Iterable

from models.analysis import AppealType, Sentiment
from nlp.cues import longest
from nlp.document import Document
from nlp.lexicon import load_lexicon

VERSION = "sentiment-lexicon/3"
_REACH = 3
_TITLE_WEIGHT = 1.5
_EMOJI_WEIGHT = 3.0
# Below this balance a text counts as neutral: a plain question or an ordinary request.
_THRESHOLD = 1.0
# Letters describe problems; a word or two of trouble is the matter of any request, not a tone.
_LETTER_THRESHOLD = 2.0
# Who complains or reports finds the matter bad, however calm the words; who asks for help is troubled by it.
_LETTER_PRIOR = {AppealType.COMPLAIN: -2.0, AppealType.REPORT: -2.0, AppealType.HELP: -0.7, AppealType.PRAISE: 1.0}
# A harm done decides by itself; who asks, suggests or praises may well name one without having suffered it.
_HARM = -_LETTER_THRESHOLD
_UNHARMED = frozenset({AppealType.CONSULT, AppealType.SUGGEST, AppealType.PRAISE})
_CHANNELS_OF_OPINION = frozenset({"survey", "social"})


class SentimentLexicon:
    """Adds up weighted words: positive above zero, negative below; a negation before a word turns or silences it."""

    def __init__(self) -> None:
        lexicon = load_lexicon("sentiment")
        self._weights = {
            word: sign * float(weight)
            for side, sign in (("negative", -1), ("positive", 1))
            for weight, words in lexicon[side].items()
            for word in words
        }
        self._harm = frozenset(lexicon["harm"])
        self._emoji = dict.fromkeys(lexicon["emoji_positive"], _EMOJI_WEIGHT)
        self._emoji |= dict.fromkeys(lexicon["emoji_negative"], -_EMOJI_WEIGHT)
        self._any_emoji = re.compile("|".join(map(re.escape, self._emoji)))  # most texts have none: one look
        self._negations = tuple(lexicon["negations"])
        self._degrees = tuple((word, float(factor)) for word, factor in lexicon["degrees"].items())

    @property
    def phrases(self) -> Iterable[str]:
        return self._weights.keys() | self._harm | self._emoji.keys()

    def judge(self, document: Document, appeal_type: AppealType) -> tuple[Sentiment, float]:
        """The tone and the confidence in it (0..1). In letters and calls kind words are manners: only praise is
        positive there."""
        positive = negative = 0.0
        for cue in longest([cue for cue in document.cues if cue.phrase in self._weights]):
            before = document.text[max(0, cue.start - _REACH) : cue.start]
            weight = self._weights[cue.phrase] * self._modifier(before, cue.phrase)
            if cue.start < document.body_start:
                weight *= _TITLE_WEIGHT
            positive, negative = positive + max(weight, 0.0), negative - min(weight, 0.0)
        for emoji, weight in self._emoji.items() if self._any_emoji.search(document.text) else ():
            if emoji in document.text:
                positive, negative = positive + max(weight, 0.0), negative - min(weight, 0.0)
        threshold, balance = _THRESHOLD, positive - negative
        if document.source.channel not in _CHANNELS_OF_OPINION:
            threshold = _LETTER_THRESHOLD
            if balance > 0 and appeal_type is not AppealType.PRAISE:
                balance = 0.0
            balance += _LETTER_PRIOR.get(appeal_type, 0.0)
            if appeal_type not in _UNHARMED and self._tells_of_harm(document):
                balance += _HARM
        if abs(balance) < threshold:
            return Sentiment.NEUTRAL, 0.5 + 0.4 * (1 - abs(balance) / threshold)
        tone = Sentiment.POSITIVE if balance > 0 else Sentiment.NEGATIVE
        return tone, 0.5 + 0.45 * min(abs(balance) / (positive + negative + threshold), 1.0)

    def _tells_of_harm(self, document: Document) -> bool:
        """Whether the text says that harm was done: 摔伤了 does, 没有人摔伤 does not."""
        return any(
            not any(negation in document.text[max(0, cue.start - _REACH) : cue.start] for negation in self._negations)
            for cue in longest([cue for cue in document.cues if cue.phrase in self._harm])
        )

    def _modifier(self, before: str, word: str) -> float:
        """What the characters before a word make of its weight: 不满意 turns 满意, 没有污染 silences 污染."""
        for negation in self._negations:
            if negation in before:
                return -1.0 if self._weights[word] > 0 else 0.0
        for degree, factor in self._degrees:
            if before.endswith(degree):
                return factor
        return 1.0
