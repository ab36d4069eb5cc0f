"""Restores keyboard focus after buttons are redrawn."""

from pages.components.focus.component import FocusRequest, focus

__all__ = ["FocusRequest", "focus"]
