"""Elements are words of the text; who is a role, and what is not clear is left out."""

from datetime import date

import pytest

from models.analysis import Element, PlaceKind, PlaceMention, TimeMention
from nlp.gist.elements import find_elements
from nlp.gist.sentences import split
from tests.unit.nlp_documents import make_document


def elements(body: str, title: str = "") -> dict[Element, list[str]]:
    document = make_document(body, title=title)
    said: dict[Element, list[str]] = {}
    for mention in find_elements(split([document]))[0]:
        assert f"{title}\n{body}"[mention.start : mention.end] == mention.text
        said.setdefault(mention.element, []).append(mention.text)
    return said


@pytest.mark.parametrize(
    ("body", "who"),
    [
        ("我是一名小学三年级的学生家长，作业太多。", ["学生家长"]),
        ("来电人系枕水小区住户，坡道松脱。", ["住户"]),
        ("作为一名外卖骑手，我每天跑十二个小时。", ["外卖骑手"]),
        ("我是县里的一名出租車司機，油价太高。", ["出租車司機"]),
        ("路灯坏了三个月。\n一位普通市民", ["市民"]),
        ("我是王建国，路灯坏了。", []),
        ("我不是业主，我路过。", []),
        ("我是村民李大山的儿子。", []),
        ("业主都在骂。", []),
        ("孩子半夜发烧，没有人看。建议晚上留一个儿科医生。", []),
    ],
)
def test_who_is_a_role(body: str, who: list[str]) -> None:
    assert elements(body).get(Element.WHO, []) == who


def test_what_and_wish() -> None:
    said = elements("您好！滨江路的路灯上个月坏了。请派人来修。请把结果告诉我们。那件事另说，请别管。", "路灯")
    assert said[Element.WHAT] == ["滨江路的路灯上个月坏了。"]
    assert said[Element.WISH] == ["请派人来修。", "请把结果告诉我们。"]


def test_who_writes_is_not_what_it_is_about() -> None:
    said = elements("我是一名考生。成绩只有三分，查分只给一个总分。请人社局复核。", "成绩")
    assert said[Element.WHAT] == ["成绩只有三分，查分只给一个总分。"]
    assert said[Element.WISH] == ["请人社局复核。"]


def test_where_and_when_come_from_the_steps_before() -> None:
    title, body = "去年换的路灯", "昨晚滨江路的路灯全坏了。"
    document = make_document(body, title=title)
    at = len(title) + 1
    region = PlaceMention("江岚市", PlaceKind.REGION, "1", (), 1, 3)
    road = PlaceMention("滨江路", PlaceKind.ROAD, None, (), at + 2, at + 5)
    unclear = PlaceMention("中心小区", PlaceKind.ESTATE, None, ("1", "2"), 1, 2)
    year = TimeMention("去年", date(2025, 1, 1), date(2025, 12, 31), 0, 2)
    night = TimeMention("昨晚", date(2026, 11, 2), date(2026, 11, 2), at, at + 2)
    unknown = TimeMention("那天", None, None, at, at + 2)
    said = {
        mention.element: mention.text
        for mention in find_elements(split([document]), [(region, unclear, road)], [(unknown, year, night)])[0]
    }
    assert said[Element.WHERE] == "滨江路"
    assert said[Element.WHEN] == "昨晚"
    none = {mention.element for mention in find_elements(split([document]), [(unclear,)], [(unknown,)])[0]}
    assert not none & {Element.WHERE, Element.WHEN}


def test_nothing_is_made_up() -> None:
    assert elements("谢谢！") == {}
    assert elements("") == {}


@pytest.mark.parametrize("piece", ["我是", "一名", "作为一名的", "请", "我是学生"])
def test_a_text_made_to_be_slow_is_not(piece: str) -> None:
    document = make_document(piece * (50_000 // len(piece)))
    find_elements(split([document]))
