"""Texts of the Map page."""

import math
from collections.abc import Sequence

from core.jobs import Job
from core.maps import StoredMap
from core.maps.fidelity import LOCAL_K
from core.maps.local_fidelity import doubtful, most_kept_by_chance
from core.maps.projection import FEWEST_FOR_UMAP, MOST_LAID_OUT
from core.maps.region_tags import RegionTags
from core.maps.tag_enrichment import EnrichedTag
from core.text import counted
from pages.shell.text import plain

TITLE = "Map"
FEW = 1000
"""A map of fewer artists is made in less than a minute."""

NO_SPACE = "This catalogue has no feature set and no trained model, so there is nothing to map. Train a model first."
NO_SPACE_AT_ALL = (
    "This catalogue has no feature set, and no known edges to train a model on, so there is nothing to map. If you "
    "have recordings of the artists, extract feature sets from them:"
)
TRAIN_MODEL = "Train a model"
ONE_ARTIST = "This catalogue has one artist. A map needs two or more."
HOW_TO_READ = (
    "Click a point to choose the artist; draw around some with Lasso or Box to list them. A flat map must tear "
    "neighbours apart: read from it which crowd an artist belongs to, and take who is nearest from the lines."
)
ONLY_DRAWN = "Lasso and Box take the artists that are drawn: zoom in until all are."

SPACE_LABEL = "Map of"
BESIDE_LABEL = "Beside it"
NO_SECOND_MAP = "No second map"
COLOUR_LABEL = "Colour"
LAYERS_LABEL = "Also shown"
LAYERS = {"density": "Density", "regions": "Names of regions", "doubtful": "Places in doubt"}
HIGHLIGHT_LABEL = "Highlight"
HIGHLIGHT_PLACEHOLDER = "A tag, or part of a name"
HIGHLIGHT_NAMES = "Part of a name"

NO_ARTIST = "Click a point or find an artist by name to see who it is and who is truly nearest. Or begin with:"
NO_ARTIST_TO_COMPARE = "**Choose an artist first:** these colours show how similar everybody is to one. Begin with:"
NOT_IN_SPACE = "This artist has no data in this space, so it is not on this map. Choose another space above."

DRAWN_AROUND = "drawn around on the map"
NOBODY_MARKED = "Nobody. Choose a tag from the list, or type a part of a name as it is spelt."
TOO_MANY_FOR_LINK = "They are too many for a link: whoever opens this page's address does not see them marked."
LASSO_LOST = (
    "This link comes from a map on which more artists were marked than a link can name. Draw around them "
    "again with Lasso or Box."
)
DOWNLOAD_MARKED = "Download as CSV"
CLEAR = "Clear"
MARKED_ALT = "The marked artists, the best known first"

SHOW_TABLE = "Show as a table"
TABLE_LABEL = "Table of"
TABLE_OF_DRAWN = "The table has the artists that are drawn. Zoom in, and it has others."
TABLES = {"artists": "Artists", "regions": "Regions"}
ARTIST, KNOWN_EDGES, ID = "Artist", "Known edges", "Id"
REGION, REGION_ARTISTS, REGION_TAGS = "Region", "Artists", "Typical tags"
ACROSS, UP = "Across", "Up"
NO_REGION_NAME = "(no name)"

MAKE_MAP = "Make the map"
HOW_MAP_IS_MADE = "It is made in the background, so you can go on browsing. The same from the command line:"
MAP_BEING_MADE = "The map is being made"
MAP_WILL_BE_HERE = "You can go on browsing: the map will be here when you come back."
STAGES = {
    "": "Starting",
    "preparing": "Reading the space",
    "neighbours": "Finding every artist's neighbours. The first minute goes into preparing the tools",
    "layout": "Laying out the map",
    "placing": "Placing the other artists by their nearest",
}
MEASURING = "Measuring how faithful the map is"
_SAMPLE_MINUTES, _MINUTES_A_MILLION = 6, 8


def fidelity_figure(stored: StoredMap) -> str:
    """How faithful the map is, as one figure. Empty if there are too few artists to say."""
    fidelity = stored.fidelity
    if not fidelity.k:
        return ""
    return f"{fidelity.preserved[0]:.0%} of an artist’s {fidelity.k[0]} nearest are near on the map as well."


def fidelity_sentence(stored: StoredMap) -> str:
    """How many true neighbours stay neighbours on the map, compared with chance."""
    fidelity = stored.fidelity
    if not fidelity.k:
        return "Too few artists are on this map to say how faithful it is."
    kept = [
        f"of {'its' if place else 'an artist’s'} {k} nearest{'' if place else ' in the space'}, {share:.0%} are among "
        f"its {k} nearest here (by chance {_percent(chance)})"
        for place, (k, share, chance) in enumerate(zip(fidelity.k, fidelity.preserved, fidelity.chance, strict=True))
    ]
    said = "; ".join(kept)
    return f"{said[0].upper()}{said[1:]}."


def local_fidelity_sentence(stored: StoredMap, row: int) -> str:
    """How many of an artist's true nearest stay nearest on the map, or how many lie at the very same place."""
    others = int(stored.at_same_place[row]) - 1
    if others >= LOCAL_K:
        return f"{others:,} other artists lie at the same place: this space has equal data for them."
    share = float(stored.local_fidelity[row])
    if math.isnan(share):
        return ""
    kept = round(share * LOCAL_K)
    return f"{kept} of its {LOCAL_K} nearest in this space are also among its {LOCAL_K} nearest on the map."


def regions_sentence(tags: RegionTags | None) -> str:
    """What the regions of a map are named by. Empty if they have no names."""
    if tags is None:
        return ""
    names = f"Names of regions say what is commoner there than elsewhere, by {' and '.join(tags.sets) or 'tags'}"
    return f"{names}." if tags.are_own else f"{names}: this space’s own columns have no names."


