"""Texts of the Clip page."""

from collections.abc import Sequence

from core.audio.encoders.clap.windows import WINDOW_SECONDS
from core.clips.routes import FUSION, ISOLATED, N_LINKED, TIED
from core.clips.search import BY_TRACK, ClipEvidence
from core.clips.service import STAGES
from core.clips.tag_words import Understood
from core.clips.word_search import TOGETHER
from core.features.audio_sets import ACOUSTICBRAINZ, CLAP, MUSICNN_MSD, MUSICNN_MTT, MUSICNN_TAGS
from core.search.sound_tags import DifferentTag
from core.search.spaces import Space
from core.space_name import SpaceName
from core.text import counted
from pages.shell.text import plain, plain_list

# The page and the clip itself

TITLE = "Clip"
INTRODUCTION = "Upload a piece of music, or hum one, and see which artists are near, and why. Or describe it in words."
ASK_WITH = "Ask with"
WAYS = {"Sound": "Sound", "Words": "Words"}
"""A way to ask, as the URL writes it -> its label."""

REMOVE_CLIP = "Remove"
YOURS_ALONE = "It is yours alone: the address of this page does not hold it, so nobody else gets it by a link."
YOUR_CLIP = "Your clip"

# Providing a clip

FILE = "A file"
FILE_HELP = (
    "WAV, FLAC, AIFF, MP3, Ogg, Opus, M4A, AAC or WebM; 1 second to 15 minutes. "
    "It stays on this server for as long as you are here."
)
RECORDING = "Or hum, play or sing into the microphone"
RECORDING_HELP = "Ten seconds or more are best."
RECORDING_NAME = "Your recording"
SAMPLES = "Or try a track that the catalogue does not hold, by an artist of whom it knows others:"

# Waiting

WAITING = "Waiting for other visitors’ clips …"
STOP = "Stop"

# Checkpoints

NO_CLAP_SET = "It has no feature set from CLAP."
NO_SOUND_SET = "It has no feature set of sound that a clip could be compared in here."
UNKNOWN_CHECKPOINT = (
    "CLAP cannot answer here: the catalogue’s CLAP vectors come from a checkpoint that Nearfield does not know, and "
    "vectors of two checkpoints cannot be compared. Extract them again; “Checkpoints” says how."
)
DESCRIPTORS_ALONE = "Descriptors answer alone."
CHECKPOINTS = "Checkpoints"
EXTRACT_BOTH = (
    "A clip is compared with what was heard in the artists’ own recordings. If you have recordings of this "
    "catalogue’s artists, extract both feature sets from them:"
)
PREPARE_FIRST = "A clip is compared with the sound of the catalogue’s own music, which has not been listened to yet."
TRY_BUNDLED = "To try the page at once, choose the bundled catalogue in the sidebar."
USE_LAION = (
    "Vectors of two checkpoints cannot be compared, so the one that made the catalogue’s CLAP set listens to clips "
    "too. To use LAION’s, get it and extract the set again from your recordings:"
)

LISTENS_WITH_MUSICNN = "Listens with **musicnn**, two small networks that have heard real music."
GET_MUSICNN = "Get ears for real music (29 MB)"
MUSICNN_STARTS = "Asking pip for musicnn …"
MUSICNN_PURPOSE = (
    "**musicnn** names what it hears in words, and finds similar tracks of real music. It comes by pip from the "
    "package index that pip is set to, is checked and converted, and takes 6 MB. Licence: ISC for the package; the "
    "page of its authors says CC BY-NC-SA 4.0 for their models, so use it for nothing commercial."
)
NO_REASON = "It ended without saying why. Try again."
GET_AND_HEAR = "Get it and hear this catalogue"
MUSICNN_IS_HERE = "musicnn is on this machine. Let it hear the music of this catalogue:"
HEAR_CATALOGUE = "Hear this catalogue with musicnn"
HEARING_GOES_ON = "You can leave this page; the work goes on. Then clips and words are answered by what was heard."

# Answers

