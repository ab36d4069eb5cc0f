"""Work in a limited process: values there and back, each way to misbehave, and nothing left behind."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from core.audio.limits import run_limited
from core.audio.messages import read_message, write_message
from core.errors import AudioError
from tests.conftest import ROOT
from tests.support import limited_work
from tests.support.processes import left_behind

PATIENCE_S = 120.0


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that temporary files go to in this test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def run(function: Callable[..., Any], *args: Any, seconds: float = PATIENCE_S, megabytes: int = 600) -> Any:
    return run_limited(function, *args, seconds=seconds, megabytes=megabytes)


def has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_values_go_there_and_back(tmp_path: Path) -> None:
    values = (b"\0\xff", "text \u266b", 3, 2.5, True, None, [1, "a"], {"key": (1, 2)}, tmp_path)
    arrays = (np.arange(6, dtype=np.float32).reshape(2, 3)[:, ::2], np.empty((0, 4), np.int16), np.float64(0.5))
    answer = run(limited_work.echo, *values, *arrays)
    assert answer[: len(values)] == values
    for sent, received in zip(arrays, answer[len(values) :], strict=True):
        np.testing.assert_array_equal(received, sent)
    assert answer[len(values)].dtype == np.float32
    assert answer[len(values)].flags.writeable


def test_what_is_no_plain_value_is_refused() -> None:
    for value in (object(), {1: "a"}, np.array([None]), {"a set"}):
        with pytest.raises(TypeError, match="cannot be sent"):
            write_message(io.BytesIO(), value)
    stream = io.BytesIO()
    write_message(stream, b"cut off")
    with pytest.raises(EOFError):
        read_message(io.BytesIO(stream.getvalue()[:-1]))


def test_what_a_library_prints_is_no_part_of_the_answer() -> None:
    assert run(limited_work.print_much) == "the result"
    assert run(limited_work.threads) == "1"


@pytest.mark.parametrize(
    ("function", "args", "message"),
    [
        (limited_work.sleep, (600,), "stopped after 1 seconds"),
        (limited_work.spin, (), "stopped after 1 seconds"),
        (limited_work.hog, (800,), "more than the 600 MB"),
        (limited_work.crash, (), "crashed on this file"),
        (limited_work.fail, (), "the reason is in the log"),
        (limited_work.leave_without_answer, (), "the reason is in the log"),
        (limited_work.refuse, (), "The setting is wrong. Mend it."),
    ],
)
def test_each_way_to_misbehave_is_an_audio_error(
    function: Callable[..., Any], args: tuple[int, ...], message: str, temporary: Path
) -> None:
    before = psutil.pids()
    with pytest.raises(AudioError, match=message):
        run(function, *args, seconds=1.0 if "seconds" in message else PATIENCE_S)
    assert not list(temporary.iterdir())
    assert not left_behind(before, grace=0)


def test_the_reason_of_a_failure_is_on_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(AudioError):
        run(limited_work.fail)
    assert "KeyError: 'an unforeseen thing'" in caplog.text
    assert "limited_work.fail" in caplog.text


def test_files_of_a_stopped_worker_are_removed(temporary: Path) -> None:
    with pytest.raises(AudioError, match="stopped after"):
        run(limited_work.write_and_sleep, 600, seconds=2.0)
    assert not list(temporary.iterdir())


def test_what_a_worker_started_ends_with_it(tmp_path: Path) -> None:
    run(limited_work.start_child, tmp_path / "pid")
    child = int((tmp_path / "pid").read_text())
    until = time.monotonic() + PATIENCE_S
    while not has_ended(child):
        assert time.monotonic() < until, "the child of the worker still runs"
        time.sleep(0.05)


def test_a_worker_without_its_server_ends_by_itself(tmp_path: Path) -> None:
    script = (
        "from core.audio.limits import run_limited; from tests.support.limited_work import sleep; "
        "run_limited(sleep, 600, seconds=1.5, megabytes=600)"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    server = psutil.Popen([sys.executable, "-c", script], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    until = time.monotonic() + PATIENCE_S
    while not (workers := server.children()) and time.monotonic() < until:
        time.sleep(0.01)
    server.kill()
    server.wait()
    assert len(workers) == 1
    gone, alive = psutil.wait_procs(workers, timeout=PATIENCE_S)
    assert gone
    assert not alive


def test_importing_the_decoder_is_light() -> None:
    heavy = ("torch", "av", "soundfile", "soxr", "pandas", "essentia", "transformers", "streamlit")
    script = f"import sys, core.audio.decoding; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
