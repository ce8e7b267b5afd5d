"""Questions about communities; what they say of themselves is public."""

from __future__ import annotations

from django.db.models import QuerySet

from tonle.kernel.actors import Actor
from tonle.people.models import Community
from tonle.people.permissions import communities_editable_by


def communities(*, open_only: bool = True, after: str = "", limit: int = 200) -> list[Community]:
    """Communities by short name, after one; closed ones only when asked for. One query."""
    rows = Community.objects.filter(slug__gt=after)
    if open_only:
        rows = rows.filter(closed_at__isnull=True)
    return list(rows.order_by("slug")[:limit])


def community(slug_or_id: str) -> Community | None:
    """One community by its id, else by its short name; also a closed one. One or two queries."""
    return (
        Community.objects.filter(pk=slug_or_id).first()
        or Community.objects.filter(slug=slug_or_id).first()
    )


def communities_kept_by(actor: Actor) -> QuerySet[Community]:
    """Communities the actor may change, by short name. One query."""
    return Community.objects.filter(communities_editable_by(actor)).order_by("slug")
