"""Texts of the Results page."""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from core.evaluation.evaluate import CUTOFF
from core.experiments.misses import ANSWERS
from core.experiments.standings import Reproduction
from core.runs.config import BACKBONE_TITLES
from core.space_name import SpaceName
from core.text import counted
from core.titles import CLIP_SPACES, features_title, layers_title, ranker_title
from pages.shell.text import plain

# The view

TITLE = "Results"
WHAT_IS_NDCG = (
    "NDCG@200 tells how early a ranking finds an artist’s true neighbours that were kept back: 1 is perfect, and a "
    "random order comes close to 0 on real artists."
)
SYNTHETIC = (
    "This catalogue is synthetic: its artists are invented. The figures measured here show that everything "
    "works and say nothing about real music."
)
PROTOCOL, EVALUATED_ON = "Protocol", "Evaluated on"
PROTOCOL_TEXTS = {
    "standard": "Messages flow both ways along every known edge, the epoch is chosen on validation artists, and "
    "NDCG is the textbook's. Edges among the evaluated artists are hidden; a ranking has to find them.",
    "published": "As in the published runs of Grötschla et al. (2024): each edge carries messages one way only, the "
    "last epoch counts, and the ideal ranking is credited with one hit too many. Use it to compare with their "
    "Figure 1, never with the other protocols.",
    "cold": "As standard, but the evaluated artists have no known edge at all: what a newcomer would get, from content "
    "alone.",
    "everybody": "As standard, but all artists are candidates, as on Explore; those that are known to be similar come "
    "last. The figures are lower, since there are more artists to choose from: never compare them with the others.",
}
HIDE_VALIDATION = "Hide validation artists"
HIDE_VALIDATION_HELP = (
    "With validation artists hidden only train artists are visible, the setting of Korzeniowski et al. "
    "(2022). Otherwise validation artists and all their edges are visible, as in Grötschla et al. (2024)."
)
INTERVAL_TEXT = (
    "Bars show the 95% interval over queries (bootstrap): how far the figure would move with other artists to ask "
    "for. Where several seeds were trained, the point is their mean and the bar the mean of their intervals; the "
    "number of seeds and their smallest and largest figure are in the table. Level grey lines are yardsticks: the "
    "best ranking of each kind that has no layers. Where a model was trained at several depths, the list “Best first” "
    "shows the depth that was best on validation artists."
)

# What is missing

STARTING = "Starting …"
COMPUTE_BASELINES = "Compute the yardsticks"
TRAIN_MODEL = "Train a model"
NOTHING_YET = "Nothing yet."

# The paper and ours

PAPER_AND_OURS = "The paper’s Figure 1, and ours"
MEASURED, PUBLISHED = "Measured by Nearfield", "Published"
PARTS, CHART = "Part", "Chart"
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
PARTS_OF_PAPER = {"layers": "(a) By graph layers", "features": "(b) By feature set"}
PARTS_OF_FIGURE = {"best": "Best first", "layers": "By graph layers", "features": "By feature set"}
KINDS = {
    "joined": "Several joined",
    "trained": "Trained model",
    "walk": "From edges alone, no training",
    "content": "From content alone, no training",
    "chance": "Control",
}
NO_LINES = "Nothing has been trained at several depths in this view. “Best first” shows what was measured."
SHORT_RUNS = "Open marks were trained for less than half as many steps as the longest run of their line."

# One figure, and all of them

THIS_FIGURE = "This figure"
CHOOSE_FIGURE = "Choose a point or bar of the chart, or a name here"
THIS_FIGURE_HELP = (
    "Opens the run behind a figure: its settings, what it was measured on, and the commands that repeat it."
)
TO_REPEAT = "To repeat it (CATALOGUE stands for the folder of the catalogue):"
ALL_FIGURES = "All figures, with what is needed to repeat them"
ALL_FIGURES_CAPTION = "CATALOGUE in a command stands for the folder of the catalogue."
ALL_FIGURES_ALT = "All measured figures"

# Closer looks

