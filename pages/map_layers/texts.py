"""Texts of every page with a map."""

from core.maps.drawn import Part


def drawn_sentence(part: Part | None) -> str:
    """How many artists of the part in view are drawn. Empty if all are."""
    if part is None or part.n_drawn >= part.n_inside:
        return ""
    return f"{part.n_drawn:,} of the {part.n_inside:,} in this part are drawn, taken at random: zoom in for the others."
