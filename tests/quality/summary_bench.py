"""Measures the two-line summary on letters of our corpus whose saying sentences were marked by hand.

    python -m tests.quality.summary_bench

The marks of hand9 are those the weights were fitted on, hand10 was not looked at. Beside it the usual baseline, the
first two sentences.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from models.analysis import AnalyserInput, TextSpan
from nlp.cleaning import clean
from nlp.corpus import find_item
from nlp.cues import Cue, CueIndex
from nlp.document import Document
from nlp.gist.sentences import Sentence, Sentences, split
from nlp.gist.summary import summarise

Choose = Callable[[Sentences], Sequence[Sequence[TextSpan]]]
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Marked:
    """A letter with the beginnings of the sentences that say what it is about, and of those that say what is wished."""

    reference: str
    document: Document
    matter: frozenset[str]
    wish: frozenset[str]


@dataclass(frozen=True, slots=True)
class Measurement:
    """Shares: of letters whose matter, whose wish (where one was marked) is among the chosen; of chosen sentences that
    were marked as either."""

    letters: int
    matter: float
    wish: float
    precision: float


def load(hand: str) -> list[Marked]:
    lines = (files("tests.quality") / "summary_marks.psv").read_text(encoding="utf-8").splitlines()
    marked = []
    for reference, matter, wish in (line.split("|") for line in lines if not line.startswith("#")):
        item = find_item(reference)
        if item is None or item.hand != hand:
            continue
        title, body = clean(item.title), clean(item.body)
        source, text = AnalyserInput(item.title, item.body, item.channel), f"{title.text}\n{body.text}"
        document = Document(source, title, body, text, [], [], CueIndex(()).find(text))
        marked.append(Marked(reference, document, _beginnings(matter), _beginnings(wish)))
    return marked


def measure(letters: Sequence[Marked], choose: Choose) -> Measurement:
    matter = wish = right = chosen = 0
    for letter in letters:
        sentences = split([letter.document])
        [spans] = choose(sentences)
        said = {_beginning(letter.document, sentences.of(0), span) for span in spans}
        matter += bool(said & letter.matter)
        wish += bool(said & letter.wish)
        right += len(said & (letter.matter | letter.wish))
        chosen += len(spans)
    wishing = sum(bool(letter.wish) for letter in letters)
    return Measurement(len(letters), matter / len(letters), wish / wishing, right / chosen)


def first_two(sentences: Sentences) -> Sequence[Sequence[TextSpan]]:
    rows = range(len(sentences.documents))
    starts = [len(document.source.title) + 1 - document.body_start for document in sentences.documents]
    return [[TextSpan(s.start + starts[row], s.end + starts[row]) for s in sentences.of(row)[:2]] for row in rows]


def _beginning(document: Document, sentences: Sequence[Sentence], span: TextSpan) -> str:
    """How the sentence begins that the span is of."""
    for start, end, _ in sentences:
        whole = document.original_span(Cue(start, end, ""))
        if whole[0] <= span.start < whole[1]:
            return document.text[start:end][:_SHOWN]
    raise ValueError(f"{span} is in no sentence")


def _beginnings(field: str) -> frozenset[str]:
    return frozenset(filter(None, field.split("·")))


def main() -> None:
    for hand, part in (("hand9", "development"), ("hand10", "unseen")):
        letters = load(hand)
        for name, choose in (("first two sentences", first_two), ("summary", summarise)):
            result = measure(letters, choose)
            print(
                f"{part} ({hand}, {result.letters} letters) {name}: matter {result.matter:.3f}, "
                f"wish {result.wish:.3f}, precision {result.precision:.3f}"
            )


if __name__ == "__main__":
    main()
