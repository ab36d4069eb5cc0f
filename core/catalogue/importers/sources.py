"""Reading source files safely: every error names the file and the reason."""

import zipfile
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from core.arrays import FloatArray, IntArray
from core.errors import CatalogueError


def read_arrays(path: Path, *names: str) -> dict[str, npt.NDArray]:
    """The named arrays of an .npz file, loaded without unpickling."""
    _must_exist(path)
    try:
        if not zipfile.is_zipfile(path):
            raise ValueError("it is no zip archive")
        with np.load(path, allow_pickle=False) as archive:
            missing = [name for name in names if name not in archive.files]
            if missing:
                raise CatalogueError(f"{path.name} holds no array “{missing[0]}”.")
            return {name: archive[name] for name in names}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as fault:
        raise CatalogueError(f"{path.name} is not a readable .npz file ({fault}).") from None


def read_csr(path: Path, shape_rows: int) -> sp.csr_array:
    """A matrix stored in scipy's CSR layout (`data`, `indices`, `indptr`, `shape`) with `shape_rows` rows."""
    parts = read_arrays(path, "data", "indices", "indptr", "shape")
    try:
        rows, columns = (int(length) for length in parts["shape"])
        matrix = sp.csr_array((parts["data"], parts["indices"], parts["indptr"]), shape=(rows, columns))
        matrix.check_format(full_check=True)
    except (ValueError, TypeError, IndexError) as fault:
        raise CatalogueError(f"{path.name} is not a sound CSR matrix ({fault}).") from None
    matrix.eliminate_zeros()
    if matrix.shape[0] != shape_rows:
        raise CatalogueError(f"{path.name} has {matrix.shape[0]} rows; {shape_rows} artists are listed.")
    return matrix


def read_table(path: Path, columns: list[str]) -> pd.DataFrame:
    """A CSV file, every cell as text, with at least these columns."""
    _must_exist(path)
    try:
        table = pd.read_csv(path, dtype="str", keep_default_na=False, index_col=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as fault:
        raise CatalogueError(f"{path.name} is not a readable CSV file ({fault}).") from None
    missing = [column for column in columns if column not in table]
    if missing:
        raise CatalogueError(f"{path.name} has no column {', '.join(missing)}. It has: {', '.join(table.columns)}.")
    return table


def read_vocabulary(path: Path, column: str, n_columns: int) -> list[str]:
    """The names of a matrix's columns, one a line of a CSV file."""
    names = read_table(path, ["col", column])[column].tolist()
    if len(names) != n_columns:
        raise CatalogueError(f"{path.name} names {len(names)} columns; its matrix has {n_columns}.")
    return names


def check_pairs(pairs: npt.NDArray, n_artists: int, where: str) -> IntArray:
    """Pairs (m, 2) of rows of `n_artists` artists, as int64."""
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind not in "iu":
        raise CatalogueError(f"{where} must be whole numbers of shape (m, 2), not {pairs.dtype} {pairs.shape}.")
    outside = ((pairs < 0) | (pairs >= n_artists)).any(axis=1)
    if outside.any():
        raise CatalogueError(f"{where}, row {int(outside.argmax())}: an artist outside 0 to {n_artists - 1}.")
    return pairs.astype(np.int64)


def check_descriptors(values: npt.NDArray, n_artists: int, where: str) -> FloatArray:
    """A matrix (n, d) of numbers as float32, the whole row NaN for an artist with any value that is not finite."""
    if values.dtype.kind not in "fiu":
        raise CatalogueError(f"{where} must hold numbers, not {values.dtype}.")
    if values.ndim != 2 or len(values) != n_artists:
        raise CatalogueError(f"{where} has shape {values.shape}; it needs {n_artists} rows, one per artist.")
    with np.errstate(over="ignore"):
        dense = values.astype(np.float32)
    dense[~np.isfinite(dense).all(axis=1)] = np.nan
    return dense


def _must_exist(path: Path) -> None:
    if not path.is_file():
        raise CatalogueError(f"{path.name} is missing in {path.parent}. Is this the right folder?")
