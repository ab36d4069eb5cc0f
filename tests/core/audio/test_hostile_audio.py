"""Malformed sound files leave nothing behind, whatever their names; `benchmarks.campaign sounds` tries thousands."""

from __future__ import annotations

import gc
import tempfile
from pathlib import Path

import psutil
import pytest

from core.audio import AudioError, decode
from tests.support.hostile_inputs import hostile_input, is_plain, write_originals
from tests.support.processes import left_behind

_NAMES = ("song.mp3", "song.wav", "photo.jpg", "no extension", "archive.tar.gz")


def refusal_of(path: Path) -> str:
    try:
        assert decode(path, 16_000).seconds >= 1
    except AudioError as refusal:
        return str(refusal)
    return ""


def test_malformed_files_are_refused_by_name_and_leave_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_originals(tmp_path / "originals")
    originals = [file.read_bytes() for file in sorted((tmp_path / "originals").iterdir())]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    before = psutil.pids()
    gc.collect()  # What earlier tests left open is closed before, not in between.
    n_open = psutil.Process().num_fds()
    for number in range(15):
        path = tmp_path / _NAMES[number % len(_NAMES)]
        path.write_bytes(hostile_input(originals, number))
        message = refusal_of(path)
        assert not message or message.startswith(f"{path.name}: ")
        assert not message or is_plain(message.removeprefix(f"{path.name}: "))
    assert not list(temporary.iterdir())
    assert not left_behind(before, grace=0)
    assert psutil.Process().num_fds() <= n_open
