"""What changed in a burst, and what looks arranged."""

from datetime import timedelta
from typing import Any

from models.analysis import Sentiment
from models.submission import Channel
from routing.alerts.burst_repository import Voice
from routing.alerts.burst_wording import find_origins, say_change
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
        "first_seen": NOW - timedelta(days=400),
    }
    return Voice(**values | given)


def words(*names: str) -> list[dict[str, object]]:
    return [{"word": name, "weight": 1.0} for name in names]


def test_what_is_named_more_often_than_before_by_people() -> None:
    before = [voice(n, keywords=words("路灯", "夜间")) for n in range(60)]
    now = [
        voice(100 + n, keywords=words("夜间", "搅拌站"), place_text="丽水路", channel=Channel.SOCIAL) for n in range(12)
    ]
    said = say_change(now, before)
    assert said == "与之前相比，多说“搅拌站”；集中在丽水路（12人中12人）；多来自网络帖文（12人中12人）"
    assert say_change(before[:12], before) == ""


def test_one_persons_hundred_letters_change_nothing() -> None:
    before = [voice(n, keywords=words("路灯")) for n in range(60)]
    now = [voice(100 + n, person=b"one", keywords=words("搅拌站")) for n in range(100)]
    assert say_change(now, before) == ""
    origins = find_origins(now, before)
    assert (origins.most_by_one, origins.sentence) == (100, "同一人提交了100件，只按1人计算")


def test_copies_are_counted_apart() -> None:
    now = [voice(0), *(voice(n, copy_of=0) for n in range(1, 8)), voice(9)]
    origins = find_origins(now, [])
    assert (origins.copies, origins.independent) == (7, 2)
    assert origins.sentence == "8件（8人）文字相同或几乎相同，可能是有组织提交"


def test_a_few_copies_among_many_are_nothing_special() -> None:
    assert find_origins([voice(n, copy_of=99 if n < 3 else None) for n in range(20)], []).sentence == ""
    assert say_change([], []) == find_origins([], []).sentence == ""


def test_newcomers_mean_something_only_where_regulars_are_usual() -> None:
    now = [voice(n, first_seen=NOW) for n in range(12)]
    regulars = [voice(100 + n) for n in range(60)]
    strangers = [voice(100 + n, first_seen=NOW) for n in range(60)]
    assert find_origins(now, regulars).sentence == "12件来自12个新出现的诉求人，多于平常"
    assert find_origins(now, strangers).sentence == ""
