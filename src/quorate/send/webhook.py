"""A message to a webhook: JSON over HTTPS, signed as Standard Webhooks 1.0.0 says.

The receiver checks `webhook-signature` with the secret that it was given once, refuses old timestamps, and takes each
`webhook-id` once. Redirects are failures.
"""

from __future__ import annotations

import hmac
import http.client
import json
import socket
import ssl
from base64 import b64decode, b64encode
from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

from quorate.errors import InvalidInput, Unavailable
from quorate.send.message import Message
from quorate.send.reach import reach

PREFIX = "whsec_"
PATIENCE = 15.0


def check(url: str, listed: Collection[str]) -> None:
    """Refuse an address that nothing may be sent to. Raises `InvalidInput`."""
    place = urlsplit(url)
    if place.scheme not in {"http", "https"} or not place.hostname:
        raise InvalidInput("That is no address of a webhook.", where="url", mend="Write https://host/path.")
    if place.username or place.password:
        raise InvalidInput("No name or password belongs into this address.", where="url", mend="Messages are signed.")
    if place.scheme == "http" and place.hostname not in listed:
        raise InvalidInput("Messages go over HTTPS.", where="url", mend="Write https://…")


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 of id, timestamp and body."""
    key = b64decode(secret.removeprefix(PREFIX))
    signed = f"{id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, signed, "sha256")).decode()


def post(url: str, secret: str, message: Message, now: datetime, listed: Collection[str]) -> None:
    """Send it. Raises `InvalidInput` for an address that may not be reached, `Unavailable` when it is not taken."""
    check(url, listed)
    place = urlsplit(url)
    assert place.hostname is not None
    port = place.port or (443 if place.scheme == "https" else 80)
    address = reach(place.hostname, port, listed)
    told = {"type": "alerts.changed", "timestamp": now.isoformat(), "data": {**message.data, "title": message.title}}
    body = json.dumps(told, default=str).encode()
    stamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Quorate",
        "webhook-id": str(message.id),
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature(secret, str(message.id), stamp, body),
    }
    connection = _connection(place.scheme, place.hostname, port)
    try:
        connection.sock = _socket(place.scheme, place.hostname, address, port)
        connection.request("POST", (place.path or "/") + (f"?{place.query}" if place.query else ""), body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable("{host} does not answer.", where="url", host=place.hostname or "") from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise Unavailable("{host} answered {status}.", where="url", host=place.hostname or "", status=status)


def _connection(scheme: str, host: str, port: int) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=PATIENCE)
    return http.client.HTTPSConnection(host, port, timeout=PATIENCE)


def _socket(scheme: str, host: str, address: str, port: int) -> socket.socket:
    """To the address that was looked at, with the certificate of the host."""
    plain = socket.create_connection((address, port), PATIENCE)
    return plain if scheme == "http" else ssl.create_default_context().wrap_socket(plain, server_hostname=host)
