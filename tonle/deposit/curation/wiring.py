"""What curation registers below, once, when the app is ready."""

from __future__ import annotations


def connect() -> None:
    from tonle.catalogue.public import (
        register_edit_gate,
        register_gate,
        register_record_action,
    )
    from tonle.deposit.curation import (  # noqa: F401 # Handlers are registered by being imported.
        cases,
        clearing,
        erasing,
        gates,
        offers,
        permissions,
        publishing,
        topics,
    )
    from tonle.deposit.curation.labels import FIELDS
    from tonle.deposit.curation.machine import SUBMISSION, WITHDRAWAL
    from tonle.deposit.curation.models import Submission, Withdrawal
    from tonle.infra import lifecycle
    from tonle.kernel.errors import N_
    from tonle.people.public import register_eraser
    from tonle.web.public import NavItem, register_labels, register_navigation

    lifecycle.register(SUBMISSION, Submission, facts=cases.facts, may=permissions.may_move)
    lifecycle.register(WITHDRAWAL, Withdrawal, may=permissions.may_move_withdrawal)
    register_edit_gate(gates.EDITING, gates.editing)
    register_gate(gates.REVIEW, gates.review)
    topics.register()
    register_labels(FIELDS)
    register_record_action("deposit.withdraw", offers.ask_to_withdraw)
    register_eraser("deposit.curation", erasing.erase)
    register_navigation(
        NavItem(N_("Review"), "deposit:queue", order=60, shown_to=permissions.is_curator)
    )