def coverage_figure(n_present: int, n_artists: int) -> str:
    """How many artists are in the space."""
    return f"All {n_artists:,} artists." if n_present == n_artists else f"{n_present:,} of {n_artists:,} artists."


def lacking_sentence(n_present: int, n_artists: int) -> str:
    """Why the other artists are not on the map. Empty if there are none."""
    missing = n_artists - n_present
    if not missing:
        return ""
    who = "The other one" if missing == 1 else f"The other {missing:,}"
    return f"{who} ({_percent(missing / n_artists)}) {'has' if missing == 1 else 'have'} no data in this space."


def sample_sentence(stored: StoredMap) -> str:
    """How a map of very many artists was made. Empty where all were laid out."""
    laid_out = stored.settings.most_laid_out
    if int(stored.present.sum()) <= laid_out:
        return ""
    return f"{laid_out:,} artists, taken at random, were laid out. The others lie among their nearest of these."


def equal_sentence(stored: StoredMap) -> str:
    """How many artists share a place, because the space has equal data for them."""
    number = int((stored.at_same_place > 1).sum())
    if not number:
        return ""
    return f"{counted(number, 'artist')} share a place with others: this space has equal data for them."


def doubt_sentence(stored: StoredMap) -> str:
    """How many places are doubtful, and why."""
    number = int(doubtful(stored).sum())
    if not number:
        return ""
    most = most_kept_by_chance(stored)
    kept = f"none of their {LOCAL_K} nearest is" if not most else f"at most {most} of their {LOCAL_K} nearest are"
    share = _percent(number / max(int(stored.present.sum()), 1))
    return f"{counted(number, 'place')} ({share}) in doubt, drawn as open marks: {kept} near here."


def enriched_tags_sentence(tags: Sequence[EnrichedTag]) -> str:
    """The typical tags of a group of artists, in markdown."""
    if not tags:
        return "No tag is typical of them."
    named = [f"**{plain(one.tag, 40)}** ({one.share:.0%}, elsewhere {one.share_elsewhere:.0%})" for one in tags]
    return f"Typical of them: {', '.join(named)}."


def region_tags(tags: Sequence[EnrichedTag]) -> str:
    """The typical tags of a region, for a cell of a table."""
    return ", ".join(f"{one.tag} {one.share:.0%} (elsewhere {one.share_elsewhere:.0%})" for one in tags)


def map_alt(title: str, n_present: int, colouring: str) -> str:
    """The text alternative of a map."""
    return f"Map of {title} with {n_present:,} artists, coloured by {colouring.lower()}"


def nearest_title(space: str) -> str:
    """The heading of the true nearest artists in a space. The space's title is escaped."""
    return f"Nearest in {space}"


def nearest_caption(stored: StoredMap, row: int) -> str:
    """How the true nearest artists are drawn, and how many of them are near on the map."""
    return f"Drawn as lines on the map. {local_fidelity_sentence(stored, row)}"


def ranked_artist(rank: int, name: str, score: float) -> str:
    """One of the true nearest artists. The name is escaped."""
    return f"{rank}. {name} :gray[· {score:.3f}]"


def numbered(label: str, number: int) -> str:
    """The label of a choice, with a number that distinguishes it from others with the same label."""
    return f"{label} ({number})"


def tag_choice(tag: str, kind: str, n_artists: int) -> str:
    """A tag that can be highlighted."""
    return f"{tag} · {kind} ({n_artists:,})"


def marked_title(number: int, words: str) -> str:
    """How many artists are highlighted, and why."""
    return f"{counted(number, 'artist')}: {plain(words, 60)}"


def marked_query(words: str) -> str:
    """The query that a list records for highlighted artists."""
    return f"map: {words}"


def most_kept(most: int, total: int) -> str:
    """That not all highlighted artists can be kept at once."""
    return f"The best-known {most} can be kept at once; the file holds all {total:,}."


def places_sentence(shown: Sequence[int], total: int) -> str:
    """How many of the highlighted artists are on each map."""
    if all(number == total for number in shown):
        return "All of them are on the map." if len(shown) == 1 else "All of them are on both maps."
    parts = [f"{number:,} on the {name}" for number, name in zip(shown, ("left", "right"), strict=False)]
    return f"{shown[0]:,} of them are on the map." if len(shown) == 1 else f"{' and '.join(parts)} map."


def table_title(kind: str, space: str) -> str:
    """The title of a table of a map."""
    return f"{kind} of {space}"


def table_alt(title: str) -> str:
    """The text alternative of a table."""
    return f"Table: {title}"


def map_failed(message: str) -> str:
    """Why making a map failed."""
    return f"The map could not be made. {plain(message) or 'Its process ended early.'}"


def map_outdated(space: str) -> str:
    """That the stored map belongs to another version of the space."""
    return f"The stored map of {plain(space)} belongs to an older version of this space. Make it again."


def map_missing(space: str, n_artists: int) -> str:
    """That the map was not made yet."""
    takes = "seconds" if n_artists < FEWEST_FOR_UMAP else "up to a minute" if n_artists < FEW else "one to five minutes"
    if n_artists > MOST_LAID_OUT:
        takes = f"{round(_SAMPLE_MINUTES + _MINUTES_A_MILLION * n_artists / 1e6):,} minutes or so"
    return f"There is no map of {plain(space)} yet. Making one takes {takes}."


def progress_sentence(job: Job) -> str:
    """The current step of a job."""
    if job.stage in ("layout", "placing") and job.done >= 1:
        return MEASURING
    return STAGES.get(job.stage, job.stage)


def _percent(share: float) -> str:
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"
