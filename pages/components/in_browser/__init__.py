"""Keys of search boxes, and links that lead right from a new tab too."""

from pages.components.in_browser.component import BOX, help_in_browser, mark_hits

__all__ = ["BOX", "help_in_browser", "mark_hits"]
