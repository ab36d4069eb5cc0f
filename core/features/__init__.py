"""Content features: loading sets, the Random baseline, standardising and combining them into a model's input."""

from core.features.inputs import FeatureInputs, InputScaling, check_features, feature_inputs, split_feature_names
from core.features.sets import LEARNED, RANDOM, FeatureSet, load_feature_set, random_features

__all__ = [
    "LEARNED",
    "RANDOM",
    "FeatureInputs",
    "FeatureSet",
    "InputScaling",
    "check_features",
    "feature_inputs",
    "load_feature_set",
    "random_features",
    "split_feature_names",
]
