"""Whether two similarities differ by more than chance over the artists asked for."""

import streamlit as st

from core.catalogue import Catalogue
from core.experiments.summary import paired_by_degree
from pages.components import charts
from pages.results import figures, tables
from pages.results.answers import askable, hits_of
from pages.results.parameters import FIRST, SECOND
from pages.results.source import Source
from pages.shell import choices
from pages.shell.text import plain


def show_comparison(catalogue: Catalogue, source: Source) -> None:
    """Two rankers on the same queries, over all and by known edges; the body of a fragment."""
    st.subheader("Compare two: is the difference noise?")
    titles = askable(catalogue, source)
    names = list(titles)
    if len(names) < 2:
        st.info(
            "Two similarities that can be asked on this machine are needed. Compute the yardsticks, or train a model."
        )
        return
    first, second = (
        column.selectbox(
            label,
            names,
            format_func=titles.__getitem__,
            **choices.one_in_url(parameter, names, likely, f"{source.key}_{label}"),
        )
        for column, label, parameter, likely in zip(
            st.columns(2), ("First", "Second"), (FIRST, SECOND), tables.likely_pair(names), strict=True
        )
    )
    if first == second:
        st.info("Choose two different similarities.")
        return
    one, two = hits_of(catalogue, source, first), hits_of(catalogue, source, second)
    if one is None or two is None:
        return
    table = paired_by_degree(one.values, two.values, one.degree)
    verdict = tables.noise_text(titles[first], titles[second], table)
    st.markdown(f"**{plain(verdict)}**")
    st.caption(
        f"{source.title}: {one.values.mean():.4f} and {two.values.mean():.4f}. Above the dashed line the first is "
        "better, below it the second. Bars are 95% intervals of the paired difference (bootstrap over artists); one "
        "that crosses the line is within noise. Chance between seeds is not in them."
    )
    figure = figures.difference_by_degree(table, "First minus second")
    named = table.rename(columns={"degree": "known edges", "mean": "difference", "low": "95% low", "high": "95% high"})
    charts.show_chart(figure, named, verdict, f"{source.key}_difference")
    command = f"python -m core compare CATALOGUE {first} {second} {source.command_options}"
    st.code(command, language="bash", wrap_lines=True)
