"""What Alembic runs: the revisions, on the connection that `migrate.py` opened."""

from alembic import context

from quorate.store.migrate import declared
from quorate.store.tables import metadata

LOCK = 0x51756F72  # "Quor"

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, include_name=declared)
with context.begin_transaction():
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")  # held until the transaction ends
    context.run_migrations()
