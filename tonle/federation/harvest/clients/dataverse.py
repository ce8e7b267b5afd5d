"""Dataverse: its search API lists, its export gives each dataset whole.

The search lists by the day of the newest major version, which a correction does not change,
so that it cannot be asked what changed. The list is cheap (a thousand in one answer) and is
walked whole each time; what a dataset's own time of change tells to be old is not fetched.
Source: Dataverse 6 guides, "Search API", "Native API: Export Metadata of a Dataset".
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any, ClassVar, Final

from tonle.catalogue.public import jsontext
from tonle.federation.harvest.clients.asking import BrokenPage
from tonle.federation.harvest.clients.door import (
    Identity,
    NotSpoken,
    Options,
    Received,
    TryAgain,
    Unfit,
)
from tonle.federation.harvest.clients.walking import (
    Batch,
    Found,
    ListClient,
    as_received,
    stamp_of,
)
from tonle.infra import outbound
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence, shown

READER: Final = "dataverse-json"
# One dataset of many thousand files; beyond it the record is told of and left.
_EXPORT = outbound.Limits(seconds=120, size_bytes=7_500_000, redirects=3)


def open_client(url: str, options: Options) -> DataverseClient:
    return DataverseClient(url, options)


class DataverseClient(ListClient):
    """One installation, or one collection of it. Deletions are not told of."""

    protocol: ClassVar[str] = "dataverse"
    asks_since: ClassVar[bool] = False
    # Each dataset is one more question, and what a page brought is lost with it.
    rows: ClassVar[int] = 25

    def __init__(self, url: str, options: Options) -> None:
        super().__init__(url, options)
        cut = r"/(?:api(?:/.*)?|dataverse(?:/[^/]*)?|dataset\.xhtml.*|dataverse\.xhtml.*)\Z"
        self.base_url = re.sub(cut, "", self.base_url)

    def identify(self) -> Identity:
        version = self._data("/api/info/version", {})
        if not isinstance(version, dict) or "version" not in version:
            raise NotSpoken(host=self.host, protocol="Dataverse")
        try:
            root = self._data("/api/dataverses/:root", {})
        except (Unfit, NotSpoken):
            root = {}
        name = root.get("name") if isinstance(root, dict) else ""
        return Identity(
            name=shown(name or self.host, 200),
            base_url=self.base_url,
            deletes="no",
            granularity="second",
        )

    def ask(self, floor: str | None, start: int, rows: int) -> Batch:
        asked: dict[str, str | int] = {
            "q": "*",
            "type": "dataset",
            "sort": "date",
            "order": "asc",
            "per_page": rows,
            "start": start,
        }
        filters = ["isHarvested:false"]
        if floor:
            filters.append(f"dateSort:[{floor} TO *]")
        asked["fq"] = " AND ".join(filters)
        if self.options.set_name:
            asked["subtree"] = self.options.set_name
        data = self._data("/api/search", asked)
        items = data.get("items") if isinstance(data, dict) else None
        if not isinstance(items, list):
            raise NotSpoken(host=self.host, protocol="Dataverse")
        total = data.get("total_count")
        found = [self._found(one) for one in items if isinstance(one, dict)]
        return Batch(found, total if isinstance(total, int) else None)

    def _found(self, item: dict[str, Any]) -> Found:
        name = str(item.get("global_id") or item.get("url") or "")
        changed = item.get("updatedAt") or item.get("published_at")
        return Found(
            mark=name,
            stamp=stamp_of(item.get("published_at")),
            receive=partial(self._receive, name, item),
            changed=stamp_of(changed),
        )

    def _receive(self, name: str, item: dict[str, Any]) -> Received | None:
        if item.get("versionState", "RELEASED") not in ("RELEASED", "DEACCESSIONED"):
            return None
        datestamp = str(item.get("updatedAt") or item.get("published_at") or "")
        home = str(item.get("url") or "")
        deleted = item.get("versionState") == "DEACCESSIONED"
        if deleted:
            return Received(name, datestamp, True, b"", READER, home)
        try:
            dataset = self._export(name)
        except (BrokenPage, Unfit, NotSpoken) as error:
            # The list goes on although this one cannot be had.
            fault = Sentence(N_("Its export could not be had. %(reason)s"), reason=str(error))
            return Received(name, datestamp, False, b"", READER, home, (fault,))
        # Without it, the addresses of the files could not be told.
        whole = as_received({**dataset, "siteUrl": self.base_url})
        return Received(name, datestamp, False, whole, READER, home)

    def _export(self, name: str) -> dict[str, Any]:
        answer = self.asker.get(
            f"{self.base_url}/api/datasets/export",
            {"exporter": "dataverse_json", "persistentId": name},
            accept="application/json",
            limits=_EXPORT,
        )
        try:
            value = jsontext.parse(answer.body)
        except jsontext.NotJson as error:
            reason = Sentence(error.remark.message, **error.remark.data)
            raise BrokenPage(host=self.host, reason=reason) from None
        if not isinstance(value, dict) or "datasetVersion" not in value:
            raise NotSpoken(host=self.host, protocol="Dataverse")
        return value

    def _data(self, path: str, parameters: dict[str, str | int]) -> Any:
        answer = self.asker.get_json(f"{self.base_url}{path}", parameters, take=(400,))
        if not isinstance(answer, dict) or "status" not in answer:
            raise NotSpoken(host=self.host, protocol="Dataverse")
        if answer["status"] != "OK":
            said = Sentence(N_("It says: %(said)s."), said=shown(answer.get("message") or "?", 200))
            if "solr" in str(answer.get("message")).lower():
                raise TryAgain(host=self.host, reason=said)
            raise Unfit(host=self.host, reason=said)
        return answer.get("data")
