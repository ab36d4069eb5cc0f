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
from core.graph.hop_display import (
    HOP_NAMES,
    NO_GROUP,
    dash_name,
    edge_dashes,
    hop_shape,
    legend_colours,
    plain_text,
    short_label,
)

_REMOTE_TAGS = re.compile(r"<link\b[^>]*>|<script\b[^>]*?src=[^>]*>\s*</script>", re.IGNORECASE)
_HEADINGS = re.compile(r"<center>\s*<h1>.*?</h1>\s*</center>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=[\w.-]+", re.MULTILINE)
_CONTENT_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
_OPTIONS = {
    "layout": {"randomSeed": 7},
    "nodes": {"borderWidth": 2, "font": {"size": 15, "strokeWidth": 4, "strokeColor": "#ffffff"}},
    "edges": {"smooth": False, "color": "#8a8a8a"},
    "interaction": {"hover": True, "tooltipDelay": 150},
    "physics": {"solver": "forceAtlas2Based", "stabilization": {"iterations": 300}},
}
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 1rem; color: #222; background: #fff; }
#mynetwork { float: none !important; border-radius: 8px; }
h1 { font-size: 1.4rem; }
.swatch { display: inline-block; width: 0.9em; height: 0.9em; margin-right: 0.35em; border: 1px solid #222; }
div.vis-tooltip { white-space: pre-line; max-width: 24rem; overflow-wrap: anywhere; }
"""
_AFTER_DRAWING = """
nodes.forEach(function (node) { nodes.update({ id: node.id, title: node.about }); });
network.once("stabilizationIterationsDone", function () {
  network.setOptions({ physics: false });
  network.fit();
});
"""


def hop_graph_html(nodes: Iterable[Mapping[str, Any]], edges: Iterable[Mapping[str, Any]], title: str) -> str:
    """One HTML page that draws the graph with nothing fetched from anywhere.

    nodes: `id`, `label`, `hop` (0 is the centre) and, where known, `group`, `colour`, `size` (radius in
    pixels), `title` (plain text). edges: `from`, `to` (ids of nodes) and, where known, `kind`.
    Raises NearfieldError for an edge without its node.
    """
    nodes, edges = list(nodes), list(edges)
    network = Network(height="75vh", width="100%", cdn_resources="in_line")
    _add_nodes(network, nodes)
    _add_edges(network, edges)
    network.set_options(json.dumps(_OPTIONS))
    return _self_contained(network.generate_html(), _body_text(nodes, edges, title), title)


def _add_nodes(network: Network, nodes: list[Mapping[str, Any]]) -> None:
    colours = legend_colours(nodes)
    for node in nodes:
        hop = int(node.get("hop", 1))
        network.add_node(
            str(node["id"]),
            label=short_label(str(node["label"])) or "(no name)",
            shape=hop_shape(hop),
            color=node.get("colour") or colours.get(str(node.get("group")), NO_GROUP),
            size=float(node.get("size") or (26, 16, 11)[min(hop, 2)]),
            about=str(node.get("title") or plain_text(str(node["label"]))),
        )


def _add_edges(network: Network, edges: list[Mapping[str, Any]]) -> None:
    known = set(network.get_nodes())
    dashes = edge_dashes([str(edge.get("kind", "")) for edge in edges])
    for edge in edges:
        source, target = str(edge["from"]), str(edge["to"])
        if not {source, target} <= known:
            raise NearfieldError(
                f"The link from {source} to {target} names an artist that is not in the graph. "
                "Give every artist of a link among the artists."
            )
        network.add_edge(source, target, dashes=dashes[str(edge.get("kind", ""))])


def _body_text(nodes: list[Mapping[str, Any]], edges: list[Mapping[str, Any]], title: str) -> str:
    """The heading, the legend, and everything in the drawing as text for those who do not see it."""
    by_hop = sorted((min(int(node.get("hop", 1)), 3), plain_text(str(node["label"]))) for node in nodes)
    items = "".join(f"<li>{_isolated(name)}, {HOP_NAMES[hop]}</li>" for hop, name in by_hop)
    return (
        f"<h1>{_isolated(plain_text(title))}</h1>"
        "<p>★ the artist, ● one step away, ◆ two steps away, ■ further. Drag to move, scroll to zoom.</p>"
        f"{_legend(nodes, edges)}"
        f"<details><summary>{len(nodes)} artists and {len(edges)} links, as a list</summary>"
        f"<ul>{items}</ul></details>"
    )


def _legend(nodes: list[Mapping[str, Any]], edges: list[Mapping[str, Any]]) -> str:
    """What the colours and the dashes mean, as far as the graph has groups and kinds."""
    colours = legend_colours(nodes)
    kinds = edge_dashes([str(edge["kind"]) for edge in edges if edge.get("kind")])
    entries = [
        f'<span class="swatch" style="background:{colour}"></span>{_isolated(short_label(group))}'
        for group, colour in colours.items()
    ]
    entries += [f"{dash_name(dash)} line: {_isolated(short_label(kind))}" for kind, dash in kinds.items()]
    return f"<p>{' &emsp; '.join(entries)}</p>" if entries else ""


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
