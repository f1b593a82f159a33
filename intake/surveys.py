"""Surveys 问卷: one filled questionnaire is one submission; closed answers are data, free text is its body."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from intake.headers import normalise_name
from intake.presets import ColumnMap
from intake.records import Record, read_record
from intake.values import Cell, as_text
from models.submission import Channel, NewSubmission

# How many filled questionnaires are looked at to tell free text from closed answers.
SAMPLE_ROWS = 200

_LEAD_COLUMNS = frozenset(("所用时间", "来源", "来源详情", "总分", "来自ip", "ip", "答题时长", "用户id", "状态"))
# -2 skipped, -3 not shown (问卷星)
_SKIPPED = frozenset(("", "(空)", "(跳过)", "-2", "-3"))
# As a choice "无" is an answer, as free text it is none.
_NOTHING_TO_SAY = _SKIPPED | {"无", "没有", "暂无", "无。", "没有。", "暂无。", "不知道", "/", "-"}
_NAME_QUESTION = re.compile(r"姓名|您的名字|怎么称呼|如何称呼|联系人$")
_CONTACT_QUESTION = re.compile(r"手机|电话|联系方式|微信号?$|QQ|邮箱")
_PRIVATE_QUESTION = re.compile(r"身份证|住址|家庭地址|门牌|详细地址|银行卡")
_OPEN_QUESTION = re.compile(r"意见|建议|为什么|原因|说明|看法|感受|感想|补充|想说|诉求|问题是|具体|填空|描述|期待|希望")
_SEVERAL = re.compile(r"[┋→]")


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What the columns of one export are. `fingerprint` tells questionnaires apart: each numbers its answers from 1."""

    free_text: tuple[str, ...]
    names: tuple[str, ...]
    contacts: tuple[str, ...]
    closed: tuple[str, ...]
    data: tuple[str, ...]
    fingerprint: str


def plan_questionnaire(columns: ColumnMap, sample: Sequence[Mapping[str, Cell]]) -> Questionnaire:
    """Decide for each question, from its words and the first answers, whether people wrote or chose."""
    free, names, contacts, closed, data = [], [], [], [], []
    for column in columns.others:
        if normalise_name(column) in _LEAD_COLUMNS:
            data.append(column)
        elif _PRIVATE_QUESTION.search(column):
            continue
        elif _CONTACT_QUESTION.search(column):
            contacts.append(column)
        elif _NAME_QUESTION.search(column):
            names.append(column)
        elif is_free_text(column, [as_text(cells.get(column, "")).strip() for cells in sample]):
            free.append(column)
        else:
            closed.append(column)
    digest = hashlib.sha256("\n".join(columns.columns).encode()).hexdigest()[:8]
    return Questionnaire(
        (*columns.fields.get("body", ()), *free), tuple(names), tuple(contacts), tuple(closed), tuple(data), digest
    )


def is_free_text(question: str, answers: Sequence[str]) -> bool:
    """Whether people wrote in their own words: long answers, hardly two alike. Chosen ones repeat, or have ┋ or →."""
    given = [answer for answer in answers if answer not in _NOTHING_TO_SAY]
    if not given or sum(bool(_SEVERAL.search(answer)) for answer in given) * 2 > len(given):
        return False
    length = sum(map(len, given)) / len(given)
    distinct = len(set(given)) / len(given)
    if _OPEN_QUESTION.search(question) and length >= 5 and (distinct > 0.5 or len(given) < 5):
        return True
    return distinct > 0.5 and length >= (10 if len(given) >= 5 else 20)


def read_answers(record: Record, questionnaire: Questionnaire, zone: ZoneInfo) -> NewSubmission:
    """One filled questionnaire. Raises `Invalid`."""
    new = read_record(record, Channel.SURVEY, zone)
    written = _given(record, questionnaire.free_text).values()
    body = "\n".join(text for text in written if text not in _NOTHING_TO_SAY)
    answers = _given(record, questionnaire.closed)
    return replace(
        new,
        body=body,
        source_id=f"{questionnaire.fingerprint}-{new.source_id}" if new.source_id else None,
        submitter_name=new.submitter_name or next(iter(_given(record, questionnaire.names).values()), ""),
        submitter_contact=new.submitter_contact or next(iter(_given(record, questionnaire.contacts).values()), ""),
        details={**_given(record, questionnaire.data), **({"answers": answers} if answers else {})},
    )


def _given(record: Record, columns: Sequence[str]) -> dict[str, str]:
    texts = ((column, as_text(record.cells.get(column, "")).strip()) for column in columns)
    return {column: text for column, text in texts if text not in _SKIPPED}
