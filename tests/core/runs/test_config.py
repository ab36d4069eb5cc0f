"""How much work a run may have: for everybody no more than a server can bear, and on a public server less."""

from __future__ import annotations

import pytest

from core.errors import ConfigError
from core.owner import PUBLIC_VARIABLE
from core.runs.config import ModelConfig, TrainingConfig, check_work
from core.runs.presets import PRESETS


def config(steps: int, width: int) -> TrainingConfig:
    return TrainingConfig("random", ModelConfig(hidden=width), steps=steps)


def test_a_million_steps_at_a_width_of_4096_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="Take at most 6,250 steps, or a smaller width"):
        check_work(config(1_000_000, 4096))
    check_work(config(6250, 4096))
    monkeypatch.setenv(PUBLIC_VARIABLE, "1")
    with pytest.raises(ConfigError, match="Take at most 1,250 steps"):
        check_work(config(6250, 4096))


def test_every_preset_may_run_on_a_public_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PUBLIC_VARIABLE, "1")
    for preset in PRESETS.values():
        check_work(preset)


def test_what_was_trained_before_can_still_be_read() -> None:
    long = config(1_000_000, 4096)
    assert TrainingConfig.from_dict(long.as_dict()) == long