LOOK_CLOSER, LOOK_CLOSER_AT_THESE = "Look closer", "Look closer at these"
LOOKS = {
    "degree": "By known edges",
    "kept": "Edges kept",
    "compare": "Compare two",
    "artists": "Hits and misses",
    "all": "All figures",
}
LOOKS_AT_SHIPPED = {"degree": "By known edges", "kept": "Edges kept", "all": "All figures"}
SIMILARITIES = "Similarities"
CHOOSE_SIMILARITIES = "Choose similarities above to see their figures."
BY_DEGREE = "Where it works: by known edges"
BY_DEGREE_CAPTION = (
    "The same NDCG for artists with few and with many known edges. Content can win only where edges are few."
)
KEPT_EDGES = "When artists have few edges: edges kept"
KEPT_EDGES_CAPTION = (
    "Every artist asked for keeps only so many of its known edges, drawn at random; 0 is a newcomer. Unlike the "
    "figures by known edges, all points ask for the same artists."
)
NO_KEPT_EDGES = "No similarity was measured with fewer edges under this protocol."

# Compare two

COMPARE = "Compare two: is the difference noise?"
FIRST, SECOND = "First", "Second"
NEEDS_TWO = "Two similarities that can be asked on this machine are needed. Compute the yardsticks, or train a model."
CHOOSE_TWO = "Choose two different similarities."
FIRST_MINUS_SECOND = "First minus second"

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

# Measured on real music

ON_REAL_MUSIC = "Real artists"
ON_REAL_MUSIC_CAPTION = (
    "Measured by Nearfield on two public graphs of real artists. The figures come with the program, whichever "
    "catalogue is open. Click a mark for its settings and the command that repeats it."
)
DATA_SET = "Data set"
DATA_SETS = {"disco-olga": "DISCO-OLGA", "olga": "OLGA"}

# Axes

GRAPH_LAYERS = "Graph layers"
KNOWN_EDGES_AXIS = "Known edges of the artist asked for"
KEPT_EDGES_AXIS = "Visible edges kept per artist asked for"
NDCG = "NDCG@200"


def metric_heading(title: str) -> str:
    return f"What does {title} mean?"


def metric_text(metric: str, ceiling: float) -> str:
    """What the metric means, and the highest score that is possible."""
    perfect = f"{ceiling:.3f}"
    common = (
        "NDCG@200 asks how early the hidden neighbours of an artist come in the ranking of all other artists of the "
        "split: each found at rank r counts 1 / log2(r + 1), only the first 200 ranks count, and the sum is divided by "
        "that of an ideal ranking. It is averaged over artists that have at least one hidden neighbour. "
    )
    if math.isnan(ceiling):
        return common.rstrip()
    if metric == "ndcg":
        return f"{common}A perfect ranking scores {perfect}."
    return (
        f"{common}The published runs sum one hit too many in the ideal ranking, so even a perfect ranking scores only "
        f"**{perfect}** on this split, not 1. That is why this axis is never mixed with the textbook's."
    )


def progress(done: int, total: int, ranker: str) -> str:
    """How many baselines are measured, and which one is next."""
    return f"{done} of {total} done: now {ranker_title(ranker)}"


def missing_baselines(rankers: Iterable[str]) -> str:
    """What baselines are for, and which ones were not measured."""
    return (
        "Yardsticks need no training and show what a trained model has to beat. Not measured yet under this "
        f"protocol: {', '.join(map(ranker_title, rankers))}."
    )


def baselines_failed(fault: str) -> str:
    return f"The yardsticks could not be measured and stored. {fault}"


def nothing_to_measure(reason: str) -> str:
    """Why similarities cannot be measured on a catalogue at all."""
    return f"Nothing can be measured on this catalogue, since a figure counts hidden edges found again. {plain(reason)}"


def nothing_to_find(split: str) -> str:
    return f"No two {split} artists of this catalogue share an edge, so there is nothing to find on this split."


