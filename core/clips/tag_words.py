"""From words to artists by the tags that musicnn heard: which words stand for which tags, and which are not understood.

Words are matched to tags by name and by a list of synonyms; nothing is guessed. A query is the sum of the artists'
deviations in the tags that it names, so that a common tag counts no more than a rare one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import DoubleArray, FloatArray
from core.audio.encoders.musicnn.tags import TAGS, log_odds
from core.search.sound_tags import SoundTags

_SYNONYMS = {
    "guitar": "guitars, riff, riffs, fingerpicked, strumming",
    "classical": "orchestra, orchestral, symphony, symphonic, baroque, chamber, romantic",
    "slow": "slowly, ballad, ballads, downtempo, adagio, lento",
    "fast": "quick, uptempo, up-tempo, upbeat, rapid, frantic, energetic, allegro, presto",
    "techno": "trance, rave",
    "strings": "string section, string quartet",
    "drums": "drum, drumming, percussion, percussive, drummer",
    "piano": "pianist, keys, keyboard",
    "beat": "rhythm, rhythmic, groove, groovy, pulse",
    "violin": "fiddle, violins, violinist",
    "vocal": "vocals, voice, voices, singing, singer, sung, song with words, growled, growling, screamed, screaming",
    "synth": "synths, synthesizer, synthesiser, synthesizers, synthesisers, chiptune, 8-bit, 8 bit, bleeps",
    "female vocal": "female vocals, female voice, female singer, woman, women, female, girl, soprano, she sings",
    "male vocal": "male vocals, male voice, male singer, man, men, male, baritone, tenor, he sings",
    "no vocal": "no vocals, instrumental, without vocals, without singing, no voice, no singing, no words",
    "harpsichord": "spinet, clavichord",
    "loud": "noisy, heavy, aggressive, fierce, brutal, angry, intense, powerful, distorted, distortion",
    "quiet": "silent, hushed, gentle, calm, peaceful, still",
    "soft": "tender, delicate, smooth, warm",
    "flute": "recorder, flutes, whistle, pan pipes",
    "choir": "choral, chorus, choirs, chant, chanting, hymn",
    "new age": "meditation, meditative, relaxing, spa",
    "ambient": "atmospheric, atmosphere, drone, drones, ethereal, spacey, soundscape, dreamy",
    "electronic": "electronica, electro music, edm, digital",
    "dance": "dancing, danceable, disco, club, floor filler",
    "house": "deep house",
    "metal": "death metal, black metal, thrash, metalcore",
    "hard rock": "rock riffs, grunge, stoner",
    "cello": "cellos, cellist",
    "harp": "harps, harpist",
    "weird": "strange, odd, bizarre, eerie",
    "chill": "chillout, chilled, lounge, laid back, laid-back, relaxed",
    "mellow": "easygoing, soothing",
    "sad": "melancholy, melancholic, gloomy, sorrowful, mournful, somber, sombre, tragic",
    "happy": "cheerful, joyful, jolly, bright, merry, playful, fun",
    "folk": "celtic, folky, traditional, medieval",
    "acoustic": "unplugged",
    "hip-hop": "hip hop, hiphop, rap, rapping, rapper",
    "R&B": "rnb, r and b, rhythm and blues",
    "indian": "raga, ragas, tabla",
    "80s": "eighties, 1980s",
    "70s": "seventies, 1970s",
    "60s": "sixties, 1960s",
    "90s": "nineties, 1990s",
    "00s": "2000s",
    "country": "bluegrass, western",
    "jazz": "swing, bebop, big band, saxophone, sax, trumpet",
    "blues": "bluesy",
    "funk": "funky",
    "punk": "punk rock, hardcore",
    "party": "celebration",
    "beautiful": "lovely, pretty",
    "progressive rock": "prog, prog rock",
    "opera": "operatic, aria",
}
_WORDS = {word: tag for tag, listed in _SYNONYMS.items() for word in listed.split(", ")}
_WORDS |= {tag.lower(): tag for tag in TAGS}
_LONGEST = max(len(word.split()) for word in _WORDS)
_NOT = frozenset({"no", "not", "without", "less", "never", "hardly", "little", "non"})
_FILLERS = frozenset(
    re.findall(
        r"\w+",
        "a an and are artist artists as at band bands be by feel feeling for from has i in is it its kind like lot "
        "lots many me mood more much music my of on or over piece please quite rather really some something song "
        "songs sort sound sounding sounds style that the this to track tracks tune tunes under very want which with",
    )
)


@dataclass(frozen=True)
class Understood:
    """What words mean: `tags` with their weights, the `words` that stood for each, and the words that are `unknown`.

    A tag that is not wanted has a weight below zero.
    """

    tags: dict[str, float]
    words: dict[str, list[str]]
    unknown: list[str]


def understand(phrases: Sequence[str], weights: Sequence[float]) -> Understood:
    """The tags that phrases with weights ask for. The longest words that are known count: “female vocal”, then “vocal”.

    A word after “no” or “without” is not wanted, up to the next comma.
    """
    tags: dict[str, float] = {}
    words: dict[str, list[str]] = {}
    unknown: list[str] = []
    for phrase, weight in zip(phrases, weights, strict=True):
        for part in re.split(r"[,;.:!?()/]|\bbut\b", phrase.lower()):
            _read_part(part.split(), weight, tags, words, unknown)
    return Understood(tags, words, list(dict.fromkeys(unknown)))


def _read_part(
    tokens: list[str], weight: float, tags: dict[str, float], words: dict[str, list[str]], unknown: list[str]
) -> None:
    sign, at = 1.0, 0
    while at < len(tokens):
        for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
            word = " ".join(tokens[at : at + length]).strip("'’\"“”")
            if (tag := _WORDS.get(word)) is not None:
                tags[tag] = tags.get(tag, 0.0) + sign * weight
                words.setdefault(tag, []).append(word)
                at += length
                break
        else:
            if tokens[at] in _NOT:
                sign = -1.0
            elif tokens[at] not in _FILLERS:
                unknown.append(tokens[at])
            at += 1


def parts_of(phrase: str) -> list[str]:
    """What of a phrase can stand alone: what lies between commas, “with” and “and”, then its words; never the whole."""
    parts = [part.split() for part in re.split(r"[,;.:!?()/]|\b(?:but|with|and)\b", phrase.lower())]
    trimmed = [" ".join(_trimmed(tokens)) for tokens in parts]
    words = [token for tokens in parts for token in tokens if token not in _FILLERS | _NOT]
    return [part for part in dict.fromkeys([*trimmed, *words]) if part and part != phrase.lower().strip()]


def _trimmed(tokens: list[str]) -> list[str]:
    """Without the words in front that mean nothing."""
    while tokens and tokens[0] in _FILLERS:
        tokens = tokens[1:]
    return tokens


class TagSearch:
    """Finds artists by the tags that were heard in them. Make it once and keep it."""

    def __init__(self, tags: SoundTags) -> None:
        odds = log_odds(tags.likelihood)
        known = ~np.isnan(odds[:, 0])
        self.names = tags.names
        deviation = odds[known].std(axis=0) if known.any() else np.ones(odds.shape[1])
        middle = odds[known].mean(axis=0) if known.any() else np.zeros(odds.shape[1])
        self._places: DoubleArray = (odds - middle) / np.where(deviation > 0, deviation, 1.0)

    def scores(self, understood: Understood) -> FloatArray:
        """(n,) how far each artist stands out in the tags that are asked for, in standard deviations of what artists
        drawn at random would score; NaN for artists of whom no sound was heard, and for all if no tag is asked for."""
        weights = np.array([understood.tags.get(name, 0.0) for name in self.names])
        length = float(np.linalg.norm(weights))
        if length == 0:
            return np.full(len(self._places), np.nan, np.float32)
        together = self._places @ (weights / length)
        known = ~np.isnan(together)
        spread = float(together[known].std()) if known.any() else 1.0
        return (together / (spread or 1.0)).astype(np.float32)

    def reasons(self, understood: Understood, row: int) -> list[tuple[str, float]]:
        """The tags asked for that an artist stands out in, most first: tag and what it adds, in deviations."""
        added = {
            tag: weight * float(self._places[row, self.names.index(tag)]) for tag, weight in understood.tags.items()
        }
        return sorted(added.items(), key=lambda each: -each[1])
