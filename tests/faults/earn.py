"""Work as one annotator until nothing more can be had: `python earn.py URL WORKSPACE PROJECT ACCOUNT`.

Prints each answer's lease once it is acknowledged.
"""

from __future__ import annotations

import sys
import time
from uuid import UUID

from quorate.actions.actor import Actor
from quorate.actions.claim_task import claim_tasks
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.errors import BudgetSpent, Conflict, LeaseEnded, Unavailable
from quorate.store.database import Database

PATIENCE = 20


def main(url: str, workspace: str, project: str, account: str) -> None:
    db, actor = Database(url, size=1), Actor(UUID(workspace), UUID(account))
    empty = 0
    while empty < PATIENCE:
        try:
            held = claim_tasks(db, actor, [UUID(project)], 2)
        except BudgetSpent:
            held = []
        empty = 0 if held else empty + 1
        if not held:
            time.sleep(0.1)
        while held:
            lease = held.pop(0).lease.id
            try:
                done = submit_annotation(db, actor, Submission(lease, "a", seconds=3.0, key=str(lease)), then_claim=1)
            except (LeaseEnded, Conflict):
                continue
            except Unavailable:  # as every client does: again, with the same key
                done = submit_annotation(db, actor, Submission(lease, "a", seconds=3.0, key=str(lease)))
            held += done.next
            print(lease, flush=True)
    db.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
