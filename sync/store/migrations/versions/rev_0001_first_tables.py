"""The first tables: runs, baselines, what was known of each list, approvals and decisions.

Column types are spelt out here rather than taken from `schema`, which moves on.
"""

import sqlalchemy as sa
from alembic import op

revision = "portfolio_sync_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_runs()
    _create_what_is_known_of_lists()
    _create_approvals()
    _create_decisions()
    op.create_table(
        "meta",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )


def downgrade() -> None:
    for table in ("meta", "decisions", "approvals", "sources", "baselines", "runs"):
        op.drop_table(table)


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("started", sa.Text, nullable=False),
        sa.Column("finished", sa.Text),
        sa.Column("today", sa.Date, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("job", sa.Text),
        sa.Column("night", sa.Date),
        sa.Column("report", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("job", "night", name="uq_runs_job_night"),
    )
    op.create_index("ix_runs_started", "runs", ["started"])


def _create_what_is_known_of_lists() -> None:
    op.create_table(
        "baselines",
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("list_guid", sa.Text, nullable=False),
        sa.Column("item_id", sa.Integer, nullable=False),
        sa.Column("owned", sa.Text, nullable=False),
        sa.Column("version", sa.Text),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("host", "list_guid", "item_id", name="pk_baselines"),
    )
    op.create_table(
        "sources",
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("list_guid", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("policy_digest", sa.Text, nullable=False),
        sa.Column("schema_digest", sa.Text, nullable=False),
        sa.Column("records", sa.Integer, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("host", "list_guid", "source", name="pk_sources"),
    )


def _create_approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("through", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
    )
    op.create_index("ix_approvals_digest", "approvals", ["digest"])


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("list_guid", sa.Text, nullable=False),
        sa.Column("item_id", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("folded_key", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("source", "host", "list_guid", "item_id", name="pk_decisions"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_decisions_run_id_runs", ondelete="CASCADE"),
    )
    op.create_index("ix_decisions_folded_key", "decisions", ["folded_key"])
    op.create_index("ix_decisions_run_id", "decisions", ["run_id"])
