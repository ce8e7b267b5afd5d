"""JSON-LD as people write it: plain names, nested or flattened. No context is ever fetched.

The formats that we read (CodeMeta, RO-Crate, schema.org in pages) fix their context, so that
names can be read as they stand; a prefix before a name is dropped.
Source: RO-Crate 1.2, "RO-Crate JSON-LD"; CodeMeta 3.1; both allow compact names only.
"""

from __future__ import annotations

import re
from typing import Any, Final

from tonle.catalogue.crosswalks.clean import as_list, as_text

MAX_ENTITIES: Final = 100_000
_PREFIX = re.compile(r"(?:https?://(?:www\.)?schema\.org/|[a-z][a-z0-9]{1,15}:)(?=[A-Za-z]\w*\Z)")

Entity = dict[str, Any]


def plain_name(name: str) -> str:
    """`schema:name` and `http://schema.org/name` as `name`; keywords (@id) as they are."""
    return _PREFIX.sub("", name)


class Graph:
    """The entities of one file, by their @id."""

    def __init__(self, value: Any) -> None:
        self.entities: list[Entity] = []
        items = value.get("@graph") if isinstance(value, dict) and "@graph" in value else value
        for item in as_list(items)[:MAX_ENTITIES]:
            if isinstance(item, dict):
                self.entities.append(_plain(item))
        self._by_id: dict[str, Entity] = {}
        for entity in self.entities:
            self._by_id.setdefault(as_text(entity.get("@id")), entity)

    def get(self, name: str) -> Entity | None:
        return self._by_id.get(name) if name else None

    def all(self, entity: Entity, *names: str) -> list[Any]:
        """The values under the names, each reference replaced by what it names, one step deep.

        Lists in containers (`@list`, `@set`) are unpacked.
        """
        found: list[Any] = []
        for name in names:
            for value in as_list(entity.get(name)):
                if isinstance(value, dict) and ("@list" in value or "@set" in value):
                    found.extend(as_list(value.get("@list", value.get("@set"))))
                else:
                    found.append(value)
        return [self.resolve(value) for value in found]

    def resolve(self, value: Any) -> Any:
        """What a reference `{"@id": …}` names in this file; all else as it is."""
        if isinstance(value, dict):
            value = _plain(value)
            if len(value) == 1 and "@id" in value:
                return self.get(as_text(value["@id"])) or value
        return value


def _plain(entity: Entity) -> Entity:
    made: Entity = {}
    for name, value in entity.items():
        # CodeMeta 3 and Croissant write the keywords without their sign.
        keyword = f"@{name}" if name in ("id", "type") else name
        made.setdefault(plain_name(keyword), value)
    return made


def types(entity: Any) -> list[str]:
    """The entity's types, lower case and without prefix; none for a plain value."""
    if not isinstance(entity, dict):
        return []
    given = as_list(_plain(entity).get("@type"))
    return [plain_name(as_text(one)).lower() for one in given if as_text(one)]


def text_of(value: Any) -> str:
    """The text that a value stands for: itself, its @value, its name."""
    if isinstance(value, dict):
        for name in ("@value", "name", "value", "termCode", "url", "@id"):
            if found := as_text(value.get(name)):
                return found
        return ""
    return as_text(value)


def language_of(value: Any) -> str:
    return as_text(value.get("@language")) if isinstance(value, dict) else ""


def address_of(value: Any) -> str:
    """The address or identifier that a value is, or is known by; "" for a mere name."""
    if isinstance(value, dict):
        for name in ("url", "@id", "identifier", "@value", "value"):
            if (found := as_text(value.get(name))) and _looks_like_address(found):
                return found
        return ""
    found = as_text(value)
    return found if _looks_like_address(found) else ""


def _looks_like_address(text: str) -> bool:
    return bool(re.match(r"(?:https?://|doi:|10\.\d{4,9}/|urn:|ark:|swh:)\S+\Z", text.strip()))
