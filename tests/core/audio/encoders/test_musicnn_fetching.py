"""Getting musicnn by pip and converting it: on a real pip with wheels made here, and once from the real index."""

import errno
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from core.audio.encoders.checkpoints import KNOWN, MUSICNN, checkpoint_folder, get, is_installed, verify
from core.audio.encoders.downloads import StoppedError
from core.audio.encoders.musicnn import fetching
from core.audio.encoders.musicnn.fetching import LICENCE_FILE, MODELS, NOTICE_FILE, fetch, weights_file
from core.audio.encoders.musicnn.tensor_bundle import read_bundle
from core.errors import NearfieldError
from core.storage import sha256_file
from tests.support.faults import refusing
from tests.support.musicnn import bundle, write_wheel

ROOT = Path(__file__).resolve().parents[4]
WEIGHTS = {model: {"dense/kernel": np.arange(6, dtype=np.float32).reshape(2, 3)} for model in MODELS}


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """pip reads wheels from this folder only."""
    wheels = tmp_path / "wheels"
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return wheels


def arrive(folder: Path, digest: str, **options) -> None:
    fetch(folder, lambda done, total: None, lambda: False, digest, **options)


def left(folder: Path) -> list[str]:
    """What is in a folder, without locks."""
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


# Conversion


def test_tensors_are_read_as_they_were_written() -> None:
    rng = np.random.default_rng(0)
    tensors = {
        "conv2d/kernel": rng.standard_normal((7, 3, 1, 5), np.float32),
        "conv2d/kernel/Adam": np.zeros(3, np.float32),
        "conv2d_1/bias": np.zeros(1, np.float32),
        "beta1_power": np.ones(1, np.float32),
    }
    found = read_bundle(*bundle(tensors), skip=("Adam", "power"))
    assert set(found) == {"conv2d/kernel", "conv2d_1/bias"}
    np.testing.assert_array_equal(found["conv2d/kernel"], tensors["conv2d/kernel"])
    assert found["conv2d_1/bias"].shape == (1,)


def test_damaged_checkpoints_are_refused() -> None:
    index, data = bundle({"a": np.ones((2, 3), np.float32), "b": np.ones(4, np.float32)})
    for broken in (b"", index[:-9], index[:-1] + b"\0", b"\xff" * 40 + index[40:]):
        with pytest.raises(NearfieldError, match="cannot be converted"):
            read_bundle(broken, data)
    with pytest.raises(NearfieldError, match="cannot be converted"):
        read_bundle(index, data[:-3])
    with pytest.raises(NearfieldError, match="no float32"):
        read_bundle(*bundle({"a": np.ones(2)}))
    with pytest.raises(NearfieldError, match="not finite"):
        read_bundle(*bundle({"a": np.array([np.nan], np.float32)}))


def test_no_mutation_of_an_index_gives_another_error() -> None:
    index, data = bundle({f"layer_{number}/kernel": np.ones((2, 3), np.float32) for number in range(6)})
    rng = np.random.default_rng(1)
    for _ in range(1500):
        broken = bytearray(index)
        for place in rng.integers(0, len(broken), rng.integers(1, 4)):
            broken[place] = rng.integers(0, 256)
        try:
            read_bundle(bytes(broken), data)
        except NearfieldError:
            continue


# Fetching


def test_what_arrives_is_converted_with_its_notices(alone: Path, tmp_path: Path) -> None:
    wheel = write_wheel(alone, WEIGHTS)
    seen: list[tuple[int, int | None]] = []
    fetch(
        tmp_path / "cache" / "musicnn",
        lambda done, total: seen.append((done, total)),
        lambda: False,
        sha256_file(wheel),
    )
    folder = tmp_path / "cache" / "musicnn"
    assert left(folder.parent) == ["musicnn"]
    assert left(folder) == sorted([LICENCE_FILE, NOTICE_FILE, "record.json", *map(weights_file, MODELS)])
    for model, tensors in WEIGHTS.items():
        found = load_file(folder / weights_file(model))
        np.testing.assert_array_equal(found["dense/kernel"], tensors["dense/kernel"])
    assert "CC BY-NC-SA 4.0" in (folder / NOTICE_FILE).read_text()
    assert seen[-1] == (fetching.WHEEL_BYTES, fetching.WHEEL_BYTES)


def test_another_wheel_is_refused_and_deleted(alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    write_wheel(alone, WEIGHTS)
    with pytest.raises(NearfieldError, match=r"not the wheel that is known.*Check which package index"):
        get(KNOWN[MUSICNN])
    assert not is_installed(KNOWN[MUSICNN])
    assert left(tmp_path / "cache" / "checkpoints") == []


def test_a_wheel_that_holds_no_models_is_refused(alone: Path, tmp_path: Path) -> None:
    wheel = write_wheel(alone, {})
    with pytest.raises(NearfieldError, match="no wheel of musicnn"):
        arrive(tmp_path / "cache" / "musicnn", sha256_file(wheel))
    assert left(tmp_path / "cache") == []


def test_bytes_are_counted_while_pip_removes_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "part").write_bytes(bytes(12))
    scandir = os.scandir

    def gone_when_opened(place: str | Path):
        if Path(place).name == "gone":
            os.rmdir(place)
        return scandir(place)

    monkeypatch.setattr(os, "scandir", gone_when_opened)
    assert fetching._bytes_below(tmp_path) == 12
    assert not (tmp_path / "gone").exists()


