"""A Dataverse installation: search, export, version.

Written after the Dataverse 6 guides, "Search API" and "Native API".
"""

from __future__ import annotations

import re
from typing import Any

from tests.web_service import Asked, Reply, reply
from tonle.federation.harvest.tests.servers import Foreign, parameters, path_of
from tonle.federation.harvest.tests.servers.texts import moment, text_of


def dataset(number: int, when: int) -> dict[str, Any]:
    text = text_of(number)

    def field(name: str, value: Any) -> dict[str, Any]:
        return {"typeName": name, "multiple": False, "typeClass": "primitive", "value": value}

    return {
        "id": number,
        "persistentUrl": f"https://doi.org/10.5072/FK2/{number}",
        "publisher": "Kho dữ liệu",
        "publicationDate": f"{moment(number):%Y-%m-%d}",
        "datasetVersion": {
            "versionState": "RELEASED",
            "versionNumber": 1,
            "versionMinorNumber": when,
            "lastUpdateTime": f"{moment(when):%Y-%m-%dT%H:%M:%SZ}",
            "license": {"name": "CC0 1.0", "uri": "http://creativecommons.org/publicdomain/zero/1.0"},
            "metadataBlocks": {
                "citation": {
                    "fields": [
                        field("title", f"{text.title} {number}"),
                        {
                            "typeName": "author",
                            "value": [{"authorName": field("authorName", text.creator)}],
                        },
                    ]
                }
            },
            "files": [
                {"label": "table.tab", "restricted": False, "dataFile": {"id": number + 1000}}
            ],
        },
    }  # fmt: skip


class DataverseServer(Foreign):
    """An installation of datasets by number: published (as major version) and changed when.

    unexported: numbers at which the export fails. deaccessioned, drafts: numbers.
    """

    def __init__(self, count: int) -> None:
        self.published = {number: number for number in range(count)}
        self.changed = dict(self.published)
        self.unexported: set[int] = set()
        self.deaccessioned: set[int] = set()
        self.drafts: set[int] = set()
        super().__init__()

    @staticmethod
    def name(number: int) -> str:
        return f"doi:10.5072/FK2/{number}"

    def route(self, asked: Asked) -> Reply:
        path, given = path_of(asked), parameters(asked)
        if path == "/api/info/version":
            return self._ok({"version": "6.11"})
        if path == "/api/dataverses/:root":
            return self._ok({"name": "Kho dữ liệu đồng bằng"})
        if path == "/api/search":
            return self._search(given)
        if path == "/api/datasets/export" and given.get("exporter") == "dataverse_json":
            number = int(given["persistentId"].rpartition("/")[2])
            if number in self.unexported:
                return reply(500, {"status": "ERROR", "message": "Export Failed"})
            return reply(200, dataset(number, self.changed[number]))
        return reply(404, {"status": "ERROR", "message": "endpoint does not exist"})

    def _search(self, given: dict[str, str]) -> Reply:
        if given.get("type") != "dataset" or given.get("sort") != "date":
            return reply(400, {"status": "ERROR", "message": "Problem with the query"})
        floor = re.search(r"dateSort:\[(\S+) TO \*\]", given.get("fq", ""))
        found = sorted(self.published, key=lambda number: (self.published[number], number))
        if floor:
            found = [n for n in found if self._stamp(self.published[n]) >= floor[1][:19]]
        start, rows = int(given["start"]), int(given["per_page"])
        items = [self._item(number) for number in found[start : start + rows]]
        return self._ok({"q": "*", "total_count": len(found), "start": start, "items": items})

    @staticmethod
    def _stamp(when: int) -> str:
        return f"{moment(when):%Y-%m-%dT%H:%M:%S}"

    def _item(self, number: int) -> dict[str, Any]:
        state = "DEACCESSIONED" if number in self.deaccessioned else "RELEASED"
        return {
            "name": f"{text_of(number).title} {number}",
            "type": "dataset",
            "url": f"https://doi.org/10.5072/FK2/{number}",
            "global_id": self.name(number),
            "published_at": self._stamp(self.published[number]) + "Z",
            "updatedAt": self._stamp(self.changed[number]) + "Z",
            "versionState": "DRAFT" if number in self.drafts else state,
        }

    @staticmethod
    def _ok(data: Any) -> Reply:
        return reply(200, {"status": "OK", "data": data})
