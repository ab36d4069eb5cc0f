"""Cookies that a script has the browser keep."""

from pages.components.cookies.component import keep_cookies

__all__ = ["keep_cookies"]
