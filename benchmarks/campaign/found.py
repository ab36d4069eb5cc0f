"""What a campaign among strangers has found: what was tried, what failed, and figures by name."""

import random
from dataclasses import dataclass, field


@dataclass
class Found:
    """What one campaign tried, what went wrong, and its figures by name."""

    campaign: str
    tried: int = 0
    failures: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)

    def line(self) -> str:
        """All of it on one line."""
        figures = ", ".join(f"{name} {value:,.3g}" for name, value in self.figures.items())
        return f"{self.campaign}: {self.tried:,} tried, {len(self.failures)} failed; {figures}"


def seeded(*parts: object) -> random.Random:
    """Chance that is the same for the same parts, on every machine."""
    return random.Random(" ".join(map(str, parts)))


def percentile(values: list[float], share: float) -> float:
    """The least value that `share` of them do not exceed; NaN of none."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else float("nan")
