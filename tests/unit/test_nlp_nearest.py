"""The nearest training letters have a say in the choice of a topic, and in how sure it is."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from nlp.topics.nearest import Nearest, heaviest, learn_nearest

RNG = np.random.default_rng(3)
CLASSES, MATTERS, OF_A_MATTER = 4, 40, 6


def letters() -> tuple[csr_matrix, np.ndarray]:
    """Matters with words of their own: 40 matters of 6 letters, each matter of one class."""
    rows = []
    for matter in range(MATTERS):
        for _ in range(OF_A_MATTER):
            row = np.zeros(MATTERS * 4 + 50, dtype=np.float32)
            row[matter * 4 + RNG.integers(0, 4, 3)] = 1.0
            row[MATTERS * 4 + RNG.integers(0, 50, 5)] = 0.5
            rows.append(row / np.linalg.norm(row))
    return csr_matrix(np.array(rows)), np.repeat(np.arange(MATTERS) % CLASSES, OF_A_MATTER)


WORDS, TARGETS = letters()
FOLDS = np.arange(len(TARGETS)) % 5
# a model that is right in two of three letters and always as sure of it
SAID = np.where(RNG.random(len(TARGETS)) < 0.67, TARGETS, (TARGETS + 1) % CLASSES)
UNSEEN = np.full((len(TARGETS), CLASSES), 0.05)
UNSEEN[np.arange(len(TARGETS)), SAID] = 0.85


def doubt(shares: np.ndarray) -> float:
    """By how much certainty and truth differ on average."""
    return float(abs(shares.max(axis=1).mean() - (shares.argmax(axis=1) == TARGETS).mean()))


def test_neighbours_correct_the_model_and_its_certainty() -> None:
    _, joined = learn_nearest(WORDS, TARGETS, FOLDS, UNSEEN)
    assert np.allclose(joined.sum(axis=1), 1)
    right = joined.argmax(axis=1) == TARGETS
    assert right.mean() > (UNSEEN.argmax(axis=1) == TARGETS).mean() + 0.1
    assert doubt(joined) < 0.6 * doubt(UNSEEN)


def test_neighbours_that_know_nothing_do_no_harm() -> None:
    noise = csr_matrix(RNG.random(WORDS.shape).astype(np.float32) * (RNG.random(WORDS.shape) < 0.02))
    _, joined = learn_nearest(noise, TARGETS, FOLDS, UNSEEN)
    right = joined.argmax(axis=1) == TARGETS
    assert right.mean() > (UNSEEN.argmax(axis=1) == TARGETS).mean() - 0.1
    assert doubt(joined) < doubt(UNSEEN)


def test_a_letter_is_never_its_own_neighbour_while_learning() -> None:
    own = csr_matrix(np.eye(len(TARGETS), dtype=np.float32))
    _, joined = learn_nearest(own, TARGETS, FOLDS, UNSEEN)
    assert (joined.argmax(axis=1) == SAID).all()


def test_the_batch_makes_no_difference() -> None:
    nearest, _ = learn_nearest(WORDS, TARGETS, FOLDS, UNSEEN)
    together = nearest.join(UNSEEN[:20], WORDS[:20])
    alone = np.vstack([nearest.join(UNSEEN[i : i + 1], WORDS[i : i + 1]) for i in range(20)])
    assert (together == alone).all()


def test_a_letter_without_known_words_is_left_to_the_model() -> None:
    nearest, _ = learn_nearest(WORDS, TARGETS, FOLDS, UNSEEN)
    joined = nearest.join(UNSEEN[:1], csr_matrix((1, WORDS.shape[1]), dtype=np.float32))
    assert joined.argmax() == UNSEEN[0].argmax()
    assert joined.sum() == pytest.approx(1)


def test_it_comes_back_from_its_arrays() -> None:
    nearest, _ = learn_nearest(WORDS, TARGETS, FOLDS, UNSEEN)
    again = Nearest.from_arrays(nearest.arrays(), WORDS.shape[1], CLASSES)
    assert (again.join(UNSEEN, WORDS) == nearest.join(UNSEEN, WORDS)).all()


@pytest.mark.parametrize("broken", ["pointers", "letters", "values", "targets", "weights"])
def test_damaged_arrays_are_refused(broken: str) -> None:
    nearest, _ = learn_nearest(WORDS, TARGETS, FOLDS, UNSEEN)
    arrays = nearest.arrays()
    with pytest.raises(ValueError, match="fit"):
        Nearest.from_arrays(arrays | {broken: arrays[broken][:-1]}, WORDS.shape[1], CLASSES)
    with pytest.raises(ValueError, match="fit"):
        Nearest.from_arrays(arrays | {broken: arrays[broken].astype(np.int64)}, WORDS.shape[1], CLASSES)


def test_the_heaviest_values_of_each_row_are_kept() -> None:
    rows = csr_matrix(np.array([[0.1, 0.5, 0.3, 0.0], [0.0, 0.0, 0.0, 0.0], [0.2, 0.2, 0.2, 0.9]]))
    expected = np.array([[0, 0.5, 0.3, 0], [0, 0, 0, 0], [0.2, 0, 0, 0.9]])
    assert np.allclose(heaviest(rows, 2).toarray(), expected)
