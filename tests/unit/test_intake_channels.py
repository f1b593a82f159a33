"""Headers and presets: which column is what, and what a row of each channel becomes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from intake.headers import find_header
from intake.hotline import read_hotline_record
from intake.letters import read_letter
from intake.presets import known_names, map_columns, parse_mapping
from intake.records import Record
from intake.sheets import RawRow
from intake.social import read_post
from models.analysis import AppealType
from models.errors import Invalid
from models.submission import Channel, NewSubmission

ZONE = ZoneInfo("Asia/Shanghai")


def _read(channel: Channel, cells: Mapping[str, str], mapping: str = "") -> NewSubmission:
    columns = map_columns(list(cells), channel, parse_mapping(mapping))
    read = {
        Channel.LETTER: read_letter,
        Channel.HOTLINE: read_hotline_record,
        Channel.SOCIAL: read_post,
    }[channel]
    return read(Record(cells, columns), ZONE)


def test_message_board_letters() -> None:
    letter = _read(
        Channel.LETTER,
        {
            "留言编号": "188006.0",
            "留言用户": "A00010294",
            "留言主题": "路灯",
            "留言时间": "2019/4/18 9:14:48",
            "留言详情": "坏了",
            "反对数": "0",
            "点赞数": "3",
            "一级标签": "城乡建设",
        },
    )
    assert letter == NewSubmission(
        channel=Channel.LETTER,
        source="message-board",
        source_id="188006",
        title="路灯",
        body="坏了",
        likes=3,
        submitter_handle="A00010294",
        submitted_at=datetime(2019, 4, 18, 9, 14, 48, tzinfo=ZONE),
        details={"反对数": "0", "一级标签": "城乡建设"},
    )


def test_leader_board_drops_what_is_personal() -> None:
    letter = _read(
        Channel.LETTER,
        {
            "tid": "9",
            "date": "2024-01-05 10:00:00",
            "forum_fid": "1",
            "subject": "路灯",
            "content": "坏了",
            "domain": "城建",
            "type": "投诉",
            "status": "已回复",
            "ip": "1.2.3.4",
            "fav_num": "2",
        },
    )
    assert (letter.source_id, letter.appeal_type, letter.likes) == ("9", AppealType.COMPLAIN, 2)
    assert letter.details == {"forum_fid": "1", "domain": "城建", "status": "已回复"}


def test_a_plain_table() -> None:
    letter = _read(
        Channel.LETTER,
        {
            "标题": "路灯",
            "内容": "坏了",
            "姓名": "张三",
            "电话": "1.3812345678E10",
            "时间": "",
            "地点": "桂香街道",
            "类型": "市长信箱",
            "备注": "加急",
        },
    )
    assert (letter.submitter_name, letter.submitter_contact, letter.place) == (
        "张三",
        "13812345678",
        "桂香街道",
    )
    assert letter.submitted_at is None and letter.appeal_type is None
    assert letter.details == {"类型": "市长信箱", "备注": "加急"}


HOTLINE = (
    "工单编号 受理员工号 受理员 来电人 分类 紧急程度 来电类别 受理渠道 主要内容 受理时间 受理备注 工单状态"
    " 受理类型 是否保密 是否回复 办理单位 转办时间 转办人姓名 转办人工号 转办意见 办结时间 上传时间"
)


def test_the_hotline_export_of_22_columns() -> None:
    cells = {name: f"({name})" for name in HOTLINE.split()}
    assert len(cells) == 22
    cells |= {
        "工单编号": "GD001",
        "来电人": "王小明（13812345678）",
        "主要内容": "路灯坏了",
        "来电类别": "投诉",
        "是否保密": "是",
        "受理时间": "2024/1/5 8:03",
        "受理员": "李晓梅",
        "转办人姓名": "赵云",
    }
    record = _read(Channel.HOTLINE, cells)
    assert record.identity_by_number and record.source_id == "GD001" and record.confidential
    assert (record.submitter_name, record.submitter_contact) == ("王小明", "13812345678")
    assert record.appeal_type is AppealType.COMPLAIN
    assert record.details["受理员"] == "李**" and record.details["转办人姓名"] == "赵*"
    assert record.details["办理单位"] == "(办理单位)" and len(record.details) == 22 - 6


@pytest.mark.parametrize(
    ("caller", "name", "number"),
    [
        ("王小明", "王小明", ""),
        ("13812345678", "", "13812345678"),
        ("王小明 0826-2345678", "王小明", "0826-2345678"),
        ("王女士:13812345678", "王女士", "13812345678"),
        ("匿名", "匿名", ""),
    ],
)
def test_the_caller_column_holds_name_and_number(caller: str, name: str, number: str) -> None:
    record = _read(Channel.HOTLINE, {"工单编号": "1", "主要内容": "x", "来电人": caller})
    assert (record.submitter_name, record.submitter_contact) == (name, number)


def test_posts_of_the_known_collectors() -> None:
    crawler = _read(
        Channel.SOCIAL,
        {
            "id": "4231265311393455",
            "bid": "Ab1",
            "正文": "路灯坏了",
            "位置": "广安",
            "日期": "2024-01-05",
            "点赞数": "1.2万",
            "评论数": "3",
            "转发数": "转发",
            "话题": "路灯",
            "@用户": "张三",
            "完整日期": "2024-01-05 08:03:00",
            "源用户昵称": "李四",
        },
    )
    assert (crawler.source, crawler.source_id, crawler.identity_by_number) == (
        "weibo",
        "4231265311393455",
        True,
    )
    assert (crawler.likes, crawler.comments, crawler.reposts) == (12000, 3, 0)
    assert crawler.submitted_at == datetime(2024, 1, 5, 8, 3, tzinfo=ZONE) and crawler.place == "广安"
    assert crawler.details == {"话题": "路灯"}

    search = _read(
        Channel.SOCIAL,
        {
            "id": "4231265311393455",
            "user_id": "77",
            "用户昵称": "李四",
            "微博正文": "路灯坏了收起全文d",
            "转发数": "0",
            "评论数": "1",
            "点赞数": "2",
            "发布时间": "2024-01-05 08:03",
            "ip": "四川",
        },
    )
    assert (search.source, search.submitter_handle, search.body) == ("weibo", "77", "路灯坏了")
    assert search.details == {}

    weibo = _read(
        Channel.SOCIAL,
        {
            "note_id": "5",
            "content": "路灯",
            "create_time": "1555550088",
            "liked_count": "1万+",
            "nickname": "李*",
            "avatar": "x",
            "note_url": "u",
        },
    )
    assert weibo.submitted_at == datetime(2019, 4, 18, 1, 14, 48, tzinfo=UTC) and weibo.likes == 10000
    assert weibo.details == {"note_url": "u"}

    note = _read(Channel.SOCIAL, {"note_id": "6", "title": "路灯", "desc": "坏了", "time": "1555550088000"})
    assert (note.source, note.title, note.body) == ("xiaohongshu", "路灯", "坏了")
    assert note.submitted_at == weibo.submitted_at


def test_a_mapping_by_hand_in_english_and_chinese() -> None:
    cells = {
        "file": "1.json",
        "text": "路灯",
        "dt": "2013-06-20 03:36:29",
        "likes": "3",
        "rumor": "1",
        "extra": "x",
    }
    for mapping in (
        "text=body,dt=submitted_at,likes=likes,file=source_id,rumor=-",
        "text=内容，dt=时间, likes=点赞,file=编号,rumor=-",
    ):
        post = _read(Channel.SOCIAL, cells, mapping)
        assert (post.source_id, post.body, post.likes, post.details) == (
            "1.json",
            "路灯",
            3,
            {"extra": "x"},
        )
        assert post.submitted_at == datetime(2013, 6, 20, 3, 36, 29, tzinfo=ZONE)


@pytest.mark.parametrize("mapping", ["text", "text=", "=body", "text=nonsense", "a=b=c"])
def test_a_wrong_mapping_says_which_fields_there_are(mapping: str) -> None:
    with pytest.raises(Invalid, match="submitted_at（时间）"):
        parse_mapping(mapping)


def test_unknown_columns_are_named_with_what_is_needed() -> None:
    with pytest.raises(Invalid, match=r"找到的列：甲、乙.*标题、内容.*--map"):
        map_columns(["甲", "乙"], Channel.LETTER, {})
    with pytest.raises(Invalid, match="没有 --map 指定的列：text；找到的列：甲、乙"):
        map_columns(["甲", "乙"], Channel.LETTER, {"text": "body"})
    with pytest.raises(Invalid, match="至少要指定内容"):
        map_columns(["甲", "乙"], Channel.LETTER, {"甲": "title"})


@pytest.mark.parametrize(
    "cells",
    [
        {"留言主题": "x", "留言详情": "y", "留言时间": "昨天"},
        {"留言主题": "x", "留言详情": "y", "留言编号": "2.02E+15"},
        {"留言主题": "x", "留言详情": "y", "点赞数": "很多"},
        {"留言主题": "x", "留言详情": "y", "答复意见": "字" * 60_000},
    ],
)
def test_rows_that_cannot_be_read_say_why(cells: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        _read(Channel.LETTER, cells)


def _header(*rows: Sequence[str]) -> tuple[tuple[str, ...], int, bool]:
    header = find_header([RawRow(i, list(row)) for i, row in enumerate(rows, 1)], known_names(Channel.LETTER, {}))
    return header.names, header.rows_above, header.is_known


def test_headers_are_found_by_name() -> None:
    assert _header(["标题", "内容"], ["一", "二"]) == (("标题", "内容"), 1, True)
    assert _header(["汇总表"], [""], [" 标 题 ", "*内容：", "备注"]) == (
        ("标 题", "*内容：", "备注"),
        3,
        True,
    )
    assert _header(["", "来信", ""], ["编号", "标题", "内容"])[:2] == (("编号", "标题", "内容"), 2)
    assert _header(["编号", "来信", ""], ["", "标题", "内容"])[:2] == (("编号", "标题", "内容"), 2)
    assert _header(["内容", "编号"], ["(必填)", "(选填)"])[:2] == (("内容", "编号"), 1)
    assert _header(["甲", "乙"], ["一", "二"]) == (("甲", "乙"), 1, False)


def test_header_names_match_whatever_their_width_and_marks() -> None:
    columns = map_columns(["*留言主题：", "留言详情 ", "ＴＩＤ"], Channel.LETTER, {})
    assert columns.fields["title"] == ("*留言主题：",) and columns.fields["body"] == ("留言详情 ",)
