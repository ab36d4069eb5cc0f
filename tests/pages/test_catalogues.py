"""The Catalogues page: what it lists and shows, the full check, and importing with its refusals."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from streamlit.testing.v1 import AppTest

from core.catalogue import Catalogue, Problem, Relation, Splits, open_catalogue, update_catalogue
from core.catalogue.importers import IMPORTERS
from core.catalogue.library import DATA_VARIABLE, list_catalogues
from core.catalogue.places import ROOTS_VARIABLE
from core.graph.links import KNOWN
from core.jobs import Jobs
from core.owner import TOKEN_FILE, owner_token
from core.prepare.jobs import PREPARE
from core.prepare.pieces import Choice
from core.storage import sha256_file, write_json
from pages.artists.texts import edge_chip
from pages.catalogues.tables import catalogue_table, feature_table, problem_table, relation_table, split_table
from pages.explore.texts import legend
from pages.shell.text import plain
from tests.support import pages as pages_support
from tests.support.music import music
from tests.support.pages import button_labels, hostile_catalogue, open_app, parameter, press, texts
from tests.support.processes import wait_for_children

hostile = pages_support.hostile


ARTISTS = "id,name,genres,tempo\na,Ada,rock;jazz,90\nb,Bo,pop,100\nc,Cy,,110\n"
EDGES = "who,whom,how much\na,b,1\nb,c,0.5\n"


def test_every_importer_says_what_it_reads() -> None:
    for name, importer in IMPORTERS.items():
        assert importer.name == name
        assert importer.title
        assert importer.reads
    assert {"tables", "olga", "disco-olga", "olga-official"} <= set(IMPORTERS)


def upload(app: AppTest, **files: str) -> AppTest:
    app.query_params["part"] = "tables"
    app.run()
    named = [(name.replace("_", "."), content.encode(), "text/csv") for name, content in files.items()]
    return app.file_uploader(key="tables_files").set_value(named).run()


def fill_in(app: AppTest, **values: str) -> AppTest:
    for name, value in values.items():
        app.text_input(key=f"tables_{name}").set_value(value)
    return press(app, "Import")


def select(app: AppTest, label: str) -> Any:
    return next(box for box in app.selectbox if box.label == label)


def test_own_tables_are_looked_at_changed_and_imported(hostile: Catalogue) -> None:
    app = upload(open_app("catalogues"), artists_csv=ARTISTS, edges_csv=EDGES)
    assert not app.exception
    said = " ".join(texts(app)).replace("\\", "")
    assert "artists: 3 of 3 rows" in said
    assert "edges of edges.csv: 2 of 2 rows" in said
    app.multiselect[-2].set_value([]).run()
    assert "edges: none" in " ".join(texts(app)).replace("\\", "")
    app.multiselect[-2].set_value(["edges.csv"]).run()
    assert not app.exception
    select(app, "Weight").set_value("how much").run()
    said = " ".join(texts(app)).replace("\\", "")
    assert "edges of edges.csv: 2 of 2 rows" in said
    app = fill_in(app, title="Mine", source="a test", licence="CC0-1.0", name="mine")
    wait_for_children()
    app.run()
    press(app, "Explore it")
    assert not app.exception
    assert app.session_state["catalogue"] == "mine"
    catalogue = open_catalogue(hostile.path.parent / "mine")
    assert catalogue.manifest.title == "Mine"
    assert catalogue.edges["weight"].tolist() == [1.0, 0.5]
    assert catalogue.feature_names == ["genres", "numbers"]


def test_another_table_of_artists_is_understood_at_once(hostile: Catalogue) -> None:
    app = upload(open_app("catalogues"), artists_csv=ARTISTS, bands_csv="from,to,band\na,b,Cy\nb,a,Di\n")
    select(app, "Table of artists").set_value("bands.csv").run()
    assert not app.exception
    assert select(app, "Name").value == "band"
    assert "artists: 2 of 2 rows" in " ".join(texts(app)).replace("\\", "")
    select(app, "Table of artists").set_value("").run()
    assert not app.exception


def test_the_relation_to_learn_can_be_chosen(hostile: Catalogue) -> None:
    edges = "source,target,relation\na,b,similar\nb,c,similar\na,c,played\n"
    app = upload(open_app("catalogues"), artists_csv=ARTISTS, edges_csv=edges)
    app.selectbox(key="tables_learned").set_value("played")
    app = fill_in(app, source="a test", licence="CC0-1.0", name="mine")
    wait_for_children()
    app.run()
    assert not app.exception
    catalogue = open_catalogue(hostile.path.parent / "mine")
    assert catalogue.manifest.learned == "played"
    assert len(catalogue.learned_edges) == 1


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        ({"name": "mine"}, "Say where the tables come from and their licence"),
        ({"name": "Bad Name", "source": "x", "licence": "y"}, "small letters"),
        ({"name": "hostile", "source": "x", "licence": "y"}, "already"),
    ],
)
def test_own_tables_need_a_name_and_terms(hostile: Catalogue, filled: dict[str, str], said: str) -> None:
    app = fill_in(upload(open_app("catalogues"), artists_csv=ARTISTS), **filled)
    assert not app.exception
    assert [said in message.value for message in app.error] == [True]
    assert sorted(entry.key for entry in list_catalogues()) == ["hostile"]


def test_own_tables_that_cannot_be_used_are_refused_in_plain_words(hostile: Catalogue) -> None:
    app = upload(open_app("catalogues"), artists_csv=ARTISTS, edges_csv="source,target\nx,y\n")
    assert not app.exception
    assert "No edge can be used" in app.error[0].value
    app = upload(app, artists_csv="colour\nred\n")
    assert not app.exception
    assert "The tables hold no artist" in app.error[0].value


def import_from(app: AppTest, folder: str, name: str, layout: str = "olga-official") -> AppTest:
    """Import a folder of the only root that may be chosen from, and wait for the process that does it."""
    app.query_params["part"] = "import"
    app.query_params["place"] = f"0/{folder}"
    app.run()
    app.selectbox(key="layout").set_value(layout).run()
    app.text_input(key=f"name_0/{folder}").set_value(name).run()
    if press(app, "Import").error:
        return app
    wait_for_children()
    return app.run()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that may be browsed."""
    folder = tmp_path / "root"
    folder.mkdir()
    monkeypatch.setenv(ROOTS_VARIABLE, str(folder))
    return folder


