"""What the front page shows of the catalogue."""

from __future__ import annotations

from django.db.models import Count as CountRows
from django.urls import reverse
from django.utils.translation import get_language, gettext

from tonle.catalogue.kinds import kinds
from tonle.catalogue.models import Record
from tonle.catalogue.rules.access import READ_METADATA
from tonle.catalogue.search_source import as_hit
from tonle.catalogue.selectors import document_of, permitted
from tonle.infra import clock
from tonle.kernel import codes
from tonle.kernel.actors import Actor
from tonle.web.public import Count, NewRecord


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
