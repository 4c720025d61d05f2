"""Where messages may go: to what everybody can reach, and to the hosts that an operator lists.

A manager writes the address of a channel, so it must not make the server speak to what only the server can reach.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection

from quorate.errors import InvalidInput, Unavailable

HIDDEN = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")))
"""IPv6 networks in which an IPv4 address is hidden."""


def public(address: str) -> bool:
    """Whether an address is one that anybody can reach, and not this machine's or its network's own."""
    ip = ipaddress.ip_address(address)
    inner = getattr(ip, "ipv4_mapped", None)
    if inner is not None:
        return public(str(inner))
    return ip.is_global and not ip.is_multicast and not any(ip.version == 6 and ip in net for net in HIDDEN)


def reach(host: str, port: int, listed: Collection[str]) -> str:
    """An address of the host to connect to. Raises `InvalidInput` for one that is private and not listed."""
    try:
        known = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise Unavailable("Nobody knows the host {host}.", where="url", host=host) from error
    if host not in listed and not all(map(public, known)):
        raise InvalidInput(
            "{host} is an address of this network's own.",
            where="url",
            mend="Have an operator list it in QUORATE_MESSAGES_TO.",
            host=host,
        )
    return known[0]
