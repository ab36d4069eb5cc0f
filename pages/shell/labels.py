"""Plain words for what is trained and measured, on every page that names it."""

from core.search.spaces import COSINE_PREFIX, FUSION_PREFIX, RUN_PREFIX

PROTOCOLS = {
    "standard": "Standard",
    "published": "Published (with its faults)",
    "cold": "Cold start",
}
SPLITS = {"test": "Test artists", "val": "Validation artists"}
METRICS = {"ndcg": "NDCG@200", "ndcg_published": "NDCG@200 with the off-by-one"}

_FEATURES = {
    "random": "Random",
    "learned": "Learned vectors",
    "acousticbrainz": "AcousticBrainz",
    "audio_descriptors": "Audio descriptors",
    "acousticbrainz_one_track": "AcousticBrainz of one track",
    "moods_themes": "Moods-Themes",
    "clap": "CLAP",
    "clap_one_track": "CLAP of one track",
    "musicbrainz_tags": "MusicBrainz tags",
    "lastfm_tags": "Last.fm tags",
}
_RANKERS = {
    "random": "Random order",
    "popularity": "Popularity",
    "common-neighbours": "Common neighbours",
    "adamic-adar": "Adamic-Adar",
    "pagerank": "PageRank",
}


def features_title(features: str) -> str:
    """ "clap+moods_themes" -> "CLAP + Moods-Themes"."""
    return " + ".join(_FEATURES.get(name, name.replace("_", " ").capitalize()) for name in features.split("+"))


def ranker_title(ranker: str) -> str:
    """A short name for a yardstick or a fusion; a run keeps its id."""
    if ranker.startswith(FUSION_PREFIX):
        return f"Fusion ({ranker.removeprefix(FUSION_PREFIX).replace('_', ' ')})"
    if ranker.startswith(COSINE_PREFIX):
        return f"Cosine of {features_title(ranker.removeprefix(COSINE_PREFIX))}"
    return _RANKERS.get(ranker, ranker.removeprefix(RUN_PREFIX))


def layers_title(layers: int) -> str:
    return "1 layer" if layers == 1 else f"{layers} layers"


def duration(seconds: float) -> str:
    """ "under a minute", "5 minutes", "1 h 20 min"."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return "under a minute"
    if minutes < 60:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"{minutes // 60} h {minutes % 60:02d} min"
