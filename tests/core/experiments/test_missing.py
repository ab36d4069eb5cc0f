"""What two artists lack does not make them alike."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.experiments.missing import lacking_share
from core.experiments.pairs import train_pairs
from core.features import feature_inputs
from core.pairs.config import PairConfig
from core.runs.config import ModelConfig, ObjectiveConfig, TrainingConfig
from core.training.loop import Trainer
from tests.support.communities import community_catalogue


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return community_catalogue(tmp_path_factory.mktemp("missing"), n=900, communities=12, lacking=0.1)


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_the_pair_ranker_brings_nobody_together_by_what_they_lack(catalogue: Catalogue, missing: float) -> None:
    train_pairs(catalogue, "some", PairConfig(episodes=4, thinned=5, share=0.15, epochs=4, networks=1, missing=missing))
    for name in ("tags", "sound"):
        lacking = np.isnan(catalogue.feature_array(name)[:, 0])
        found = lacking_share(catalogue, "pairs:some", lacking)
        assert found.queries >= 10
        assert found.chance == pytest.approx(lacking.mean())
        assert found.share < found.chance + 0.1
        # The control shows what the figure is where the mask is all that counts.
        assert lacking_share(catalogue, "missing-features", lacking).share > 0.9


def test_nobody_who_lacks_it_is_nothing_to_measure(catalogue: Catalogue) -> None:
    with pytest.raises(NearfieldError, match="nothing to measure"):
        lacking_share(catalogue, "pagerank", np.zeros(len(catalogue), bool))


def test_sets_are_dropped_whole_and_marked(tmp_path: Path, catalogue: Catalogue) -> None:
    inputs = feature_inputs(catalogue, "tags+sound")
    (tags, tags_end, tags_mark), (sound, sound_end, sound_mark) = inputs.lackable
    assert (tags, tags_end, sound, sound_end, tags_mark, sound_mark) == (0, 24, 24, 30, 30, 31)
    lacking = np.isnan(catalogue.feature_array("sound")[:, 0])
    np.testing.assert_array_equal(inputs.values[:, sound_mark] == 1, lacking)
    config = TrainingConfig("tags+sound", ModelConfig(layers=1), objective=ObjectiveConfig(missing=0.5))
    trainer = Trainer(catalogue, config)
    torch.manual_seed(0)
    features = trainer._features_for(trainer._episodes.draw())
    dropped = features[:, sound_mark] == 1
    assert 0.4 < dropped.float().mean() < 0.75
    assert not features[dropped, sound:sound_end].any()
    whole = Trainer(catalogue, replace(config, objective=ObjectiveConfig()))
    assert whole._features_for(whole._episodes.draw()) is whole._features
