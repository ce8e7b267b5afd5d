"""Whose request it is when a proxy stands in between."""

from __future__ import annotations

from ipaddress import ip_address


def reader_address(peer: str, forwarded_for: str, proxies: int) -> str:
    """The address of the reader, as the nearest proxies of ours tell it.

    peer: who is connected. forwarded_for: the X-Forwarded-For header; each proxy adds at its
    end whom it saw. proxies: how many of ours stand in front; what is further left was
    written by strangers and is not believed. With none, or where what they wrote is no
    address, the peer stands.
    """
    told = [part.strip() for part in forwarded_for.split(",") if part.strip()]
    if proxies < 1 or len(told) < proxies:
        return peer
    address = told[-proxies]
    try:
        return str(ip_address(address.strip("[]")))
    except ValueError:
        return peer
