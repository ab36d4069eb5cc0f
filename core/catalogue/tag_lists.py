"""The tags of a column of lists as pairs of numbers, without an object for each tag of each artist."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.arrays import BoolArray, IntArray


@dataclass(frozen=True)
class TagLists:
    """Lists of tags by artist.

    Shapes: `tags` (t,) different tags in the order of their first mention; `rows` (p,) and `codes` (p,) the artist and
    the tag of each mention, in the order of the lists.
    """

    tags: tuple[str, ...]
    rows: IntArray
    codes: npt.NDArray[np.int32]

    @classmethod
    def of(cls, column: pd.Series) -> "TagLists":
        """The tags of a column in which each value is a list of texts."""
        lists = pa.array(column, pa.large_list(pa.large_string()), from_pandas=True)
        lists = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
        encoded = pc.list_flatten(lists).dictionary_encode()
        return cls(
            tuple(encoded.dictionary.to_pylist()),
            pc.list_parent_indices(lists).to_numpy(),
            encoded.indices.to_numpy(),
        )

    def only(self, chosen: BoolArray) -> "TagLists":
        """The lists without the tags that are not `chosen` (t,)."""
        kept = chosen[self.codes]
        places = np.cumsum(chosen, dtype=np.int32) - 1
        tags = tuple(tag for tag, is_kept in zip(self.tags, chosen.tolist(), strict=True) if is_kept)
        return TagLists(tags, self.rows[kept], places[self.codes[kept]])
