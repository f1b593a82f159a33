"""Places: what is named, what is meant, and what stays open."""

import pytest

from models.region import Place, Region
from nlp.places.gazetteer import Gazetteer, PlaceFinding
from nlp.reference import load_regions
from tests.unit.nlp_documents import make_document

PLACES = [
    Place(name="滨江花园", kind="estate", region_code="511602"),
    Place(name="东坡路", kind="road", region_code="511602"),
]
GAZETTEER = Gazetteer(load_regions(), PLACES)
WORDS = tuple(GAZETTEER.phrases)


def find(body: str, title: str = "", place: str = "") -> PlaceFinding:
    return GAZETTEER.find(make_document(body, title=title, place=place, phrases=WORDS, words=WORDS))


@pytest.mark.parametrize(
    ("body", "region"),
    [
        ("家住广安市广安区", "511602"),
        ("广安市的公交车", "511600"),
        ("住在岳池县城南", "511621"),
        ("岳池的路灯坏了", "511621"),
        ("内江市市中区的菜市场", "511002"),
        ("乐山市市中区的菜市场", "511102"),
        ("市中区的菜市场", None),
        ("广安的公交车", None),
        ("广安市的公交车，广安人都坐", "511600"),
        ("攀枝花市东区的学校", "510402"),
        ("小区东区的门禁坏了", None),
        ("前锋队赢了球", None),
        ("嘉陵江边的步道", None),
        ("岳池路上的树", None),
        ("滨江花园二期停水", "511602"),
        ("东坡路的树倒了", "511602"),
        ("这里没有地名", None),
        ("", None),
    ],
)
def test_region(body: str, region: str | None) -> None:
    assert find(body).region_code == region


def test_the_most_specific_region_wins() -> None:
    finding = find("四川省广安市岳池县某镇")
    assert finding == PlaceFinding("511621", 0.9, "岳池县")


def test_several_regions_lower_the_confidence_and_the_title_decides() -> None:
    finding = find("从武胜县坐车过来，武胜县的朋友也在", title="岳池县客运站收费")
    assert finding.region_code == "511621"
    assert finding.confidence < find("岳池县客运站收费").confidence


def test_what_was_chosen_goes_first() -> None:
    assert find("武胜县的路", place="岳池县") == PlaceFinding("511621", 0.98, "岳池县")
    assert find("市中区的菜市场", place="内江市").region_code == "511002", "the text may be more exact"
    assert find("武胜县的路", place="三号楼旁边") == PlaceFinding("511622", 0.9, "三号楼旁边")


def test_an_alias_is_less_certain_than_a_name() -> None:
    assert find("岳池的路").confidence < find("岳池县的路").confidence


def test_lineage_goes_up_and_survives_a_loop() -> None:
    assert GAZETTEER.lineage("511602") == ["511602", "511600", "510000"]
    assert GAZETTEER.lineage(None) == []
    looped = Gazetteer([Region(code="1", level="town", name="甲镇", parent_code="1")], [])
    assert looped.lineage("1") == ["1"]
