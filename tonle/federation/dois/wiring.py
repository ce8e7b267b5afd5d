"""What DOIs register below."""

from __future__ import annotations

from tonle.kernel.errors import N_


def register() -> None:
    """Fill the registries of the bands below. Called once, when the app is ready."""
    from tonle.api.public import register_router
    from tonle.federation.dois import selectors, tasks  # noqa: F401 # Registers its handlers.
    from tonle.federation.dois.account import HALTED_TOPIC
    from tonle.federation.dois.permissions import TOKEN_SCOPE
    from tonle.people.public import (
        StewardTask,
        Topic,
        register_steward_task,
        register_token_scope,
        register_topic,
    )

    register_topic(
        Topic(
            HALTED_TOPIC,
            N_("No DOIs can be registered"),
            N_(
                "DataCite cannot be used as the node is set up. Nothing is lost: what is due waits."
            ),
        )
    )
    register_token_scope(TOKEN_SCOPE, N_("Have DOIs registered"))
    register_router("dois", "tonle.federation.dois.api:router")
    register_steward_task(
        StewardTask(
            "federation.dois",
            N_("DOIs"),
            "federation:dois",
            why=N_("Which records have a DOI of this node, and what DataCite refused."),
            waiting=lambda _actor, now: selectors.troubled_count(now),
            order=46,
        )
    )
