"""Which addresses a webhook may lead to: public ones. Credentials of a machine lie about on the others."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

from advisor.delivery.faults import RefusedError, TryLater

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
NAT64 = ipaddress.ip_network("64:ff9b::/96")
RETIRED = tuple(map(ipaddress.ip_network, ("fec0::/10", "3fff::/20", "::/96")))
"""Site-local, documentation, and IPv4 as it was once written: no python knows all of them for what they are."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


def allowed_address(host: str, port: int, what: str, resolver: Resolve, *, allow_private: bool) -> str:
    """Return an address of a host to connect to; the name is not asked for again, for the answer may change.

    Args:
        what: the channel, in words; the host is a part of a secret.

    Raises:
        RefusedError: one of its addresses is none that a webhook may be on.
        TryLater: it has none.
    """
    try:
        found = resolver(host, port)
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise TryLater(
            f"{what}: its host has no address here", hint="is the machine online, and the URL right?"
        )
    if not allow_private and (inside := [a for a in found if not is_public(a)]):
        raise RefusedError(
            f"{what}: its host is at {inside[0]}, which is no public address",
            hint="slack.allow_private = true lets webhooks be on such addresses",
        )
    return found[0]


def is_public(text: str) -> bool:
    """Return whether an address is one of the public internet, whatever form it hides in."""
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(
        a.is_global and not a.is_multicast and not a.is_reserved and not any(a in old for old in RETIRED)
        for a in _faces(address)
    )


def _faces(address: Address) -> list[Address]:
    """Return an address and the older ones inside it."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    inner: list[Address] = [a for a in (address.sixtofour, *(address.teredo or ())) if a is not None]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in NAT64:
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *inner]
