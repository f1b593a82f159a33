"""What one letter is told by a few lines of a table is what the whole table says, to the bit."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix, random

from nlp.topics.half_tables import HalfTables
from nlp.topics.heads import Linear

TABLE = np.random.default_rng(3).normal(size=(500, 40)).astype(np.float16)


def letter(seed: int, share: float = 0.1) -> csr_matrix:
    return csr_matrix(random(1, 500, density=share, random_state=seed, dtype=np.float32))


def test_a_letter_alone_gets_the_same_scores_as_in_a_batch() -> None:
    letters = [letter(seed) for seed in range(40)]
    whole = Linear({"words": TABLE.astype(np.float32)}, np.zeros(40))
    lazy = Linear(HalfTables({"words": TABLE}), np.zeros(40))
    for one in [*letters, csr_matrix((1, 500), dtype=np.float32)]:
        assert lazy.scores({"words": one}).tolist() == whole.scores({"words": one}).tolist()


def test_the_whole_is_made_when_it_is_the_cheaper_way() -> None:
    tables = HalfTables({"words": TABLE})
    asked = np.arange(400, dtype=np.int32)
    lines = tables.for_letter("words", asked)
    assert lines is not None and lines.tolist() == TABLE[:400].astype(np.float32).tolist()
    assert tables.for_letter("words", asked) is None
    assert tables["words"].tolist() == TABLE.astype(np.float32).tolist()
    assert tables["words"] is tables["words"] and tables.for_letter("words", asked[:1]) is None


@pytest.mark.parametrize("odd", [np.inf, -np.inf, np.nan])
def test_what_is_no_number_is_refused(odd: float) -> None:
    table = TABLE.copy()
    table[-1, -1] = odd
    with pytest.raises(ValueError):
        HalfTables({"words": table})
    with pytest.raises(ValueError):
        HalfTables({"words": TABLE.astype(np.float32)})
