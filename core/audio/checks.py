"""Checks of files and samples: what kind of file the content shows, and whether the samples are usable.

Every check raises an AudioError that says what is wrong and what to do.
"""

import codecs
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.arrays import FloatArray
from core.audio.streams import first_mp3_frame
from core.errors import AudioError

MAX_BYTES = 200_000_000
MIN_SECONDS = 1.0
MAX_SECONDS = 15 * 60.0
RATES = (4_000, 768_000)
# PyAV reads at most eight planes of a frame; beyond them it reads memory that is not part of the frame.
MAX_CHANNELS = 8
SILENT_PEAK = 1e-3
FULL_SCALE = 0.999
CLIPPED_SHARE = 1e-3
LOUDEST = 2.0

FORMATS = "WAV, FLAC, AIFF, MP3, Ogg, Opus, M4A, AAC or WebM"


@dataclass(frozen=True)
class Container:
    """A kind of file that holds sound: its name, the PyAV demuxer for it, and whether libsndfile reads it too."""

    title: str
    demuxer: str
    by_soundfile: bool = False


WAV = Container("WAV", "wav", True)
MP3 = Container("MP3", "mp3", True)
AAC = Container("AAC", "aac")
FLAC = Container("FLAC", "flac", True)
OGG = Container("Ogg", "ogg", True)
_AUDIO: tuple[tuple[int, bytes, Container], ...] = (
    (0, b"fLaC", FLAC),
    (0, b"OggS", OGG),
    (4, b"ftyp", Container("MP4", "mp4")),
    (0, b"\x1a\x45\xdf\xa3", Container("WebM", "matroska")),
    (0, b"RF64", WAV),
    (0, b"caff", Container("CAF", "caf", True)),
    (0, b".snd", Container("AU", "au", True)),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Container("WMA", "asf")),
    (0, b"#!AMR", Container("AMR", "amr")),
)
_OTHER: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document"),
    (0, b"PK\x05\x06", "an empty ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (8, b"WEBP", "a WebP picture"),
    (4, b"ftypavif", "an AVIF picture"),
    (4, b"ftyphei", "a HEIC picture"),
    (4, b"ftypmif1", "a HEIC picture"),
    (0, b"MThd", "a MIDI file, which holds notes and no sound"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
    (0, b"SQLite format 3", "a database"),
    (0, b"PAR1", "a Parquet table"),
    (0, b"\x93NUMPY", "a NumPy array"),
)
_ID3_HEADER = 10
_TEXT_SAMPLE = 4096
_SHORTEST_TEXT = 8


def check_size(n_bytes: int) -> None:
    """Raise AudioError for an empty file and for one that is too large to be a clip."""
    if n_bytes == 0:
        raise AudioError("The file is empty. Export or record the sound again.")
    if n_bytes > MAX_BYTES:
        raise AudioError(
            f"The file has {n_bytes / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB can be read. "
            "Cut out a part of it, or save it as FLAC or MP3."
        )


def readable_file(path: Path) -> Path:
    """Return `path`. Raises AudioError unless it is a regular file of an acceptable size."""
    try:
        if not path.is_file():
            raise AudioError("There is no such file. Check its name and folder.")
        check_size(path.stat().st_size)
    except (OSError, ValueError) as fault:
        raise AudioError(f"The file cannot be read ({fault}). Check its name and permissions.") from None
    return path


def recognise(data: bytes) -> Container | None:
    """The kind of file, recognised by its first bytes; None if they are unknown and only decoding can tell.

    Raises AudioError for what is plainly not sound: documents, pictures, archives, text.
    """
    for at, magic, what in _OTHER:
        if data.startswith(magic, at):
            raise _not_sound(what)
    for at, magic, container in _AUDIO:
        if data.startswith(magic, at):
            return container
    kind = data[8:12]
    if data.startswith((b"RIFF", b"RIFX")) and kind == b"WAVE":
        return WAV
    if data.startswith(b"RIFF") and kind == b"AVI ":
        return Container("AVI", "avi")
    if data.startswith(b"FORM") and kind in (b"AIFF", b"AIFC"):
        return Container("AIFF", "aiff", True)
    if data.startswith(b"ID3"):
        return _mpeg_kind(data[_after_id3(data) :][:4]) or MP3
    if _is_text(data[:_TEXT_SAMPLE]):
        raise _not_sound("a text file")
    return _mpeg_kind(data[:4]) or (None if first_mp3_frame(data) is None else MP3)


def check_stream(rate: float, channels: int) -> None:
    """Raise AudioError for a stream whose header gives an implausible rate or number of channels."""
    if not RATES[0] <= rate <= RATES[1]:
        raise AudioError(
            f"The file claims {rate:,} samples a second; {RATES[0]:,} to {RATES[1]:,} can be read. "
            "It is probably damaged: export the sound again, at 44,100 or 48,000."
        )
    if not 1 <= channels <= MAX_CHANNELS:
        raise AudioError(
            f"The file has {channels:,} channels; at most {MAX_CHANNELS} can be read. "
            "Export the sound again in stereo or mono."
        )


def check_samples(samples: FloatArray, rate: int, swing: float, peak: float) -> None:
    """Raise AudioError for mono samples (n,) that are too short, silent or not finite.

    `swing` is half the range of the mix, and `peak` is the largest absolute value of any channel. Both are measured at
    the file's own rate, because resampling rings where a constant begins.
    """
    if not np.isfinite(samples).all():
        raise AudioError("The file holds values that are not numbers. Export the sound again, as 16-bit or 24-bit.")
    if len(samples) < MIN_SECONDS * rate:
        raise AudioError(
            f"The sound lasts {len(samples) / rate:.2f} seconds; at least {MIN_SECONDS:g} second is needed, and "
            "10 seconds or more are best. Choose or record a longer one."
        )
    if swing >= SILENT_PEAK:
        return
    if peak >= 10 * SILENT_PEAK:
        raise AudioError(
            "The channels cancel each other out when they are mixed to one, or do not vary. "
            "Export one channel alone as a mono file."
        )
    raise AudioError(
        "The sound is silent or far too quiet to tell anything. Check the microphone or raise the level, and try again."
    )


def _not_sound(what: str) -> AudioError:
    return AudioError(f"This is {what}, not a sound file. Choose a {FORMATS} file.")


def _after_id3(data: bytes) -> int:
    size = 0
    for byte in data[6:_ID3_HEADER]:
        size = size << 7 | byte & 0x7F
    return _ID3_HEADER + size


def _mpeg_kind(head: bytes) -> Container | None:
    """MPEG audio, recognised by its frame header (ISO/IEC 11172-3, 13818-7), or FLAC after an ID3 tag."""
    if head.startswith(b"fLaC"):
        return FLAC
    if len(head) < 2 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = head[1] >> 1 & 3
    if layer == 0:
        return AAC if head[1] & 0xF0 == 0xF0 else None
    return MP3 if layer < 3 else None


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return len(text) >= _SHORTEST_TEXT and all(character.isprintable() or character.isspace() for character in text)
