"""The words of a letter add up to the score of its topic, to the last of them."""

from dataclasses import replace

import numpy as np
import pytest

from models.analysis import AnalyserInput
from models.department import Topic
from nlp.cues import CueIndex
from nlp.document import Document
from nlp.letters import LabelledLetter, read
from nlp.pipeline import build_pipeline
from nlp.reference import load_departments, load_regions
from nlp.shipped import Shipped
from nlp.topics.city_topics import CityTopics, serve_taxonomy
from nlp.topics.default_classifier import reference_segmenter
from nlp.topics.heads import probabilities
from nlp.topics.word_shares import WordShares
from tests.unit.nlp_letters import corpus_letters
from tests.unit.test_nlp_taxonomy_training import CODES, DEPARTMENTS, TOPICS, saved

LETTERS = [
    ("小区路灯坏了", "门口的路灯坏了三个月，晚上漆黑一片。小区的路灯不亮，请尽快维修路灯！"),
    ("", "ＡＰＰ上報名Apple培訓班，机构跑路，退费无门，退费，退费。"),
    ("🙂🙂", "🙂" * 50),
    ("题", ""),
    ("", ""),
    ("好" * 3, "垃圾堆在楼下，\n\n臭味熏天，垃圾没人收。" * 300),
]


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> CityTopics:
    return serve_taxonomy(saved(tmp_path_factory.mktemp("shares")), TOPICS, DEPARTMENTS)


def documents(classifier: CityTopics, letters: list[tuple[str, str]]) -> list[Document]:
    index = CueIndex({*classifier.phrases})
    return list(read([LabelledLetter(title, body, "") for title, body in letters], reference_segmenter(), index))


def difference(shares: WordShares) -> float:
    """How far the parts are from the model's own score, of the topic where they are furthest."""
    sums = np.array(shares.start) + sum(
        (np.array(share.scores) for share in shares.shares), np.zeros(len(shares.codes))
    )
    return float(np.abs(sums - np.array(shares.total)).max())


def test_all_parts_together_are_the_score_of_the_model(classifier: CityTopics) -> None:
    texts = [(letter.title, letter.body) for letter in corpus_letters("T03", "T04", "T10")[::4]] + LETTERS
    assert len(texts) > 60
    for document in documents(classifier, texts):
        shares = classifier.word_shares(document, CODES)
        assert difference(shares) < 1e-4 * (1 + np.abs(shares.total).max())


def test_what_is_shown_and_the_rest_are_the_score_too(classifier: CityTopics) -> None:
    [document] = documents(classifier, LETTERS[:1])
    shares = classifier.word_shares(document, CODES[:3])
    for shown in (0, 3, 10, 1000):
        parts = [shares.start, shares.rest(shown), *(share.scores for share in shares.shares[:shown])]
        assert np.allclose(np.sum(parts, axis=0), shares.total, atol=1e-4)


def test_the_total_is_what_the_classifier_decides_by(classifier: CityTopics) -> None:
    """The first reader's shares come from these totals; the second reader has its say afterwards."""
    for document in documents(classifier, LETTERS[:4]):
        codes, shares = classifier.shares([document])
        total = np.array([classifier.word_shares(document, codes).total])
        second = classifier._second.shares(classifier._table.rows([document]))
        assert np.allclose(classifier._second.join(probabilities(total), second), shares, atol=1e-9)


def test_the_words_that_matter_lead(classifier: CityTopics) -> None:
    [document] = documents(classifier, LETTERS[:1])
    shares = classifier.word_shares(document, ["T0402", "T1002"])
    first = shares.shares[0]
    assert first.text == "路灯" and first.scores[0] > 0 > first.scores[1] - first.scores[0]
    strengths = [abs(share.scores[0]) for share in shares.shares]
    assert strengths == sorted(strengths, reverse=True)
    assert len({share.text for share in shares.shares}) == len(shares.shares), "each word once"


def test_taking_a_word_away_takes_its_features(classifier: CityTopics) -> None:
    """A word that no feature of the model touches adds nothing, and is not listed."""
    [document] = documents(classifier, [("", "路灯坏了龘龘")])
    assert not any("龘" in share.text for share in classifier.word_shares(document, ["T0402"]).shares)


def test_a_topic_that_only_this_city_has_is_the_sum_of_its_cue_words(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    own = Topic(code="T0499", name="喷泉", parent_code="T04", lead_duty=TOPICS[1].lead_duty, cues=("景观喷泉",))
    city = serve_taxonomy(saved(tmp_path_factory.mktemp("own")), [*TOPICS, own], DEPARTMENTS)
    [document] = documents(city, [("", "景观喷泉不喷水了")])
    shares = city.word_shares(document, ["T0499", "T0402"])
    assert shares.start[0] == 0 and difference(shares) < 1e-4
    assert [share.text for share in shares.shares if share.scores[0]] == ["景观喷泉"]


def test_a_pipeline_without_such_a_classifier_has_no_sums(tmp_path_factory: pytest.TempPathFactory) -> None:
    artifact = saved(tmp_path_factory.mktemp("pipeline"))
    pipeline = build_pipeline(TOPICS, load_regions(), [], load_departments(), shipped=Shipped(artifact))
    source = AnalyserInput("", "路灯坏了", "letter")
    shares = pipeline.word_shares(source, ["T0402", "T9999"])
    assert shares is not None and difference(shares) < 1e-4
    assert shares.codes == ("T0402",), "an unknown topic is left out"
    assert pipeline.word_shares(replace(source, body=""), ["T9999"]) is None
    by_cues = build_pipeline(TOPICS, load_regions(), [], load_departments())
    assert by_cues.word_shares(source, ["T0402"]) is None
