"""What `provision` made: lists, columns, views, and what a column looked like before.

Column types are spelt out here rather than taken from `schema`, which moves on.
"""

import sqlalchemy as sa
from alembic import op

revision = "portfolio_sync_0004"
down_revision = "portfolio_sync_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "made",
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("list_guid", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("ident", sa.Text),
        sa.Column("was", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("host", "site", "list_guid", "what", "name", name="pk_made"),
    )


def downgrade() -> None:
    op.drop_table("made")
