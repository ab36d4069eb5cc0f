"""The tables of the database. `SCHEMA_VERSION` counts their changes; a later version is refused, never changed back.

An earlier one is changed by the statements of `MIGRATIONS` before anything is written."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

SCHEMA_VERSION = 2

METADATA = MetaData()


def storable(text: str) -> str:
    """Text as every database takes it: names of files may hold bytes that are no letters, and messages NUL."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


class StorableText(TypeDecorator[str]):
    """Text of any origin, which is written and looked for as `storable` makes it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


VERSIONS = Table("schema_version", METADATA, Column("version", Integer, primary_key=True))

JOBS = Table(
    "jobs",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("job_id", String(32), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("catalogue", StorableText, nullable=False),
    Column("subject", StorableText, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("owner", StorableText, nullable=False),
    Column("created", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("stage", StorableText, nullable=False, default=""),
    Column("done", Float, nullable=False, default=0.0),
    Column("message", StorableText, nullable=False, default=""),
    Column("cancel", Boolean, nullable=False, default=False),
    Column("nice", Integer, nullable=False, default=0),
    Column("log", Text, nullable=False, default=""),
    Column("exclusive_key", String(64), nullable=True, unique=True),
    Column("claim", String(32), nullable=False),
    Column("worker", JSON, nullable=False),
    Column("beats", Integer, nullable=False, default=0),
    Column("beat_at", Float, nullable=False, default=0.0),
    Index("jobs_of_a_catalogue", "catalogue", "kind", "subject"),
    sqlite_autoincrement=True,
)
"""One row per job. Whoever holds the claim knows the text in `claim`; `worker` is its process, and `beats` and
`beat_at` are its last sign of life (core/jobs/workers.py). `number` grows with each job, since clocks can be set.

`subject` is what it works on within its catalogue, such as the id of a run; `done` is the share of its current stage
that is done, 0 to 1; `exclusive_key` is the same for two jobs that exclude each other, and null when a job has ended;
`log` is relative to the catalogue's folder; `created` is in UTC and only for people."""

LISTS = Table(
    "lists",
    METADATA,
    Column("catalogue", Text, primary_key=True),
    Column("lists_id", String(64), primary_key=True),
    Column("content", Text, nullable=False),
    Column("stamp", String(16), nullable=False),
    Column("opened", Float, nullable=False),
    Column("moved_from", String(64), nullable=True),
    Column("changes", Integer, nullable=False, default=1),
    Column("sender", String(64), nullable=True),
    Column("is_owners", Boolean, nullable=False, default=False),
)
"""All lists of one visitor of a catalogue: `content` is their JSON text, `stamp` is another after each change, `opened`
is when the visitor last came, in seconds since 1970, and `moved_from` is the SHA-256 of the file that they were in.
`changes` counts how often they were changed; `sender` stands for the address that they were first changed from, which
it does not tell; `is_owners` says that the server's owner has changed them."""

MIGRATIONS: dict[int, tuple[str, ...]] = {
    # Nobody has counted how much earlier lists were used: they count as used a lot.
    2: (
        "ALTER TABLE lists ADD COLUMN changes INTEGER NOT NULL DEFAULT 30",
        "ALTER TABLE lists ADD COLUMN sender VARCHAR(64)",
        "ALTER TABLE lists ADD COLUMN is_owners BOOLEAN NOT NULL DEFAULT FALSE",
    ),
}
"""What makes each version of the one before it. What readers select is in every version, so reading changes nothing."""
