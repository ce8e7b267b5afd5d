"""The door of search: what contexts register, and what they ask."""

from __future__ import annotations

from tonle.search.documents import Change, Document, Hit, Source, register_source

__all__ = ["Change", "Document", "Hit", "Source", "register_source"]
