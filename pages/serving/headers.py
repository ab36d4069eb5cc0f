"""The headers of every answer: what a browser may load, run and frame.

The policy allows what Streamlit's pages and our components were seen to need in a browser, and nothing from elsewhere.
"""

import base64
import hashlib
import re
from pathlib import Path

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)

_SOURCES = {
    "default-src": "'none'",
    # blob: Streamlit imports the script of a component from a blob that it makes of it.
    # 'unsafe-eval': plotly makes the functions that draw its points from text (regl); without it a map says that the
    # browser lacks WebGL. The package has no build of plotly that does without. No visitor's text is ever run.
    "script-src": "'self' blob: 'unsafe-eval'",
    # 'unsafe-inline': Streamlit writes the styles of every element into <style>, without a nonce, and so do our own
    # style sheets, plotly and the components. A style can run nothing, and can load nothing but what stands below.
    "style-src": "'self' 'unsafe-inline'",
    # data: and blob: icons of the theme, pictures of a chart that is downloaded.
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    # blob: a recording is played before it is sent. data: Streamlit's players.
    "media-src": "'self' data: blob:",
    # The server's own socket and uploads. blob: and data: what was recorded is read back from the browser.
    "connect-src": "'self' data: blob:",
    # blob: the recorder encodes in a worker.
    "worker-src": "'self' blob:",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
}
"""Directive -> what it allows. Missing ones, such as frames, objects and forms to elsewhere, are refused."""


def content_policy(index: str = "") -> str:
    """The Content-Security-Policy of a server whose page is `index`: the scripts written in it may run."""
    sources = dict(_SOURCES)
    sources["script-src"] = " ".join([sources["script-src"], *hashes_of_scripts(index)])
    return "; ".join(f"{directive} {allowed}" for directive, allowed in sources.items())


def hashes_of_scripts(index: str) -> list[str]:
    """A source for each script that is written in a page, by which that one may run and no other."""
    return [f"'sha256-{_digest(script)}'" for script in _INLINE.findall(index)]


def answer_headers(policy: str) -> dict[str, str]:
    """The headers that every answer gets."""
    return {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
        # Addresses hold what was searched for and, once, the owner's token.
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
    }


def page_of(static: Path) -> str:
    """The page that Streamlit serves from its folder; "" where there is none."""
    try:
        return (static / "index.html").read_text(encoding="utf-8")
    except OSError:
        return ""


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
