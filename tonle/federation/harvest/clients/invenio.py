"""InvenioRDM, and Zenodo, which runs it: the records API, in the order of change.

A search answers for no more than its first ten thousand hits. The walk goes on from the last
instant seen, so that every page is among the first.
Source: InvenioRDM documentation, "REST API reference: Records"; Zenodo, "REST API".
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any, ClassVar, Final

from tonle.federation.harvest.clients.door import Identity, NotSpoken, Options, Received, Unfit
from tonle.federation.harvest.clients.walking import (
    Batch,
    Found,
    ListClient,
    as_received,
    page_around,
    stamp_of,
)
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence, shown

READER: Final = "invenio-json"
# The installation's own words; without it Zenodo answers in the older ones, which are read too.
_ACCEPT: Final = "application/vnd.inveniordm.v1+json, application/json;q=0.9"
_WINDOW: Final = 10_000


def open_client(url: str, options: Options) -> InvenioClient:
    return InvenioClient(url, options)


class InvenioClient(ListClient):
    """One repository, or one community of it. Deletions are not told of."""

    protocol: ClassVar[str] = "invenio"
    # What Zenodo gives to strangers at once.
    rows: ClassVar[int] = 25

    def __init__(self, url: str, options: Options) -> None:
        super().__init__(url, options)
        cut = r"/(?:api(?:/.*)?|records?(?:/.*)?|search.*|communities(?:/.*)?)\Z"
        community = re.search(r"/communities/([\w.-]+)", self.base_url)
        self.community = options.set_name or (community[1] if community else "")
        self.base_url = re.sub(cut, "", self.base_url)

    def identify(self) -> Identity:
        self._hits(None, 1, 1)
        name = self.host
        if self.community:
            told = self.asker.get_json(f"{self.base_url}/api/communities/{self.community}")
            metadata = told.get("metadata") if isinstance(told, dict) else None
            name = str((metadata or {}).get("title") or self.community)
        return Identity(
            name=shown(name, 200), base_url=self.base_url, deletes="no", granularity="second"
        )

    def ask(self, floor: str | None, start: int, rows: int) -> Batch:
        if start + rows > _WINDOW:
            reason = Sentence(
                N_("More than %(limit)s records changed there in one instant; it shows no more."),
                limit=_WINDOW,
            )
            raise Unfit(host=self.host, reason=reason)
        page, size = page_around(start, rows)
        hits, total = self._hits(floor, page + 1, size)  # Pages are counted from one.
        found = hits[start - page * size :]
        return Batch([self._found(one) for one in found if isinstance(one, dict)], total)

    def _hits(self, floor: str | None, page: int, rows: int) -> tuple[list[Any], int | None]:
        scope = f"/communities/{self.community}" if self.community else ""
        answer = self.asker.get_json(
            f"{self.base_url}/api{scope}/records",
            {
                # With quotes, since a colon separates a field from its value.
                "q": f'updated:["{floor}" TO *]' if floor else "",
                "sort": "updated-asc",
                "size": rows,
                "page": page,
                # Its newest version stands for a record.
                "allversions": "false",
            },
            accept=_ACCEPT,
            take=(400,),
        )
        if isinstance(answer, dict) and answer.get("status") == 400:
            reason = Sentence(N_("It says: %(said)s."), said=shown(answer.get("message"), 200))
            raise Unfit(host=self.host, reason=reason)
        hits = answer.get("hits") if isinstance(answer, dict) else None
        if not isinstance(hits, dict) or not isinstance(hits.get("hits"), list):
            raise NotSpoken(host=self.host, protocol="InvenioRDM")
        total = hits.get("total")
        # Before version 7 of its search engine, the total was an object.
        total = total.get("value") if isinstance(total, dict) else total
        return hits["hits"], total if isinstance(total, int) else None

    def _found(self, record: dict[str, Any]) -> Found:
        name = str(record.get("id") or "")
        changed = record.get("updated") or record.get("modified")
        return Found(name, stamp_of(changed), partial(self._received, name, record))

    def _received(self, name: str, record: dict[str, Any]) -> Received | None:
        access = record.get("access")
        hidden = isinstance(access, dict) and access.get("record") == "restricted"
        if hidden or record.get("is_draft") is True or record.get("is_published") is False:
            return None
        links = record.get("links") if isinstance(record.get("links"), dict) else {}
        home = links.get("self_html") or links.get("html") if isinstance(links, dict) else ""
        # What is counted of a record changes with every reader, and is none of its metadata.
        kept = {key: value for key, value in record.items() if key != "stats"}
        return Received(
            identifier=name,
            datestamp=str(record.get("updated") or record.get("modified") or ""),
            deleted=record.get("deletion_status", {}).get("is_deleted") is True
            if isinstance(record.get("deletion_status"), dict)
            else False,
            data=as_received(kept),
            format=READER,
            home_url=str(home or f"{self.base_url}/records/{name}"),
        )
