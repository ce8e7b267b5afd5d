"""Whether a request comes from the machine the node runs on."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

_LOCAL_NAMES = {"localhost", "127.0.0.1", "[::1]"}
_PASSED_ON = {
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "via",
}


def is_loopback(address: str, host: str, headers: Iterable[str]) -> bool:
    """Whether somebody at this very machine asks.

    address: the peer's; host: the Host header; headers: names of the request's headers.
    Behind a reverse proxy every peer is this machine, so a request that was passed on, or
    that asks for another name, does not count (a name that resolves here is how DNS
    rebinding works).
    """
    name = host.lower()
    if not name.endswith("]"):
        name = name.rpartition(":")[0] or name
    try:
        peer = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(peer, "ipv4_mapped", None)
    return (
        (mapped or peer).is_loopback
        and name in _LOCAL_NAMES
        and not any(header.lower() in _PASSED_ON for header in headers)
    )
