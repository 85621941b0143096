"""Runs the migrations on the connection that the program hands over; it never opens one itself."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    # SQLite alters a table by rebuilding it.
    render_as_batch=connection.dialect.name == "sqlite",
    # The program has begun the one transaction around all steps, and commits it.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
