"""CKAN: the action API, in the order of change.

Source: CKAN 2.11 documentation, "API guide" (package_search, status_show, organization_list);
the search's field names are those of its Solr schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar, Final
from urllib.parse import quote

from tonle.federation.harvest.clients.door import (
    HarvestError,
    Identity,
    NotSpoken,
    Options,
    Received,
    TryAgain,
    Unfit,
)
from tonle.federation.harvest.clients.walking import Batch, Found, ListClient, as_received, stamp_of
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence, shown

READER: Final = "ckan-json"
# Kinds of package that describe no data: where a portal harvests, and who used its data.
_NOT_DATA: Final = frozenset(("harvest", "showcase"))


def open_client(url: str, options: Options) -> CkanClient:
    return CkanClient(url, options)


class CkanClient(ListClient):
    """One portal. Deleted packages are not told of: a full walk shows what is left."""

    protocol: ClassVar[str] = "ckan"

    def __init__(self, url: str, options: Options) -> None:
        super().__init__(url, options)
        # People paste the address of a page or of an action.
        self.base_url = re.sub(r"/(?:api/(?:[123]/)?action|dataset)(?:/.*)?\Z", "", self.base_url)

    def identify(self) -> Identity:
        status = self._act("status_show", {})
        if not isinstance(status, dict):
            raise NotSpoken(host=self.host, protocol="CKAN")
        try:
            names = self._act("organization_list", {"limit": 1000})
        except HarvestError:
            # Portals close this list; the walk does not need it.
            names = []
        return Identity(
            name=shown(status.get("site_title") or self.host, 200),
            base_url=self.base_url,
            deletes="no",
            granularity="second",
            sets=tuple(name for name in names if isinstance(name, str))[:1000]
            if isinstance(names, list)
            else (),
        )

    def ask(self, floor: str | None, start: int, rows: int) -> Batch:
        result = self._act(
            "package_search",
            {
                "q": "*:*",
                "fq": " ".join(self._filters(floor)),
                "sort": "metadata_modified asc, id asc",
                "rows": rows,
                "start": start,
                "facet": "false",
            },
        )
        if not isinstance(result, dict) or not isinstance(result.get("results"), list):
            raise NotSpoken(host=self.host, protocol="CKAN")
        total = result.get("count")
        return Batch(
            [self._found(package, start + n) for n, package in enumerate(result["results"])],
            total if isinstance(total, int) else None,
        )

    def _filters(self, floor: str | None) -> Iterator[str]:
        if floor:
            yield f"metadata_modified:[{floor} TO *]"
        if name := self.options.set_name:
            yield name if re.fullmatch(r"\w+:\S+", name) else f'organization:"{name}"'

    def _found(self, package: Any, position: int) -> Found:
        if not isinstance(package, dict):
            fault = Sentence(N_("What stands here in the list is no record."))
            broken = Received("", "", False, b"", READER, faults=(fault,))
            return Found(f"\x00{position}", "", lambda: broken)
        identifier = str(package.get("id") or package.get("name") or "")
        stamp = stamp_of(package.get("metadata_modified"))
        return Found(identifier, stamp, partial(self._received, identifier, package))

    def _received(self, identifier: str, package: dict[str, Any]) -> Received | None:
        hidden = package.get("private") is True or package.get("state", "active") != "active"
        if hidden or package.get("type") in _NOT_DATA:
            return None
        name = package.get("name") or identifier
        return Received(
            identifier=identifier,
            datestamp=str(package.get("metadata_modified") or ""),
            deleted=False,
            data=as_received(package),
            format=READER,
            home_url=f"{self.base_url}/dataset/{quote(str(name), safe='')}",
        )

    def _act(self, action: str, parameters: Mapping[str, str | int]) -> Any:
        """The result of an action. Raises HarvestError with what the portal says of it."""
        answer = self.asker.get_json(
            f"{self.base_url}/api/3/action/{action}", parameters, take=(400, 409)
        )
        if not isinstance(answer, dict) or "success" not in answer:
            raise NotSpoken(host=self.host, protocol="CKAN")
        if answer["success"] is True:
            return answer.get("result")
        error = answer.get("error")
        said = error.get("message") or error.get("query") if isinstance(error, dict) else error
        reason = Sentence(N_("It says: %(said)s."), said=shown(said or action, 200))
        # A portal whose search engine is down says so with the same words as a bad question.
        kind = str(error.get("__type")) if isinstance(error, dict) else ""
        if "Search" in kind and not self.options.set_name:
            raise TryAgain(host=self.host, reason=reason)
        raise Unfit(host=self.host, reason=reason)
