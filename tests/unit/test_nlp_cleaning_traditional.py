"""Traditional characters become simplified ones by the word they stand in, and nothing moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import traditional
from nlp.traditional import simplify, traditional_characters


@pytest.mark.parametrize(
    ("written", "simplified"),
    [
        ("我們小區的電梯壞了兩個月", "我们小区的电梯坏了两个月"),
        ("乾隆年間的碑擦得很乾淨", "乾隆年间的碑擦得很干净"),
        ("頭髮店發不出工資", "头发店发不出工资"),
        ("大家看著火燒，這是名著", "大家看着火烧，这是名著"),
        ("徵收土地，宮商角徵羽", "征收土地，宫商角徵羽"),
        ("衞生很差", "卫生很差"),
        ("瞭望塔上能瞭解情況", "瞭望塔上能了解情况"),
        ("什么时候，么么哒，皇后", "什么时候，么么哒，皇后"),
        ("原著里的乾隆，编著者姓於", "原著里的乾隆，编著者姓于"),
    ],
)
def test_words_decide(written: str, simplified: str) -> None:
    pytest.importorskip("opencc", reason="opencc is not installed")
    assert simplify(written) == simplified


def test_without_opencc_the_table_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traditional, "_opencc", lambda: None)
    assert simplify("我們小區的電梯壞了兩個月") == "我们小区的电梯坏了两个月"


def test_simplified_characters_trigger_nothing() -> None:
    common = "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生"
    assert not set(common) & set(traditional_characters())
    assert len(traditional_characters()) > 2000


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=80))
def test_nothing_moves(text: str) -> None:
    assert len(simplify(text)) == len(text)
