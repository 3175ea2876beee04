"""Alembic's steps from one release's schema to the next; run by :func:`lppl.database.migrate` only."""
