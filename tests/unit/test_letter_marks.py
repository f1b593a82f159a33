from hypothesis import given
from hypothesis import strategies as st

from api.pages.cases.letter_marks import Layer, Mark, find_marks, mark_text
from models.analysis import (
    Analysis,
    Aspect,
    AspectTone,
    DetectorHit,
    Matter,
    PlaceKind,
    PlaceMention,
    Sentiment,
    TextSpan,
)

TITLE, BODY = "路灯不亮", "红星路的路灯坏了，没人管。"
BODY_AT = len(TITLE) + 1


def shown(marks: list[Mark]) -> list[tuple[str, tuple[str, ...]]]:
    return [(p.text, tuple(m.layer.css for m in p.marks)) for p in mark_text(TITLE, BODY, marks).body]


def test_marks_that_cross_become_pieces_that_lie_in_one_another() -> None:
    at = BODY_AT
    marks = [Mark(at, at + 5, Layer.PLACE, "甲"), Mark(at + 3, at + 8, Layer.TONE, "乙")]
    assert shown(marks) == [
        ("红星路", ("place",)),
        ("的路", ("tone", "place")),
        ("灯坏了", ("tone",)),
        ("，没人管。", ()),
    ]


def test_two_marks_of_a_layer_in_one_another_say_both() -> None:
    marked = mark_text("", BODY, [Mark(1, 4, Layer.PLACE, "甲区"), Mark(2, 3, Layer.PLACE, "乙街")])
    assert [m.says for p in marked.body for m in p.marks] == ["甲区", "甲区；乙街", "甲区"]


def test_a_mark_outside_the_text_or_empty_is_left_out() -> None:
    end = BODY_AT + len(BODY)
    for start, stop in ((-1, 2), (end - 1, end + 1), (3, 3), (5, 4)):
        marked = mark_text(TITLE, BODY, [Mark(start, stop, Layer.PLACE, "")])
        assert marked.layers == () and [p.text for p in marked.body] == [BODY]


def test_title_and_body_have_their_own_marks_and_a_text_may_lack_either() -> None:
    marked = mark_text(TITLE, BODY, [Mark(0, 2, Layer.TELLING, ""), Mark(BODY_AT, BODY_AT + 3, Layer.PLACE, "")])
    assert [p.text for p in marked.title] == ["路灯", "不亮"]
    assert marked.body[0].marks[0].layer is Layer.PLACE
    assert marked.layers == (Layer.PLACE, Layer.TELLING)
    assert mark_text("", "", []).body == mark_text("", "", []).title == ()


@given(
    st.text(max_size=12),
    st.text(max_size=30),
    st.lists(st.tuples(st.integers(-2, 45), st.integers(-2, 45), st.sampled_from(Layer)), max_size=12),
)
def test_no_character_is_lost_or_marked_wrongly(title: str, body: str, spans: list[tuple[int, int, Layer]]) -> None:
    marks = [Mark(start, end, layer, str(number)) for number, (start, end, layer) in enumerate(spans)]
    marked = mark_text(title, body, marks)
    text = f"{title}\n{body}"
    sound = [m for m in marks if 0 <= m.start < m.end <= len(text)]
    for pieces, part, offset in ((marked.title, title, 0), (marked.body, body, len(title) + 1)):
        assert "".join(p.text for p in pieces) == part
        at = offset
        for piece in pieces:
            for position in range(at, at + len(piece.text)):
                assert {m.layer for m in piece.marks} == {m.layer for m in sound if m.start <= position < m.end}
            layers = [m.layer for m in piece.marks]
            assert layers == [layer for layer in Layer if layer in layers]  # outermost first, each once
            at += len(piece.text)


def test_every_finding_with_a_place_in_the_text_is_marked() -> None:
    analysis = Analysis(
        detector_hits=(DetectorHit("gas", "煤气", 0, 2),),
        aspects=(AspectTone(Aspect.REPLY, Sentiment.NEGATIVE, -0.5, (TextSpan(3, 5),)),),
        places=(PlaceMention("红星路", PlaceKind.ROAD, None, ("1", "2"), 5, 8),),
        summary=(TextSpan(5, 10),),
        matters=(Matter("T01", 0.5, (TextSpan(5, 8),)), Matter("T02", 0.5, (TextSpan(8, 10),))),
    )

    def marks(length: int | None = None) -> list[tuple[str, str]]:
        found = find_marks(
            analysis,
            [(1, 2)],
            length=length,
            place=lambda _: "甲或乙",
            time=lambda _: "",
            organisation=lambda _: "",
        )
        return [(m.layer.css, m.says) for m in found]

    assert [css for css, _ in marks()] == ["detector", "telling", "place", "tone", "summary", "matter", "matter"]
    assert ("tone", "对办理和答复：负面") in marks() and ("place", "甲或乙") in marks()
    assert [says for css, says in marks() if css == "matter"] == ["第1件事", "第2件事"]
    # what is nearly the whole letter is no summary of it
    assert "summary" in dict(marks(length=100)) and "summary" not in dict(marks(length=6))
