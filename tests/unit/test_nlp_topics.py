"""The cue classifier: what weighs more, what is unknown, what the suggestions mean."""

import pytest

from models.analysis import TopicSuggestion
from models.department import Topic
from nlp.reference import load_departments, load_topics
from nlp.topics.cue_classifier import CueClassifier, Weighting
from tests.unit.nlp_documents import make_document


@pytest.fixture(scope="module")
def classifier() -> CueClassifier:
    return CueClassifier(load_topics(), load_departments())


def suggest(classifier: CueClassifier, body: str, title: str = "") -> tuple[TopicSuggestion, ...]:
    return classifier.predict([make_document(body, title=title, phrases=classifier.phrases)])[0]


def test_names_the_topic_and_its_evidence(classifier: CueClassifier) -> None:
    best = suggest(classifier, "包工头拖欠农民工工资，半年没发", "讨薪")[0]
    assert best.topic_code == "T1301"
    assert best.confidence >= 0.5
    assert "讨薪" in best.cues


def test_nothing_speaks_for_any_topic(classifier: CueClassifier) -> None:
    assert suggest(classifier, "你好") == ()
    assert suggest(classifier, "") == ()


def test_thin_evidence_is_not_certain(classifier: CueClassifier) -> None:
    thin = suggest(classifier, "麻烦查一下材料")[0]
    assert thin.confidence < 0.5
    doubtful = CueClassifier(load_topics(), load_departments(), Weighting(unknown=3.0))
    assert suggest(doubtful, "麻烦查一下材料")[0].confidence < thin.confidence


def test_repeating_one_cue_makes_nobody_sure(classifier: CueClassifier) -> None:
    once = suggest(classifier, "公积金", "公积金")[0]
    agreeing = suggest(classifier, "公积金贷款，公积金提取，缴存基数", "公积金")[0]
    assert once.confidence <= 0.75
    assert agreeing.confidence > 0.9


def test_a_cue_that_two_topics_share_is_half_an_agreement() -> None:
    def confidence(shared: tuple[str, ...]) -> float:
        topics = [
            Topic(code="A", name="照明", parent_code=None),
            Topic(code="A1", name="灯", parent_code="A", lead_duty="cgj", cues=("灯不亮", "换灯杆")),
            Topic(code="B", name="杆件", parent_code=None),
            Topic(code="B1", name="杆", parent_code="B", lead_duty="zjj", cues=shared),
        ]
        body = "路口的灯不亮，请换灯杆，灯不亮，换灯杆"
        return suggest(CueClassifier(topics, weighting=Weighting(temperature=0.01)), body)[0].confidence

    assert confidence(()) > 0.9
    assert confidence(("换灯杆",)) < 0.87


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("", "丈夫在外面踹门，喊出来就弄死，我带着六岁的女儿反锁在卫生间", "T0801"),
        ("", "老公家暴，想申请人身安全保护令", "T0801"),
        ("", "楼道里有燃气味，我头晕", "T0504"),
        ("", "桥洞下有个流浪儿童没有人监护", "T1411"),
        ("加油站旁边有人偷卖散装汽油", "用塑料壶给摩托灌汽油，旁边就是幼儿园", "T0901"),
        ("加油站少给汽油", "加油机计量不准，缺斤少两", "T1509"),
        ("人行道停满小车", "轮椅过不去，只能走马路", "T0608"),
        ("", "我們小區的電梯壞了兩個月", "T0305"),
    ],
)
def test_lands_where_somebody_acts(classifier: CueClassifier, title: str, body: str, expected: str) -> None:
    assert suggest(classifier, body, title)[0].topic_code == expected


def test_the_title_outweighs_the_body(classifier: CueClassifier) -> None:
    assert suggest(classifier, "楼下有一家药店", "路灯不亮")[0].topic_code == "T0402"
    assert suggest(classifier, "楼下的路灯不亮", "药店卖过期药")[0].topic_code == "T1502"


def test_a_shared_cue_counts_for_less_than_an_own_one(classifier: CueClassifier) -> None:
    shared = {s.topic_code: s.confidence for s in suggest(classifier, "夜间施工")}
    own = suggest(classifier, "高空抛物")[0]
    assert own.confidence > max(shared.values())


def test_suggestions_are_different_ways_to_go(classifier: CueClassifier) -> None:
    suggestions = suggest(classifier, "工地夜间施工噪音扰民，渣土车扬尘，路面破损")
    ways = {(s.topic_code[:3], {t.code: t.lead_duty for t in load_topics()}[s.topic_code]) for s in suggestions}
    assert len(ways) == len(suggestions) == 3
    assert sum(s.confidence for s in suggestions) <= 1


def test_a_responsible_department_speaks_for_its_topics(classifier: CueClassifier) -> None:
    assert suggest(classifier, "请退役军人事务局回复")[0].topic_code.startswith("T14")


def test_topics_of_another_city_work_alike() -> None:
    topics = [
        Topic(code="A", name="路灯照明", parent_code=None),
        Topic(code="A1", name="路灯维修", parent_code="A", lead_duty="cgj", cues=("灯不亮",)),
        Topic(code="B", name="公交出行", parent_code=None),
        Topic(code="B1", name="公交班次", parent_code="B", lead_duty="gjgs", cues=("末班车",)),
    ]
    own = CueClassifier(topics)
    assert suggest(own, "末班车太早")[0].topic_code == "B1"
    assert own.version != CueClassifier(topics[:2]).version, "the version tells when the cues changed"
