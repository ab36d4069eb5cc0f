"""The keyboard's place after buttons are drawn anew."""

from pages.components.focus.component import FocusRequest, focus

__all__ = ["FocusRequest", "focus"]
