"""The words that musicnn knows: the tags of its two models, and the list in which synonyms are joined.

Listeners of MagnaTagATune wrote “woman”, “female vocal” or “female voice” for the same thing. In the joined list a tag
is as likely as that at least one of its synonyms is given; what both models know has the mean of the two.
"""

from collections.abc import Sequence

import numpy as np

from core.arrays import DoubleArray, FloatArray


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


MSD_TAGS = _listed(
    "rock, pop, alternative, indie, electronic, female vocalists, dance, 00s, alternative rock, jazz, beautiful, "
    "metal, chillout, male vocalists, classic rock, soul, indie rock, Mellow, electronica, 80s, folk, 90s, chill, "
    "instrumental, punk, oldies, blues, hard rock, ambient, acoustic, experimental, female vocalist, guitar, Hip-Hop, "
    "70s, party, country, easy listening, sexy, catchy, funk, electro, heavy metal, Progressive rock, 60s, rnb, "
    "indie pop, sad, House, happy"
)
"""The 50 tags of listeners that the model of the Million Song Dataset gives, in order."""

MTT_TAGS = _listed(
    "guitar, classical, slow, techno, strings, drums, electronic, rock, fast, piano, ambient, beat, violin, vocal, "
    "synth, female, indian, opera, male, singing, vocals, no vocals, harpsichord, loud, quiet, flute, woman, "
    "male vocal, no vocal, pop, soft, sitar, solo, man, classic, choir, voice, new age, dance, male voice, "
    "female vocal, beats, harp, cello, no voice, weird, country, metal, female voice, choral"
)
"""The 50 tags of the model of MagnaTagATune, in order."""

_SYNONYMS = {
    "female vocal": ("female vocalists", "female vocalist", "female", "woman", "female voice"),
    "male vocal": ("male vocalists", "male", "man", "male voice"),
    "vocal": ("singing", "vocals", "voice"),
    "no vocal": ("no vocals", "no voice", "instrumental"),
    "beat": ("beats",),
    "choir": ("choral",),
    "classical": ("classic",),
    "electronic": ("electronica",),
    "chill": ("chillout",),
    "mellow": ("Mellow",),
    "hip-hop": ("Hip-Hop",),
    "progressive rock": ("Progressive rock",),
    "house": ("House",),
    "R&B": ("rnb",),
}
_TAG_OF = {synonym: tag for tag, synonyms in _SYNONYMS.items() for synonym in synonyms}

TAGS = tuple(dict.fromkeys(_TAG_OF.get(tag, tag) for tag in (*MTT_TAGS, *MSD_TAGS)))
"""The joined tags: the columns of the feature set `musicnn_tags`."""


def joined(msd: FloatArray, mtt: FloatArray) -> FloatArray:
    """The likelihood (p, t) of each of TAGS for p patches, from the logits (p, 50) of the two models."""
    given, count = np.zeros((len(msd), len(TAGS))), np.zeros(len(TAGS))
    for logits, tags in ((msd, MSD_TAGS), (mtt, MTT_TAGS)):
        likelihood = 1 / (1 + np.exp(-logits.astype(np.float64)))
        for place, columns in _columns(tags).items():
            given[:, place] += 1 - np.prod(1 - likelihood[:, columns], axis=1)
            count[place] += 1
    return (given / count).astype(np.float32)


def log_odds(likelihood: FloatArray) -> DoubleArray:
    """Likelihoods as log odds, which are comparable where most are near zero. NaN stays."""
    bounded = np.clip(likelihood.astype(np.float64), 1e-6, 1 - 1e-6)
    odds: DoubleArray = np.log(bounded / (1 - bounded))
    return odds


def likeliest(likelihood: FloatArray, most: int = 5, least: float = 0.1) -> list[tuple[str, float]]:
    """At most `most` of TAGS and their likelihood (t,), likeliest first; none below `least`, and none of NaN."""
    order = np.argsort(-np.nan_to_num(likelihood, nan=-1), kind="stable")[:most]
    return [(TAGS[at], float(likelihood[at])) for at in order if likelihood[at] >= least]


def _columns(tags: Sequence[str]) -> dict[int, list[int]]:
    """Place in TAGS -> the places in `tags` that stand for it."""
    places: dict[int, list[int]] = {}
    for column, tag in enumerate(tags):
        places.setdefault(TAGS.index(_TAG_OF.get(tag, tag)), []).append(column)
    return places
