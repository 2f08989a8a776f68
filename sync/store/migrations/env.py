"""Runs the migrations on the connection, and inside the transaction, that `sync.store.migrate` hands over."""

from alembic import context

from sync.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter most things of a table in place
)

with context.begin_transaction():
    context.run_migrations()
