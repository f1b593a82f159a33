"""What is judged has not been learnt: groups stay together, lots never change, the young ones wait."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from models.classifier import LabelledSubmission
from routing.learning.held_out import FROZEN_SHARE, YOUNG_SHARE, Grouped, arrange, is_unseen, may_learn

T = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
OLD, YOUNG = T - timedelta(days=90), T - timedelta(days=3)


def letter(number: int, first_at: datetime = OLD) -> LabelledSubmission:
    return LabelledSubmission(
        submission_id=number,
        label_id=number,
        channel="letter",
        title="",
        body="",
        place="",
        topic_code="T0402",
        first_at=first_at,
        at=first_at,
        probability=1.0,
    )


def crowd(first_at: datetime = OLD) -> list[Grouped]:
    letters = [letter(number, first_at) for number in range(1, 4001)]
    return arrange(letters, list(range(len(letters))))


def test_the_shares_are_kept() -> None:
    old, young = crowd(), crowd(YOUNG)
    assert abs(sum(g.frozen for g in old) / len(old) - FROZEN_SHARE) < 0.03
    assert abs(sum(may_learn(g, trained_at=T) for g in old) / len(old) - (1 - FROZEN_SHARE)) < 0.03
    held = FROZEN_SHARE + YOUNG_SHARE
    assert abs(sum(may_learn(g, trained_at=T) for g in young) / len(young) - (1 - held)) < 0.03


def test_near_equal_letters_share_their_lot_with_the_oldest_and_its_age() -> None:
    letters = [letter(number, YOUNG if number > 500 else OLD) for number in range(1, 1001)]
    pairs = arrange(letters, [number % 500 for number in range(1, 1001)])
    alone = arrange(letters[:500], list(range(500)))
    assert [g.place for g in pairs[:500]] == [g.place for g in pairs[500:]] == [g.place for g in alone]
    assert all(g.first_at == OLD for g in pairs)


def test_more_letters_later_change_nothing_for_those_that_were_there() -> None:
    before = {g.letter.submission_id: g.frozen for g in crowd()[:1000]}
    after = {g.letter.submission_id: g.frozen for g in crowd()}
    assert all(after[number] is frozen for number, frozen in before.items())


def test_frozen_letters_are_never_learnt_and_later_ones_are_unseen() -> None:
    for g in crowd():
        assert not (g.frozen and may_learn(g, trained_at=T + timedelta(days=1000)))
        assert may_learn(g, trained_at=T) is not is_unseen(g, trained_at=T)
        assert is_unseen(g, trained_at=None)
        assert is_unseen(replace(g, first_at=T + timedelta(seconds=1)), trained_at=T)


def test_what_both_have_not_seen_includes_a_share_of_the_last_month() -> None:
    """Live and candidate were trained in two nights one after the other; letters of the days before are in neither."""
    young = crowd(YOUNG)
    live, candidate = T - timedelta(days=1), T
    both = [g for g in young if is_unseen(g, trained_at=live) and is_unseen(g, trained_at=candidate)]
    assert abs(len(both) / len(young) - FROZEN_SHARE - YOUNG_SHARE) < 0.03
    # and a month later the second half of them is learnt
    assert sum(may_learn(g, trained_at=T + timedelta(days=31)) for g in both) > 0.4 * len(both)
