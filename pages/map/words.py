"""What the map page says about a map, in plain words."""

import math
from collections.abc import Sequence

import pandas as pd

from core.maps import StoredMap
from core.maps.fidelity import LOCAL_K
from core.maps.jobs import MapJob
from core.maps.local_fidelity import doubtful, most_kept_by_chance
from core.maps.regions import NamedRegion
from core.maps.tag_enrichment import EnrichedTag
from core.text import counted
from pages.shell.text import plain

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
        f"of {'its' if place else 'an artist’s'} {k} nearest{'' if place else ' in the space'}, {share:.0%} are among "
        f"its {k} nearest here (by chance {_percent(chance)})"
        for place, (k, share, chance) in enumerate(zip(fidelity.k, fidelity.preserved, fidelity.chance, strict=True))
    ]
    return f"How faithful: {'; '.join(kept)}."


def trust_sentence(stored: StoredMap, row: int) -> str:
    """The same for one artist."""
    share = float(stored.local_fidelity[row])
    if math.isnan(share):
        return ""
    kept = round(share * LOCAL_K)
    return f"{kept} of its {LOCAL_K} nearest in this space are also among its {LOCAL_K} nearest on the map."


def coverage_sentence(n_present: int, n_artists: int) -> str:
    """How many artists the space knows."""
    if n_present == n_artists:
        return f"All {n_artists:,} artists."
    missing = n_artists - n_present
    return (
        f"{n_present:,} of {n_artists:,} artists; "
        f"the other {missing:,} ({_percent(missing / n_artists)}) have no data in this space."
    )


def doubt_sentence(stored: StoredMap) -> str:
    """How many places are in doubt, and why."""
    number = int(doubtful(stored).sum())
    if not number:
        return ""
    most = most_kept_by_chance(stored)
    kept = f"none of their {LOCAL_K} nearest is" if not most else f"at most {most} of their {LOCAL_K} nearest are"
    share = _percent(number / max(int(stored.present.sum()), 1))
    return f"{counted(number, 'place')} ({share}) in doubt: {kept} near here."


def enriched_tags_sentence(tags: Sequence[EnrichedTag]) -> str:
    """What is typical of some artists, as markdown."""
    if not tags:
        return "No tag is typical of them."
    named = [f"**{plain(one.tag, 40)}** ({one.share:.0%}, elsewhere {one.share_elsewhere:.0%})" for one in tags]
    return f"Typical of them: {', '.join(named)}."


def regions_table(regions: Sequence[NamedRegion]) -> pd.DataFrame:
    """One row for each region, the largest first."""
    return pd.DataFrame(
        {
            "Region": [region.name or "(no name)" for region in regions],
            "Artists": [region.n_artists for region in regions],
            "Typical tags": [
                ", ".join(
                    f"{one.tag} {one.share:.0%} (elsewhere {one.share_elsewhere:.0%})"
                    for one in region.enriched_tags[:5]
                )
                for region in regions
            ],
            "Across": [round(float(region.peak[0]), 2) for region in regions],
            "Up": [round(float(region.peak[1]), 2) for region in regions],
        }
    )


def progress_sentence(job: MapJob) -> str:
    """What a job is doing."""
    if job.stage == "layout" and job.done >= 1:
        return "Measuring how faithful the map is"
    return STAGES.get(job.stage, job.stage)


def _percent(share: float) -> str:
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"
