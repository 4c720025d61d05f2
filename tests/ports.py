"""Ports for servers that tests start."""

from __future__ import annotations

import socket


def reserved() -> socket.socket:
    """A port that nobody else is given as long as this is open, and where a server that we start may listen.

    One that is looked up and let go may be another process's a moment later: tests run beside each other.
    """
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do, too: so both may have it
    place.bind(("127.0.0.1", 0))
    return place


def port_of(place: socket.socket) -> int:
    return int(place.getsockname()[1])
