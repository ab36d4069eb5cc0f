"""A recipe whose models train in a second."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from core.pairs.config import PairConfig
from core.prepare import recipe


def small_recipe() -> dict[str, object]:
    """Names in core.prepare.recipe -> small values. Patch them for a test or a process."""
    models = {
        part: replace(config, model=replace(config.model, hidden=8, embedding=8), steps=64, precision="float32")
        for part, config in recipe.MODELS.items()
    }
    pairs = dict.fromkeys(recipe.PAIRS, PairConfig(episodes=2, thinned=1, share=0.3, epochs=1, networks=1))
    return {"MODELS": models, "PAIRS": pairs, "FEWEST_TO_TRAIN": 10, "FEWEST_TO_FIT": 2}


@contextmanager
def in_small() -> Iterator[None]:
    """With the small recipe in the place of the real one."""
    with patch.multiple(recipe, **small_recipe()):
        yield
