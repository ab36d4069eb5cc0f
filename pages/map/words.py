"""What the map page says about a map, in plain words."""

import math

from core.maps import StoredMap
from core.maps.fidelity import TRUST_LEVEL
from core.maps.jobs import MapJob

STAGES = {
    "": "Starting",
    "preparing": "Reading the space",
    "neighbours": "Finding every artist's neighbours. The first minute goes into preparing the tools",
    "layout": "Laying out the map",
}


def fidelity_sentence(stored: StoredMap) -> str:
    """How many true neighbours stay neighbours on the map, beside chance."""
    fidelity = stored.fidelity
    if not fidelity.k:
        return "Too few artists are on this map to say how faithful it is."
    kept = [
        f"of an artist's {k} nearest in the space, **{share:.0%}** are among its {k} nearest on the map "
        f"(chance: {_percent(chance)})"
        for k, share, chance in zip(fidelity.k, fidelity.preserved, fidelity.chance, strict=True)
    ]
    return f"How faithful: {'; '.join(kept)}."


def trust_sentence(stored: StoredMap, row: int) -> str:
    """The same for one artist."""
    share = float(stored.trust[row])
    if math.isnan(share):
        return ""
    kept = round(share * TRUST_LEVEL)
    return f"{kept} of its {TRUST_LEVEL} nearest in this space are also among its {TRUST_LEVEL} nearest on the map."


def coverage_sentence(n_present: int, n_artists: int) -> str:
    """How many artists the space knows."""
    if n_present == n_artists:
        return f"All {n_artists:,} artists are on this map."
    missing = n_artists - n_present
    return (
        f"{n_present:,} of {n_artists:,} artists are on this map; "
        f"the other {missing:,} ({_percent(missing / n_artists)}) have no data in this space."
    )


def progress_sentence(job: MapJob) -> str:
    """What a job is doing."""
    if job.stage == "layout" and job.done >= 1:
        return "Measuring how faithful the map is"
    return STAGES.get(job.stage, job.stage)


def _percent(share: float) -> str:
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"
