"""What changed in a burst, and what looks arranged."""

from datetime import timedelta
from typing import Any

from models.analysis import Sentiment
from models.submission import Channel
from routing.burst_repository import Voice
from routing.burst_wording import find_origins, say_change, say_origins
from tests.factories import NOW


def voice(number: int, **given: Any) -> Voice:
    values: dict[str, Any] = {
        "submission_id": number,
        "submitted_at": NOW + timedelta(minutes=number),
        "person": str(number).encode(),
        "channel": Channel.LETTER,
        "sentiment": Sentiment.NEGATIVE,
        "place_text": "",
        "keywords": [],
        "copy_of": None,
    }
    return Voice(**values | given)


def words(*names: str) -> list[dict[str, object]]:
    return [{"word": name, "weight": 1.0} for name in names]


def test_what_is_named_more_often_than_before_by_people() -> None:
    before = [voice(n, keywords=words("路灯", "夜间")) for n in range(20)]
    now = [voice(n, keywords=words("夜间", "搅拌站"), place_text="丽水路", channel=Channel.SOCIAL) for n in range(4)]
    assert say_change(now, before) == "词语：搅拌站（4人）；地点：丽水路（4人）；渠道：网络帖文（4人）"


def test_one_persons_hundred_letters_change_nothing() -> None:
    now = [voice(n, person=b"one", keywords=words("搅拌站")) for n in range(100)]
    assert say_change(now, []) == ""
    assert find_origins(now).most_by_one == 100
    assert say_origins(now) == "同一人提交了100件，只按1人计算"


def test_copies_are_counted_apart() -> None:
    now = [voice(0), *(voice(n, copy_of=0) for n in range(1, 8)), voice(9)]
    origins = find_origins(now)
    assert (origins.copies, origins.original) == (7, 2)
    assert say_origins(now) == "9件中7件（7人）与其他来件文字相同或高度相似，可能是有组织提交"


def test_a_few_copies_among_many_are_nothing_special() -> None:
    assert say_origins([voice(n, copy_of=99 if n < 3 else None) for n in range(20)]) == ""
    assert say_change([], []) == say_origins([]) == ""
