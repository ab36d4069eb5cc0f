"""The titles that people read for spaces, rankers, feature sets, splits, protocols and metrics."""

from core.space_name import Kind, SpaceName
from core.text import counted

PROTOCOLS = {
    "standard": "Standard",
    "published": "Published (with its faults)",
    "cold": "Cold start",
    "everybody": "All artists as candidates",
}
PAIR_RANKER = "Pair ranker"
WITH_RELATIONS = "with other relations"
SPLITS = {"test": "Test artists", "val": "Validation artists"}
METRICS = {"ndcg": "NDCG@200", "ndcg_published": "NDCG@200 with the off-by-one", "recall": "recall@200", "mrr": "MRR"}
METRIC_COLUMNS = METRICS | {"ndcg_published": "NDCG@200 (published)"}
"""Shorter titles, for columns of a table."""

SPACES = {
    "clap": "Character (CLAP)",
    "acousticbrainz": "Traits (AcousticBrainz)",
    "musicnn_msd": "Sound (musicnn, MSD)",
    "musicnn_mtt": "Sound (musicnn, MTT)",
    "musicnn_tags": "Words for sound (musicnn)",
    "audio_descriptors": "Traits (audio descriptors)",
    "moods_themes": "Moods & themes",
    "pagerank": "Graph walk (PageRank)",
}
"""Titles of spaces. Other sets, and all sets of a synthetic catalogue, have their title in their FeatureInfo."""

CLIP_SPACES = {
    "clap": "Sound (CLAP)",
    "clap:tracks": "Sound (CLAP), best track",
    "acousticbrainz": "Descriptors (AcousticBrainz)",
    "acousticbrainz:tracks": "Descriptors (AcousticBrainz), best track",
    "musicnn_msd": "Sound (musicnn, MSD)",
    "musicnn_msd:tracks": "Sound (musicnn, MSD), best track",
    "musicnn_mtt": "Sound (musicnn, MTT)",
    "musicnn_mtt:tracks": "Sound (musicnn, MTT), best track",
    "musicnn_tags": "Words for sound (musicnn)",
    "musicnn_tags:tracks": "Words for sound (musicnn), best track",
    "graph:isolated": "Graph model, from the sound alone",
    "graph:tied": "Graph model, tied to the nearest by sound",
    "graph:fusion": "Sound and graph together",
}
"""Spaces that answer clips. Sets of other encoders have their title in their FeatureInfo."""

SPLIT_NAMES = ("Train artist", "Validation artist", "Test artist")
"""Titles of splits, by code."""

_FEATURES = {
    "random": "Random",
    "learned": "Learned vectors",
    "acousticbrainz": "AcousticBrainz",
    "audio_descriptors": "Audio descriptors",
    "acousticbrainz_one_track": "AcousticBrainz of one track",
    "moods_themes": "Moods-Themes",
    "clap": "CLAP",
    "clap_one_track": "CLAP of one track",
    "musicnn_msd": "musicnn (MSD)",
    "musicnn_mtt": "musicnn (MTT)",
    "musicnn_tags": "musicnn’s tags",
    "musicbrainz_tags": "MusicBrainz tags",
    "lastfm_tags": "Last.fm tags",
}
_RANKERS = {
    "random": "Random order",
    "missing-features": "Missing features alone",
    "popularity": "Popularity",
    "common-neighbours": "Common neighbours",
    "adamic-adar": "Adamic-Adar",
    "rp3beta": "RP3beta",
    "ease": "EASE",
    "pagerank": "PageRank",
    "short-walk": "Short walk",
}


def features_title(features: str) -> str:
    """ "clap+moods_themes" -> "CLAP + Moods-Themes"."""
    return " + ".join(_FEATURES.get(name, name.replace("_", " ").capitalize()) for name in features.split("+"))


def ranker_title(ranker: str) -> str:
    """A short title of a ranker on Results. A run keeps its id."""
    name = SpaceName(ranker)
    match name.kind:
        case Kind.FUSION:
            return f"Fusion ({name.id.replace('_', ' ')})"
        case Kind.PAIRS:
            return f"{PAIR_RANKER} ({name.id.replace('_', ' ')})"
        case Kind.COSINE:
            return f"Cosine of {features_title(name.id)}"
        case Kind.RUN:
            return name.id
    return _RANKERS.get(name, ranker)


def fusion_space_title(name: str, reads_relations: bool = False) -> str:
    """A short title of a fusion as a space, with its name as the command line writes it."""
    return f"Fusion ({name}{f', {WITH_RELATIONS}' if reads_relations else ''})"


def pairs_space_title(name: str, reads_relations: bool = False) -> str:
    """A short title of a pair ranker as a space, with its name as the command line writes it."""
    return f"{PAIR_RANKER} ({name}{f', {WITH_RELATIONS}' if reads_relations else ''})"


def model_space_title(backbone: str, layers: int, features: str, seed: int) -> str:
    """A title of a trained model as a space. `backbone` is a title too."""
    names = features.replace("+", " + ").replace("_", " ")
    return f"Graph model ({backbone}, {layers_title(layers)}, {names}, seed {seed})"


def layers_title(layers: int) -> str:
    """The depth of a model: "1 layer", "4 layers"."""
    return counted(layers, "layer")
