"""What masks leave to those who work on a letter is told to nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.redaction import redact
from intake.redaction.publishing import HIDDEN_NAME, HIDDEN_NUMBER, for_everybody


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
        ("评分5*3，共15分。", "", "评分5*3，共15分。"),
        ("看不见\x00\x0b\u202e的字", "", "看不见的字"),
    ],
)
def test_masks_are_told_without_surnames_and_ends_of_numbers(text: str, name: str, expected: str) -> None:
    assert told(text, name) == expected


@given(st.text(alphabet="詹王李欧阳女士先生同志**：，0123456789-@.abcXx号栋路\n", max_size=200))
def test_nothing_that_is_told_twice_changes_and_no_run_of_stars_stays(text: str) -> None:
    once = for_everybody(text, masked_name="詹**")
    assert for_everybody(once, masked_name="詹**") == once
    assert "***" not in once


@pytest.mark.parametrize("text", ["*" * 50_000, "詹" * 50_000, "0" * 50_000, "张**" * 16_000, "a." * 25_000 + "***"])
def test_a_hostile_text_takes_no_time(text: str) -> None:
    """The patterns look at each place once: a quadratic one would not come back."""
    for_everybody(text, masked_name="詹**")
