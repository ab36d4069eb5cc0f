"""AcousticBrainz documents with random values."""

from typing import Any

import numpy as np

from core.audio.encoders.acousticbrainz.leaves import KEYS, LEAVES


def descriptor_document(seed: int = 0) -> dict[str, Any]:
    """A document with every leaf the vector needs, and nothing else."""
    rng = np.random.default_rng(seed)
    content: dict[str, Any] = {"lowlevel": {}, "rhythm": {}, "tonal": {}, "metadata": {}}
    for path, width in LEAVES.items():
        place = content
        for name in path[:-1]:
            place = place.setdefault(name, {})
        place[path[-1]] = rng.random(width).tolist() if width > 1 else float(rng.random())
    for key in KEYS:
        content["tonal"] |= {f"{key}_key": "A", f"{key}_scale": "minor"}
    return content
