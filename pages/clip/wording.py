"""What the Clip page says about clips, spaces and answers: text from numbers alone."""

from collections.abc import Sequence

import numpy as np

from core.audio.clap.windows import WINDOW_SECONDS
from core.catalogue import Catalogue
from core.clips.routes import FUSION, ISOLATED, N_LINKED, TIED
from core.clips.search import BY_TRACK, ClipAnswers, ClipEvidence
from core.clips.service import AnalysedClip
from core.features.audio_sets import ACOUSTICBRAINZ, CLAP
from core.search.spaces import Space
from core.space_name import Kind, SpaceName
from core.text import counted
from pages.artists.card import artist_name
from pages.shell.text import plain

MOST_LISTS = 3
HOW_TO_READ = (
    "sound #12: place 12 by sound, and so on. 9 edges: known to be similar to nine others in these lists. "
    "at 0:10: the moment of your clip that fits best. Choose “Why?” to hear it beside the artist."
)

_MEANINGS: dict[str, str] = {
    CLAP: "The sound as CLAP hears it: the clip’s mean beside each artist’s.",
    CLAP + BY_TRACK: "The sound as CLAP hears it: the clip beside each artist’s most similar track.",
    ACOUSTICBRAINZ: "Tempo, key, loudness, timbre and more, measured: the clip’s beside each artist’s.",
    ACOUSTICBRAINZ + BY_TRACK: "Measured descriptors: the clip’s beside those of each artist’s most similar track.",
    SpaceName.route(ISOLATED): "A model of who is similar to whom, which knows the clip by its sound alone.",
    SpaceName.route(TIED): f"A model of who is similar to whom, with the clip tied to its {N_LINKED} nearest by sound.",
    SpaceName.route(FUSION): "Sound, models and known edges, weighted as for an artist without any edge.",
}
_SHORT = {CLAP: "sound", CLAP + BY_TRACK: "tracks", ACOUSTICBRAINZ: "descriptors"}


def clock(seconds: float) -> str:
    """Minutes and seconds: 83.4 -> "1:23"."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def meaning(space: Space) -> str:
    """What the answer of a space to a clip rests on."""
    return _MEANINGS[space.name]


def meaning_for_words(space: Space) -> str:
    """The same of words."""
    compared = "most similar track" if space.name.endswith(BY_TRACK) else "mean"
    return f"The words beside the sound of each artist’s {compared}, in the space that CLAP has for both."


def windows_sentence(clip: AnalysedClip) -> str:
    """How CLAP hears the clip."""
    count = len(clip.analysis.starts)
    if clip.seconds < WINDOW_SECONDS:
        return "CLAP hears the clip again and again, until ten seconds are full. A longer one is matched better."
    return f"CLAP hears the clip as {counted(count, 'window')} of ten seconds."


def default_lists(spaces: Sequence[str], default: str) -> list[str]:
    """The default answer, then one of each kind that it is not: sound, descriptors, graph; at most three."""
    by_preference = [default, CLAP + BY_TRACK, CLAP, ACOUSTICBRAINZ, *filter(_is_route, spaces)]
    chosen: list[str] = []
    for name in by_preference:
        if name in spaces and _kind(name) not in map(_kind, chosen):
            chosen.append(name)
    for name in by_preference:
        if len(chosen) < min(MOST_LISTS, len(spaces)) and name in spaces and name not in chosen:
            chosen.append(name)
    return chosen[:MOST_LISTS]


def evidence_line(evidence: ClipEvidence, space: str, shown: Sequence[str], kept: bool) -> str:
    """One result's evidence in a line: the moment that fits best, the place in the other lists, edges, the tray."""
    moment = evidence.moment
    facts = [f"at {clock(moment.start)}" if moment and _kind(space) == CLAP else ""]
    facts += [
        f"{_SHORT.get(name, 'graph')} #{evidence.ranks[name]:,}"
        for name in shown
        if name != space and evidence.ranks.get(name)
    ]
    if len(evidence.neighbours):
        facts.append(counted(len(evidence.neighbours), "edge"))
    facts.append("kept" if kept else "")
    return " · ".join(fact for fact in facts if fact)


def own_artist_sentence(catalogue: Catalogue, answers: ClipAnswers, artist: int, shown: Sequence[str]) -> str:
    """At which place each list has the artist whom a sample is by."""
    places = []
    for name in shown:
        answer = answers.answers[name]
        if rank := int(answer.ranks(np.array([artist]))[0]):
            places.append(f"{rank:,} of {answer.n_known:,} in {plain(answer.space.title)}")
    name = artist_name(catalogue, artist)
    if not places:
        return f"The track is by {name}, of whom the catalogue has no sound."
    return f"The track is by **{name}**, of whom the catalogue knows other tracks. Place {'; '.join(places)}."


def query_text(phrases: Sequence[str], weights: Sequence[float]) -> str:
    """Words and weights as one line, for the tray."""
    if len(phrases) == 1:
        return f"words “{phrases[0]}”"
    return "words " + ", ".join(f"“{said}” × {weight:g}" for said, weight in zip(phrases, weights, strict=True))


def _kind(space: str) -> str:
    return Kind.ROUTE.value if _is_route(space) else space.removesuffix(BY_TRACK)


def _is_route(space: str) -> bool:
    return SpaceName(space).kind is Kind.ROUTE
