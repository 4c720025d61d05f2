"""Live hints: that something changed, so that pages ask again. The only part of the server that is asynchronous.

One look at the ledger a second, however many listen, and none while nobody does; a listener holds neither a thread nor
a database connection. What is told is a topic and a project, never an answer.
"""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import orjson
import structlog
from fastapi.concurrency import run_in_threadpool

from quorate.errors import TooMany, Unavailable
from quorate.store import happenings
from quorate.store.database import Database

TICK = 1.0
HEARTBEAT = 15.0
MOST = 6
"""Streams that one account may have open at a process: a few tabs."""
BEHIND = 200
"""How many events back each look begins, since an event may be committed after one with a higher number."""
AT_ONCE = 5000
RETRY = b"retry: 3000\n\n"
Happening = tuple[int, UUID, str]
log = structlog.get_logger()

TOPICS = {
    "items.imported": "tasks",
    "lease.expired": "tasks",
    "lease.released": "tasks",
    "lease.skipped": "tasks",
    "task.open": "tasks",
    "task.reopened": "tasks",
    "task.restored": "tasks",
    "spec.published": "guide",
    "task.adjudicated": "feedback",
    "gold.corrected": "feedback",
    "gold.retired": "feedback",
    "case.opened": "cases",
    "case.assigned": "cases",
    "case.passed": "cases",
    "dispute.withdrawn": "cases",
}
"""What an annotator's or an expert's page asks for again when this happens; of other verbs it hears nothing."""


@dataclass(eq=False)
class Listener:
    """One open stream. `topic` says what a verb in a project is called here (None: not to be told here)."""

    account: UUID
    projects: dict[UUID, str]
    topic: Callable[[UUID, str], str | None]
    told: int
    waiting: Counter[tuple[str, str]] = field(default_factory=Counter)
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    def hear(self, happened: Iterable[Happening]) -> None:
        """Take in what concerns this listener."""
        for seq, project, verb in happened:
            self.told = max(self.told, seq)
            topic = self.topic(project, verb) if project in self.projects else None
            if topic is not None:
                self.waiting[topic, self.projects[project]] += 1
                self.stirred.set()

    def messages(self) -> Iterator[bytes]:
        """What has come up since the last time, one message a topic and project."""
        heard, self.waiting = self.waiting, Counter()
        self.stirred.clear()
        for (topic, project), times in sorted(heard.items()):
            yield message(topic, self.told, {"project": project, "times": times})


def message(event: str, id: int, data: dict[str, object]) -> bytes:
    """A server-sent event."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (id, event.encode(), orjson.dumps(data))


class Live:
    """The process's listeners, and the one task that looks for what happened."""

    def __init__(self, db: Database, *, tick: float = TICK, heartbeat: float = HEARTBEAT) -> None:
        self.tick, self.heartbeat = tick, heartbeat
        self._db = db
        self._listeners: set[Listener] = set()
        self._looking: asyncio.Task[None] | None = None

    async def newest(self) -> int:
        """Where the ledger is now."""
        return await run_in_threadpool(self._newest)

    def room(self, account: UUID) -> None:
        """Raise `TooMany` when this account has as many streams as it may."""
        if sum(listener.account == account for listener in self._listeners) >= MOST:
            raise TooMany("There are {most} live streams of your account.", mend="Close one of the pages.", most=MOST)

    async def stream(
        self, listener: Listener, last: int | None, still: Callable[[], AsyncIterator[bool]]
    ) -> AsyncIterator[bytes]:
        """The stream's bytes, from after the event `last` on, until the client goes, `still` says no or we shut down.

        What was missed is told if it is not too much; otherwise `reset` says that anything may have changed.
        """
        with self._listening(listener):
            yield RETRY
            if last is not None and last < listener.told:
                missed = await run_in_threadpool(self._since, last)
                if len(missed) < AT_ONCE:
                    listener.hear(missed)
                else:
                    yield message("reset", listener.told, {})
            yield message("hello", listener.told, {})
            checks = still()
            while not listener.over:
                for one in listener.messages():
                    yield one
                try:
                    await asyncio.wait_for(listener.stirred.wait(), self.heartbeat)
                except TimeoutError:
                    if not await anext(checks):
                        break
                    yield b": still here\n\n"
            yield message("end", listener.told, {})

    @contextmanager
    def _listening(self, listener: Listener) -> Iterator[None]:
        self._listeners.add(listener)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look())
        try:
            yield
        finally:
            self._listeners.discard(listener)

    async def _look(self) -> None:
        """Look for what happened as long as somebody listens. A database that is away is waited for."""
        last = min((listener.told for listener in self._listeners), default=0)
        seen: set[int] = set()
        while self._listeners:
            if _leaving():
                self._end()
                return
            try:
                found = await run_in_threadpool(self._since, last - BEHIND)
            except Unavailable:
                log.warning("live: the database does not answer")
                found = []
            fresh = [one for one in found if one[0] not in seen and (seen or one[0] > last)]
            last = max([last, *(seq for seq, _, _ in found)])
            seen = {seq for seq, _, _ in found}
            for listener in tuple(self._listeners):
                listener.hear(fresh)
            await asyncio.sleep(self.tick)

    def _end(self) -> None:
        for listener in self._listeners:
            listener.over = True
            listener.stirred.set()

    def _newest(self) -> int:
        with self._db.hot() as connection:
            return happenings.newest(connection)

    def _since(self, seq: int) -> list[Happening]:
        with self._db.hot() as connection:
            return happenings.since(connection, seq, AT_ONCE)


def _leaving() -> bool:
    """Whether the server that runs us was told to stop. It waits for open streams, so they must end by themselves."""
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return bool(getattr(server, "should_exit", False))
