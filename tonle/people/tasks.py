"""What stewards can do now: a list that every context adds to.

`/steward` shows those with something waiting first, each with a way there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_
from tonle.people import selectors
from tonle.people.actors import has_second_factor


@dataclass(frozen=True)
class StewardTask:
    """One thing on the steward's page.

    name: `<context>.<what>`. label: gettext message. url_name: a named URL without arguments, ""
    for what is done elsewhere, as in the options: it is shown while it waits.
    waiting: how many things wait there for this actor now; None where nothing is counted.
    why: gettext message, what it is for. order: low first; leave gaps of ten.
    """

    name: str
    label: str
    url_name: str
    why: str = ""
    waiting: Callable[[Actor, datetime], int | None] = lambda _actor, _now: None
    order: int = 100


_TASKS: dict[str, StewardTask] = {}


def register_steward_task(task: StewardTask) -> None:
    """Add an entry; the same name again replaces it."""
    _TASKS[task.name] = task


def steward_tasks() -> list[StewardTask]:
    """All entries, in order."""
    return sorted(_TASKS.values(), key=lambda task: (task.order, task.name))


def _appeals(actor: Actor, _now: datetime) -> int:
    return selectors.waiting_appeals(actor=actor).count()


def _to_verify(_actor: Actor, now: datetime) -> int:
    return selectors.organisations_to_verify(now=now).count()


def _no_second_factor(actor: Actor, _now: datetime) -> int:
    return int(actor.kind == "person" and not has_second_factor(actor.id))


def _invented(_actor: Actor, _now: datetime) -> int:
    from tonle.people.services import demonstration_accounts

    return len(demonstration_accounts())


def register() -> None:
    """Called once, from `apps.ready`."""
    for task in (
        StewardTask(
            "people.second_factor",
            N_("Protect your own account"),
            "mfa_index",
            N_("A steward’s password alone opens the whole node."),
            _no_second_factor,
            10,
        ),
        StewardTask(
            "people.appeals",
            N_("Appeals"),
            "people:appeals",
            N_("People whose account was suspended, and who say that this was wrong."),
            _appeals,
            20,
        ),
        StewardTask(
            "people.verify",
            N_("Organisations"),
            "people:organisations",
            N_("Say which are what they say they are; their managers may then vouch for people."),
            _to_verify,
            30,
        ),
        StewardTask(
            "people.accounts",
            N_("Accounts"),
            "people:accounts",
            N_("Find somebody; see, give and take back roles; suspend and restore."),
            order=40,
        ),
        StewardTask(
            "people.roles",
            N_("Roles"),
            "people:roles",
            N_("Who may do what, since when, given by whom; and invite others."),
            order=50,
        ),
        StewardTask(
            "people.communities",
            N_("Communities"),
            "people:communities",
            N_("Groups of records with their own curators, policy and colour."),
            order=60,
        ),
        StewardTask(
            "people.demonstration",
            N_("Demonstration accounts"),
            "people:demo",
            N_("Invented people to try the node with. Remove them before readers come."),
            _invented,
            900,
        ),
    ):
        register_steward_task(task)


def mail_is_kept() -> bool:
    """Whether letters are only kept in the node's directory, because no mail server is named."""
    return "filebased" in settings.EMAIL_BACKEND


def is_at_the_desk(actor: Actor) -> bool:
    """Who sees the steward's page: stewards. Pure, for the navigation."""
    return actor.kind == "person" and actor.has("steward")
