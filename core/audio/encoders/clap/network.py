"""CLAP's two towers and their projections, opened from a folder in transformers' form."""

from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

from core.audio.encoders.clap.htsat import AudioConfig, AudioTower
from core.audio.encoders.clap.text_tower import TextConfig, TextTower
from core.errors import NearfieldError
from core.storage import read_json

WEIGHTS = "model.safetensors"
_ACTIVATIONS = {"hidden_act": "gelu", "projection_hidden_act": "relu"}

Config = TypeVar("Config", AudioConfig, TextConfig)


class Clap(nn.Module):
    """CLAP for embedding only; weights are named as in transformers' ClapModel."""

    def __init__(self, audio: AudioConfig, text: TextConfig, width: int) -> None:
        super().__init__()
        self.text_config, self.width = text, width
        self.audio_model = nn.ModuleDict({"audio_encoder": AudioTower(audio)})
        self.audio_projection = _Projection(audio.hidden_size, width)
        self.text_model = TextTower(text)
        self.text_projection = _Projection(text.hidden_size, width)

    def of_audio(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """Vectors (b, width) of length 1 of spectrograms (b, 1, frames, bins)."""
        return functional.normalize(self.audio_projection(self.audio_model["audio_encoder"](spectrograms)), dim=-1)

    def of_text(self, tokens: torch.Tensor) -> torch.Tensor:
        """Vectors (b, width) of length 1 of tokens (b, t) without padding."""
        return functional.normalize(self.text_projection(self.text_model(tokens)), dim=-1)


class _Projection(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.linear1 = nn.Linear(inputs, outputs)
        self.linear2 = nn.Linear(outputs, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        made: torch.Tensor = self.linear2(functional.relu(self.linear1(x)))
        return made


def load_model(folder: Path) -> Clap:
    """The model of a folder, ready to embed. Raises NearfieldError if a file is missing, damaged or of another
    model."""
    config = read_json(folder / "config.json")
    if config.get("model_type") != "clap":
        raise NearfieldError(f"{folder} holds no CLAP model: its config.json says {config.get('model_type')!r}.")
    if not (folder / WEIGHTS).is_file():
        raise NearfieldError(
            f"{WEIGHTS} is missing in {folder}. Weights in other formats are not opened, since they can run code; "
            "convert them to safetensors first."
        )
    if config.get("audio_config", {}).get("enable_fusion"):
        raise NearfieldError(
            "This checkpoint uses feature fusion, which draws windows at random. Choose one without fusion, "
            "for example laion/larger_clap_music."
        )
    try:
        with torch.device("meta"):
            model = Clap(
                _config(AudioConfig, config.get("audio_config", {})),
                _config(TextConfig, config.get("text_config", {})),
                int(config.get("projection_dim", 512)),
            )
    except (TypeError, ValueError, RuntimeError, IndexError, ZeroDivisionError) as fault:
        raise NearfieldError(
            f"config.json in {folder} describes no CLAP that Nearfield can run ({fault}). Download it again."
        ) from None
    return _with_weights(model, folder)


def _config(kind: type[Config], given: dict[str, Any]) -> Config:
    """Raises ValueError for an activation that this network does not have."""
    for name, expected in _ACTIVATIONS.items():
        if given.get(name, expected) != expected:
            raise ValueError(f"{name} is {given[name]!r} and not {expected!r}")
    return kind(**{field.name: given[field.name] for field in fields(kind) if field.name in given})


def _with_weights(model: Clap, folder: Path) -> Clap:
    try:
        stored = load_file(folder / WEIGHTS)
    except (SafetensorError, OSError, RuntimeError, ValueError) as fault:
        raise NearfieldError(f"The weights in {folder} cannot be read ({fault}). Download them again.") from None
    wanted = model.state_dict()
    missing = wanted.keys() - stored.keys()
    mismatched = [name for name in wanted.keys() & stored.keys() if wanted[name].shape != stored[name].shape]
    if missing or mismatched:
        raise NearfieldError(
            f"The weights in {folder} do not belong to its config.json: "
            f"{len(missing)} are missing and {len(mismatched)} have another shape."
        )
    # Not copied: how sums over a weight are rounded depends on where it lies, and so would differ from transformers.
    model.load_state_dict({name: stored[name].float() for name in wanted}, strict=False, assign=True)
    return model.eval()
