"""What masks leave to those who work on a letter is told to nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.redaction import redact
from intake.redaction.publishing import (
    HIDDEN_NAME,
    HIDDEN_NUMBER,
    file_name_for_everybody,
    for_everybody,
    surnames_of_writer,
    writer_name,
)
from intake.redaction.spans import mask_name
from routing.following import without_person


def told(text: str, name: str = "") -> str:
    return for_everybody(redact(text).text, masked_name=name)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("詹大姐：已清掏。", "", "来信人：已清掏。"),
        ("尊敬的詹素英女士，您好！", "詹**", "尊敬的来信人，您好！"),
        ("齐**同志：收到。", "", "来信人：收到。"),
        ("贝宁女士：已检测。", "", "来信人：已检测。"),
        ("卢大嫂：您好。", "", "来信人：您好。"),
        ("喻家长：已清退。", "喻**", "来信人：已清退。"),
        ("何老先生您好，何老班长：", "何**", "来信人您好，何老班长："),
        ("温馨提示：请带身份证。", "温**", "来信人：请带身份证。"),
        ("温馨提示：请带身份证。", "詹**", "温馨提示：请带身份证。"),
        ("已与詹女士、老詹哥说明。", "詹**", "已与来信人、来信人说明。"),
        ("詹家湾的路修好了。", "詹**", "詹家湾的路修好了。"),  # a place is none of a person
        ("联系人王建国13812345678。", "", f"联系人{HIDDEN_NAME}{HIDDEN_NUMBER}。"),
        ("身份证519902195005056779，邮箱abc@qq.com。", "", f"身份证{HIDDEN_NUMBER}，邮箱{HIDDEN_NUMBER}。"),
        ("住文化路12号3栋2单元501室。", "", "住文化路*号*栋*单元*室。"),
        ("我叫詹素英，姓詹。", "詹**", f"我叫{HIDDEN_NAME}，姓某。"),
        ("李主任到现场查看。", "詹**", "李主任到现场查看。"),  # an office is no secret
        (
            "已与詹某某、詹某说明，老詹说好，詹老太太、詹老板娘也在。",
            "詹**",
            "已与来信人、来信人说明，来信人说好，来信人、来信人也在。",
        ),
        ("詹家湾的老詹家修好了。", "詹**", "詹家湾的老詹家修好了。"),
        ("尾号5678的来电已接，银行卡后四位是1234。", "", "尾号（已隐去）的来电已接，银行卡后四位（已隐去）。"),
        ("评分5*3，共15分。", "", "评分5*3，共15分。"),
        ("看不见\x00\x0b\u202e的字", "", "看不见的字"),
    ],
)
def test_masks_are_told_without_surnames_and_ends_of_numbers(text: str, name: str, expected: str) -> None:
    assert told(text, name) == expected


@pytest.mark.parametrize(
    ("masked", "name", "expected"),
    [
        ("陈**-告知书", "", "某某-告知书"),
        ("已联系陈**3次", "", "已联系某某3次"),
        ("阿*******说好", "", "某某说好"),
        ("龘**说好", "龘**", "某某说好"),  # a surname that few have tells most
        ("路*号和路*栋", "路*", "路*号和路*栋"),
        ("川a·***45", "", HIDDEN_NUMBER),
    ],
)
def test_no_beginning_of_a_masked_name_stays(masked: str, name: str, expected: str) -> None:
    assert for_everybody(masked, masked_name=name) == expected


@pytest.mark.parametrize(
    ("name", "reply", "kept"),
    [
        ("陈晓梅", "晓梅您好，陈 晓 梅的路灯，陈·晓梅也好。", "您好，"),
        ("龘玉明", "龘玉明同志：已修好。", "已修好。"),
        ("John Smith", "john smith您好，Smithson大楼已修好。", "Smithson大楼已修好。"),
        ("阿依古丽·买买提", "阿依古丽·买买提您好，阿依古丽说已修好。", "已修好。"),
        ("阳光小鱼", "网友阳光小鱼您好，阳光小区已修好。", "阳光小区已修好。"),
    ],
)
def test_who_wrote_is_named_by_no_way_of_writing_it(name: str, reply: str, kept: str) -> None:
    said = for_everybody(without_person(reply, names=(name,)), masked_name=mask_name(name))
    assert kept in said
    assert not any(
        part in said.replace("Smithson", "").lower() for part in ("晓", "梅", "玉明", "龘", "smith", "阿依", "小鱼")
    )


@pytest.mark.parametrize("name", ["热心市民", "匿名", "住建局", "桂香街道居民", "阳光", "无"])
def test_what_names_nobody_is_not_masked(name: str) -> None:
    text = f"{name}反映，阳光小区的路灯，住建局已修好。"
    assert without_person(text, names=(name,)) == text


def test_a_given_name_that_is_a_word_is_one() -> None:
    text = "安全：您的小区已检查，安全，您放心。"
    assert without_person(text, names=("王安全",)) == text
    assert without_person("安全同志：已检查。", names=("王安全",)) == "王**同志：已检查。"


def test_the_name_of_a_file_keeps_its_days() -> None:
    given = "陈_-168_5678告知书2026_11_30.pdf"
    assert file_name_for_everybody(given) == f"{HIDDEN_NAME}-告知书2026_11_30.pdf"


def test_who_wrote_is_known_from_the_letter_where_no_name_was_given() -> None:
    assert writer_name("", "我叫詹**，住桂香街道。") == "詹**" == writer_name("", "路灯坏了。\n詹**")
    assert writer_name("匿名", "路灯坏了。") == "匿名" and writer_name("齐**", "我叫詹**。") == "齐**"
    assert surnames_of_writer("", "李**和詹**都看见了。") == {"李", "詹"}
    assert surnames_of_writer("齐**", "李**看见了。") == {"齐"}


@given(st.text(alphabet="詹王李欧阳女士先生同志**：，0123456789-@.abcXx号栋路\n", max_size=200))
def test_nothing_that_is_told_twice_changes_and_no_run_of_stars_stays(text: str) -> None:
    once = for_everybody(text, masked_name="詹**")
    assert for_everybody(once, masked_name="詹**") == once
    assert "***" not in once


@pytest.mark.parametrize("text", ["*" * 50_000, "詹" * 50_000, "0" * 50_000, "张**" * 16_000, "a." * 25_000 + "***"])
def test_a_hostile_text_takes_no_time(text: str) -> None:
    """The patterns look at each place once: a quadratic one would not come back."""
    for_everybody(text, masked_name="詹**")
