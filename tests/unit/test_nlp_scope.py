"""What is no matter of this city goes to a person, with the reason."""

from time import process_time

import pytest

from models.analysis import Scope
from nlp.corpus import load_corpus, load_near_misses, load_outside
from nlp.ngrams import lay_out
from nlp.places.gazetteer import PlaceFinding
from nlp.scope import ScopeJudge, says_nothing
from nlp.topics.no_matter import FROM
from tests.unit.nlp_documents import make_document

JUDGE = ScopeJudge({"临溪区", "大理"})
NOWHERE = PlaceFinding(None, 0.0, "")
HERE = PlaceFinding("511602", 0.9, "临溪区")


def judge(title: str, body: str, *, place: PlaceFinding = NOWHERE, chance: float = 0.0, chosen: str = "") -> Scope:
    document = make_document(body, title=title, phrases=JUDGE.phrases, place=chosen)
    return JUDGE.judge([document], [place], [chance])[0]


def test_a_matter_like_any_other_is_within() -> None:
    assert judge("路灯不亮", "小区门口的路灯坏了一个月。") is Scope.WITHIN


def test_what_the_classifier_takes_for_no_matter_is_none() -> None:
    assert judge("", "蹲一个后续", chance=FROM) is Scope.NO_MATTER
    assert judge("", "蹲一个后续", chance=FROM - 0.01) is Scope.WITHIN


@pytest.mark.parametrize("text", ["123456", "😡😡😡", "。。。！！", "12345 110 119"])
def test_figures_and_signs_alone_are_no_matter(text: str) -> None:
    assert judge("", text) is Scope.NO_MATTER


@pytest.mark.parametrize(
    "text",
    [
        "Where can I renew my visa? My passport expires next month.",
        "Где купить билеты на поезд?",
        "길이 너무 어두워서 밤에 무서워요.",
        "すみません、駅までの行き方を教えてください。",
        "wo xiang wen yi xia she bao zen me jiao",
        "https://example.com/a?b=1",
        "哈哈哈哈哈哈哈哈",
        "顶顶顶顶",
        "一一一一一二二二二二三三三三三",
        "锟斤拷锟斤拷烫烫烫",
        "Dear 市长, my scooter was stolen in front of the market and nobody answers the phone at the station.",
    ],
)
def test_other_languages_and_signs_over_and_over_are_certain(text: str) -> None:
    assert says_nothing(text) and judge("", text) is Scope.NO_MATTER


@pytest.mark.parametrize(
    "text",
    [
        "又停水。",
        "救命！电梯关人了！",
        "ETC 扣了两次费，客服说 system delay，三周没退",
        "网页打不开：https://example.com/very/long/address/of/a/page?with=many&parts=1",
        "の字招牌的奶茶店过期三天还在卖",
        "路灯黑咯半个月" * 30,
        "漏水漏水漏水 天天漏水",
        "乜嘢都冇人理，條街成日塞車",
    ],
)
def test_a_short_angry_or_mixed_matter_is_not(text: str) -> None:
    assert not says_nothing(text)


@pytest.mark.parametrize("text", ["哈" * 50_000, "http://" * 9_000, "😡" * 50_000, "a1 " * 20_000, "あ" * 50_000])
def test_hostile_texts_take_no_time(text: str) -> None:
    started = process_time()
    assert says_nothing(text)
    assert process_time() - started < 0.5


def test_no_real_matter_of_the_corpus_is_certain_to_be_none() -> None:
    matters = (*load_corpus(), *load_near_misses())
    assert [item.reference for item in matters if says_nothing(f"{item.title}\n{item.body}")] == []


def test_other_languages_of_the_corpus_are_nearly_all_certain() -> None:
    texts = [f"{item.title}\n{item.body}" for item in load_outside() if item.kind == "language"]
    assert sum(map(says_nothing, texts)) / len(texts) > 0.9


def test_an_empty_text_is_left_to_the_person_who_triages() -> None:
    assert judge("", "  ") is Scope.WITHIN


@pytest.mark.parametrize(
    ("title", "body"),
    [("杭州这边地铁口太黑", "每天回家都怕。"), ("公交线路调整", "我住郑州东区，郑州的公交改线后绕路四公里。")],
)
def test_a_matter_of_another_city_is_told_apart(title: str, body: str) -> None:
    assert judge(title, body) is Scope.ELSEWHERE


@pytest.mark.parametrize(
    ("title", "body", "place"),
    [
        ("社保转移", "我从广州回来，广州的社保怎么转到临溪区？", HERE),
        ("上海路口的红绿灯", "上海路与人民路交叉口的灯坏了。", NOWHERE),
        ("兰州拉面馆的油烟", "楼下的兰州拉面馆油烟直排。", NOWHERE),
        ("医保异地备案", "老人退休后跟女儿住，去年在西安住院，怎么备案？", NOWHERE),
        ("大理街办的通知", "大理那边的门面什么时候拆，大理社区不肯说。", NOWHERE),
    ],
)
def test_naming_another_place_does_not_make_it_the_place(title: str, body: str, place: PlaceFinding) -> None:
    assert judge(title, body, place=place) is Scope.WITHIN


def test_who_chose_a_place_of_the_city_means_it() -> None:
    assert judge("杭州来的亲戚", "杭州来的亲戚停车被罚，请问杭州牌照怎么申诉？", chosen="柳荫镇") is Scope.WITHIN


def test_who_chose_a_place_elsewhere_means_that() -> None:
    assert judge("垃圾房", "楼下的垃圾房气味大。", chosen="杭州") is Scope.ELSEWHERE


def test_each_text_of_several_batches_is_judged_for_itself() -> None:
    texts = [
        "小区门口的路灯坏了一个月。",
        "123456",
        "",
        "杭州这边地铁口太黑，每天回家都怕。",
        "锟斤拷路灯坏了一个月",
        "哈哈哈哈",
    ]
    documents = [make_document(text, phrases=JUDGE.phrases) for text in texts]
    alone = [JUDGE.judge([document], [NOWHERE], [0.0])[0] for document in documents]
    batches = [lay_out(documents[:4]), lay_out(documents[4:])]
    assert JUDGE.judge(documents, [NOWHERE] * 6, [0.0] * 6, batches=batches) == alone
    within, nothing = Scope.WITHIN, Scope.NO_MATTER
    assert alone == [within, nothing, within, Scope.ELSEWHERE, nothing, nothing]
    assert JUDGE.judge([], [], []) == []
