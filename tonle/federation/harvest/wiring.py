"""What harvesting registers below."""

from __future__ import annotations

from tonle.kernel.errors import N_


def register() -> None:
    """Fill the registries of the bands below. Called once, when the app is ready."""
    from tonle.federation.harvest import (  # noqa: F401 # They register jobs and crash points.
        aside,
        engine,
        selectors,
        tasks,
        topics,
    )
    from tonle.federation.harvest.permissions import TOKEN_SCOPE
    from tonle.people.public import register_token_scope

    topics.register()
    register_token_scope(TOKEN_SCOPE, N_("Say what this node harvests"))
