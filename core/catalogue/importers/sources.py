"""Reading source files safely: each refusal names the file and the reason."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from core.errors import CatalogueError


def read_arrays(path: Path, *names: str) -> dict[str, npt.NDArray]:
    """The named arrays of an .npz file, loaded without unpickling."""
    _must_exist(path)
    try:
        with np.load(path, allow_pickle=False) as archive:
            missing = [name for name in names if name not in archive.files]
            if missing:
                raise CatalogueError(f"{path.name} holds no array “{missing[0]}”.")
            return {name: archive[name] for name in names}
    except (OSError, ValueError, EOFError) as fault:
        raise CatalogueError(f"{path.name} is not a readable .npz file ({fault}).") from None


def read_csr(path: Path, shape_rows: int) -> sp.csr_array:
    """A matrix stored in scipy's CSR layout (`data`, `indices`, `indptr`, `shape`) with `shape_rows` rows."""
    parts = read_arrays(path, "data", "indices", "indptr", "shape")
    try:
        matrix = sp.csr_array((parts["data"], parts["indices"], parts["indptr"]), shape=tuple(parts["shape"]))
        matrix.check_format(full_check=True)
    except (ValueError, TypeError) as fault:
        raise CatalogueError(f"{path.name} is not a sound CSR matrix ({fault}).") from None
    if matrix.shape[0] != shape_rows:
        raise CatalogueError(f"{path.name} has {matrix.shape[0]} rows; {shape_rows} artists are listed.")
    return matrix


def read_table(path: Path, columns: list[str]) -> pd.DataFrame:
    """A CSV file, every cell as text, with at least these columns."""
    _must_exist(path)
    try:
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as fault:
        raise CatalogueError(f"{path.name} is not a readable CSV file ({fault}).") from None
    missing = [column for column in columns if column not in table]
    if missing:
        raise CatalogueError(f"{path.name} has no column {', '.join(missing)}. It has: {', '.join(table.columns)}.")
    return table


def _must_exist(path: Path) -> None:
    if not path.is_file():
        raise CatalogueError(f"{path.name} is missing in {path.parent}. Is this the right folder?")
