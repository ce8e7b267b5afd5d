"""People for tests: Sokha deposits, Dara curates, Bopha is an outsider, Rith is the steward."""

from __future__ import annotations

from datetime import datetime

from tests.constants import NOW
from tonle.kernel.actors import NODE, SYSTEM, Actor, Scope
from tonle.people.actors import actor_for_account
from tonle.people.models import Account
from tonle.people.services import create_account, grant_role

PASSWORD = "a boat on the lake"


def account(name: str, *, password: str | None = None, now: datetime = NOW) -> Account:
    """An account; without a password, because hashing one is made to be slow."""
    return create_account(email=f"{name}@example.org", password=password, actor=SYSTEM, now=now)


def holder(name: str, role: str, scope: Scope = NODE, *, now: datetime = NOW) -> Account:
    """An account with one role."""
    made = account(name, now=now)
    grant_role(account_id=made.pk, role=role, scope=scope, actor=SYSTEM, now=now)
    return made


def actor(made: Account, now: datetime = NOW) -> Actor:
    return actor_for_account(made, now)
