"""Sound files as blocks of samples: libsndfile through soundfile, and FFmpeg's libraries through PyAV.

Only the demuxers that `core.audio.checks` names are opened, on bytes in memory. FFmpeg's playlists and scripts, which
open other files and addresses, are therefore out of reach. Blocks are read one by one, so that a small file with a day
of sound needs little memory.
"""

import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from core.arrays import FloatArray
from core.audio.checks import MP3, OGG, Container, check_stream
from core.audio.streams import first_mp3_frame, ogg_links, says_its_length
from core.errors import AudioError

_BLOCK_VALUES = 1 << 18
_WHOLE_SHARE = 0.9
_WRONG_SIZE = re.compile(r"(\d+) \(should be (\d+)\)")
_UNKNOWN_SIZE = 0x7FFFF000


class Block(NamedTuple):
    """Samples (n, channels), in [-1, 1] unless the file goes beyond full scale, and their rate in Hz."""

    samples: FloatArray
    rate: int


class UnreadableError(Exception):
    """This reader cannot read the file; another one may."""


class DamagedError(Exception):
    """The file is truncated or has damaged parts; the blocks before them are good."""


def read_blocks(data: bytes, container: Container | None) -> Iterator[Block]:
    """Yield the blocks of the first audio stream in a file, from the first reader that understands it.

    Raises DamagedError after the last good block, and AudioError if there is no good block.
    """
    for blocks in _readers(data, container):
        try:
            first = next(blocks, None)
        except (UnreadableError, DamagedError):
            continue
        if first is not None:
            yield first
            yield from blocks
            return
    if container is None:
        raise AudioError("This is not a sound file that can be read, or its beginning is lost. Save it as WAV or FLAC.")
    raise AudioError(
        f"This {container.title} file holds no sound that can be read: it is damaged, cut off, protected or of a rare "
        "kind. Save it again, as WAV, FLAC or MP3."
    )


def _readers(data: bytes, container: Container | None) -> list[Iterator[Block]]:
    """What may read a file, the best first."""
    if container is None:
        return [_soundfile_blocks(data)]
    by_pyav = _pyav_blocks(data, container.demuxer, says_length=True)
    if container == MP3:
        # libsndfile guesses the length of a file that does not say it, and hears no more than that.
        frame = first_mp3_frame(data) or 0
        return [_pyav_blocks(data[frame:], MP3.demuxer, says_its_length(data, frame)), _soundfile_blocks(data)]
    if container == OGG and len(links := ogg_links(data)) > 1:
        # libsndfile stops at the end of the first part.
        return [_blocks_of_parts(links), by_pyav]
    return [_soundfile_blocks(data), by_pyav] if container.by_soundfile else [by_pyav]


def _blocks_of_parts(parts: list[bytes]) -> Iterator[Block]:
    damage: DamagedError | None = None
    for part in parts:
        try:
            yield from _soundfile_blocks(part)
        except (UnreadableError, DamagedError) as fault:
            damage = DamagedError(str(fault))
    if damage is not None:
        raise damage


def _soundfile_blocks(data: bytes) -> Iterator[Block]:
    import soundfile

    class ForwardFile(soundfile.SoundFile):
        """Reads without the seek that soundfile adds to every read; the seek garbles MP3 and Opus between blocks."""

        def seekable(self) -> bool:
            return False

    try:
        file = ForwardFile(io.BytesIO(data))
    except (soundfile.SoundFileError, TypeError) as fault:
        raise UnreadableError(str(fault)) from fault
    with file:
        check_stream(file.samplerate, file.channels)
        n_read = 0
        while n_read < file.frames:
            try:
                samples = file.read(_BLOCK_VALUES // file.channels, dtype="float32", always_2d=True)
            except soundfile.SoundFileError as fault:
                raise DamagedError(str(fault)) from fault
            if not len(samples):
                break
            n_read += len(samples)
            yield Block(samples, file.samplerate)
        if n_read < _WHOLE_SHARE * file.frames or _is_cut_off(file.extra_info):
            raise DamagedError("shorter than its header says")


def _is_cut_off(header_log: str) -> bool:
    """Whether libsndfile found a chunk much shorter than its stated size. Recorders write a huge size if it is
    unknown."""
    sizes = ((int(claimed), int(actual)) for claimed, actual in _WRONG_SIZE.findall(header_log))
    return any(claimed < _UNKNOWN_SIZE and actual < _WHOLE_SHARE * claimed for claimed, actual in sizes)


def _pyav_blocks(data: bytes, demuxer: str, says_length: bool) -> Iterator[Block]:
    """`says_length` if the length in the header can be relied on; else FFmpeg estimates it, and no end is missed."""
    import av

    try:
        with av.open(io.BytesIO(data), "r", format=demuxer, metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise AudioError("This file has no sound track. Choose one with sound.")
            seconds, damaged = 0.0, False
            for packet in container.demux(container.streams.audio[0]):
                try:
                    frames = packet.decode()
                except av.FFmpegError:
                    damaged = True
                    continue
                for frame in frames:
                    check_stream(frame.sample_rate, frame.layout.nb_channels)
                    block = Block(_samples_of(frame), frame.sample_rate)
                    seconds += len(block.samples) / block.rate
                    yield block
            expected = (container.duration or 0) / av.time_base if says_length else 0.0
            if damaged or seconds < _WHOLE_SHARE * expected:
                raise DamagedError("parts are missing, or it is shorter than its header says")
    except (av.FFmpegError, ValueError, NotImplementedError) as fault:
        raise DamagedError(str(fault)) from fault


def _samples_of(frame: Any) -> FloatArray:
    """Samples (n, channels) of a PyAV frame of any sample format, planar or packed, integers scaled to [-1, 1]."""
    values: npt.NDArray[Any] = frame.to_ndarray()
    if not frame.format.is_planar:
        values = values.reshape(-1, frame.layout.nb_channels).T
    if values.dtype == np.uint8:
        return (values.T.astype(np.float32) - 128) / 128
    if np.issubdtype(values.dtype, np.integer):
        return values.T.astype(np.float32) / -float(np.iinfo(values.dtype).min)
    return values.T.astype(np.float32)
