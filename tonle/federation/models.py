"""The tables of federation, as its subjects declare them."""

from __future__ import annotations

from tonle.federation.dois.models import Doi, DoiAccount
from tonle.federation.harvest.models import Issue, Item, Run, Source, Spare
from tonle.federation.hooks.models import Delivery, Hook

__all__ = ["Delivery", "Doi", "DoiAccount", "Hook", "Issue", "Item", "Run", "Source", "Spare"]
