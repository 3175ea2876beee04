"""The tables of citizens' words and cases, in the same schema as the station's other records (:mod:`lppl.tables`).

Whatever names a person is sealed (LargeBinary) or a keyed hash (64 hex digits); see docs/decisions/aduan.md. A row with
a `not_before` waits for work: it is the outbox itself, and what a queue loses is found here again.
"""

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)

from lppl.tables import Instant, metadata

arrivals = Table(
    "arrivals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(16), nullable=False),
    Column("key", String(64), nullable=False),
    Column("code", String(16), nullable=False, unique=True),
    Column("received", Instant, nullable=False, index=True),
    Column("content_type", String(200), nullable=False),
    Column("wrapped", LargeBinary),
    Column("body", LargeBinary),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant, index=True),
    Column("rank", SmallInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    UniqueConstraint("source", "key"),
)
"""What was sent, as received. `key`: what it is known by when it is sent again, hashed; `code`: told to its sender.

`wrapped`: the key that `body` is sealed with, itself sealed by the master key; none once it was erased.
`state`: waiting, understood, tray (a person has to look), cleared (a person has). `rank`: how soon it is read."""

reporters = Table(
    "reporters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("wrapped", LargeBinary),
    Column("facts", LargeBinary),
    Column("phone_hash", String(64), index=True),
    Column("email_hash", String(64), index=True),
    Column("nik_hash", String(64), index=True),
    Column("nik_end", String(4), nullable=False),
    Column("made", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
    Column("erased", Instant),
)
"""Who said it. `facts`: name, numbers and addresses as JSON, sealed with the reporter's own key."""

reporter_handles = Table(
    "reporter_handles",
    metadata,
    Column("space", String(16), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("reporter_id", Integer, ForeignKey("reporters.id"), nullable=False, index=True),
)
"""By what a channel knows a reporter; `space`: a source, or ``nomor`` for those that prove a telephone number."""

cases = Table(
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("seq", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("open", Boolean, nullable=False),
    Column("case_class", String(32), nullable=False),
    Column("category", String(80), nullable=False),
    Column("visibility", String(10), nullable=False),
    Column("kelurahan", String(80), nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("source", String(16), nullable=False),
    Column("reporter_id", Integer, ForeignKey("reporters.id"), index=True),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("search", Text, nullable=False),
    Column("arrived", Instant, nullable=False),
    Column("changed", Instant, nullable=False),
    Column("heard", Instant, nullable=False),
    Column("due", Instant),
    Column("due_clock", String(16), nullable=False),
    Column("emergency", Boolean, nullable=False),
    Column("handed_over", Instant),
    Column("assigned", Integer, ForeignKey("accounts.id")),
    Column("outside_ticket", String(80), nullable=False),
    Column("merged_into", Integer, ForeignKey("cases.id")),
    Column("closed", Instant),
    Index("ix_cases_queue", "open", "due", "id"),
    Index("ix_cases_status", "status", "due", "id"),
    Index("ix_cases_emergency", "emergency", "open"),
    Index("ix_cases_category", "category", "open", "due", "id"),
    Index("ix_cases_kelurahan", "kelurahan", "open", "due", "id"),
    *(Index(f"ix_cases_{name}_id", name, "id") for name in ("category", "kelurahan", "source", "status")),
    Index("ix_cases_assigned", "assigned", "open", "due"),
    Index("ix_cases_arrived", "arrived"),
    Index("ix_cases_ticket", "outside_ticket"),
)
"""Where each case stands: what its events come to, kept for lists and search. `text`, `title`, `search`: without
personal data. `seq`: its newest event. `due`: the earliest duty, by `due_clock`. `heard`: the reporter's last word."""

case_events = Table(
    "case_events",
    metadata,
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("act", String(24), nullable=False),
    Column("by_account", Integer, ForeignKey("accounts.id")),
    Column("data", JSON, nullable=False),
    Column("sealed", LargeBinary),
    Index(None, "at"),
)
"""What was done with a case, only ever added to. `sealed`: texts of `data` as they were
written, where they held personal data."""

words = Table(
    "words",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(16), nullable=False),
    Column("key", String(64), nullable=False),
    Column("arrival_id", Integer, ForeignKey("arrivals.id"), nullable=False, index=True),
    Column("case_id", Integer, ForeignKey("cases.id"), index=True),
    Column("reporter_id", Integer, ForeignKey("reporters.id"), nullable=False, index=True),
    Column("said", Instant, nullable=False),
    Column("received", Instant, nullable=False),
    Column("text", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("corrects", String(64), nullable=False),
    Column("withdrawn", Instant),
    UniqueConstraint("source", "key"),
)
"""One message of one person. `sealed`: all of it as JSON; `text`: without personal data. `corrects`: the key of the
word that it replaces. `withdrawn`: since when its sender has deleted it."""

enclosures = Table(
    "enclosures",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("arrival_id", Integer, ForeignKey("arrivals.id"), nullable=False, index=True),
    Column("word_id", Integer, ForeignKey("words.id"), index=True),
    Column("kind", String(8), nullable=False),
    Column("state", String(8), nullable=False),
    Column("wrapped", LargeBinary),
    Column("origin", LargeBinary),
    Column("size", BigInteger, nullable=False),
    Column("content_type", String(100), nullable=False),
    Column("parts", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant, index=True),
    Column("outcome", Text, nullable=False),
)
"""Pictures, recordings, files. `state`: waiting (to be fetched), kept (its bytes lie in the files), safe (made safe to
look at: `parts` names the forms that exist), refused, gone. `origin`: where to fetch it from, as JSON, sealed."""

outgoing = Table(
    "outgoing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False, index=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary),
    Column("made", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant, index=True),
    Column("sent", Instant),
    Column("outcome", Text, nullable=False),
)
"""What is to be told to reporters by the channel they came by. `key`: the same message is told once."""

case_agencies = Table(
    "case_agencies",
    metadata,
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True),
    Column("agency_id", Integer, ForeignKey("agencies.id"), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("since", Instant, nullable=False),
    Index(None, "agency_id", "state"),
)
"""Whom a case was forwarded to, as it stands now."""

agencies = Table(
    "agencies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(160), nullable=False, unique=True),
    Column("short", String(40), nullable=False),
    Column("outside", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
)
"""The city's agencies; `outside`: province, ministry or vertical agency, to which cases are only transferred."""

desk_documents = Table(
    "desk_documents",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("author", String(120), nullable=False),
    Column("changed", Instant, nullable=False),
)
"""What the desk sets for itself: categories, rules, places, days of leave, saved replies, periods of keeping."""

intake_channels = Table(
    "intake_channels",
    metadata,
    Column("source", String(16), primary_key=True),
    Column("active", Boolean, nullable=False),
    Column("settings", LargeBinary),
    Column("wrapped", LargeBinary),
    Column("place", Text, nullable=False),
    Column("worked", Instant),
    Column("failed", Instant),
    Column("failure", Text, nullable=False),
)
"""How each channel is set up. `settings`: JSON, sealed. `place`: how far it was read (an offset), for polling ones."""

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False),
    Column("name", String(80), nullable=False),
    Column("query", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
    UniqueConstraint("account_id", "name"),
)
"""Searches that somebody wants to see again."""

handover_notes = Table(
    "handover_notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("text", Text, nullable=False),
)
"""What one shift tells the next."""

SEARCH_DDL = {
    "sqlite": (
        "CREATE VIRTUAL TABLE case_search USING fts5("
        "search, content='cases', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='3')",
        "CREATE TRIGGER case_search_added AFTER INSERT ON cases BEGIN "
        "INSERT INTO case_search(rowid, search) VALUES (new.id, new.search); END",
        "CREATE TRIGGER case_search_removed AFTER DELETE ON cases BEGIN "
        "INSERT INTO case_search(case_search, rowid, search) VALUES ('delete', old.id, old.search); END",
        "CREATE TRIGGER case_search_changed AFTER UPDATE OF search ON cases WHEN old.search <> new.search BEGIN "
        "INSERT INTO case_search(case_search, rowid, search) VALUES ('delete', old.id, old.search); "
        "INSERT INTO case_search(rowid, search) VALUES (new.id, new.search); END",
    ),
    "postgresql": ("CREATE INDEX ix_cases_search ON cases USING gin (to_tsvector('simple', search))",),
}
"""The index of words, which each database has in its own way."""

GUARD_DDL = {
    "sqlite": tuple(
        f"CREATE TRIGGER case_events_no_{verb.lower()} BEFORE {verb} ON case_events "
        "BEGIN SELECT RAISE(ABORT, 'case_events is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE FUNCTION case_events_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'case_events is append-only'; END $$",
        "CREATE TRIGGER case_events_kept BEFORE UPDATE OR DELETE ON case_events "
        "FOR EACH ROW EXECUTE FUNCTION case_events_kept()",
    ),
}
"""Holds the database itself to it that a case's history is only ever added to."""

for _table, _by_dialect in ((cases, SEARCH_DDL), (case_events, GUARD_DDL)):
    for _dialect, _statements in _by_dialect.items():
        for _statement in _statements:
            event.listen(_table, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
