"""Malformed sound files, each the same for the same number: damaged real ones, lies in headers, and plain rubbish."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.arrays import FloatArray
from core.audio.checks import FORMATS
from core.audio.decoding import decode_here
from core.errors import AudioError
from tests.support.audio_samples import KINDS

N_INPUTS = 2400
_JARGON = re.compile(r"Traceback|Error\b|0x|errno|None|\bnan\b|<|libsndfile|ffmpeg|\[|\{", re.IGNORECASE)
_EXTREMES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x7f\xff\xff\xff", b"\0\0\0\x80", b"\1\0\0\0")
_MAGICS = (
    b"RIFF\xff\xff\xff\x7fWAVEfmt ",
    b"fLaC\0\0\0\x22",
    b"OggS\0\2",
    b"ID3\4\0\0\x7f\x7f\x7f\x7f",
    b"\xff\xfb\x90\x64",
    b"FORM\0\0\xff\xffAIFFCOMM",
    b"\0\0\0\x20ftypM4A ",
    b"\x1a\x45\xdf\xa3",
    b"\xff\xf1\x50\x80",
    b"caff\0\1\0\0",
    b".snd",
    b"RIFF\xff\xff\0\0AVI LIST",
    b"#!AMR\n",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
    b"RF64\xff\xff\xff\xffWAVEds64",
)
_OTHER = (
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"<html>",
    b'{"a": 1}',
    b"#EXTM3U\nfile:///etc/passwd",
)
_RATES = (0, 1, 7, 3999, 8000, 44_100, 768_001, 2**31 - 1, 2**31, 2**32 - 1)
_CHANNELS = (0, 1, 2, 33, 1024, 65_535)
_BITS = (0, 1, 8, 16, 24, 32, 64, 255, 65_535)
_CODECS = (0, 1, 2, 3, 6, 7, 0x11, 0x31, 0x55, 0xFF, 0x161, 0xFFFE, 0xFFFF)


def write_originals(folder: Path) -> None:
    """The sound files that are damaged afterwards, numbered, in a new folder."""
    folder.mkdir()
    for number, make in enumerate(KINDS.values()):
        (folder / f"{number:02}").write_bytes(make(1.3))


def hostile_input(originals: list[bytes], number: int, seed: int = 0) -> bytes:
    """Malformed input of this number."""
    rng = np.random.default_rng([17 + seed, number])
    damage = _DAMAGES[number % len(_DAMAGES)]
    return damage(bytearray(originals[int(rng.integers(len(originals)))]), originals, rng)


def outcomes(folder: Path, first: int, last: int, progress: Path) -> list[str]:
    """What becomes of the inputs from `first` to before `last`: the refusal, or "" for sound.

    Each number is on file before its input is tried, so that whoever finds this process dead knows which killed it.
    """
    originals = [file.read_bytes() for file in sorted(folder.iterdir())]
    results = []
    for number in range(first, last):
        progress.write_text(str(number))
        try:
            samples, _ = decode_here(hostile_input(originals, number), 16_000)
        except AudioError as refusal:
            results.append(str(refusal))
        else:
            _check_sound(samples, number)
            results.append("")
    return results


def _check_sound(samples: FloatArray, number: int) -> None:
    if samples.dtype != np.float32 or len(samples) < 16_000 or not (np.abs(samples) <= 1).all():
        raise AssertionError(f"input {number} was taken for sound, but is none")


def is_plain(message: str) -> bool:
    """Whether a refusal is sentences for people that say what to do."""
    remedies = ("Choose", "Export", "Save", "Check", "Try", "Convert", "Cut", "convert", "export")
    return (
        20 < len(message) < 300
        and message[0].isupper()
        and message.endswith(".")
        and any(remedy in message for remedy in remedies)
        and not _JARGON.search(message.replace(FORMATS, ""))
    )


Damage = Callable[[bytearray, list[bytes], np.random.Generator], bytes]


def _noise(size: int, rng: np.random.Generator) -> bytes:
    return rng.bytes(int(rng.integers(size)))


def _changed(data: bytearray, within: int, rng: np.random.Generator) -> bytes:
    for at in rng.integers(min(within, len(data)), size=int(rng.integers(1, 12))):
        data[at] = int(rng.integers(256))
    return bytes(data)


def _change_header(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    return _changed(data, 64, rng)


def _change_beginning(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    return _changed(data, 512, rng)


def _change_anywhere(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    return _changed(data, len(data), rng)


def _change_end(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    tail = bytearray(data[-1500:])
    return bytes(data[:-1500]) + _changed(tail, len(tail), rng)


def _set_extreme_numbers(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    for at in rng.integers(4, 120, size=int(rng.integers(1, 4))):
        data[at : at + 4] = _EXTREMES[int(rng.integers(len(_EXTREMES)))]
    return bytes(data)


def _truncate(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    return bytes(data[: int(rng.integers(len(data)))])


def _truncate_to_little(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    return bytes(data[: int(rng.integers(200))])


def _lose_beginning(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    return bytes(data[int(rng.integers(1, len(data))) :])


def _splice(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    other = originals[int(rng.integers(len(originals)))]
    return bytes(data[: int(rng.integers(4, 600))]) + other[int(rng.integers(len(other))) :]


def _insert_or_remove(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    at = int(rng.integers(len(data)))
    data[at : at + int(rng.integers(2000))] = _noise(2000, rng)
    return bytes(data)


def _repeat(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    start, stop = sorted(rng.integers(len(data), size=2))
    return bytes(data[:stop]) + bytes(data[start:stop]) * int(rng.integers(1, 6)) + bytes(data[stop:])


def _only_noise(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    return _noise(20_000, rng)


def _noise_behind_magic(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    return _MAGICS[int(rng.integers(len(_MAGICS)))] + _noise(20_000, rng)


def _another_kind(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    return _OTHER[int(rng.integers(len(_OTHER)))] + _noise(3000, rng)


def _lying_wav(data: bytearray, originals: list[bytes], rng: np.random.Generator) -> bytes:
    def choose(values: tuple[int, ...]) -> int:
        return values[int(rng.integers(len(values)))]

    rate, channels, bits = choose(_RATES), choose(_CHANNELS), choose(_BITS)
    form = struct.pack("<HHIIHH", choose(_CODECS), channels, rate, choose(_RATES), choose(_CHANNELS), bits)
    body = rng.bytes(40_000)
    claimed = (len(body), 0, 2**31 - 1, 2**32 - 1)[int(rng.integers(4))]
    return (
        b"RIFF"
        + struct.pack("<I", claimed)
        + b"WAVEfmt \x10\0\0\0"
        + form
        + b"data"
        + struct.pack("<I", claimed)
        + body
    )


_DAMAGES: tuple[Damage, ...] = (
    _change_header,
    _change_beginning,
    _change_anywhere,
    _change_end,
    _set_extreme_numbers,
    _truncate,
    _truncate_to_little,
    _lose_beginning,
    _splice,
    _insert_or_remove,
    _repeat,
    _only_noise,
    _noise_behind_magic,
    _another_kind,
    _lying_wav,
)
