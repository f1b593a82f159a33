"""What is no matter of the city is told by its words, its form, and by how little any topic fits it."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from nlp.topics import no_matter
from nlp.topics.no_matter import SHAPES, LearntNoMatter, NoMatter, learn, shapes
from tests.unit.nlp_documents import make_document

ALWAYS = -1


def test_the_form_of_a_text_is_its_own_whatever_stands_beside_it() -> None:
    texts = [
        make_document("路灯坏了！电话 abc 12", title="求助"),
        make_document(""),
        make_document("😡" * 40),
        make_document("问" * 3000),
    ]
    together = shapes(texts)
    assert together.shape == (4, SHAPES) and np.isfinite(together).all()
    for text, row in zip(texts, together, strict=True):
        assert np.array_equal(shapes([text])[0], row)
    titled, exclaims, asks, digits, latin = together[0, 3:8]
    assert (titled, exclaims, asks, digits, latin) == (1, 1, 0, 1, 1)
    assert together[1, 3:8].sum() == 0 and list(together[1, 9:]) == [1, 1, 1]
    assert together[3, 2] < 0.01 < together[0, 2], "one sign over and over is not varied"
    assert shapes([]).shape == (0, SHAPES)


def test_how_varied_a_text_is_does_not_depend_on_the_way_it_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [make_document(text) for text in ("路灯坏了！坏了！", "", "顶顶顶", "𠮷野家的a和A")]
    told = shapes(texts)
    monkeypatch.setattr(no_matter, "_LARGEST_TABLE", 0)
    assert np.array_equal(shapes(texts), told)
    assert list(told[:, 2]) == [5 / 8, 0, 1 / 3, 1]


def learnt(outside: np.ndarray, folds: np.ndarray) -> LearntNoMatter:
    """Column 0 says it, column 1 says the contrary, column 2 nothing."""
    rows = np.zeros((len(outside), 3), dtype=np.float32)
    rows[outside, 0], rows[~outside, 1], rows[:, 2] = 1, 1, 1
    matrix = {"words": csr_matrix(rows)}
    nothing = np.zeros(len(outside))
    forms = np.zeros((len(outside), SHAPES))
    return learn(matrix, lambda _: matrix, forms, nothing, nothing, outside, folds, np.ones(len(outside)), ALWAYS)


def test_it_learns_from_letters_in_folds_and_judges_those_it_had_not_seen() -> None:
    folds = np.arange(300) % 3
    outside = np.arange(300) % 7 == 0
    found = learnt(outside, folds)
    assert (found.unseen[outside] > 0.9).all() and (found.unseen[~outside] < 0.1).all()
    assert found.weights["words"][0] > 0 > found.weights["words"][1]
    # what is always learnt from elsewhere says nothing here: neither taught nor asked
    shifted = np.where(folds == 0, ALWAYS, folds)
    assert (learnt(outside, shifted).unseen[shifted == ALWAYS] == 0).all()


def test_where_nothing_lies_outside_nothing_is_refused() -> None:
    found = learnt(np.zeros(30, dtype=np.bool_), np.arange(30) % 3)
    nothing = np.zeros(1)
    assert found.gate.chances(nothing, np.zeros((1, SHAPES)), nothing, nothing)[0] < 1e-6
    assert not found.unseen.any()


def test_a_topic_that_fits_and_cue_words_speak_against_it() -> None:
    gate = NoMatter(own=2.0, best_topic=-1.0, cues=-1.0, bias=-2.0, shape=(0.5,) + (0.0,) * (SHAPES - 1))
    words, forms = np.array([1.0, 1.0, 1.0, 1.0]), np.zeros((4, SHAPES))
    forms[3, 0] = 1.0
    plain, fits, cued, formed = gate.chances(
        words, forms, np.array([0.1, 0.9, 0.1, 0.1]), np.array([0.0, 0.0, 5.0, 0.0])
    ).tolist()
    assert fits < plain and cued < plain < formed
    assert 0 < no_matter.FROM < 1
