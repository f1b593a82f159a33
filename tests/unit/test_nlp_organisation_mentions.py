"""Organisations in a text: which, and whether it complains about them."""

import pytest

from models.analysis import OrganisationKind
from models.department import Department
from nlp.organisations.mentions import OrganisationFinding, OrganisationMentions
from nlp.organisations.names import DepartmentNames
from nlp.places.name_bounds import word_lines
from nlp.reference import load_departments
from tests.unit.nlp_documents import make_document

DEPARTMENTS = load_departments()
WORDS = tuple(DepartmentNames(DEPARTMENTS).phrases)


def find(body: str, departments: list[Department] = DEPARTMENTS, lineage: tuple[str, ...] = ()) -> OrganisationFinding:
    finder = OrganisationMentions(DepartmentNames(departments), departments)
    document = make_document(body, phrases=finder.phrases, words=WORDS)
    return finder.find([document], [lineage], word_lines([document]))[0]


def said(body: str) -> list[tuple[str, str | None, bool]]:
    return [(m.text, m.department_id, m.accused) for m in find(body).mentions]


@pytest.mark.parametrize(
    ("body", "name", "unit"),
    [
        ("派出所不作为", "派出所", "gaj"),
        ("城管队员打人", "城管", "cgj"),
        ("举报国土局局长受贿", "国土局", "zrzy"),
        ("扶贫办把名额给了亲戚", "扶贫办", "nynj"),
        ("锦绣物业乱收费", "锦绣物业", None),
        ("请督促宏远建设公司交房", "宏远建设公司", None),
        ("在惠万家超市买到过期牛奶", "惠万家超市", None),
        ("被亿达投资公司骗了", "亿达投资公司", None),
    ],
)
def test_accused(body: str, name: str, unit: str | None) -> None:
    assert said(body) == [(name, unit, True)]


@pytest.mark.parametrize(
    ("body", "unit"),
    [
        ("请环保局查处养殖场乱排", "sthjj"),
        ("希望住建局尽快处理，不要拖", "zjj"),
        ("感谢交警支队及时救助", "jjzd"),
        ("到医保局报销要什么材料", "ybj"),
    ],
)
def test_who_is_only_asked_is_not_accused_and_may_receive_it(body: str, unit: str) -> None:
    finding = find(body)
    assert [(m.department_id, m.accused) for m in finding.mentions] == [(unit, False)]
    assert finding.department_ids == ()


def test_who_is_named_without_a_wish_is_kept_from_the_letter() -> None:
    finding = find("国土所量过地")
    assert [m.accused for m in finding.mentions] == [False]
    assert finding.department_ids == ("zrzy",), "not accused for sure, not asked for sure: protected"


def test_asked_once_and_blamed_once_is_blamed() -> None:
    assert find("向城管局举报过，城管局一直不处理").department_ids == ("cgj",)


@pytest.mark.parametrize("body", ["小区物业公司不作为", "某公司欠薪", "这家超市卖假货", "城管要加强", "有关部门推诿"])
def test_who_has_no_name_is_not_named(body: str) -> None:
    assert said(body) == []


def test_a_place_at_a_company_is_no_complaint_about_it() -> None:
    assert said("通达物流公司门口的路坏了没人管") == [("通达物流公司", None, False)]


def test_an_old_name_is_the_successor_whose_region_fits_and_nobody_where_there_is_none() -> None:
    def unit(id: str, region: str) -> Department:
        return Department(id=id, duty="zrzy", name=f"{id}自规局", short_name=id, kind="gov", region_code=region)

    units = [unit("east", "5101"), unit("west", "5102")]
    assert find("国土局违规", units, ("5102", "51")).department_ids == ("west",)
    unknown = find("国土局违规", units)
    assert unknown.department_ids == ("east", "west"), "unknown place: all of them, for reporter protection"
    assert unknown.mentions[0].department_id is None
    assert find("环保局违规", units).mentions == ()


def test_kinds_and_positions() -> None:
    body = "<p>在</p>顺达驾校交了钱，教育局不管"
    mentions = find(body).mentions
    assert [m.kind for m in mentions] == [OrganisationKind.COMPANY, OrganisationKind.DEPARTMENT]
    assert [("\n" + body)[m.start : m.end] for m in mentions] == ["顺达驾校", "教育局"]


@pytest.mark.parametrize("body", ["公司" * 25_000, "教育局" * 10_000, "宏远公司不" * 10_000, "😀" * 50_000])
def test_hostile_texts_are_read_in_time(body: str) -> None:
    find(body)
