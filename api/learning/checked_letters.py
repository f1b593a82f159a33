"""The letters that people have labelled, arranged for learning and judging, and what a classifier says of them."""

from collections.abc import Sequence

from models.analysis import Analyser, AnalyserInput, Analysis
from models.classifier import LabelledSubmission
from models.database import Connection
from nlp.letters import LabelledLetter, read
from nlp.segmentation import Segmenter
from nlp.topics.grouping import group_alike
from routing.directory import Directory
from routing.learning.held_out import Grouped, arrange
from routing.learning.label_repository import count_labels, list_labelled

_BATCH = 256


def read_labelled(conn: Connection, directory: Directory) -> list[LabelledSubmission]:
    """All submissions with a label of a topic that the city still has."""
    until = count_labels(conn).newest_id
    return [letter for letter in list_labelled(conn, until=until) if letter.topic_code in directory.topics]


def arrange_letters(letters: Sequence[LabelledSubmission], segmenter: Segmenter) -> list[Grouped]:
    """With their groups of near-equal letters; some 3,000 letters a second."""
    groups = group_alike(read([to_learn(letter) for letter in letters], segmenter))
    return arrange(letters, groups.tolist())


def to_learn(letter: LabelledSubmission) -> LabelledLetter:
    """As training reads it; its number is the submission's id."""
    return LabelledLetter(letter.title, letter.body, letter.topic_code, number=letter.submission_id)


def ask(analyser: Analyser, letters: Sequence[LabelledSubmission]) -> list[Analysis]:
    """What the analyser says today, letter by letter, exactly as the worker would ask it."""
    inputs = [AnalyserInput(letter.title, letter.body, letter.channel, letter.place) for letter in letters]
    return [
        analysis
        for start in range(0, len(inputs), _BATCH)
        for analysis in analyser.analyse(inputs[start : start + _BATCH])
    ]
