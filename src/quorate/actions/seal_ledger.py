"""Group the events that nobody can add to any more into a block: Merkle root, hash of the block before."""

from __future__ import annotations

import time

from quorate import clock
from quorate.flow import merkle
from quorate.store import ledger
from quorate.store.database import Database

BLOCK = 50_000
WAIT_SECONDS = 30.0


def seal_ledger(db: Database, *, wait: float = WAIT_SECONDS) -> int:
    """Seal every event up to now, in blocks of at most 50,000; how many blocks were made.

    An event's number is drawn before its transaction commits, so a smaller number may still appear. Every transaction
    draws only after it has got a transaction number, so once all transactions that were running when the newest event
    number was read have ended, no event up to it can appear any more. This waits for that, holding nothing, and gives
    up (0) when a transaction is still running after `wait` seconds.
    """
    with db.read() as connection:
        upto = ledger.newest_seq(connection)
        _, begun = ledger.transaction_horizon(connection)
    if not _wait(db, begun, wait):
        return 0
    blocks = 0
    while _seal_one(db, upto):
        blocks += 1
    return blocks


def _wait(db: Database, begun: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        with db.read() as connection:
            oldest, _ = ledger.transaction_horizon(connection)
        if oldest >= begun:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)


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