NEAREST_ARTISTS = "Nearest artists"
ANSWERS_BESIDE = "Answers side by side"
NO_ANSWER_CHOSEN = "Choose at least one answer above."
NOBODY_TO_COMPARE = "This space knows no artist to compare with. Another list may."
_MEANINGS: dict[str, str] = {
    CLAP: "The sound as CLAP hears it: the clip’s mean beside each artist’s.",
    CLAP + BY_TRACK: "The sound as CLAP hears it: the clip beside each artist’s most similar track.",
    ACOUSTICBRAINZ: "Tempo, key, loudness, timbre and more, measured: the clip’s beside each artist’s.",
    ACOUSTICBRAINZ + BY_TRACK: "Measured descriptors: the clip’s beside those of each artist’s most similar track.",
    SpaceName.route(ISOLATED): "A model of the known edges, which knows the clip by its sound alone.",
    SpaceName.route(TIED): f"A model of the known edges, with the clip tied to its {N_LINKED} nearest by sound.",
    SpaceName.route(FUSION): "Sound, models and known edges, weighted as for an artist without any edge.",
}
_SHORT = {
    CLAP: "sound",
    CLAP + BY_TRACK: "tracks",
    ACOUSTICBRAINZ: "descriptors",
    ACOUSTICBRAINZ + BY_TRACK: "descriptors of tracks",
    MUSICNN_MSD: "musicnn",
    MUSICNN_MSD + BY_TRACK: "musicnn tracks",
    MUSICNN_MTT: "musicnn MTT",
    MUSICNN_MTT + BY_TRACK: "musicnn MTT tracks",
    MUSICNN_TAGS: "words for sound",
    MUSICNN_TAGS + BY_TRACK: "words for tracks",
}

# Words in place of sound

EXAMPLES: dict[str, tuple[tuple[str, float], ...]] = {
    "slow, sad piano, no drums": (("slow, sad piano, no drums", 1.0),),
    "upbeat house, synth bass": (("upbeat house, synth bass", 1.0),),
    "fierce metal, growled vocals": (("fierce metal, growled vocals", 1.0),),
    "gentle folk guitar, and less singing": (("gentle acoustic folk, fingerpicked guitar", 1.0), ("singing", -0.5)),
}
"""Label -> phrases with their weights."""

NO_WORDS = "Type what the music should sound like, or choose an example."
NOTHING_LIKE_THAT = "Nothing here is nearer to these words than to words without a meaning."
WHAT_TO_NAME = (
    "Name instruments, voices, moods, tempo or kinds of music, two or three together, as in “slow sad piano”."
)
NONE_BEYOND_CHANCE = "**No artist is nearer than by chance, so this list says nothing about the words.**"
ADD_PHRASE = "Add a phrase"
WEIGHT_HELP = "Below zero means: not this."

NOTHING_NAMED = "musicnn names nothing in this clip that it is at all sure of."
MOMENTS = "What is heard, moment by moment"

# Reasons

WHY_NEAR_CLIP = "Why near your clip?"
WHY_NEAR_WORDS = "Why near these words?"
NO_RECORDING = "The catalogue has no recording of this artist."
NO_DESCRIPTORS = "No descriptors of this artist are known."
CLIP_IN_SENTENCE = "your clip"
EXPLORE_ARTIST = "Explore this artist"
ITS_NEIGHBOURHOOD = "Its neighbourhood"
UNTITLED_TRACK = "a track without a title"

# The map

ON_THE_MAP = "On the map"
NO_MAP = "This catalogue has no map of its sound yet. Make one on the Map page, and the clip will stand on it."
MAKE_MAP = "Make a map"
MAP_OF = "Map of"
NOBODY_ON_MAP = "None of the nearest artists is on this map."
MAP_CAPTION = (
    "An estimate: the clip (★) stands in the middle of its nearest artists in the space itself (○), the nearer the "
    "more weight; the map was laid out without it. Click a point to go on from an artist."
)
VAGUE_PLACE = "**They lie far apart on this map, so the place says little. Go by the lists.**"
CLIP_ON_MAP = "Your clip (estimate)"


