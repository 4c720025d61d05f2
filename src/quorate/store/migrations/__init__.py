"""Revisions of the database. `env.py` runs them for Alembic; the other modules are what revisions share."""
