"""What agreements register below, once, when the app is ready."""

from __future__ import annotations


def connect() -> None:
    from tonle.agreements import characters, deeds, permissions, services, steps, telling, topics
    from tonle.agreements.models import Version
    from tonle.agreements.record.wiring import follow
    from tonle.agreements.rules import published
    from tonle.agreements.rules.machine import VERSION
    from tonle.api.public import register_router
    from tonle.infra import lifecycle
    from tonle.kernel.errors import N_
    from tonle.people.public import (
        RoleKind,
        register_character,
        register_matter,
        register_role,
        register_token_scope,
    )
    from tonle.web.public import NavItem, register_navigation, register_written

    register_role(
        RoleKind("officer", N_("Officer"), ("organisation",), ("manager",), needs_verified=True)
    )
    register_role(RoleKind("secretariat", N_("Secretariat"), ("node",)))
    for character in characters.CHARACTERS:
        register_character(character)
    register_token_scope("agreements", N_("Draft agreements and write down papers for me"))
    lifecycle.register(
        VERSION,
        Version,
        may=permissions.may_move,
        facts=services.facts,
        after=follow,
    )
    steps.register_subject(services.SUBJECT, deeds.load)
    topics.register()
    register_written({published.SIGNED: N_("signed")})
    register_matter("agreement", telling.names)
    register_router("agreements", "tonle.agreements.api:router")
    register_navigation(
        NavItem(N_("Agreements"), "agreements:agreements", order=57, shown_to=permissions.drafts)
    )
