"""wenzheng nlp analyse: every row of a file comes back, in order, masked, with offsets into what is written."""

import csv
import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.commands import analysing
from api.letter_files.analysed_letters import AnalysedLetter, LetterColumns, analyse_letters
from intake.tabular import Row, Table
from models.analysis import Analyser, AnalyserInput, Analysis
from models.errors import Invalid
from models.submission import Channel
from nlp.files import as_object
from nlp.pipeline import Pipeline
from nlp.reference import load_topics
from tests.unit.nlp_files import CHINA, run, table, word_pipeline

KEYS = [
    *("row", "topic", "topics", "appeal_type", "appeal_confidence", "sentiment", "emotion", "aspects", "urgency"),
    *("places", "times", "organisations", "keywords", "matters", "summary", "elements", "scope", "masked_text"),
    "versions",
]
HEADER = ("编号", "主题", "详情", "时间")
WAGES = (
    "包工头跑了，我叫张建国，电话13812345678，四十多个农民工的工资从上个月15日起半年没发，"
    "劳动监察大队多次反映没有结果，大家非常气愤。再不给钱我们就去跳楼！"
)
ROWS = [
    (1, "投诉岳池县工地拖欠农民工工资", WAGES, "2026-11-20 08:00"),
    (2, "", "", ""),
    ("", "", "", ""),
    (4, "路灯不亮", "昨晚广安区的路灯坏了，一片漆黑。", "乱写"),
    (5, "只有标题的来信", "", ""),
]


@pytest.fixture
def pipeline() -> Pipeline:
    return word_pipeline()


@pytest.fixture(autouse=True)
def without_learnt_models(monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline) -> None:
    """Words alone, built once: what is learnt has its own tests."""
    monkeypatch.setattr(analysing, "ready_shipped", lambda: None)
    monkeypatch.setattr(analysing, "build_reference_pipeline", lambda _: pipeline)


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    return table(tmp_path / "letters.csv", HEADER, ROWS)


COLUMNS = ("--title", "主题", "--text", "详情", "--time", "时间")


def analyse(*arguments: object) -> str:
    result = run("nlp", "analyse", *arguments)
    assert result.exit_code == 0, result.exception or result.output
    return result.stdout


def refused(*arguments: object) -> str:
    result = run("nlp", "analyse", *arguments)
    assert isinstance(result.exception, Invalid), result.output
    return result.exception.message


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_row_in_order_with_every_key(letters: Path, tmp_path: Path) -> None:
    said = analyse("--input", letters, *COLUMNS, "--output", tmp_path / "out.jsonl")
    rows = read(tmp_path / "out.jsonl")
    assert [row["row"] for row in rows] == [1, 2, 3, 4, 5]
    assert [list(row) for row in rows if "error" not in row] == [KEYS] * 3
    assert rows[1] == {"row": 2, "error": "没有文字。"}
    assert rows[2] == {"row": 3, "error": "这一行是空的。"}
    assert "共 5 行，其中 2 行没有可分析的文字" in said


def test_what_the_parts_say(letters: Path, tmp_path: Path) -> None:
    analyse(letters, *COLUMNS, "--output", tmp_path / "out.jsonl")
    first = read(tmp_path / "out.jsonl")[0]
    assert first["topic"] | {"confidence": 0} == {"id": "T1301", "name": "拖欠工资", "parent": "T13", "confidence": 0}
    assert first["topics"][0] | {"words": []} == first["topic"] | {"words": []}
    assert first["topics"][0]["words"]
    assert first["appeal_type"] == "complain"
    assert first["sentiment"]["polarity"] == "negative" and first["sentiment"]["score"] < 0
    assert first["urgency"]["level"] == "critical" and first["urgency"]["lane"] == "self_harm"
    assert {one["lane"] for one in first["urgency"]["evidence"]} >= {"self_harm", "wage"}
    assert first["places"][0]["region_code"] == "511621"
    assert first["organisations"][0]["department_id"] == "rsj"
    assert all(sentence in first["masked_text"] for sentence in first["summary"]) and first["summary"]
    assert first["scope"] == "within"


