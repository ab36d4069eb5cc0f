"""The way a visitor takes through the graph: whom they came from, and whom they expanded."""

from collections.abc import Sequence

MOST_EXPANDED = 8
LONGEST_TRAIL = 20


def walked(trail: Sequence[str], centre: str) -> list[str]:
    """The trail with `centre` at its end; the oldest steps are forgotten, and standing still is no step."""
    if trail and trail[-1] == centre:
        return list(trail)
    return [*trail, centre][-LONGEST_TRAIL:]


def back_to(trail: Sequence[str], step: int) -> list[str]:
    """The trail as it was when its `step`-th artist was the centre."""
    return list(trail[: step + 1])


def toggled(expanded: Sequence[str], artist_id: str, centre: str) -> list[str]:
    """Expanded artists after a click on one: expanding it, or folding it again; the oldest give way to new ones."""
    if artist_id == centre:
        return list(expanded)
    if artist_id in expanded:
        return [other for other in expanded if other != artist_id]
    return [*expanded, artist_id][-MOST_EXPANDED:]
