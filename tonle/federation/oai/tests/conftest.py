"""A node that publishes, and somebody who harvests it; each answer is held against the schema."""

from __future__ import annotations

import pytest
from django.test import Client

from tonle.catalogue.tests.conftest import home as home
from tonle.federation.oai.tests.harvester import Harvester


@pytest.fixture
def ask(home: object, client: Client) -> Harvester:
    return Harvester(client)
