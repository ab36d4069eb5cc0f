"""Sets cookies in the browser."""

from pages.components.cookies.component import keep_cookies

__all__ = ["keep_cookies"]
