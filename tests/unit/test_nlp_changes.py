"""What changed, how the mood moves, and who speaks with many mouths: persons count, not posts; few say nothing."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from nlp.trends.changes import Said, find_changes, spell_out
from nlp.trends.coordinated import Coordinated, CoordinationSettings, Post, find_coordinated
from nlp.trends.moods import LEAST_PERSONS, mood_bands, surely_more

_BEFORE = [
    Said(
        f"旧{n}", ("小区", "物业", ("停车", "噪声", "路灯")[n % 3]), (("青禾路", "东湖里")[n % 2],), "来信", n % 3 == 0
    )
    for n in range(60)
]


def said(n: int, *words: str, place: str = "丽水路", channel: str = "网络帖文", negative: bool = True) -> Said:
    return Said(f"新{n}", ("小区", *words), (place,), channel, negative)


def test_what_is_new_is_named_and_what_is_always_said_is_not() -> None:
    change = find_changes([said(n, "停水", "水压") for n in range(12)], _BEFORE)
    assert {shift.name for shift in change.words} == {"停水", "水压"}
    assert [(shift.name, shift.now, shift.now_all, shift.before) for shift in change.places] == [("丽水路", 12, 12, 0)]
    assert [shift.name for shift in change.channels] == ["网络帖文"]
    assert change.negative_changed
    assert spell_out(change) == (
        "与之前相比，多说“停水”、“水压”；集中在丽水路（12 人中 12 人）；"
        "多来自网络帖文（12 人中 12 人）；负面由 33% 升到 100%。"
    )


def test_one_person_with_a_hundred_letters_changes_nothing() -> None:
    flood = [Said("一人", ("停水", "水压", f"第{n}次"), ("丽水路",), "网络帖文", True) for n in range(100)]
    change = find_changes([*flood, *_BEFORE[:30]], _BEFORE)
    assert (change.words, change.places, change.channels, change.negative_changed) == ((), (), (), False)
    assert change.persons == 31
    assert spell_out(change) == "与之前相比，说法、地点、渠道没有明显不同。"


def test_of_the_same_letters_nothing_stands_out() -> None:
    random = np.random.default_rng(1)
    words = [f"词{n}" for n in range(200)]
    named = 0
    for _ in range(20):
        drawn = [
            Said(str(n), tuple(random.choice(words, 8)), (), "来信", bool(random.random() < 0.4)) for n in range(150)
        ]
        change = find_changes(drawn[:50], drawn[50:])
        named += len(change.words)
    # 4,000 words were asked about
    assert named <= 6


@pytest.mark.parametrize(("now", "before"), [([], _BEFORE), (_BEFORE, []), ([], [])])
def test_without_letters_nothing_is_said(now: list[Said], before: list[Said]) -> None:
    change = find_changes(now, before)
    assert (change.words, change.negative) == ((), None)


# Moods.


def people(displeased: int, content: int) -> list[tuple[str, bool]]:
    return [(f"p{n}", n < displeased) for n in range(displeased + content)]


def test_three_posts_are_no_curve() -> None:
    few, enough = mood_bands([people(3, 0), people(8, LEAST_PERSONS - 8)])
    assert (few.persons, few.share, few.low, few.high) == (3, None, None, None)
    assert enough.share is not None
    assert surely_more(few, enough) is None


def test_a_band_holds_the_share_and_is_narrower_for_more_persons() -> None:
    small, large = mood_bands([people(6, 14), people(300, 700)])
    assert small.low is not None and small.high is not None and large.low is not None and large.high is not None
    assert small.low < 0.3 < small.high
    assert large.low < 0.3 < large.high
    assert large.high - large.low < 0.07 < 0.25 < small.high - small.low


def test_bands_keep_their_promise() -> None:
    random = np.random.default_rng(3)
    held = asked = 0
    for _ in range(60):
        true = random.beta(4, 6, 12)
        periods = [people(k := int(random.binomial(25, share)), 25 - k) for share in true]
        for share, band in zip(true, mood_bands(periods), strict=True):
            assert band.low is not None and band.high is not None
            asked += 1
            held += band.low <= share <= band.high
    assert 0.92 <= held / asked <= 0.98


def test_one_person_with_a_hundred_posts_is_one_voice() -> None:
    calm = people(4, 16)
    [without, flooded] = mood_bands([calm, [*calm, *[("一人", True)] * 100]])
    assert flooded.persons == 21 and flooded.submissions == 120
    assert without.share is not None and flooded.share is not None
    assert flooded.share - without.share < 0.06


def test_more_displeasure_is_told_from_chance() -> None:
    same, more, other = mood_bands([people(20, 80), people(60, 40), people(22, 78)])
    rose, wobbled = surely_more(same, more), surely_more(same, other)
    assert rose is not None and rose > 0.999
    assert wobbled is not None and 0.3 < wobbled < 0.9


# Coordination.

_NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def post(account: str, minutes: float, text: str = "", *, days_known: float = 400) -> Post:
    time = _NOW + timedelta(minutes=minutes)
    return Post(account, time - timedelta(days=days_known), text, time)


def test_the_same_text_by_many_accounts_is_counted_apart_and_its_first_writer_is_not() -> None:
    posts = [post(f"a{n}", n, "copied") for n in range(12)] + [post(f"b{n}", n, f"own{n}") for n in range(5)]
    voices = find_coordinated(posts)
    assert voices.found == (
        Coordinated("same_text", tuple(range(12)), 12, _NOW, _NOW + timedelta(minutes=11), "copied"),
    )
    assert (voices.accounts, voices.independent, voices.apart) == (17, 6, tuple(range(1, 12)))


def test_one_account_that_repeats_itself_and_copies_over_weeks_are_not_coordinated() -> None:
    assert find_coordinated([post("a", n, "same") for n in range(50)]).found == ()
    assert find_coordinated([post(f"a{n}", n * 24 * 60, "same") for n in range(50)]).found == ()
    assert find_coordinated([post(f"a{n}", n, "") for n in range(50)]).found == ()


def test_a_burst_of_new_accounts_is_told_from_the_usual_share_of_new_ones() -> None:
    old = [post(f"a{n}", n * 20, f"t{n}") for n in range(60)]
    some = [post(f"n{n}", n * 20, f"u{n}", days_known=1) for n in range(9)]
    many = [post(f"n{n}", n, f"u{n}", days_known=1) for n in range(30)]
    assert find_coordinated([*old, *some], CoordinationSettings(usual_new=0.3)).found == ()
    [group] = find_coordinated([*old, *many]).found
    assert (group.reason, group.accounts) == ("new_accounts", 30)
    assert find_coordinated([*old, *many]).independent == 60


def test_a_copier_who_also_says_something_of_his_own_stays_a_voice() -> None:
    posts = [*(post(f"a{n}", n, "copied") for n in range(8)), post("a5", 40, "own words")]
    assert find_coordinated(posts).independent == 2


def test_order_does_not_matter_and_a_flood_is_quick() -> None:
    posts = [post(f"a{n}", n % 700, "copied") for n in range(20_000)]
    turned = find_coordinated(posts[::-1])
    assert turned.independent == find_coordinated(posts).independent == 1
    assert find_coordinated([]).found == ()
