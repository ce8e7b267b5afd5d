"""A node, a depositor, two curators, an outsider."""

from __future__ import annotations

import pytest

from tonle.catalogue.tests.conftest import home as home
from tonle.deposit.curation.tests.factories import person, with_role
from tonle.kernel.actors import Actor


@pytest.fixture
def sokha(db: None) -> Actor:
    return person("sokha")


@pytest.fixture
def bopha(db: None) -> Actor:
    return person("bopha")


@pytest.fixture
def dara(db: None) -> Actor:
    return with_role("dara", "curator")


@pytest.fixture
def chan(db: None) -> Actor:
    """The second curator."""
    return with_role("chan", "curator")
