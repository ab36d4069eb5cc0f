"""Descriptors of artists from AcousticBrainz' dump of low-level documents, which is CC0.

The archives `acousticbrainz-lowlevel-json-20220623-<n>.tar.zst` hold millions of documents at
`lowlevel/<m>/<b>/<i>/<recording mbid>-<n>.json`. They are streamed, and only documents of wanted recordings are read.
"""

import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from core.arrays import FloatArray
from core.audio.encoders.acousticbrainz import DESCRIPTOR_NAMES, descriptors_of
from core.audio.encoders.acousticbrainz.documents import parse_document
from core.errors import CatalogueError, NearfieldError
from core.relations.mbids import MBID

EXTRACTOR = "AcousticBrainz (essentia, music 1.0)"
_PLACE = re.compile(rf"({MBID})-(\d+)\.json")
_LARGEST = 8 << 20
_COMPRESSION = {".zst": "zstd", ".bz2": "bz2", ".gz": "gzip"}

Step = Callable[[int, int], None]
"""Called with bytes that were read of the archives, and the bytes they have; raises to stop."""


@dataclass(frozen=True)
class Descriptors:
    """`values` (artists, d) float32, NaN for artists without a document; counts of documents used and refused."""

    values: FloatArray
    documents: int
    refused: int


def mean_descriptors(
    sources: list[Path], artist_of: Mapping[str, int], n_artists: int, step: Step = lambda done, total: None
) -> Descriptors:
    """The mean descriptors of each artist over its recordings; `artist_of` is the artist of each wanted recording.

    `sources` are archives, or folders that come of unpacking them. Of several documents of a recording, the first that
    can be read counts. Raises NearfieldError for a source that is missing or damaged.
    """
    sums = np.zeros((n_artists, len(DESCRIPTOR_NAMES)))
    counts = np.zeros(n_artists, np.int64)
    done: set[str] = set()
    refused = 0
    for recording, content in _documents(sources, artist_of, step):
        if recording in done:
            continue
        try:
            vector = descriptors_of(parse_document(content, recording))
        except CatalogueError:
            refused += 1
            continue
        done.add(recording)
        sums[artist_of[recording]] += vector
        counts[artist_of[recording]] += 1
    values = np.full(sums.shape, np.nan, np.float32)
    values[counts > 0] = sums[counts > 0] / counts[counts > 0, None]
    return Descriptors(values, len(done), refused)


def _documents(sources: list[Path], wanted: Mapping[str, int], step: Step) -> Iterator[tuple[str, bytes]]:
    """Recording and content of each document of a wanted recording, in the order of the sources."""
    for source in sources:
        if source.is_dir():
            files = sorted(source.rglob("*.json"))
            for place, file in enumerate(files):
                step(place, len(files))
                recording = _recording(file.name)
                if recording in wanted and file.is_file() and file.stat().st_size <= _LARGEST:
                    yield recording, file.read_bytes()
        elif source.is_file():
            yield from _in_archive(source, wanted, step)
        else:
            raise NearfieldError(f"There is no file or folder {source}. Give AcousticBrainz' archives of documents.")


def _in_archive(source: Path, wanted: Mapping[str, int], step: Step) -> Iterator[tuple[str, bytes]]:
    total = source.stat().st_size
    try:
        with source.open("rb") as raw, pa.PythonFile(raw, mode="r") as file:
            compression = _COMPRESSION.get(source.suffix)
            stream = pa.CompressedInputStream(file, compression) if compression else file
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                for member in archive:
                    step(raw.tell(), total)
                    recording = _recording(member.name)
                    if recording not in wanted or not member.isfile() or member.size > _LARGEST:
                        continue
                    content = archive.extractfile(member)
                    assert content is not None  # a regular file
                    yield recording, content.read()
    except (tarfile.TarError, EOFError, OSError) as fault:
        raise NearfieldError(f"{source.name} cannot be unpacked ({fault}). Download it again.") from None


def _recording(name: str) -> str:
    """The recording of a document's path, "" for any other file."""
    found = _PLACE.fullmatch(name.rpartition("/")[2].lower())
    return found[1] if found else ""
