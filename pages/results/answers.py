"""A ranker's answers to every query of a view, computed once and then shared by all visitors."""

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.experiments.misses import QueryHits, query_hits
from core.graph.protocols import evaluation_view
from core.pairs.store import scan_pairs
from core.runs.record import list_runs
from core.search.fusions import list_fusions
from core.search.spaces import list_spaces, open_ranker
from core.space_name import SpaceName
from pages.results import asking_texts
from pages.results.source import Source
from pages.shell.caching import cached_per_catalogue
from pages.shell.owner import told


@cached_per_catalogue(24, spinner=asking_texts.ASKING)
def _hits(catalogue: Catalogue, ranker: str, protocol: str, split: str, hide_validation: bool) -> QueryHits:
    view = evaluation_view(catalogue, protocol, split, hide_validation)
    return query_hits(open_ranker(catalogue, ranker, view), view)


def askable_rankers(catalogue: Catalogue, source: Source) -> dict[str, str]:
    """Rankers of the view that can answer on this machine -> title, best first. Shows how many cannot.

    Figures can be shipped without the models that they were measured on.
    """
    here = {SpaceName.run(run.run_id) for run in list_runs(catalogue) if run.finished}
    here |= set(map(SpaceName.fusion, list_fusions(catalogue)))
    here |= set(map(SpaceName.pairs, scan_pairs(catalogue)[0]))
    fitted = {name for name in map(SpaceName, source.titles) if name.is_run or name.is_fusion or name.is_pairs}
    askable = {name: title for name, title in source.titles.items() if name in here or name not in fitted}
    if absent := len(source.titles) - len(askable):
        st.caption(asking_texts.not_askable(absent))
    return askable


def best_on_explore(catalogue: Catalogue, source: Source) -> tuple[str, float] | None:
    """The title and figure of the best ranker of the view that Explore offers as a space; None if it offers none."""
    offered = {space.name for space in list_spaces(catalogue)}
    ranker = next((name for name in source.titles if SpaceName(name).space in offered), None)
    if ranker is None:
        return None
    return source.titles[ranker], float(source.rows.set_index("ranker")[source.metric][ranker])


def hits_of(catalogue: Catalogue, source: Source, ranker: str) -> QueryHits | None:
    """The answers of `ranker` in this view. None, with a message, if it cannot answer."""
    view = (source.protocol, source.split, source.hide_validation)
    try:
        return _hits(catalogue, ranker, *view)
    except NearfieldError as fault:
        st.error(asking_texts.no_longer_askable(source.titles[ranker], told(fault)))
        return None
