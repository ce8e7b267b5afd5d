"""A page on which somebody writes a deposit: their draft's name is in its address."""

from __future__ import annotations

from tonle.web.public import desk as desk_of
from tonle.web.public import signed_out, wants_json

__all__ = ["desk", "signed_out", "wants_json"]

desk = desk_of("draft_id")
