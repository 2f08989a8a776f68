"""The tables, as SQLAlchemy Core sees them. The migrations make them; a test holds the two together.

Text has no length anywhere: PostgreSQL would enforce one and SQLite would not.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from sync.store.values import Document, Instant

HEAD = "portfolio_sync_0005"
"""The newest revision. Known here so that opening an up-to-date database need not load the migrations."""

INSTALLATION_ID = "installation_id"

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    }
)

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("mode", Text, nullable=False),
    Column("started", Instant, nullable=False),
    Column("finished", Instant),
    Column("today", Date, nullable=False),
    Column("outcome", Text),
    Column("job", Text),
    Column("night", Date),
    Column("report", Document),
    # Runs started by hand have neither job nor night, and nulls differ from each other on both databases.
    UniqueConstraint("job", "night"),
    Index(None, "started"),
)

baselines = Table(
    "baselines",
    metadata,
    Column("host", Text, nullable=False),
    Column("list_guid", Text, nullable=False),
    Column("item_id", Integer, nullable=False),
    Column("owned", Document, nullable=False),
    Column("version", Text),
    Column("run_id", Text, nullable=False),
    PrimaryKeyConstraint("host", "list_guid", "item_id"),
)

sources = Table(
    "sources",
    metadata,
    Column("host", Text, nullable=False),
    Column("list_guid", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("policy_digest", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    # What the last run that was carried through saw: all of it, or nothing before there was one.
    Column("applied_run_id", Text),
    Column("applied_today", Date),
    Column("applied_rows", Integer),
    Column("applied_zone", Text),
    Column("applied_columns", Document),
    Column("applied_release", Text),
    PrimaryKeyConstraint("host", "list_guid", "source"),
)

known = Table(
    "known",
    metadata,
    Column("host", Text, nullable=False),
    Column("list_guid", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("item_id", Integer, nullable=False),
    Column("key_digest", Text),
    Column("fields_digest", Text),
    Column("modified", Instant),
    Column("version", Text),
    Column("parent_host", Text),
    Column("parent_list_guid", Text),
    Column("parent_item_id", Integer),
    PrimaryKeyConstraint("host", "list_guid", "source", "item_id"),
)

intents = Table(
    "intents",
    metadata,
    Column("number", Integer, primary_key=True),  # which came first
    Column("id", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("list_guid", Text, nullable=False),
    Column("item_id", Integer, nullable=False),
    Column("owned", Document, nullable=False),
    Column("was", Document, nullable=False),
    Column("version", Text),
    Column("grounds", Document, nullable=False),
    Column("restricted", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    UniqueConstraint("id"),
    Index(None, "run_id"),
    Index(None, "state"),
)

lease = Table(
    "lease",
    metadata,
    # One row, made with the table, so that there is always something to lock.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("generation", Integer, nullable=False),
    Column("run_id", Text),
    Column("holder", Text),
    Column("taken", Instant),
)

people = Table(
    "people",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("scope", Text, nullable=False),
    # Null once the person was erased: nulls differ from each other, so any number of rows may be.
    Column("ident", Text),
    Column("name", Text),
    UniqueConstraint("scope", "ident"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("person", Integer, ForeignKey("people.number"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("through", Text, nullable=False),
    Index(None, "digest"),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("run_id", Text),
    Column("hash", Text, nullable=False),
    Column("content", Text, nullable=False),  # to the byte what was hashed
    Index(None, "run_id"),
)

audit_anchor = Table(
    "audit_anchor",
    metadata,
    # One row, made with the table: whoever adds to the chain, or cuts it, locks it first.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("source", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("list_guid", Text, nullable=False),
    Column("item_id", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("folded_key", Text, nullable=False),
    Column("content", Document, nullable=False),
    Column("run_id", Text, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("source", "host", "list_guid", "item_id"),
    Index(None, "folded_key"),
    Index(None, "run_id"),
)

histories = Table(
    "histories",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("host", Text, nullable=False),
    Column("list_guid", Text, nullable=False),
    Column("item_id", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("gone", Date),
    Column("content", Document, nullable=False),
    Index(None, "host", "list_guid", "item_id"),
)

doubts = Table(
    "doubts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("place", Integer, nullable=False),  # in the order of the run
    Column("content", Document, nullable=False),
    Column("run_id", Text, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Index(None, "run_id"),
)

answers = Table(
    "answers",
    metadata,
    Column("doubt_id", Text, primary_key=True),
    Column("same", Boolean, nullable=False),
    Column("person", Integer, ForeignKey("people.number"), nullable=False),
    Column("at", Instant, nullable=False),
)

archives = Table(
    "archives",
    metadata,
    Column("id", Text, primary_key=True),
    Column("occasion", Text, nullable=False),
    # Empty where a report is for no board: nulls differ from each other, and two of a month would both be kept.
    Column("board", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("period", Date),
    Column("run_id", Text, nullable=False),  # outlives its run
    Column("made", Instant, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("restates", Text),
    Column("why", Text),
    Column("header", Document, nullable=False),
    UniqueConstraint("occasion", "board", "as_of", "revision"),
)

archive_parts = Table(
    "archive_parts",
    metadata,
    Column("archive_id", Text, ForeignKey("archives.id", ondelete="CASCADE"), nullable=False),
    Column("source", Text, nullable=False),
    Column("content", Document, nullable=False),
    PrimaryKeyConstraint("archive_id", "source"),
)

made = Table(
    "made",
    metadata,
    Column("host", Text, nullable=False),
    Column("site", Text, nullable=False),
    # Empty where it is the list itself that was made: nulls cannot be part of a key.
    Column("list_guid", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("ident", Text),  # null while it is about to be made
    Column("was", Document, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("host", "site", "list_guid", "what", "name"),
)

mirrors = Table(
    "mirrors",
    metadata,
    Column("host", Text, nullable=False),
    Column("list_guid", Text, nullable=False),
    Column("generation", Text, nullable=False),  # of the blocks that hold its rows
    Column("seal", Text, nullable=False),  # which key they open with
    Column("content", Document, nullable=False),
    PrimaryKeyConstraint("host", "list_guid"),
)

mirror_blocks = Table(
    "mirror_blocks",
    metadata,
    # Those of a generation that no list names any more, or yet, are of no use to anybody.
    Column("generation", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("generation", "number"),
)
