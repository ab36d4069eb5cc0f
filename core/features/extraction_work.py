"""The work of one extraction: which files are to be listened to, which were before, and which cannot be."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.catalogue import Catalogue, FeatureInfo
from core.features.audio_folders import AudioFile
from core.features.digests import DIGESTS_FILE, Digests
from core.features.extraction_workers import Outcome, Task
from core.features.faults import FAULTS_FILE, Faults, identity_of_locked
from core.features.pipelines import same_pipeline
from core.features.shards import Shard

EXTRACTED_FOLDER = "extracted"


@dataclass(frozen=True)
class Extractor:
    """What makes one set: `key` identifies the extractor, `info` describes the set."""

    name: str
    key: str
    info: FeatureInfo

    def made(self, info: FeatureInfo) -> bool:
        """Whether a set with this description comes from this extractor."""
        return same_pipeline(info, self.info)


@dataclass(frozen=True)
class ExtractionProgress:
    """Files done and in all; `latest` is the name of the last one. `known` of those that are done took no work: they
    were extracted before, equal another or cannot be read."""

    done: int
    files: int
    latest: str
    known: int = 0


class Work:
    """The files of one extraction, or of one shard: they are hashed one by one while others are worked on, and equal
    ones are worked on once."""

    _EVERY = 100

    def __init__(
        self,
        catalogue: Catalogue,
        files: Sequence[AudioFile],
        wanted: Sequence[Extractor],
        on_progress: Callable[[ExtractionProgress], None],
        again: bool,
        shard: Shard | None = None,
    ) -> None:
        self._files, self._wanted, self._on_progress, self._again = files, wanted, on_progress, again
        self._folder = catalogue.path.resolve() / EXTRACTED_FOLDER
        faults, self._digests = ([self._folder / name] for name in (FAULTS_FILE, DIGESTS_FILE))
        if shard:
            faults.insert(0, self._folder / shard.record(FAULTS_FILE))
            self._digests.insert(0, self._folder / shard.record(DIGESTS_FILE))
        self._faults = Faults(faults[0], [each.name for each in wanted], *faults[1:])
        self.known_faults = 0
        self._done = self._known = self._told = 0
        self._unread: dict[str, str] = {}
        self._failed: dict[str, str] = {}
        self.digests: dict[str, str] = {}
        self.asked: dict[str, str] = {}
        """Content hash -> the name of the first file that has it, for what is worked on now."""
        self.notes: dict[str, tuple[str, ...]] = {}
        """Name of a file that was worked on now -> what is wrong with it."""

    def tasks(self) -> Iterator[Task]:
        """What must be worked on, found on the way."""
        digests = Digests(*self._digests)
        self._report(self._files[0].shown if self._files else "")
        for file in self._files:
            try:
                digest = self.digests[file.name] = digests.of(file.path)
            except OSError as fault:
                self._unread[file.name] = f"It cannot be read ({fault.strerror or fault})."
                if isinstance(fault, PermissionError):
                    self._keep_locked(file)
                self._count_known(file)
                continue
            missing = {name: place for name, place in self.targets(digest).items() if not place.is_file()}
            fault_before = "" if self._again else self._faults.reason(digest)
            if missing and fault_before and digest not in self.asked:
                self._failed[digest] = fault_before
                self.known_faults += 1
                self._count_known(file)
            elif digest in self.asked or not missing:
                self._count_known(file)
            else:
                self.asked[digest] = file.shown
                yield Task(file.path, missing, digest)

    def targets(self, digest: str) -> dict[str, Path]:
        """Where the vectors of a file with this content are."""
        return {each.name: self._folder / each.key / digest[:2] / f"{digest}.npy" for each in self._wanted}

    def on_outcome(self, outcome: Outcome) -> None:
        self._done += 1
        if outcome.is_final or not outcome.fault:
            self._faults.put(outcome.task.digest, outcome.fault)
        if outcome.fault:
            self._failed[outcome.task.digest] = outcome.fault
        elif outcome.notes:
            self.notes[self.asked[outcome.task.digest]] = outcome.notes
        self._report(self.asked[outcome.task.digest])

    def report_end(self) -> None:
        """Tell the last files, unless they were told."""
        if self._told < self._done:
            self._report(self._files[-1].shown)

    def faults(self) -> dict[str, str]:
        """Name of a file -> why it has no vectors."""
        failed = {name: self._failed[digest] for name, digest in self.digests.items() if digest in self._failed}
        return self._unread | failed

    def _keep_locked(self, file: AudioFile) -> None:
        with suppress(OSError):
            self._faults.put(identity_of_locked(file.path), self._unread[file.name])

    def _count_known(self, file: AudioFile) -> None:
        self._done += 1
        self._known += 1
        if self._known % self._EVERY == 0:
            self._report(file.shown)

    def _report(self, latest: str) -> None:
        self._told = self._done
        self._on_progress(ExtractionProgress(self._done, len(self._files), latest, self._known))
