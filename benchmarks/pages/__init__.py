"""How long the app takes to answer in headless Chromium: `python -m benchmarks.pages`."""

from benchmarks.pages.server import running_app

__all__ = ["running_app"]
