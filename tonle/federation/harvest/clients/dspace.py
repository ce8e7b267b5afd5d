"""DSpace 7 and later: the discovery endpoint of its REST API.

Its search sorts by the day on which an item came in, which never changes, so that the list
does not move under a walk but where items go. What changed is asked for by the field of the
index that says so; the list is read by position, with pages that overlap.
Source: DSpace RestContract, "Search Endpoint", "Items"; HAL (draft-kelly-json-hal).
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any, ClassVar, Final

from tonle.federation.harvest.clients.door import (
    Identity,
    NotSpoken,
    Options,
    Received,
    Unfit,
)
from tonle.federation.harvest.clients.walking import (
    Batch,
    Found,
    ListClient,
    as_received,
    page_around,
    stamp_of,
)
from tonle.kernel.sentences import shown

READER: Final = "dspace-json"
# What it gives at once, whatever is asked.
_MOST: Final = 100
# Kinds of entity that are no works but stand for people, places of work, journals…
_NO_WORKS: Final = frozenset(
    ("Person", "OrgUnit", "Project", "Funding", "Journal", "JournalVolume", "JournalIssue",
     "Event", "Equipment")
)  # fmt: skip


def open_client(url: str, options: Options) -> DspaceClient:
    return DspaceClient(url, options)


class DspaceClient(ListClient):
    """One repository, or one community or collection of it. Withdrawals are not told of."""

    protocol: ClassVar[str] = "dspace"
    in_order: ClassVar[bool] = False

    def __init__(self, url: str, options: Options) -> None:
        super().__init__(url, options)
        self.base_url = re.sub(r"/(?:server(?:/.*)?|home|browse.*|search.*)\Z", "", self.base_url)
        self.api = f"{self.base_url}/server/api"
        # Whether its search knows the field that says when an item changed.
        self._knows_changes = True

    def identify(self) -> Identity:
        root = self.asker.get_json(self.api)
        if not isinstance(root, dict) or "dspaceVersion" not in root:
            raise NotSpoken(host=self.host, protocol="DSpace")
        return Identity(
            name=shown(root.get("dspaceName") or self.host, 200),
            base_url=self.base_url,
            deletes="no",
            granularity="second",
        )

    def ask(self, floor: str | None, start: int, rows: int) -> Batch:
        page, size = page_around(start, min(rows, _MOST))
        found, total = self._objects(floor, page, size)
        return Batch([self._found(one) for one in found[start - page * size :]], total)

    def _objects(
        self, floor: str | None, page: int, rows: int
    ) -> tuple[list[dict[str, Any]], int | None]:
        if floor and self._knows_changes:
            try:
                return self._search(f"lastModified:[{floor} TO *]", page, rows)
            except Unfit:
                # A list of all, of which the walk keeps what changed.
                self._knows_changes = False
        return self._search("", page, rows)

    def _search(self, query: str, page: int, rows: int) -> tuple[list[dict[str, Any]], int | None]:
        asked: dict[str, str | int] = {
            "dsoType": "ITEM",
            "sort": "dc.date.accessioned,ASC",
            "page": page,
            "size": rows,
        }
        if query:
            asked["query"] = query
        if self.options.set_name:
            asked["scope"] = self.options.set_name
        answer = self.asker.get_json(f"{self.api}/discover/search/objects", asked)
        result = _inner(answer, "_embedded", "searchResult")
        listed = _inner(result, "_embedded", "objects")
        told = _inner(result, "page")
        if not isinstance(result, dict) or not isinstance(told, dict):
            raise NotSpoken(host=self.host, protocol="DSpace")
        items = [_inner(one, "_embedded", "indexableObject") for one in listed or ()]
        total = told.get("totalElements")
        return [one for one in items if isinstance(one, dict)], (
            total if isinstance(total, int) else None
        )

    def _found(self, item: dict[str, Any]) -> Found:
        name = str(item.get("uuid") or item.get("id") or "")
        changed = stamp_of(item.get("lastModified"))
        return Found(name, changed, partial(self._received, name, item))

    def _received(self, name: str, item: dict[str, Any]) -> Received | None:
        hidden = item.get("discoverable") is False or item.get("inArchive") is False
        if hidden or item.get("entityType") in _NO_WORKS:
            return None
        handle = item.get("handle")
        return Received(
            identifier=name,
            datestamp=str(item.get("lastModified") or ""),
            deleted=item.get("withdrawn") is True,
            data=as_received(item),
            format=READER,
            home_url=f"{self.base_url}/handle/{handle}"
            if handle
            else f"{self.base_url}/items/{name}",
        )


def _inner(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
