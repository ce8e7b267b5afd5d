"""A CKAN portal: package_search, status_show, organization_list.

Written after the CKAN 2.11 documentation, "API guide", and the fields of ckanext-scheming and
ckanext-fluent.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from tests.web_service import Asked, Reply, reply
from tonle.federation.harvest.tests.servers import Foreign, parameters, path_of
from tonle.federation.harvest.tests.servers.texts import moment, text_of

Package = dict[str, Any]


def package(number: int, **changes: Any) -> Package:
    """A dataset with titles in two languages, as the portals of the region hold them."""
    text = text_of(number)
    identifier = str(uuid.UUID(int=number * 7919 + 1))
    modified = f"{moment(number):%Y-%m-%dT%H:%M:%S.%f}"
    return {
        "id": identifier,
        "name": f"dataset-{number}",
        "type": "dataset",
        "state": "active",
        "private": False,
        "title": f"{text.title} {number}",
        "title_translated": {text.language: f"{text.title} {number}", "en": f"Dataset {number}"},
        "notes": text.notes,
        "notes_translated": {text.language: text.notes, "en": "Measured by hand."},
        "author": text.creator,
        "maintainer": "Sokha Chan",
        "maintainer_email": "sokha@example.org",
        "license_id": "cc-by",
        "license_title": "Creative Commons Attribution",
        "license_url": "http://www.opendefinition.org/licenses/cc-by",
        "metadata_created": modified,
        "metadata_modified": modified,
        "organization": {"id": "o-1", "name": "water", "title": "Department of Water"},
        "groups": [{"name": "mekong", "title": "Mekong", "display_name": "Mekong"}],
        "tags": [{"name": text.keyword, "display_name": text.keyword, "state": "active"}],
        "extras": [
            {
                "key": "spatial",
                "value": '{"type": "Polygon", "coordinates": '
                "[[[102.3, 10.4], [107.6, 10.4], [107.6, 14.7], [102.3, 14.7], [102.3, 10.4]]]}",
            }
        ],
        "resources": [
            {
                "id": f"{identifier[:-4]}0000",
                "name": "table.csv",
                "name_translated": {"en": "Table", text.language: text.keyword},
                "description": "",
                "format": "CSV",
                "mimetype": "text/csv",
                "size": 1024 + number,
                "hash": "",
                "url": f"https://data.example.org/dataset/{identifier}/table.csv",
                "state": "active",
            }
        ],
        **changes,
    }


def packages(count: int) -> list[Package]:
    return [package(number) for number in range(count)]


class CkanServer(Foreign):
    """A portal.

    most_rows: what a portal gives at once, whatever is asked. faulty: names of packages at
    which the search fails as a whole. count: how many it says there are, if not the truth.
    ignores_filter, ignores_order: as some proxies do.
    """

    def __init__(self, held: list[Package]) -> None:
        self.packages = {one["id"]: one for one in held}
        self.most_rows = 1000
        self.faulty: set[str] = set()
        self.count: object = None
        self.ignores_filter = False
        self.ignores_order = False
        super().__init__()

    def put(self, number: int, when: int, **changes: Any) -> None:
        """Add a package, or change it: at the minute `when`."""
        made = package(number, **changes)
        made["metadata_modified"] = f"{moment(when):%Y-%m-%dT%H:%M:%S.%f}"
        self.packages[made["id"]] = made

    def remove(self, number: int) -> None:
        del self.packages[package(number)["id"]]

    def route(self, asked: Asked) -> Reply:
        _, slash, action = path_of(asked).rpartition("/api/3/action/")
        given = parameters(asked)
        if not slash:
            return reply(404, "<html>Page not found</html>", Content_Type="text/html")
        if action == "status_show":
            return self._success({"site_title": "ទិន្នន័យបើក", "ckan_version": "2.11.5"})
        if action == "organization_list":
            return self._success(["water", "forestry"])
        if action == "package_search":
            return self._search(given)
        return self._failure(400, "Bad request - Action name not known: " + action)

    def _search(self, given: dict[str, str]) -> Reply:
        start, rows = int(given.get("start", 0)), int(given.get("rows", 10))
        found = [one for one in self.packages.values() if self._matches(one, given.get("fq", ""))]
        if "metadata_modified asc" in given.get("sort", "") and not self.ignores_order:
            found.sort(key=lambda one: (one["metadata_modified"], one["id"]))
        page = found[start : start + min(rows, self.most_rows)]
        if any(one["name"] in self.faulty for one in page):
            return reply(500, "<html>Internal Server Error</html>", Content_Type="text/html")
        count = len(found) if self.count is None else self.count
        return self._success({"count": count, "results": page, "facets": {}})

    def _matches(self, one: Package, query: str) -> bool:
        if one.get("state") == "deleted" or one.get("private"):
            return False
        named = re.search(r'organization:"?([\w-]+)', query)
        if named and (one.get("organization") or {}).get("name") != named[1]:
            return False
        floor = re.search(r"metadata_modified:\[(\S+)Z TO \*\]", query)
        if floor is None or self.ignores_filter:
            return True
        # The index keeps milliseconds.
        return str(one["metadata_modified"])[:23] >= floor[1]

    @staticmethod
    def _success(result: Any) -> Reply:
        return reply(200, {"help": "…", "success": True, "result": result})

    @staticmethod
    def _failure(status: int, message: str) -> Reply:
        error = {"__type": "Validation Error", "message": message}
        return reply(status, {"help": "…", "success": False, "error": error})
