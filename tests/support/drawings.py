"""Drawings small enough to write in a test, with names that try to be more than names."""

from __future__ import annotations

from typing import Any

from core.graph.drawing import DrawnNode
from core.palette import OKABE_ITO

HOSTILE = [
    "</script><script>document.title='stolen'</script>",
    "<img src=x onerror=\"document.title='stolen'\">",
    "<a href=\"javascript:document.title='stolen'\">href</a>",
    "\"quoted\" 'name' & co \\ {{7*7}} {% raw %}",
    "שלום \u202eevil\u202c العربية",
    "👩‍🎤🏳️‍🌈 band",
    "long " * 60,
    "</title><!-- drawGraph();\n</head><body>",
    "//# sourceMappingURL=here",
]


def node(artist_id: str, name: str, hop: int = 1, **more: Any) -> DrawnNode:
    """An artist with as much said of it as a drawing needs."""
    usual: dict[str, Any] = {"facts": ("a fact",), "group": "", "colour": OKABE_ITO[0], "size": 10.0}
    return DrawnNode(artist_id, name, hop, **usual | more)
