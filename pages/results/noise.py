"""Whether two similarities differ by more than chance on the query artists."""

import pandas as pd
import streamlit as st

from core.catalogue import Catalogue
from core.experiments.comparison import compare_with
from core.experiments.summary import paired_by_degree
from pages.components import charts
from pages.components.charts import dataframe
from pages.results import asking_texts, figures, tables
from pages.results.answers import askable_rankers, hits_of
from pages.results.parameters import FIRST, SECOND
from pages.results.source import Source
from pages.shell import choices
from pages.shell.commands import folder_of
from pages.shell.text import plain

_MOST_OTHERS = 12
"""Each has to be asked for every artist once."""


def show_comparison(catalogue: Catalogue, source: Source) -> None:
    """Compare two rankers on the same queries, overall and by known edges. The body of a fragment."""
    st.subheader(asking_texts.COMPARE)
    titles = askable_rankers(catalogue, source)
    names = list(titles)
    if len(names) < 2:
        st.info(asking_texts.NEEDS_TWO)
        return
    first, second = (
        column.selectbox(
            label,
            names,
            format_func=titles.__getitem__,
            **choices.one_in_url(parameter, names, likely, f"{source.key}_{label}"),
        )
        for column, label, parameter, likely in zip(
            st.columns(2),
            (asking_texts.FIRST, asking_texts.SECOND),
            (FIRST, SECOND),
            tables.likely_pair(names),
            strict=True,
        )
    )
    if first == second:
        st.info(asking_texts.CHOOSE_TWO)
        return
    one, two = hits_of(catalogue, source, first), hits_of(catalogue, source, second)
    if one is None or two is None:
        return
    table = paired_by_degree(one.values, two.values, one.degree)
    verdict = asking_texts.noise_text(titles[first], titles[second], table)
    st.markdown(f"**{plain(verdict)}**")
    st.caption(asking_texts.means_of_two(source.title, one.values.mean(), two.values.mean()))
    figure = figures.difference_by_degree(table, asking_texts.FIRST_MINUS_SECOND)
    named = table.rename(columns={"degree": "known edges", "mean": "difference", "low": "95% low", "high": "95% high"})
    charts.show_chart(figure, named, verdict, f"{source.key}_difference")
    command = f"python -m core compare {folder_of(catalogue)} {first} {second} {source.command_options}"
    st.code(command, language="bash", wrap_lines=True)
    _show_against_all(catalogue, source, first, titles)


def _show_against_all(catalogue: Catalogue, source: Source, first: str, titles: dict[str, str]) -> None:
    """On request, the first similarity beside the best of all others, with Holm's adjustment."""
    if not st.toggle(asking_texts.AGAINST_ALL, key=f"{source.key}_against_all"):
        return
    names = [name for name in titles if name != first][:_MOST_OTHERS]
    hits = {name: asked for name in (first, *names) if (asked := hits_of(catalogue, source, name))}
    own = hits.pop(first, None)
    if own is None or not hits or len(own.values) < 2:
        return
    found = compare_with(own.values[None, None], [other.values[None, None] for other in hits.values()])
    table = pd.DataFrame(
        {
            "similarity": [titles[name] for name in hits],
            source.title: [each.second for each in found],
            "first minus it": [each.difference.mean for each in found],
            "95% low": [each.difference.low for each in found],
            "95% high": [each.difference.high for each in found],
            "p, adjusted": [each.adjusted for each in found],
            "beyond noise": [each.holds for each in found],
        }
    )
    st.caption(asking_texts.against_all(titles[first], len(found)))
    alt = asking_texts.against_all_alt(titles[first], sum(each.holds for each in found), len(found))
    formats = charts.number_formats(table)
    dataframe(table, key=f"{source.key}_against_all_table", hide_index=True, alt=alt, column_config=formats)
    charts.download_csv(table, f"{source.key}_against_all_csv", f"compared-{source.name}-{source.protocol}")
