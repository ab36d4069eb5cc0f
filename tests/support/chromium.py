"""How tests start Chromium."""

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    # V8 would parse a function anew to note who has sent a request, and Playwright asks that of each request.
    "--js-flags=--no-enable-lazy-source-positions",
]
