"""What the public face of agreements and policies registers below, once, when the app is ready."""

from __future__ import annotations

from datetime import datetime

from tonle.agreements.models import Version
from tonle.infra.lifecycle import Outcome
from tonle.kernel.actors import Actor


def connect() -> None:
    from tonle.agreements import publication  # noqa: F401 # Its job is known once it is imported.
    from tonle.agreements.kinds import KINDS
    from tonle.agreements.record import panels, words
    from tonle.agreements.record.links import agreement_above
    from tonle.api.public import register_router
    from tonle.catalogue.public import register_kind, register_links, register_record_panel
    from tonle.search.public import register_labels

    for kind in KINDS:
        register_kind(kind)
    register_links("agreement", "agreements.under", agreement_above)
    register_record_panel("agreements.agreement", panels.agreement, shows=panels.AGREEMENT_SHOWS)
    register_record_panel("agreements.policy", panels.policy, shows=panels.POLICY_SHOWS)
    register_labels("type", words.type_label)
    register_labels("party", words.party_label)
    register_router("standings", "tonle.agreements.record.api:router")


def follow(version: Version, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """What is true at the same instant as a move of a version, and what is asked for then."""
    from tonle.agreements import publication, services

    services.after(version, outcome, actor, now)
    publication.after(version, outcome, actor, now)
