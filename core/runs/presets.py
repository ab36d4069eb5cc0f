"""Settings that proved themselves: the paper's, and the two that ranked best on the validation artists of DISCO-OLGA.

What else was tried, with its figures, is in docs/findings.md.
"""

from dataclasses import replace

from core.features import LEARNED, RANDOM
from core.runs.config import ModelConfig, ObjectiveConfig, TrainingConfig

_HIDDEN_EDGES = ObjectiveConfig(loss="softmax", temperature=0.05, hidden_share=0.25)

RECIPES = {
    "The paper's": TrainingConfig(RANDOM),
    "Graph alone (LightGCN)": TrainingConfig(
        LEARNED,
        ModelConfig("lightgcn", layers=4, embedding=256),
        steps=192,
        learning_rate=0.01,
        weight_decay=0.0,
        objective=_HIDDEN_EDGES,
    ),
    "Newcomers (SIGN on content)": TrainingConfig(
        RANDOM,
        ModelConfig("sign", layers=3, embedding=256),
        steps=240,
        precision="bfloat16",
        objective=replace(_HIDDEN_EDGES, thinning=0.5),
    ),
}
"""Title -> settings. Features stand for what the recipe needs: "random" for any content, "learned" for none."""
