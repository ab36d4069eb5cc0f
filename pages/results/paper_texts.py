"""Texts of Results on the papers' figures beside ours, and on what all figures say in short."""

from collections.abc import Mapping

import pandas as pd

from core.experiments.standings import Reproduction
from core.text import counted
from core.titles import WITH_RELATIONS, layers_title, ranker_title

PAPER_AND_OURS = "Published figures, and ours"
OF_PAPER = {
    "disco-olga": "Figure 1 of Grötschla et al. (2024)",
    "olga": "Figures of Korzeniowski et al. (2022)",
}
PARTS = "Part"
PAPER = "Paper"
PAPERS = {"disco-olga": "Grötschla 2024", "olga": "Korzeniowski 2022"}
PUBLISHED_SOURCES = {
    "disco-olga": "Grötschla et al. 2024, Figure 1, on DISCO-OLGA, real artists; their NDCG credits the ideal ranking "
    "with one hit too many",
    "olga": "Korzeniowski et al. 2022, on OLGA, real artists; textbook NDCG, validation artists hidden",
}
NOT_REPEATED = (
    "Only Random features can be repeated here: the recordings behind the paper’s CLAP and AcousticBrainz vectors are "
    "not public. With your own audio you can: `python -m core extract`, then `python -m core grid "
    "--layers 0-4`."
)
NONE_OF_OURS = "All figures of this chart are the paper’s."
PARTS_OF_PAPER = {"layers": "By graph layers", "features": "By feature set"}


def paper_caption(dataset: str, has_ours: bool) -> str:
    """What is drawn in the chart of a paper, and whether figures of ours are on top."""
    drawn = "The bold line is ours, with 95% intervals; thin lines are the paper’s." if has_ours else NONE_OF_OURS
    return f"Published: {PUBLISHED_SOURCES[dataset]}. {drawn}"


def paper_alt(part: str, metric: str, n_ours: int) -> str:
    by = "number of graph layers" if part == "layers" else "feature set"
    return f"Published {metric} by {by}" + (f", with {counted(n_ours, 'figure')} of ours." if n_ours else ".")


def reproduces(found: Reproduction | None) -> str:
    """Whether Figure 1 reproduces, and how closely."""
    if found is None:
        return ""
    return (
        f"**Does Figure 1 of Grötschla et al. (2024) reproduce?** Of its curves, that of Random features can be "
        f"repeated on DISCO-OLGA: our figures lie within {abs(found.difference):.4f} of the published "
        f"ones. This is the largest of {counted(found.points, 'difference')}: {found.measured:.4f} against "
        f"{found.published:.4f} with {layers_title(found.layers)}. Runs that were trained too briefly do not "
        "count. The chart below draws ours bold."
    )


def best_now(standings: pd.DataFrame) -> str:
    """What is best on real artists: of all, of what reads known edges alone or content, and without training."""
    untrained = standings[standings["kind"] == "walk"]
    if standings.empty or untrained.empty:
        return ""
    best, walk = standings.iloc[0], untrained.iloc[0]
    asked = "**What is best on real artists?** Of all that was measured on test artists of DISCO-OLGA:"
    if best["title"] == walk["title"]:
        return f"{asked} {best['title']}, which needs no training: {_with_interval(best)}."
    said = [f"{asked} {best['title']}, {_with_interval(best)}."]
    if WITH_RELATIONS in best["title"]:
        alone = standings[~standings["title"].str.contains(WITH_RELATIONS, regex=False)].iloc[0]
        said.append(
            "It also reads tables of other relations between artists, which the others do without. The best of those: "
            f"{alone['title']}, {alone['value']:.3f}{_of_seeds(alone)}."
        )
    overlap = " Its interval overlaps that of the best." if walk["high"] > best["low"] else ""
    said.append(
        f"The best without training: {walk['title']}, {walk['value']:.3f} ({walk['low']:.3f} to {walk['high']:.3f}), "
        f"{best['value'] - walk['value']:.3f} less than the best.{overlap}"
    )
    return " ".join(said)


def for_whom(curve: pd.DataFrame, titles: Mapping[str, str]) -> str:
    """What is best for artists that keep no known edge, one or all, among what was measured for them.

    `titles` are those of rankers without the names of their seeds.
    """
    parts = []
    for kept, whom in (("0", "none of their known edges"), ("1", "one of them"), ("all", "all of them")):
        of_them = curve[curve["kept"] == kept]
        if len(of_them):
            best = of_them.nlargest(1, "value").iloc[0]
            title = titles.get(best["ranker"]) or ranker_title(best["ranker"])
            parts.append(f"{whom}: {title} ({best['value']:.3f})")
    if not parts:
        return ""
    return (
        f"**For whom?** Best on DISCO-OLGA where artists keep {'; '.join(parts)}. This compares only "
        "what was measured with fewer edges too, each with one seed, so the best above may be missing and figures may "
        "differ from means. “Edges kept” below shows more."
    )


def _of_seeds(row: pd.Series) -> str:
    return f", the mean of {row['seeds']} seeds" if row["seeds"] > 1 else ""


def _with_interval(row: pd.Series) -> str:
    return f"{row['value']:.3f} (95% interval {row['low']:.3f} to {row['high']:.3f}{_of_seeds(row)})"
