"""Media that stay elsewhere, read for somebody who looks at them: what the browser may not fetch itself.

Whoever brings items in writes their addresses, so an address is not to be trusted: it must not reach what only this
machine can reach. Every host is resolved once, each of its addresses must be public, and the connection goes to the
address that was looked at; redirects are looked at anew. What an operator lists is taken as it is.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import fsspec

from quorate.errors import InvalidInput, NotFound, TooLarge, Unavailable

CHUNK = 2**18
HOPS = 5
PATIENCE = 10.0
"""Seconds to wait for a connection and for each piece."""
IN_ALL = 300.0
"""Seconds that one medium may take."""
PARTS = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
MAPPED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")))
"""IPv6 networks in which an IPv4 address is hidden."""
MEND = "Import the item with a copy of its media (`--copy-media`), or have an operator list it in QUORATE_MEDIA_FROM."


@dataclass(frozen=True, slots=True)
class Found:
    """A medium, or a part of one: its type as told over there, its size, and its bytes."""

    status: int
    type: str
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


def fetch(url: str, part: str | None, *, trusted: Sequence[str], most: int) -> Found:
    """Begin to read a medium, or the part of it that a `Range` header names.

    Raises `InvalidInput` (an address that is not to be fetched), `NotFound` (not there), `TooLarge` (over `most` bytes)
    and `Unavailable` (over there nobody answers).
    """
    part = part if part and PARTS.fullmatch(part) else None
    if urlsplit(url).scheme.lower() in {"http", "https"}:
        return _from_web(url, part, trusted, most)
    if not listed(url, trusted):
        raise InvalidInput("Media of this store are not fetched.", where="url", mend=MEND)
    return _from_store(url, part, most)


def listed(url: str, trusted: Sequence[str]) -> bool:
    """Whether an operator lists a beginning of this address; it ends where a name in it does."""
    return any(url == one or url.startswith(one.rstrip("/") + "/") for one in trusted if one)


def public(address: str) -> bool:
    """Whether an address is one that anybody can reach, and not this machine's or its network's own."""
    ip = ipaddress.ip_address(address)
    inner = getattr(ip, "ipv4_mapped", None)
    if inner is not None:
        return public(str(inner))
    return ip.is_global and not ip.is_multicast and not any(ip.version == 6 and ip in net for net in MAPPED)


def _from_web(url: str, part: str | None, trusted: Sequence[str], most: int) -> Found:
    for _ in range(HOPS):
        connection, answer = _asked(url, part, trusted)
        if answer.status not in {301, 302, 303, 307, 308}:
            return _taken(connection, answer, most)
        url = urljoin(url, answer.getheader("location") or "")
        connection.close()
    raise Unavailable("That address leads on and on.", where="url")


def _asked(
    url: str, part: str | None, trusted: Sequence[str]
) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    place = urlsplit(url)
    connection = _connection(place, any_address=listed(url, trusted))
    target = quote((place.path or "/") + (f"?{place.query}" if place.query else ""), safe="!$%&'()*+,/:;=?@[]~")
    host = place.netloc.rpartition("@")[2].encode("idna").decode()
    headers = {"Host": host, "User-Agent": "Quorate", "Accept-Encoding": "identity"}
    try:
        connection.request("GET", target, headers=headers | ({"Range": part} if part else {}))
        return connection, connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise Unavailable("{host} does not answer.", where="url", host=place.hostname or "") from error


def _connection(place: SplitResult, *, any_address: bool) -> http.client.HTTPConnection:
    """A connection to an address of the host that was looked at."""
    if place.scheme not in {"http", "https"} or not place.hostname:
        raise InvalidInput("That is no address of a medium.", where="url")
    try:
        port = place.port or (443 if place.scheme == "https" else 80)
        known = socket.getaddrinfo(place.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise NotFound("Nobody knows {host}.", where="url", host=place.hostname or "") from error
    addresses = [str(one[4][0]) for one in known]
    if not any_address and not all(map(public, addresses)):
        raise InvalidInput(
            "{host} is an address of this network's own.", where="url", mend=MEND, host=place.hostname or ""
        )
    if place.scheme == "http":
        return http.client.HTTPConnection(addresses[0], port, timeout=PATIENCE)
    return _Secure(place.hostname, addresses[0], port)


class _Secure(http.client.HTTPSConnection):
    """To an address, with the certificate of a name."""

    def __init__(self, name: str, address: str, port: int) -> None:
        self._context_used = ssl.create_default_context()
        super().__init__(name, port, timeout=PATIENCE, context=self._context_used)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._context_used.wrap_socket(plain, server_hostname=self.host)


def _taken(connection: http.client.HTTPConnection, answer: http.client.HTTPResponse, most: int) -> Found:
    told = answer.getheader("content-length")
    refusal: Exception | None = None
    if answer.status not in {200, 206}:
        refusal = NotFound("Over there they say {status}.", where="url", status=answer.status)
    elif told and told.isdigit() and int(told) > most:
        refusal = TooLarge("It is larger than {most} MiB.", where="url", most=most // 2**20)
    if refusal is not None:
        connection.close()
        raise refusal
    kept = {name: value for name in ("content-length", "content-range") if (value := answer.getheader(name))}
    kind = (answer.getheader("content-type") or "").split(";")[0].strip().lower()
    return Found(answer.status, kind, kept | {"accept-ranges": "bytes"}, _pieces(answer, connection, most))


def _pieces(stream: Any, owner: Any, most: int, begun: float | None = None) -> Iterator[bytes]:
    """What is read, as long as it is neither too much nor too slow; what is cut off shows as cut off."""
    begun, size = begun or time.monotonic(), 0
    try:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > most or time.monotonic() - begun > IN_ALL:
                raise TooLarge("It is larger, or slower, than is taken.", where="url")
            yield chunk
    finally:
        owner.close()


def _from_store(url: str, part: str | None, most: int) -> Found:
    try:
        file_system, path = fsspec.core.url_to_fs(url)
        size = int(file_system.info(path)["size"])
        stream = file_system.open(path, "rb")
    except FileNotFoundError:
        raise NotFound("There is no such medium over there.", where="url") from None
    except Exception as error:  # each of fsspec's file systems raises its own kind
        raise Unavailable("It cannot be read: {reason}", where="url", reason=str(error)) from error
    if size > most:
        stream.close()
        raise TooLarge("It is larger than {most} MiB.", where="url", most=most // 2**20)
    first, last = _within(part, size)
    headers = {"content-length": str(last - first + 1), "accept-ranges": "bytes"}
    if part:
        headers["content-range"] = f"bytes {first}-{last}/{size}"
    stream.seek(first)
    return Found(206 if part else 200, "", headers, _counted(_pieces(stream, stream, most), last - first + 1))


def _within(part: str | None, size: int) -> tuple[int, int]:
    match = PARTS.fullmatch(part or "")
    first = min(int(match[1]), max(size - 1, 0)) if match else 0
    last = min(int(match[2]), size - 1) if match and match[2] else size - 1
    return first, max(last, first) if size else first - 1


def _counted(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    """The first so many bytes."""
    for chunk in chunks:
        yield chunk[:most]
        most -= len(chunk)
        if most <= 0:
            return
