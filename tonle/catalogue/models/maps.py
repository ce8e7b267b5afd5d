"""Layers of authorities over the base map."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models


def new_id() -> str:
    return secrets.token_hex(8)


class MapLayer(models.Model):
    """What an authority has approved to be drawn on this node's maps.

    features: as `kernel.maps.layers.to_json` has them, measured. sha256: of the file that was
    sent. shown: whether maps show it. by: actor id.
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    authority = models.CharField(max_length=200)
    approval = models.CharField(max_length=100)
    dated = models.DateField()
    source = models.CharField(max_length=500, blank=True, default="")
    features: models.JSONField[Any, Any] = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    shown = models.BooleanField(default=False)
    by = models.CharField(max_length=60)
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            # The same file under the same approval is one layer, however often it is sent.
            models.UniqueConstraint(fields=["approval", "sha256"], name="map_layer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.approval}"
