"""An InvenioRDM repository: the records API.

Written after the InvenioRDM documentation, "REST API reference: Records".
"""

from __future__ import annotations

import re
from typing import Any

from tests.web_service import Asked, Reply, reply
from tonle.federation.harvest.tests.servers import Foreign, parameters, path_of
from tonle.federation.harvest.tests.servers.texts import moment, text_of


class InvenioServer(Foreign):
    """A repository of records by number, and when they changed.

    window: how deep a search answers. most: how many it gives at once; more is an error.
    restricted: numbers shown all the same. faulty: numbers at which the search fails.
    """

    def __init__(self, count: int) -> None:
        self.records = {number: number for number in range(count)}
        self.window = 10_000
        self.most = 100
        self.restricted: set[int] = set()
        self.faulty: set[int] = set()
        super().__init__()

    @staticmethod
    def name(number: int) -> str:
        return f"abcde-{number:05d}"

    def route(self, asked: Asked) -> Reply:
        path, given = path_of(asked), parameters(asked)
        if path == "/api/communities/water":
            return reply(200, {"metadata": {"title": "กลุ่มน้ำ"}})
        if path not in ("/api/records", "/api/communities/water/records"):
            return reply(404, {"status": 404, "message": "The requested URL was not found."})
        size, page = int(given.get("size", 10)), int(given.get("page", 1))
        if size > self.most or size * page > self.window + size:
            said = "Page size cannot be greater than the window"
            return reply(400, {"status": 400, "message": said})
        floor = re.search(r'updated:\["(\S+)" TO \*\]', given.get("q", ""))
        found = [
            number
            for number, when in self.records.items()
            if floor is None or self._changed(when)[:23] >= floor[1][:23]
        ]
        if path != "/api/records":
            found = [number for number in found if number % 2]
        if given.get("sort") == "updated-asc":
            found.sort(key=lambda number: (self.records[number], number))
        part = found[size * (page - 1) : size * page]
        if self.faulty & set(part):
            return reply(500, {"status": 500, "message": "Internal server error"})
        hits = [self._record(number) for number in part]
        return reply(200, {"hits": {"hits": hits, "total": len(found)}, "links": {}})

    @staticmethod
    def _changed(when: int) -> str:
        return f"{moment(when):%Y-%m-%dT%H:%M:%S.%f}+00:00"

    def _record(self, number: int) -> dict[str, Any]:
        text = text_of(number)
        name = self.name(number)
        return {
            "id": name,
            "updated": self._changed(self.records[number]),
            "links": {"self_html": f"{self.url}/records/{name}"},
            "pids": {"doi": {"identifier": f"10.5072/{name}"}},
            "access": {
                "record": "restricted" if number in self.restricted else "public",
                "files": "public",
            },
            "is_published": True,
            "metadata": {
                "resource_type": {"id": "dataset"},
                "title": f"{text.title} {number}",
                "description": f"<p>{text.notes}</p>",
                "publication_date": "2024",
                "publisher": text.creator,
                "creators": [{"person_or_org": {"type": "organizational", "name": text.creator}}],
            },
            "stats": {"all_versions": {"views": len(self.asked)}},
            "files": {"enabled": True, "entries": {}},
        }
