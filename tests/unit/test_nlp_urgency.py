"""Fast-lane detectors: all sixteen fire, guards cover only what they cover, evidence stands where it says."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.analysis import DetectorHit, Urgency
from models.errors import Invalid
from nlp.corpus import load_corpus
from nlp.lexicon import load_lexicon
from nlp.ngrams import lay_out
from nlp.reference import load_taxonomy
from nlp.urgency import SUSPECTED_BELOW, UrgencyDetectors, windows
from nlp.urgency.artifacts import load
from nlp.urgency.classifier import Marks, read
from nlp.urgency.company import REACH, holding, patterns
from nlp.urgency.corpus import UNTAUGHT, Kind, load_lessons
from nlp.urgency.corpus.cases import VOICES, aside, load_hand, taught
from nlp.urgency.default import find_alarms, prepare_alarms
from nlp.urgency.lanes import lane, lanes
from nlp.urgency.learning import learn_alarms
from nlp.urgency.rules import Rules
from tests.quality.urgency_bench import ASIDE, UNREAD, load_cases
from tests.unit.nlp_documents import make_document

MODEL = learn_alarms()
DETECTORS = UrgencyDetectors(MODEL)
CASES = load_cases("development")[::5]
RULES = Rules()
ROWS = load_taxonomy()["sensitive"]
ONLY_NEAR: dict[str, dict[str, list[str]]] = load_lexicon("urgency")["only_near"]


def detect(body: str, title: str = "") -> tuple[Urgency, float, tuple[DetectorHit, ...]]:
    return DETECTORS.detect(make_document(body, title=title, phrases=DETECTORS.phrases))


def by_rule(body: str, title: str = "") -> list[tuple[str, str]]:
    """Detector and cue of the hits that the rules alone find."""
    document = make_document(body, title=title, phrases=RULES.phrases)
    cues = [cue for cue in document.cues if cue.phrase in RULES.cues]
    return [(detector, cue.phrase) for detector, cue in RULES.find(document, cues, document.cues)]


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_every_cue_of_every_detector_fires(row: dict[str, Any]) -> None:
    needs_company = ONLY_NEAR.get(row["id"], {})
    for cue in {*row["cues"], *needs_company}:
        body = f"，{cue}。{needs_company.get(cue, ('',))[0]}"
        assert row["id"] in {detector for detector, _ in by_rule(body)}, cue
        if row["level"] == 1:  # the classifier never takes these back
            urgency, _, hits = detect(body)
            assert row["id"] in {hit.detector for hit in hits} and urgency is Urgency.CRITICAL, cue


@pytest.mark.parametrize("row", [row for row in ROWS if row["not_if"]], ids=lambda row: str(row["id"]))
def test_guards_silence_what_they_cover(row: dict[str, Any]) -> None:
    for guard in row["not_if"]:
        assert row["id"] not in {detector for detector, _ in by_rule(f"，{guard}。")}, guard


def test_levels_become_urgencies() -> None:
    assert len(ROWS) == 16
    assert detect("有人想跳楼")[0] is Urgency.CRITICAL
    assert detect("工地拖欠工资")[0] is Urgency.URGENT
    assert detect("多次反映没有结果")[0] is Urgency.ELEVATED
    assert detect("路灯不亮")[0] is Urgency.NORMAL
    assert detect("多次反映没有结果，有人想跳楼")[0] is Urgency.CRITICAL


def test_a_guard_covers_its_own_words_only() -> None:
    body = "商场在搞跳楼价，楼上却有人要跳楼"
    assert by_rule(body) == [("self_harm", "有人要跳楼"), ("self_harm", "跳楼")]
    assert detect(body)[0] is Urgency.CRITICAL
    guarded = len("\n") + body.index("跳楼价")
    assert not any(hit.start <= guarded < hit.end for hit in detect(body)[2])


@pytest.mark.parametrize(
    "body",
    [
        *("可怜他年轻生命就这样没了", "看着火车站广场", "扼杀了创造力", "旅游行业不景气"),
        *("事情水落石出", "贫困人口", "1000多名学生"),
    ],
)
def test_words_that_only_look_like_cues(body: str) -> None:
    assert by_rule(body) == []


def test_company_must_be_near() -> None:
    assert by_rule("楼" + "，" * 19 + "冒烟") and by_rule("冒烟" + "，" * 19 + "楼")
    assert not by_rule("楼" + "，" * 20 + "冒烟") and not by_rule("冒烟" + "，" * 20 + "楼")


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("未成年人办护照需要父母都到场吗", "孩子十二岁，想咨询要带哪些证件。"),
        ("", "未成年人坐公交有没有半价"),
        ("", "我办理未成年子女落户需要什么材料"),
        ("", "新买的剃须刀冒烟烧坏了床单，商家不肯赔"),
        ("", "山上的炭窑白天黑夜冒烟，味道很大"),
        ("", "工厂烟囱冒烟，楼里都是灰"),
        ("", "吵得我吃了安眠药都睡不着"),
        ("", "安眠药在哪个药店可以买到"),
        ("", "汽油又涨价了，液化气也贵"),
    ],
)
def test_harmless_without_company(title: str, body: str) -> None:
    assert by_rule(body, title) == []


@pytest.mark.parametrize(
    ("body", "detector"),
    [
        ("有人殴打未成年人，孩子一身是伤", "minor"),
        ("老师多次欺负未成年学生", "minor"),
        ("丈夫当着娃的面打未成年子女，打得一身伤", "minor"),
        ("这家店给未成年人文身", "minor"),
        ("网吧半夜还在接待未成年人", "minor"),
        ("店里逼不满十四岁的女孩陪酒", "minor"),
        ("女儿在学校后面被人摸了身体", "minor"),
        ("我们楼下配电箱在冒烟", "life_risk"),
        ("停在单元门口的电瓶车冒烟", "life_risk"),
        ("厨房突然冒烟，闻到焦糊味", "life_risk"),
        ("修车棚里给摩托灌汽油，灌的人嘴上还叼着烟", "life_risk"),
        ("我攒够了安眠药，对不起大家", "self_harm"),
        ("她把一整瓶安眠药都吞下去了", "self_harm"),
        ("我妈的钱被骗光了，怕她想不开", "self_harm"),
        ("丈夫在门外踹门，喊着出来就弄死我，孩子也在屋里", "domestic"),
        ("老公喝醉了殴打我", "domestic"),
        *((f"楼道里{smell}很浓，有人头晕", "life_risk") for smell in ("煤气味", "燃气味", "天然气味")),
    ],
)
def test_real_harm_is_critical(body: str, detector: str) -> None:
    urgency, _, hits = detect(body)
    assert urgency is Urgency.CRITICAL
    assert detector in {hit.detector for hit in hits}


def test_evidence_stands_in_the_original_text() -> None:
    title, body = "<b>求救</b>", "楼上&nbsp;有人\u200b不想\u200b活了，又说要跳楼"
    hits = detect(body, title)[2]
    text = f"{title}\n{body}"
    found = {text[hit.start : hit.end].replace("\u200b", "") for hit in hits}
    assert found >= {"不想活", "跳楼"}


def test_the_classifier_hears_what_no_rule_names_and_says_where() -> None:
    title, body = (
        "路灯与别的",
        "灯坏了，请来修。包活的人跑了，三个月没给我们一分钱，电话也打不通了。树也该剪了。",
    )
    assert by_rule(body, title) == []
    hits = detect(body, title)[2]
    assert "wage" in {hit.detector for hit in hits}
    (wage,) = (hit for hit in hits if hit.detector == "wage")
    text = f"{title}\n{body}"
    assert text[wage.start : wage.end] == wage.cue and "一分钱" in wage.cue


@pytest.mark.parametrize(
    "body", ["消防演练会放烟雾，模拟楼道起火，请勿惊慌", "那部电影里两人从桥上跳河", "新闻说外地有厂房爆炸"]
)
def test_scopes_silence_the_rules_in_their_sentence_only(body: str) -> None:
    assert by_rule(body) == []
    assert by_rule(f"{body}。楼下起火了") == [("life_risk", "起火")]


def test_a_conditional_threat_is_no_mere_supposition() -> None:
    assert by_rule("如果再不解决我就跳楼") == [("self_harm", "跳楼")]


@pytest.mark.parametrize(
    ("body", "detector", "cue"),
    [
        ("打印机天天罢工，叫号机也坏了，请换新的。", "mass", "罢工"),
        ("新开的甜品店人气爆炸，队伍排到盲道上，建议安排人引导。", "life_risk", "爆炸"),
        ("孩子考试成绩滑坡，想问学校几号开家长会？", "disaster", "滑坡"),
    ],
)
def test_a_calm_text_takes_back_what_its_words_only_look_like(body: str, detector: str, cue: str) -> None:
    assert (detector, cue) in by_rule(body)
    assert detect(body)[0] is Urgency.NORMAL


def test_a_calm_neighbourhood_takes_back_no_danger() -> None:
    urgency, sure, hits = detect("公园赏花的小路上有一截电线漏电，建议维修。")
    assert urgency is Urgency.CRITICAL and "漏电" in {hit.cue for hit in hits}
    assert 0 < sure < 1
    assert detect("漏电，建议维修。")[0] is Urgency.CRITICAL  # too short to be judged


def test_a_text_does_not_depend_on_its_neighbours() -> None:
    bodies = ["", "😀" * 50, "路灯不亮，请维修", "三楼着火了，有人被困", "x" * 3000, "工资拖了半年不发，找不到老板"]
    documents = [make_document(body, phrases=DETECTORS.phrases) for body in bodies]
    assert DETECTORS.detect_all(documents) == [DETECTORS.detect(document) for document in documents]
    assert DETECTORS.detect_all([]) == []


def test_the_whole_text_counts_beside_its_loudest_window() -> None:
    """What stands far from the loudest window makes the same alarm louder or calmer."""
    alarm, calm, loud = np.float32(1.0), np.float32(-0.1), np.float32(0.1)
    found = {}
    for name, weight in (("calm", calm), ("loud", loud)):
        layout = windows.lay_out(["火。" + "是，" * 12 + "谢，" * 4])
        table = np.zeros(1 << windows.BITS, np.float32)
        codes = windows.slots(layout.codes)[0]
        table[codes[0]], table[codes[-3]] = alarm, weight
        model = replace(MODEL, alarm=table, mark_alarm=np.zeros_like(MODEL.mark_alarm), alarm_bias=0.0)
        none = np.empty(0, dtype=np.int64)
        found[name] = read(layout, Marks(none, none), model)
    loudest = {name: heard.windows.max() for name, heard in found.items()}
    assert loudest["calm"] == loudest["loud"] > 0
    assert found["calm"].alarms[0] < found["loud"].alarms[0]


def test_a_flood_of_one_cue_stays_small_and_quick() -> None:
    assert len([cue for _, cue in by_rule("跳楼，" * 16_000)]) == 3
    assert by_rule("跳楼价，" * 12_000) == []
    assert len(detect("，。！" * 16_000)[2]) <= len(ROWS)


def test_a_lane_says_name_level_and_action() -> None:
    found = lane("self_harm")
    assert found is not None
    assert (found.level, found.urgency, bool(found.name and found.action)) == (1, Urgency.CRITICAL, True)
    assert lane("no_such") is None
    assert list(lanes()) == [row["id"] for row in ROWS]


def test_lessons_name_known_detectors_and_are_not_the_test() -> None:
    lessons = load_lessons()
    assert {name for lesson in lessons for name in lesson.detectors | lesson.perhaps} == set(lanes())
    assert all(bool(lesson.detectors) == (lesson.kind is Kind.ALARM) for lesson in lessons)
    tested = [f"{case.title}\n{case.body}".strip() for name in (UNREAD, ASIDE) for case in load_cases(name)]
    assert len(load_cases(UNREAD)) >= 1200
    known = {lesson.text for lesson in lessons}
    assert sum(text in known for text in tested) == 0  # no text of them is shown


def test_a_hand_that_is_measured_teaches_nothing() -> None:
    others = {lesson.text for lesson in load_lessons("kept")}
    cases = [f"{case.title}\n{case.body}".strip() for case in load_hand("kept")]
    assert sum(text in others for text in cases) <= len(cases) // 100  # a few words that two hands wrote alike
    assert set(cases) <= {lesson.text for lesson in load_lessons()}
    for voice in VOICES:
        assert len(aside(voice)) == len(load_hand(voice)) // 5
        assert not set(taught(voice)) & set(aside(voice))


def test_ordinary_lessons_leave_one_hand_for_measuring() -> None:
    ordinary = [lesson.text for lesson in load_lessons() if lesson.kind is Kind.ORDINARY]
    untaught = {item.body for item in load_corpus() if item.hand == UNTAUGHT}
    assert len(ordinary) > 4_000 and not untaught & set(ordinary)


def test_words_alarm_in_company_only() -> None:
    together = "包工头那边，我们几个人的工钱，拖到现在没有下文。"
    assert "wage" in {hit.detector for hit in detect(together)[2]}
    assert by_rule(together) == [] and detect(together)[1] >= SUSPECTED_BELOW  # no mere suspicion
    apart = "包工头来过。" + "今天天气很好，公园里人不多。" * 6 + "工钱是多少？"
    assert "wage" not in {hit.detector for hit in detect(apart)[2]}


def test_a_pattern_holds_where_its_groups_stand_near_and_nothing_forbids_it() -> None:
    number, pattern = next((n, p) for n, p in enumerate(patterns()) if p.without and len(p.groups) == 2)
    one, other, forbidden = *pattern.groups, pattern.without[0]

    def holds(words: list[int], kinds: list[int], rows: list[int]) -> bool:
        held, clauses = holding(np.array(words), np.array(kinds), np.array(rows))
        return (number, 0) in set(zip(held.tolist(), clauses.tolist(), strict=True))

    assert holds([0, REACH - 1], [one, other], [0] * 4)
    assert not holds([0, REACH], [one, other], [0] * 4)
    assert not holds([0, 1], [one, other], [0, 1, 1, 1])  # the next text
    assert not holds([0, 1, 1], [one, other, forbidden], [0] * 4)
    assert {p.detector for p in patterns() if p.certain} == set(lanes())


def test_what_only_the_classifier_hears_is_a_suspicion() -> None:
    urgency, sure, hits = detect("包活的人三个月没给我们一分，人也找不到了。", "路灯")
    assert hits and by_rule("包活的人三个月没给我们一分，人也找不到了。") == []
    assert urgency is not Urgency.NORMAL and sure < 0.95
    model_only = [case for case in CASES[:40] if not by_rule(case.body, case.title)]
    found = [detect(case.body, case.title) for case in model_only]
    assert any(hits and sure < SUSPECTED_BELOW for _, sure, hits in found)


def test_a_faint_alarm_is_the_lowest_level_and_one_lane() -> None:
    found = [detect(case.body, case.title) for case in load_cases("aside")[::8]]
    faint = [
        (sure, hits)
        for urgency, sure, hits in found
        if urgency is Urgency.ELEVATED and all(lanes()[hit.detector].level < 3 for hit in hits)
    ]
    assert len(faint) > 5
    for sure, hits in faint:
        assert sure <= 0.4 and len({hit.detector for hit in hits}) == 1


def test_a_batch_laid_out_before_gives_the_same() -> None:
    bodies = ["三楼着火了，有人被困", "", "ABC 路灯不亮", "工资拖了半年不发，找不到老板，Tel 123"]
    documents = [make_document(body, title="信", phrases=DETECTORS.phrases) for body in bodies]
    two = [lay_out(documents[:1]), lay_out(documents[1:])]
    assert DETECTORS.detect_all(documents, two) == DETECTORS.detect_all(documents)


def test_hostile_texts_stay_quick() -> None:
    for body in ("😀" * 50_000, "他打老婆，" * 10_000, "孩子" * 25_000, "，" * 50_000, "\ud800" * 1000):
        assert len(detect(body)[2]) <= 16 * 4


def test_the_model_is_learnt_once_and_stored_small(tmp_path: Path) -> None:
    assert find_alarms([tmp_path]) is None
    model = prepare_alarms([tmp_path])
    (folder,) = tmp_path.glob("alarms-*/")
    assert find_alarms([tmp_path]) is model
    assert sum(path.stat().st_size for path in folder.iterdir()) < 16_000_000
    documents = [make_document(case.body, title=case.title, phrases=DETECTORS.phrases) for case in CASES[:40]]
    stored, learnt = UrgencyDetectors(model), DETECTORS
    both = zip(stored.detect_all(documents), learnt.detect_all(documents), strict=True)
    assert sum(one[0] is not other[0] for one, other in both) <= 2  # half precision


def test_a_damaged_model_is_not_loaded(tmp_path: Path) -> None:
    prepare_alarms([tmp_path])
    (folder,) = tmp_path.glob("alarms-*/")
    weights = folder / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(Invalid, match="校验值"):
        load(folder)
    (folder / "card.json").write_text("{}")
    with pytest.raises(Invalid):
        load(folder)