def no_model(folder: str, features: str, protocol: str) -> str:
    """How to train a model on this feature set of the catalogue in `folder` under the protocol."""
    return (
        "No model has been measured here yet. Start one on the Train page, or with the command "
        f"`python -m core train {folder} --features {features} "
        f"--layers 2 --protocol {protocol}`."
    )


def measured_caption(catalogue: str, synthetic: bool, metric: str, split: str) -> str:
    """What the open catalogue's figures were measured on. `metric` and `split` are titles."""
    origin = "synthetic catalogue" if synthetic else "real artists"
    return f"On {plain(catalogue)} ({origin}), {metric}, {split.lower()}."


def shipped_among_measured(shipped: int, rows: int) -> str:
    """That some of the open catalogue's figures were measured elsewhere, on the same inputs."""
    return (
        f"{shipped} of these {rows} figures came with Nearfield. They were measured on the same artists, known edges "
        "and features as this catalogue has."
    )


def on_this_catalogue(catalogue: str) -> str:
    return f"This catalogue: {plain(catalogue)}"


def paper_caption(dataset: str, n_ours: int) -> str:
    """What is drawn in the chart of a paper, with the number of our figures."""
    ours = (
        f" The bold line is ours, {counted(n_ours, 'run')} with 95% intervals; pale lines are the paper’s."
        if n_ours
        else ""
    )
    return f"Published: {PUBLISHED_SOURCES[dataset]}.{ours}"


def paper_alt(part: str, metric: str, n_ours: int) -> str:
    by = "number of graph layers" if part == "layers" else "feature set"
    return f"Published {metric} by {by}" + (f", with {counted(n_ours, 'figure')} of ours." if n_ours else ".")


def ours(name: str) -> str:
    return f"Ours: {name}"


def published_line(name: str) -> str:
    return f"Paper: {name}"


def reproduces(found: Reproduction | None) -> str:
    """Whether Figure 1 reproduces, and how closely."""
    if found is None:
        return ""
    return (
        f"**Does Figure 1 of the paper reproduce?** Where it can be repeated, our figures lie within "
        f"{abs(found.difference):.3f} of the published ones. This is the largest of "
        f"{counted(found.points, 'difference')}: {found.measured:.3f} against {found.published:.3f} for Random "
        f"features with {layers_title(found.layers)}. The chart below draws ours bold."
    )


def best_now(standings: pd.DataFrame) -> str:
    """What is best on real artists, and by how much."""
    untrained = standings[standings["kind"] == "walk"]
    if standings.empty or untrained.empty:
        return ""
    best, walk = standings.iloc[0], untrained.iloc[0]
    if best["title"] == walk["title"]:
        return f"**What is best on real artists?** {best['title']}, which needs no training: {_with_interval(best)}."
    overlap = " The intervals overlap." if walk["high"] > best["low"] else ""
    return (
        f"**What is best on real artists?** {best['title']}: {_with_interval(best)} on DISCO-OLGA. The best without "
        f"training, {walk['title']}, reaches {walk['value']:.3f} ({walk['low']:.3f} to {walk['high']:.3f}), which is "
        f"{best['value'] - walk['value']:.3f} less.{overlap}"
    )


def for_whom(curve: pd.DataFrame, titles: Mapping[str, str]) -> str:
    """What is best for artists with no known edge and with one, among what was measured for them."""
    parts = []
    for kept, whom in (("0", "with no known edge"), ("1", "with one known edge"), ("all", "with all their edges")):
        of_them = curve[curve["kept"] == kept]
        if len(of_them):
            best = of_them.nlargest(1, "value").iloc[0]
            title = titles.get(best["ranker"]) or ranker_title(best["ranker"])
            parts.append(f"{whom}, {title} ({best['value']:.3f})")
    return f"**For whom?** Best for artists {'; '.join(parts)}." if parts else ""


def _with_interval(row: pd.Series) -> str:
    return f"{row['value']:.3f} (95% interval {row['low']:.3f} to {row['high']:.3f})"


def more_standings(hidden: int) -> str:
    return f"The table below the chart has {counted(hidden, 'further similarity', 'further similarities')}."


