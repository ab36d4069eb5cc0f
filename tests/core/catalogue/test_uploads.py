"""Uploaded tables: looked at, imported, and refused where they are too many, too large or oddly named."""

from pathlib import Path

import pytest

from core.catalogue import open_catalogue, uploads
from core.catalogue.import_jobs import cancel_import, import_job
from core.catalogue.uploads import forget_uploads, guess_upload, plan_upload, start_upload
from core.errors import CatalogueError
from core.jobs import JobBusyError
from tests.support.processes import wait_for_children

FILES = {"artists.csv": b"id,name,tempo\na,Ada,1\nb,Bo,2\n", "edges.csv": b"source,target\na,b\n"}
TERMS = {"source": "a test", "licence": "CC0-1.0"}


def test_an_upload_is_looked_at_and_imported(tmp_path: Path) -> None:
    tables, guess = guess_upload(FILES)
    assert tables == {"artists.csv": ["id", "name", "tempo"], "edges.csv": ["source", "target"]}
    assert guess.artists is not None
    assert guess.artists.id == "id"
    content = plan_upload(FILES)
    start_upload(FILES, content.told().mapping, TERMS, "mine", "a visitor", tmp_path)
    with pytest.raises(JobBusyError):
        start_upload(FILES, "", TERMS, "mine", "another", tmp_path)
    wait_for_children()
    job = import_job(tmp_path / "mine")
    assert job is not None
    assert (job.state, job.owner, job.message) == ("finished", "a visitor", "")
    assert len(open_catalogue(tmp_path / "mine").learned_edges) == 1
    assert (tmp_path / uploads.TABLES_FOLDER / "mine").is_dir()
    forget_uploads(tmp_path)
    assert not list((tmp_path / uploads.TABLES_FOLDER).iterdir())


def test_an_import_that_is_cancelled_leaves_no_catalogue(tmp_path: Path) -> None:
    rows = b"".join(b"%d,Artist %d\n" % (row, row) for row in range(100_000))
    start_upload({"artists.csv": b"id,name\n" + rows}, "", TERMS, "mine", "a visitor", tmp_path)
    cancel_import(tmp_path / "mine")
    wait_for_children()
    job = import_job(tmp_path / "mine")
    assert job is not None
    assert job.state == "cancelled"
    assert not (tmp_path / "mine").exists()


def test_all_is_guessed_anew_for_another_table_of_artists() -> None:
    files = {"artists.csv": b"id,name\na,Ada\nb,Bo\n", "bands.csv": b"band,formed,from,to\nCy,1990,a,b\nDi,1991,b,a\n"}
    _, first = guess_upload(files)
    assert first.artists is not None
    assert (first.artists.file, [terms.file for terms in first.edges]) == ("artists.csv", ["bands.csv"])
    _, second = guess_upload(files, "bands.csv")
    assert second.artists is not None
    assert (second.artists.file, second.artists.name, second.artists.decade) == ("bands.csv", "band", "formed")
    assert second.edges == []


def test_an_import_without_terms_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="Say the source and the licence"):
        start_upload(FILES, "", {}, "mine", "a visitor", tmp_path)
    with pytest.raises(CatalogueError, match="small letters"):
        start_upload(FILES, "", TERMS, "../mine", "a visitor", tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


@pytest.mark.parametrize(
    "name", ["../artists.csv", "a/b.csv", "a\\b.csv", ".hidden.csv", "a\0.csv", "x" * 200 + ".csv"]
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(CatalogueError, match="cannot be the name of an uploaded file"):
        plan_upload({name: b"id\na\n"})


def test_too_many_and_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CatalogueError, match="Choose the files first"):
        plan_upload({})
    with pytest.raises(CatalogueError, match="at most 20"):
        plan_upload({f"{number}.csv": b"" for number in range(21)})
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD", 10)
    with pytest.raises(CatalogueError, match="can be uploaded"):
        plan_upload(FILES)
