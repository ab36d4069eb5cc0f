"""Thousands of malformed sound files: each is refused in plain words or gives sound; none crashes, hangs or litters."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import psutil
import pytest

from core.audio import AudioError, decode, run_limited
from core.audio.decoding import DECODE_MEGABYTES
from tests.support.hostile_inputs import N_INPUTS, hostile_input, is_plain, outcomes, write_originals
from tests.support.limited_work import crash_at_seven
from tests.support.processes import left_behind

pytestmark = pytest.mark.slow

_BATCH = 200
_BATCH_SECONDS = 60.0


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("malformed") / "originals"
    write_originals(folder)
    return folder


def batch_outcomes(originals: Path, first: int, last: int, progress: Path) -> Iterator[tuple[int, str]]:
    """Numbers of inputs and what became of them; an input that ended the worker gets what `decode` says of it."""
    while first < last:
        try:
            messages = run_limited(
                outcomes, originals, first, last, progress, seconds=_BATCH_SECONDS, megabytes=DECODE_MEGABYTES
            )
            yield from enumerate(messages, first)
            return
        except AudioError:
            deadly = int(progress.read_text())
            print(f"input {deadly} ended its worker")
            if deadly > first:
                yield from batch_outcomes(originals, first, deadly, progress)
            yield deadly, outcome(hostile_input(read(originals), deadly))
            first = deadly + 1


def read(originals: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted(originals.iterdir())]


def outcome(source: bytes | Path) -> str:
    try:
        assert decode(source, 16_000).seconds >= 1
    except AudioError as refusal:
        return str(refusal)
    return ""


def test_thousands_of_malformed_files_are_refused_plainly_or_give_sound(originals: Path, tmp_path: Path) -> None:
    def batch(first: int) -> list[tuple[int, str]]:
        return list(batch_outcomes(originals, first, min(first + _BATCH, N_INPUTS), tmp_path / f"progress {first}"))

    before = psutil.pids()
    with ThreadPoolExecutor(2) as pool:
        found = dict(chain.from_iterable(pool.map(batch, range(0, N_INPUTS, _BATCH))))
    assert sorted(found) == list(range(N_INPUTS))
    refusals = {number: message for number, message in found.items() if message}
    assert len(refusals) > N_INPUTS // 3
    assert len(refusals) < N_INPUTS, "some damage can be heard through"
    assert {number: message for number, message in refusals.items() if not is_plain(message)} == {}
    assert not left_behind(before, grace=0)


def test_a_sample_of_them_leaves_nothing_behind(
    originals: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = psutil.pids()
    gc.collect()  # What earlier tests left open is closed before, not in between.
    n_open = psutil.Process().num_fds()
    originals_read = read(originals)
    names = ("song.mp3", "song.wav", "photo.jpg", "no extension", "archive.tar.gz")
    for number in range(0, N_INPUTS, N_INPUTS // 20 + 1):
        path = originals.parent / names[number % len(names)]
        path.write_bytes(hostile_input(originals_read, number))
        message = outcome(path)
        assert not message or message.startswith(f"{path.name}: ")
        assert not message or is_plain(message.removeprefix(f"{path.name}: "))
    assert not list(tmp_path.iterdir())
    assert not left_behind(before, grace=0)
    assert psutil.Process().num_fds() <= n_open


def test_an_input_that_ends_its_worker_is_found_and_the_rest_goes_on(
    originals: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.core.audio.test_hostile_audio.outcomes", crash_at_seven)
    found = dict(batch_outcomes(originals, 0, 10, tmp_path / "progress"))
    assert sorted(found) == list(range(10))
    assert [number for number, message in found.items() if message != "fine"] == [7]