def clock(seconds: float) -> str:
    """Minutes and seconds: 83.4 -> "1:23"."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def clip_line(seconds: float, traits: Sequence[str]) -> str:
    """The length of the clip, and its typical and unusual traits."""
    return " · ".join([f"**{clock(seconds)}**", *map(plain, traits)])


def heard_line(tags: Sequence[str]) -> str:
    """What is heard in the clip, in words."""
    return f"Heard: {', '.join(f'**{plain(tag)}**' for tag in tags)}" if tags else NOTHING_NAMED


def hears_after(n_files: int) -> str:
    """What follows once musicnn is here."""
    return (
        f"Then it hears {counted(n_files, 'file')} of this catalogue, and what depends on them is brought up to date."
    )


def hearing_takes(n_files: int, time: str) -> str:
    """What hearing a catalogue is for, and about how long it takes."""
    return (
        f"musicnn hears {counted(n_files, 'file')} of this catalogue, and what is made of them is brought up to date. "
        f"In all: {time}. Then clips and words are answered by what was heard."
    )


def hearing_progress(step: str, time_left: str) -> str:
    """How far the hearing of a catalogue is."""
    return f"Hearing this catalogue with musicnn: {plain(step) or 'starting'}" + (
        f", {time_left} left" if time_left else ""
    )


def not_heard(reason: str) -> str:
    """Why the hearing of a catalogue has failed."""
    return f"The catalogue is not heard to the end; what was done is kept. {plain(reason) or NO_REASON}"


def musicnn_progress(share: float) -> str:
    """How much of musicnn has arrived."""
    return f"musicnn is on its way: {share:.0%}"


def shared_words(tags: Sequence[str], name: str) -> str:
    """The tags that are heard in the clip and in the artist called `name`, likeliest first."""
    return f"**Heard in your clip and in {plain(name)}:** {', '.join(map(plain, tags))}"


def different_words(differences: Sequence[DifferentTag], name: str) -> str:
    """Where the clip and the artist called `name` differ in what is heard."""
    parts = [
        f"{plain(each.tag)} ({each.first:.0%} in your clip, {each.second:.0%} in {plain(name)})" for each in differences
    ]
    return f"**They differ in:** {'; '.join(parts)}"


def windows_sentence(n_windows: int, seconds: float) -> str:
    """How CLAP encodes a clip of so many windows."""
    if seconds < WINDOW_SECONDS:
        return "CLAP hears the clip again and again, until ten seconds are full. A longer one is matched better."
    return f"CLAP hears the clip as {counted(n_windows, 'window')} of ten seconds."


def waveform_alt(n_windows: int, seconds: float) -> str:
    """What the waveform shows."""
    return f"Waveform of the clip, {clock(seconds)} long, with {counted(n_windows, 'window')}"


def sample_label(scene: str, artist: str) -> str:
    """The label of a sample's button. `artist` is escaped."""
    return f"{plain(scene)} :gray[· {artist}]"


def stages_line(stage: str) -> str:
    """All stages of a clip in a line, with past ones ticked and `stage` in bold; or the single stage of words."""
    if not stage:
        return WAITING
    if stage not in STAGES:
        return f"**{stage} …**"
    at = STAGES.index(stage)
    parts = [f"✓ {name}" for name in STAGES[:at]] + [f"**{stage} …**"] + [f":gray[{name}]" for name in STAGES[at + 1 :]]
    return "  \n".join(parts)


def encoder_sentence(title: str, about: str, is_stated: bool, beside_musicnn: bool) -> str:
    """Which checkpoint is in use. `is_stated` if the catalogue says that its vectors come from this checkpoint."""
    doubt = "" if is_stated else " The catalogue does not say whether its own vectors were made with it."
    before = f"{LISTENS_WITH_MUSICNN} Also listens" if beside_musicnn else "Listens"
    return f"{before} with **{plain(title)}**. {plain(about)}{doubt}"