def more_lines(hidden: int) -> str:
    return f"The table below the chart has {counted(hidden, 'further line')}."


def shipped_caption(metric: str, hide_validation: bool) -> str:
    """What the shipped figures were measured on. `metric` is a title."""
    seen = "hidden" if hide_validation else "visible"
    return f"Measured by Nearfield, real artists, {metric}, test artists, validation artists {seen}."


def none_shipped(dataset: str) -> str:
    return f"No figures measured on {DATA_SETS[dataset]} were shipped with this version."


def figure_alt(part: str, metric: str, best: str) -> str:
    """What one of PARTS_OF_FIGURE shows. `metric` is a title, `best` the text of `describe_best`."""
    by = {"best": "of every similarity", "layers": "by number of graph layers", "features": "by feature set"}[part]
    return f"Measured {metric} {by}. {best}"


def describe_best(standings: pd.DataFrame) -> str:
    """The best of each kind, for a chart's text alternative."""
    best = standings.drop_duplicates("kind").to_dict("records")
    return " ".join(f"{KINDS[row['kind']]}: {row['title']}, {row['value']:.3f}." for row in best)


def details_alt(title: str) -> str:
    return f"Settings and provenance of {title}"


def by_degree_alt(metric: str, count: int) -> str:
    return f"{metric} by the number of known edges of the artist asked for, for {count} similarities."


def kept_edges_alt(metric: str, count: int) -> str:
    return f"{metric} against the number of visible edges kept per artist, for {count} similarities."


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


def hits_text(table: pd.DataFrame, title: str) -> str:
    """A sentence on a table of query artists."""
    early, never = int((table["found_early"] > 0).sum()), int((table["found"] == 0).sum())
    return (
        f"{title}: of {counted(len(table), 'artist')} asked for, {early:,} have a hidden neighbour among the first "
        f"{ANSWERS} answers and {never:,} have none among the first {CUTOFF}."
    )


def explore_label(name: str) -> str:
    return f"Explore {plain(name)}"


def clip_caption(view: str, catalogue: str, queries: int) -> str:
    """How many clips were measured in this view."""
    return f"{CLIP_TEXTS[view]} NDCG@200 on {plain(catalogue)} with the 95% interval over {queries} artists."


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


def model_title(row: Mapping[Hashable, Any]) -> str:
    """The title of a mark: "CLAP, 2 layers, 3 seeds"."""
    seeds = f"{row['seeds']} seed{'' if row['seeds'] == 1 else 's'}"
    parts = [features_title(row["features"]), layers_title(int(row["layers"])), row["variant"], seeds]
    return ", ".join(part for part in parts if part)


def standing_title(row: Mapping[Hashable, Any]) -> str:
    """The title of a similarity among all, with its seeds if several."""
    return f"{row['title']}, {row['seeds']} seeds" if row["seeds"] > 1 else str(row["title"])


def line_name(features: str, backbone: str) -> str:
    """A feature set, with the backbone where it is not the paper's."""
    return (
        features_title(features) if backbone == "sage" else f"{features_title(features)}, {BACKBONE_TITLES[backbone]}"
    )


def model_hover(row: Mapping[Hashable, Any]) -> str:
    """The tooltip of a model's mark."""
    text = f"{layers_title(row['layers'])}: {row['value']:.4f}"
    text += "" if pd.isna(row["steps"]) else f"<br>{int(row['steps']):,} steps"
    if not pd.isna(row["low"]):
        text += f"<br>95% over queries {row['low']:.4f} to {row['high']:.4f}"
    if not pd.isna(row["seeds"]):
        text += f"<br>{row['seeds']} seed"
        text += f"s, {row['seed_low']:.4f} to {row['seed_high']:.4f}" if row["seeds"] > 1 else ""
    return text


def number_of_artists(counts: Iterable[int]) -> Sequence[str]:
    """How many artists each point of a chart averages over."""
    return [f"{count:,} artists" for count in counts]
