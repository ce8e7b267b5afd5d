"""What the interface registers below, once, when the app is ready."""

from __future__ import annotations

_HERE = "tonle.people.interface"


def connect() -> None:
    from tonle.api.public import register_router

    register_router("me", f"{_HERE}.own:router")
    register_router("roles", f"{_HERE}.roles:router")
    register_router("vouching", f"{_HERE}.roles:vouching")
    register_router("invitations", f"{_HERE}.roles:invitations")
    register_router("communities", f"{_HERE}.directory:communities")
    register_router("organisations", f"{_HERE}.directory:organisations")
    register_router("accounts", f"{_HERE}.accounts:router")
    register_router("appeals", f"{_HERE}.accounts:appeals")
