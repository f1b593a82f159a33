"""What others would use for the same letters: a script of jieba, TF-IDF and a support vector machine; SnowNLP."""

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from nlp.letters import LabelledLetter

# SnowNLP judges some twenty letters a second.
SNOWNLP_LETTERS = 96
Predict = Callable[[Sequence[LabelledLetter]], list[str]]


def fit_plain(letters: Sequence[LabelledLetter]) -> Predict:
    """The script that everybody writes first: title and body cut by jieba, words weighed by TF-IDF,
    one linear support vector machine; nothing tuned."""
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    jieba.setLogLevel("WARNING")
    vectorizer = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, lowercase=False, min_df=2)
    classifier = LinearSVC()
    classifier.fit(vectorizer.fit_transform(_texts(letters)), [letter.label for letter in letters])

    def predict(asked: Sequence[LabelledLetter]) -> list[str]:
        found: list[str] = classifier.predict(vectorizer.transform(_texts(asked))).tolist()
        return found

    return predict


def snownlp_sentiment() -> Callable[[Sequence[LabelledLetter]], list[float]] | None:
    """SnowNLP's tone of each letter; None where the library is not installed (it is only here to be measured)."""
    if find_spec("snownlp") is None:
        return None
    judge: Callable[[str], Any] = import_module("snownlp").SnowNLP  # of the developers' extra alone
    judge("路灯坏了").sentiments  # noqa: B018  loads its dictionaries
    return lambda letters: [judge(text).sentiments for text in _texts(letters) if text.strip()]


def _texts(letters: Sequence[LabelledLetter]) -> list[str]:
    return [f"{letter.title}\n{letter.body}" for letter in letters]
