"""musicnn without the network: wheels in the form of the real one, and a checkpoint with random weights."""

import json
import os
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from core.audio.encoders.musicnn.fetching import MODELS, RECORD, WHEEL, weights_file
from core.storage import sha256_file

_CHANNELS = {"conv2d": (7, 38, 1, 204), "conv2d_1": (7, 67, 1, 204), "conv2d_2": (128, 1, 1, 51)}
_CHANNELS |= {"conv2d_3": (64, 1, 1, 51), "conv2d_4": (32, 1, 1, 51), "conv2d_5": (7, 561, 1, 64)}
_CHANNELS |= {"conv2d_6": (7, 64, 1, 64), "conv2d_7": (7, 64, 1, 64), "dense": (1506, 200), "dense_1": (200, 50)}
_NORMS = (1, 204, 204, 51, 51, 51, 64, 64, 64, 1506, 200)


def random_weights(seed: int) -> dict[str, np.ndarray]:
    """Weights of the network's shapes, which give tags all over their range."""
    rng = np.random.default_rng(seed)
    made = {}
    for name, shape in _CHANNELS.items():
        made[f"{name}/kernel"] = rng.standard_normal(shape) / np.sqrt(np.prod(shape[:-1]))
        made[f"{name}/bias"] = 0.1 * rng.standard_normal(shape[-1])
    for place, width in enumerate(_NORMS):
        name = f"batch_normalization_{place}" if place else "batch_normalization"
        made |= {f"{name}/beta": 0.1 * rng.standard_normal(width), f"{name}/gamma": 1 + 0.1 * rng.random(width)}
        made |= {f"{name}/moving_mean": rng.random(width), f"{name}/moving_variance": 0.5 + rng.random(width)}
    return {name: values.astype(np.float32) for name, values in made.items()}


def install_random(cache: Path) -> Path:
    """A checkpoint with random weights where NEARFIELD_CACHE is `cache`; returns its folder."""
    folder = cache / "checkpoints" / "musicnn"
    folder.mkdir(parents=True)
    for seed, model in enumerate(MODELS):
        save_file(random_weights(seed), folder / weights_file(model))
    files = {path.name: {"sha256": sha256_file(path)} for path in folder.iterdir()}
    (folder / RECORD).write_text(json.dumps({"files": files}))
    return folder


def write_wheel(folder: Path, weights: Mapping[str, Mapping[str, np.ndarray]], padding: int = 0) -> Path:
    """A wheel in `folder` that pip takes for musicnn, with models in the form of TensorFlow's checkpoints."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / WHEEL
    info = "musicnn-0.1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for model, tensors in weights.items():
            index, data = bundle(tensors)
            archive.writestr(f"musicnn/{model}/.index", index)
            archive.writestr(f"musicnn/{model}/.data-00000-of-00001", data)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: musicnn\nVersion: 0.1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/LICENSE.md", "Permission to use, copy …")
        archive.writestr(f"{info}/RECORD", "")
        archive.writestr("musicnn/padding", b"\0" * padding)
    return path


def bundle(tensors: Mapping[str, np.ndarray]) -> tuple[bytes, bytes]:
    """The index and the data of a TensorFlow checkpoint, keys with shared beginnings as LevelDB stores them."""
    entries, data = [(b"", b"\x08\x01")], b""
    for name in sorted(tensors):
        values = np.ascontiguousarray(tensors[name])
        dtype = 1 if values.dtype == np.float32 else 2
        shape = b"".join(_field(2, _number(1, size)) for size in values.shape)
        entry = _number(1, dtype) + _field(2, shape) + _number(4, len(data)) + _number(5, values.nbytes)
        entries.append((name.encode(), entry + b"\x35\0\0\0\0"))
        data += values.tobytes()
    block = _block(entries)
    index = _block([(b"zzz", _varint(0) + _varint(len(block)))])
    table = block + b"\0" * 5 + index + b"\0" * 5
    footer = _varint(0) + _varint(0) + _varint(len(block) + 5) + _varint(len(index))
    return table + footer.ljust(40, b"\0") + struct.pack("<Q", 0xDB4775248B80FB57), data


def _block(entries: list[tuple[bytes, bytes]]) -> bytes:
    made, before = b"", b""
    for key, value in entries:
        shared = len(os.path.commonprefix([key, before]))
        made += _varint(shared) + _varint(len(key) - shared) + _varint(len(value)) + key[shared:] + value
        before = key
    return made + struct.pack("<II", 0, 1)


def _varint(value: int) -> bytes:
    made = b""
    while value >= 0x80:
        made += bytes([value & 0x7F | 0x80])
        value >>= 7
    return made + bytes([value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value
