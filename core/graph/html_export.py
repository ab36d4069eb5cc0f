"""An artist graph as one HTML file that needs no network, drawn by pyvis (https://pyvis.readthedocs.io).

pyvis 0.3.2 has four problems to work around: it links Bootstrap from a content network, repeats the heading, does not
escape the heading, and shows tooltips as HTML as soon as one contains the letters "href".
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from typing import Any

from pyvis.network import Network

from core import palette
from core.graph.drawing import Drawing, DrawnEdge, DrawnNode, Legend
from core.graph.encodings import EDGE_ENCODINGS, EdgeEncoding, hop_shape
from core.text import plain_text, shown_name

_REMOTE_TAGS = re.compile(r"<link\b[^>]*>|<script\b[^>]*?src=[^>]*>\s*</script>", re.IGNORECASE)
_HEADINGS = re.compile(r"<center>\s*<h1>.*?</h1>\s*</center>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=[\w.-]+", re.MULTILINE)
_CONTENT_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
_OPTIONS = {
    "layout": {"randomSeed": 7},
    "nodes": {"borderWidth": 2, "font": {"size": 15, "strokeWidth": 4, "strokeColor": palette.PAPER}},
    "edges": {"smooth": False},
    "interaction": {"hover": True, "tooltipDelay": 150},
    "physics": {"solver": "forceAtlas2Based", "stabilization": {"iterations": 300}},
}
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 1rem; color: #222; background: #fff; overflow-wrap: anywhere; }
#mynetwork { float: none !important; border-radius: 8px; }
h1 { font-size: 1.4rem; }
.legend { display: flex; flex-wrap: wrap; gap: 0.1rem 1.2rem; margin: 0.3rem 0; }
.swatch { display: inline-block; width: 0.9em; height: 0.9em; margin-right: 0.35em; border: 1px solid #222; }
.legend svg { width: 34px; height: 8px; margin-right: 0.35em; }
table { border-collapse: collapse; } th, td { text-align: left; padding: 0.1rem 1rem 0.1rem 0; }
div.vis-tooltip { white-space: pre-line; max-width: 24rem; overflow-wrap: anywhere; }
"""
_AFTER_DRAWING = """
[nodes, edges].forEach(function (drawn) {
  drawn.forEach(function (item) { if (item.about) drawn.update({ id: item.id, title: item.about }); });
});
network.once("afterDrawing", function () { network.fit(); });
network.once("stabilizationIterationsDone", function () {
  network.setOptions({ physics: false });
  network.fit();
});
"""


def drawing_html(drawing: Drawing) -> str:
    """One HTML page that draws the graph without fetching anything."""
    network = Network(height="75vh", width="100%", cdn_resources="in_line")
    _add_nodes(network, drawing.nodes)
    _add_edges(network, drawing.edges)
    network.set_options(json.dumps(_OPTIONS))
    return _self_contained(network.generate_html(), _body_text(drawing), drawing.title)


def _add_nodes(network: Network, nodes: Iterable[DrawnNode]) -> None:
    for node in nodes:
        network.add_node(
            node.id,
            label=node.label,
            shape=hop_shape(node.hop),
            color={"background": node.colour, "border": palette.INK},
            size=float(node.size),
            about=_tooltip(node),
            **_place(node),
        )


def _place(node: DrawnNode) -> dict[str, Any]:
    """The artist's position, if given. It stays there until it is dragged."""
    return {"x": node.at[0], "y": node.at[1], "physics": False} if node.at else {}


def _tooltip(node: DrawnNode) -> str:
    """The artist's name and facts. Placed artists show no facts, because their links carry them."""
    facts = () if node.at else node.facts
    return "\n".join([shown_name(node.name), *facts])


def _add_edges(network: Network, edges: Iterable[DrawnEdge]) -> None:
    for edge in edges:
        encoding = EDGE_ENCODINGS[edge.kind]
        network.add_edge(
            edge.source,
            edge.target,
            dashes=list(encoding.dashes) or False,
            width=encoding.width,
            color=encoding.colour,
            about=edge.about,
        )


def _body_text(drawing: Drawing) -> str:
    """The heading, the legend, and the drawing as text for people who cannot see it."""
    nodes, edges = drawing.nodes, drawing.edges
    by_hop = sorted(nodes, key=lambda node: node.hop % 99)
    items = "".join(f"<li>{_isolated(shown_name(node.name))}, {html.escape(node.said)}</li>" for node in by_hop)
    shapes = "★ the start." if drawing.is_placed else "★ the artist, ● one step away, ◆ two steps away, ■ further."
    source = f"<p>{_isolated(plain_text(drawing.source))}</p>" if drawing.source else ""
    return (
        f"<h1>{_isolated(plain_text(drawing.title))}</h1>{source}"
        f"<p>{shapes} Drag to move, scroll to zoom.</p>"
        f"{_legend(drawing.legend)}"
        f"<details><summary>{len(nodes)} artists, as a list</summary><ul>{items}</ul></details>"
        f"<details><summary>{len(edges)} links, as a table</summary>{_link_table(drawing)}</details>"
    )


def _link_table(drawing: Drawing) -> str:
    names = {node.id: node.label for node in drawing.nodes}
    rows = "".join(
        f"<tr><td>{_isolated(names[edge.source])}</td><td>{_isolated(names[edge.target])}</td>"
        f"<td>{html.escape(plain_text(edge.about))}</td></tr>"
        for edge in drawing.edges
    )
    return f"<table><thead><tr><th>From</th><th>To</th><th>Link</th></tr></thead><tbody>{rows}</tbody></table>"


def _legend(legend: Legend) -> str:
    """The meaning of the colours, the sizes and the lines that the drawing uses."""
    groups = [
        f'<span><span class="swatch" style="background:{group.colour}"></span>{_isolated(group.name)}</span>'
        for group in legend.groups
    ]
    lines = [
        f"<span>{_line(kind)}{kind.name} ({kind.dash_name} line): {_isolated(kind.meaning)}</span>"
        for kind in legend.kinds
    ]
    colour = [f"<span>Colour: {_isolated(legend.colour)}</span>"] if legend.colour else []
    size = [f"<span>Size: {_isolated(legend.size)}</span>"] if legend.size else []
    parts = (colour + groups, size, lines)
    return "".join(f'<div class="legend">{"".join(entries)}</div>' for entries in parts if entries)


def _line(encoding: EdgeEncoding) -> str:
    dashes = " ".join(map(str, encoding.dashes)) or "none"
    return (
        '<svg viewBox="0 0 34 8" aria-hidden="true"><path d="M0 4h34" fill="none" '
        f'stroke="{encoding.colour}" stroke-width="{encoding.width}" stroke-dasharray="{dashes}"/></svg>'
    )


def _isolated(text: str) -> str:
    return f"<bdi>{html.escape(text)}</bdi>"


def _self_contained(page: str, body_text: str, title: str) -> str:
    """The page of pyvis without its remote parts and headings, with a policy that forbids requests."""
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{_CONTENT_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(plain_text(title))}</title>"
    )
    for pattern in (_COMMENT, _REMOTE_TAGS, _HEADINGS, _SOURCE_MAP):
        page = pattern.sub("", page)
    page = page.replace('<meta charset="utf-8">', f'<meta charset="utf-8">{head}', 1)
    page = page.replace("</head>", f"<style>{_STYLE}</style></head>", 1)
    page = page.replace("<body>", f"<body>{body_text}", 1)
    page = page.replace("drawGraph();\n", f"drawGraph();\n{_AFTER_DRAWING}", 1)
    return "<!doctype html>\n" + page.replace("<html>", '<html lang="en">', 1)
