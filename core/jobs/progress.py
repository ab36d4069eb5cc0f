"""How far work has come, as a number."""


def share(done: float, total: float) -> float:
    """The part of `total` that is done, between 0 and 1 whatever was counted."""
    return min(1.0, max(0.0, done / total)) if total > 0 else 0.0
