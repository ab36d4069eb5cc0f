"""Keys of a presentation, scrolling to what a step of the tour speaks of, and the size of type in the browser."""

from pages.components.presenting.component import guide_eyes, seen_size

__all__ = ["guide_eyes", "seen_size"]
