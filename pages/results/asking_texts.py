"""Texts of Results where similarities are asked: compared, hits and misses, who is named, and clips."""

from collections.abc import Iterable, Sequence

import pandas as pd

from core.evaluation.evaluate import CUTOFF
from core.experiments.misses import ANSWERS
from core.space_name import SpaceName
from core.text import counted
from core.titles import CLIP_SPACES
from pages.shell.text import plain

# Compare two

COMPARE = "Compare two: is the difference noise?"
FIRST, SECOND = "First", "Second"
NEEDS_TWO = "Two similarities that can be asked on this machine are needed. Compute the yardsticks, or train a model."
CHOOSE_TWO = "Choose two different similarities."
FIRST_MINUS_SECOND = "First minus second"
AGAINST_ALL = "The first against all others"

# Hits and misses

ASKING = "Asking for every artist …"
HITS_AND_MISSES = "Hits and misses, artist by artist"
HITS_CAPTION = (
    "Every artist that is asked for, and how many of its hidden neighbours stand among the first answers. Equal "
    "scores stand in a fixed random order; whom a similarity knows nothing about it does not find."
)
NOTHING_ASKABLE = "No similarity that can be asked on this machine was measured here. Compute the yardsticks first."
SIMILARITY = "Similarity"
BESIDE, NO_OTHER = "Another one beside it", "None"
ORDER = "Order"
ORDERS = {"worst": "Worst first", "best": "Best first", "differing": "Where the two differ most first"}
ONE_ARTIST = "One artist in detail"
ONE_ARTIST_HELP = "A click on the left edge of a row of the table chooses an artist too."
EXPLORE = "Explore"
HITS_ALT = "Artists that were asked for, with their figures"
HIDDEN_NEIGHBOURS = "Hidden neighbours, and the rank of each"
HIDDEN_NEIGHBOURS_ALT = "Hidden neighbours with their ranks"
FIRST_ANSWERS = f"The first {ANSWERS} answers"
FIRST_ANSWERS_ALT = "First answers, with hits marked"
HIT = "✓ hidden neighbour"
NO_ANSWERS = "This similarity knows nothing about this artist, so it has no answer."
UNKNOWN_RANK = "unknown"

# Beyond accuracy

BREADTH = "Beyond accuracy: who is named"
BREADTH_CAPTION = (
    "A ranking can score well and always name the same few artists. These are its first ten answers to every artist "
    "asked for, beside the neighbours that are to be found. Those are fewer and of the split alone, so compare their "
    "popularity, genre and decade, not how many are named. With all artists as candidates it is closest to Explore."
)
TRUE_NEIGHBOURS = "Neighbours to be found"
BREADTH_LINES = {
    "answers": "Answers",
    "named": "Of all candidates, those ever named",
    "often": "Of all answers, those that name one of the 1% named most",
    "popularity": "Popularity of the named (50% is the middle of the catalogue)",
    "same_genre": "Of all answers, those that share a genre with the artist asked for",
    "same_decade": "Of all answers, those of the same decade",
}
BY_GROUP = {
    "genres": "By the first genre of the artist asked for (number of artists in brackets)",
    "decade": "By the decade of the artist asked for (number of artists in brackets)",
}

# From a clip to artists

FROM_CLIP = "From a clip to artists"
NEIGHBOURS_TO_FIND = "Neighbours to find"
CLIP_VIEWS = {"clip": "Among all artists", "cold": "Among artists kept back for testing"}
CLIP_TEXTS = {
    "clip": "Every test artist is hidden with all its edges and asked for by a clip of a track that the catalogue does "
    "not have; its true neighbours are to be found among all artists.",
    "cold": "As the cold-start protocol, but the features come from a clip of a track that the catalogue does not "
    "have; neighbours are to be found among the other test artists.",
}
NOT_IN_VIEW = "Nothing was measured in this view. Choose the other one."


def not_askable(count: int) -> str:
    """That this many models and fusions of the view are not on this machine."""
    return (
        f"{counted(count, 'trained or fitted similarity', 'trained or fitted similarities')} of this view cannot be "
        "asked here, since only the figures are on this machine. Make one again with the command in “This figure”, or "
        "on the Train page."
    )