def not_installed(title: str, name: str, is_stated: bool) -> str:
    """Which checkpoint is missing, and how to get it. `is_stated` as in `encoder_sentence`."""
    made = "were made with" if is_stated else "do not say how they were made; the paper’s checkpoint is"
    return (
        f"CLAP cannot answer here: the catalogue’s CLAP vectors {made} {plain(title)}, which is not on this "
        f"machine. Run `python -m core checkpoint get {name}`."
    )


def no_encoder(catalogue: str, sentence: str) -> str:
    """Why no clip can be compared with the catalogue of this title."""
    return f"The catalogue “{plain(catalogue)}” cannot be asked with a clip or with words yet. {sentence}"


def checkpoint_entry(title: str, about: str, is_here: bool) -> str:
    """A checkpoint, and whether it is on this machine."""
    return f"**{plain(title)}** ({'on this machine' if is_here else 'not on this machine'})  \n{plain(about)}"


def download_sentence(size: int | None, bundled: str) -> str:
    """The size of LAION's checkpoint in bytes, if known, and that the one titled `bundled` is no substitute."""
    return (
        f"{'' if size is None else f'The download has {size / 1e9:.2f} GB. '}"
        f"{bundled} knows synthetic music only and is no substitute for it on real music."
    )


def how_to_read(has_edges: bool) -> str:
    """What the marks of an answer mean, in a catalogue that `has_edges` or none."""
    edges = "9 edges: known edges to nine others in these lists. " if has_edges else ""
    return (
        f"sound #12: place 12 by sound, and so on. {edges}"
        "at 0:10: the moment of your clip that fits best. Choose “Why?” to hear it beside the artist."
    )


def meaning(space: Space) -> str:
    """What a space's answer to a clip is based on."""
    compared = "each artist’s most similar track" if space.name.endswith(BY_TRACK) else "each artist"
    return _MEANINGS.get(space.name, f"{space.title}: the clip’s vector beside that of {compared}.")


def understood_line(understood: Understood) -> str:
    """Which words were taken for which tags, and which were not understood."""
    parts = []
    for tag, weight in understood.tags.items():
        said = ", ".join(dict.fromkeys(understood.words[tag]))
        meant = tag if said == tag else f"{tag} ({said})"
        parts.append(f"{'not ' if weight < 0 else ''}**{plain(meant)}**")
    known = (
        f"Understood: {', '.join(parts)}. " if parts else "None of these words is the name of anything that is heard. "
    )
    unknown = f"Not understood: {plain_list(understood.unknown, 8)}." if understood.unknown else ""
    return known + unknown


def nothing_like_that(alone: Sequence[str]) -> str:
    """That no artist is like the words, which parts of them find something by themselves, and what helps."""
    parts = f" By themselves these find something: {plain_list([f'“{part}”' for part in alone])}." if alone else ""
    return f"{NOTHING_LIKE_THAT}{parts} {WHAT_TO_NAME}"


def words_matched(understood: Understood, added: Sequence[tuple[str, float]]) -> str:
    """What each tag that the words stand for adds to an artist, in standard deviations of the artists."""
    parts = [
        f"{plain(', '.join(dict.fromkeys(understood.words[tag])))}: {value:+.1f}".replace("-", "−")
        for tag, value in added
    ]
    return f"**What the words match** (in deviations from the usual artist): {'; '.join(parts)}"


def meaning_for_words(space: Space, chance: float | None, scores: Sequence[float] = ()) -> str:
    """What a space's answer to words is based on, and the score that chance gives the nearest artist.

    `scores` are those of the artists listed. Those that round to no more than chance are not beyond it.
    """
    if chance is None:
        return _meaning_for_words(space)
    beside = f" By chance the nearest artist reaches {chance:.2f}."
    beyond = sum(round(score, 2) > round(chance, 2) for score in scores)
    if scores and not beyond:
        beside += f" {NONE_BEYOND_CHANCE}"
    elif beyond < len(scores):
        beside += f" **Only the first {'one is' if beyond == 1 else f'{beyond} are'} nearer.**"
    return _meaning_for_words(space) + beside