def official_files(folder: Path) -> Path:
    """Four artists in OLGA's public layout."""
    folder.mkdir()
    ids = [f"{row:08x}-0000-4000-8000-000000000000" for row in range(4)]
    lines = [f"{artist},{split}" for artist, split in zip(ids, ("train", "train", "val", "test"), strict=True)]
    (folder / "olga.csv").write_text("\n".join(["musicbrainz_id,partition", *lines]) + "\n")
    np.save(folder / "acousticbrainz.npy", np.arange(12, dtype=np.float32).reshape(4, 3))
    matrix = sp.csr_array(([1, 1, 1], ([0, 1, 2], [1, 2, 3])), shape=(4, 4))
    sp.save_npz(folder / "artist_connections.npz", matrix)
    return folder


def test_page_shows_what_a_catalogue_holds(hostile: Catalogue) -> None:
    app = open_app("catalogues")
    assert not app.exception
    assert [metric.value for metric in app.metric] == ["12", "13", "0", "2"]
    said = " ".join(texts(app))
    assert "Synthetic: every artist" in said
    assert hostile.content_hash in said
    assert "<b>" not in said


def test_check_of_a_sound_and_of_a_changed_catalogue(hostile: Catalogue) -> None:
    app = press(open_app("catalogues", part="check"), "Check every file")
    assert any("Sound" in message.value for message in app.success)
    edges = hostile.path / "edges.parquet"
    edges.write_bytes(edges.read_bytes() + b" ")
    app = press(app, "Check every file")
    assert not app.exception
    assert any("found" in message.value for message in app.error)
    problems = app.dataframe[-1].value
    assert set(problems["File"]) == {"edges.parquet"}


