"""Widths that several tables share."""

from __future__ import annotations

ID_CHARS = 15  # A NOID with its check character, as records have.
ACTOR_ID_CHARS = 24
