"""What the check of a reply found, in words and marks."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api.pages.replies.draft_wording import finding_lines, mark_reply
from models.reply_draft import person


def finding(*spans: tuple[int, int], text: str = "reply", kind: str = "empty_phrases") -> dict[str, Any]:
    evidence = [{"text": text, "start": start, "end": end} for start, end in spans]
    return {
        "kind": kind,
        "weight": "serious",
        "advice": "请写明。",
        "evidence": evidence,
        "quoted": ["话" for _ in spans],
    }


def test_a_finding_says_how_grave_what_and_where() -> None:
    [line] = finding_lines([finding((0, 2))])
    assert (line.badge.word, line.what, line.advice) == ("应当修改", "空话套话", "请写明。")
    assert line.quoted == [("答复", "话")]


def test_a_long_quote_is_cut_and_only_a_few_are_shown() -> None:
    long = finding((0, 2)) | {"quoted": ["长" * 100]}
    assert finding_lines([long])[0].quoted == [("答复", "长" * 40 + "…")]
    assert len(finding_lines([finding((0, 1), (1, 2), (2, 3), (3, 4))])[0].quoted) == 3


def test_what_the_letter_says_is_not_marked_in_the_reply() -> None:
    assert [piece.says for piece in mark_reply("您好", [finding((0, 1), text="letter")])] == [""]


spans = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


@given(st.text(max_size=25), spans)
def test_marks_change_no_character_whatever_the_spans(body: str, found: list[tuple[int, int]]) -> None:
    """Also those that overlap, are empty or beyond the end: a text that was kept may be older than its findings."""
    pieces = mark_reply(body, [finding(*found)])
    assert "".join(piece.text for piece in pieces) == body and all(piece.text for piece in pieces)


def test_a_person_is_the_account_whatever_the_name_was() -> None:
    assert person("account:7:陈科员") == person("account:7:陈:科长") == "account:7"
    assert person("system:pipeline") == "system:pipeline" and person("account:71:甲") != person("account:7:甲")
