"""Training presets: the paper's settings, and the two that ranked best on the validation artists of DISCO-OLGA.

docs/findings.md has the figures of everything else that was tried.
"""

from dataclasses import replace

from core.features import LEARNED, RANDOM
from core.runs.config import ModelConfig, ObjectiveConfig, TrainingConfig

_HIDDEN_EDGES = ObjectiveConfig(loss="softmax", temperature=0.05, hidden_share=0.25)

PRESETS = {
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
"""Title -> settings. Features stand for what the preset needs: "random" for any content, "learned" for none."""
