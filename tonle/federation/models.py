"""The tables of federation, as its subjects declare them."""

from __future__ import annotations

from tonle.federation.harvest.models import Issue, Item, Run, Source, Spare

__all__ = ["Issue", "Item", "Run", "Source", "Spare"]