def no_longer_askable(title: str, fault: str) -> str:
    return f"{plain(title)} cannot be asked any more. {plain(fault)}"


def noise_text(first: str, second: str, table: pd.DataFrame) -> str:
    """A sentence on the first row of `paired_by_degree`: which ranker is better, and whether it may be chance."""
    row = table.iloc[0]
    if pd.isna(row["low"]):
        return "Only one artist is asked for here, so nothing can be said about noise."
    queries = f"over {row['queries']:,} artists"
    if row["low"] <= 0 <= row["high"]:
        difference = (
            f"{first} minus {second} is {row['mean']:+.4f}, 95% interval {row['low']:+.4f} to {row['high']:+.4f}"
        )
        return f"Within noise: {difference} {queries}. Other artists to ask for may reverse it."
    better, worse = (first, second) if row["mean"] > 0 else (second, first)
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    difference = f"by {abs(row['mean']):.4f}, 95% interval {low:.4f} to {high:.4f} {queries}"
    return f"Beyond noise: {better} is better than {worse} {difference}."


def means_of_two(metric: str, first: float, second: float) -> str:
    """The two means, and how to read the chart of their difference."""
    return (
        f"{metric}: {first:.4f} and {second:.4f}. Above the dashed line the first is "
        "better, below it the second. Bars are 95% intervals of the paired difference (bootstrap over artists); one "
        "that crosses the line is within noise. Chance between seeds is not in them."
    )


def against_all(first: str, others: int) -> str:
    """How to read the table of one similarity beside several others."""
    return (
        f"{plain(first)} beside {counted(others, 'other similarity', 'other similarities')}, the best of those "
        "that can be asked here, on the same artists. With many comparisons some would look certain by chance. So p is "
        "adjusted for their number (Holm): those below 0.05 hold all at once."
    )


def against_all_alt(first: str, beyond: int, others: int) -> str:
    return f"{first} beside {counted(others, 'other')}: {beyond} of the differences are beyond noise."


def hits_text(table: pd.DataFrame, title: str) -> str:
    """A sentence on a table of query artists."""
    early, never = int((table["found_early"] > 0).sum()), int((table["found"] == 0).sum())
    return (
        f"{title}: of {counted(len(table), 'artist')} asked for, {early:,} have a hidden neighbour among the first "
        f"{ANSWERS} answers and {never:,} have none among the first {CUTOFF}."
    )


def breadth_alt(titles: Sequence[str]) -> str:
    return f"Which artists are named by {' and by '.join(titles)}, beside the neighbours to be found."


def group_name(name: str, queries: int) -> str:
    return f"{name} ({queries:,})"


def groups_alt(title: str, metric: str, column: str, figures: Iterable[tuple[str, float]]) -> str:
    """A chart of one similarity's figure by genre or by decade of the artist asked for."""
    by = "decade" if column == "decade" else "first genre"
    return f"{metric} of {title} by {by}: " + ", ".join(f"{name} {value:.3f}" for name, value in figures)


def explore_label(name: str) -> str:
    return f"Explore {plain(name)}"


def clip_caption(view: str, catalogue: str, synthetic: bool, queries: int) -> str:
    """How many clips were measured in this view."""
    whose = "invented artists" if synthetic else "artists"
    return f"{CLIP_TEXTS[view]} NDCG@200 on {plain(catalogue)} with the 95% interval over {queries} {whose}."


def clips_alt(figures: Iterable[tuple[str, float]]) -> str:
    """Each way from a clip to artists, with its figure."""
    return "NDCG@200 of each way from a clip to artists, with its interval. " + ", ".join(
        f"{way} {value:.3f}" for way, value in figures
    )


def way_title(way: str) -> str:
    """ "fusion" -> "Sound and graph together"."""
    if way == "random":
        return "Random order"
    return CLIP_SPACES.get(way, CLIP_SPACES.get(SpaceName.route(way), way.replace("_", " ")))
