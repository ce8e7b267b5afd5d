"""Which addresses the node may speak with: the rule against requests to its own inside.

Source: OWASP Server-Side Request Forgery Prevention; the IANA registries of special-purpose
addresses (RFC 6890), read 2026-11.
"""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from tonle.infra.outbound.errors import AddressRefused, Unreachable

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

# Written out, because what Python calls global has changed from release to release.
_CLOSED_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local: the clouds' metadata services, too
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays, withdrawn
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# Of IPv6 only global unicast is given out at all; in it, what is special again.
_OPEN_V6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address, of any kind, inside
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_MAPPED_V4 = ipaddress.IPv6Network("::ffff:0:0/96")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: IPAddress) -> bool:
    """Whether an address is of the public network, and so nobody's inside."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    if address in _NAT64:
        # A translator of the provider carries it to the IPv4 address in its last 32 bits.
        return is_public(_last_32(address))
    if address.scope_id is not None or address not in _OPEN_V6:
        return False
    return not any(address in network for network in _CLOSED_V6)


def _last_32(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def is_allowed(address: IPAddress, private: tuple[IPNetwork, ...] = ()) -> bool:
    """Whether the node may speak with an address; private: networks that its steward allows.

    An IPv4 address in IPv6's clothes (::ffff:a.b.c.d) is judged as what it is.
    """
    if isinstance(address, ipaddress.IPv6Address) and address in _MAPPED_V4:
        address = _last_32(address)
    if any(address.version == n.version and address in n for n in private):
        return True
    return is_public(address)


@cache
def _networks(texts: tuple[str, ...]) -> tuple[IPNetwork, ...]:
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def private_networks() -> tuple[IPNetwork, ...]:
    """The networks that TONLE_OUTBOUND_PRIVATE names. Raises ValueError for what is none."""
    return _networks(tuple(settings.TONLE_OUTBOUND_PRIVATE))


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, in the system's order; all of them allowed.

    One that is not closes them all: an honest name does not point both out and in.
    Raises AddressRefused, Unreachable.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(host=host) from None
    texts = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    private = private_networks()
    if not texts or not all(is_allowed(ipaddress.ip_address(t), private) for t in texts):
        raise AddressRefused(host=host)
    return texts


def host_of(url: str) -> str:
    """The host of an address: all that is ever said of it."""
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"


def check_url(url: str) -> None:
    """Refuse what is no plain http(s) address, without asking anybody. Raises AddressRefused.

    Ports below 1024 other than the web's belong to services that are not spoken to in HTTP.
    """
    host = host_of(url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused(host=host) from None
    plain = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    if not plain or (port is not None and port < 1024 and port not in {80, 443}):
        raise AddressRefused(host=host)
    # Libraries read a backslash or a blank differently; an address needs neither.
    if any(c == "\\" or c.isspace() or not c.isprintable() for c in url):
        raise AddressRefused(host=host)
    with suppress(ValueError):
        # An address written out needs no resolver to be refused, also where a proxy resolves.
        if not is_allowed(ipaddress.ip_address(host), private_networks()):
            raise AddressRefused(host=host)
