"""Who a page is made for. Accounts live above this band, so `people` registers the answer."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from tonle.kernel.actors import ANONYMOUS, Actor

Resolver = Callable[[HttpRequest], Actor]

_resolver: Resolver | None = None


def register_actor_resolver(resolver: Resolver) -> None:
    """Say who stands behind a request. Called once, by `people`."""
    global _resolver
    _resolver = resolver


def actor_of(request: HttpRequest) -> Actor:
    """The actor behind a request; nobody in particular while nobody is signed in."""
    return _resolver(request) if _resolver else ANONYMOUS


_waiting: Callable[[Actor], int] | None = None


def register_waiting(count: Callable[[Actor], int]) -> None:
    """Say how many notices wait for an actor. Called once, by `people`."""
    global _waiting
    _waiting = count


def waiting_for(actor: Actor) -> int:
    """How many notices wait for somebody who is signed in; asks nothing for anybody else."""
    return _waiting(actor) if _waiting and actor.kind == "person" else 0
