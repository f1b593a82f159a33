"""The tone of a text: polarity with strength, emotion, and what it is about."""

from functools import cache
from time import process_time

import pytest

from models.analysis import AppealType, Aspect, Emotion, Sentiment, TextSpan
from nlp.tone.artifacts import ToneArtifact
from nlp.tone.default import learn_default
from nlp.tone.judging import ToneFinding, ToneJudge
from tests.unit.nlp_documents import make_document

COMPLAIN, CONSULT, HELP, PRAISE = AppealType.COMPLAIN, AppealType.CONSULT, AppealType.HELP, AppealType.PRAISE
NEGATIVE, NEUTRAL, POSITIVE = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE


@cache
def by_words() -> ToneJudge:
    return ToneJudge()


@cache
def shipped() -> ToneJudge:
    return ToneJudge(ToneArtifact(learn_default(), {}))


def judge(
    body: str,
    appeal: AppealType = AppealType.OTHER,
    *,
    title: str = "",
    channel: str = "letter",
    by: ToneJudge | None = None,
) -> ToneFinding:
    tone = by or by_words()
    return tone.judge_all([make_document(body, title=title, phrases=tone.phrases, channel=channel)], [appeal])[0]


def about(finding: ToneFinding) -> dict[Aspect, Sentiment]:
    return {tone.aspect: tone.sentiment for tone in finding.aspects}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("办事很快，满意，点赞", POSITIVE),
        ("一点都不满意，太失望了", NEGATIVE),
        ("物业推诿敷衍，气愤", NEGATIVE),
        ("没有污染，也没有噪音", NEUTRAL),
        ("明天开会", NEUTRAL),
        ("👍🎉", POSITIVE),
        ("😡", NEGATIVE),
        ("[怒]又来了", NEGATIVE),
        ("您对物业满意吗？", NEUTRAL),
        ("呵呵，真是优秀", NEGATIVE),
        ("", NEUTRAL),
    ],
)
def test_posts_by_words_alone(body: str, expected: Sentiment) -> None:
    assert judge(body, channel="social").sentiment is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("再也没人给我留灯了", NEGATIVE),
        ("太开心啦，全家去看花[心]", POSITIVE),
        ("气死了，又被骗[怒]", NEGATIVE),
    ],
)
def test_posts_with_the_shipped_model(body: str, expected: Sentiment) -> None:
    assert judge(body, channel="social", by=shipped()).sentiment is expected


def test_the_shipped_model_knows_what_no_list_says() -> None:
    body = "第一次坐上新开的小火车，孩子一路唱歌"
    assert judge(body, channel="social").score == 0
    assert judge(body, channel="social", by=shipped()).score > 0.1


def test_strength_follows_what_is_said() -> None:
    mild, strong = judge("有点失望", channel="social"), judge("非常失望，忍无可忍，太恶心了", channel="social")
    assert -1 <= strong.score < mild.score < 0
    assert judge("很满意", channel="social").score > 0


def test_a_negation_that_is_part_of_a_word_turns_nothing() -> None:
    assert judge("特别满意", channel="social").sentiment is POSITIVE
    assert judge("不得不说很满意", channel="social").sentiment is POSITIVE


def test_negation_does_not_reach_across_a_clause() -> None:
    assert judge("没来，满意", channel="social").score > 0
    assert judge("没满意", channel="social").score < 0


def test_kind_words_in_a_letter_are_manners() -> None:
    text = "感谢政府多年来的支持，老百姓很幸福很满意，请问公园何时开放"
    assert judge(text, CONSULT).sentiment is NEUTRAL
    assert judge(text, CONSULT).aspects == ()
    assert judge(text, PRAISE).sentiment is POSITIVE


@pytest.mark.parametrize("appeal", [HELP, AppealType.OTHER])
@pytest.mark.parametrize(
    "body", ["公司跑了一年没给工钱", "我在路上被井盖绊倒摔伤了", "楼道里漏气", "整栋楼停水两天", "二房东失联了"]
)
def test_a_letter_that_tells_of_harm_is_negative(body: str, appeal: AppealType) -> None:
    assert judge(body, appeal).sentiment is NEGATIVE


@pytest.mark.parametrize(
    "body", ["请帮忙在路口装一盏路灯", "希望延长末班车时间", "没有人受伤，请帮忙拖车", "请帮忙开死亡证明"]
)
def test_a_plain_request_is_neutral(body: str) -> None:
    assert judge(body, HELP).sentiment is NEUTRAL


@pytest.mark.parametrize("appeal", [CONSULT, AppealType.SUGGEST])
def test_asking_about_a_harm_is_no_complaint(appeal: AppealType) -> None:
    assert judge("请问停水通知在哪里看", appeal).sentiment is NEUTRAL


