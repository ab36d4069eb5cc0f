"""Artists for words: by the tags that were heard in them, by CLAP where it is there, and by both together.

Scores stand beside what chance gives: how near the nearest artist is to words without a meaning, or to tags drawn at
random. Words that come no nearer than that are answered by nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from core.arrays import FloatArray, IntArray
from core.audio.encoders.checkpoints import BUNDLED, KNOWN
from core.audio.encoders.clap import ClapEncoder
from core.catalogue import Catalogue
from core.clips.tag_words import TagSearch, Understood, parts_of, understand
from core.clips.texts import TextSearch, text_answers_by_name, weighted_query
from core.errors import NearfieldError
from core.features.audio_sets import CLAP, MUSICNN_TAGS
from core.search.evidence import Answer
from core.search.sound_tags import sound_tags_of
from core.search.spaces import Space
from core.similarity import best
from core.space_name import SpaceName

TOGETHER = f"{MUSICNN_TAGS}+{CLAP}"
TITLES = {MUSICNN_TAGS: "Words (tags heard)", TOGETHER: "Words (tags heard and CLAP)"}
MEANINGLESS = (
    "vumtazik brelp",
    "zzyx qorv",
    "invoice number seven",
    "quarterly earnings",
    "lorem ipsum dolor",
    "kubernetes cluster",
    "wug blicket dax",
    "hexagon potato",
    "my tax return",
    "parliament elects chairman",
    "frolbix gantu mep",
    "plond wexigor tuu",
)
"""Words that no music is like. CLAP finds them near something all the same, and so near is near by chance."""
_DRAWS, _MOST_PARTS = 200, 16


@dataclass(frozen=True)
class WordAnswers:
    """Answers to words by name of their space, the one to show first in front; none if nothing like that is known.

    `chance` is the score that the nearest artist reaches by chance, by name of the space. `understood` is what the
    words mean as tags, None where no sound was heard in words. `tracks` (n,) are the rows of each artist's best track
    in CLAP. `alone` are parts of words that found nothing which by themselves find something.
    """

    answers: Mapping[str, Answer]
    chance: Mapping[str, float]
    understood: Understood | None
    tracks: IntArray | None
    reasons: Mapping[int, list[tuple[str, float]]] = field(default_factory=dict)
    """Row of an artist in the answers -> the tags asked for, with what each adds, in deviations."""

    alone: tuple[str, ...] = ()


class WordSearch:
    """Finds artists for words in one catalogue. Make it once and keep it.

    `encoder` is the catalogue's CLAP where it reads words. Raises NearfieldError if words can be compared with nothing.
    """

    def __init__(self, catalogue: Catalogue, encoder: ClapEncoder | None) -> None:
        tags = sound_tags_of(catalogue)
        self._tags = TagSearch(tags) if tags else None
        self._encoder = encoder if encoder is not None and encoder.has_text else None
        self._clap = TextSearch(catalogue) if self._encoder else None
        if self._tags is None and self._clap is None:
            raise NearfieldError(
                f"{catalogue.name} has nothing that words can be compared with: neither tags heard by musicnn nor "
                "vectors of a CLAP that reads words. Run: python -m core checkpoint get musicnn, then python -m core "
                "extract."
            )
        # The bundled CLAP has heard synthetic music only: on real music it would spoil what the tags say.
        self._joins = catalogue.manifest.kind == "synthetic" or (
            self._encoder is not None and self._encoder.title != KNOWN[BUNDLED].title
        )

    def answer(self, phrases: Sequence[str], weights: Sequence[float], k: int = 10) -> WordAnswers:
        """The k nearest artists. Raises NearfieldError as `weighted_query` does."""
        found: dict[str, Answer] = {}
        chance: dict[str, float] = {}
        understood: Understood | None = None
        reasons: dict[int, list[tuple[str, float]]] = {}
        if self._tags is not None:
            understood = understand(phrases, weights)
            if understood.tags:
                found[MUSICNN_TAGS] = _answer(MUSICNN_TAGS, self._tags.scores(understood), k)
                chance[MUSICNN_TAGS] = self._by_random_tags(list(understood.tags.values()))
        tracks = None
        if self._clap is not None and self._encoder is not None:
            query = weighted_query(self._encoder.embed_text(phrases), weights)
            by_clap = self._clap.answer(query, k)
            names = text_answers_by_name(by_clap)
            if any(_highest(answer) > self._by_meaningless_words[name] for name, answer in names.items()):
                tracks = by_clap.tracks
                if MUSICNN_TAGS in found and self._joins:
                    joined = (_standard(found[MUSICNN_TAGS].scores) + _standard(by_clap.by_mean.scores)) / np.sqrt(2)
                    found = {TOGETHER: _answer(TOGETHER, joined.astype(np.float32), k), **found}
                found |= names
                chance |= {name: self._by_meaningless_words[name] for name in names}
        if self._tags is not None and understood is not None and understood.tags:
            rows = {int(row) for answer in found.values() for row in answer.nearest.rows}
            reasons = {row: self._tags.reasons(understood, row) for row in rows}
        wanted = [phrase for phrase, weight in zip(phrases, weights, strict=True) if weight > 0]
        alone = () if found else self._alone(wanted)
        return WordAnswers(found, chance, understood, tracks, reasons, alone)

    def _alone(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """The parts of phrases that CLAP finds nearer to an artist than words without a meaning."""
        parts = list(dict.fromkeys(part for phrase in phrases for part in parts_of(phrase)))[:_MOST_PARTS]
        if self._clap is None or self._encoder is None or not parts:
            return ()
        near: list[str] = []
        for part, vector in zip(parts, self._encoder.embed_text(parts), strict=True):
            names = text_answers_by_name(self._clap.answer(vector, 1))
            is_near = any(_highest(answer) > self._by_meaningless_words[name] for name, answer in names.items())
            if is_near and not any(part in longer.split() for longer in near):
                near.append(part)
        return tuple(near)

    @cached_property
    def _by_meaningless_words(self) -> dict[str, float]:
        """Name of a space of CLAP -> the highest score that words without a meaning reach."""
        assert self._encoder is not None
        assert self._clap is not None
        vectors = self._encoder.embed_text(MEANINGLESS)
        found = [text_answers_by_name(self._clap.answer(vector, 1)) for vector in vectors]
        return {name: max(_highest(answers[name]) for answers in found) for name in found[0]}

    def _by_random_tags(self, weights: Sequence[float]) -> float:
        """The score that the nearest artist reaches, on average, for as many tags drawn at random."""
        assert self._tags is not None
        rng = np.random.default_rng(0)
        reached = []
        for _ in range(_DRAWS):
            drawn = rng.choice(len(self._tags.names), len(weights), replace=False)
            tags = {self._tags.names[at]: weight for at, weight in zip(drawn, weights, strict=True)}
            reached.append(float(np.nanmax(self._tags.scores(Understood(tags, {}, [])))))
        return float(np.mean(reached))


def _answer(name: str, scores: FloatArray, k: int) -> Answer:
    return Answer(Space(SpaceName(name), TITLES[name], True), -1, scores, best(scores, k), 0)


def _standard(scores: FloatArray) -> FloatArray:
    deviation = float(np.nanstd(scores))
    standard: FloatArray = (scores - np.nanmean(scores)) / (deviation or 1.0)
    return standard


def _highest(answer: Answer) -> float:
    return float(answer.nearest.scores[0]) if len(answer.nearest.scores) else -np.inf