def test_days_count_from_the_time_column(letters: Path, tmp_path: Path) -> None:
    analyse(letters, *COLUMNS, "--output", tmp_path / "out.jsonl")
    rows = read(tmp_path / "out.jsonl")
    assert [(t["text"], t["first"]) for t in rows[0]["times"]] == [("上个月15日", "2026-10-15")]
    assert [(t["text"], t["first"]) for t in rows[3]["times"]] == [("昨晚", None)]  # its time cannot be read


def test_nothing_personal_is_analysed_or_written(
    letters: Path, tmp_path: Path, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[AnalyserInput] = []

    class Listening:
        def analyse(self, inputs: list[AnalyserInput]) -> list[Analysis]:
            seen.extend(inputs)
            return pipeline.analyse(inputs)

    monkeypatch.setattr(analysing, "build_reference_pipeline", lambda _: Listening())
    analyse(letters, *COLUMNS, "--output", tmp_path / "out.jsonl", "--html", tmp_path / "out.html")
    written = (tmp_path / "out.jsonl").read_text("utf-8") + (tmp_path / "out.html").read_text("utf-8")
    for text in (written, repr(seen)):
        assert "13812345678" not in text and "张建国" not in text
        assert "138****5678" in text


def test_csv_by_suffix_or_by_word(letters: Path, tmp_path: Path) -> None:
    analyse(letters, *COLUMNS, "--output", tmp_path / "out.csv")
    analyse(letters, *COLUMNS, "--output", tmp_path / "out.txt", "--format", "csv")
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "out.txt").read_bytes()
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["row"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[0]["topic_code"] == "T1301" and rows[0]["sentiment"] == "负面" and rows[0]["error"] == ""
    assert rows[1]["topic_code"] == "" and rows[1]["error"] == "没有文字。"


def test_standard_output_has_nothing_but_results(letters: Path) -> None:
    for arguments in ((), ("--output", "-")):
        lines = analyse(letters, *COLUMNS, *arguments).splitlines()
        assert [json.loads(line)["row"] for line in lines] == [1, 2, 3, 4, 5]


def test_an_earlier_result_is_replaced_and_nothing_else(letters: Path, tmp_path: Path) -> None:
    out, page = tmp_path / "out.jsonl", tmp_path / "out.html"
    for _ in range(2):
        analyse(letters, *COLUMNS, "--output", out, "--html", page)
    out.write_text("我的笔记", "utf-8")
    assert "没有覆盖" in refused(letters, *COLUMNS, "--output", out)
    assert out.read_text("utf-8") == "我的笔记"
    page.write_text("<html>我的网页</html>", "utf-8")
    assert "没有覆盖" in refused(letters, *COLUMNS, "--html", page)
    assert "须是不同的文件" in refused(letters, *COLUMNS, "--output", letters)
    assert "是文件夹" in refused(letters, *COLUMNS, "--output", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters.csv", "out.html", "out.jsonl"]


def test_a_failure_leaves_the_earlier_result(letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.jsonl"
    analyse(letters, *COLUMNS, "--output", out)
    before = out.read_bytes()

    class Broken:
        def analyse(self, inputs: list[AnalyserInput]) -> list[Analysis]:
            raise ZeroDivisionError

    monkeypatch.setattr(analysing, "build_reference_pipeline", lambda _: Broken())
    assert isinstance(run("nlp", "analyse", letters, *COLUMNS, "--output", out).exception, ZeroDivisionError)
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters.csv", "out.jsonl"]


def test_mistakes_are_said_in_a_sentence(letters: Path, tmp_path: Path) -> None:
    assert "没有列“正文”" in refused(letters, "--text", "正文")
    assert "没有找到文件" in refused(tmp_path / "none.csv", "--text", "详情")
    assert "请给出一个要分析的文件" in refused("--text", "详情")
    assert "文件给了两次" in refused(letters, "--input", letters, "--text", "详情")
    (tmp_path / "bad.csv").write_bytes(b"\x00\x01\x02\x03" * 50)
    assert "不是 .csv 或 .xlsx" in refused(tmp_path / "bad.csv", "--text", "详情")
    empty = table(tmp_path / "empty.csv", HEADER, [])
    assert "没有数据行" in refused(empty, *COLUMNS, "--output", tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


def test_a_row_that_cannot_be_read_is_kept_with_its_reason(tmp_path: Path) -> None:
    shifted = tmp_path / "letters.csv"
    shifted.write_text("主题,详情\n路灯,坏了\n路灯,坏了,没加引号,的逗号\n井盖,丢了\n", "utf-8")
    analyse(shifted, "--title", "主题", "--text", "详情", "--output", tmp_path / "out.jsonl")
    rows = read(tmp_path / "out.jsonl")
    assert [("error" in row) for row in rows] == [False, True, False]
    assert "单元格多于列名" in rows[1]["error"]


def test_of_a_call_the_caller_is_analysed(tmp_path: Path) -> None:
    said = "坐席：您好，请问有什么可以帮您？\n市民：我们小区的路灯坏了。\n坐席：好的。\n市民：请来修。"
    calls = table(tmp_path / "calls.csv", ("详情",), [(said,)])
    text = json.loads(analyse(calls, "--text", "详情", "--channel", "hotline"))["masked_text"]
    assert "路灯坏了" in text and "坐席" not in text


def _rows(read_so_far: list[int], count: int) -> Iterator[Row]:
    for number in range(count):
        read_so_far.append(number)
        yield Row(number + 2, {"详情": f"第{number}盏路灯坏了"})


def test_rows_are_read_as_results_are_taken(pipeline: Analyser) -> None:
    """Memory does not grow with the file."""
    read_so_far: list[int] = []
    rows = Table(("详情",), _rows(read_so_far, 100_000), lambda: 0.0)
    taken = islice(analyse_letters(rows, LetterColumns("详情"), pipeline, channel=Channel.LETTER, zone=CHINA), 300)
    assert [letter.number for letter in taken] == list(range(1, 301))
    assert len(read_so_far) <= 1_024


_SAID = (
    *("岳池县", "市中区", "紅星路二段", "金安大道", "昨晚", "国庆期间", "上周三", "城管局", "住建局不作为"),
    *("某某物业公司", "路灯坏了", "拖欠工资", "我不想活了", "煤气泄漏", "跳楼价", "谢谢", "气死人了", "😡😡"),
    *("<b>", "&amp;", "\u200b", "\n", "。", "，", "尊敬的领导：您好！", "請問", "我叫李小明，"),
    *("电话13912345678。", "川A12345。", "身份证510122199003070011。", "微信号abc12345。"),
)
_LETTERS = st.lists(st.sampled_from(_SAID), min_size=1, max_size=25).map("".join)


@given(st.lists(st.tuples(_LETTERS, _LETTERS), min_size=1, max_size=8))
@settings(max_examples=25)
def test_offsets_point_to_what_they_say_and_no_number_survives(texts: list[tuple[str, str]]) -> None:
    topics = {topic.code: topic for topic in load_topics()}
    for letter in _analysed(texts):
        if letter.analysis is None:
            assert letter.error
            continue
        found = as_object(letter.analysis, letter.text, topics)
        spans = list(_spans(found))
        assert all(0 <= one["start"] < one["end"] <= len(letter.text) for one in spans)
        assert all(one["text"] == letter.text[one["start"] : one["end"]] for one in spans)
        assert all(one["text"].strip() for one in found["places"] + found["times"])
        assert not re.search(r"\d{11}", letter.text)
        assert all(letter.text[span.start : span.end] == span.mask for span in letter.masked)


def _analysed(texts: list[tuple[str, str]]) -> list[AnalysedLetter]:
    rows = (Row(number, {"t": title, "b": body}) for number, (title, body) in enumerate(texts, start=2))
    columns = LetterColumns("b", "t")
    source = Table(("t", "b"), rows, lambda: 0.0)
    return list(analyse_letters(source, columns, word_pipeline(), channel=Channel.LETTER, zone=CHINA))


def _spans(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "start" in value:
            yield value
        for inner in value.values():
            yield from _spans(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _spans(inner)
