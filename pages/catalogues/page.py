"""Catalogues: list, inspect, check and import them."""

from dataclasses import replace

import streamlit as st

from core.catalogue import Catalogue
from core.catalogue.import_jobs import IMPORT
from core.catalogue.importers.folder.reading import is_music_folder
from core.catalogue.library import Entry, data_folder, list_catalogues
from core.errors import NearfieldError
from core.experiments.inspection import derived_problems, inspect
from core.jobs import active_jobs
from pages.catalogues import texts
from pages.catalogues.data_sets import show_data_sets
from pages.catalogues.importing import show_folder
from pages.catalogues.music import show_music
from pages.catalogues.own_tables import show_own_tables
from pages.catalogues.parameters import ADDING, INSPECTED, PART, PLACE
from pages.catalogues.ready import show_preparation
from pages.catalogues.relations import show_relations
from pages.catalogues.removal import show_removal, show_removed
from pages.catalogues.tables import catalogue_table, feature_table, problem_table, relation_table, split_table
from pages.components.charts import dataframe
from pages.shell import choices, resources, state
from pages.shell import texts as shell_texts
from pages.shell.commands import extract_command, show_edges_command
from pages.shell.owner import is_owner, may_work, show_owner_needed, told
from pages.shell.parameters import put_together
from pages.shell.text import plain


def show_list(entries: list[Entry]) -> Entry | None:
    """A table of all catalogues, and a choice of the one to inspect. Returns None if there are no catalogues."""
    if not entries:
        st.info(texts.NO_CATALOGUE)
        return None
    dataframe(catalogue_table(entries), hide_index=True, alt=texts.LIST_ALT, key="catalogues")
    keys = [entry.key for entry in entries]
    current = state.chosen_catalogue()
    by_key = {entry.key: entry for entry in entries}
    key = st.selectbox(
        texts.INSPECTED_LABEL,
        keys,
        format_func=lambda key: by_key[key].title,
        **choices.one_in_url(INSPECTED, keys, current if current in keys else keys[0]),
    )
    return by_key[key]


def show_left_out(catalogue: Catalogue) -> None:
    """The runs, fusions, maps and results that no page shows because they cannot be read, and why."""
    if problems := derived_problems(catalogue):
        st.warning(texts.left_out(len(problems)))
        shown = [replace(problem, reason=told(problem.reason)) for problem in problems]
        dataframe(problem_table(shown), hide_index=True, alt=texts.LEFT_OUT_ALT, key="left_out")


def show_content(catalogue: Catalogue) -> None:
    """The content and the origin of a catalogue."""
    manifest = catalogue.manifest
    if manifest.kind == "synthetic":
        st.warning(texts.SYNTHETIC, icon=":material/science:")
    learned = catalogue.learned_relation
    artists, edges, tracks, features = st.columns(4)
    artists.metric(texts.ARTISTS, f"{len(catalogue):,}")
    edges.metric(
        texts.EDGES,
        f"{len(catalogue.learned_edges):,}",
        help=texts.edges_help(learned.label) if learned else texts.EDGES_HELP_NONE,
    )
    tracks.metric(texts.TRACKS, f"{len(catalogue.tracks):,}", help=texts.TRACKS_HELP)
    features.metric(texts.FEATURE_SETS, len(catalogue.feature_names))
    st.header(texts.SPLITS_TITLE, anchor=False)
    dataframe(
        split_table(catalogue).style.format(precision=1, thousands=","),
        hide_index=True,
        alt=texts.SPLITS_ALT,
    )
    if manifest.splits.are_made:
        st.caption(texts.splits_made(manifest.splits.method))
    st.header(texts.RELATIONS_TITLE, anchor=False)
    if manifest.relations:
        dataframe(relation_table(catalogue), hide_index=True, alt=texts.RELATIONS_ALT)
        if not len(catalogue.learned_edges):
            st.write(texts.NONE_LEARNED)
    else:
        st.write(texts.NO_RELATION)
        show_edges_command(catalogue)
    st.header(texts.FEATURES_TITLE, anchor=False)
    if catalogue.feature_names:
        dataframe(
            feature_table(catalogue),
            hide_index=True,
            alt=texts.FEATURES_ALT,
            column_config={texts.COVERAGE: st.column_config.ProgressColumn(format="percent", max_value=1.0)},
        )
    else:
        st.write(texts.NO_FEATURE_SET)
        st.code(extract_command(catalogue), language="bash", wrap_lines=True)
    st.header(texts.ORIGIN_TITLE, anchor=False)
    origin = {
        texts.SOURCE: manifest.source,
        texts.LICENCE: manifest.licence,
        texts.CITE: manifest.citation,
        texts.MADE_BY: manifest.created_by,
    }
    st.markdown("  \n".join(texts.origin_line(title, text) for title, text in origin.items()))
    if manifest.notes:
        with st.expander(texts.NOTES, expanded=len(manifest.notes) <= texts.FEW_NOTES):
            st.markdown(
                "\n".join(f"- {plain(note, texts.LONGEST_LINE)}" for note in manifest.notes[: texts.MOST_LINES])
            )
    st.caption(texts.content_hash(catalogue.content_hash))


