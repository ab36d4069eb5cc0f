"""What was measured of one action, set against its bar."""

import os
from dataclasses import dataclass

import numpy as np

from benchmarks.pages.visitor import Sample


@dataclass(frozen=True)
class Timing:
    """One action: seconds, median bytes, median processor milliseconds, and whether the p95 stays within the bar.

    The slowest twentieth decides:

    >>> def samples(*seconds):
    ...     return [Sample(each, 5000, 0.1, 0.2) for each in seconds]
    >>> quick = Timing.of("choose", 0.7, samples(*[0.3] * 99, 9.0))
    >>> quick.met, quick.median, quick.kilobytes, quick.server_ms, quick.page_ms
    (True, 0.3, 5.0, 100.0, 200.0)
    >>> slow = Timing.of("choose", 0.7, samples(*[0.3] * 90, *[0.8] * 10))
    >>> slow.met, slow.median, "MISSED" in line(slow)
    (False, 0.3, True)
    >>> Timing.of("first load", None, samples(99.0)).met
    True
    """

    action: str
    median: float
    p95: float
    bar: float | None
    kilobytes: float
    server_ms: float
    page_ms: float
    repeats: int
    load: float

    @property
    def met(self) -> bool:
        return self.bar is None or self.p95 <= self.bar

    @classmethod
    def of(cls, action: str, bar: float | None, samples: list[Sample]) -> "Timing":
        median, p95 = np.percentile([sample.seconds for sample in samples], (50, 95))
        kilobytes, server, page = (
            round(float(np.median([getattr(sample, name) for sample in samples])) * scale, 1)
            for name, scale in (("traffic", 1e-3), ("server", 1e3), ("browser", 1e3))
        )
        return cls(
            action,
            round(float(median), 3),
            round(float(p95), 3),
            bar,
            kilobytes,
            server,
            page,
            len(samples),
            round(os.getloadavg()[0], 1),
        )


def heading(catalogue: str) -> str:
    return (
        f"{'seconds on ' + catalogue:32} {'median':>7} {'p95':>7} {'bar':>5} {'':7} {'kB':>8} {'server ms':>10} "
        f"{'page ms':>8} {'load':>5}"
    )


def line(timing: Timing) -> str:
    bar = "" if timing.bar is None else f"{timing.bar:.1f}"
    verdict = "" if timing.bar is None else "met" if timing.met else "MISSED"
    return (
        f"{timing.action:32} {timing.median:7.2f} {timing.p95:7.2f} {bar:>5} {verdict:7} {timing.kilobytes:8.1f} "
        f"{timing.server_ms:10.0f} {timing.page_ms:8.0f} {timing.load:5.1f}"
    )
