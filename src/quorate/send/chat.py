"""A message by e-mail or to a chat, through Apprise, which speaks to each of them in its own way.

Only services that speak to people are let through, none that acts on this machine; redirects are not followed.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from quorate.errors import InvalidInput, Unavailable
from quorate.send.message import Message
from quorate.send.reach import reach

MAIL = ("mailto", "mailtos")
SERVICES = (
    *MAIL, "slack", "discord", "tgram", "workflows", "gchat", "mmost", "mmosts", "rocket", "rockets", "matrix",
    "matrixs", "zulip", "webex", "ntfy", "ntfys", "gotify", "gotifys", "opsgenie", "pagerduty", "pover", "signl4",
    "twist", "lark", "feishu", "dingtalk",
)  # fmt: skip
"""Schemes of Apprise's addresses that may be used."""
KINDS = {"info": "info", "warning": "warning", "critical": "failure"}
for _talker in ("apprise", "urllib3"):  # what they log may have a secret in it
    logging.getLogger(_talker).setLevel(logging.CRITICAL)


def check(url: str, listed: Collection[str]) -> None:
    """Refuse an address that nothing may be sent to. Raises `InvalidInput`."""
    _service(url, listed)


def send(url: str, message: Message, listed: Collection[str]) -> None:
    """Send it. Raises `InvalidInput` for an address that may not be reached, `Unavailable` when it is not taken."""
    service = _service(url, listed)
    kind = "success" if message.recovered else KINDS[message.severity]
    try:
        taken = service.notify(body=message.text, title=message.title, notify_type=kind)
    except (TypeError, ValueError, OSError) as error:
        raise Unavailable("The service could not be spoken to.", where="url") from error
    if not taken:
        raise Unavailable("The service did not take the message.", where="url")


def _service(url: str, listed: Collection[str]) -> Any:
    from apprise import Apprise, AppriseAsset

    scheme = url.partition("://")[0].lower()
    if scheme not in SERVICES:
        raise InvalidInput(
            "Nothing can be sent to an address of this kind.",
            where="url",
            mend="It begins with https:// (a webhook) or one of: {known}.",
            known=[f"{one}://" for one in SERVICES],
        )
    asset = AppriseAsset(app_id="Quorate", app_desc="Quorate", app_url="", http_redirects=False)
    service = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is None:
        raise InvalidInput("The address is not complete.", where="url", mend="See the how-to on alerts for examples.")
    _reachable(service, scheme, listed)
    return service


def _reachable(service: Any, scheme: str, listed: Collection[str]) -> None:
    """Refuse a host of the writer's choice that is this network's own."""
    if scheme in MAIL:
        reach(service.smtp_host or service.host, service.port or 25, listed)
    elif any("{host}" in template for template in service.templates):
        reach(service.host, service.port or 443, listed)
