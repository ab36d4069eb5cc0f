"""How long the app takes to answer in headless Chromium: `python -m benchmarks.pages`."""
