"""State: how far the detectors have looked. What they found is in `findings`."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Uuid

from quorate.store.tables.columns import metadata, time

watches = Table(
    "watches",
    metadata,
    Column("step_id", Uuid, ForeignKey("steps.id"), primary_key=True),
    Column("answers", Integer, nullable=False, comment="how many answers there were at the last look"),
    time("looked_at"),
)
