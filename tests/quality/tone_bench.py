"""What the tone of texts is worth: as shipped and trained, beside SnowNLP and a plain character baseline.

    python -m tests.quality.tone_bench [FOLDER]     (FOLDER, or WENZHENG_BENCH_DATA, holds weibo_sentiment.csv and
                                                     weibo_emotion.csv; without it only the cases written here)

Public posts: the words, pictures and the two numbers of `nlp.tone.judging` were chosen while looking at one half of the
posts with two labels (by a hash of the text); "other half" was not looked at. Trained figures are of five folds between
which no near-duplicate crosses. The plain baseline is TF-IDF over one to three characters and logistic regression, once
as it comes and once with balanced classes, on the same rows and folds.
"""

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray

from api.benchmarks.rivals import snownlp_sentiment
from models.analysis import AnalyserInput, AppealType, Emotion, Sentiment
from nlp.cleaning import clean
from nlp.cues import CueIndex
from nlp.document import Document
from nlp.letters import LabelledLetter, read
from nlp.segmentation import make_segmenter
from nlp.tone import learning
from nlp.tone.artifacts import ToneArtifact
from nlp.tone.default import learn_default
from nlp.tone.judging import ToneFinding, ToneJudge
from nlp.tone.labels import VALUES, What, values_of
from nlp.tone.reading import tone_reader
from nlp.topics.evaluation import Scores, score
from nlp.topics.features import chunks
from nlp.topics.grouping import group_alike, split

CASES = Path(__file__).parent
_CHANNELS = {"L": "letter", "H": "hotline"}
TONES = {"-": Sentiment.NEGATIVE, "0": Sentiment.NEUTRAL, "+": Sentiment.POSITIVE}
_FELT = {"a": Emotion.ANGER, "s": Emotion.SADNESS, "f": Emotion.FEAR, "j": Emotion.JOY}
_FELT |= {"u": Emotion.SURPRISE, "n": Emotion.NONE}
_HANDS = ("fans", "public", "everyday", "feelings")
_ASPECTS = {"M": "matter", "D": "department", "P": "policy", "R": "reply"}
_FOLDS = 5
# With two labels there is no neutral: what says nothing counts as positive (chosen on the development half).
_LEAN = 0.5
Names = Sequence[str]


def main(folder: Path | None) -> None:
    judge = ToneJudge(ToneArtifact(learn_default(), {}))
    for name in ("dev", "unseen"):
        cases(judge, CASES / f"tone_cases_{name}.psv")
    for name in _HANDS:
        written_posts(judge, CASES / f"tone_posts_{name}.psv")
    posts, feelings = (folder / f"weibo_{kind}.csv" if folder else None for kind in ("sentiment", "emotion"))
    if posts and posts.exists():
        polarity(judge, posts)
    else:
        print("no weibo_sentiment.csv: its figures are left out")
    if feelings and feelings.exists():
        emotions(judge, feelings)
    else:
        print("no weibo_emotion.csv: its figures are left out")


def cases(judge: ToneJudge, path: Path) -> None:
    """Letters and calls written for this."""
    lines = [line.split("|") for line in path.read_text(encoding="utf-8").splitlines()]
    found = judge_cases(judge, lines)
    tones = [TONES[line[2]].value for line in lines]
    print(f"\n{path.name}: {len(lines)} letters and calls")
    _show("polarity", score(tones, [f.sentiment.value for f in found], [f.confidence for f in found], _none(lines)))
    feelings = score(
        [line[3] for line in lines],
        [f.emotion.value for f in found],
        [f.emotion_confidence for f in found],
        _none(lines),
    )
    _show("emotion", feelings)
    for row in feelings.per_class:
        print(f"  {row.label:10} {row.letters:4} P {row.precision:.3f} R {row.recall:.3f}")
    hits, said, wanted = Counter[str](), Counter[str](), Counter[str]()
    exact = 0
    for line, finding in zip(lines, found, strict=True):
        gold, got = marked_aspects(line), found_aspects(finding)
        exact += gold == got
        hits.update(gold & got)
        said.update(got)
        wanted.update(gold)
    print(f"  aspects: all of a letter right {exact / len(lines):.3f}")
    for name in sorted(said | wanted):
        precision, recall = hits[name] / max(said[name], 1), hits[name] / max(wanted[name], 1)
        print(f"  {name:14} {wanted[name]:4} P {precision:.3f} R {recall:.3f}")


def written_posts(judge: ToneJudge, path: Path) -> None:
    """Posts that somebody wrote to be hard: the tone lies in what happened, or against the words. Nothing was learnt
    from them."""
    lines = [line.split("|") for line in path.read_text(encoding="utf-8").splitlines()]
    texts = _posts([text for *_, text in lines])
    found = [f for chunk in chunks(texts) for f in judge.judge_all(chunk, [AppealType.OTHER] * len(chunk))]
    gold = [TONES[tone].value for tone, *_ in lines]
    wrong = sum(
        {tone, said.sentiment.value} == {"negative", "positive"} for tone, said in zip(gold, found, strict=True)
    )
    print(f"\n{path.name}: {len(lines)} posts, the wrong way round {wrong / len(lines):.3f}")
    _show("tone", score(gold, [f.sentiment.value for f in found], [f.confidence for f in found], _none(lines)))
    feelings = [_FELT[emotion].value for _, emotion, _ in lines]
    said = [f.emotion.value for f in found]
    _show("emotion", score(feelings, said, [f.emotion_confidence for f in found], _none(lines)))


def judge_cases(judge: ToneJudge, lines: Sequence[list[str]]) -> list[ToneFinding]:
    texts = [(_CHANNELS[line[0]], line[5], line[6]) for line in lines]
    return judge.judge_all(list(documents(texts)), [AppealType(line[1]) for line in lines])


