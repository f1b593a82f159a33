"""Fast-lane detectors: all sixteen fire, guards cover only what they cover, evidence stands where it says."""

from typing import Any

import pytest

from models.analysis import DetectorHit, Urgency
from nlp.lexicon import load_lexicon
from nlp.reference import load_taxonomy
from nlp.urgency import UrgencyDetectors
from tests.unit.nlp_documents import make_document

DETECTORS = UrgencyDetectors()
ROWS = load_taxonomy()["sensitive"]
ONLY_NEAR: dict[str, dict[str, list[str]]] = load_lexicon("urgency")["only_near"]


def detect(body: str, title: str = "") -> tuple[Urgency, float, tuple[DetectorHit, ...]]:
    return DETECTORS.detect(make_document(body, title=title, phrases=DETECTORS.phrases))


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_every_cue_of_every_detector_fires(row: dict[str, Any]) -> None:
    expected = {1: Urgency.CRITICAL, 2: Urgency.URGENT, 3: Urgency.ELEVATED}[row["level"]]
    needs_company = ONLY_NEAR.get(row["id"], {})
    for cue in {*row["cues"], *needs_company}:
        urgency, _, hits = detect(f"，{cue}。{needs_company.get(cue, ('',))[0]}")
        assert row["id"] in {hit.detector for hit in hits}, cue
        assert list(Urgency).index(urgency) >= list(Urgency).index(expected), cue


@pytest.mark.parametrize("row", [row for row in ROWS if row["not_if"]], ids=lambda row: str(row["id"]))
def test_guards_silence_what_they_cover(row: dict[str, Any]) -> None:
    for guard in row["not_if"]:
        assert row["id"] not in {hit.detector for hit in detect(f"，{guard}。")[2]}, guard


def test_levels_become_urgencies() -> None:
    assert len(ROWS) == 16
    assert detect("有人想跳楼")[0] is Urgency.CRITICAL
    assert detect("工地拖欠工资")[0] is Urgency.URGENT
    assert detect("多次反映没有结果")[0] is Urgency.ELEVATED
    assert detect("路灯不亮")[0] is Urgency.NORMAL
    assert detect("多次反映没有结果，有人想跳楼")[0] is Urgency.CRITICAL


def test_a_guard_covers_its_own_words_only() -> None:
    body = "商场跳楼价促销，楼上却有人要跳楼"
    urgency, _, hits = detect(body)
    assert urgency is Urgency.CRITICAL
    assert [hit.start for hit in hits] == [len("\n") + body.rindex("跳楼")]


@pytest.mark.parametrize(
    "body",
    [
        *("可怜他年轻生命就这样没了", "看着火车站广场", "扼杀了创造力", "旅游行业不景气"),
        *("事情水落石出", "贫困人口", "1000多名学生"),
    ],
)
def test_words_that_only_look_like_cues(body: str) -> None:
    assert detect(body)[2] == ()


def test_company_must_be_near() -> None:
    assert detect("楼" + "，" * 19 + "冒烟")[0] is Urgency.CRITICAL
    assert detect("楼" + "，" * 20 + "冒烟")[0] is Urgency.NORMAL
    assert detect("冒烟" + "，" * 19 + "楼")[0] is Urgency.CRITICAL
    assert detect("冒烟" + "，" * 20 + "楼")[0] is Urgency.NORMAL


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
    assert detect(body, title)[2] == ()


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
    assert {text[hit.start : hit.end].replace("\u200b", "") for hit in hits} >= {"不想活", "跳楼"}


def test_a_flood_of_one_cue_stays_small_and_quick() -> None:
    assert len(detect("跳楼，" * 16_000)[2]) == 3
    assert detect("跳楼价，" * 12_000)[2] == ()


def test_evidence_in_the_title_raises_confidence() -> None:
    assert detect("，", "有人跳楼")[1] > detect("有人跳楼")[1]
