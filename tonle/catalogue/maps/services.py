"""Layers come, are shown or not, and go."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.db import transaction

from tonle.catalogue.models import MapLayer
from tonle.infra import audit, days, pagecache
from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_, Invalid, NotFound, NotPermitted
from tonle.kernel.maps import layers
from tonle.kernel.text import one_line

# More layers than this on one map are no map.
MOST = 12


class TooManyLayers(layers.BadLayer):
    code = "maps.too_many_layers"
    http_status = 409
    message = N_("There are %(most)s layers already. Take one away first.")


def may_keep_layers(actor: Actor) -> Decision:
    if actor.has("steward"):
        return allow()
    return deny(N_("Only a steward of the node may do this."))


def _demand(actor: Actor) -> None:
    allowed = may_keep_layers(actor)
    if not allowed:
        raise NotPermitted(reason=allowed)


@transaction.atomic
def add_layer(
    *,
    data: bytes,
    authority: str,
    approval: str,
    dated: date,
    source: str,
    actor: Actor,
    now: datetime,
) -> MapLayer:
    """Keep a layer, not shown yet. The same file under the same approval is kept once.

    data: GeoJSON, as it was sent. Raises NotPermitted, Invalid, BadLayer.
    """
    _demand(actor)
    authority, approval = one_line(authority)[:200], one_line(approval)[:100]
    wrong = [
        (name, N_("Fill this in."))
        for name, text in (("authority", authority), ("approval", approval))
        if not text
    ]
    if dated > days.day_of(now):
        wrong.append(("dated", N_("This day has not come yet.")))
    if wrong:
        raise Invalid(wrong)
    features = layers.to_json(layers.read(data))
    sha256 = hashlib.sha256(data).hexdigest()
    held = MapLayer.objects.filter(approval=approval, sha256=sha256).first()
    if held is not None:
        return held
    if MapLayer.objects.count() >= MOST:
        raise TooManyLayers(most=MOST)
    row = MapLayer.objects.create(
        authority=authority,
        approval=approval,
        dated=dated,
        source=one_line(source)[:500],
        features=features,
        sha256=sha256,
        by=actor.id,
        added_at=now,
        changed_at=now,
    )
    _told(row, "maps.layer_added", actor, now)
    return row


@transaction.atomic
def show_layer(*, layer_id: str, shown: bool, actor: Actor, now: datetime) -> MapLayer:
    """Draw a layer on all maps of the node, or draw it no more. Twice is once."""
    _demand(actor)
    row = _locked(layer_id)
    if row.shown != shown:
        row.shown, row.changed_at = shown, now
        row.save(update_fields=["shown", "changed_at"])
        _told(row, "maps.layer_shown" if shown else "maps.layer_hidden", actor, now)
    return row


@transaction.atomic
def remove_layer(*, layer_id: str, actor: Actor, now: datetime) -> None:
    """Forget a layer. The audit keeps that it was there."""
    _demand(actor)
    row = _locked(layer_id)
    _told(row, "maps.layer_removed", actor, now)
    row.delete()


def _locked(layer_id: str) -> MapLayer:
    row = MapLayer.objects.select_for_update().filter(pk=layer_id).first()
    if row is None:
        raise NotFound
    return row


def _told(row: MapLayer, event: str, actor: Actor, now: datetime) -> None:
    said = {"authority": row.authority, "approval": row.approval, "sha256": row.sha256}
    audit.record(event, "map_layer", row.id, actor, now, said)
    transaction.on_commit(pagecache.touch)
