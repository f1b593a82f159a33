"""How often is the nearest labelled letter of the same topic, and what does looking for it cost?

    .venv/bin/python -m tests.quality.neighbours_bench

Sample letters of six writers are the labelled ones, those of two others ask. The time is CPU time of one core, over
10,000 labelled letters (some of them twice), for letters as they are and for five of them put together.
"""

import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from nlp.document import Document
from nlp.letters import LabelledLetter, read
from nlp.segmentation import make_segmenter
from nlp.topics.neighbours import NeighbourIndex

CORPUS = Path(__file__).parent.parent.parent / "nlp" / "corpus"
ASKING = ("hand2", "hand7")
WRITERS = tuple(f"hand{n}" for n in range(1, 9))
LABELLED = 10_000


def letters_of(writer: str) -> list[LabelledLetter]:
    lines = (CORPUS / f"{writer}.psv").read_text(encoding="utf-8").splitlines()
    fields = [line.split("|") for line in lines if line]
    return [LabelledLetter(row[6], row[7].replace("\\n", "\n"), row[0]) for row in fields]


def build(letters: Sequence[LabelledLetter], documents: Sequence[Document]) -> NeighbourIndex:
    return NeighbourIndex.build(documents, [str(n) for n in range(len(letters))], [one.label for one in letters])


def microseconds(index: NeighbourIndex, documents: Sequence[Document]) -> float:
    """The best of five rounds, for each letter."""
    rounds = []
    for _ in range(5):
        started = time.process_time()
        index.find(documents)
        rounds.append(time.process_time() - started)
    return min(rounds) / len(documents) * 1e6


def main() -> None:
    segmenter = make_segmenter()
    written = {writer: letters_of(writer) for writer in WRITERS}
    known = list(chain.from_iterable(written[writer] for writer in WRITERS if writer not in ASKING))
    asking = list(chain.from_iterable(written[writer] for writer in ASKING))
    documents = list(read(asking, segmenter))
    index = build(known, list(read(known, segmenter)))
    first = [near[0] if near else None for near in index.find(documents)]
    for low, high in ((0.5, 1.01), (0.3, 0.5), (0.0, 0.3)):
        pairs = [(n, one) for n, one in zip(first, asking, strict=True) if n and low <= n.likeness < high]
        same = sum(n.topic_code == one.label for n, one in pairs) / max(len(pairs), 1)
        print(f"likeness {low:.1f}–{min(high, 1):.1f}: {len(pairs)} letters, nearest of the same topic {same:.1%}")
    print(f"nothing near: {first.count(None)} of {len(first)}")

    everyone = list(chain.from_iterable(written.values()))
    many = (everyone * 2)[:LABELLED]
    index = build(many, list(read(many, segmenter)))
    held = sum(array.nbytes for array in index.arrays().values())
    print(f"{LABELLED} labelled letters: {held / 1e6:.1f} MB as arrays")
    fives = [asking[n : n + 5] for n in range(0, len(asking), 5)]
    longer = [LabelledLetter(five[0].title, "".join(one.body for one in five), "") for five in fives]
    for asked in (asking[:1536], (longer * 4)[:1536]):
        texts = list(read(asked, segmenter))
        length = sum(len(text.text) for text in texts) / len(texts)
        print(f"mean {length:.0f} characters: {microseconds(index, texts):.0f} µs a letter")


if __name__ == "__main__":
    main()
