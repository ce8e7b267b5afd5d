"""What curation registers below, once, when the app is ready."""

from __future__ import annotations


def connect() -> None:
    from tonle.catalogue.public import (
        ReadGate,
        register_edit_gate,
        register_gate,
        register_read_gate,
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
        selectors,
        telling,
        topics,
        withdrawals,
    )
    from tonle.deposit.curation.labels import FIELDS
    from tonle.deposit.curation.machine import SUBMISSION, WITHDRAWAL
    from tonle.deposit.curation.models import Submission, Withdrawal
    from tonle.infra import lifecycle
    from tonle.kernel.errors import N_
    from tonle.people.public import (
        StewardTask,
        register_eraser,
        register_matter,
        register_steward_task,
    )
    from tonle.web.public import NavItem, register_labels, register_navigation

    lifecycle.register(
        SUBMISSION,
        Submission,
        facts=cases.facts,
        may=permissions.may_move,
        after=telling.after,
    )
    lifecycle.register(WITHDRAWAL, Withdrawal, may=permissions.may_move_withdrawal)
    register_edit_gate(gates.EDITING, gates.editing)
    register_read_gate(gates.READING, ReadGate(gates.hides, gates.hidden))
    register_gate(gates.REVIEW, gates.review)
    topics.register()
    register_matter("deposit", telling.names)
    register_matter("withdrawal", withdrawals.names)
    register_matter("record", withdrawals.names_of_records)
    register_labels(FIELDS)
    register_record_action("deposit.withdraw", offers.ask_to_withdraw)
    register_record_action("deposit.keep", offers.withdraw)
    register_eraser("deposit.curation", erasing.erase)
    register_steward_task(
        StewardTask(
            "deposit.review",
            N_("Deposits that wait"),
            "deposit:queue",
            why=N_("What people handed in, and by when an answer is promised."),
            waiting=lambda actor, _now: selectors.waiting_counts(actor).get("waiting"),
            order=30,
        )
    )
    register_steward_task(
        StewardTask(
            "deposit.withdrawals",
            N_("Requests to withdraw"),
            "deposit:withdrawals",
            why=N_("Owners who ask that a published record be taken back."),
            waiting=lambda actor, _now: len(withdrawals.waiting_withdrawals(actor)),
            order=32,
        )
    )
    register_navigation(
        NavItem(N_("Review"), "deposit:queue", order=58, shown_to=permissions.is_curator)
    )
