"""Rows by id, without an object for each id: the ids stay in the catalogue's columns, and their order is an array."""

from collections.abc import Iterator, Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.arrays import IntArray


class RowOfId(Mapping[str, int]):
    """The row of each text of a column, the first one of equal texts. `order` is what `sorted_rows` gives."""

    def __init__(self, texts: pa.Array, order: IntArray) -> None:
        self._texts, self._order = texts, order

    def __getitem__(self, text: str) -> int:
        try:
            wanted = text.encode()
        except (UnicodeEncodeError, AttributeError):  # half a character, or no text at all: no id either way
            raise KeyError(text) from None
        low, high = 0, len(self._order)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._bytes(middle) < wanted else (low, middle)
        if low == len(self._order) or self._bytes(low) != wanted:
            raise KeyError(text)
        return int(self._order[low])

    def __iter__(self) -> Iterator[str]:
        return (text.as_py() for text in self._texts)

    def __len__(self) -> int:
        return len(self._order)

    def _bytes(self, place: int) -> bytes:
        text: str = self._texts[int(self._order[place])].as_py()
        return text.encode()


def texts_of(column: pd.Series) -> pa.Array:
    """The texts of a column, null where there is none."""
    texts = pa.array(column, pa.large_string(), from_pandas=True)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def sorted_rows(texts: pa.Array) -> IntArray:
    """The rows of all texts but null, sorted by the bytes of their UTF-8, equal texts by row."""
    known = len(texts) - texts.null_count
    return pc.sort_indices(texts).to_numpy()[:known]
