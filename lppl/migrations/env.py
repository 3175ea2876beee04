"""Alembic's entry: migrate on the connection and in the transaction that :mod:`lppl.database` opened."""

from alembic import context

from lppl.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite changes a table by copying it; with our own BEGIN its schema changes are transactional too.
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