def test_catalogue_that_cannot_be_opened_is_listed_with_the_reason(hostile: Catalogue) -> None:
    broken = hostile.path.parent / "broken"
    broken.mkdir()
    (broken / "catalogue.json").write_text("{")
    app = open_app("catalogues")
    assert not app.exception
    listed = app.dataframe[0].value
    assert "not valid JSON" in listed.set_index("Folder").loc["broken", "State"]
    app.selectbox(key="inspected").set_value("broken").run()
    assert not app.exception
    assert any("cannot be opened" in message.value for message in app.error)


def test_another_catalogue_can_be_used(hostile: Catalogue) -> None:
    hostile_catalogue(hostile.path.parent, "second")
    app = open_app("catalogues", catalogue="hostile")
    app.selectbox(key="inspected").set_value("second").run()
    press(app, "Use this catalogue")
    assert not app.exception
    assert app.session_state["catalogue"] == "second"


def test_import_from_a_folder_and_explore_it(hostile: Catalogue, root: Path) -> None:
    official_files(root / "files")
    app = import_from(open_app("catalogues"), "files", "mine")
    assert not app.exception
    assert any("is added: 4 artists" in message.value for message in app.success)
    assert len(open_catalogue(hostile.path.parent / "mine")) == 4
    press(app, "Explore it")
    assert not app.exception
    assert app.session_state["catalogue"] == "mine"


@pytest.mark.parametrize(
    ("name", "said"), [("Bad Name", "small letters"), ("", "small letters"), ("hostile", "already")]
)
def test_import_refuses_in_plain_words(hostile: Catalogue, root: Path, name: str, said: str) -> None:
    official_files(root / "files")
    app = import_from(open_app("catalogues"), "files", name)
    assert not app.exception
    assert [said in message.value for message in app.error] == [True]
    assert sorted(entry.key for entry in list_catalogues()) == ["hostile"]


def test_import_of_a_wrong_file_names_file_row_and_reason(hostile: Catalogue, root: Path) -> None:
    files = official_files(root / "files")
    table = (files / "olga.csv").read_text().replace(",test", ",trial")
    (files / "olga.csv").write_text(table)
    app = import_from(open_app("catalogues"), "files", "new")
    assert not app.exception
    message = app.error[0].value.replace("\\", "")
    assert "olga.csv, row 3" in message
    assert "trial" in message


@pytest.mark.parametrize("place", ["0/..", "0/link", "0/nowhere", "7", "/etc", "0//etc"])
def test_what_lies_outside_of_the_roots_and_what_is_missing_are_the_same(
    hostile: Catalogue, root: Path, place: str
) -> None:
    (root / "link").symlink_to("/etc")
    app = open_app("catalogues", part="music", place=place)
    assert not app.exception
    assert [message.value for message in app.error] == [
        "There is no such folder among those that can be chosen here\\. Choose another one\\."
    ]
    assert not any("etc" in label for label in button_labels(open_app("catalogues", part="music")))


def test_a_music_folder_is_reviewed_added_and_read_again(hostile: Catalogue, root: Path) -> None:
    music(root / "tapes" / "1.flac", "flac", artist="Ada feat. Bo", title="One")
    music(root / "tapes" / "2.flac", "flac", artist="Cy", title="Two")
    (root / "tapes" / "broken.flac").write_bytes(b"no sound")
    app = open_app("catalogues", part="music", place="0/tapes")
    press(app, "Read the folder tapes")
    wait_for_children()
    app.run()
    assert not app.exception
    assert "1 file refused" in " ".join(texts(app))
    assert app.button(key="add_read").label == "Add 3 artists"
    assert app.button(key="read_exceptions").label == "Read the folder again"
    app.multiselect(key="whole_tapes").set_value(["Ada feat. Bo"]).run()
    press(app, "Read again with these")
    wait_for_children()
    app.run()
    press(app, "Add 2 artists")
    wait_for_children()
    app.run()
    assert not app.exception
    assert any("is added: 2 artists and 2 tracks" in message.value for message in app.success)
    assert app.button(key="prepare")
    music(root / "tapes" / "3.flac", "flac", artist="Di", title="Three")
    app = press(open_app("catalogues", part="folder", inspected="tapes"), "Read the folder again")
    wait_for_children()
    app.run()
    assert not app.exception
    assert "1 new file" in " ".join(texts(app))
    assert len(open_catalogue(hostile.path.parent / "tapes")) == 3


