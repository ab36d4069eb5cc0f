"""A visitor's way through the graph: the artists visited before, and the expanded ones."""

from collections.abc import Sequence

MOST_EXPANDED = 8
LONGEST_TRAIL = 20


def walked(trail: Sequence[str], centre: str) -> list[str]:
    """The trail with `centre` added to its end. The oldest steps drop out; the same artist again adds no step."""
    if trail and trail[-1] == centre:
        return list(trail)
    return [*trail, centre][-LONGEST_TRAIL:]


def back_to(trail: Sequence[str], step: int) -> list[str]:
    """The trail cut back to the time when its `step`-th artist was the centre."""
    return list(trail[: step + 1])


def toggled(expanded: Sequence[str], artist_id: str, centre: str) -> list[str]:
    """The expanded artists after a click, which expands an artist or collapses it. New ones push out the oldest."""
    if artist_id == centre:
        return list(expanded)
    if artist_id in expanded:
        return [other for other in expanded if other != artist_id]
    return [*expanded, artist_id][-MOST_EXPANDED:]
