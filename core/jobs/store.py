"""The jobs of one catalogue, in the database of its data folder. Each change is one transaction."""

import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from core.database import open_database, storable
from core.database.schema import JOBS
from core.errors import NearfieldError
from core.jobs.job import ACTIVE, COMMAND_LINE, ENDED, MOST_AT_ONCE, MOST_AT_ONCE_IN_PUBLIC, Claim, Job, JobBusyError
from core.jobs.logs import log_end
from core.jobs.progress import share
from core.jobs.workers import Watch, end_worker, now_since_boot, worker_stamp
from core.owner import is_public
from core.storage import sha256_text

LOGS_FOLDER = "jobs"
KEPT = 200
"""How many ended jobs of a catalogue are kept."""

_LONGEST_MESSAGE = 2000
_SETTLE_POLL_SECONDS = 1.0
_MAKING_JOBS = "making jobs"
_WATCH = Watch()
_BEGUN = "begun"


class Jobs:
    """The jobs of the catalogue in `folder`, which need not exist yet. Nothing is created before the first job.

    Every method raises NearfieldError where the database cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.path.realpath(folder))
        self._catalogue = storable(self.folder.name)
        self._database = open_database(self.folder.parent)

    def listed(self, kind: str | None = None, subject: str | None = None) -> list[Job]:
        """The jobs of a kind and a subject, or of all, newest first."""
        return [self._job(row) for row in self._database.rows(self._select(kind, subject))]

    def newest(self, kind: str, subject: str) -> Job | None:
        """The last job of a kind on a subject, which may be active or have ended."""
        rows = self._database.rows(self._select(kind, subject).limit(1))
        return self._job(rows[0]) if rows else None

    def newest_by_subject(self, kind: str) -> dict[str, Job]:
        """The last job of a kind on each subject."""
        return {job.subject: job for job in reversed(self.listed(kind))}

    def find(self, job_id: str) -> Job | None:
        """A job by its id."""
        rows = self._database.rows(self._select().where(JOBS.c.job_id == job_id))
        return self._job(rows[0]) if rows else None

    @contextmanager
    def planning(self) -> Iterator["Planning"]:
        """A transaction in which jobs are looked at and made; nobody else makes one meanwhile, though some may end."""
        planning = None
        try:
            with self._database.change(_MAKING_JOBS) as connection:
                planning = Planning(self, connection)
                planning.bury()
                yield planning
        except BaseException:
            for undo in planning.undo if planning else ():
                undo()
            raise
        for log in planning.outdated_logs:
            with suppress(OSError):
                log.unlink(missing_ok=True)

    def create(self, kind: str, subject: str, parameters: Mapping[str, Any], **more: Any) -> Claim:
        """`Planning.create` in a transaction of its own."""
        with self.planning() as planning:
            return planning.create(kind, subject, parameters, **more)

    def hand_over(self, claim: Claim, pid: int) -> None:
        """Note that the living process `pid` is to do a waiting job, unless it has claimed the job by now."""
        values = {"worker": worker_stamp(pid), "beat_at": now_since_boot()}
        with self._database.change() as connection:
            connection.execute(update(JOBS).where(*_held(claim)).values(values))

    def claim(self, job_id: str) -> Claim:
        """Claim a waiting job for this process. Raises NearfieldError if it is none, or another process was first."""
        claim = Claim(job_id, secrets.token_hex(16))
        values = {"state": "running", "claim": claim.token, "worker": _worker_from_now(), "beat_at": now_since_boot()}
        with self._database.change() as connection:
            waiting = update(JOBS).where(JOBS.c.job_id == job_id, JOBS.c.state == "waiting")
            if connection.execute(waiting.values(values)).rowcount != 1:
                raise NearfieldError("This job is not waiting for a process any more. Start it again if it has ended.")
        return claim

    def beat(self, claim: Claim, stage: str, done: float) -> bool:
        """Give a sign of life and say how far the work is; False if the claim is lost.

        A job whose row is gone, as with a new database, is nobody else's.
        """
        values = {"beats": JOBS.c.beats + 1, "beat_at": now_since_boot(), "stage": stage, "done": share(done, 1.0)}
        with self._database.change() as connection:
            if connection.execute(update(JOBS).where(*_held(claim)).values(values)).rowcount:
                return True
            return connection.execute(select(JOBS.c.number).where(JOBS.c.job_id == claim.job_id)).first() is None

    def end(self, claim: Claim, state: str, message: str = "") -> None:
        """Record how the job has ended, unless the claim is lost."""
        values = {"state": state, "message": message[:_LONGEST_MESSAGE], "exclusive_key": None}
        with self._database.change() as connection:
            connection.execute(update(JOBS).where(*_held(claim)).values(values))

    def drop(self, claim: Claim) -> None:
        """Remove a job that could not be started."""
        with self._database.change() as connection:
            connection.execute(delete(JOBS).where(*_held(claim)))

    def cancel(self, job_id: str) -> None:
        """Ask an active job to stop."""
        active = (JOBS.c.job_id == job_id, JOBS.c.state.in_(ACTIVE))
        with self._database.change() as connection:
            connection.execute(update(JOBS).where(*active).values(cancel=True))

    def is_cancelled(self, job_id: str) -> bool:
        """Whether a job was asked to stop."""
        return any(row.cancel for row in self._database.rows(select(JOBS.c.cancel).where(JOBS.c.job_id == job_id)))

    def stop(self, job: Job) -> None:
        """Ask a job to stop, and end its process at once if it can be seen from here."""
        self.cancel(job.job_id)
        end_worker(job.worker)

    def settle(self, kind: str, subject: str | None = None) -> None:
        """Wait until it is known of each such job whether its worker, if it is on another machine, is gone.

        Takes up to `workers.SILENCE_SECONDS`, and no time where all workers are on this machine.
        """
        active = self._select(kind, subject).where(JOBS.c.state.in_(ACTIVE))
        while any(_WATCH.is_undecided(*_signs(row)) for row in self._database.rows(active)):
            time.sleep(_SETTLE_POLL_SECONDS)

    def fault(self, job: Job) -> str | None:
        """Why a job has ended early: its message, or the last line of its log; "" where nobody knows.

        None if it has not, or was cancelled.
        """
        if job.state not in ("failed", "interrupted"):
            return None
        return job.message or (log_end(job.log, 1)[:500] if job.log else "")

    def _select(self, kind: str | None = None, subject: str | None = None) -> Select[Any]:
        chosen = select(JOBS).where(JOBS.c.catalogue == self._catalogue).order_by(JOBS.c.number.desc())
        if kind is not None:
            chosen = chosen.where(JOBS.c.kind == kind)
        return chosen if subject is None else chosen.where(JOBS.c.subject == subject)

    def _job(self, row: Row[Any]) -> Job:
        return Job(
            job_id=row.job_id,
            number=row.number,
            kind=row.kind,
            subject=row.subject,
            parameters=row.parameters,
            owner=row.owner,
            created=row.created,
            state=_end_of(row) if _is_gone(row) else row.state,
            stage=row.stage,
            done=row.done,
            message=row.message,
            is_stopping=row.cancel,
            nice=row.nice,
            log=self.folder / row.log if row.log else None,
            worker=row.worker,
            begun=row.worker.get(_BEGUN, row.created),
        )


def active_jobs(data_folder: Path, kind: str) -> dict[str, Job]:
    """The active jobs of a kind on all catalogues of a data folder, by the name of the catalogue's folder."""
    active = select(JOBS).where(JOBS.c.kind == kind, JOBS.c.state.in_(ACTIVE)).order_by(JOBS.c.number)
    rows = open_database(Path(os.path.realpath(data_folder))).rows(active)
    jobs = {row.catalogue: Jobs(data_folder / row.catalogue)._job(row) for row in rows}
    return {name: job for name, job in jobs.items() if job.is_active}