def marked_aspects(line: Names) -> set[str]:
    return {f"{_ASPECTS[mark[0]]}{mark[1]}" for mark in line[4].split()}


def found_aspects(finding: ToneFinding) -> set[str]:
    return {f"{tone.aspect.value}{'+' if tone.score > 0 else '-'}" for tone in finding.aspects}


def polarity(judge: ToneJudge, path: Path) -> None:
    rows = _rows(path)
    texts, gold = [row["text"] for row in rows], [row["positive"] for row in rows]
    halves = np.array([sha256(row["mid"].encode()).digest()[0] % 2 for row in rows])
    print(f"\n{path.name}: {len(rows)} posts")
    started = process_time()
    balance = np.concatenate([judge.balance(tone_reader().read(chunk)) for chunk in chunks(_posts(texts))])
    shipped = np.where(balance >= -_LEAN, "1", "0")
    spent = (process_time() - started) / len(rows) * 1e6
    right = shipped == np.array(gold)
    print(f"  shipped: development half {right[halves == 0].mean():.4f}, other half {right[halves == 1].mean():.4f}")
    print(f"  shipped: {spent:.0f} microseconds a post, phrases looked for included")
    rival = snownlp_sentiment()
    if rival is not None:
        started = process_time()
        scores = np.array([rival([LabelledLetter("", text, "")])[0] if text.strip() else 0.5 for text in texts])
        right = np.where(scores >= 0.5, "1", "0") == np.array(gold)
        spent = (process_time() - started) / len(rows) * 1e6
        print(
            f"  SnowNLP: all {right.mean():.4f}, other half {right[halves == 1].mean():.4f}, {spent:.0f} microseconds"
        )
    trained(texts, gold, What.SENTIMENT)


def emotions(judge: ToneJudge, path: Path) -> None:
    rows = _rows(path)
    for domain in sorted({row["domain"] for row in rows}):
        chosen = [row for row in rows if row["domain"] == domain]
        print(f"\n{path.name}, {domain}: {len(chosen)} posts")
        values = values_of(What.EMOTION, {row["emotion"] for row in chosen})
        gold = [values[row["emotion"]] for row in chosen]
        found = [
            finding
            for chunk in chunks(_posts([row["text"] for row in chosen]))
            for finding in judge.judge_all(chunk, [AppealType.OTHER] * len(chunk))
        ]
        said = [finding.emotion.value for finding in found]
        _show("shipped", score(gold, said, [f.emotion_confidence for f in found], _none(gold)))
        trained([row["text"] for row in chosen], [row["emotion"] for row in chosen], What.EMOTION)


def trained(texts: Names, labels: Names, what: What) -> None:
    """Both learners on the same rows and folds."""
    values = values_of(what, labels)
    gold = [values[label] for label in labels]
    posts = list(
        read([LabelledLetter("", text, "") for text in texts], make_segmenter(), CueIndex(tone_reader().phrases))
    )
    groups = group_alike(posts)
    folds = split(gold, groups, _FOLDS)
    names = [value.value for value in VALUES[what] if value.value in set(gold)]
    targets = np.array([names.index(label) for label in gold], dtype=np.int64)
    unseen = learning.learn(learning.see(posts, words=True), targets, names, folds, version="bench").unseen
    said = [names[place] for place in unseen.argmax(axis=1).tolist()]
    _show("trained", score(gold, said, unseen.max(axis=1).tolist(), _none(gold)))
    for weight in (None, "balanced"):
        said = _baseline(texts, np.array(gold), folds, weight)
        _show(
            f"plain baseline, {weight or 'as it comes'}", score(gold, said, [1.0] * len(gold), _none(gold)), ece=False
        )


def _baseline(texts: Names, gold: NDArray[np.str_], folds: NDArray[np.int64], weight: str | None) -> list[str]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    said = np.empty(len(gold), dtype=object)
    for fold in np.unique(folds):
        kept, asked = np.flatnonzero(folds != fold).tolist(), np.flatnonzero(folds == fold).tolist()
        reader = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
        model = LogisticRegression(C=5.0, solver="liblinear", class_weight=weight, tol=0.01)
        several = OneVsRestClassifier(model) if len(set(gold)) > 2 else model
        several.fit(reader.fit_transform([texts[i] for i in kept]), gold[kept])
        said[asked] = several.predict(reader.transform([texts[i] for i in asked]))
    return [str(label) for label in said]


def documents(texts: Sequence[tuple[str, str, str]]) -> Iterator[Document]:
    """Channel, title and body of each."""
    index, remaining = CueIndex(tone_reader().phrases), iter(texts)
    while batch := list(islice(remaining, 256)):
        titles, bodies = [clean(title) for _, title, _ in batch], [clean(body) for _, _, body in batch]
        joined = [f"{title.text}\n{body.text}" for title, body in zip(titles, bodies, strict=True)]
        found = index.find_all(joined)
        for (channel, title, body), clean_title, clean_body, text, cues in zip(
            batch, titles, bodies, joined, found, strict=True
        ):
            yield Document(AnalyserInput(title, body, channel), clean_title, clean_body, text, [], [], cues)


def _posts(texts: Names) -> Iterator[Document]:
    return documents([("social", "", text) for text in texts])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _none(like: Sequence[object]) -> list[bool]:
    return [False] * len(like)


def _show(name: str, scores: Scores, *, ece: bool = True) -> None:
    calibration = f", calibration error {scores.ece:.3f}" if ece else ""
    print(f"  {name}: accuracy {scores.accuracy:.4f}, macro-F1 {scores.macro_f1:.4f}{calibration}", flush=True)


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("WENZHENG_BENCH_DATA")
    main(Path(given) if given else None)
