"""Asks `/oai` as a harvester does, and holds every answer against the published schemas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from lxml import etree

from tests.shared import SHARED
from tonle.federation.oai.place import here

NS = {
    "oai": "http://www.openarchives.org/OAI/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "id": "http://www.openarchives.org/OAI/2.0/oai-identifier",
    "datacite": "http://datacite.org/schema/kernel-4",
    "envelope": "http://schema.datacite.org/oai/oai-1.1/",
    "provenance": "http://www.openarchives.org/OAI/2.0/provenance",
}


@cache
def schema(path: str) -> etree.XMLSchema:
    """A published schema of ../shared/schemas."""
    return etree.XMLSchema(etree.parse(str(SHARED / "schemas" / path)))


def hold_against_schemas(root: Any) -> None:
    """What an answer must be by the protocol's schema, and what it holds by its own."""
    if not (SHARED / "schemas").exists():
        return  # test_every_answer_is_held_against_the_schema says so, and is skipped.
    schema("oai/OAI-PMH.xsd").assertValid(root)
    for name, path in (
        ("oai_dc:dc", "oai/oai_dc.xsd"),
        ("id:oai-identifier", "oai/oai-identifier.xsd"),
        ("datacite:resource", "datacite/kernel-4.7/metadata.xsd"),
    ):
        for found in root.iterfind(f".//{name}", NS):
            schema(path).assertValid(etree.fromstring(etree.tostring(found)))


@dataclass(frozen=True)
class Told:
    """One answer."""

    root: Any

    @property
    def errors(self) -> list[str]:
        return [found.get("code") for found in self.root.iterfind("oai:error", NS)]

    def texts(self, path: str) -> list[str]:
        """The texts of all elements of that path (prefixes of NS), anywhere."""
        return [found.text or "" for found in self.root.iterfind(f".//{path}", NS)]

    def text(self, path: str) -> str:
        (found,) = self.texts(path)
        return found

    def all(self, path: str) -> list[Any]:
        found: list[Any] = self.root.findall(f".//{path}", NS)
        return found

    @property
    def token(self) -> str | None:
        """The text of the resumption token, "" where it is empty, None where there is none."""
        found = self.root.find(".//oai:resumptionToken", NS)
        return None if found is None else found.text or ""

    @property
    def states(self) -> dict[str, str]:
        """Record id to `shown` or `deleted`."""
        return {
            found.findtext("oai:identifier", "", NS).rpartition(":")[2]: found.get(
                "status", "shown"
            )
            for found in self.root.iterfind(".//oai:header", NS)
        }


class Harvester:
    """harvester(verb="Identify"): the answer. `from_` stands for `from`."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def __call__(self, **given: str | list[str]) -> Told:
        asked = {name.rstrip("_"): value for name, value in given.items()}
        return self._read(self.client.get("/oai", asked))

    def by_post(self, **given: str) -> Told:
        """The same question as a form."""
        form = "application/x-www-form-urlencoded"
        return self._read(self.client.post("/oai", urlencode(given), content_type=form))

    def _read(self, response: Any) -> Told:
        assert response.status_code == 200
        assert response["Content-Type"] == "text/xml; charset=utf-8"
        return told(b"".join(response))

    def pages(self, verb: str = "ListRecords", **given: str) -> Iterator[Told]:
        """A list to its end."""
        page = self(verb=verb, **{"metadataPrefix": "oai_dc", **given})
        yield page
        while page.token:
            page = self(verb=verb, resumptionToken=page.token)
            yield page

    def states(self, **given: str) -> dict[str, str]:
        """All that a list gives, the later answer counting."""
        found: dict[str, str] = {}
        for page in self.pages(**given):
            for name, state in page.states.items():
                found.pop(name, None)
                found[name] = state
        return found


def told(data: bytes) -> Told:
    root = etree.fromstring(data)
    hold_against_schemas(root)
    return Told(root)


def name_of(record_id: str) -> str:
    return here().identifier(record_id)


def base_url() -> str:
    return f"{settings.TONLE_URL}/oai"
