"""A node that publishes."""

from __future__ import annotations

from tonle.catalogue.tests.conftest import home as home
