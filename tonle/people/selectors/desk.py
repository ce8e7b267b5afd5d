"""Questions of stewards: which accounts there are, which appeals wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from tonle.kernel.actors import Actor
from tonle.kernel.text import choose, sort_key
from tonle.people.models import Account, Organisation, RoleGrant, Suspension
from tonle.people.permissions import (
    accounts_visible_to,
    running,
    suspensions_visible_to,
)
from tonle.people.selectors.accounts import AccountSummary, summaries

LAST_SUSPENDED = ("-suspended_at", "id")
LONGEST_WAITING = ("appealed_at", "id")


@dataclass(frozen=True)
class AccountPage:
    """Accounts by address; `after` is the cursor of the next page, "" at the end."""

    accounts: list[AccountSummary]
    after: str


def account_page(
    *, actor: Actor, now: datetime, query: str = "", after: str = "", limit: int = 50
) -> AccountPage:
    """Accounts the actor may see, by address, after an address. Three queries.

    query: the beginning of an address, or part of a person's name.
    """
    rows = visible_accounts(actor=actor, query=query)
    found = list(rows.filter(email__gt=after).order_by("email")[: limit + 1])
    shown = found[:limit]
    return AccountPage(summaries(shown, actor, now), shown[-1].email if len(found) > limit else "")


def account(*, id: str, actor: Actor) -> Account | None:
    """One account the actor may see; None alike where it is hidden or absent. One query."""
    return Account.objects.filter(accounts_visible_to(actor), pk=id).first()


def visible_accounts(*, actor: Actor, query: str = "") -> QuerySet[Account]:
    """Accounts the actor may see, but erased ones; query as in `account_page`."""
    rows = Account.objects.filter(accounts_visible_to(actor), erased_at__isnull=True)
    wanted = query.strip().lower()
    if wanted:
        rows = rows.filter(Q(email__startswith=wanted) | Q(person__name__icontains=wanted))
    return rows


def suspensions(*, account_id: str, actor: Actor) -> QuerySet[Suspension]:
    """An account's suspensions that the actor may see, newest first. One query."""
    rows = Suspension.objects.filter(suspensions_visible_to(actor), account_id=account_id)
    return rows.order_by(*LAST_SUSPENDED)


def waiting_appeals(*, actor: Actor) -> QuerySet[Suspension]:
    """Appeals that wait for an answer, the longest first. One query."""
    rows = Suspension.objects.filter(
        suspensions_visible_to(actor),
        appealed_at__isnull=False,
        answered_at__isnull=True,
        lifted_at__isnull=True,
    )
    return rows.select_related("account").order_by(*LONGEST_WAITING)


def organisations_to_verify(*, now: datetime) -> QuerySet[Organisation]:
    """Organisations that have a manager and are not verified, by id. One query."""
    managed = RoleGrant.objects.filter(
        running(now), role="manager", scope_kind="organisation", scope_id=OuterRef("pk")
    )
    return Organisation.objects.filter(Exists(managed), verified_at__isnull=True).order_by("id")


def find_organisations(
    *, language: str, query: str = "", after: str = "", limit: int = 50
) -> tuple[list[Organisation], str]:
    """Organisations by name, as readers of the language order them, and the next page's cursor.

    query: part of a name in any language, or the acronym. after: the id of the last one shown.
    Two queries; one reads every name, of which a node knows some thousands.
    """
    wanted = query.strip().casefold()
    rows = Organisation.objects.values_list("id", "names", "acronym")
    ids = [
        id
        for _, id in sorted(
            (sort_key(choose(names, language)[1], language), id)
            for id, names, acronym in rows
            if wanted == acronym.casefold() or any(wanted in n.casefold() for n in names.values())
        )
    ]
    start = ids.index(after) + 1 if after in ids else 0
    page = ids[start : start + limit]
    found = Organisation.objects.in_bulk(page)
    return [found[id] for id in page], page[-1] if start + limit < len(ids) else ""
