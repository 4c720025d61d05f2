"""Group the events that nobody can add to any more into a block: Merkle root, hash of the block before."""

from __future__ import annotations

from quorate import clock
from quorate.flow import merkle
from quorate.store import horizon, ledger
from quorate.store.database import Database

BLOCK = 50_000
WAIT_SECONDS = 30.0


def seal_ledger(db: Database, *, wait: float = WAIT_SECONDS) -> int:
    """Seal every event up to now, in blocks of at most 50,000; how many blocks were made.

    It waits until no event up to the newest can appear any more (see `store/horizon.py`), and gives up (0) when a
    transaction is still running after `wait` seconds.
    """
    with db.read() as connection:
        upto = ledger.newest_seq(connection)
        begun = horizon.begun(connection)
    if not horizon.passed(db, begun, wait):
        return 0
    blocks = 0
    while _seal_one(db, upto):
        blocks += 1
    return blocks


def _seal_one(db: Database, upto: int) -> bool:
    with db.write() as connection:
        ledger.lock(connection)
        last = ledger.last_block(connection)
        first = last.last_seq + 1 if last else 1
        events = ledger.events_between(connection, first, upto, limit=BLOCK)
        if not events:
            return False
        block = {
            "number": last.number + 1 if last else 1,
            "first_seq": first,
            "last_seq": events[-1].seq if len(events) == BLOCK else upto,
            "events": len(events),
            "root": merkle.root([ledger.leaf(event) for event in events]),
            "previous": bytes(last.hash) if last else b"",
        }
        ledger.seal(connection, {**block, "hash": ledger.block_hash(block), "sealed_at": clock.now()})
        return True
