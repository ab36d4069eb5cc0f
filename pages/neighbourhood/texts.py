"""Texts of the Neighbourhood page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from core.catalogue import Catalogue
from core.graph.encodings import EDGE_ENCODINGS, edge_name
from core.graph.links import HELD_OUT, Links
from core.graph.neighbourhood import MAX_ARTISTS, HopGraph
from core.graph.paths import NEAREST, ArtistPath, Step, StepKinds
from core.text import counted, plain_text
from pages.shell.text import plain

LONGEST_NAME = 40

# The page

TITLE = "Neighbourhood"
NO_EDGES = "This catalogue has no known edges to draw."
NOTHING_TO_DRAW = "It has no feature set either, so nobody can be predicted to be near an artist."
ONE_ARTIST = "This catalogue has one artist, so there is no neighbourhood to draw."
BACK_TO = "Back to"
SHOW = "Show"
VIEWS = {"around": "Artists around", "path": "Path to another artist"}
"""A view, as the URL writes it -> its label."""

DOWNLOAD = "Download as a web page"

# The drawing around an artist

HOPS = "Hops"
LIMIT = "Artists at most"
LIMIT_HELP = "Predicted artists, and those you expand, come on top."
LINKS = "Links"
THINNINGS = {"all": "All", "strong": "Strongest", "few": "Fewest"}
LINKS_HELP = (
    "Strongest: every link of the artist in the middle and of those you expanded, what else holds the drawing "
    "together, and of each artist the two links with most neighbours in common. Fewest: the same without those two."
)
SIZE_AND_COLOUR = "Size and colour"
SIZE_SAYS = "Size says"
SIZES = {
    "similarity": "Similarity to the centre",
    "edges": "Known edges",
    "popularity": "Popularity",
    "hop": "Steps from the centre",
    "equal": "All the same",
}
COLOUR_SAYS = "Colour says"
COLOURS = {
    "genre": "Genre",
    "mood": "Mood",
    "tags": "Tags",
    "split": "Train, validation or test",
    "popularity": "Popularity",
    "similarity": "Similarity to the centre",
}
PREDICTIONS = "Predictions"
PREDICTED_BY = "Predicted by"
PREDICTED_LINKS = "Predicted links of each artist"
PREDICTIONS_CAPTION = (
    "The nearest artists in this space without a known edge to the artist in the middle, and likewise for "
    "those you expand. Similarity to the middle is measured in it as well."
)
DOWNLOAD_HELP = (
    "One file that needs no network and can be moved and zoomed like this drawing. PNG and SVG are saved "
    "with the buttons in the drawing’s corner."
)
LIST_HEADING = "The same as a list"
LIST_CAPTION = "Choose a row to move that artist into the middle."
MORE_POPULAR = "More popular than"
"""Heading of the column with the share of less popular artists."""

EXPLORE_INSTEAD = "See what Explore knows"

# Classes of size and colour

FIFTHS = ("best known fifth", "second fifth", "middle fifth", "fourth fifth", "least known fifth")
PLACES = ((10, "among its 10 nearest"), (50, "11th to 50th"), (200, "51st to 200th"), (1000, "201st to 1,000th"))
"""The last rank in each class, and the name of the class."""

FURTHER, THE_CENTRE_ITSELF = "further", "the centre itself"
THE_CENTRE, NO_LINK = "the centre", "–"
NO_POPULARITY, NO_PLACE = "Popularity unknown", "Not known to the space"
NO_MOOD, OTHER_MOODS = "No mood known", "Other moods"

# Why an artist is here

WHY_HERE = "Why here?"
ALL_REASONS = "All reasons, and more like it, on Explore"

# The path

NO_SPACE = "A path needs a space that places artists, and this catalogue has none. Train a model on Train first."
NO_SPACE_AT_ALL = (
    "A path needs a space that places artists. This catalogue has no feature set, and no known edges to train a model "
    "on."
)
FIND_GOAL = "Find the artist at the other end"
LOST_GOAL = "The link leads to an artist that this catalogue does not hold. Search for another goal."
AT_GOAL = "You are at the goal. Find another artist to go on to."
FIND_AVOIDED = "Avoid an artist"
FINDING_STEPS = "Finding the steps between artists in this space …"
SPACE = "Space"
STEPS_MAY_BE = "Steps may be"
STEP_KINDS: dict[StepKinds, str] = {"both": "Both", "near": "Near in the space", "known": "Listed edges"}
STEP_KINDS_HELP = "Listed edges: edges of the catalogue, known to models or kept back for testing."
SMOOTHING = "Smoothing of popularity"
SMOOTHING_HELP = (
    "How much a jump from a little known to a well known artist counts: at 0 similarity alone decides, "
    "at 1 a usual jump counts as much as a usual distance."
)
STEPS_WANTED = "Steps wanted"
ANY_STEPS = "As it comes"
ENDS_AVOIDED = "The two ends of a path cannot be avoided."
AVOIDED = "Avoided"
ALLOW_HELP = "Allow this artist again."
KEEP_PATH, PATH_KEPT = "Keep the whole path", "All of the path is in your list"
GO_HELP = "Move this artist into the middle; the way leads on from there."
PLAY, STOP = "Play", "Stop"
KEEP, KEPT = "Keep", "In your list"
AVOID = "Avoid"
THE_START = "the start"
THE_ENDS, ON_THE_WAY = "the two ends", "on the way"
PLACE_ON_PATH = "place on the path"
PATH_EXPLAINED = (
    "Score: their cosine in the space. "
    "Points: the share of artists that one is better known than the other, in per cent, by popularity, or by known "
    "edges where no popularity is known."
)


def around(name: str) -> str:
    """What the drawing shows, for a title or as the query that a list records. Not escaped."""
    return f"around {name}"


def drawing_title(name: str) -> str:
    return f"Artists {around(name)}"


def links_title(name: str) -> str:
    return f"Links drawn {around(name)}"


def list_alt(name: str) -> str:
    return f"Artists drawn {around(name)}"


def summary(graph: HopGraph, hops: int, links: Links, left_out: int = 0, limit: int = MAX_ARTISTS) -> str:
    """How much of the neighbourhood is drawn. `left_out` is the number of links that are not.

    `limit` is how many artists at most were asked for, the one in the middle included.
    """
    reached = graph.n_reached - 1
    within = int(np.count_nonzero((graph.hop > 0) & (graph.hop <= hops)))
    artists = f"{counted(reached, 'artist')} within {counted(hops, 'hop')}"
    shown = "all are drawn" if within >= reached else f"{within:,} of them are drawn"
    if limit <= within < reached:
        shown += f" (at most {limit} were asked for; predicted and expanded ones come on top)"
    beside = len(graph) - 1 - within
    more = f", and {counted(beside, 'other artist')}" if beside else ""
    counts = _link_counts(Counter(links.kinds.tolist()))
    drawn = f"{counted(len(links), 'link')}" + (f" ({', '.join(counts)})" if counts else "")
    undrawn = f"; {counted(left_out, 'link')} not drawn, to declutter" if left_out else ""
    return f"{artists}; {shown}{more}. {drawn}{undrawn}."


def only_predicted(count: int, space: str) -> str:
    """That all `count` drawn artists are predictions of the space with this title."""
    drawn = "Drawn is the one" if count == 1 else f"Drawn are the {count:,}"
    return f"No edge of this artist is known. {drawn} that {plain(space)} predicts."


def nobody(space: str) -> str:
    """That there are no known edges and the space with this title predicts none."""
    return (
        f"No edge of this artist is known, and {plain(space)} can compare it with nobody. Choose "
        "another space under Predictions, or look for it on Explore."
    )


def no_predictions(fault: str) -> str:
    return f"{plain(fault)} No predictions are drawn."


def link_text(kind: str, shared: int, place: int, score: str) -> str:
    """The kind of a link and its evidence. `score` is "" unless the link is predicted."""
    predicted = f", place {place}, score {score}" if score else ""
    return f"{EDGE_ENCODINGS[kind].name}{predicted}, {counted(shared, 'shared neighbour')}"


def links_shown(kinds: Mapping[str, int]) -> str:
    """How many links of each kind an artist has in the drawing. Empty if there are none."""
    counts = _link_counts(kinds)
    return f"links shown: {' and '.join(counts)}" if counts else ""


def known_edges(degree: int) -> str:
    return counted(degree, "known edge")


def relation_label(catalogue: Catalogue) -> str:
    """What a known edge of the catalogue means; "" where there are none."""
    relation = catalogue.learned_relation
    return relation.label if relation and len(catalogue.learned_edges) else ""


def no_artist(catalogue: Catalogue, has_spaces: bool) -> str:
    """What the page shows once an artist is chosen."""
    if len(catalogue) == 1:
        return ONE_ARTIST
    if label := relation_label(catalogue):
        return f"Find an artist to see its known edges ({plain(label)}), and those of its neighbours. Or begin with:"
    if has_spaces:
        return f"{NO_EDGES} Find an artist to see who is predicted to be near. Or begin with:"
    return f"{NO_EDGES} {NOTHING_TO_DRAW}"


def example(name: str) -> str:
    """Above the drawing around an artist that nobody chose. The name is escaped."""
    return f"For example, around **{name}**. Click an artist in the drawing to see its neighbours too."


def place_by_similarity(place: int) -> str:
    return f"place {place:,} by similarity to the centre"


def popularity_text(share: float) -> str:
    """A share of less popular artists, in words."""
    return "popularity unknown" if np.isnan(share) else f"more popular than {share:.0%}"


def size_legend(size: str, fewest: int, most: int, space: str = "the space") -> str:
    """What size means, for the legend; empty if it means nothing. Artists have `fewest` to `most` known edges."""
    match size:
        case "hop":
            return "the nearer to the centre in steps, the larger"
        case "edges":
            return f"known edges, from {fewest:,} to {counted(most, 'edge')}"
        case "popularity":
            return "popularity; smallest as well where it is unknown"
        case "similarity":
            return f"the nearer to the centre in {space}, the larger; smallest as well where {space} knows nothing"
    return ""


def colour_legend(colour: str, space: str) -> str:
    """What colour means, for the legend."""
    return COLOURS[colour].lower() + (f" in {space}" if colour == "similarity" else "")


def source_line(catalogue: Catalogue, what: str, day: date) -> str:
    """The source of a drawing, for the files it is saved in."""
    kind = "invented artists" if catalogue.manifest.kind == "synthetic" else "real artists"
    return f"Nearfield, {plain_text(catalogue.manifest.title)}, {kind}, {what}, {day.isoformat()}"


def pair_heading(one: str, other: str) -> str:
    """Which two artists are near each other. Names are escaped."""
    return f"**{one}** near **{other}**"


def no_goal(start: str) -> str:
    """What a path from the artist named `start` would show. `start` is escaped."""
    return (
        f"Find the artist at the other end: the path leads there from {start} by small steps, "
        "each along a known edge, or to an artist who is near the one before. The table says which."
    )


def path_title(first: str, last: str) -> str:
    return f"From {first} to {last}"


def path_table_title(first: str, last: str) -> str:
    return f"Path from {first} to {last}"


def path_query(first: str, last: str) -> str:
    """A path as the query that a list records."""
    return f"path from {first} to {last}"


def path_source(first: str, last: str) -> str:
    """What a saved drawing of a path shows."""
    return f"from {plain_text(first)} to {plain_text(last)}"


def path_summary(catalogue: Catalogue, path: ArtistPath, n_steps: int | None) -> str:
    """The length of the path, its evidence and its longest step. Escaped."""
    found = len(path.steps)
    joins = Counter(_joined_by(step) for step in path.steps)
    rests = (
        ", ".join(f"{count} × {join}" for join, count in joins.most_common()) if len(joins) > 1 else next(iter(joins))
    )
    first, second = (
        plain(str(catalogue.display_names.iloc[row]), LONGEST_NAME) for row in path.rows[path.widest : path.widest + 2]
    )
    wanted = "" if n_steps in (None, found) else f", the closest there is to the {counted(n_steps or 0, 'step')} wanted"
    longest = f" The longest leads from {first} to {second}." if found > 1 else ""
    return f"{counted(found, 'step')}{wanted}: {rests}.{longest}"


def path_explained(has_held_out: bool, looked_at: int | None = None) -> str:
    """What the words below each step mean. `looked_at` is how many artists a path could lead over, None for all."""
    whom = "in the space" if looked_at is None else f"of the {looked_at:,} artists around the way who were looked at"
    near = f"Near: one of the two is among the {NEAREST} nearest of the other {whom}. "
    held_out = f" {edge_name(HELD_OUT).capitalize()}: {EDGE_ENCODINGS[HELD_OUT].meaning}."
    return near + PATH_EXPLAINED + (held_out if has_held_out else "")


def artist_label(place: int, name: str) -> str:
    """An artist of the path. `name` is escaped."""
    return f"{place}. {name}"


def avoid_help(name: str) -> str:
    return f"Find a way that does not lead over {name}."


def step_label(place: int) -> str:
    return f"step {place}"


def step_evidence(step: Step) -> str:
    """The evidence for a step, and how popularity changes with it."""
    score = "no score in this space" if step.score is None else f"score {step.score:.3f}"
    return " · ".join([_joined_by(step), score, _jump(step)])


def step_link(step: Step) -> str:
    """The kind of a step's link in the drawing, and its evidence."""
    return f"{EDGE_ENCODINGS[step.kind].name}: {step_evidence(step)}"


def nearness_in(space: str) -> str:
    """What predicts the links of a path, in the space with this title."""
    return f"nearness in {plain_text(space)}"


def _link_counts(kinds: Mapping[str, int]) -> Sequence[str]:
    """The number of links of each kind, in the order of the legend."""
    return [f"{kinds[kind]:,} {known.name.lower()}" for kind, known in EDGE_ENCODINGS.items() if kinds.get(kind)]


def _joined_by(step: Step) -> str:
    """What joins the two artists of a step: an edge of the catalogue, nearness, or both."""
    joins = ((edge_name(step.kind), step.listed), ("near in the space", step.near))
    return " and ".join(name for name, holds in joins if holds)


def _jump(step: Step) -> str:
    if step.jump is None:
        return "familiarity unknown"
    points = round(100 * step.jump)
    return f"{counted(abs(points), 'point')} {'better' if points > 0 else 'less'} known" if points else "as well known"
