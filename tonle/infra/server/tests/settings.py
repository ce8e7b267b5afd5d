"""The node's own settings, with pages that only these tests have."""

from config.settings import *  # noqa: F403  # All of them, as Django's settings are read.

ROOT_URLCONF = "tonle.infra.server.tests.urls"