def show_check(entry: Entry) -> None:
    """The full check, on request."""
    st.write(texts.HOW_CHECK_WORKS)
    if not may_work():
        show_owner_needed(shell_texts.OWNER_CHECKS)
        return
    if not st.button(texts.CHECK, key="check", icon=":material/fact_check:"):
        return
    with st.spinner(texts.CHECKING):
        problems = inspect(entry.path)
    if problems:
        st.error(texts.problems_found(len(problems)))
        dataframe(problem_table(problems), hide_index=True, alt=texts.PROBLEMS_ALT)
    else:
        st.success(texts.SOUND)


def show_ways() -> str | None:
    """The ways to a new catalogue. Returns the one that the visitor has chosen, if any."""
    chosen = PART.get() if PART.get() in texts.WAYS else None
    with st.container(horizontal=True, key="ways"):
        for way, label in texts.WAYS.items():
            st.button(
                label,
                key=f"way_to_{way}",
                icon=f":material/{texts.ICONS[way]}:",
                type="primary" if way == (chosen or "music") else "secondary",
                on_click=_choose_way,
                args=(way,),
            )
    return chosen


def _choose_way(way: str | None) -> None:
    """Go a way to a new catalogue, or back to those that there are. What was begun is found again there."""
    put_together({ADDING: None, PLACE: None, PART: way})


def show_way(way: str) -> None:
    """One way to a new catalogue. Only for the owner."""
    st.header(texts.WAYS[way], anchor=False)
    if not is_owner():
        show_owner_needed()
    elif way == "music":
        show_music()
    elif way == "tables":
        show_own_tables()
    else:
        show_data_sets()
    st.button(
        texts.TO_LIST, key="to_list", icon=":material/arrow_back:", type="tertiary", on_click=_choose_way, args=(None,)
    )


def show_at_work() -> None:
    """The imports at work, so that whoever began one finds it again."""
    for name, job in active_jobs(data_folder(), IMPORT).items():
        st.button(
            texts.at_work(name),
            key=f"at_work_{name}",
            icon=":material/sync:",
            on_click=_go_to_import,
            args=(name, str(job.parameters.get("layout"))),
        )


def _go_to_import(name: str, layout: str) -> None:
    put_together({PART: {"folder": "music", "tables": "tables"}.get(layout, "import"), ADDING: name})


def parts_of(entry: Entry) -> list[str]:
    """What can be shown of a catalogue."""
    is_music = entry.manifest is not None and is_music_folder(entry.manifest)
    return [part for part in texts.PARTS if part != "folder" or is_music]


def show_part(entry: Entry, part: str) -> None:
    """One part of what can be shown of a catalogue."""
    if part == "check":
        show_check(entry)
    elif part == "relations":
        show_relations(entry)
    elif part in ("folder", "prepare", "remove"):
        if not is_owner():
            show_owner_needed()
        elif part == "folder":
            show_folder(entry)
        elif part == "remove":
            show_removal(entry)
        else:
            show_preparation(entry)
    else:
        show_catalogue(entry)


def show_catalogue(entry: Entry) -> None:
    """What a catalogue holds."""
    if entry.key != state.chosen_catalogue() and entry.manifest:
        st.button(texts.USE, key="use", type="primary", on_click=state.switch_catalogue, args=("catalogues", entry.key))
    try:
        catalogue = resources.catalogue(entry.path)
        show_left_out(catalogue)
        show_content(catalogue)
    except NearfieldError as fault:
        st.error(texts.broken_catalogue(told(fault)))


def main() -> None:
    """The page: the ways to a new catalogue, and either one of them or the catalogues that there are."""
    st.title(texts.TITLE, anchor=False)
    if way := show_ways():
        show_way(way)
        return
    show_removed()
    if is_owner():
        show_at_work()
    chosen = show_list(list_catalogues())
    if chosen is None:
        return
    parts = parts_of(chosen)
    part = st.segmented_control(
        texts.PARTS_LABEL,
        parts,
        format_func=texts.PARTS.__getitem__,
        required=True,
        label_visibility="collapsed",
        **choices.one_in_url(PART, parts, "content"),
    )
    show_part(chosen, part)


if __name__ == "__main__":
    main()
