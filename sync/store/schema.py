"""The tables, as SQLAlchemy Core sees them. The migrations make them; a test holds the two together.

Text has no length anywhere: PostgreSQL would enforce one and SQLite would not.
"""

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from sync.store.values import Document, Instant

HEAD = "portfolio_sync_0001"
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
    Column("schema_digest", Text, nullable=False),
    Column("records", Integer, nullable=False),
    Column("run_id", Text, nullable=False),
    PrimaryKeyConstraint("host", "list_guid", "source"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("through", Text, nullable=False),
    Index(None, "digest"),
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
