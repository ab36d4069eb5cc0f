"""Tells the page when the server has refused an upload."""

from pages.components.uploads.component import tell_of_refusals

__all__ = ["tell_of_refusals"]
