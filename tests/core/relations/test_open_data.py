"""A catalogue from small dumps that are hand-written in exactly the formats of the real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.audio.encoders.acousticbrainz import COLUMN_OF, DESCRIPTOR_NAMES, descriptors_of
from core.catalogue import Catalogue, open_catalogue, validate
from core.cli import main
from core.errors import NearfieldError
from core.relations.acousticbrainz import mean_descriptors
from core.relations.open_data import made_splits
from tests.support.documents import descriptor_document
from tests.support.dumps import listens_frame, musicbrainz_tables, write_archive, write_descriptors, write_listens
from tests.support.services import mbid

NAMES = {0: "Ada", 1: "Bo", 2: "Cy", 3: "Dee", 4: "Once"}
RECORDING = {number: mbid(500_000 + number) for number in range(10)}


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ada, Bo and Cy are listened to together, Bo under an MBID that was merged; Dee is heard by two users only, and 9
    is not in MusicBrainz."""
    folder = tmp_path_factory.mktemp("dumps")
    plays = [(user, 200 * place, (number,)) for user in range(4) for place, number in enumerate([0, 71, 2, 9] * 3)]
    plays += [(user, 90_000 + 200 * place, (number,)) for user in range(2) for place, number in enumerate([0, 3] * 9)]
    write_listens(folder / "listens", listens_frame(plays))
    tables = musicbrainz_tables(NAMES, [(0, "member of band", 1), (4, "tribute", 0)], merged={71: 1})
    write_archive(folder / "mbdump.tar.bz2", tables)
    documents = {
        f"{mbid(500_000)}-0": descriptor_document(1),
        f"{mbid(500_000)}-1": descriptor_document(2),  # a second document of the same recording
        f"{mbid(500_071)}-0": descriptor_document(3),
        f"{mbid(600_000)}-0": descriptor_document(4),  # nobody listens to it
    }
    write_descriptors(folder / "acousticbrainz-lowlevel-json-20220623-0.tar.zst", documents)
    return folder


