"""What the tone of letters has been worth at least, on cases written by us.

`dev` was looked at while the rules were made. `unseen` was written after the first rules, by the same hand; the rule
about named offices, and some of their names, came after its first figures: it flatters aspects.

What a city's labels teach is measured on the posts written for the shipped models: each judged by a model that has not
seen it, nor one that says the same.
"""

from functools import cache

import pytest

from models.analysis import Sentiment
from nlp.letters import LabelledLetter
from nlp.tone.artifacts import ToneArtifact
from nlp.tone.corpus import load_posts
from nlp.tone.default import learn_default
from nlp.tone.judging import ToneFinding, ToneJudge
from nlp.tone.labels import What
from nlp.tone.training import train
from tests.quality.tone_bench import CASES, TONES, found_aspects, judge_cases, marked_aspects

# name: polarity, emotion, letters with all aspects right
FLOORS = {"dev": (0.94, 0.9, 0.75), "unseen": (0.9, 0.7, 0.6)}
# accuracy, and how far the confidence may be from how often it is right
TAUGHT = {What.SENTIMENT: (0.75, 0.05), What.EMOTION: (0.72, 0.08)}


@cache
def read_cases(name: str) -> tuple[list[list[str]], list[ToneFinding]]:
    text = (CASES / f"tone_cases_{name}.psv").read_text(encoding="utf-8")
    lines = [line.split("|") for line in text.splitlines()]
    return lines, judge_cases(ToneJudge(ToneArtifact(learn_default(), {})), lines)


@pytest.mark.parametrize("name", FLOORS)
def test_floors(name: str) -> None:
    lines, found = read_cases(name)
    polarity, emotion, aspects = FLOORS[name]
    pairs = list(zip(lines, found, strict=True))
    assert sum(f.sentiment is TONES[line[2]] for line, f in pairs) / len(pairs) >= polarity
    assert sum(f.emotion.value == line[3] for line, f in pairs) / len(pairs) >= emotion
    assert sum(found_aspects(f) == marked_aspects(line) for line, f in pairs) / len(pairs) >= aspects


@pytest.mark.parametrize("name", FLOORS)
def test_a_bad_matter_is_not_taken_for_anger_at_the_government(name: str) -> None:
    lines, found = read_cases(name)
    calm = [f for line, f in zip(lines, found, strict=True) if line[4] == "M-" and f.sentiment is Sentiment.NEGATIVE]
    blamed = [f for f in calm if found_aspects(f) & {"department-", "policy-", "reply-"}]
    assert len(blamed) / len(calm) <= 0.15


@pytest.mark.parametrize("what", What)
def test_what_is_taught_is_learnt(what: What) -> None:
    labels = [post.sentiment if what is What.SENTIMENT else post.emotion for post in load_posts()]
    posts = [
        LabelledLetter("", post.text, label.value, number=number)
        for number, (post, label) in enumerate(zip(load_posts(), labels, strict=True))
    ]
    scores = train(posts, what).scores
    accuracy, calibration = TAUGHT[what]
    assert scores.accuracy >= accuracy
    assert scores.ece <= calibration
