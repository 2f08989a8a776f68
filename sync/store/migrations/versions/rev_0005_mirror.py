"""What lists held when they were seen last, sealed.

Column types are spelt out here rather than taken from `schema`, which moves on.
"""

import sqlalchemy as sa
from alembic import op

revision = "portfolio_sync_0005"
down_revision = "portfolio_sync_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mirrors",
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("list_guid", sa.Text, nullable=False),
        sa.Column("generation", sa.Text, nullable=False),
        sa.Column("seal", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("host", "list_guid", name="pk_mirrors"),
    )
    op.create_table(
        "mirror_blocks",
        sa.Column("generation", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("generation", "number", name="pk_mirror_blocks"),
    )


def downgrade() -> None:
    op.drop_table("mirror_blocks")
    op.drop_table("mirrors")
