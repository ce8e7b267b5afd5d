"""Accounts on the node of the browser tests, all made by one process of the command line."""

from __future__ import annotations

from tests.node import Node

PASSWORD = "ទន្លេសាបហូរពីរទិស"


def account(node: Node, name: str, *arguments: str) -> str:
    """An account on the node with a confirmed address, and that address."""
    address = f"{name}@example.org"
    node.run("user", "add", address, "--password-stdin", *arguments, given=PASSWORD)
    return address
