"""Whether two similarities differ by more than chance on the query artists."""

import streamlit as st

from core.catalogue import Catalogue
from core.experiments.summary import paired_by_degree
from pages.components import charts
from pages.results import figures, tables, texts
from pages.results.answers import askable_rankers, hits_of
from pages.results.parameters import FIRST, SECOND
from pages.results.source import Source
from pages.shell import choices
from pages.shell.commands import folder_of
from pages.shell.text import plain


def show_comparison(catalogue: Catalogue, source: Source) -> None:
    """Compare two rankers on the same queries, overall and by known edges. The body of a fragment."""
    st.subheader(texts.COMPARE)
    titles = askable_rankers(catalogue, source)
    names = list(titles)
    if len(names) < 2:
        st.info(texts.NEEDS_TWO)
        return
    first, second = (
        column.selectbox(
            label,
            names,
            format_func=titles.__getitem__,
            **choices.one_in_url(parameter, names, likely, f"{source.key}_{label}"),
        )
        for column, label, parameter, likely in zip(
            st.columns(2), (texts.FIRST, texts.SECOND), (FIRST, SECOND), tables.likely_pair(names), strict=True
        )
    )
    if first == second:
        st.info(texts.CHOOSE_TWO)
        return
    one, two = hits_of(catalogue, source, first), hits_of(catalogue, source, second)
    if one is None or two is None:
        return
    table = paired_by_degree(one.values, two.values, one.degree)
    verdict = texts.noise_text(titles[first], titles[second], table)
    st.markdown(f"**{plain(verdict)}**")
    st.caption(texts.means_of_two(source.title, one.values.mean(), two.values.mean()))
    figure = figures.difference_by_degree(table, texts.FIRST_MINUS_SECOND)
    named = table.rename(columns={"degree": "known edges", "mean": "difference", "low": "95% low", "high": "95% high"})
    charts.show_chart(figure, named, verdict, f"{source.key}_difference")
    command = f"python -m core compare {folder_of(catalogue)} {first} {second} {source.command_options}"
    st.code(command, language="bash", wrap_lines=True)
