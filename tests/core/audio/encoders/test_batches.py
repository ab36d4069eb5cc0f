"""Encoders compute one input at a time on the CPU; in batches, as on a GPU, the same within the stated tolerance."""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.audio.encoders import batches
from core.audio.encoders.batches import TOLERANCE, device, in_batches
from core.audio.encoders.checkpoints import BUNDLED
from core.audio.encoders.clap import open_encoder
from core.audio.encoders.musicnn.listening import MSD_SET, MTT_SET, TAG_SET, Musicnn
from tests.support.musicnn import install_random

RATE = 48_000


def noise(seconds: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    time = np.arange(int(seconds * RATE)) / RATE
    return (0.3 * np.sin(2 * np.pi * 330 * time * (1 + time / 50)) + 0.05 * rng.standard_normal(len(time))).astype(
        np.float32
    )


def test_results_are_joined_in_order_and_inputs_come_as_many_as_asked() -> None:
    seen: list[int] = []

    def double(part: torch.Tensor) -> list[torch.Tensor]:
        seen.append(len(part))
        return [2 * part, part.sum(dim=1)]

    inputs = torch.arange(21.0).reshape(7, 3)
    doubled, sums = in_batches(double, inputs, size=3)
    assert seen == [3, 3, 1]
    torch.testing.assert_close(doubled, 2 * inputs)
    torch.testing.assert_close(sums, inputs.sum(dim=1))


def test_a_cpu_takes_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device().type == "cpu"
    seen: list[int] = []
    in_batches(lambda part: [part + len(seen.append(len(part)) or [])], torch.zeros(4, 2))
    assert seen == [1, 1, 1, 1]


def test_cudnn_is_on_without_tensor_float() -> None:
    seen = []

    def look(part: torch.Tensor) -> list[torch.Tensor]:
        seen.append((torch.backends.cudnn.enabled, torch.backends.cudnn.allow_tf32))
        return [part]

    in_batches(look, torch.zeros(1, 2))
    assert seen == [(True, False)]


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_batches_give_the_same_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "device", lambda: torch.device("cpu"))
    sound, sets = noise(25), (MSD_SET, MTT_SET, TAG_SET)
    ears, clap = Musicnn(install_random(tmp_path)), open_encoder(BUNDLED)
    alone, by_clap = ears.vectors(sound, RATE, sets), clap.embed_audio(sound, RATE)
    monkeypatch.setitem(batches._BATCH, "cpu", 32)
    together, batched = ears.vectors(sound, RATE, sets), clap.embed_audio(sound, RATE)
    for name in sets:
        assert 1 - cosine(alone[name], together[name]) < TOLERANCE
    np.testing.assert_allclose(alone[TAG_SET], together[TAG_SET], atol=TOLERANCE)
    assert 1 - cosine(by_clap.mean, batched.mean) < TOLERANCE
    np.testing.assert_allclose(by_clap.windows, batched.windows, atol=1e-3)