def test_without_an_index_the_remedy_is_told(alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone.mkdir()
    with pytest.raises(NearfieldError, match=r"pip could not get musicnn==0\.1\.0 .*pip config list"):
        arrive(tmp_path / "cache" / "musicnn", "0" * 64)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(NearfieldError, match=r"pip could not get musicnn==0\.1\.0"):
        arrive(tmp_path / "cache" / "musicnn", "0" * 64)
    assert left(tmp_path / "cache") == []


class Slow(BaseHTTPRequestHandler):
    """An index that has the wheel, and never ends sending it."""

    stop = threading.Event()

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path.endswith(".whl"):
            self.send_header("Content-Length", str(fetching.WHEEL_BYTES))
            self.end_headers()
            while not self.stop.wait(0.05):
                try:
                    self.wfile.write(b"\0" * 65536)
                except OSError:
                    return
            return
        page = f'<a href="/{fetching.WHEEL}">{fetching.WHEEL}</a>'.encode()
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def slow_index(alone: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    Slow.stop.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.delenv("PIP_FIND_LINKS")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
        yield
        Slow.stop.set()
        server.shutdown()


@pytest.mark.usefixtures("slow_index")
def test_a_fetch_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    progress: list[int] = []
    with pytest.raises(StoppedError):
        fetch(
            tmp_path / "cache" / "musicnn",
            lambda done, total: progress.append(done),
            lambda: max(progress) > 100_000,
        )
    assert left(tmp_path / "cache") == []


@pytest.mark.usefixtures("slow_index")
def test_a_fetch_that_is_killed_hinders_no_later_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cache" / "musicnn"
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from core.audio.encoders.musicnn.fetching import fetch\n"
        "def on_progress(done, total):\n"
        "    if done > 100_000:\n"
        "        import psutil\n"
        "        for child in psutil.Process().children(recursive=True): child.kill()\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        f"fetch(Path({str(folder)!r}), on_progress, lambda: False)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=120)
    assert done.returncode < 0
    assert len(left(folder.parent)) == 1  # what the kill has left
    wheels = tmp_path / "wheels"
    wheel = write_wheel(wheels, WEIGHTS)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    arrive(folder, sha256_file(wheel))
    assert left(folder.parent) == ["musicnn"]


def test_a_full_disk_is_told_at_every_step_and_nothing_is_half_done(alone: Path, tmp_path: Path) -> None:
    wheel = write_wheel(alone, WEIGHTS)
    folder = tmp_path / "cache" / "musicnn"
    (tmp_path / "cache").mkdir()
    for step in (1, 2, 4, 6, 8):
        with refusing(errno.ENOSPC, step), pytest.raises(NearfieldError, match="space"):
            arrive(folder, sha256_file(wheel))
        assert not folder.exists()
    arrive(folder, sha256_file(wheel))
    assert left(folder.parent) == ["musicnn"]


def test_a_disk_that_fills_while_pip_writes_is_told(alone: Path, tmp_path: Path) -> None:
    write_wheel(alone, WEIGHTS, padding=3_000_000)
    code = (
        "from pathlib import Path\n"
        "from core.audio.encoders.musicnn.fetching import fetch\n"
        "from core.errors import NearfieldError\n"
        "try:\n"
        f"    fetch(Path({str(tmp_path / 'cache' / 'musicnn')!r}), lambda done, total: None, lambda: False)\n"
        "except NearfieldError as fault:\n"
        "    print(fault)\n"
    )

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, preexec_fn=limit, capture_output=True, text=True, timeout=120
    )
    assert "The disk became full" in done.stdout, done.stdout + done.stderr
    assert left(tmp_path / "cache") == []


def test_too_little_room_is_told_before_anything_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_SPARE", 1 << 60)
    with pytest.raises(NearfieldError, match=r"musicnn needs .* MB .*NEARFIELD_CACHE"):
        arrive(tmp_path / "cache" / "musicnn", "0" * 64)


def test_the_real_wheel_arrives_whole(musicnn_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = {model: load_file(musicnn_folder / weights_file(model)) for model in MODELS}
    for tensors in weights.values():
        assert len(tensors) == 64
        trained = sum(tensor.size for name, tensor in tensors.items() if "moving" not in name)
        assert trained == 787_159
    assert (musicnn_folder / LICENCE_FILE).read_text().startswith("Copyright (c) Music Technology Group")
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path))
    target = checkpoint_folder(KNOWN[MUSICNN])
    target.parent.mkdir(parents=True)
    target.symlink_to(musicnn_folder)
    assert "sha256 is the known one" in get(KNOWN[MUSICNN])[0]
    assert verify(KNOWN[MUSICNN]) == []
