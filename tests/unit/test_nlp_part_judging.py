"""nlp evaluate --what: what the program ships is judged on labels that people write."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.commands import evaluating
from models.analysis import AnalyserInput, Analysis, AppealType, DetectorHit, Emotion, Sentiment, Urgency
from models.errors import Invalid
from nlp.judging import PartJudged, judge_part
from nlp.label_names import Part
from nlp.letters import LabelledLetter
from nlp.urgency.lanes import lanes
from tests.unit.nlp_files import run, table, word_pipeline

_HIT = DetectorHit("wage", "拖欠工资", 0, 4)
ANSWERS = {
    "甲": Analysis(
        topic_code="T1301",
        topic_confidence=0.9,
        appeal_type=AppealType.COMPLAIN,
        appeal_confidence=0.8,
        sentiment=Sentiment.NEGATIVE,
        sentiment_confidence=0.7,
        emotion=Emotion.ANGER,
        emotion_confidence=0.6,
        urgency=Urgency.CRITICAL,
        urgency_confidence=0.5,
        detector_hits=(_HIT, replace(_HIT, detector="self_harm", start=9)),
        region_code="511621",
        region_confidence=0.4,
    ),
    "乙": Analysis(),
}


class Fixed:
    """Answers by the title."""

    version = "fixed/1"

    def __init__(self) -> None:
        self.seen: list[AnalyserInput] = []

    def analyse(self, inputs: Sequence[AnalyserInput]) -> list[Analysis]:
        self.seen += inputs
        return [ANSWERS[one.title] for one in inputs]


def judge(part: Part, *labels: tuple[str, str]) -> PartJudged:
    return judge_part(
        Fixed(), part, [LabelledLetter(t, "内容", label, number=n) for n, (t, label) in enumerate(labels)]
    )


@pytest.mark.parametrize(
    ("part", "right", "wrong", "sure"),
    [
        (Part.TOPIC, ("T1301", "拖欠工资", "T13"), "T0402", 0.9),
        (Part.APPEAL_TYPE, ("complain", "投诉"), "咨询", 0.8),
        (Part.SENTIMENT, ("negative", "负面", "-1"), "正面", 0.7),
        (Part.EMOTION, ("anger", "愤怒"), "高兴", 0.6),
        (Part.URGENCY, ("critical", "特急"), "关注", 0.5),
        (Part.REGION, ("511621", "岳池县", "广安市"), "成都市", 0.4),
    ],
)
def test_values_and_labels_are_understood(part: Part, right: tuple[str, ...], wrong: str, sure: float) -> None:
    for label in right:
        assert judge(part, ("甲", label)).scores.accuracy == 1.0, label
    judged = judge(part, ("甲", wrong))
    assert judged.scores.accuracy == 0.0
    assert [error.confidence for error in judged.worst] == [sure]
    assert judged.sure


def test_a_lane_is_right_where_it_is_among_those_called() -> None:
    judged = judge(Part.URGENCY, ("甲", "wage"), ("甲", "self_harm"), ("甲", "life_risk"), ("甲", "无"), ("乙", "none"))
    assert judged.scores.accuracy == 3 / 5
    # the most urgent one stands for the wrong answer, though it comes later in the text
    assert {error.suggested for error in judged.worst} == {"self_harm"}
    assert not judged.sure


def test_a_calm_letter_has_no_level() -> None:
    assert judge(Part.URGENCY, ("乙", "无"), ("甲", "特急")).scores.accuracy == 1.0


def test_what_is_not_known_counts_as_none() -> None:
    judged = judge(Part.TOPIC, ("乙", "无"), ("乙", "T1301"))
    assert judged.scores.accuracy == 0.5
    assert [(error.label, error.suggested) for error in judged.worst] == [("T1301", "none")]


def test_a_finer_label_than_the_answer_is_not_right() -> None:
    assert judge(Part.REGION, ("甲", "广安区")).scores.accuracy == 0.0


def test_labels_that_mean_nothing_or_two_things_are_refused() -> None:
    with pytest.raises(Invalid, match="不认识的标注“很急”"):
        judge(Part.URGENCY, ("甲", "很急"), ("甲", "特急"))
    with pytest.raises(Invalid, match="请用代码"):
        judge(Part.REGION, ("甲", "市中区"))
    with pytest.raises(Invalid, match="没有一件"):
        judge(Part.TOPIC, ("甲", ""))


def test_the_surest_error_comes_first() -> None:
    judged = judge(Part.TOPIC, ("乙", "T0402"), ("甲", "T0402"), ("乙", ""))
    assert [error.number for error in judged.worst] == [1, 0]
    assert judged.left_out == {"没有标签": 1}


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluating, "ready_shipped", lambda: None)
    monkeypatch.setattr(evaluating, "build_reference_pipeline", lambda _: word_pipeline())


LETTERS = (
    ("投诉拖欠农民工工资", "岳池县的包工头跑了，工资半年没发，我电话13812345678。", "拖欠工资", "投诉"),
    ("路灯不亮", "请问广安区金安大道的路灯什么时候修？", "路灯照明", "咨询"),
    ("路灯不亮", "小区门口路灯坏了，请来修一下。", "拖欠工资", "求助"),
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return table(tmp_path / "labelled.csv", ("主题", "详情", "类别", "类型"), LETTERS)


COLUMNS = ("--title", "主题", "--text", "详情")


@pytest.mark.usefixtures("shipped")
def test_the_command_says_the_figures_and_the_worst_errors(data: Path) -> None:
    result = run("nlp", "evaluate", "--what", "topic", "--data", data, *COLUMNS, "--label", "类别", "--json")
    said: dict[str, Any] = json.loads(result.stdout)
    assert said["accuracy"] == pytest.approx(2 / 3)
    assert {"what", "version", "macro_f1", "ece", "per_class", "confusions", "left_out"} <= said.keys()
    assert "coverage_at_98" not in said
    assert [(e["number"], e["label"], e["suggested"]) for e in said["worst_errors"]] == [(4, "T1301", "T0402")]
    text = run("nlp", "evaluate", "--what", "topic", "--data", data, *COLUMNS, "--label", "类别").stdout
    assert "准确率 0.667" in text and "拖欠工资 → 路灯照明：1 件" in text and "标为拖欠工资，程序判为路灯照明" in text


@pytest.mark.usefixtures("shipped")
def test_as_many_errors_as_asked_for(data: Path) -> None:
    arguments = ("nlp", "evaluate", "--what", "topic", "--data", data, *COLUMNS, "--label", "类别", "--errors", "0")
    assert json.loads(run(*arguments, "--json").stdout)["worst_errors"] == []
    assert "标为" not in run(*arguments).stdout


@pytest.mark.usefixtures("shipped")
def test_lanes_have_no_calibration_error(tmp_path: Path) -> None:
    rows = [("工资", "老板拖欠我们工资半年了", lanes()["wage"].name), ("", "路灯", "无")]
    data = table(tmp_path / "lanes.csv", ("主题", "详情", "线索"), rows)
    said = run("nlp", "evaluate", "--what", "urgency", "--data", data, *COLUMNS, "--label", "线索", "--json")
    assert json.loads(said.stdout)["ece"] is None
    assert json.loads(said.stdout)["accuracy"] == 1.0


def test_the_analysis_sees_masked_text(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Listening(Fixed):
        def analyse(self, inputs: Sequence[AnalyserInput]) -> list[Analysis]:
            self.seen += inputs
            return [Analysis() for _ in inputs]

    heard = Listening()
    monkeypatch.setattr(evaluating, "ready_shipped", lambda: None)
    monkeypatch.setattr(evaluating, "build_reference_pipeline", lambda _: heard)
    arguments = ("--data", data, *COLUMNS, "--label", "类型", "--channel", "social")
    assert run("nlp", "evaluate", "--what", "appeal_type", *arguments).exit_code == 0
    assert "138****5678" in heard.seen[0].body and {one.channel for one in heard.seen} == {"social"}


def test_a_model_or_a_part_and_not_both(data: Path, tmp_path: Path) -> None:
    for given in ((), ("--what", "topic", "--artifact", tmp_path)):
        result = run("nlp", "evaluate", *given, "--data", data, *COLUMNS, "--label", "类别")
        assert isinstance(result.exception, Invalid) and "只给一个" in result.exception.message
