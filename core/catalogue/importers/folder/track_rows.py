"""The tracks of a music folder, held by columns: some hundred bytes a file, so that large libraries fit into memory."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_AT_ONCE = 1024
_SCHEMA = pa.schema(
    [
        ("person", pa.int32()),
        ("path", pa.large_string()),
        ("title", pa.large_string()),
        ("recording_mbid", pa.large_string()),
        ("album", pa.large_string()),
    ]
)
_TEXTS = {pa.large_string(): pd.StringDtype(na_value=np.nan)}


class TrackRows:
    """A row for each file and each of its main artists, who are named by their keys."""

    def __init__(self) -> None:
        self._batches: list[pa.RecordBatch] = []
        self._waiting: list[tuple[int, str, str, str | None, str | None]] = []
        self._places: dict[str, int] = {}

    def add(self, artist: str, path: str, title: str, album: str, recording_mbid: str) -> None:
        """Add a row; an album and a recording that are "" are unknown."""
        place = self._places.setdefault(artist, len(self._places))
        self._waiting.append((place, path, title, recording_mbid or None, album or None))
        if len(self._waiting) == _AT_ONCE:
            self._pack()

    def frame(self, row_of: Mapping[str, int], ids: pd.Series) -> pd.DataFrame:
        """The rows as a catalogue's tracks, by artist and path; the person of each key is in the row that `row_of` has,
        and `ids` (n,) are the ids of the rows."""
        table = self._table()
        rows = np.array([row_of[key] for key in self._places], np.int32)[table["person"].to_numpy()]
        names = pc.take(pa.array(ids.astype("str"), pa.large_string()), pa.array(rows))
        columns = {
            "artist": pa.array(rows, pa.int32()),
            "track_id": pc.binary_join_element_wise(names, table["path"], pa.scalar("/", pa.large_string())),
            "title": table["title"],
            "recording_mbid": table["recording_mbid"],
            "kind": pa.repeat(pa.scalar("file", pa.large_string()), len(rows)),
            "recipe": pa.nulls(len(rows), pa.large_string()),
            "album": table["album"],
            "path": table["path"],
        }
        ordered = pa.table(columns).sort_by([("artist", "ascending"), ("path", "ascending")])
        frame = ordered.to_pandas(types_mapper=_TEXTS.get)
        is_shared = len({row_of[key] for key in self._places}) < len(self._places)
        return frame.drop_duplicates("track_id", ignore_index=True) if is_shared else frame

    def same_recording(self) -> list[list[str]]:
        """The paths of files that are one recording, where there are several."""
        table = self._table().select(["recording_mbid", "path"]).filter(pc.field("recording_mbid").is_valid())
        counted = table.group_by("recording_mbid", use_threads=False).aggregate([("path", "count_distinct")])
        several = counted.filter(pc.field("path_count_distinct") > 1)["recording_mbid"]
        files: dict[str, dict[str, None]] = {}
        for row in table.filter(pc.field("recording_mbid").isin(several.combine_chunks())).to_pylist():
            files.setdefault(row["recording_mbid"], {})[row["path"]] = None
        return [list(paths) for paths in files.values()]

    def _table(self) -> pa.Table:
        self._pack()
        return pa.Table.from_batches(self._batches, _SCHEMA)

    def _pack(self) -> None:
        if self._waiting:
            columns = zip(*self._waiting, strict=True)
            self._batches.append(pa.record_batch(list(map(list, columns)), schema=_SCHEMA))
            self._waiting.clear()
