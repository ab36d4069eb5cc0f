"""What a ranker answers to every query of a view, asked once per session of the server."""

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.experiments.misses import QueryHits, query_hits
from core.graph.protocols import evaluation_view
from core.runs.record import list_runs
from core.search.spaces import open_ranker
from core.space_name import SpaceName
from core.text import counted
from pages.results.source import Source
from pages.shell.caching import cached_per_catalogue
from pages.shell.text import plain


@cached_per_catalogue(24, spinner="Asking for every artist …")
def _hits(catalogue: Catalogue, ranker: str, protocol: str, split: str, hide_validation: bool) -> QueryHits:
    view = evaluation_view(catalogue, protocol, split, hide_validation)
    return query_hits(open_ranker(catalogue, ranker, view), view)


def askable(catalogue: Catalogue, source: Source) -> dict[str, str]:
    """Rankers of the view that can be asked on this machine -> title, best first; says how many runs are not here.

    Figures can be shipped without the models behind them.
    """
    here = {SpaceName.run(run.run_id) for run in list_runs(catalogue) if run.finished}
    asked = {name: title for name, title in source.titles.items() if name in here or not SpaceName(name).is_run}
    if absent := len(source.titles) - len(asked):
        st.caption(
            f"{counted(absent, 'trained model')} of this view cannot be asked here, since only the figures are on this "
            "machine. Train one again with the command in “This figure”, or on the Train page."
        )
    return asked


def hits_of(catalogue: Catalogue, source: Source, ranker: str) -> QueryHits | None:
    """What `ranker` answers in this view; None, with a message, where it cannot be asked."""
    view = (source.protocol, source.split, source.hide_validation)
    try:
        return _hits(catalogue, ranker, *view)
    except NearfieldError as fault:
        st.error(f"{plain(source.titles[ranker])} cannot be asked any more. {plain(str(fault))}")
        return None
