"""A node with a record of Sokha's, a curator, a steward, an outsider."""

from __future__ import annotations

import pytest

from tonle.catalogue.models import Record
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import make_record
from tonle.kernel.actors import NODE, Actor
from tonle.people.tests.factories import account, actor, holder


@pytest.fixture
def sokha(db: None) -> Actor:
    return actor(account("sokha"))


@pytest.fixture
def bopha(db: None) -> Actor:
    return actor(account("bopha"))


@pytest.fixture
def dara(db: None) -> Actor:
    return actor(holder("dara", "curator", NODE))


@pytest.fixture
def rith(db: None) -> Actor:
    return actor(holder("rith", "steward", NODE))


@pytest.fixture
def record(home: None, sokha: Actor) -> Record:
    """Published, and Sokha's."""
    made = make_record()
    Record.objects.filter(key=made.key).update(created_by=sokha.id)
    return Record.objects.get(key=made.key)
