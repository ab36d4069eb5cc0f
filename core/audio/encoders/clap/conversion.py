"""Conversion of LAION's checkpoints from PyTorch pickles to safetensors, without running code from the pickle."""

import shutil
import struct
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from core.audio.encoders.clap.laion import audio_model
from core.errors import NearfieldError
from core.storage import atomic_path, sha256_file, sweep, writing

# LAION's files also hold training state, made of NumPy scalars such as learning rates.
_HARMLESS: list[Any] = [
    (np.float64(0).__reduce__()[0], "numpy.core.multiarray.scalar"),
    np.dtype,
    *(type(np.dtype(kind)) for kind in (np.float64, np.float32, np.int64)),
]
# Exceptions that PyTorch's reader raises for truncated or forged files.
_DAMAGE = (
    torch.serialization.pickle.UnpicklingError,
    RuntimeError,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    struct.error,
)
_PREFIX = "module."
# transformers derives it from the configuration since 4.31; LAION's code deletes it too.
_DERIVED = "text_branch.embeddings.position_ids"


def convert(source: Path, target: Path, sha256: str) -> None:
    """Write the weights of LAION's checkpoint `source` to the safetensors file `target`, atomically.

    `sha256` is the hash that the file must have. Raises NearfieldError if the hash differs, if the file is damaged,
    holds anything but tensors and numbers or is not a CLAP checkpoint without fusion, and if the disk is too full.
    """
    if sha256_file(source) != sha256:
        raise NearfieldError(f"{source.name} is not the file that was checked before. Get it again.")
    state = _weights(source)
    amodel = audio_model(state)
    needed = sum(tensor.nbytes for tensor in state.values())
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target.parent, name=target.name)
    free = shutil.disk_usage(target.parent).free
    if free < needed:
        raise NearfieldError(
            f"The converted checkpoint needs {needed / 1e9:.1f} GB in {target.parent}, where {free / 1e9:.1f} GB are "
            "free. Make room, or set NEARFIELD_CACHE to a folder on another disk."
        )
    with atomic_path(target) as temporary:
        save_file(state, temporary, {"format": "pt", "source_sha256": sha256, "amodel": amodel})


def source_hash(converted: Path) -> str:
    """SHA-256 of the checkpoint that a file was converted from; empty if the file does not say or is damaged."""
    try:
        with safe_open(converted, "pt") as file:
            return (file.metadata() or {}).get("source_sha256", "")
    except (SafetensorError, OSError):
        return ""


def _weights(source: Path) -> dict[str, torch.Tensor]:
    try:
        with torch.serialization.safe_globals(_HARMLESS):
            foreign = torch.serialization.get_unsafe_globals_in_checkpoint(source)
            if foreign:
                raise NearfieldError(
                    f"{source.name} holds more than weights ({', '.join(sorted(foreign)[:3])}) and is not opened, "
                    "since it could run code. Get the checkpoint from its official source."
                )
            content = torch.load(source, map_location="cpu", weights_only=True, mmap=True)
    except _DAMAGE as fault:
        reason = str(fault).partition("\n")[0][:160]
        raise NearfieldError(
            f"{source.name} is damaged, or not a file of weights that is safe to open ({reason}). Get it again."
        ) from None
    state = content.get("state_dict", content) if isinstance(content, dict) else None
    if not state or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise NearfieldError(f"{source.name} holds no weights of a model.")
    named = {str(name).removeprefix(_PREFIX): tensor.contiguous() for name, tensor in state.items()}
    named.pop(_DERIVED, None)
    return {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in named.items()}
