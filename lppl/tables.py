"""The tables of a station's records, as SQLAlchemy Core sees them.

`lppl/migrations/` holds the same schema as steps from one release to the next; a test holds the two together.
Nothing here opens a connection.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Computed,
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
    event,
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
    Column("removed", Instant),
    Index("ix_assets_search", "title", "id", "state", "words", "removed", "has_picture", "added", "duration_s"),
    Index(None, "added"),
)
"""One row per content. `state`: new (hashed, not examined), ready, refused, derived (rendered of others: no file).

`words`: folded, to search. `removed`: since when staff have put it into the bin; it airs no more, its file stays.

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
    Index(None, "path", "asset_id"),
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
    Column("in_point", Integer),
    Column("planned", Integer),
    Index(None, "asset_id", "start"),
    Index(None, "order_id", "start"),
)
"""Index of the journal. Not bound to `assets`: what aired stays on record whatever becomes of the file.

Time off the air has neither asset nor house set. `in_point` and `planned` are missing in rows of an older release."""

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
    Column("revision", Integer, nullable=False, server_default="1"),
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
    Column("category", String(16), Computed("document ->> 'category'", persisted=True)),
    Column("age", String(2), Computed("document ->> 'age'", persisted=True)),
    Column("group_name", String(200), Computed("document ->> 'group'", persisted=True)),
    Column("last_day", String(10), Computed("document ->> 'last_day'", persisted=True)),
    Index("ix_asset_details_facets", "category", "age", "group_name", "last_day", "asset_id"),
)
"""What staff know of an asset beyond its file (:class:`lppl.programme.Details`).

What lists are filtered by is computed from the document by the database itself, and stands in an index."""

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

# ---- people and what they do ------------------------------------------------------------------------

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("role", String(16), nullable=False),
    Column("agency", String(64), nullable=False),
    Column("language", String(2), nullable=False),
    Column("password", Text, nullable=False),
    Column("totp", Text, nullable=False),
    Column("totp_step", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("made", Instant, nullable=False),
    Column("password_set", Instant),
    Column("last_login", Instant),
)
"""Staff. `password`: argon2id, empty until one is set. `totp`: sealed secret, or empty; `totp_step`: the last used."""

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("whole", Boolean, nullable=False),
    Column("made", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
    Column("address", String(64), nullable=False),
    Column("agent", String(200), nullable=False),
)
"""Who is logged in. `id`: SHA-256 of the cookie; `whole`: the second factor, where there is one, was given."""

one_time_links = Table(
    "one_time_links",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("account_id", Integer, ForeignKey("accounts.id")),
    Column("made", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
    Column("used", Instant),
)
"""Links that work once: the first administrator, a password to be set. `id`: SHA-256 of what is in the link."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("account_id", Integer),
    Column("actor", String(120), nullable=False),
    Column("action", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("object", String(200), nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Column("address", String(64), nullable=False),
    Index(None, "at"),
    Index(None, "object", "id"),
)
"""Who changed what, when, before and after. The database itself refuses to change or remove a row."""

APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
    ),
}
for _dialect, _statements in APPEND_ONLY.items():
    for _statement in _statements:
        event.listen(audit, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("name", String(120), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("made", Instant, nullable=False),
    Column("used", Instant),
    Column("expires", Instant),
    Column("revoked", Instant),
)
"""Personal tokens for the API; `hash`: SHA-256 of the token."""

idempotent_answers = Table(
    "idempotent_answers",
    metadata,
    Column("account_id", Integer, primary_key=True, autoincrement=False),
    Column("key", String(200), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("status", Integer),
    Column("answer", JSON(none_as_null=True)),
    Column("made", Instant, nullable=False),
    Index(None, "made"),
)
"""Answers to requests with an idempotency key, so that a repeated request does nothing twice. `request`: its hash."""

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("events", JSON, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("made", Instant, nullable=False),
    Column("author", String(120), nullable=False),
)
"""Addresses that are told of events; `secret`: sealed, signs each message."""

webhook_messages = Table(
    "webhook_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("webhook_id", Integer, ForeignKey("webhooks.id"), nullable=False, index=True),
    Column("event", String(64), nullable=False),
    Column("body", JSON, nullable=False),
    Column("made", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant),
    Column("delivered", Instant),
    Column("outcome", Text, nullable=False),
    Index(None, "not_before"),
)
"""What is to be told; `not_before`: the next try, none once it is delivered or given up."""

uploads = Table(
    "uploads",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),
    Column("made", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
    Column("told", Text, nullable=False),
)
"""Files on their way in. `state`: receiving, checking, done, refused, given up; `path`: where in the media folder."""

incidents = Table(
    "incidents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("detail", Text, nullable=False),
    Column("began", Instant, nullable=False),
    Column("ended", Instant),
    Column("acknowledged", Instant),
    Column("acknowledged_by", String(120), nullable=False),
    Index(None, "channel", "began"),
    Index(None, "began"),
)
"""What went wrong on the air: silence, black, fallback, off air, and disk or database trouble (`channel` empty)."""

listening = Table(
    "listening",
    metadata,
    Column("hour", Instant, primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("quality", String(16), primary_key=True),
    Column("seconds", BigInteger, nullable=False),
    Column("peak", Integer, nullable=False),
)
"""How much was listened to, by hour; nothing of who."""

push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("subscription", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("made", Instant, nullable=False),
    Column("failures", Integer, nullable=False),
)
"""Browsers that want to be reminded; `id`: SHA-256 of the endpoint; `subscription`: sealed."""

reminders = Table(
    "reminders",
    metadata,
    Column("subscription_id", String(64), ForeignKey("push_subscriptions.id"), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("programme_id", String(64), primary_key=True),
    Column("start", Instant, primary_key=True),
    Column("title", String(300), nullable=False),
    Column("sent", Instant),
    Index(None, "sent", "start"),
)
"""Which broadcast somebody wants to be reminded of."""
