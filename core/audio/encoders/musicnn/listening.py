"""musicnn as it hears a track: the two networks, opened from the converted checkpoint."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.arrays import FloatArray
from core.audio.encoders.checkpoints import MUSICNN, checkpoint_folder, known, missing
from core.audio.encoders.family import Making
from core.audio.encoders.musicnn.fetching import MODELS, WHEEL_SHA256, weights_file
from core.audio.encoders.musicnn.front_end import IN_WORDS, log_mel, patches
from core.audio.encoders.musicnn.tags import joined
from core.errors import NearfieldError

if TYPE_CHECKING:
    import torch

    from core.audio.encoders.musicnn.network import Layers

MSD, MTT = MODELS
MSD_SET, MTT_SET, TAG_SET = "musicnn_msd", "musicnn_mtt", "musicnn_tags"
LICENCE = known(MUSICNN).licence
_NEEDED = {MSD_SET: (MSD,), MTT_SET: (MTT,), TAG_SET: (MSD, MTT)}
_POOLING = {
    MSD_SET: "layer before the last, 200 units; mean over the patches of a track",
    MTT_SET: "layer before the last, 200 units; mean over the patches of a track",
    TAG_SET: "likelihood of each tag, synonyms joined; mean over the patches of a track",
}


@dataclass(frozen=True)
class HeardTags:
    """What is heard in each of p patches: `likelihood` (p, t) of each of TAGS, and their starts (p,) in seconds."""

    likelihood: FloatArray
    starts: FloatArray


class Musicnn:
    """Hears with one or both networks of musicnn; the weights are read when they are first needed."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or checkpoint_folder(known(MUSICNN))
        self._weights: dict[str, dict[str, torch.Tensor]] = {}

    def making(self, feature_set: str) -> Making:
        """How the vectors of a set are made. Raises NearfieldError where the checkpoint is missing."""
        self._check()
        models = " and ".join(name.replace("_", " ") for name in _NEEDED[feature_set])
        return Making(
            f"{models}, converted from a wheel with sha256 {WHEEL_SHA256}",
            IN_WORDS,
            _POOLING[feature_set],
            "float32 on one thread, patch by patch",
            models,
            "musicnn 0.1.0",
            WHEEL_SHA256,
        )

    def vectors(self, samples: FloatArray, rate: int, wanted: Collection[str]) -> Mapping[str, FloatArray]:
        """The vector of mono samples (n,) for each of the `wanted` sets, all from one spectrogram."""
        return self.hear(samples, rate, wanted)[0]

    def hear(
        self, samples: FloatArray, rate: int, wanted: Collection[str]
    ) -> tuple[Mapping[str, FloatArray], HeardTags | None]:
        """The vectors of the `wanted` sets, and the tags of each patch if those of the whole are among them."""
        cut, starts = patches(log_mel(samples, rate))
        tags: HeardTags | None = None
        layers = {model: self._layers(model, cut) for model in dict.fromkeys(m for w in wanted for m in _NEEDED[w])}
        made: dict[str, FloatArray] = {}
        if MSD_SET in wanted:
            made[MSD_SET] = layers[MSD].penultimate.numpy().mean(axis=0)
        if MTT_SET in wanted:
            made[MTT_SET] = layers[MTT].penultimate.numpy().mean(axis=0)
        if TAG_SET in wanted:
            tags = HeardTags(joined(layers[MSD].logits.numpy(), layers[MTT].logits.numpy()), starts)
            made[TAG_SET] = mean_tags(tags)
        return made, tags

    def tags(self, samples: FloatArray, rate: int) -> HeardTags:
        """The tags of each patch of mono samples (n,)."""
        tags = self.hear(samples, rate, [TAG_SET])[1]
        assert tags is not None
        return tags

    def layers(self, model: str, samples: FloatArray, rate: int) -> "Layers":
        """All layers of one network for the patches of mono samples (n,)."""
        return self._layers(model, patches(log_mel(samples, rate))[0])

    def _layers(self, model: str, cut: FloatArray) -> "Layers":
        import torch

        from core.audio.encoders.batches import in_batches
        from core.audio.encoders.musicnn.network import Layers, run_network

        weights = self._opened(model)
        return Layers(*in_batches(lambda part: run_network(weights, part), torch.from_numpy(cut)))

    def _opened(self, model: str) -> "dict[str, torch.Tensor]":
        if model not in self._weights:
            from safetensors import SafetensorError
            from safetensors.torch import load_file

            from core.audio.encoders.batches import device

            self._check()
            path = self._folder / weights_file(model)
            try:
                self._weights[model] = load_file(path, device=str(device()))
            except (SafetensorError, OSError) as fault:
                raise NearfieldError(f"{path} cannot be read ({fault}). Get the checkpoint again.") from None
        return self._weights[model]

    def _check(self) -> None:
        if not all((self._folder / weights_file(model)).is_file() for model in MODELS):
            raise missing(known(MUSICNN))


def open_musicnn(checkpoint: str | Path | None = None) -> Musicnn:
    """musicnn from the cache folder, or from a folder with its converted models."""
    is_folder = checkpoint is not None and Path(checkpoint).is_dir()
    return Musicnn(Path(checkpoint)) if is_folder and checkpoint is not None else Musicnn()


def mean_tags(heard: HeardTags) -> FloatArray:
    """(t,) the likelihood of each tag in the whole sound."""
    mean: FloatArray = heard.likelihood.mean(axis=0)
    return mean


def tags_between(heard: HeardTags, start: float, end: float) -> FloatArray:
    """(t,) the likelihood of each tag in the patches that begin between two moments, or in the nearest one."""
    inside = (heard.starts >= start) & (heard.starts < end)
    if not inside.any():
        inside = np.arange(len(heard.starts)) == np.abs(heard.starts - start).argmin()
    between: FloatArray = heard.likelihood[inside].mean(axis=0)
    return between
