"""Measures the proposals of several matters on letters of our own.

    python -m tests.quality.matters_bench [errors]

Development: the letters of own_letters.yaml, alone and two by two with every usual turn of phrase between them,
matters_cases_kept.psv, and the first of every two letters of matters_cases_second.psv; unseen: the others of these and
matters_cases_fresh.psv. No letter of any is in the corpus that the default classifier learns from. Of the corpus itself
hand9 and hand10 are shown too: their further matters are mentioned in passing and mostly set aside by the writer; the
default classifier has learnt from these letters.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import cycle

import yaml

from api.commands.default_classifier import ready_shipped
from models.analysis import AnalyserInput, Matter
from nlp.corpus import load_corpus
from nlp.gist.clause_matters import ClauseMatters, Weighing
from nlp.gist.matters import MatterSplitter
from nlp.gist.sentences import split
from nlp.pipeline import Pipeline, build_reference_pipeline

_TURNS = ("另外，", "此外，", "还有一件事，", "第二个问题，", "顺便反映一下，", "再一个，", "同时，", "", "\n", "另外")


@dataclass(frozen=True, slots=True)
class Case:
    """A letter with the pieces of its body and the topic of each; `None` for what belongs to no matter."""

    title: str
    pieces: tuple[tuple[str, str | None], ...]

    @property
    def topics(self) -> list[str]:
        return [topic for _, topic in self.pieces if topic is not None]

    @property
    def body(self) -> str:
        return "".join(text for text, _ in self.pieces)


@dataclass(frozen=True, slots=True)
class Measurement:
    """`recall` and `precision` of "several matters"; among the letters rightly found, the share of sentences that lie
    in the right matter, and the share of matters with the right topic of either level."""

    letters: int
    several: int
    recall: float
    precision: float
    sentences: float
    parents: float
    leaves: float


def load_cases(name: str) -> list[Case]:
    """The letters of a file: `kept`, `fresh`; `second:0` are those for development of a file, `second:1` the others."""
    cases = []
    name, _, half = name.partition(":")
    for line in (files("tests.quality") / f"matters_cases_{name}.psv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        topics, title, body = line.split("|")
        body, _, closing = body.partition("§")
        pieces = list(zip(body.split("‖"), topics.split("+"), strict=True))
        cases.append(Case(title, (*pieces, *([(closing, None)] if closing else []))))
    return cases[int(half) :: 2] if half else cases


def load_development() -> list[Case]:
    letters = yaml.safe_load((files("tests.quality") / "own_letters.yaml").read_text(encoding="utf-8"))
    alone = [Case(title, ((body, code),)) for code, title, body in letters]
    turns = cycle(_TURNS)
    pairs = []
    for step in (7, 31):
        for (code, title, body), (other, _, further) in zip(letters, letters[step:], strict=False):
            if code[:3] != other[:3]:
                pairs.append(Case(title, ((_ended(body), code), (next(turns) + further, other))))
    return alone + pairs


def load_hand(*hands: str) -> list[Case]:
    items = [item for item in load_corpus() if item.hand in hands]
    return [Case(i.title, ((i.body, i.topic_code), *(("", code) for code in i.also))) for i in items]


def _ended(body: str) -> str:
    return body if body[-1] in "。！？?" else f"{body}。"


def read(
    cases: Sequence[Case], pipeline: Pipeline, splitter: ClauseMatters | MatterSplitter
) -> list[tuple[Matter, ...]]:
    documents = pipeline._read([AnalyserInput(case.title, case.body, "letter") for case in cases])
    return splitter.propose(split(documents))


def measure(cases: Sequence[Case], proposed: Sequence[tuple[Matter, ...]]) -> Measurement:
    several = [len(case.topics) > 1 for case in cases]
    found = [len(matters) > 1 for matters in proposed]
    both = [(c, m) for c, m, yes, got in zip(cases, proposed, several, found, strict=True) if yes and got]
    lines = [right for case, matters in both for right in _lines(case, matters)]
    parents = [any(m.topic_code[:3] == topic[:3] for m in matters) for case, matters in both for topic in case.topics]
    leaves = [any(m.topic_code == topic for m in matters) for case, matters in both for topic in case.topics]
    return Measurement(
        len(cases),
        sum(several),
        len(both) / max(sum(several), 1),
        len(both) / max(sum(found), 1),
        sum(lines) / max(len(lines), 1),
        sum(parents) / max(len(parents), 1),
        sum(leaves) / max(len(leaves), 1),
    )


def _lines(case: Case, matters: Sequence[Matter]) -> Iterator[bool]:
    """For each proposed sentence whether it lies in the piece that most of its matter lies in, and no matter twice."""
    at, places = len(case.title) + 1, []
    for number, (text, topic) in enumerate(case.pieces):
        if topic is not None and text:
            places.append((at, at + len(text), number))
        at += len(text)
    taken: set[int] = set()
    for matter in matters:
        pieces = [
            number
            for span in matter.sentences
            for start, end, number in places
            if start <= (span.start + span.end) // 2 < end
        ]
        if not pieces:
            continue
        home = max(set(pieces), key=lambda n: (pieces.count(n), -n))
        for number in pieces:
            yield number == home and home not in taken
        taken.add(home)


def make(pipeline: Pipeline, weighing: Weighing | None = None) -> ClauseMatters:
    if pipeline.parts.default is None:
        raise ValueError("the shipped classifier is not there")
    return ClauseMatters(pipeline.parts.default, pipeline.parts.topics, weighing)


def main() -> None:
    pipeline = build_reference_pipeline(ready_shipped())
    splitter = make(pipeline)
    parts = {
        "development (own letters, alone and in pairs)": load_development(),
        "development (matters_cases_kept)": load_cases("kept"),
        "development (matters_cases_second)": load_cases("second:0"),
        "unseen (matters_cases_second)": load_cases("second:1"),
        "unseen (matters_cases_fresh)": load_cases("fresh"),
        "in passing (hand9, hand10)": load_hand("hand9", "hand10"),
    }
    for name, cases in parts.items():
        proposed = read(cases, pipeline, splitter)
        m = measure(cases, proposed)
        print(
            f"{name}: {m.letters} letters, {m.several} of several matters: recall {m.recall:.3f}, precision "
            f"{m.precision:.3f}; sentences in the right matter {m.sentences:.3f}, topics right {m.parents:.3f} "
            f"(sub-topics {m.leaves:.3f})"
        )
        if sys.argv[1:] == ["errors"] and name.startswith("development"):
            for case, matters in zip(cases, proposed, strict=True):
                if (len(case.topics) > 1) != (len(matters) > 1):
                    print(case.topics, [(x.topic_code, x.confidence) for x in matters], case.title, case.body)


if __name__ == "__main__":
    main()
