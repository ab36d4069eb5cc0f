"""Writers of a catalogue that are killed at any step: it opens as the old or the new version, and all is there."""

import errno
import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from core.catalogue import Catalogue, open_catalogue, update_catalogue, validate
from core.catalogue.adding import check_new_name
from core.catalogue.library import list_catalogues
from core.catalogue.writing import check_destination
from core.errors import CatalogueError, NearfieldError
from core.storage import write_json
from tests.support.catalogues import describe, tiny_catalogue
from tests.support.faults import in_a_process, killed_before, refusing, told

OLD, NEW = np.zeros((4, 2)), np.ones((4, 2))
DERIVED = ("runs/r/config.json", "maps/m.npz", "fusions/f.json", "results.parquet")
ERRORS = [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of catalogues with one that has runs, a map, a fusion, results and two feature sets."""
    catalogue = tiny_catalogue(tmp_path / "data" / "c", 4, [(0, 1)], {"clap": OLD, "moods": OLD})
    for file in DERIVED:
        (catalogue.path / file).parent.mkdir(parents=True, exist_ok=True)
        (catalogue.path / file).write_text(file)
    return tmp_path / "data"


def update(catalogue: Catalogue) -> Catalogue:
    return update_catalogue(catalogue, {"clap": describe("clap", NEW)}, notes=["new"])


def opened_by_path(data: Path) -> Catalogue:
    return open_catalogue(data / "c")


def opened_from_the_list(data: Path) -> Catalogue:
    entry, *others = list_catalogues(data)
    assert not others
    return open_catalogue(entry.path)


def check_whole(data: Path, opened: Callable[[Path], Catalogue] = opened_by_path) -> bool:
    """Check that the catalogue is old or new, complete and without litter after it was opened; whether it is new."""
    catalogue = opened(data)
    assert validate(catalogue.path) == []
    is_new = catalogue.manifest.notes == ["new"]
    np.testing.assert_array_equal(catalogue.feature_array("clap"), NEW if is_new else OLD)
    for file in DERIVED:
        assert (catalogue.path / file).read_text() == file
    content = {"catalogue.json", "artists.parquet", "edges.parquet", "features", "runs", "maps", "fusions"}
    assert {entry.name for entry in catalogue.path.iterdir()} == content | {"results.parquet"}
    assert {entry.name for entry in data.iterdir()} <= {"c", ".c.lock"}
    return is_new


def test_an_update_killed_at_any_step_leaves_the_old_or_the_new_version(data: Path) -> None:
    pristine = shutil.copytree(data, data.with_name("pristine"))
    seen, step = [], 1
    while killed_before(step, lambda: update(open_catalogue(data / "c"))):
        seen.append(check_whole(data, opened_by_path if step % 2 else opened_from_the_list))
        if step % 8 == 0:
            assert update(open_catalogue(data / "c")).manifest.notes == ["new"]
            assert check_whole(data)
        shutil.rmtree(data)
        shutil.copytree(pristine, data)
        step += 1
    assert seen == sorted(seen)  # old up to some step, new from there on
    assert {False, True} == set(seen)
    assert step > 20


@pytest.mark.parametrize("torn", ["between the renames", "before the rest has moved"])
def test_a_recovery_killed_at_any_step_is_done_by_the_next(data: Path, torn: str) -> None:
    folder, old = data / "c", data / ".c.old"
    new = update(open_catalogue(shutil.copytree(folder, data.parent / "new" / "c")))
    for file in DERIVED:
        (new.path / file).unlink()
    (new.path / "runs" / "r").rmdir()
    folder.rename(old)
    if torn == "before the rest has moved":
        shutil.copytree(new.path, folder)
        (folder / "runs" / "later").mkdir(parents=True, exist_ok=True)
    torn_data = shutil.copytree(data, data.parent / "torn")
    step = 1
    while killed_before(step, lambda: open_catalogue(folder)):
        catalogue = open_catalogue(folder)
        assert catalogue.manifest.notes == ([] if torn == "between the renames" else ["new"])
        assert all((folder / file).read_text() == file for file in DERIVED)
        assert {entry.name for entry in data.iterdir()} <= {"c", ".c.lock"}
        shutil.rmtree(data)
        shutil.copytree(torn_data, data)
        step += 1
    assert step > 2


def test_a_first_import_killed_at_any_step_leaves_nothing_or_all(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    step = 1
    while killed_before(step, lambda: tiny_catalogue(data / "c", 4, [(0, 1)], {"clap": OLD})):
        for entry in list_catalogues(data):
            assert validate(entry.path) == []
            shutil.rmtree(entry.path)
        assert list(data.iterdir()) == []
        step += 1
    assert step > 5


def test_what_an_older_version_has_half_removed_goes(data: Path) -> None:
    half_removed = data / ".c.old"
    shutil.copytree(data / "c" / "features", half_removed / "features")
    assert not check_whole(data)
    assert not half_removed.exists()


def test_a_hidden_folder_of_somebody_else_stays(data: Path) -> None:
    own = data / ".c.old" / "diary"
    own.mkdir(parents=True)
    open_catalogue(data / "c")
    list_catalogues(data)
    assert own.is_dir()


def test_a_writer_at_work_is_left_alone_and_waited_for(data: Path) -> None:
    with FileLock(data / ".c.lock"):
        shutil.copytree(data / "c", data / ".c.old")
        assert open_catalogue(data / "c").name == "tiny"
        assert (data / ".c.old").is_dir()
    check_whole(data)


def test_who_opens_while_others_write_gets_a_whole_version(data: Path) -> None:
    """Two writers and two readers at once, in processes of their own."""
    until = time.monotonic() + 3

    def write() -> None:
        while time.monotonic() < until:
            message = told(lambda: update(open_catalogue(data / "c")))
            assert not message or "Another process is changing" in message or "was changed meanwhile" in message

    def read() -> None:
        while time.monotonic() < until:
            assert open_catalogue(data / "c").feature_names == ["clap", "moods"]

    with ThreadPoolExecutor(4) as pool:
        for ended in [pool.submit(in_a_process, work) for work in (write, read, write, read)]:
            assert ended.result()
    assert check_whole(data)


def test_a_catalogue_on_a_disk_that_cannot_be_written_opens(data: Path) -> None:
    shutil.copytree(data / "c", data / ".c.old")
    with refusing(errno.EROFS):
        assert open_catalogue(data / "c").name == "tiny"
        assert [entry.key for entry in list_catalogues(data)] == ["c"]


@pytest.mark.parametrize(("number", "every"), [(number, 1 if number == errno.ENOSPC else 9) for number in ERRORS])
def test_an_update_that_the_system_refuses_at_any_step_says_so_and_loses_nothing(
    data: Path, number: int, every: int
) -> None:
    pristine = shutil.copytree(data, data.with_name("pristine"))
    for once in (True, False):
        step = 1
        while True:
            catalogue = open_catalogue(data / "c")
            with refusing(number, step, once):
                message = told(lambda catalogue=catalogue: update(catalogue))  # type: ignore[misc]
            if not message and (not once or step > 60):
                break
            if message:
                assert "cannot be written" in message
                assert os.strerror(number) in message
            check_whole(data)
            shutil.rmtree(data)
            shutil.copytree(pristine, data)
            step += every
        assert step > 10


@pytest.mark.parametrize("number", ERRORS)
def test_an_import_that_the_system_refuses_leaves_nothing(tmp_path: Path, number: int) -> None:
    for step in range(1, 6):
        with refusing(number, step), pytest.raises(NearfieldError, match="cannot be written"):
            tiny_catalogue(tmp_path / "data" / "c", 4, [(0, 1)], {"clap": OLD})
        assert not (tmp_path / "data").exists() or list((tmp_path / "data").iterdir()) == []


def test_litter_goes_and_what_is_being_written_stays(data: Path) -> None:
    folder = data / "c"
    litter = [folder / ".results.parquet.tmp-abcd1234", folder / "runs/r/.status.json.tmp-abcd1234"]
    aged = folder / "fusions" / ".f.json.abcd1234.json"
    for file in [*litter, aged]:
        file.write_text("{")
    (folder / "maps" / ".own.json").write_text("{}")
    open_catalogue(folder)
    assert not any(file.exists() for file in litter)
    assert aged.exists()  # nobody can tell whose it is yet
    os.utime(aged, (time.time() - 100_000,) * 2)
    open_catalogue(folder)
    assert not aged.exists()
    assert (folder / "maps" / ".own.json").exists()


@pytest.mark.parametrize("name", ["shelves", "nearfield.db", "nearfield.db-journal"])
def test_no_catalogue_takes_the_place_of_the_lists(tmp_path: Path, name: str) -> None:
    with pytest.raises(CatalogueError, match=f"cannot be called “{name}”"):
        check_destination(tmp_path / name)
    with pytest.raises(CatalogueError):
        check_new_name(name, tmp_path)
    write_json(tmp_path / name / "x.json", {})
    with pytest.raises(CatalogueError, match=f"cannot be called “{name}”"):
        tiny_catalogue(tmp_path / name, 4)
