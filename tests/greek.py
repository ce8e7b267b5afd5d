"""Greek, which is no language of the interface: people wrote what stands in it on a page."""

from __future__ import annotations

WORDS = "Το νερό της λίμνης"
TEXT = {"el": WORDS}
HOST = "λίμνη.example"
