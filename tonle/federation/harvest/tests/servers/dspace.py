"""A DSpace 7 repository: the root of its API and the discovery endpoint, in HAL.

Written after the DSpace RestContract, "Search Endpoint" and "Items".
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from tests.web_service import Asked, Reply, reply
from tonle.federation.harvest.tests.servers import Foreign, parameters, path_of
from tonle.federation.harvest.tests.servers.texts import moment, text_of


class DspaceServer(Foreign):
    """A repository of items by number, which came in in that order, and when they changed.

    knows_changes: its index answers questions by `lastModified`. changes: fields of items.
    """

    def __init__(self, count: int) -> None:
        self.items = {number: number for number in range(count)}
        self.changes: dict[int, dict[str, Any]] = {}
        self.knows_changes = True
        super().__init__()

    @staticmethod
    def name(number: int) -> str:
        return str(uuid.UUID(int=number + 1))

    def route(self, asked: Asked) -> Reply:
        path, given = path_of(asked), parameters(asked)
        if path == "/server/api":
            return reply(200, {"dspaceName": "ຄັງຄວາມຮູ້", "dspaceVersion": "DSpace 9.1"})
        if path != "/server/api/discover/search/objects":
            return reply(404, {"status": 404, "error": "Not Found"})
        if given.get("sort") != "dc.date.accessioned,ASC" or given.get("dsoType") != "ITEM":
            return reply(422, {"status": 422, "error": "Unprocessable Entity"})
        query = given.get("query", "")
        if query and not self.knows_changes:
            return reply(422, {"status": 422, "error": "Unprocessable Entity"})
        floor = re.search(r"lastModified:\[(\S+) TO \*\]", query)
        found = [
            number
            for number, when in sorted(self.items.items())
            if floor is None or self._changed(when)[:23] >= floor[1][:23]
        ]
        size, page = min(int(given.get("size", 20)), 100), int(given.get("page", 0))
        objects = [
            {"_embedded": {"indexableObject": self._item(number)}}
            for number in found[size * page : size * (page + 1)]
        ]
        told = {"number": page, "size": size, "totalElements": len(found)}
        result = {"_embedded": {"objects": objects}, "page": told}
        return reply(200, {"_embedded": {"searchResult": result}})

    @staticmethod
    def _changed(when: int) -> str:
        at = moment(when)
        return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}+00:00"

    def _item(self, number: int) -> dict[str, Any]:
        text = text_of(number)
        return {
            "uuid": self.name(number),
            "name": f"{text.title} {number}",
            "handle": f"123456789/{number}",
            "inArchive": True,
            "discoverable": True,
            "withdrawn": False,
            "entityType": "Publication",
            "lastModified": self._changed(self.items[number]),
            "metadata": {
                "dc.title": [{"value": f"{text.title} {number}", "language": text.language}],
                "dc.contributor.author": [{"value": text.creator, "language": None}],
                "dc.date.issued": [{"value": "2024"}],
                "dc.type": [{"value": "Dataset"}],
            },
            **self.changes.get(number, {}),
        }
