"""Figures of steps at several sizes, and the table that they make."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One step at one size: seconds of the processor and of the clock, the slowest repeat, megabytes afterwards."""

    step: str
    artists: int
    cpu_seconds: float
    seconds: float
    slowest: float
    own_megabytes: float
    megabytes: float


def growth(figures: Sequence[Figure], step: str) -> float:
    """The exponent of the number of artists between the smallest and the largest size; NaN for one size.

    >>> small, large = (Figure("open", n, s, s, s, 0, 0) for n, s in ((100, 1.0), (10_000, 100.0)))
    >>> growth([small, large], "open")
    1.0
    """
    own = [one for one in figures if one.step == step]
    first, last = own[0], own[-1]
    if first.artists == last.artists:
        return math.nan
    return round(math.log(last.cpu_seconds / first.cpu_seconds) / math.log(last.artists / first.artists), 2)


def table(figures: Sequence[Figure]) -> Iterator[str]:
    """The lines of a table: a row for each step, seconds for each size, growth."""
    sizes = sorted({one.artists for one in figures})
    found = {(one.step, one.artists): one for one in figures}
    yield f"{'CPU seconds (own MB after it)':34}" + "".join(f"{size:>22,}" for size in sizes) + f"{'growth':>9}"
    for step in dict.fromkeys(one.step for one in figures):
        cells = [found.get((step, size)) for size in sizes]
        texts = [f"{one.cpu_seconds:12.4f} ({one.own_megabytes:5,.0f})" if one else "-" for one in cells]
        yield f"{step:34}" + "".join(f"{text:>22}" for text in texts) + f"{growth(figures, step):9.2f}"


@dataclass(frozen=True)
class Pair:
    """One step by another version and by this one, in median seconds of the processor.

    >>> Pair("open", 0.2, 0.25).ratio
    1.25
    """

    step: str
    before: float
    now: float

    @property
    def ratio(self) -> float:
        return round(self.now / max(self.before, 1e-6), 2)


def paired_table(pairs: Iterable[Pair]) -> Iterator[str]:
    """The lines of a table of pairs."""
    yield f"{'CPU seconds':34}{'before':>10}{'now':>10}{'ratio':>7}"
    for pair in pairs:
        yield f"{pair.step:34}{pair.before:10.4f}{pair.now:10.4f}{pair.ratio:7.2f}"
