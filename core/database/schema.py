"""The tables of the database. `SCHEMA_VERSION` counts their changes; a later version is refused, never changed back."""

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text

SCHEMA_VERSION = 1

METADATA = MetaData()

VERSIONS = Table("schema_version", METADATA, Column("version", Integer, primary_key=True))

JOBS = Table(
    "jobs",
    METADATA,
    Column("job_id", String(32), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("catalogue", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("owner", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("stage", Text, nullable=False, default=""),
    Column("done", Float, nullable=False, default=0.0),
    Column("message", Text, nullable=False, default=""),
    Column("cancel", Boolean, nullable=False, default=False),
    Column("nice", Integer, nullable=False, default=0),
    Column("log", Text, nullable=False, default=""),
    # Who holds the claim, and the last sign of life: see core/jobs/claims.py.
    Column("worker", JSON, nullable=True),
    Column("beats", Integer, nullable=False, default=0),
    Column("created", String(32), nullable=False),
    Column("number", Integer, nullable=False),
    Index("jobs_of_a_catalogue", "catalogue", "kind", "subject"),
)
"""One row per job. `subject` is what it works on within its catalogue, such as the id of a run; `done` is the share of
its current stage that is done, 0 to 1; `number` grows with each job, since clocks can be set; `created` is in UTC."""

LISTS = Table(
    "lists",
    METADATA,
    Column("catalogue", Text, primary_key=True),
    Column("lists_id", String(64), primary_key=True),
    Column("content", Text, nullable=False),
    Column("stamp", String(16), nullable=False),
    Column("opened", Float, nullable=False),
    Column("moved_from", String(64), nullable=True),
)
"""All lists of one visitor of a catalogue: `content` is their JSON text, `stamp` is another after each change, `opened`
is when the visitor last came, in seconds since 1970, and `moved_from` is the SHA-256 of the file that they were in."""
