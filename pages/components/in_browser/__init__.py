"""Keyboard control of search boxes, and links that also work in a new tab."""

from pages.components.in_browser.component import BOX, help_in_browser, mark_hits

__all__ = ["BOX", "help_in_browser", "mark_hits"]
