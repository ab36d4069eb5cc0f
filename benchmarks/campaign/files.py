"""Ways to spoil any file: what can stand in its place, and other bytes."""

import os
import random
from collections.abc import Callable
from pathlib import Path

from tests.support.furnished import make_huge, make_pipe

Way = Callable[[Path, random.Random], object]
"""Spoils a file."""

_NAMES = ("x" * 240, "ü" * 110, "a b", "a\nb", "-x", "%00", "..hidden", "con", "\udcff", "a?b*c", "🎸")


def _missing(file: Path, rng: random.Random) -> None:
    file.unlink()


def _pipe(file: Path, rng: random.Random) -> None:
    make_pipe(file)


def _folder_in_place(file: Path, rng: random.Random) -> None:
    file.unlink()
    file.mkdir()


def _link(file: Path, rng: random.Random) -> None:
    file.unlink()
    file.symlink_to(rng.choice(("/dev/zero", "/dev/full", "/proc/self/mem", file.name, "nowhere", "/", "../..")))


def _huge(file: Path, rng: random.Random) -> None:
    make_huge(file)


def _renamed(file: Path, rng: random.Random) -> None:
    name = rng.choice(_NAMES)
    file.rename(file.with_name(os.fsdecode(os.fsencode(name + file.suffix)[-250:])))


def _folder_renamed(file: Path, rng: random.Random) -> None:
    if file.parent.parent.name in ("runs",):
        file.parent.rename(file.parent.with_name(rng.choice(_NAMES)))
    else:
        _renamed(file, rng)


PLACES: tuple[Way, ...] = (_missing, _pipe, _folder_in_place, _link, _huge, _renamed, _folder_renamed)


def _flip_bits(file: Path, rng: random.Random) -> None:
    content = bytearray(file.read_bytes())
    for _ in range(rng.randint(1, 12)):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    file.write_bytes(content)


def _flip_at_the_ends(file: Path, rng: random.Random) -> None:
    content = bytearray(file.read_bytes())
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(min(len(content), 300))
        content[rng.choice((at, -at - 1))] = rng.randrange(256)
    file.write_bytes(content)


def _truncate(file: Path, rng: random.Random) -> None:
    os.truncate(file, rng.randrange(file.stat().st_size))


def _append(file: Path, rng: random.Random) -> None:
    file.write_bytes(file.read_bytes() + rng.randbytes(rng.randint(1, 3000)))


def _lose_the_beginning(file: Path, rng: random.Random) -> None:
    content = file.read_bytes()
    file.write_bytes(content[rng.randrange(len(content)) :])


def _zeros_inside(file: Path, rng: random.Random) -> None:
    content = bytearray(file.read_bytes())
    start = rng.randrange(len(content))
    stop = min(len(content), start + rng.randint(1, 200))
    content[start:stop] = bytes(stop - start)
    file.write_bytes(content)


def _repeat_inside(file: Path, rng: random.Random) -> None:
    content = file.read_bytes()
    start, stop = sorted((rng.randrange(len(content)), rng.randrange(len(content))))
    file.write_bytes(content[:stop] + content[start:stop] * rng.randint(1, 5) + content[stop:])


def _noise(file: Path, rng: random.Random) -> None:
    file.write_bytes(rng.randbytes(rng.randint(0, 5000)))


def _another_file(file: Path, rng: random.Random) -> None:
    others = [other for other in sorted(file.parents[1].rglob("*")) if other.is_file() and other != file]
    file.write_bytes(rng.choice(others).read_bytes())


def _extreme_number(file: Path, rng: random.Random) -> None:
    content = bytearray(file.read_bytes())
    at = rng.randrange(max(1, len(content) - 8))
    content[at : at + 8] = rng.choice(
        (b"\xff" * 8, b"\0" * 8, b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\x7f" + b"\xff" * 7)
    )
    file.write_bytes(content)


BYTES: tuple[Way, ...] = (
    _flip_bits,
    _flip_at_the_ends,
    _truncate,
    _append,
    _lose_the_beginning,
    _zeros_inside,
    _repeat_inside,
    _noise,
    _another_file,
    _extreme_number,
)