@pytest.fixture(scope="module")
def made(dumps: Path, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    dest = tmp_path_factory.mktemp("made") / "open-artists"
    assert main(["open-data", str(dest), *options(dumps)]) == 0
    return open_catalogue(dest)


def options(dumps: Path) -> list[str]:
    archive = dumps / "acousticbrainz-lowlevel-json-20220623-0.tar.zst"
    sound = ["--acousticbrainz", str(archive)]
    return ["--listens", str(dumps / "listens"), "--musicbrainz", str(dumps / "mbdump.tar.bz2"), *sound]


def test_artists_have_current_ids_and_names(made: Catalogue) -> None:
    assert made.artists["mbid"].tolist() == [mbid(0), mbid(1), mbid(2)]
    assert made.artists["name"].tolist() == ["Ada", "Bo", "Cy"]
    assert made.artists["artist_id"].tolist() == made.artists["mbid"].tolist()
    assert validate(made.path) == []


def test_listening_is_learned_and_links_are_kept(made: Catalogue) -> None:
    assert made.manifest.learned == "listens"
    assert made.learned_edges.tolist() == [[0, 1], [0, 2], [1, 2]]
    assert made.edges_of("mb_member_of_band").tolist() == [[0, 1]]
    assert made.elsewhere[["mbid", "name"]].to_numpy().tolist() == [[mbid(4), "Once"]]


def test_all_of_it_may_be_passed_on(made: Catalogue) -> None:
    manifest = made.manifest
    assert manifest.licence == "CC0-1.0"
    assert {(one.licence, one.redistributable) for one in manifest.relations} == {("CC0-1.0", True)}
    assert made.feature_info("acousticbrainz").licence == "CC0-1.0"
    assert manifest.splits.are_made
    assert not any("user" in column for column in (*made.artists, *made.edges))
    assert "1 artists of the listens are not in MusicBrainz' dump and were left out." in manifest.notes


def test_features_are_means_of_documents(made: Catalogue) -> None:
    values = made.feature_array("acousticbrainz")
    assert values.shape == (3, len(DESCRIPTOR_NAMES))
    np.testing.assert_allclose(values[0], descriptors_of(descriptor_document(1)), rtol=1e-6)
    np.testing.assert_allclose(values[1], descriptors_of(descriptor_document(3)), rtol=1e-6)
    assert np.isnan(values[2]).all()


def test_fewer_artists_and_no_features(dumps: Path, tmp_path: Path) -> None:
    dest = tmp_path / "two"
    assert main(["open-data", str(dest), *options(dumps)[:4], "--artists", "2"]) == 0
    made = open_catalogue(dest)
    assert len(made) == 2
    assert made.feature_names == []


def test_nothing_is_left_behind_where_nobody_is_heard_together(dumps: Path, tmp_path: Path, capsys: Any) -> None:
    write_listens(tmp_path / "few", listens_frame([(1, 0, (0,)), (1, 9, (1,))]))
    dest = tmp_path / "none"
    arguments = [*options(dumps)[2:], "--listens", str(tmp_path / "few")]
    assert main(["open-data", str(dest), *arguments]) == 2
    assert "No two artists" in capsys.readouterr().err
    assert not dest.exists()


class TestDocuments:
    def test_a_folder_does_as_well_as_an_archive(self, dumps: Path, tmp_path: Path) -> None:
        documents = {f"{RECORDING[place]}-0": descriptor_document(place) for place in range(3)}
        place = tmp_path / "lowlevel" / "0" / "0" / "0"
        place.mkdir(parents=True)
        for name, content in documents.items():
            (place / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        (place / "readme.json").write_text("{}", encoding="utf-8")
        archive = write_descriptors(tmp_path / "archive.tar.zst", documents)
        artist_of = {RECORDING[0]: 1, RECORDING[1]: 1}
        for source in (tmp_path / "lowlevel", archive):
            found = mean_descriptors([source], artist_of, 2)
            both = np.mean([descriptors_of(descriptor_document(one)) for one in (0, 1)], axis=0)
            np.testing.assert_allclose(found.values[1], both, rtol=1e-6)
            assert np.isnan(found.values[0]).all()
            assert (found.documents, found.refused) == (2, 0)

    def test_a_document_that_lacks_something_is_counted(self, tmp_path: Path) -> None:
        broken = descriptor_document(0)
        del broken["rhythm"]["bpm"]
        documents = {f"{RECORDING[0]}-0": broken, f"{RECORDING[0]}-1": descriptor_document(5), f"{RECORDING[1]}-0": [1]}
        archive = write_descriptors(tmp_path / "archive.tar.zst", documents)
        found = mean_descriptors([archive], {RECORDING[0]: 0, RECORDING[1]: 0}, 1)
        assert (found.documents, found.refused) == (1, 2)
        bpm = COLUMN_OF["rhythm.bpm"]
        assert found.values[0, bpm] == descriptors_of(descriptor_document(5))[bpm]

    def test_a_damaged_archive_is_told(self, tmp_path: Path) -> None:
        archive = write_descriptors(tmp_path / "archive.tar.zst", {f"{RECORDING[0]}-0": descriptor_document(0)})
        archive.write_bytes(archive.read_bytes()[:2000])
        with pytest.raises(NearfieldError, match="cannot be unpacked"):
            mean_descriptors([archive], {RECORDING[0]: 0}, 1)
        with pytest.raises(NearfieldError, match="no file or folder"):
            mean_descriptors([tmp_path / "nothing"], {}, 1)


def test_splits_stay_when_artists_are_added() -> None:
    ids = [mbid(number) for number in range(2000)]
    splits = made_splits(ids)
    assert made_splits(ids[:100]) == splits[:100]
    assert 0.76 < splits.count("train") / len(ids) < 0.84
    assert set(splits) == {"train", "val", "test"}
