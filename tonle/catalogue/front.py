"""What the front page shows of the catalogue."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count as CountRows
from django.urls import reverse
from django.utils.translation import get_language, gettext

from tonle.catalogue.kinds import kinds
from tonle.catalogue.models import Record
from tonle.catalogue.rules.access import READ_METADATA
from tonle.catalogue.search_source import as_hit, closes_at
from tonle.catalogue.selectors import document_of, permitted
from tonle.infra import clock
from tonle.kernel import codes
from tonle.kernel.actors import Actor
from tonle.web.public import Closing, Count, NewRecord

_MOST_OPEN = 60


class Front:
    """Answers for the front page; each with a fixed number of queries."""

    def newest(self, actor: Actor, limit: int) -> list[NewRecord]:
        """Newest published records, newest first. One query.

        Ids are random: what came in at one instant, as an import does, is shown mixed.
        """
        rows = (
            Record.objects.select_related("document")
            .filter(permitted(actor, READ_METADATA, clock.now()), state="published")
            .order_by("-updated_at", "id")[:limit]
        )
        return [_new(row) for row in rows]

    def closing(self, actor: Actor, limit: int, now: datetime) -> list[Closing]:
        """What is open now and says when it closes, soonest first. Two queries.

        The index knows what is open; of many, the newest are looked at.
        """
        from tonle.search.public import Filters, search  # As below.

        language = get_language() or "en"
        open_ = Filters(open_now=True)
        page = search("", open_, sort="newest", limit=_MOST_OPEN, language=language, now=now)
        rows = Record.objects.select_related("document").filter(
            permitted(actor, READ_METADATA, now),
            state="published",
            id__in=[found.hit.id for found in page.hits],
        )
        found = []
        for row in rows:
            document = document_of(row)
            closes = closes_at(document)
            if closes and closes > now:
                hit = as_hit(row, document, language)
                found.append(Closing(hit.html_url, hit.badges[0], document["titles"], closes))
        return sorted(found, key=lambda one: (one.closes_at, one.url))[:limit]

    def by_kind(self, actor: Actor) -> list[Count]:
        """Records by kind, in the order of the map. One query, from an index."""
        rows = (
            Record.objects.filter(permitted(actor, READ_METADATA, clock.now()), state="published")
            .values_list("kind")
            .annotate(number=CountRows("key"))
            .order_by()
        )
        numbers = dict(rows)
        return [
            Count(
                kind.name,
                gettext(kind.plural),
                numbers[kind.name],
                f"{reverse('search:search')}?kind={kind.name}",
            )
            for kind in kinds()
            if numbers.get(kind.name)
        ]

    def by_member(self, _actor: Actor) -> list[Count]:
        """Records by member, also members without one yet. No query: the index counts."""
        from tonle.search.public import search  # Not at start-up: it brings the engine along.

        language = get_language() or "en"
        page = search("", limit=1, language=language, now=clock.now(), facets=("member",))
        numbers = {value.code: value.count for facet in page.facets for value in facet.values}
        return [
            Count(
                code,
                codes.label("members", code, language),
                numbers.get(code, 0),
                f"{reverse('search:search')}?member={code}",
            )
            for code in codes.members()
        ]


def _new(row: Record) -> NewRecord:
    document = document_of(row)
    hit = as_hit(row, document, get_language() or "en")
    names = [creator["name"] for creator in document.get("creators", ())]
    return NewRecord(
        url=hit.html_url,
        kind_label=hit.badges[0],
        titles=document["titles"],
        at=hit.updated_at,
        byline="; ".join(names[:3]) + (" …" if len(names) > 3 else ""),
        badges=tuple(hit.badges[1:]),
    )
