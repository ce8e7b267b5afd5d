"""Saving a search, changing it, letting it go; telling its owner what is new."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from tonle.catalogue.models import Record, SavedSearch
from tonle.catalogue.saved.rules import RHYTHMS, due_after
from tonle.catalogue.saved.selectors import own_search
from tonle.infra import audit, crash, jobs
from tonle.kernel import canonical
from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_, Invalid, NotFound, NotPermitted, Refusal, Refused, TonleError
from tonle.kernel.text import one_line
from tonle.people.public import notify

log = logging.getLogger(__name__)

TOPIC: Final = "catalogue.saved_search"
MATTER: Final = "saved_search"
SCOPE: Final = "searches"

# Of one person; nobody reads what more of them find.
MOST: Final = 50
LONGEST_NAME: Final = 100
LONGEST_QUERY: Final = 400
# As many values of filters as a search takes.
MOST_FILTERS: Final = 30
# Results that are looked at for one search, newest first; more are told as so many.
LOOKED_AT: Final = 500
# What was published so long before the last look is looked at again, because the index may
# have been behind. Records that were told of in this time are kept, so that none is twice.
OVERLAP: Final = timedelta(days=7)
# Searches looked after in one run of the job.
BATCH: Final = 100

crash.declare("saved_search.told", "a digest that was not committed is told later, once")


def may_keep(actor: Actor) -> Decision:
    """Whoever has an account keeps searches, by a token only if it says so."""
    if actor.kind != "person" or not actor.id:
        return deny(N_("Sign in to keep a search."))
    if actor.token_scopes is not None and SCOPE not in actor.token_scopes:
        return deny(N_("This token is not for keeping searches."))
    return allow()


@transaction.atomic
def save_search(
    *,
    actor: Actor,
    name: str,
    query: str,
    filters: Sequence[tuple[str, str]],
    rhythm: str,
    now: datetime,
) -> SavedSearch:
    """Keep a search for its owner, who is told of what is new from now on.

    filters: as `Filters.pairs` gives them. The same question again is the same search, which
    takes the new name and rhythm. Raises NotPermitted, Invalid, Refused (too many).
    """
    _demand(actor)
    name = _name(name)
    _check(rhythm, query, filters)
    asked = {"q": query, "filters": [list(pair) for pair in filters]}
    digest = canonical.digest(asked)
    kept = SavedSearch.objects.filter(owner=actor.id)
    found = kept.filter(digest=digest).first()
    if found is not None:
        return change_search(id=found.id, actor=actor, name=name, rhythm=rhythm, now=now)
    if kept.count() >= MOST:
        refusal = Refusal(
            "too_many_searches",
            N_("You keep %(most)s searches already. Remove one that you need no longer."),
            {"most": MOST},
        )
        raise Refused([refusal])
    made = SavedSearch(
        owner=actor.id,
        name=name,
        query=query,
        filters=asked["filters"],
        digest=digest,
        rhythm=rhythm,
        created_at=now,
        looked_at=now,
        due_at=due_after(rhythm, now, now),
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        # Pressed twice at the same moment: the other one stands.
        return kept.get(digest=digest)
    audit.record("search_saved", MATTER, made.id, actor, now, subject=actor.id)
    return made


@transaction.atomic
def change_search(*, id: str, actor: Actor, name: str, rhythm: str, now: datetime) -> SavedSearch:
    """Call it otherwise, or be told in another rhythm. Raises NotPermitted, NotFound, Invalid."""
    _demand(actor)
    name = _name(name)
    _check(rhythm, "", ())
    search = SavedSearch.objects.select_for_update().filter(pk=id, owner=actor.id).first()
    if search is None:
        raise NotFound
    if (search.name, search.rhythm) == (name, rhythm):
        return search
    if search.rhythm != rhythm:
        if search.due_at is None:
            # What came while nobody wanted to know is not told afterwards.
            search.looked_at, search.told = now, []
        search.due_at = due_after(rhythm, search.looked_at, now)
    search.name, search.rhythm = name, rhythm
    search.save()
    return search


@transaction.atomic
def remove_search(*, id: str, actor: Actor, now: datetime) -> None:
    """Let it go, with what was kept of it. Raises NotPermitted, NotFound."""
    _demand(actor)
    search = own_search(id=id, actor=actor)
    search.delete()
    audit.record("search_removed", MATTER, id, actor, now, subject=actor.id)


def erase(account_id: str, _actor: Actor, _now: datetime) -> None:
    """Everything that an account kept, when the account is erased."""
    SavedSearch.objects.filter(owner=account_id).delete()


def _demand(actor: Actor) -> None:
    decision = may_keep(actor)
    if not decision:
        raise NotPermitted(reason=decision)


def _name(name: str) -> str:
    cleaned = one_line(name)
    if not cleaned or len(cleaned) > LONGEST_NAME:
        raise Invalid([("name", N_("Give the search a name, of at most 100 characters."))])
    return cleaned


def _check(rhythm: str, query: str, filters: Sequence[tuple[str, str]]) -> None:
    if rhythm not in RHYTHMS:
        raise Invalid([("rhythm", N_("Choose daily, weekly or never."))])
    if len(query) > LONGEST_QUERY or len(filters) > MOST_FILTERS:
        raise Invalid([("query", N_("This search is too long to be kept."))])


# --- telling ------------------------------------------------------------------------

JOB: Final = "catalogue.saved_searches"


@jobs.handler(JOB, lease_seconds=300)
def tell_all(run: jobs.Run, now: datetime) -> None:
    """Look for what is new of every search that is due. A second run finds none due."""
    from tonle.search.public import is_usable

    if not is_usable():
        return  # While the index is made nothing would be new; they stay due.
    while ids := list(_due(now).values_list("id", flat=True)[:BATCH]):
        for id in ids:
            tell(id, now)
        run.checkpoint({})


def tell(id: str, now: datetime) -> int:
    """Tell the owner of one search how much is new; returns how much. 0 where it is not due.

    What was found, what is remembered as told, and the notice stand in one transaction: after
    a crash all of it is there or nothing, and then it is told later.
    """
    search = _due(now).filter(pk=id).first()
    if search is None:
        return 0
    try:
        fresh = new_results(search, now)
    except TonleError as error:
        # A filter of an earlier release, say: it must not keep the others from being told.
        log.warning("The saved search %s cannot be asked: %s", id, error)
        fresh = []
    with transaction.atomic():
        # Again, under the lock: another worker may have told meanwhile, or the owner let it go.
        held = _due(now).select_for_update().filter(pk=id).first()
        if held is None or held.looked_at != search.looked_at:
            return 0
        due_at, held.looked_at = held.due_at, now
        held.due_at = due_after(held.rhythm, due_at or now, now)
        if fresh:
            held.told = _remembered([*held.told, *fresh], now)
            notify(
                account_id=held.owner,
                topic=TOPIC,
                link=f"/me/searches/{held.id}/new",
                now=now,
                data={"count": len(fresh)},
                key=f"{held.id} {due_at.isoformat() if due_at else ''}",
                about=f"{MATTER}/{held.id}",
            )
        held.save()
        crash.point("saved_search.told")
    return len(fresh)


def new_results(search: SavedSearch, now: datetime) -> list[str]:
    """Ids of the records that it finds and that were published since it was last looked at.

    Newest first, at most LOOKED_AT. What was only corrected is not new. Some pages of the
    search by date, and one query for each page.
    """
    from tonle.search.public import Filters
    from tonle.search.public import search as ask

    since = max(search.created_at, search.looked_at - OVERLAP)
    told = set(search.told)
    filters = Filters.read(parameters(search))
    found: list[str] = []
    cursor = None
    for _page in range(LOOKED_AT // 100):
        page = ask(search.query, filters, "newest", cursor, 100, language="en", now=now, facets=())
        ids = [one.hit.id for one in page.hits if one.hit.updated_at > since]
        published = set(
            Record.objects.filter(id__in=ids, published_at__gt=since).values_list("id", flat=True)
        )
        found += [id for id in ids if id in published and id not in told]
        cursor = page.next
        if cursor is None or len(ids) < len(page.hits):
            break
    return found


def parameters(search: SavedSearch) -> dict[str, list[str]]:
    """The filters as parameters of an address."""
    named: dict[str, list[str]] = {}
    for name, value in search.filters:
        named.setdefault(name, []).append(value)
    return named


def _due(now: datetime) -> QuerySet[SavedSearch]:
    return SavedSearch.objects.filter(due_at__lte=now).order_by("due_at", "id")


def _remembered(told: Sequence[str], now: datetime) -> list[str]:
    """Of what was told, what may be met again: the records published within the overlap."""
    recent = Record.objects.filter(id__in=told, published_at__gt=now - OVERLAP)
    kept = set(recent.values_list("id", flat=True))
    return [id for id in dict.fromkeys(told) if id in kept]


jobs.cron(JOB, every_seconds=900)