def test_files_that_were_listened_to_in_vain_are_told_and_tried_again_by_a_click(
    hostile: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.catalogues.unheard.unheard_files", lambda catalogue: [("a.wav", "It is *too* short.")])
    started: list[Choice] = []
    monkeypatch.setattr(
        "pages.catalogues.unheard.start_preparation", lambda catalogue, choice, owner: started.append(choice)
    )
    app = open_app("catalogues", part="prepare", inspected=hostile.path.name)
    assert not app.exception
    assert [fold.label for fold in app.expander] == ["1 file could not be used for the sound"]
    assert any(plain("a.wav: It is *too* short.") in text for text in texts(app))
    press(app, "Try them again")
    assert [choice.again for choice in started] == [True]


def test_the_way_to_explore_comes_first_when_nothing_is_left_to_prepare(
    hostile: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown() -> tuple[list[str], list[str]]:
        app = open_app("catalogues", part="prepare", inspected=hostile.path.name)
        assert not app.exception
        types = {button.key: button.proto.type for button in app.button}
        return [key for key in ("prepare", "explore_imported") if types.get(key) == "primary"], texts(app)

    assert shown()[0] == ["prepare"]
    jobs = Jobs(hostile.path)
    jobs.end(jobs.create(PREPARE, "", {}), "finished", "clap: The disk is *full*.")
    first, told = shown()
    assert first == ["explore_imported"]
    assert any(plain("clap: The disk is *full*.") in text for text in told)
    jobs.end(jobs.create(PREPARE, "", {}), "finished")
    assert shown()[0] == ["prepare"]
    monkeypatch.setattr("pages.catalogues.ready._plan", lambda catalogue, job: [("Lay out maps", 0.0, "")])
    assert shown()[0] == ["explore_imported"]


def test_a_catalogue_is_removed_by_a_click(hostile: Catalogue) -> None:
    data = hostile.path.parent
    shutil.copytree(hostile.path, data / "other")
    app = open_app("catalogues", part="remove", inspected="other", catalogue="other")
    assert not app.exception
    assert any("It cannot be brought back" in text for text in texts(app))
    job = Jobs(data / "other").create("map", "clap", {})
    app.button(key="remove").click().run()
    assert "A map of clap is being made" in app.error[0].value
    Jobs(data / "other").end(job, "cancelled")
    app.button(key="remove").click().run()
    assert not app.exception
    assert not (data / "other").exists()
    assert "is removed" in app.success[0].value
    assert not any("other" in message.value for message in app.warning)
    assert hostile.path.is_dir()


def test_a_whole_home_is_read_after_a_question(hostile: Catalogue, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(root))
    music(root / "tapes" / "1.flac", "flac", artist="Ada", title="One")
    app = open_app("catalogues", part="music")
    assert "downloads, games and backups" in " ".join(texts(app))
    assert "Read all of it" in button_labels(app)
    app = open_app("catalogues", part="music", place="0/tapes")
    assert "Read the folder tapes" in button_labels(app)


def test_elsewhere_adding_is_the_owners_who_gives_the_token(
    hostile: Catalogue, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.shell.owner.is_local", lambda address: False)
    for part in ("music", "tables", "import", "prepare", "remove"):
        app = open_app("catalogues", part=part)
        assert [field.key for field in app.text_input] == ["owner_token"]
        assert not app.get("file_uploader")
    app.text_input(key="owner_token").set_value("0" * 32).run()
    assert app.error
    token = owner_token(hostile.path.parent)
    assert (hostile.path.parent / TOKEN_FILE).stat().st_mode & 0o777 == 0o600
    app = open_app("catalogues", part="import", owner=token)
    assert parameter(app, "owner") is None
    assert app.button(key="import_data_set")


def test_tables_count_what_is_there(tmp_path: Path) -> None:
    catalogue = hostile_catalogue(tmp_path)
    splits = split_table(catalogue).set_index("Split")
    assert splits["Artists"].tolist() == [4, 4, 4, 12]
    assert splits.loc["All", "Edges inside"] == 13
    assert splits.loc["All", "Without an edge"] == 1
    features = feature_table(catalogue).set_index("Name")
    assert features.loc["clap", "Artists"] == 11
    assert features.loc["moods_themes", "Numbers"] == 4
    assert features.loc["moods_themes", "Coverage"] == pytest.approx(4 / 12)
    assert features["Single tracks"].tolist() == [0, 0]
    assert problem_table([Problem("a", None, "b"), Problem("c", 3, "d")])["Row"].isna().tolist() == [True, False]
    assert len(catalogue_table([])) == 0


def test_relations_are_shown_with_source_licence_date_and_algorithm(hostile: Catalogue) -> None:
    relation = Relation(
        "played", "played *together* <b>", "credits", "CC0-1.0", "2026", "counting", redistributable=False
    )
    edges = pd.DataFrame({"source": [0], "target": [5], "relation": "played", "weight": 1.0})
    elsewhere = pd.DataFrame({"mbid": [""], "name": ["Flo"], "artist": [0], "relation": ["played"], "weight": [1.0]})
    catalogue = update_catalogue(hostile, relations=[relation], edges=edges, elsewhere=elsewhere)
    shown = relation_table(catalogue).set_index("Name")
    assert shown.loc["similar", ["Edges", "Artists elsewhere", "Used for"]].tolist() == [13, 0, "models learn it"]
    assert shown.loc["played"].tolist() == [
        "played *together* <b>",
        1,
        1,
        "not learned",
        "credits",
        "CC0-1.0",
        "no, stays on this machine",
        "2026",
        "counting",
    ]
    app = open_app("catalogues")
    assert not app.exception
    assert any("played" in frame.value.to_string() for frame in app.dataframe)


def test_splits_that_were_made_are_told_from_given_ones(hostile: Catalogue) -> None:
    assert not any("made at the import" in caption.value for caption in open_app("catalogues").caption)
    file = hostile.path / "catalogue.json"
    made = replace(hostile.manifest, splits=Splits("made", "by *hash*"))
    write_json(file, made.as_dict())
    said = [caption.value for caption in open_app("catalogues").caption]
    assert any("made at the import. Method: by \\*hash\\*." in caption for caption in said)


def test_known_edges_are_named_by_the_relation_that_is_learned(hostile: Catalogue) -> None:
    relation = replace(hostile.relations["similar"], title="heard *together*")
    catalogue = update_catalogue(hostile, relations=[relation])
    assert "known: heard \\*together\\* ·" in legend(catalogue, 2)
    assert edge_chip(KNOWN, relation) == "Known edge: heard \\*together\\*"
    assert "known" not in legend(replace(catalogue, manifest=replace(catalogue.manifest, learned="")), 2)


def test_tracks_and_their_vectors_are_counted(hostile: Catalogue) -> None:
    tracks = pd.DataFrame(
        {"artist": [0, 0, 5], "track_id": list("abc"), "title": "", "kind": "synthetic", "recipe": "{}"}
    )
    vectors = np.array([[1.0] * 8, [np.nan] * 8, [2.0] * 8], np.float32)
    catalogue = update_catalogue(hostile, tracks=tracks, track_features={"clap": vectors})
    features = feature_table(catalogue).set_index("Name")
    assert features.loc["clap", "Single tracks"] == 2
    assert features.loc["moods_themes", "Single tracks"] == 0
    app = open_app("catalogues")
    assert not app.exception
    assert {metric.label: metric.value for metric in app.metric}["Tracks"] == "3"


def test_page_only_reads(hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(hostile.path.parent))
    before = {file: sha256_file(file) for file in hostile.path.rglob("*") if file.is_file()}
    press(open_app("catalogues", part="check"), "Check every file")
    assert before == {file: sha256_file(file) for file in hostile.path.rglob("*") if file.is_file()}
