"""Fast-lane detectors: all sixteen fire, guards cover only what they cover, evidence stands where it says."""

from typing import Any

import pytest

from models.analysis import DetectorHit, Urgency
from nlp.reference import load_taxonomy
from nlp.urgency import UrgencyDetectors
from tests.unit.nlp_documents import make_document

DETECTORS = UrgencyDetectors()
ROWS = load_taxonomy()["sensitive"]


def detect(body: str, title: str = "") -> tuple[Urgency, float, tuple[DetectorHit, ...]]:
    return DETECTORS.detect(make_document(body, title=title, phrases=DETECTORS.phrases))


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_every_cue_of_every_detector_fires(row: dict[str, Any]) -> None:
    expected = {1: Urgency.CRITICAL, 2: Urgency.URGENT, 3: Urgency.ELEVATED}[row["level"]]
    for cue in row["cues"]:
        urgency, _, hits = detect(f"，{cue}。")
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
