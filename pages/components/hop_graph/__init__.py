"""The artist graph, drawn by vis-network in the browser. Clicks are sent to Python."""

from pages.components.hop_graph.component import (
    ALL_ACTIONS,
    EventKind,
    HopEvent,
    event_from_payload,
    hop_graph,
)

__all__ = ["ALL_ACTIONS", "EventKind", "HopEvent", "event_from_payload", "hop_graph"]
