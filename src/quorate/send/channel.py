"""A channel: an address, which is a secret, and how a message gets there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from quorate.send import chat, webhook
from quorate.send.message import Message
from quorate.send.reach import reach

WEBHOOK = ("http", "https")


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a message goes. The address and the secret are shown by nothing that prints a channel."""

    name: str
    url: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)

    @property
    def kind(self) -> str:
        """`webhook`, `email`, or the name of the service."""
        scheme = urlsplit(self.url).scheme.lower()
        return "webhook" if scheme in WEBHOOK else "email" if scheme in chat.MAIL else scheme

    def check(self, listed: Collection[str]) -> None:
        """Refuse an address that nothing can or may be sent to. Raises `InvalidInput`."""
        webhook.check(self.url, listed) if self.kind == "webhook" else chat.check(self.url, listed)
        if self.kind == "webhook":
            place = urlsplit(self.url)
            reach(place.hostname or "", place.port or 443, listed)

    def send(self, message: Message, now: datetime, listed: Collection[str]) -> None:
        """Send it. Raises `InvalidInput` or `Unavailable`, neither of which tells the address."""
        if self.kind == "webhook":
            webhook.post(self.url, self.secret or "", message, now, listed)
        else:
            chat.send(self.url, message, listed)


def redacted(url: str) -> str:
    """What may be shown of an address: how it begins, and of a webhook the host."""
    place = urlsplit(url)
    host = place.hostname if place.scheme.lower() in WEBHOOK else None
    return f"{place.scheme}://{host}/…" if host else f"{place.scheme}://…"
