"""Keywords say what the text is about and never who wrote it."""

from nlp.keywords import KeywordRanker
from tests.unit.nlp_documents import make_document

RANKER = KeywordRanker(["加装电梯", "安和区", "12345"])
TEXT = "尊敬的领导您好，我叫王建国，电话13812345678。三单元加装电梯没有动工，加装电梯补贴也没有发。请12345答复，谢谢！"


def words(body: str, title: str = "") -> list[str]:
    [ranked] = RANKER.rank([make_document(body, title=title, words=("加装电梯", "安和区"))])
    return [keyword.word for keyword in ranked]


def test_the_matter_comes_first() -> None:
    assert words(TEXT)[0] == "加装电梯"
    assert RANKER.rank([make_document(TEXT, words=("加装电梯",))])[0][0].weight == 1.0


def test_no_persons_no_digits_no_courtesies() -> None:
    found = "".join(words(TEXT))
    assert not any(character.isdigit() for character in found)
    for word in ("王建国", "建国", "领导", "谢谢", "您好"):
        assert word not in found


def test_the_title_counts_more() -> None:
    assert words("桥梁和路灯都要修", title="路灯")[0] == "路灯"
    assert words("桥梁和路灯都要修", title="桥梁")[0] == "桥梁"


def test_at_most_eight_and_none_of_nothing() -> None:
    many = "桥梁路灯公交医院学校垃圾噪音停车食堂农药水库滑坡宽带"
    assert len(words(many)) == 8
    assert words("") == []


def test_among_equals_the_alphabet_decides_and_neighbours_make_no_difference() -> None:
    ranker = KeywordRanker(["甲一", "甲二", "乙一", "Abc"])
    bodies = ["，".join(("乙一", "甲二", "甲一", *("第三",) * 9)), "", "abc，Abc，甲一", "Abc，ABC"]
    documents = [make_document(body, words=("甲一", "甲二", "乙一", "Abc", "abc", "ABC")) for body in bodies]
    ranked = ranker.rank(documents)
    assert [keyword.word for keyword in ranked[0]] == ["乙一", "甲一", "甲二"]
    assert ranked[1] == ()
    assert [keyword.word for keyword in ranked[2]] == ["Abc", "甲一"], "upper case is another word"
    assert [(keyword.word, keyword.weight) for keyword in ranked[3]] == [("Abc", 1.0)]
    assert [ranker.rank([document])[0] for document in documents] == ranked
    assert ranker.rank([]) == []
