"""The door of the command line: what contexts register and reuse."""

from __future__ import annotations

from tonle.cli.accounts import (
    ForAccount,
    argument,
    line,
    register_acting,
    register_for_accounts,
)
from tonle.cli.extras import install
from tonle.cli.language import said
from tonle.cli.progress import Progress, duration
from tonle.cli.registry import (
    Command,
    InitHook,
    WelcomeHook,
    register,
    register_group,
    register_init,
    register_welcome,
)

__all__ = [
    "Command",
    "ForAccount",
    "InitHook",
    "Progress",
    "WelcomeHook",
    "argument",
    "duration",
    "install",
    "line",
    "register",
    "register_acting",
    "register_for_accounts",
    "register_group",
    "register_init",
    "register_welcome",
    "said",
]
