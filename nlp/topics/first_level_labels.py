"""Which sub-topic does a letter teach of which a person named no more than the first-level topic?

The likeliest one below the label, by the classifier that comes with the program; it counts as much as that one is
likelier than its neighbours. So a city whose people label roughly still teaches where its letters differ from ours.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from models.department import Department, Topic
from nlp.cues import CueIndex
from nlp.letters import LabelledLetter, read
from nlp.segmentation import Segmenter
from nlp.topics.artifacts import Artifact
from nlp.topics.city_topics import serve_taxonomy


def name_exactly(
    letters: Sequence[LabelledLetter],
    topics: Sequence[Topic],
    departments: Sequence[Department],
    default: Artifact,
    segmenter: Segmenter,
) -> list[LabelledLetter]:
    """The letters in their order; who had a first-level label has the code of a sub-topic now, the label as `parent`,
    and its `weight` times the share of that sub-topic among all below the label. Others are handed on as they are, and
    so are labels with nothing below them."""
    below: dict[str, list[str]] = defaultdict(list)
    for topic in topics:
        if topic.parent_code is not None:
            below[topic.parent_code].append(topic.code)
    rough = [number for number, letter in enumerate(letters) if letter.label in below]
    named = list(letters)
    if not rough:
        return named
    classifier = serve_taxonomy(default, topics, departments)
    texts = list(read([letters[number] for number in rough], segmenter, CueIndex(classifier.phrases)))
    codes, shares = classifier.shares(texts)
    columns = {label: [codes.index(code) for code in sorted(below[label])] for label in below}
    for number, line in zip(rough, shares, strict=True):
        letter = letters[number]
        chances = line[columns[letter.label]]
        best = int(chances.argmax())
        whole = float(chances.sum())
        share = float(chances[best]) / whole if whole > 0 else 1 / len(chances)
        code = codes[columns[letter.label][best]]
        named[number] = replace(letter, label=code, parent=letter.label, weight=letter.weight * share)
    return named
