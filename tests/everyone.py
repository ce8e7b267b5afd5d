"""Everybody who may ask for something: for tests that compare a check with its filter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tonle.kernel.actors import ANONYMOUS, SYSTEM, Actor, Role, Scope
from tonle.people.public import roles

STRANGER = "somebody-without-rows"


def everyone(
    ids: Sequence[str], scopes: Sequence[Scope], tokens: Sequence[str] = ("read",)
) -> Iterator[Actor]:
    """Nobody, the node, and each account with no role and with each role in each scope, by
    session and by a token of each of these scopes alone."""
    yield ANONYMOUS
    yield SYSTEM
    seen_by = (None, *(frozenset({name}) for name in tokens))
    held = [frozenset[Role]()]
    held += [frozenset({Role(kind.name, scope)}) for kind in roles() for scope in scopes]
    for id in (*ids, STRANGER):
        for some in held:
            for token in seen_by:
                yield Actor(id, "person", some, token)
