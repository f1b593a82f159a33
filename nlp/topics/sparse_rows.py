"""A few sparse rows with little ado: what a letter alone takes is mostly what scipy does before it multiplies."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix


class SparseRows:
    """Rows of 32-bit numbers in the form that scipy calls CSR. `matrix` is the same for whoever needs more of it."""

    __slots__ = ("_matrix", "data", "indices", "indptr", "shape")

    def __init__(
        self,
        data: NDArray[np.float32],
        indices: NDArray[np.int32],
        indptr: NDArray[np.int32],
        shape: tuple[int, int],
    ) -> None:
        self.data, self.indices, self.indptr, self.shape = data, indices, indptr, shape
        self._matrix: Any = None

    @property
    def nnz(self) -> int:
        return len(self.indices)

    @property
    def matrix(self) -> Any:
        if self._matrix is None:
            arrays = self.data, self.indices, self.indptr
            self._matrix = csr_matrix(arrays, shape=self.shape, copy=False)
        return self._matrix

    def __matmul__(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Rows × columns of the table: the same sums in the same order as by `matrix`."""
        if _multiply is None or table.dtype.char != "f" or not table.flags.c_contiguous:
            found: NDArray[np.float32] = self.matrix @ table
            return found
        product = np.zeros((self.shape[0], table.shape[1]), dtype=np.float32)
        _multiply(*self.shape, table.shape[1], self.indptr, self.indices, self.data, table.ravel(), product.ravel())
        return product

    def __getitem__(self, asked: Any) -> Any:
        return self.matrix[asked]

    def tocsc(self) -> Any:
        return self.matrix.tocsc()


def anything_in(*parts: SparseRows) -> NDArray[np.bool_]:
    """For each row whether there is anything in it, in any of the parts."""
    counts = sum((part.indptr[1:] - part.indptr[:-1] for part in parts), np.zeros(1, dtype=np.int32))
    return np.asarray(counts > 0)


def _kernel() -> Any:
    """What scipy's own @ ends in, to be called without its checks; None where it is kept elsewhere."""
    try:
        from scipy.sparse import _sparsetools
    except ImportError:
        return None
    return getattr(_sparsetools, "csr_matvecs", None)


_multiply = _kernel()
