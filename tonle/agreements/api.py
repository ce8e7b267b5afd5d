"""Agreements over REST."""

from ninja import Router

router = Router(tags=["agreements"])
