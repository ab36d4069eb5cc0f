"""Keys of a presentation, and scrolling to what a step of the tour speaks of."""

from pages.components.presenting.component import guide_eyes

__all__ = ["guide_eyes"]
