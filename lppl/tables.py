"""The tables of a station's records, as SQLAlchemy Core sees them.

`lppl/migrations/` holds the same schema as steps from one release to the next; a test holds the two together.
Nothing here opens a connection.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

# Named constraints: a migration on SQLite can only drop what has a name.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite, which knows no zones, holds it as UTC without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware `value` into UTC. Raises ValueError for a naive one."""
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give what came back its zone again."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


assets = Table(
    "assets",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("added", Instant, nullable=False),
    Column("state", String(8), nullable=False),
    Column("title", String(300), nullable=False),
    Column("artist", String(300), nullable=False),
    Column("album", String(300), nullable=False),
    Column("year", String(16), nullable=False),
    Column("genre", String(300), nullable=False),
    Column("isrc", String(16), nullable=False),
    Column("replaygain_db", Float),
    Column("has_cover", Boolean, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("has_picture", Boolean, nullable=False),
    Column("facts", JSON(none_as_null=True)),
    Column("words", Text, nullable=False),
    Column("refusal_reason", String(32)),
    Column("refusal_id", Text),
    Column("refusal_en", Text),
    Index("ix_assets_search", "title", "id", "state", "words"),
    Index(None, "added"),
)
"""One row per content. `state`: new (hashed, not examined), ready, refused, derived (rendered of others: no file).

`words`: folded, to search.

The index holds all that a search looks at, in the order of its listing. PostgreSQL allows 2,704 bytes in one entry."""

asset_files = Table(
    "asset_files",
    metadata,
    Column("path", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("device", BigInteger, nullable=False),
    Column("asset_id", String(40), ForeignKey("assets.id"), index=True),
    Column("refusal_reason", String(32), index=True),
    Column("refusal_id", Text),
    Column("refusal_en", Text),
)
"""Where content lies. A path has an asset, or the reason why it could not become one."""

house_sets = Table(
    "house_sets",
    metadata,
    Column("house_id", String(80), primary_key=True),
    Column("asset_id", String(40), ForeignKey("assets.id"), nullable=False, index=True),
    Column("recipe", String(32), nullable=False),
    Column("quanta", Integer, nullable=False),
    Column("lufs", Float),
    Column("peak_db", Float),
    Column("gain_db", Float, nullable=False),
    Column("peak_limited", Boolean, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("state", String(8), nullable=False),
    Column("made", Instant, nullable=False),
    Index(None, "recipe", "state"),
)
"""Conformed material. `state`: ready, lost (its files are gone or damaged)."""

conform_jobs = Table(
    "conform_jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("asset_id", String(40), ForeignKey("assets.id"), nullable=False),
    Column("recipe", String(32), nullable=False),
    Column("profile", JSON, nullable=False),
    Column("state", String(8), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("interruptions", Integer, nullable=False),
    Column("progress", Float, nullable=False),
    Column("reached", Float, nullable=False),
    Column("worker", String(120), nullable=False),
    Column("error_id", Text, nullable=False),
    Column("error_en", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("heartbeat", Instant),
    Column("finished", Instant),
    Column("needed", BigInteger),
    UniqueConstraint("asset_id", "recipe"),
    Index(None, "state", "priority", "duration_s", "id"),
)
"""`state`: queued, running, done, failed. Lower `priority` goes first.

`attempts` counts failures, `interruptions` kills under way since `reached`, the best progress of any try. `needed`: the
air time (quanta) at which the plan wants it; among equals of `priority` the earliest goes first, then what nobody waits
for."""

aired = Table(
    "aired",
    metadata,
    Column("channel", String(64), primary_key=True),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("length", Integer, nullable=False),
    Column("asset_id", String(40), nullable=False),
    Column("house_id", String(80), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("title", String(300), nullable=False),
    Column("programme", String(300), nullable=False),
    Column("programme_id", String(64), nullable=False, server_default=""),
    Column("category", String(16), nullable=False, server_default=""),
    Column("slot", String(120), nullable=False, server_default=""),
    Column("order_id", String(64), nullable=False, server_default=""),
    Column("artist", String(300), nullable=False, server_default=""),
    Column("why", Text, nullable=False, server_default=""),
    Index(None, "asset_id", "start"),
    Index(None, "order_id", "start"),
)
"""Index of the journal. Not bound to `assets`: what aired stays on record whatever becomes of the file."""

counters = Table(
    "counters",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Counters that grow with each change of what they are named after, for cheap polling by other processes."""

documents = Table(
    "documents",
    metadata,
    Column("kind", String(32), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("document", JSON, nullable=False),
    Column("updated", Instant, nullable=False),
)
"""What staff lay down and planning reads, one JSON document each: programmes, playlists, rotations, orders."""

grid_versions = Table(
    "grid_versions",
    metadata,
    Column("channel", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(12), nullable=False),
    Column("document", JSON, nullable=False),
    Column("base", Integer),
    Column("note", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("author", String(120), nullable=False),
    Column("created", Instant, nullable=False),
    Column("published", Instant),
    Index(None, "channel", "state", "number"),
)
"""The weekly grid of a channel, version by version. `state`: draft, published (the newest is in force), withdrawn.

A published version never changes; `reason` says why it was published over severe findings, which are kept beside it."""

rundown_edits = Table(
    "rundown_edits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("document", JSON, nullable=False),
    Column("author", String(120), nullable=False),
    Column("made", Instant, nullable=False),
    Column("withdrawn", Instant),
    Index(None, "channel", "at"),
)
"""What people changed by hand in the running order; `at` is the air time (quanta) that the edit is about."""

planned_days = Table(
    "planned_days",
    metadata,
    Column("channel", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("document", JSON, nullable=False),
    Column("made", Instant, nullable=False),
)
"""The running order of each local day as it stood when the day began: what was planned, to compare with what aired."""

asset_details = Table(
    "asset_details",
    metadata,
    Column("asset_id", String(40), ForeignKey("assets.id"), primary_key=True),
    Column("document", JSON, nullable=False),
    Column("updated", Instant, nullable=False),
)
"""What staff know of an asset beyond its file (:class:`lppl.programme.Details`)."""

derived_assets = Table(
    "derived_assets",
    metadata,
    Column("id", String(40), ForeignKey("assets.id"), primary_key=True),
    Column("specification", JSON, nullable=False),
)
"""What derived material is made from (:mod:`lppl.derived`); its row in `assets` has the state ``derived``."""

job_runs = Table(
    "job_runs",
    metadata,
    Column("job", String(64), primary_key=True),
    Column("due", Instant, primary_key=True),
    Column("started", Instant, nullable=False),
    Column("finished", Instant),
    Column("outcome", Text, nullable=False),
)
"""Occurrences of what happens at a time of day: who inserts the row runs it, so that each runs once."""

takedowns = Table(
    "takedowns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(64), nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", String(120), nullable=False),
    Column("made", Instant, nullable=False),
    Column("lifted", Instant),
    Index(None, "channel", "start"),
)
"""Spans of what aired, [start, end) in quanta, that may not be watched later."""
