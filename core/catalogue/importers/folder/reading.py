"""From a folder of music to the content of a catalogue: what is new or changed is read, and all of it is put together.

The records of the files stand in `music/files.sqlite` in the catalogue's folder, and before there is one beside it, in
`.NAME.reading`. A reading can be stopped at any moment, also by a kill, and goes on from there.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.audio.music_files import MusicFile, MusicFolder, shown_path
from core.audio.tag_worker import TagReader
from core.catalogue.catalogue import Catalogue, open_catalogue
from core.catalogue.format import MANIFEST_FILE, FeatureInfo, Manifest
from core.catalogue.importers.folder.credits import folded
from core.catalogue.importers.folder.frames import SPLIT_METHOD, TOGETHER, frames_of, kept_vectors
from core.catalogue.importers.folder.people import Library, gather, known_names
from core.catalogue.importers.folder.review import REVIEW_FILE, review_lines, review_of, write_review
from core.catalogue.importers.folder.store import Store, open_store
from core.catalogue.importers.registry import Content, Options, Progress, Report, no_progress
from core.catalogue.relations import Splits
from core.catalogue.updating import update_catalogue
from core.catalogue.writing import TrackFeatures, check_destination, write_catalogue
from core.errors import CatalogueError, NearfieldError
from core.reading import parse_json_object, read_regular
from core.storage import read_json, sha256_file, sha256_text, writing

MUSIC_FOLDER = "music"
STORE_FILE = "files.sqlite"
EXCEPTIONS_FILE = "exceptions.txt"
_EARLY = ".reading"
CREATED_BY = "importer folder 1"
LICENCE = "The tags of your own files. The music is not in the catalogue."

EXCEPTIONS = "exceptions"
"""The option, and the fact that keeps what it gave."""
_BUILT, _ROOT, _EXCEPTIONS = "built", "root", EXCEPTIONS
_MOST_NAMED = 1000
_SAMPLE = 100
_SIGN_EVERY = 200
_LARGEST_REVIEW = 256 << 20


@dataclass(frozen=True)
class FolderContent(Content):
    """The content of a music folder. `before` is the catalogue that it goes into, `built` identifies what it is made
    from, and `is_same` says that nothing has changed since the catalogue was made."""

    before: Catalogue | None = None
    review: dict[str, Any] = field(default_factory=dict)
    built: str = ""
    is_same: bool = False


def look_at(source: Path, options: Options) -> Content:
    """What is in a folder, for its own sake."""
    return read_folder(source, options, None, True, no_progress)


def read_folder(source: Path, options: Options, dest: Path | None, is_trial: bool, on_progress: Progress) -> Content:
    """The content of the music folder `source` as that of the catalogue `dest`, which may be there already.

    Raises CatalogueError where the folder is away, holds no music, or is not the one that `dest` was made from.
    """
    if not source.is_dir():
        raise CatalogueError(
            f"There is no folder {shown_path(str(source))}. If it is on a drive that is away, connect it and try again."
        )
    root = os.path.realpath(source)
    if shown_path(root) != root:
        raise CatalogueError(f"The name of the folder {shown_path(root)} is no UTF-8. Rename it, and try again.")
    walk = MusicFolder(Path(root))
    if next(walk.files(), None) is None and not _knows_files(dest):
        raise CatalogueError(f"{shown_path(root)} holds no music file. {' '.join(walk.left_out[:3])}".rstrip())
    before = open_catalogue(dest) if dest is not None and (dest / MANIFEST_FILE).is_file() else None
    with _place(dest, is_trial) as folder, open_store(folder / STORE_FILE) as store:
        given = _exceptions(Path(options[EXCEPTIONS])) if EXCEPTIONS in options else json.loads(_kept(store))
        moved_from = _moved_from(store, root)
        passed = _read_files(store, root, on_progress)
        if moved_from:
            passed["moved_from"] = moved_from
        if not is_trial:
            store.note(_ROOT, root)
            store.note(_EXCEPTIONS, json.dumps(given))
        said = {name: value for name, value in passed.items() if name != "moved_from"}
        built = sha256_text(CREATED_BY, root, *given, "", json.dumps(said))
        if before and store.fact(_BUILT) == built and not store.changes():
            return _same(before)
        _compare_look_alikes(store, root, on_progress)
        library = _gathered(store, {folded(name) for name in given}, on_progress)
        kinds = store.changes() if before else {}
        changes = {kind: [shown_path(name) for name in store.changed(kind, _MOST_NAMED)] for kind in kinds}
    return _content(root, library, before, changes, passed | {EXCEPTIONS: given}, built)


def write_folder(content: Content, dest: Path) -> Path:
    """Write what was read as the catalogue `dest` or its next version, and the review beside it."""
    if not isinstance(content, FolderContent):
        raise TypeError("This content was not read from a music folder.")
    if content.is_same:
        return dest
    if content.before is None:
        write_catalogue(
            dest,
            replace(content.manifest, name=dest.name),
            content.artists,
            content.edges,
            content.features,
            content.tracks,
        )
    else:
        update_catalogue(
            content.before,
            content.features,
            content.tracks,
            content.track_features,
            relations=content.manifest.relations,
            edges=content.edges,
            audio_root=content.manifest.audio_root,
            artists=content.artists,
        )
    with writing(dest), _place(dest, False) as folder, open_store(folder / STORE_FILE) as store:
        write_review(folder, content.review)
        store.settle()
        store.note(_BUILT, content.built)
    return dest


def write_early_review(content: Content, dest: Path) -> None:
    """Keep the review of what was read for `dest` before there is a catalogue, for `early_review`."""
    if not isinstance(content, FolderContent):
        raise TypeError("This content was not read from a music folder.")
    if content.before is None:
        with writing(dest), _place(dest, False) as folder:
            write_review(folder, content.review)


def early_review(dest: Path) -> dict[str, Any] | None:
    """The review of what was read for `dest`, where no catalogue was made of it yet; None where there is none."""
    return _review_in(_folders(dest)[1])


def kept_review(dest: Path) -> dict[str, Any] | None:
    """The review of the last import into the catalogue `dest`; None where it was made of no music folder."""
    return _review_in(_folders(dest)[0])


def _review_in(folder: Path) -> dict[str, Any] | None:
    file = folder / REVIEW_FILE
    return parse_json_object(read_regular(file, _LARGEST_REVIEW), file.name) if file.is_file() else None


def records_folder(dest: Path) -> Path:
    """Where the records of `dest` are now: in the catalogue, or beside it where there is none yet."""
    kept, early = _folders(dest)
    return kept if (dest / MANIFEST_FILE).is_file() else early


def unfinished_readings(data_folder: Path) -> list[str]:
    """The names of the catalogues of a data folder for which music was read and which were not made yet."""
    folders = data_folder.glob(f".*{_EARLY}")
    names = sorted(folder.name[1 : -len(_EARLY)] for folder in folders if (folder / STORE_FILE).is_file())
    return [name for name in names if not (data_folder / name / MANIFEST_FILE).is_file()]


def forget_reading(dest: Path) -> None:
    """Remove what was read for `dest` where no catalogue was made of it."""
    with writing(dest):
        shutil.rmtree(_folders(dest)[1])


def check_dest(dest: Path) -> None:
    """Raise CatalogueError if `dest` is something else than a catalogue of a music folder."""
    manifest = dest / MANIFEST_FILE
    if not manifest.is_file() or not is_music_folder(Manifest.from_dict(read_json(manifest))):
        check_destination(dest)


def is_music_folder(manifest: Manifest) -> bool:
    """Whether a catalogue was made of a music folder, so that this can be read again."""
    return manifest.created_by.startswith("importer folder ")


def _knows_files(dest: Path | None) -> bool:
    return dest is not None and any((folder / STORE_FILE).is_file() for folder in _folders(dest))


def _folders(dest: Path) -> tuple[Path, Path]:
    """Where the records are: in the catalogue, and before there is one."""
    real = Path(os.path.realpath(dest))
    return real / MUSIC_FOLDER, real.with_name(f".{real.name}{_EARLY}")


@contextmanager
def _place(dest: Path | None, is_trial: bool) -> Iterator[Path]:
    """The folder of what is known of the files; for a trial a copy that is thrown away."""
    if dest is None:
        with TemporaryDirectory(prefix="nearfield-") as folder:
            yield Path(folder)
        return
    kept, early = _folders(dest)
    is_there = (dest / MANIFEST_FILE).is_file()
    if is_trial:
        with TemporaryDirectory(prefix="nearfield-") as folder:
            for name in (STORE_FILE, f"{STORE_FILE}-journal", REVIEW_FILE):
                if (kept / name).is_file():
                    shutil.copyfile(kept / name, Path(folder) / name)
            yield Path(folder)
        return
    with writing(kept if is_there else early):
        if is_there and early.is_dir() and not (kept / STORE_FILE).exists():
            kept.mkdir(exist_ok=True)
            for file in sorted(early.iterdir(), key=lambda file: file.name == STORE_FILE):
                file.replace(kept / file.name)
            early.rmdir()
        place = kept if is_there else early
        place.mkdir(parents=True, exist_ok=True)
    yield place


def _kept(store: Store) -> str:
    return store.fact(_EXCEPTIONS) or "[]"


def _exceptions(file: Path) -> list[str]:
    """The names in a file of exceptions, one a line; lines that begin with # are comments."""
    try:
        text = read_regular(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CatalogueError(f"{file.name} is no text in UTF-8. Save it as UTF-8, one name a line.") from None
    except NearfieldError as fault:
        raise CatalogueError(str(fault)) from None
    lines = (" ".join(line.split()) for line in text.splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


def _moved_from(store: Store, root: str) -> str:
    """The folder that was read before, if it is now at `root`; "" if it has not moved.

    Raises CatalogueError if `root` holds other music.
    """
    before = store.fact(_ROOT)
    if not before or before == root or not store.count():
        return ""
    sample = store.sample(_SAMPLE)
    there = sum(_size(os.path.join(root, name)) == size for name, size in sample)
    if 2 * there >= len(sample):
        return before
    raise CatalogueError(
        f"This catalogue was made from {before}, and {root} does not hold the same files. Import it as a catalogue of "
        "its own, or give the folder to which the music has moved."
    )


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return -1


def _read_files(store: Store, root: str, on_progress: Progress) -> dict[str, Any]:
    """Read the files that are new or changed; returns what was passed over."""
    on_progress("finding files", 0.0)
    walk = MusicFolder(Path(root))
    there, unread = store.begin(_with_signs_of_life(walk.files(), on_progress))
    if not there and store.count():
        raise CatalogueError(
            f"{root} holds no music now, but held {store.count():,} files before. Is the drive connected? "
            "The catalogue stays as it is."
        )
    if unread:
        reader = TagReader()
        try:
            answers = reader.read((file.path, file) for file in store.unread(root))
            with closing(store.keep(answers)) as kept:
                for done, _ in enumerate(kept, 1):
                    on_progress("reading tags", min(1.0, done / unread))
        finally:
            reader.close()
    away = store.keep_below(walk.unreadable)
    store.end()
    others = dict(sorted(walk.others.items(), key=lambda item: (-item[1], item[0])))
    return {"left_out": walk.left_out, "others": others, "kept_from_unreadable_folders": away}


def _with_signs_of_life(files: Iterator[MusicFile], on_progress: Progress) -> Iterator[MusicFile]:
    for place, file in enumerate(files):
        if place % _SIGN_EVERY == 0:
            on_progress("finding files", 0.0)
        yield file


def _compare_look_alikes(store: Store, root: str, on_progress: Progress) -> None:
    """Hash the whole content of files that look alike, so that equal files are told from those that only begin so."""
    names = store.look_alikes()
    for done, name in enumerate(names):
        on_progress("comparing files that look alike", done / len(names))
        try:
            digest = sha256_file(Path(root, name))
        except OSError:
            continue  # read before and away now: the next reading tells
        store.put_content(name, digest)


def _gathered(store: Store, exceptions: set[str], on_progress: Progress) -> Library:
    on_progress("telling artists apart", 0.0)
    known = known_names(store.records())
    total, done = max(1, store.count()), 0

    def check() -> None:
        nonlocal done
        done += 1
        if done % 500 == 0:
            on_progress("telling artists apart", min(1.0, done / total))

    return gather(store.records(), known, exceptions, check)


def _content(
    root: str,
    library: Library,
    before: Catalogue | None,
    changes: dict[str, list[str]],
    passed: dict[str, Any],
    built: str,
) -> FolderContent:
    if not library.people and before is None:
        reasons = " ".join(f"{file}: {reason}" for file, reason in (library.refused + library.nobody)[:3])
        raise CatalogueError(f"No file in {root} says who its artist is. {reasons}")
    frames = frames_of(library, before)
    review = review_of(root, library, frames, changes, passed)
    features: dict[str, tuple[Any, FeatureInfo]] = {}
    track_features: TrackFeatures = {}
    if before is not None:
        track_features, means = kept_vectors(before, frames)
        features = {name: (values, before.feature_info(name)) for name, values in means.items()}
    manifest = Manifest(
        name="music",
        title=Path(root).name or "Music",
        kind="real",
        source=f"The music in the folder {Path(root).name or root}",
        licence=LICENCE,
        citation="",
        created_by=CREATED_BY,
        relations=[TOGETHER] if len(frames.edges) or (before and TOGETHER.name in before.relations) else [],
        learned="",
        splits=Splits("made", SPLIT_METHOD),
        audio_root=root,
    )
    lines = review_lines(review)
    if moved := passed.get("moved_from"):
        lines.insert(1, f"the folder has moved from {moved}")
    return FolderContent(
        manifest,
        frames.artists,
        frames.edges,
        features,
        frames.tracks,
        track_features,
        Report(lines, review),
        before,
        review,
        built,
    )


def _same(before: Catalogue) -> FolderContent:
    report = Report(["nothing has changed since the folder was read"], {"changes": {}})
    return FolderContent(
        before.manifest, before.artists, before.edges, {}, before.tracks, {}, report, before, is_same=True
    )
