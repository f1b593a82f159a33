"""Questionnaires: what people wrote, what they chose, and what is nobody's business."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from intake.presets import map_columns
from intake.records import Record
from intake.surveys import is_free_text, plan_questionnaire, read_answers
from models.submission import Channel, NewSubmission

ZONE = ZoneInfo("Asia/Shanghai")

QUESTIONS = {
    "序号": "1",
    "提交答卷时间": "2026/09/03 12:00:00",
    "所用时间": "123秒",
    "来源": "手机提交",
    "来源详情": "N/A",
    "来自IP": "1.2.3.4(四川)",
    "1、您的性别": "男",
    "2、您对哪些服务满意？": "办事大厅┋热线",
    "3、您还有什么意见和建议？": "希望公交车末班再晚半小时，下班赶不上",
    "4、您的姓名": "张三",
    "5、您的手机": "13812345678",
    "6、您的家庭住址": "解放路1号",
    "7、是否办理": "无",
    "总分": "90",
}


def _answers(*changes: dict[str, str]) -> list[NewSubmission]:
    rows = [QUESTIONS | change for change in changes]
    columns = map_columns(list(QUESTIONS), Channel.SURVEY, {})
    questionnaire = plan_questionnaire(columns, rows)
    return [read_answers(Record(row, columns), questionnaire, ZONE) for row in rows]


def test_one_filled_questionnaire_is_one_submission() -> None:
    [answer] = _answers({})
    assert answer.body == "希望公交车末班再晚半小时，下班赶不上"
    assert (answer.submitter_name, answer.submitter_contact) == ("张三", "13812345678")
    assert answer.submitted_at == datetime(2026, 9, 3, 12, 0, tzinfo=ZONE)
    assert answer.details == {
        "所用时间": "123秒",
        "来源": "手机提交",
        "来源详情": "N/A",
        "总分": "90",
        "answers": {
            "1、您的性别": "男",
            "2、您对哪些服务满意？": "办事大厅┋热线",
            "7、是否办理": "无",
        },
    }


@pytest.mark.parametrize("nothing", ["(空)", "-2", "-3", "无", "没有。", ""])
def test_skipped_and_empty_words_are_no_text(nothing: str) -> None:
    full, empty = _answers({}, {"序号": "2", "3、您还有什么意见和建议？": nothing, "7、是否办理": "(空)"})
    assert full.body and empty.body == ""
    assert "7、是否办理" not in empty.details["answers"]


def test_questionnaires_are_told_apart_by_their_questions() -> None:
    [first] = _answers({})
    others = QUESTIONS | {"8、新题": "x"}
    columns = map_columns(list(others), Channel.SURVEY, {})
    second = read_answers(Record(others, columns), plan_questionnaire(columns, [others]), ZONE)
    assert first.source_id is not None and first.source_id.endswith("-1") and second.source_id != first.source_id


@pytest.mark.parametrize(
    ("question", "answers", "free"),
    [
        ("您的年龄段", ["18-30岁", "31-45岁"] * 10, False),
        ("您常去的地方", ["公园┋图书馆", "图书馆┋体育馆", "公园┋体育馆"], False),
        ("请排序", ["教育→医疗→交通", "交通→教育→医疗"], False),
        ("您对本市交通的看法是", ["公交车太少了", "堵车很严重啊", "地铁什么时候修"], True),
        ("您的意见", ["同意", "反对", "弃权"] * 5, False),
        ("其他", [f"第{i}条路的路灯坏了很久没有人来修理" for i in range(20)], True),
        ("您所在的社区", ["桂香社区居民委员会"] * 20, False),
        ("空题", ["(空)", "-3", ""], False),
    ],
)
def test_written_and_chosen_answers(question: str, answers: Sequence[str], free: bool) -> None:
    assert is_free_text(question, answers) is free
