"""Who answers: the addresses and names that every answer carries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from tonle.kernel import identifiers
from tonle.kernel.errors import Invalid

# What the guideline of the OAI identifier format takes for a repository: a domain name.
_DOMAIN = re.compile(r"[a-z][a-z0-9\-]*(\.[a-z][a-z0-9\-]*)+", re.ASCII)


@dataclass(frozen=True)
class Place:
    """url: of the node, without the slash at its end. host: what its identifiers are made of.

    Both are those of TONLE_URL, whatever name the node was asked by: an identifier that
    changed with the address would be another record to a harvester.
    """

    url: str
    host: str

    @property
    def base(self) -> str:
        """The base URL of section 3.1."""
        return f"{self.url}/oai"

    @property
    def has_domain(self) -> bool:
        return _DOMAIN.fullmatch(self.host) is not None

    def identifier(self, record_id: str) -> str:
        """The name of an item (section 2.4)."""
        return f"oai:{self.host}:{record_id}"

    def record_of(self, identifier: str) -> str:
        """The record that an identifier of this node names; "" for what is none of ours."""
        begin = f"oai:{self.host}:"
        if not identifier.startswith(begin):
            return ""
        record_id = identifier.removeprefix(begin)
        try:
            # As written: another spelling would be another identifier.
            return record_id if identifiers.normalise_id(record_id) == record_id else ""
        except Invalid:
            return ""


def here() -> Place:
    """This node, by its options."""
    url = settings.TONLE_URL.rstrip("/")
    return Place(url, urlsplit(url).hostname or "localhost")
