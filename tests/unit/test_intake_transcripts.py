"""A transcript becomes what the caller said; the transcript itself is kept."""

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.hotline import read_hotline_record
from intake.presets import map_columns
from intake.records import Record
from intake.transcripts import caller_said, read_turns, spoken
from models.submission import Channel, NewSubmission

CALL = """[00:00:01] 坐席：您好，江岚市12345热线，工号1024为您服务，请问有什么可以帮您？
[00:00:06] 市民：嗯，喂，我想我想反映一下，楼下的烧烤店。
[00:00:15] 坐席：您请说。
[00:00:16] 市民：嗯。它每天烟特别大，我们住三号楼，不对，是四号楼，天天晚上不敢开窗。
[00:00:28] 坐席：好的，已经记录。
[00:00:30] 市民：好的，谢谢。"""
SAID = "我想反映一下，楼下的烧烤店。\n它每天烟特别大，我们住四号楼，天天晚上不敢开窗。"


@pytest.mark.parametrize(
    "call", [CALL, CALL.replace("\n", ""), CALL.replace("市民", "来电人").replace("坐席", "话务员A12")]
)
def test_the_callers_words_are_the_body(call: str) -> None:
    assert caller_said(call) == SAID


def test_turns_lie_in_the_transcript() -> None:
    turns = read_turns(CALL)
    assert [turn.by_caller for turn in turns] == [False, True] * 3
    assert CALL[turns[2].start : turns[2].end].strip().startswith("您请说。")


def test_numbered_speakers_are_told_apart_by_who_serves() -> None:
    call = "说话人2：喂？\n说话人1：您好，请问有什么可以帮您？\n说话人2：呃，水停了三天了。"
    assert caller_said(call) == "水停了三天了。"


@pytest.mark.parametrize("text", ["路灯坏了。", "坐席：您好", "我们市民：都很生气", "市民：你好\n市民：水停了", ""])
def test_what_is_no_conversation_is_not_read_as_one(text: str) -> None:
    assert read_turns(text) == ()
    assert caller_said(text) == ""


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("嗯，那个，就是，路灯坏了。", "路灯坏了。"),
        ("我我我想问问", "我想问问"),
        ("那个那个路灯，路灯坏了", "那个路灯坏了"),
        ("5月3号，不对，5月4号停的水", "5月4号停的水"),
        ("三号楼，哦不对，是四号楼", "四号楼"),
        ("天天都这样，谢谢你们", "天天都这样，谢谢你们"),
        ("一个一个来，慢慢地就好了，妈妈生病了", "一个一个来，慢慢地就好了，妈妈生病了"),
        ("那个小区没有水，这个月都没有", "那个小区没有水，这个月都没有"),
        ("三号楼不对着马路", "三号楼不对着马路"),
        ("金额不对，是三百", "金额不对，是三百"),
    ],
)
def test_stumbling_goes_and_words_stay(heard: str, written: str) -> None:
    assert spoken(heard) == written


def record(cells: dict[str, str]) -> NewSubmission:
    columns = map_columns(list(cells), Channel.HOTLINE, {})
    return read_hotline_record(Record(cells, columns), ZoneInfo("Asia/Shanghai"))


def test_a_transcript_column_is_enough() -> None:
    new = record({"工单编号": "1", "通话转写": CALL})
    assert new.body == SAID
    assert new.details["通话转写"] == CALL
    assert (new.source, new.source_id, new.identity_by_number) == ("hotline", "1", True)


def test_what_the_agent_wrote_down_goes_before_it() -> None:
    new = record({"工单编号": "1", "主要内容": "来电人反映烧烤店油烟扰民。", "录音转写": CALL})
    assert new.body == "来电人反映烧烤店油烟扰民。"
    assert new.details["录音转写"] == CALL


def test_a_transcript_in_the_place_of_the_matter_is_read_too() -> None:
    new = record({"工单编号": "1", "主要内容": CALL})
    assert new.body == SAID
    assert new.details["通话转写"] == CALL


def test_a_transcript_without_speakers_is_the_body() -> None:
    assert record({"工单编号": "1", "通话转写": "路灯坏了三个月。"}).body == "路灯坏了三个月。"


@given(
    st.lists(
        st.sampled_from(["坐席：", "市民：", "嗯，", "我我", "。", "\n", "12:30", "三号楼，不对，四号楼"]), max_size=40
    )
)
def test_turns_stand_apart(pieces: list[str]) -> None:
    transcript = "".join(pieces)
    turns = read_turns(transcript)
    assert all(one.end <= other.start for one, other in pairwise(turns))
    assert all(0 <= turn.start <= turn.end <= len(transcript) for turn in turns)


@pytest.mark.parametrize("piece", ["我我", "坐席：", "那个，", "嗯", "三号楼，不对", "12:30", "市民：啊。", "ab我"])
def test_a_text_made_to_be_slow_is_not(piece: str) -> None:
    caller_said(f"坐席：好\n市民：{piece * (50_000 // len(piece))}")
