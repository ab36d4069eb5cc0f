"""An artist graph as one HTML file that needs no network, drawn by pyvis (https://pyvis.readthedocs.io).

pyvis 0.3.2 leaves four things to mend: it links Bootstrap from a content network, repeats the heading,
writes the heading unescaped, and shows tooltips as HTML as soon as one contains the letters "href".
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pyvis.network import Network

from core.errors import NearfieldError
from core.graph.hop_display import NO_GROUP, hop_name, hop_shape, legend_colours
from core.graph.links import KNOWN
from core.graph.looks import EdgeLook, Legend, edge_look, kinds_shown, legend_of
from core.text import plain_text, short_label

_REMOTE_TAGS = re.compile(r"<link\b[^>]*>|<script\b[^>]*?src=[^>]*>\s*</script>", re.IGNORECASE)
_HEADINGS = re.compile(r"<center>\s*<h1>.*?</h1>\s*</center>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=[\w.-]+", re.MULTILINE)
_CONTENT_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
_OPTIONS = {
    "layout": {"randomSeed": 7},
    "nodes": {"borderWidth": 2, "font": {"size": 15, "strokeWidth": 4, "strokeColor": "#ffffff"}},
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


def hop_graph_html(
    nodes: Iterable[Mapping[str, Any]],
    edges: Iterable[Mapping[str, Any]],
    title: str,
    legend: Legend | None = None,
) -> str:
    """One HTML page that draws the graph with nothing fetched from anywhere.

    nodes: `id`, `label`, `hop` (0 is the centre) and, where known, `group`, `colour`, `size` (radius in
    pixels), `title` (plain text), `facts` (what the list says of the artist), `at` (its place, x and y). edges: `from`,
    `to` (ids of nodes) and, where known, `kind` and `title`. Raises NearfieldError for an edge without its node.
    """
    nodes, edges = list(nodes), list(edges)
    network = Network(height="75vh", width="100%", cdn_resources="in_line")
    _add_nodes(network, nodes)
    _add_edges(network, edges)
    network.set_options(json.dumps(_OPTIONS))
    return _self_contained(network.generate_html(), _body_text(nodes, edges, title, legend_of(nodes, legend)), title)


def _add_nodes(network: Network, nodes: list[Mapping[str, Any]]) -> None:
    colours = legend_colours(nodes)
    for node in nodes:
        hop = int(node.get("hop", 1))
        network.add_node(
            str(node["id"]),
            label=_label(node),
            shape=hop_shape(hop),
            color={"background": node.get("colour") or colours.get(str(node.get("group")), NO_GROUP), "border": "#222"},
            size=float(node.get("size") or (26, 16, 11)[min(abs(hop), 2)]),
            about=str(node.get("title") or plain_text(str(node["label"]))),
            **_place(node),
        )


def _place(node: Mapping[str, Any]) -> dict[str, Any]:
    """Where the artist stands, if that is given: there it stays until it is dragged."""
    return {"x": node["at"][0], "y": node["at"][1], "physics": False} if "at" in node else {}


def _add_edges(network: Network, edges: list[Mapping[str, Any]]) -> None:
    known = set(network.get_nodes())
    for edge in edges:
        source, target = str(edge["from"]), str(edge["to"])
        if not {source, target} <= known:
            raise NearfieldError(
                f"The link from {source} to {target} names an artist that is not in the graph. "
                "Give every artist of a link among the artists."
            )
        look = edge_look(str(edge.get("kind", KNOWN)))
        network.add_edge(
            source,
            target,
            dashes=list(look.dashes) or False,
            width=look.width,
            color=look.colour,
            about=_about(edge),
        )


def _label(node: Mapping[str, Any]) -> str:
    return short_label(str(node["label"])) or "(no name)"


def _about(edge: Mapping[str, Any]) -> str:
    return str(edge.get("title") or edge_look(str(edge.get("kind", KNOWN))).name)


def _body_text(nodes: list[Mapping[str, Any]], edges: list[Mapping[str, Any]], title: str, legend: Legend) -> str:
    """The heading, the legend, and everything in the drawing as text for those who do not see it."""
    by_hop = sorted(nodes, key=lambda node: int(node.get("hop", 1)) % 99)
    items = "".join(f"<li>{_isolated(plain_text(str(node['label'])))}, {_facts(node)}</li>" for node in by_hop)
    is_placed = any("at" in node for node in nodes)
    shapes = "★ the start." if is_placed else "★ the artist, ● one step away, ◆ two steps away, ■ further."
    source = f"<p>{_isolated(plain_text(legend.source))}</p>" if legend.source else ""
    return (
        f"<h1>{_isolated(plain_text(title))}</h1>{source}"
        f"<p>{shapes} Drag to move, scroll to zoom.</p>"
        f"{_legend(nodes, edges, legend)}"
        f"<details><summary>{len(nodes)} artists, as a list</summary><ul>{items}</ul></details>"
        f"<details><summary>{len(edges)} links, as a table</summary>{_link_table(nodes, edges)}</details>"
    )


def _facts(node: Mapping[str, Any]) -> str:
    said = str(node.get("facts") or hop_name(int(node.get("hop", 1))))
    return html.escape(plain_text(said))


def _link_table(nodes: list[Mapping[str, Any]], edges: list[Mapping[str, Any]]) -> str:
    names = {str(node["id"]): _label(node) for node in nodes}
    rows = "".join(
        f"<tr><td>{_isolated(names[str(edge['from'])])}</td><td>{_isolated(names[str(edge['to'])])}</td>"
        f"<td>{html.escape(plain_text(_about(edge)))}</td></tr>"
        for edge in edges
    )
    return f"<table><thead><tr><th>From</th><th>To</th><th>Link</th></tr></thead><tbody>{rows}</tbody></table>"


def _legend(nodes: list[Mapping[str, Any]], edges: list[Mapping[str, Any]], legend: Legend) -> str:
    """What the colours, the sizes and the lines mean, as far as the graph has them."""
    shown = {str(node["group"]) for node in nodes if node.get("group")}
    groups = [
        f'<span><span class="swatch" style="background:{colour}"></span>{_isolated(short_label(group))}</span>'
        for group, colour in legend.groups.items()
        if group in shown
    ]
    kinds = kinds_shown(edges)
    lines = [
        f"<span>{_line(edge_look(kind))}{edge_look(kind).name} ({edge_look(kind).dash_name} line): "
        f"{_isolated(plain_text(legend.meaning(kind)))}</span>"
        for kind in kinds
    ]
    colour = [f"<span>Colour: {_isolated(plain_text(legend.colour))}</span>"] if legend.colour else []
    size = [f"<span>Size: {_isolated(plain_text(legend.size))}</span>"] if legend.size else []
    parts = (colour + groups, size, lines)
    return "".join(f'<div class="legend">{"".join(entries)}</div>' for entries in parts if entries)


def _line(look: EdgeLook) -> str:
    dashes = " ".join(map(str, look.dashes)) or "none"
    return (
        '<svg viewBox="0 0 34 8" aria-hidden="true"><path d="M0 4h34" fill="none" '
        f'stroke="{look.colour}" stroke-width="{look.width}" stroke-dasharray="{dashes}"/></svg>'
    )


def _isolated(text: str) -> str:
    return f"<bdi>{html.escape(text)}</bdi>"


def _self_contained(page: str, body_text: str, title: str) -> str:
    """pyvis's page without its remote parts and headings, with a policy that forbids any request."""
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