def test_mockery_is_no_praise() -> None:
    assert judge("好一个优质服务，满意，点赞", PRAISE).sentiment is NEGATIVE


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("忍无可忍，太不要脸了！", Emotion.ANGER),
        ("我天天提心吊胆，不敢出门", Emotion.FEAR),
        ("心都碎了，一个人痛哭", Emotion.SADNESS),
        ("看到账单目瞪口呆，不敢相信", Emotion.SURPRISE),
        ("路灯坏了三盏", Emotion.NONE),
    ],
)
def test_emotions_of_letters(body: str, expected: Emotion) -> None:
    finding = judge(body, COMPLAIN)
    assert finding.emotion is expected
    assert 0 <= finding.emotion_confidence <= 1


def test_a_feeling_that_is_denied_is_none() -> None:
    assert judge("不害怕", COMPLAIN).emotion is Emotion.NONE


def test_a_question_put_to_those_in_charge_is_angry() -> None:
    assert judge("路烂成这样，你们来看过吗？你们还要等到哪天？", COMPLAIN).emotion is Emotion.ANGER


def test_the_matter_is_kept_apart_from_those_who_should_act() -> None:
    assert about(judge("路面坑洼，请城管局尽快修复", COMPLAIN)) == {Aspect.MATTER: NEGATIVE}
    both = about(judge("路面坑洼积水，城管局互相推诿，不作为", COMPLAIN))
    assert both == {Aspect.MATTER: NEGATIVE, Aspect.DEPARTMENT: NEGATIVE}


@pytest.mark.parametrize(
    ("body", "appeal", "expected"),
    [
        ("回复答非所问，复制粘贴", COMPLAIN, {Aspect.REPLY: NEGATIVE}),
        ("一刀切的规定太死板", COMPLAIN, {Aspect.POLICY: NEGATIVE}),
        ("民警耐心，非常感动", PRAISE, {Aspect.DEPARTMENT: POSITIVE}),
        ("请问何时开园", CONSULT, {}),
    ],
)
def test_aspects(body: str, appeal: AppealType, expected: dict[Aspect, Sentiment]) -> None:
    assert about(judge(body, appeal)) == expected


def test_a_rule_that_is_only_the_ground_of_a_claim_is_not_judged() -> None:
    assert Aspect.POLICY not in about(judge("按照规定应该退钱，商家不退", COMPLAIN))
    assert Aspect.POLICY in about(judge("新规把老人挡在门外", COMPLAIN))


def test_evidence_points_into_the_text_as_it_came() -> None:
    title, body = "<b>关于</b>答复", "你好&nbsp;&nbsp;回复<br>答非所问，城管推诿"
    original = f"{title}\n{body}"
    finding = judge(body, COMPLAIN, title=title)
    said = {tone.aspect: [original[span.start : span.end] for span in tone.evidence] for tone in finding.aspects}
    assert "答非所问" in said[Aspect.REPLY]
    assert "推诿" in said[Aspect.DEPARTMENT]


def test_evidence_in_a_text_that_nothing_was_cleaned_from() -> None:
    finding = judge("他们推诿", COMPLAIN, title="投诉")
    (tone,) = [tone for tone in finding.aspects if tone.aspect is Aspect.DEPARTMENT]
    assert tone.evidence == (TextSpan(5, 7),)


def test_neighbours_make_no_difference() -> None:
    bodies = ["路灯坏了", "", "忍无可忍！！", "推诿😡", "好开心[心]" * 3]
    channels = ["letter", "social", "hotline", "social", "survey"]
    documents = [
        make_document(body, phrases=shipped().phrases, channel=channel)
        for body, channel in zip(bodies, channels, strict=True)
    ]
    appeals = [COMPLAIN] * len(documents)
    together = shipped().judge_all(documents, appeals)
    many = shipped().judge_all(documents * 60, appeals * 60)
    assert many == together * 60
    alone = [shipped().judge_all([one], [COMPLAIN])[0] for one in documents]
    assert together == alone
    assert together == shipped().judge_all(documents, appeals)
    assert shipped().judge_all([], []) == []


@pytest.mark.parametrize(
    "body", ["😡" * 50_000, "不" * 50_000, "推诿" * 25_000, "[" * 50_000, "？！" * 25_000, "\ud800"]
)
def test_hostile_texts_cost_no_more_than_their_length(body: str) -> None:
    document = make_document(body, phrases=shipped().phrases, channel="social")
    started = process_time()
    finding = shipped().judge_all([document], [COMPLAIN])[0]
    assert process_time() - started < 1.0
    assert -1 <= finding.score <= 1
    assert 0 <= finding.confidence <= 1
    assert len(finding.aspects) <= len(Aspect)
