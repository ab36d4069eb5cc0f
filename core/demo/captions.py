"""Captions of tracks, written from their arrangements as a listener might describe them."""

from collections.abc import Callable

import numpy as np

from core.synthesis.recipes import Arrangement

GENRE_WORDS = {
    "Electronic": ("electronic", "electronic dance music", "electronic music"),
    "Rock": ("rock", "rock music", "guitar rock"),
    "Metal": ("metal", "heavy metal", "metal music"),
    "Folk": ("folk", "folk music", "acoustic folk"),
    "Jazz": ("jazz", "jazz music", "small-group jazz"),
    "Hip-Hop": ("hip-hop", "hip hop", "rap"),
    "Soul": ("soul", "soul music", "soul and funk"),
    "Ambient": ("ambient", "ambient music", "calm instrumental music"),
}
SCENE_WORDS = {
    "Glasshouse Techno": "techno",
    "Night Ferry House": "house",
    "Cathode Synthpop": "synthpop",
    "Gravel Lane Garage": "garage rock",
    "Tidewater Dream Pop": "dream pop",
    "Lantern Indie": "indie rock",
    "Orbital Road Motorik": "motorik krautrock",
    "Iron Fjord Metal": "extreme metal",
    "Slow Quarry Doom": "doom metal",
    "Harbour Folk": "folk ballad",
    "High Meadow Stringband": "bluegrass",
    "Red Mesa Country": "country",
    "Blue Cellar Jazz": "late-night jazz",
    "Copperline Swing": "swing",
    "Free Attic Improvisation": "free jazz",
    "Tramline Hip-Hop": "hip-hop beat",
    "Low Battery Beats": "lo-fi beats",
    "Velvet Avenue Soul": "soul ballad",
    "Sunday Engine Funk": "funk",
    "Winter Harmonium Drone": "drone",
    "Chalk Room Chamber": "chamber music",
}
SPOKEN = {
    "voice": ("singing", "vocals", "a singer"),
    "spoken voice": ("rap", "rapping", "spoken voice"),
    "growl": ("growled vocals", "harsh vocals", "screaming"),
}
HAPPY_MODES = ("major", "lydian", "mixolydian")


def caption(arrangement: Arrangement, seed: int) -> str:
    """One caption; another seed gives other words for the same track."""
    rng = np.random.default_rng([seed, arrangement.track_seed % 2**32])
    facts = _facts(arrangement, rng)
    kept = [fact for fact in facts if rng.random() < 0.62] or facts[:2]
    order = rng.permutation(len(kept))
    return ", ".join(kept[place] for place in order)


def captions(arrangement: Arrangement, n: int) -> list[str]:
    """n captions of one track."""
    return [caption(arrangement, seed) for seed in range(n)]


def _facts(arrangement: Arrangement, rng: np.random.Generator) -> list[str]:
    """Phrases that are true of the track, in no particular order."""

    def one(*words: str) -> str:
        return str(words[rng.integers(len(words))])

    facts = [one(*_tempo_words(arrangement.bpm)), one(*_mood_words(arrangement)), _chord_words(arrangement, one)]
    facts.append(one(*GENRE_WORDS[arrangement.genre], SCENE_WORDS[arrangement.scene], SCENE_WORDS[arrangement.scene]))
    if not arrangement.groove:
        facts.append(one("no drums", "without drums", "no percussion"))
    else:
        facts.append(one(arrangement.kit, arrangement.kit, "drums", f"with {arrangement.kit}"))
    if arrangement.voice:
        facts.append(one(*SPOKEN[arrangement.voice.instrument]))
    else:
        facts.append(one("instrumental", "no vocals", "without singing"))
    if arrangement.lead:
        facts.append(one(arrangement.lead.instrument, f"{arrangement.lead.instrument} melody"))
    if arrangement.pad:
        facts.append(arrangement.pad.instrument)
    if arrangement.bass:
        facts.append(arrangement.bass.instrument)
    wet = arrangement.reverb_level * arrangement.reverb_seconds
    if wet > 0.75:
        facts.append(one("spacious", "lots of reverb", "cavernous", "reverberant"))
    elif wet < 0.12:
        facts.append(one("dry", "close and dry", "no reverb"))
    if max(arrangement.drive * 1.6, arrangement.chord_drive) > 0.55:
        facts.append(one("distorted", "heavy distortion", "noisy and distorted"))
    elif max(arrangement.drive, arrangement.chord_drive) < 0.05:
        facts.append(one("clean", "clean sound"))
    if arrangement.tilt > 1.6:
        facts.append(one("bright", "crisp and bright"))
    elif arrangement.tilt < -1.6:
        facts.append(one("dark", "muffled and dark", "warm and dark"))
    return facts


def _chord_words(arrangement: Arrangement, one: Callable[..., str]) -> str:
    instrument = arrangement.chords.instrument
    if arrangement.comping in ("arpeggio", "fingerpicked", "rolls"):
        return one(instrument, f"{arrangement.comping} {instrument}", f"picked {instrument}")
    return one(instrument, f"{instrument} chords")


def _tempo_words(bpm: float) -> tuple[str, ...]:
    if bpm < 78:
        return ("very slow", "slow", "crawling tempo")
    if bpm < 98:
        return ("slow", "unhurried", "slow tempo")
    if bpm < 124:
        return ("mid-tempo", "medium tempo", "walking pace")
    if bpm < 148:
        return ("fast", "upbeat", "quick")
    return ("very fast", "fast", "frantic tempo")


def _mood_words(arrangement: Arrangement) -> tuple[str, ...]:
    happy, lively = arrangement.mode in HAPPY_MODES, arrangement.energy > 0.3
    calm = arrangement.energy < -0.15
    if lively:
        return ("happy", "joyful", "cheerful", "euphoric") if happy else ("angry", "aggressive", "tense", "fierce")
    if calm:
        return ("peaceful", "gentle", "calm", "tender") if happy else ("sad", "melancholic", "gloomy", "mournful")
    return ("easy-going", "warm", "relaxed") if happy else ("moody", "brooding", "serious")
