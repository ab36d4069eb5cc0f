"""Names of artists in ten scripts, put together from syllables: real-looking, repeated now and then, nobody's."""

import numpy as np
import numpy.typing as npt

from core.demo.world.names import WORDS

SCRIPTS: dict[str, tuple[float, str, str]] = {
    "latin": (0.30, "ka lo mi ra ven do sha ti ber no lin gar fu pe ston ja mar el vi dor ro qui sa ney wel", " "),
    "accents": (0.10, "bé lø ñan zü kås rój šan ći gãe ôre ïls þór ød ały čen", " "),
    "cyrillic": (0.05, "ва ле ни ко мо ра ти га зо лю бер дя шин ску пет", " "),
    "greek": (0.02, "μα ρι κω νος θε άκη λυ δρα πάν σο", " "),
    "japanese": (0.04, "山 田 花 音 月 ヒカ ル さく ら ミュ の 光 空 ナナ", ""),
    "chinese": (0.03, "王 李 樂 隊 天 雨 林 小 白 夜 海 星", ""),
    "korean": (0.02, "김 소 연 하 늘 민 지 밴 드 은", ""),
    "arabic": (0.02, "مح مد نو ر سا لم فا يد ري", " "),
    "hebrew": (0.01, "לב נו שי רה דן מא יר", " "),
    "devanagari": (0.01, "रा म सी ता की शन वि ला", " "),
}
"""By script: its share of all names, its syllables, and what stands between two words. The rest are English words."""

_PATTERNS = (
    "{adjective} {noun}",
    "The {adjective} {plural}",
    "{given} {family}",
    "{noun} & {noun}",
    "{place} {noun}",
    "{given} & the {plural}",
    "{adjective} {noun} {plural}",
    "{family} {place} {noun}",
    "DJ {noun}",
    "{heavy} {doom}",
)


def artist_names(rng: np.random.Generator, n: int) -> npt.NDArray[np.object_]:
    """(n,) names; the more there are, the more of them have namesakes."""
    names = np.empty(n, dtype=object)
    bounds = np.cumsum([share for share, _, _ in SCRIPTS.values()])
    script = np.searchsorted(bounds, rng.random(n), side="right")
    for code, (_, syllables, between) in enumerate(SCRIPTS.values()):
        rows = np.flatnonzero(script == code)
        names[rows] = _spoken(rng, np.array(syllables.split(), dtype=object), between, len(rows))
    rows = np.flatnonzero(script == len(SCRIPTS))
    pattern = rng.integers(0, len(_PATTERNS), len(rows))
    for code, text in enumerate(_PATTERNS):
        chosen = rows[pattern == code]
        names[chosen] = _filled(rng, text, len(chosen))
    return names


def _spoken(
    rng: np.random.Generator, syllables: npt.NDArray[np.object_], between: str, count: int
) -> npt.NDArray[np.object_]:
    """Names of one to three words, each of two or three syllables."""
    names = _word(rng, syllables, count)
    for share in (0.85, 0.25):
        more = rng.random(count) < share
        names[more] = names[more] + between + _word(rng, syllables, int(more.sum()))
    return names


def _word(rng: np.random.Generator, syllables: npt.NDArray[np.object_], count: int) -> npt.NDArray[np.object_]:
    first, second, third = syllables[rng.integers(0, len(syllables), (3, count))]
    word = first + second
    longer = rng.random(count) < 0.5
    word[longer] = word[longer] + third[longer]
    return np.array([text[:1].upper() + text[1:] for text in word], dtype=object)


def _filled(rng: np.random.Generator, pattern: str, count: int) -> npt.NDArray[np.object_]:
    filled = np.full(count, "", dtype=object)
    for piece in pattern.replace("{", "\0{").replace("}", "}\0").split("\0"):
        if piece.startswith("{"):
            words = np.array(WORDS[piece[1:-1]], dtype=object)
            filled = filled + words[rng.integers(0, len(words), count)]
        else:
            filled = filled + piece
    return filled
