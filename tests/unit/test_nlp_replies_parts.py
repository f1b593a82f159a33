"""The parts of replies, their signatures, and that no text, however odd, takes long or breaks anything."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.replies.check import check_reply
from nlp.replies.parts import Role, parts_of
from nlp.replies.promises import find_promises
from nlp.replies.signature import KEPT, is_same, reply_signature

BODY = (
    "经青禾区城管局5月8日晚到现场检查，柳溪路菜场至小学段的路灯因电缆被挖断不亮。施工单位已更换电缆，路灯当晚全部恢复。"
    "今后道路开挖前须由路灯所现场指认管线位置，避免再次挖断。"
)


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("来信人您好！", Role.COURTESY),
        ("网友“梧桐细雨”：您好！", Role.COURTESY),
        ("您的来信收悉。", Role.RECEIVED),
        ("现将有关情况答复如下：", Role.RECEIVED),
        ("您反映的问题已转区城管局调查处理。", Role.FORWARDED),
        ("待核实清楚后予以回复。", Role.FOLLOW_UP),
        ("如有疑问，请致电区路灯所咨询。", Role.REFERRED),
        ("由于未写明路段，我们无法答复您的问题。", Role.DECLINED),
        ("感谢您对城市管理工作的关心和支持！", Role.COURTESY),
        ("一、关于路灯不亮的问题。", Role.HEADING),
        ("路灯当晚全部恢复。", Role.SAID),
        # what only begins like a courtesy or a receipt says something
        ("感谢您来信反映情况，我局已将该处电缆更换，根据规定不收费。", Role.SAID),
        ("收到您的来信后，我局立即安排人员到现场检查，经核实，电缆被挖断。", Role.SAID),
        # passed on, and done
        ("我办收到来信后即转交区城管局，该局5月10日更换了电缆。", Role.SAID),
    ],
)
def test_a_sentence_is_there_for(sentence: str, role: Role) -> None:
    assert [part.role for part in parts_of(sentence)] == [role]


def test_a_receipt_ends_where_the_answer_begins() -> None:
    text = "您的来信收悉，柳溪路路灯已修好。"
    assert [(text[p.start : p.end], p.role) for p in parts_of(text)] == [
        ("您的来信收悉，", Role.RECEIVED),
        ("柳溪路路灯已修好。", Role.SAID),
    ]


@pytest.mark.parametrize("day", ["2031年5月12日", "2031-5-12", "二〇三一年五月十二日"])
def test_unit_and_day_at_the_end_are_a_signature(day: str) -> None:
    text = f"路灯已修好。青禾区城管局 {day}"
    assert [p.role for p in parts_of(text)] == [Role.SAID, Role.SIGNED]
    assert parts_of(f"路灯已于{day}修好，请放心使用。")[0].role is Role.SAID


def test_two_replies_in_one_text_are_told_apart() -> None:
    text = "路灯已修好。2031年5月12日网友：您好！您反映的问题已转区城管局处理。2031年5月9日"
    roles = [Role.SAID, Role.SIGNED, Role.COURTESY, Role.FORWARDED, Role.SIGNED]
    assert [p.role for p in parts_of(text)] == roles


@pytest.mark.parametrize(
    ("text", "promised"),
    [
        ("我局将尽快更换电缆。", ["我局将尽快更换电缆。"]),
        ("电缆被挖断，我局将更换，预计6月底完成。", []),
        ("已将情况告知施工单位。", []),
        ("将两段路灯合并为一路供电。", []),
        ("建成后将成为城市新景观。", []),
        ("如再次挖断，我局将责令修复。", []),
        ("我局责令施工单位尽快修复路面。", []),
        ("希望您能尽快告知具体路段。", []),
        ("施工单位承诺尽快修复路面，我局将继续监督。", ["施工单位承诺尽快修复路面"]),
    ],
)
def test_promises_are_clauses_without_a_time(text: str, promised: list[str]) -> None:
    assert [text[start:end].rstrip("。") for start, end in find_promises(text, parts_of(text))] == [
        promise.rstrip("。") for promise in promised
    ]


def test_a_signature_does_not_hear_names_days_and_courtesies() -> None:
    one = f"网友“梧桐细雨”：您好！您的来信收悉。{BODY}感谢您的监督！青禾区城管局 2031年5月12日"
    other = f"来信人您好！您反映的问题已收到。{BODY.replace('5月8日', '6月18日')}2031年6月20日"
    assert reply_signature(one) == reply_signature(other) != ()
    assert len(reply_signature(one)) == KEPT
    assert list(reply_signature(one)) == sorted(set(reply_signature(one)))
    assert all(0 <= number < 2**63 for number in reply_signature(one))


def test_a_word_changed_is_still_the_same_text_another_answer_is_not() -> None:
    changed = BODY.replace("柳溪路菜场至小学段", "文昌巷")
    other = (
        "您咨询的公积金提取，须在离职满六个月后办理，请携带身份证和离职证明到服务大厅提交申请，受理后三个工作日到账。"
    )
    assert is_same(reply_signature(BODY), reply_signature(changed))
    assert not is_same(reply_signature(BODY), reply_signature(other))
    assert not is_same(reply_signature(BODY), ())
    assert not is_same((), ())


def test_eight_of_sixteen_numbers_make_the_same_text() -> None:
    assert is_same(tuple(range(16)), tuple(range(8, 24)))
    assert not is_same(tuple(range(16)), tuple(range(9, 25)))
    assert is_same(tuple(range(10)), tuple(range(5, 21)))
    assert not is_same(tuple(range(10)), tuple(range(6, 22)))


def test_what_hardly_says_anything_has_no_signature() -> None:
    assert reply_signature("您好！留言已收悉。") == ()
    assert reply_signature("") == ()
    assert reply_signature("2031年5月12日") == ()


ODD = [
    "请",
    "已",
    "《",
    "1",
    "将",
    "。",
    "一、",
    "您好，",
    "因您",
    "请向局",
    "希望能否",
    "😀",
    "\n",
    "2031年",
    "（",
    "经",
    "感谢，",
]


@pytest.mark.parametrize("unit", ODD)
def test_odd_texts_take_no_long_time(unit: str) -> None:
    text = unit * (50_000 // len(unit))
    started = time.process_time()
    check_reply(text, text, text)
    reply_signature(text)
    assert time.process_time() - started < 2


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet="您你好的已转请将会《》0123年月日，。：！？；\n 局经核实未发现不属实感谢😀\ud800", max_size=200)
)
def test_any_text_is_looked_at(text: str) -> None:
    for part in parts_of(text):
        assert text[part.start : part.end].strip() == text[part.start : part.end] != ""
    check = check_reply(text, text, text)
    assert 0 <= check.answered <= check.asked
    reply_signature(text)