def _meaning_for_words(space: Space) -> str:
    if space.name == MUSICNN_TAGS:
        return "How far an artist stands out in the tags that the words name, as musicnn heard them."
    if space.name == TOGETHER:
        return "The tags that the words name and the words in CLAP’s space, counted alike."
    compared = "most similar track" if space.name.endswith(BY_TRACK) else "mean"
    return f"The words beside the sound of each artist’s {compared}, in the space that CLAP has for both."


def evidence_line(evidence: ClipEvidence, space: str, shown: Sequence[str]) -> str:
    """One result's evidence in a line: best matching moment, ranks in the other lists, edges."""
    moment = evidence.moment
    facts = [f"at {clock(moment.start)}" if moment and space.removesuffix(BY_TRACK) == CLAP else ""]
    facts += [
        f"{_SHORT.get(name, 'graph')} #{evidence.ranks[name]:,}"
        for name in shown
        if name != space and evidence.ranks.get(name)
    ]
    if len(evidence.neighbours):
        facts.append(counted(len(evidence.neighbours), "edge"))
    return " · ".join(fact for fact in facts if fact)


def own_artist_sentence(name: str, places: Sequence[tuple[int, int, str]]) -> str:
    """The ranks of a sample's own artist: rank, number of artists and title of each list that has the artist.

    `name` is escaped.
    """
    if not places:
        return f"The track is by {name}, of whom the catalogue has no sound."
    stands = "; ".join(f"{rank:,} of {known:,} in {plain(title)}" for rank, known, title in places)
    return f"The track is by **{name}**, of whom the catalogue knows other tracks. Place {stands}."


def clip_query(name: str) -> str:
    """A clip as the query that a list records."""
    return f"clip “{name}”"


def words_query(phrases: Sequence[str], weights: Sequence[float]) -> str:
    """Words and weights as the query that a list records."""
    if len(phrases) == 1:
        return f"words “{phrases[0]}”"
    return "words " + ", ".join(f"“{phrase}” × {weight:g}" for phrase, weight in zip(phrases, weights, strict=True))


def words_heading(phrases: Sequence[str], weights: Sequence[float]) -> str:
    """Words and weights as a heading, not escaped."""
    return words_query(phrases, weights).capitalize() if len(phrases) > 1 else f"Words “{phrases[0]}”"


def phrase_label(place: int) -> str:
    """The label of the box for the phrase in this place, from 0."""
    return "Describe the music" if place == 0 else f"Phrase {place + 1}"


def phrase_hint(place: int) -> str:
    return "Instruments, tempo, mood, kind of music" if place == 0 else "Another quality"


def weight_label(place: int) -> str:
    return f"Weight of phrase {place + 1}"


def remove_phrase(place: int) -> str:
    return f"Remove phrase {place + 1}"


def track_label(title: str) -> str:
    """A track's title, escaped."""
    return plain(title, 60) or UNTITLED_TRACK


def unplayable(fault: str) -> str:
    return f"It cannot be played. {plain(fault)}"


def nearest_track(track: str) -> str:
    """Which track is nearest to the words. `track` is escaped."""
    return f"Nearest to the words is {track}:"


def moment_sentence(start: float, end: float, score: float) -> str:
    """Which part of the clip is most like the artist."""
    return f"Most alike: your clip from {clock(start)} to {clock(end)} (cosine {score:.2f} by CLAP)"


def beside_track(track: str) -> str:
    """The caption of the track beside the clip. `track` is escaped."""
    return f"and {track}"


def linked_sentence(count: int) -> str:
    """That the artist is one of the `count` artists that the graph model links the clip to."""
    return f"One of the {count} nearest by sound, which the graph model ties the clip to."


def known_edges(names: Sequence[str]) -> str:
    """Which artists in the same lists have a known edge to this one."""
    return f"**Known edges to it, and near your clip too:** {plain_list(names, 12)}"


def map_alt(title: str, count: int) -> str:
    """What the map of the space with this title shows."""
    return f"Map of {title} with the clip at the weighted place of its {count} nearest artists"
