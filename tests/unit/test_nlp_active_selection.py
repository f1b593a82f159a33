"""The choice teaches more than chance, leaves room for chance, and asks nobody the same thing twice."""

from collections import Counter

import numpy as np
import pytest

from models.errors import Invalid
from nlp.oversight.active_selection import Candidate, select
from nlp.oversight.risk_control import Checked, keep_promise


def candidates(number: int, seed: int = 1) -> list[Candidate]:
    random = np.random.default_rng(seed)
    best = random.uniform(0.35, 1.0, number)
    second = np.minimum(best - 0.001, (1 - best) * random.uniform(0.4, 1.0, number))
    return [
        Candidate(f"k{i:04}", (float(best[i]), float(second[i])), stratum=f"T{i % 4:02}", unknown_words=0.02)
        for i in range(number)
    ]


def test_the_least_sure_are_chosen_and_a_tenth_at_random() -> None:
    pool = candidates(1_000)
    chosen = select(pool, budget=100)
    assert Counter(c.reason for c in chosen) == {"margin": 90, "random": 10}
    by_key = {c.key: c for c in pool}
    picked = {c.key for c in chosen if c.reason == "margin"}
    others = [c.margin for c in pool if c.key not in picked]
    assert np.mean([by_key[key].margin for key in picked]) < 0.2 < np.mean(others)
    assert max(by_key[key].margin for key in picked) < np.quantile([c.margin for c in pool], 0.15)


def test_the_same_choice_for_the_same_seed_in_whatever_order() -> None:
    pool = candidates(300)
    shuffled = [pool[i] for i in np.random.default_rng(2).permutation(len(pool))]
    assert select(pool, budget=40, seed=3) == select(shuffled, budget=40, seed=3)
    assert select(pool, budget=40, seed=3) != select(pool, budget=40, seed=4)


def test_one_of_a_group_only() -> None:
    """Fifty copies of one doubtful letter are one question; a group may not be mistaken for a key."""
    copies = [Candidate(f"c{i}", (0.4, 0.39), group="k0001") for i in range(50)]
    chosen = select([*copies, *candidates(100)], budget=60)
    assert sum(c.key.startswith("c") for c in chosen) == 1
    assert len(chosen) == 60
    assert len(select(copies, budget=60)) == 1


def test_who_stands_for_a_group_is_drawn() -> None:
    copies = [Candidate(f"c{i}", (0.4, 0.39), group="g") for i in range(5)]
    speakers = {select(copies, budget=1, seed=seed)[0].key for seed in range(60)}
    assert speakers == {f"c{i}" for i in range(5)}


def test_every_topic_gets_its_share() -> None:
    """One topic with all the doubtful letters does not take the whole evening."""
    doubtful = [Candidate(f"d{i:03}", (0.40, 0.39), stratum="T01") for i in range(200)]
    sure = [Candidate(f"s{i:03}", (0.9, 0.05), stratum=f"T{2 + i % 4:02}") for i in range(200)]
    chosen = select(doubtful + sure, budget=50, random_share=0.0)
    strata = Counter({c.key: c.stratum for c in doubtful + sure}[one.key] for one in chosen)
    assert strata == {"T01": 10, "T02": 10, "T03": 10, "T04": 10, "T05": 10}


def test_new_words_come_first_and_do_not_take_all() -> None:
    strange = [Candidate(f"w{i:03}", (0.97, 0.01), unknown_words=0.6) for i in range(100)]
    chosen = select([*strange, *candidates(300)], budget=40)
    reasons = Counter(c.reason for c in chosen)
    assert chosen[0].reason == "new_words"
    assert reasons == {"new_words": 9, "margin": 27, "random": 4}


def test_not_known_is_the_smallest_margin() -> None:
    [one] = select([*candidates(50), Candidate("unknown", ())], budget=1, random_share=0.0)
    assert one.key == "unknown"


def test_inclusions_make_the_audit_stand_for_all_letters() -> None:
    """The weighed share of wrong letters is, on average, that of all: what the promise about errors needs."""
    random = np.random.default_rng(5)
    pool = candidates(600)
    groups = {c.key: f"g{i // 3}" if i < 90 else "" for i, c in enumerate(pool)}
    pool = [Candidate(c.key, c.confidences, groups[c.key], c.stratum) for c in pool]
    wrong = {c.key: bool(random.random() > c.confidences[0]) for c in pool}
    estimates, sizes = [], []
    for seed in range(150):
        chosen = select(pool, budget=120, random_share=0.5, seed=seed)
        estimates.append(sum(wrong[c.key] / c.inclusion for c in chosen))
        sizes.append(sum(1 / c.inclusion for c in chosen))
    assert np.mean(sizes) == pytest.approx(600, rel=0.02)
    assert np.mean(estimates) == pytest.approx(sum(wrong.values()), rel=0.03)
    assert np.mean([wrong[c.key] for c in select(pool, budget=120)]) > sum(wrong.values()) / 600 + 0.1, "weights matter"


def test_inclusions_are_what_the_promise_takes() -> None:
    pool = candidates(500)
    chosen = select(pool, budget=300, random_share=0.5)
    by_key = {c.key: c for c in pool}
    checked = [Checked(by_key[c.key].confidences[0], True, sampled=c.inclusion) for c in chosen]
    assert keep_promise(checked, allowed=0.2).coverage > 0


def test_the_ends() -> None:
    pool = candidates(20)
    assert select(pool, budget=0) == ()
    assert select([], budget=10) == ()
    everything = select(pool, budget=50)
    assert {c.key for c in everything} == {c.key for c in pool}
    assert {c.inclusion for c in everything} == {1.0}
    assert {c.reason for c in select(pool, budget=5, random_share=1.0)} == {"random"}
    assert [c.inclusion for c in select(pool, budget=5, random_share=1.0)] == [0.25] * 5
    assert [c.reason for c in select(pool, budget=3)].count("random") == 1, "never without an audit"


@pytest.mark.parametrize(
    ("pool", "budget", "share"),
    [
        (candidates(3), -1, 0.1),
        (candidates(3), 1, 1.5),
        ([Candidate("a", (0.5,)), Candidate("a", (0.6,))], 1, 0.1),
        ([Candidate("a", (float("nan"),))], 1, 0.1),
    ],
)
def test_bad_input_is_refused(pool: list[Candidate], budget: int, share: float) -> None:
    with pytest.raises(Invalid):
        select(pool, budget=budget, random_share=share)