class Planning:
    """What can be done in one transaction over the jobs of a catalogue."""

    def __init__(self, jobs: Jobs, connection: Connection) -> None:
        self._jobs = jobs
        self._connection = connection
        self.outdated_logs: list[Path] = []
        self.undo: list[Callable[[], None]] = []
        """Called where the transaction fails: it undoes what was made besides rows."""

    def listed(self, kind: str | None = None, subject: str | None = None) -> list[Job]:
        """`Jobs.listed`; none comes until the end of the transaction."""
        return [self._jobs._job(row) for row in self._connection.execute(self._jobs._select(kind, subject))]

    def newest_by_subject(self, kind: str) -> dict[str, Job]:
        """`Jobs.newest_by_subject`; none comes until the end of the transaction."""
        return {job.subject: job for job in reversed(self.listed(kind))}

    def create(
        self,
        kind: str,
        subject: str,
        parameters: Mapping[str, Any],
        owner: str = COMMAND_LINE,
        *,
        nice: int = 0,
        exclusive: bool = True,
        state: str = "running",
        keep_log: bool = False,
    ) -> Claim:
        """Make a job and claim it for this process, which does it, or hands it over where `state` is "waiting".

        Raises JobBusyError if the job is `exclusive` and another one of its kind and subject is active, and
        NearfieldError if too many that visitors have started are. `keep_log` names a file in the catalogue's folder for
        what its process prints.
        """
        key = sha256_text(self._jobs._catalogue, kind, subject) if exclusive else None
        if key:
            busy = self._jobs._select().where(JOBS.c.exclusive_key == key)
            if row := self._connection.execute(busy).first():
                raise JobBusyError(self._jobs._job(row))
        if owner != COMMAND_LINE:
            self._refuse_too_many()
        self._prune()
        claim = Claim(secrets.token_hex(16), secrets.token_hex(16))
        self._connection.execute(
            insert(JOBS).values(
                job_id=claim.job_id,
                kind=kind,
                catalogue=self._jobs._catalogue,
                subject=subject,
                parameters=dict(parameters),
                owner=owner,
                created=_now(),
                state=state,
                nice=nice,
                log=f"{LOGS_FOLDER}/{claim.job_id}.log" if keep_log else "",
                exclusive_key=key,
                claim=claim.token,
                worker=_worker_from_now(),
                beat_at=now_since_boot(),
            )
        )
        return claim

    def _refuse_too_many(self) -> None:
        most = MOST_AT_ONCE_IN_PUBLIC if is_public() else MOST_AT_ONCE
        active = select(JOBS).where(JOBS.c.state.in_(ACTIVE), JOBS.c.owner != COMMAND_LINE)
        count = sum(not _is_gone(row) for row in self._connection.execute(active))
        if count >= most:
            raise NearfieldError(
                f"{count} jobs are at work on this server. Wait for one, or cancel one, and try again."
            )

    def bury(self) -> None:
        """Record the end of active jobs whose workers are gone."""
        active = self._jobs._select().where(JOBS.c.state.in_(ACTIVE))
        for row in self._connection.execute(active).all():
            if _is_gone(row):
                # A job that was claimed or has ended since it was read is no concern of this.
                as_read = (JOBS.c.number == row.number, JOBS.c.state == row.state, JOBS.c.claim == row.claim)
                ended = update(JOBS).where(*as_read)
                self._connection.execute(ended.values(state=_end_of(row), exclusive_key=None))

    def forget(self) -> None:
        """Remove the records of all jobs, since the catalogue goes."""
        self._connection.execute(delete(JOBS).where(JOBS.c.catalogue == self._jobs._catalogue))

    def _prune(self) -> None:
        """Remove the oldest ended jobs beyond the number that is kept, and note their logs."""
        ended = self._jobs._select().where(JOBS.c.state.in_(ENDED)).offset(KEPT)
        for row in self._connection.execute(ended).all():
            self._connection.execute(delete(JOBS).where(JOBS.c.number == row.number))
            if row.log:
                self.outdated_logs.append(self._jobs.folder / row.log)


def _worker_from_now() -> dict[str, Any]:
    """This process, which takes a job up now."""
    return worker_stamp(os.getpid()) | {_BEGUN: _now()}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _held(claim: Claim) -> tuple[Any, ...]:
    return JOBS.c.job_id == claim.job_id, JOBS.c.claim == claim.token, JOBS.c.state.in_(ACTIVE)


def _is_gone(row: Row[Any]) -> bool:
    return row.state in ACTIVE and _WATCH.is_gone(*_signs(row))


def _signs(row: Row[Any]) -> tuple[str, dict[str, Any], int, float]:
    return row.job_id, row.worker, row.beats, row.beat_at


def _end_of(row: Row[Any]) -> str:
    """How an active job ended whose worker is gone: as was asked of it, or not."""
    return "cancelled" if row.cancel else "interrupted"
