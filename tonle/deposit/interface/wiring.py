"""What the interface registers below, once, when the app is ready."""

from __future__ import annotations


def connect() -> None:
    from tonle.api.public import register_described, register_router

    register_router("deposits", "tonle.deposit.interface.deposits:router")
    register_described("tonle.deposit.uploads.described:PATHS")
    register_router("review", "tonle.deposit.interface.review:router")
    register_router("access-requests", "tonle.deposit.interface.requests:router")
    register_router("withdrawals", "tonle.deposit.interface.withdrawals:router")
