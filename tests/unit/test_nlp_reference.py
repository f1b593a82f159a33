"""The packaged reference data arrives whole."""

from nlp.lexicon import load_lexicon
from nlp.reference import load_departments, load_regions, load_taxonomy, load_topics


def test_topics_are_complete() -> None:
    topics = load_topics()
    by_code = {topic.code: topic for topic in topics}
    assert len(by_code) == len(topics) == 22 + 208
    duties = {department.duty for department in load_departments()}
    seen: set[str] = set()
    for topic in topics:
        assert topic.parent_code is None or topic.parent_code in seen, "parents come first"
        seen.add(topic.code)
        if topic.parent_code:
            assert topic.lead_duty in duties
            assert set(topic.co_duties) <= duties
            assert topic.cues
    assert by_code["T0504"].urgent
    assert by_code["T2205"].confidential
    assert not by_code["T0601"].urgent
    assert by_code["T2104"].cues[0] == "12345", "numbers in the file stay texts"


def test_departments_are_units_of_the_city() -> None:
    departments = load_departments()
    assert len({d.id for d in departments}) == len(departments) == 50
    assert {d.region_code for d in departments} == {None}
    assert next(d for d in departments if d.id == "zrzy").aliases[:2] == ("国土局", "国土资源局")


def test_regions_form_a_tree_and_have_codes() -> None:
    regions = load_regions()
    assert len({r.code for r in regions}) == len(regions) == 213
    seen: set[str | None] = {None}
    for region in regions:
        assert region.parent_code in seen
        assert region.level in {"province", "prefecture", "county", "functional", "town"}
        seen.add(region.code)
    names = {r.code: r.name for r in regions}
    assert names["5101T3"] == "成都高新技术产业开发区"
    assert names["5116T1"] == "广安经济技术开发区"
    assert names["511681T1"] == "华蓥山经济技术开发区"


def test_our_word_lists_name_only_known_things() -> None:
    codes = {topic.code for topic in load_topics()}
    own = load_lexicon("topics")
    assert set(own["cues"]) <= codes
    words = [word for cues in own["cues"].values() for word in cues] + own["weak"]
    assert all(isinstance(word, str) and word for word in words)
    detectors = {row["id"] for row in load_taxonomy()["sensitive"]}
    assert set(load_lexicon("urgency")["cues"]) | set(load_lexicon("urgency")["not_if"]) <= detectors
