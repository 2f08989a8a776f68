"""Histories of records, what was asked and answered about them, and frozen reports.

Column types are spelt out here rather than taken from `schema`, which moves on.
"""

import sqlalchemy as sa
from alembic import op

revision = "portfolio_sync_0003"
down_revision = "portfolio_sync_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_histories()
    _create_doubts()
    _create_archives()


def downgrade() -> None:
    for table in ("archive_parts", "archives", "answers", "doubts", "histories"):
        op.drop_table(table)


def _create_histories() -> None:
    op.create_table(
        "histories",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("list_guid", sa.Text, nullable=False),
        sa.Column("item_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("gone", sa.Date),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_histories"),
    )
    op.create_index("ix_histories_host_list_guid_item_id", "histories", ["host", "list_guid", "item_id"])


def _create_doubts() -> None:
    op.create_table(
        "doubts",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_doubts"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_doubts_run_id_runs", ondelete="CASCADE"),
    )
    op.create_index("ix_doubts_run_id", "doubts", ["run_id"])
    op.create_table(
        "answers",
        sa.Column("doubt_id", sa.Text, nullable=False),
        sa.Column("same", sa.Boolean, nullable=False),
        sa.Column("person", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("doubt_id", name="pk_answers"),
        sa.ForeignKeyConstraint(["person"], ["people.number"], name="fk_answers_person_people"),
    )


def _create_archives() -> None:
    op.create_table(
        "archives",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("board", sa.Text, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("period", sa.Date),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("made", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("restates", sa.Text),
        sa.Column("why", sa.Text),
        sa.Column("header", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_archives"),
        sa.UniqueConstraint("occasion", "board", "as_of", "revision", name="uq_archives_occasion_board_as_of_revision"),
    )
    op.create_table(
        "archive_parts",
        sa.Column("archive_id", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("archive_id", "source", name="pk_archive_parts"),
        sa.ForeignKeyConstraint(
            ["archive_id"], ["archives.id"], name="fk_archive_parts_archive_id_archives", ondelete="CASCADE"
        ),
    )
