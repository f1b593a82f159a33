"""The tone: negation, degree, emoji, and the difference between letters and posts."""

import pytest

from models.analysis import AppealType, Sentiment
from nlp.sentiment import SentimentLexicon
from tests.unit.nlp_documents import make_document

LEXICON = SentimentLexicon()


def judge(body: str, channel: str = "social", appeal: AppealType = AppealType.OTHER) -> tuple[Sentiment, float]:
    return LEXICON.judge(make_document(body, phrases=LEXICON.phrases, channel=channel), appeal)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("办事很快，满意，点赞", Sentiment.POSITIVE),
        ("一点都不满意，太失望了", Sentiment.NEGATIVE),
        ("物业推诿敷衍，气愤", Sentiment.NEGATIVE),
        ("没有污染，也没有噪音", Sentiment.NEUTRAL),
        ("明天开会", Sentiment.NEUTRAL),
        ("👍🎉", Sentiment.POSITIVE),
        ("😡", Sentiment.NEGATIVE),
        ("[怒]又来了", Sentiment.NEGATIVE),
        ("", Sentiment.NEUTRAL),
    ],
)
def test_posts(body: str, expected: Sentiment) -> None:
    assert judge(body)[0] is expected


def test_degree_raises_confidence() -> None:
    assert judge("非常失望")[1] > judge("失望")[1]


def test_kind_words_in_a_letter_are_manners() -> None:
    text = "感谢政府多年来的支持，老百姓很幸福很满意，请问公园何时开放"
    assert judge(text, "letter", AppealType.CONSULT)[0] is Sentiment.NEUTRAL
    assert judge(text, "letter", AppealType.PRAISE)[0] is Sentiment.POSITIVE


def test_a_plain_question_in_a_letter_is_neutral() -> None:
    assert judge("请问下水道堵塞找哪个部门", "letter", AppealType.CONSULT)[0] is Sentiment.NEUTRAL
    assert judge("物业推诿，态度恶劣，投诉无门", "letter", AppealType.COMPLAIN)[0] is Sentiment.NEGATIVE


@pytest.mark.parametrize("appeal", [AppealType.HELP, AppealType.OTHER])
@pytest.mark.parametrize(
    "body",
    [
        *("公司跑了一年没给工钱", "老板没给工钱", "我在路上被井盖绊倒摔伤了", "楼道里漏气", "整栋楼停水两天"),
        *("合同到期还是没兑现", "二房东失联了"),
    ],
)
def test_a_letter_that_tells_of_harm_is_negative(body: str, appeal: AppealType) -> None:
    assert judge(body, "letter", appeal)[0] is Sentiment.NEGATIVE


@pytest.mark.parametrize(
    "body",
    [
        "请帮忙在路口装一盏路灯",
        "希望延长末班车时间",
        "为了开证明跑了三趟",
        "没有人受伤，请帮忙拖车",
        "请帮忙开死亡证明",
    ],
)
def test_a_plain_request_is_neutral(body: str) -> None:
    assert judge(body, "letter", AppealType.HELP)[0] is Sentiment.NEUTRAL


@pytest.mark.parametrize("appeal", [AppealType.CONSULT, AppealType.SUGGEST])
def test_asking_about_a_harm_is_no_complaint(appeal: AppealType) -> None:
    assert judge("请问停水通知在哪里看", "letter", appeal)[0] is Sentiment.NEUTRAL
