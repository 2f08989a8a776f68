"""The journal, the lease and the audit; what a source's last applied run saw; people by number.

Column types are spelt out here rather than taken from `schema`, which moves on.
"""

import sqlalchemy as sa
from alembic import op

revision = "portfolio_sync_0002"
down_revision = "portfolio_sync_0001"
branch_labels = None
depends_on = None

_ACCOUNT = "account"


def upgrade() -> None:
    _create_journal()
    _create_audit()
    _create_known()
    _extend_sources()
    _create_people()
    _number_who_approved()


def downgrade() -> None:
    _name_who_approved()
    op.drop_table("people")
    _shorten_sources()
    for table in ("known", "audit_anchor", "audit", "lease", "intents"):
        op.drop_table(table)


def _create_journal() -> None:
    op.create_table(
        "intents",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("list_guid", sa.Text, nullable=False),
        sa.Column("item_id", sa.Integer, nullable=False),
        sa.Column("owned", sa.Text, nullable=False),
        sa.Column("was", sa.Text, nullable=False),
        sa.Column("version", sa.Text),
        sa.Column("grounds", sa.Text, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_intents"),
        sa.UniqueConstraint("id", name="uq_intents_id"),
    )
    op.create_index("ix_intents_run_id", "intents", ["run_id"])
    op.create_index("ix_intents_state", "intents", ["state"])
    made = op.create_table(
        "lease",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("run_id", sa.Text),
        sa.Column("holder", sa.Text),
        sa.Column("taken", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_lease"),
    )
    op.bulk_insert(made, [{"id": 1, "generation": 0}])


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("run_id", sa.Text),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    op.create_index("ix_audit_run_id", "audit", ["run_id"])
    made = op.create_table(
        "audit_anchor",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_anchor"),
    )
    op.bulk_insert(made, [{"id": 1, "number": 0, "hash": ""}])


def _create_known() -> None:
    op.create_table(
        "known",
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("list_guid", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("item_id", sa.Integer, nullable=False),
        sa.Column("key_digest", sa.Text),
        sa.Column("fields_digest", sa.Text),
        sa.Column("modified", sa.Text),
        sa.Column("version", sa.Text),
        sa.Column("parent_host", sa.Text),
        sa.Column("parent_list_guid", sa.Text),
        sa.Column("parent_item_id", sa.Integer),
        sa.PrimaryKeyConstraint("host", "list_guid", "source", "item_id", name="pk_known"),
    )


def _extend_sources() -> None:
    """What each row says of its last run becomes what that run saw: the items it counted, and the day it was."""
    with op.batch_alter_table("sources") as sources:
        sources.add_column(sa.Column("applied_run_id", sa.Text))
        sources.add_column(sa.Column("applied_today", sa.Date))
        sources.add_column(sa.Column("applied_rows", sa.Integer))
        sources.add_column(sa.Column("applied_zone", sa.Text))
        sources.add_column(sa.Column("applied_columns", sa.Text))
        sources.add_column(sa.Column("applied_release", sa.Text))
    op.execute(
        "UPDATE sources SET applied_run_id = run_id, applied_rows = records, applied_columns = '{}', "
        "applied_release = '', applied_today = (SELECT today FROM runs WHERE runs.id = sources.run_id) "
        "WHERE EXISTS (SELECT 1 FROM runs WHERE runs.id = sources.run_id)"
    )
    with op.batch_alter_table("sources") as sources:
        sources.drop_column("schema_digest")
        sources.drop_column("records")


def _shorten_sources() -> None:
    with op.batch_alter_table("sources") as sources:
        sources.add_column(sa.Column("schema_digest", sa.Text, nullable=False, server_default=""))
        sources.add_column(sa.Column("records", sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE sources SET records = COALESCE(applied_rows, 0)")
    with op.batch_alter_table("sources") as sources:
        for name in ("schema_digest", "records"):
            sources.alter_column(name, server_default=None)
        for name in ("run_id", "today", "rows", "zone", "columns", "release"):
            sources.drop_column(f"applied_{name}")


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("ident", sa.Text),
        sa.Column("name", sa.Text),
        sa.PrimaryKeyConstraint("number", name="pk_people"),
        sa.UniqueConstraint("scope", "ident", name="uq_people_scope_ident"),
    )


def _number_who_approved() -> None:
    op.execute(
        f"INSERT INTO people (scope, ident) SELECT '{_ACCOUNT}', named FROM "  # noqa: S608
        '(SELECT "by" AS named, MIN(id) AS first FROM approvals GROUP BY "by") AS approvers ORDER BY first'
    )
    with op.batch_alter_table("approvals") as approvals:
        approvals.add_column(sa.Column("person", sa.Integer))
    op.execute(
        "UPDATE approvals SET person = "  # noqa: S608
        f"(SELECT number FROM people WHERE scope = '{_ACCOUNT}' AND ident = approvals.\"by\")"
    )
    with op.batch_alter_table("approvals") as approvals:
        approvals.drop_column("by")
        approvals.alter_column("person", existing_type=sa.Integer, nullable=False)
        approvals.create_foreign_key("fk_approvals_person_people", "people", ["person"], ["number"])


def _name_who_approved() -> None:
    with op.batch_alter_table("approvals") as approvals:
        approvals.add_column(sa.Column("by", sa.Text, nullable=False, server_default=""))
    op.execute(
        'UPDATE approvals SET "by" = '
        "COALESCE((SELECT ident FROM people WHERE people.number = approvals.person), 'unknown')"
    )
    with op.batch_alter_table("approvals") as approvals:
        approvals.alter_column("by", server_default=None)
        approvals.drop_constraint("fk_approvals_person_people", type_="foreignkey")
        approvals.drop_column("person")
