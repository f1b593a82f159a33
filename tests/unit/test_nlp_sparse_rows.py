"""Rows multiply as scipy's own do, to the bit, whichever way is taken."""

import numpy as np
import pytest
from scipy.sparse import random_array

from nlp.topics import sparse_rows
from nlp.topics.sparse_rows import SparseRows, anything_in


def rows(count: int) -> SparseRows:
    matrix = random_array((count, 300), density=0.1, format="csr", dtype=np.float32, rng=np.random.default_rng(count))
    indices, indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    return SparseRows(matrix.data, indices, indptr, (count, 300))


@pytest.mark.parametrize("count", [1, 5, 64])
@pytest.mark.parametrize("kernel", [True, False])
def test_products_are_scipys(count: int, kernel: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not kernel:
        monkeypatch.setattr(sparse_rows, "_multiply", None)
    some, table = rows(count), np.random.default_rng(9).normal(size=(300, 20)).astype(np.float32)
    assert np.array_equal(some @ table, some.matrix @ table)
    assert np.array_equal(some @ table[:, ::2], some.matrix @ table[:, ::2])
    assert np.array_equal(some @ table.astype(np.float64), some.matrix @ table.astype(np.float64))
    assert some.nnz == some.matrix.nnz
    assert np.array_equal(some[[0]].toarray(), some.matrix[[0]].toarray())


def test_rows_with_nothing_are_told() -> None:
    empty = SparseRows(np.empty(0, np.float32), np.empty(0, np.int32), np.zeros(4, np.int32), (3, 7))
    one = SparseRows(np.ones(1, np.float32), np.array([6], np.int32), np.array([0, 0, 1, 1], np.int32), (3, 7))
    assert anything_in(empty).tolist() == [False, False, False]
    assert anything_in(empty, one).tolist() == [False, True, False]
