"""The catalogue's door: what the contexts above may use."""

from __future__ import annotations

from tonle.catalogue import profiles
from tonle.catalogue.kinds import Kind, kind, kinds, register_kind

__all__ = ["Kind", "kind", "kinds", "profiles", "register_kind"]
