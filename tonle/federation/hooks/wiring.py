"""What hooks register below."""

from __future__ import annotations

from tonle.kernel.errors import N_


def register() -> None:
    """Fill the registries of the bands below. Called once, when the app is ready."""
    from tonle.api.public import register_router
    from tonle.federation.hooks import selectors, tasks, topics
    from tonle.federation.hooks.machine import HOOK
    from tonle.federation.hooks.models import Hook
    from tonle.federation.hooks.permissions import TOKEN_SCOPE, may_move
    from tonle.infra import background, lifecycle
    from tonle.people.public import StewardTask, register_steward_task, register_token_scope

    lifecycle.register(HOOK, Hook, may=may_move)
    topics.register()
    background.register("hooks", tasks.follow_log)
    register_token_scope(TOKEN_SCOPE, N_("Say whom this node tells of changes"))
    register_router("hooks", "tonle.federation.hooks.api:router")
    register_steward_task(
        StewardTask(
            "federation.hooks",
            N_("Webhooks"),
            "federation:hooks",
            why=N_("Programs elsewhere that are told when something changes here."),
            waiting=lambda _actor, _now: selectors.stopped_count(),
            order=46,
        )
    )
