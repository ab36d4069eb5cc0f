"""Plain words for what the results table holds, and the place that each feature set has in every figure."""

from collections.abc import Iterable

PROTOCOL_TEXTS = {
    "standard": "Messages flow both ways along every known edge, the epoch is chosen on validation artists, and "
    "NDCG is the textbook's. Edges among the evaluated artists are hidden; a ranking has to find them.",
    "published": "As in the published runs of Grötschla et al. (2024): each edge carries messages one way only, the "
    "last epoch counts, and the ideal ranking is credited with one hit too many. Use it to compare with their "
    "Figure 1, never with the other protocols.",
    "cold": "As standard, but the evaluated artists have no known edge at all: what a newcomer would get, from content "
    "alone.",
}

DATASETS = {
    "disco-olga": "Grötschla et al. 2024, Figure 1, on DISCO-OLGA, real music, metric with the off-by-one",
    "olga": "Korzeniowski et al. 2022, on OLGA, real music, textbook metric, validation artists hidden",
}
PAPERS = {"disco-olga": "Grötschla 2024", "olga": "Korzeniowski 2022"}

_FIRST = (
    "random",
    "acousticbrainz",
    "moods_themes",
    "clap",
    "acousticbrainz+moods_themes",
    "acousticbrainz+clap",
    "clap+moods_themes",
    "acousticbrainz+clap+moods_themes",
)


def feature_order(features: Iterable[str]) -> list[str]:
    """Each feature set once: the paper's in its order, so that they keep their colour everywhere, then the others."""
    named = set(features)
    return [name for name in _FIRST if name in named] + sorted(named - set(_FIRST))


def look_index(features: str, order: list[str]) -> int:
    """The place that fixes a feature set's colour and symbol."""
    if features in _FIRST:
        return _FIRST.index(features)
    return len(_FIRST) + [name for name in order if name not in _FIRST].index(features)


def metric_text(metric: str, ceiling: float) -> str:
    """What the number means, with the score that nothing can beat."""
    perfect = "no query to score here" if ceiling != ceiling else f"{ceiling:.3f}"
    common = (
        "NDCG@200 asks how early the hidden neighbours of an artist come in the ranking of all other artists of the "
        "split: each found at rank r counts 1 / log2(r + 1), only the first 200 ranks count, and the sum is divided by "
        "that of an ideal ranking. It is averaged over artists that have at least one hidden neighbour. "
    )
    if metric == "ndcg":
        return f"{common}A perfect ranking scores {perfect}."
    return (
        f"{common}The published runs sum one hit too many in the ideal ranking, so even a perfect ranking scores only "
        f"**{perfect}** on this split, not 1. That is why this axis is never mixed with the textbook's."
    )
