"""How far long work is: a bar on a terminal, a plain line every few seconds in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

Show: TypeAlias = Callable[[float | None, int | None, str], None]
"""Tells the share that is done (None: nobody knows), how many are done (None: not counted), and some words."""

EVERY_SECONDS = 5.0


@contextmanager
def showing(title: str, *, quiet: bool = False) -> Iterator[Show]:
    """Show the progress of the block on standard error; `quiet` shows nothing."""
    if quiet:
        yield lambda share, count, words: None
    elif sys.stderr.isatty():
        with _bar(title) as show:
            yield show
    else:
        yield _lines(title)


@contextmanager
def _bar(title: str) -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[words]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(title, total=None, words="")

        def show(share: float | None, count: int | None, words: str) -> None:
            total = None if share is None else 1.0
            progress.update(bar, total=total, completed=share or 0.0, words=words)

        yield show


def _lines(title: str) -> Show:
    last = time.monotonic()

    def show(share: float | None, count: int | None, words: str) -> None:
        nonlocal last
        if time.monotonic() - last < EVERY_SECONDS:
            return
        last = time.monotonic()
        percent = "" if share is None else f" {share:.0%}"
        counted = "" if count is None else f" {count:,}"
        print(f"{title}:{percent}{counted} {words}".rstrip(), file=sys.stderr, flush=True)

    return show
