"""Places named in a text: what is one, how far it reaches, where it lies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.analysis import PlaceKind, PlaceMention
from models.region import Place
from nlp.ngrams import lay_out
from nlp.places.gazetteer import Gazetteer
from nlp.places.mentions import PlaceMentions
from nlp.places.name_bounds import NameBounds, Suffixes, word_lines
from nlp.reference import load_regions
from tests.unit.nlp_documents import make_document

GAZETTEER = Gazetteer(load_regions(), [Place(name="听涛里", kind="estate", region_code="511602")])
FINDER = PlaceMentions(GAZETTEER)
WORDS = tuple(GAZETTEER.phrases)


def find(body: str, title: str = "", place: str = "") -> tuple[PlaceMention, ...]:
    document = make_document(body, title=title, place=place, phrases=WORDS, words=WORDS)
    return FINDER.find([document], word_lines([document]))[0][1]


def names(body: str) -> list[str]:
    return [mention.text for mention in find(body)]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("在[丽水路]搅拌站旁边", PlaceKind.ROAD),
        ("[石门村]的水渠", PlaceKind.VILLAGE),
        ("举报[清水村]书记", PlaceKind.VILLAGE),
        ("[锦绣花园]二期停水", PlaceKind.ESTATE),
        ("我住[阳光100国际新城]", PlaceKind.ESTATE),
        ("[文昌路公交站]没有雨棚", PlaceKind.STATION),
        ("[城西小学]门口堵", PlaceKind.SCHOOL),
        ("[县中医院]停车难", PlaceKind.OTHER),
        ("[大石镇]政府的人", PlaceKind.TOWN),
        ("[建设路]口的灯", PlaceKind.ROAD),
    ],
)
def test_names_and_how_far_they_reach(body: str, kind: PlaceKind) -> None:
    plain = body.replace("[", "").replace("]", "")
    [mention] = find(plain)
    assert mention.kind is kind
    assert (mention.start, mention.end) == (body.index("[") + 1, body.index("]"))
    assert ("\n" + plain)[mention.start : mention.end] == mention.text


@pytest.mark.parametrize(
    "body",
    [
        *("一条路都没有修", "这条路很烂", "高速公路上堵车", "走投无路才写信", "该小区没有门禁", "马路对面"),
        *(
            "我们小区停水",
            "全村人吃水难",
            "农村的厕所",
            "学校不让进",
            "县政府的文件",
            "每个社区都要办",
            "路边的树",
            "市场价格乱",
            "",
        ),
        "我喊侄儿站在田坎上",
    ],
)
def test_what_only_ends_like_a_name(body: str) -> None:
    assert names(body) == []


def test_a_name_lies_in_the_region_before_it_else_in_that_of_the_text() -> None:
    mentions = find("岳池县松林镇石门村的路，建设路也一样")
    assert [(m.text, m.region_code) for m in mentions] == [
        *(("岳池县", "511621"), ("松林镇", "511621"), ("石门村", "511621"), ("建设路", "511621"))
    ]
    two = find("武胜县的人和岳池县的人，都走建设路")
    assert two[-1].region_code is None, "of two regions neither is meant"
    near = find("武胜县的人都说，岳池县松林镇石门村的路坏了")
    assert [m.region_code for m in near] == ["511622", "511621", "511621", "511621"], "the name before decides"
    assert find("建设路坏了", place="岳池县")[0].region_code == "511621"


@pytest.mark.parametrize(
    ("body", "candidates"),
    [("市中区的井盖", ("511002", "511102")), ("广安的公交", ("511600", "511602"))],
)
def test_what_may_be_two_is_left_open(body: str, candidates: tuple[str, ...]) -> None:
    [mention] = find(body)
    assert mention.region_code is None
    assert mention.candidates == candidates


def test_the_parent_tells_which_is_meant() -> None:
    assert [m.region_code for m in find("乐山市市中区停水")] == ["511100", "511102"]


def test_known_places_bring_their_region() -> None:
    [mention] = find("听涛里停水")
    assert (mention.kind, mention.region_code) == (PlaceKind.ESTATE, "511602")


def test_positions_are_those_of_the_original() -> None:
    body = "<p>住在&nbsp;锦绣花园</p>，１号楼"
    [mention] = find(body, title="反映 停水")
    assert ("反映 停水\n" + body)[mention.start : mention.end] == "锦绣花园" == mention.text


def test_a_batch_says_what_each_text_says_alone() -> None:
    bodies = ["在丽水路", "", "岳池县石门村", "没有地名", "锦绣花园停水，市中区"]
    documents = [make_document(body, phrases=WORDS, words=WORDS) for body in bodies]
    batches = [lay_out(documents[:2]), lay_out(documents[2:])]
    together = FINDER.find(documents, word_lines(documents, batches))
    assert together == [FINDER.find([d], word_lines([d]))[0] for d in documents]
    assert FINDER.find([], word_lines([])) == []


PARTS = [
    "路",
    "村",
    "火车站",
    "站",
    "车站",
    "小学",
    "医院",
    "县",
    "第一",
    "的",
    "在",
    "我",
    "住在",
    "，",
    " ",
    "\n",
    "丽水",
    "火车",
    "𠮷",
    "a1",
    "-",
]
OWN = ["路", "村", "火车站", "车站", "站", "小学", "医院"]


@given(st.lists(st.sampled_from(PARTS), max_size=20))
def test_only_suffixes_without_a_name_are_passed_over(parts: list[str]) -> None:
    bounds = NameBounds()
    [line] = word_lines([make_document("".join(parts))])
    all_of_them = Suffixes(OWN).find(line)
    looked_at = Suffixes(OWN, edges=bounds.stop, kept=["医院"]).find(line)
    assert [suffix for suffix in all_of_them if suffix in looked_at] == looked_at
    for suffix in set(all_of_them) - set(looked_at):
        assert suffix.written != "医院"
        assert bounds.start(line, suffix, 0, longest=8, several_words=True) == suffix.start


def test_a_suffix_behind_a_word_that_ends_names_is_passed_over() -> None:
    [line] = word_lines([make_document("我住在的小学，村")])
    edges = NameBounds().stop
    assert [suffix.written for suffix in Suffixes(OWN).find(line)] == ["小学", "村"]
    assert Suffixes(OWN, edges=edges).find(line) == []
    assert [suffix.written for suffix in Suffixes(OWN, edges=edges, kept=["小学"]).find(line)] == ["小学"]


@pytest.mark.parametrize("body", ["路" * 50_000, "村路" * 25_000, "大石镇" * 16_000, "😀" * 50_000, "锦绣" * 25_000])
def test_hostile_texts_are_read_in_time(body: str) -> None:
    for mention in find(body):
        assert mention.end - mention.start < 12
