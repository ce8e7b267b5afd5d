"""Questions about hooks. For stewards; see permissions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from tonle.catalogue.public import newest_position
from tonle.federation.hooks.models import Delivery, Hook


@dataclass(frozen=True)
class HookState:
    """A hook as a list shows it.

    standing: "paused", "stopped", "failing", "behind" or "level". behind: entries of the log
    that were not looked at for it yet, wanted or not.
    """

    hook: Hook
    standing: str
    behind: int


def all_hooks() -> QuerySet[Hook]:
    """Every hook, the oldest first."""
    return Hook.objects.order_by("created_at", "key")


def states_of(hooks: list[Hook]) -> list[HookState]:
    """Each with how it stands. One query for all of them."""
    newest = newest_position()
    return [
        HookState(hook, standing_of(hook, newest), max(0, newest - hook.position)) for hook in hooks
    ]


def standing_of(hook: Hook, newest: int) -> str:
    if hook.state != "active":
        return hook.state
    if hook.reason:
        return "failing"
    return "behind" if hook.position < newest else "level"


def deliveries_of(hook: Hook) -> QuerySet[Delivery]:
    """Its messages, the newest first."""
    return Delivery.objects.filter(hook=hook).order_by("-key")


def stopped_count() -> int:
    """Hooks that need a steward."""
    return Hook.objects.filter(state="stopped").count()
