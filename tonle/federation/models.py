"""The tables of federation, as its subjects declare them."""

from __future__ import annotations

from tonle.federation.dois.models import Doi, DoiAccount
from tonle.federation.harvest.models import Issue, Item, Run, Source, Spare

__all__ = ["Doi", "DoiAccount", "Issue", "Item", "Run", "Source", "Spare"]
