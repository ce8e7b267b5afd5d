"""OAI-PMH 2.0, as repositories speak it: nearly.

The protocol is simple and its servers are old, so much is expected here that it forbids:
tokens that die in a minute or come again for ever, totals that are wrong, a record that is
no XML in a page that is, errors with any HTTP status, datestamps finer or coarser than told.
Source: The Open Archives Initiative Protocol for Metadata Harvesting 2.0 (2002-06-14).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import ClassVar, Final, Literal, cast

from lxml import etree

from tonle.catalogue.public import xml
from tonle.federation.harvest.clients import oai_pages
from tonle.federation.harvest.clients.door import (
    CursorLost,
    Deletes,
    HarvestError,
    Identity,
    NotSpoken,
    Options,
    Page,
    TryAgain,
    Unfit,
)
from tonle.federation.harvest.clients.walking import (
    ENDLESS,
    BaseClient,
    ended_early,
    landmark,
    stamp,
    stamp_of,
)
from tonle.infra import clock
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence, shown

# What our readers make most of, best first. The others of DataCite are older names.
PREFERRED: Final = (
    "oai_datacite",
    "datacite",
    "oai_datacite4",
    "datacite4",
    "datacite_v4",
    "oai_datacite3",
    "datacite3",
    "oai_dc",
)
# Where repositories answer to harvesters when the address of their front page is given:
# DSpace 7, its predecessors and Dataverse, EPrints, InvenioRDM, and a plain path.
_PATHS: Final = ("/server/oai/request", "/oai/request", "/oai", "/cgi/oai2", "/oai2d")
# Some send errors with the status of an error, against section 3.1.2.1.
_WITH_ERRORS: Final = (400, 403, 404, 406, 409, 410, 412, 416, 422)
_EMPTY_IN_A_ROW: Final = 200
# Pages in the order of change before that order is counted on.
_TO_TRUST: Final = 2
_REMEMBERED: Final = 40
_MOST_SETS: Final = 1000


def open_client(url: str, options: Options) -> OaiClient:
    return OaiClient(url, options)


@dataclass(frozen=True)
class _Place:
    """Where a walk is.

    token: of the next page; "" before the first. digests: of the last pages; number: of pages
    so far, with a landmark. latest: the largest datestamp so far; rising: whether none came
    before a smaller one. mended: a lost token was replaced by a datestamp; promised: how many
    the walk had before that.
    """

    prefix: str
    since: str | None
    watermark: str = ""
    token: str = ""
    seen: int = 0
    total: int | None = None
    empty: int = 0
    digests: tuple[str, ...] = ()
    latest: str = ""
    rising: bool = True
    mended: bool = False
    promised: int | None = None
    number: int = 0
    landmark: str = ""


class OaiClient(BaseClient):
    """One repository, in one metadata format."""

    protocol: ClassVar[str] = "oai"

    def __init__(self, url: str, options: Options) -> None:
        super().__init__(re.split(r"[?#]", url.strip(), maxsplit=1)[0], options)
        # The path is as given: for some servers the closing stroke makes it another page.
        self.base_url = re.split(r"[?#]", url.strip(), maxsplit=1)[0]
        self._identity: Identity | None = None

    def identify(self) -> Identity:
        """As told; of a front page's address, `base_url` becomes the one that answers."""
        try:
            root = self._root(self._ask({"verb": "Identify"}))
        except NotSpoken:
            root = self._elsewhere()
        told = next(iter(xml.children(root, "Identify")), None)
        if told is None:
            raise NotSpoken(host=self.host, protocol="OAI-PMH")
        deletes = xml.line(told, "deletedRecord").lower()
        self._identity = Identity(
            name=shown(xml.line(told, "repositoryName") or self.host, 200),
            base_url=self.base_url,
            deletes=cast(Deletes, deletes if deletes in ("transient", "persistent") else "no"),
            granularity=self._granularity(xml.line(told, "granularity")),
            formats=self._formats(),
            sets=self._sets(),
        )
        return self._identity

    def _elsewhere(self) -> etree._Element:
        """The answer to Identify at one of the usual paths. Raises what the address given did."""
        given = self.base_url
        for path in _PATHS:
            self.base_url = given.rstrip("/") + path
            try:
                return self._root(self._ask({"verb": "Identify"}))
            except HarvestError:
                continue
        self.base_url = given
        raise NotSpoken(host=self.host, protocol="OAI-PMH")

    @staticmethod
    def _granularity(said: str) -> Literal["day", "second"]:
        return "second" if "hh" in said.lower() else "day"

    def _formats(self) -> tuple[str, ...]:
        try:
            root = self._root(self._ask({"verb": "ListMetadataFormats"}))
        except TryAgain:
            raise
        except HarvestError:
            # Every repository has oai_dc; some know no more of the question.
            return ("oai_dc",)
        listed = xml.below(root, "ListMetadataFormats", "metadataFormat")
        return tuple(name for one in listed if (name := xml.line(one, "metadataPrefix")))

    def _sets(self) -> tuple[str, ...]:
        names: dict[str, None] = {}
        asked = {"verb": "ListSets"}
        for _ in range(20):
            try:
                root = self._root(self._ask(asked))
            except TryAgain:
                raise
            except HarvestError:
                break
            names.update(
                (name, None)
                for one in xml.below(root, "ListSets", "set")
                if (name := xml.line(one, "setSpec"))
            )
            token = xml.line(root, "ListSets", "resumptionToken")
            if not token or len(names) >= _MOST_SETS:
                break
            asked = {"verb": "ListSets", "resumptionToken": token}
        return tuple(names)[:_MOST_SETS]

    # The walk ---------------------------------------------------------------------------------

    def pages(self, *, since: str | None = None, cursor: str | None = None) -> Iterator[Page]:
        place = self._begin(since) if cursor is None else self._again(cursor)
        while True:
            try:
                answer = self._list(place)
            except CursorLost:
                place = self._onward(place)
                continue
            if not place.watermark:
                place = replace(place, watermark=self._mark(answer))
            self.watermark = place.watermark
            place, page = self._turn(place, answer)
            yield page
            if page.cursor is None:
                return

    def _begin(self, since: str | None) -> _Place:
        if self.options.prefix:
            return _Place(self.options.prefix, since)
        offered = (self._identity or self.identify()).formats
        prefix = next((name for name in PREFERRED if name in offered), None)
        if prefix is None and offered:
            reason = Sentence(
                N_("It offers none of the metadata formats that are read here, but %(offered)s."),
                offered=shown(", ".join(offered), 300),
            )
            raise Unfit(host=self.host, reason=reason)
        return _Place(prefix or "oai_dc", since)

    def _again(self, cursor: str) -> _Place:
        state = self.read_cursor(cursor)
        try:
            place = _Place(**{**state, "digests": tuple(state["digests"])})
        except (TypeError, KeyError):
            raise CursorLost(host=self.host) from None
        self.watermark = place.watermark
        return place

    def _list(self, place: _Place) -> oai_pages.ListRecords:
        """The next page; asked for more coarsely where the repository minds how."""
        if place.token:
            return self._records({"verb": "ListRecords", "resumptionToken": place.token})
        asked = {"verb": "ListRecords", "metadataPrefix": place.prefix}
        if self.options.set_name:
            asked["set"] = self.options.set_name
        moments = list(self._moments(place.since))
        for number, moment in enumerate(moments):
            try:
                return self._records({**asked, **({"from": moment} if moment else {})})
            except _BadArgument:
                if number + 1 == len(moments):
                    raise
        raise AssertionError  # There is always a last moment.

    def _onward(self, place: _Place) -> _Place:
        """The place without its token, which the repository has forgotten. Raises CursorLost.

        Tokens live for a minute in some places, and a list of a hundred thousand takes longer.
        Where it has come in the order of change so far, the rest is what changed since the
        latest; a walk that was mended so proves of nothing that it is gone.
        """
        further = place.latest > (stamp_of(place.since) if place.since else "")
        # From a datestamp that lies ahead, a list would be empty and the rest never asked for.
        sound = place.rising and place.latest <= stamp(clock.now())
        if not place.token or not further or not sound or len(place.digests) < _TO_TRUST:
            raise CursorLost(host=self.host)
        return replace(
            place, token="", since=place.latest, digests=(), landmark="", number=0, mended=True
        )

    def _moments(self, since: str | None) -> Iterator[str]:
        """What to give as `from`, best first: the instant, its day, and nothing."""
        if since:
            granularity = (self._identity or self.identify()).granularity
            if granularity == "second":
                yield since[:19] + "Z"
            yield since[:10]
        yield ""

    def _mark(self, answer: oai_pages.ListRecords) -> str:
        """From when on the next walk looks: the repository's time at this answer, less a margin."""
        told = stamp_of(answer.response_date)
        # Servers that were never given a date say the year 1.
        if "1990" < told[:4] < "2200" and "T" in answer.response_date:
            self.asker.server_time = datetime.fromisoformat(told)
        return f"{self.asker.watermark():%Y-%m-%dT%H:%M:%SZ}"

    def still_has(self, identifier: str) -> bool:
        """Many tokens are positions of a list that moves: so each is asked for by its name."""
        prefix = self.options.prefix or self._begin(None).prefix
        asked = {"verb": "GetRecord", "identifier": identifier, "metadataPrefix": prefix}
        try:
            root = self._root(self._ask(asked))
        except _Missing:
            return False
        headers = xml.below(root, "GetRecord", "record", "header")
        return any(xml.attributes(one).get("status") != "deleted" for one in headers)

    def _turn(self, place: _Place, answer: oai_pages.ListRecords) -> tuple[_Place, Page]:
        """The page, and the place after it."""
        digest = _digest(answer)
        circle = bool(answer.items) and digest in (*place.digests, place.landmark)
        items = () if circle else answer.items
        total = place.total if answer.total is None else answer.total
        stamps = [stamp for one in items if (stamp := stamp_of(one.datestamp))]
        rising = all(a <= b for a, b in zip([place.latest, *stamps], stamps, strict=False))
        place = replace(
            place,
            latest=max([place.latest, *stamps]),
            rising=place.rising and rising,
            token=answer.token,
            seen=place.seen + len(items),
            total=total,
            promised=place.promised if place.mended else total,
            empty=0 if answer.items else place.empty + 1,
            digests=(*place.digests, digest)[-_REMEMBERED:],
            number=place.number + 1,
            landmark=landmark(place.number + 1, digest, place.landmark),
        )
        if circle and (total is None or place.seen < total):
            raise Unfit(host=self.host, reason=ENDLESS)
        if circle or not answer.token:
            self.full = not place.mended
            short = not place.mended and ended_early(place.seen, total, said=answer.ended)
            return place, Page(items, None, place.promised, short)
        if place.empty > _EMPTY_IN_A_ROW:
            raise Unfit(host=self.host, reason=N_("It sends empty pages without end."))
        return place, Page(items, self.write_cursor(**asdict(place)), place.promised)

    # Asking -----------------------------------------------------------------------------------

    def _ask(self, asked: Mapping[str, str]) -> bytes:
        answer = self.asker.get(
            self.base_url, asked, accept="text/xml, application/xml;q=0.9", take=_WITH_ERRORS
        )
        if answer.status in _WITH_ERRORS and b"OAI-PMH" not in answer.body[:2000]:
            if answer.status == 403:
                raise self.asker.refusal(answer, self.host)
            said = Sentence(N_("It answers with status %(status)s."), status=answer.status)
            raise NotSpoken(host=self.host, protocol="OAI-PMH", reason=said)
        return answer.body

    def _root(self, body: bytes) -> etree._Element:
        """The answer to a small question, whole or not at all. Raises HarvestError."""
        try:
            root = xml.parse(body.lstrip())
        except xml.NotXml as error:
            remark = Sentence(error.remark.message, **error.remark.data)
            raise NotSpoken(host=self.host, protocol="OAI-PMH", reason=remark) from None
        if xml.local(root) != "OAI-PMH":
            raise NotSpoken(host=self.host, protocol="OAI-PMH")
        self._refuse(oai_pages.errors(root))
        return root

    def _records(self, asked: Mapping[str, str]) -> oai_pages.ListRecords:
        try:
            answer = oai_pages.read(self._ask(asked))
        except oai_pages.Truncated:
            reason = N_("Its answer breaks off in the middle.")
            raise TryAgain(host=self.host, reason=reason) from None
        except oai_pages.NotAPage as error:
            raise NotSpoken(host=self.host, protocol="OAI-PMH", reason=error.sentence) from None
        if "resumptionToken" in asked and answer.errors:
            # Some call an old token a bad argument, some know nothing that matches it.
            raise CursorLost(host=self.host, reason=_said(answer.errors))
        self._refuse([one for one in answer.errors if one[0] != "noRecordsMatch"])
        return answer

    def _refuse(self, errors: list[tuple[str, str]]) -> None:
        if not errors:
            return
        reason = _said(errors)
        codes = {code for code, _ in errors}
        if codes & {"idDoesNotExist", "cannotDisseminateFormat"}:
            raise _Missing(host=self.host, reason=reason)
        if "badArgument" in codes:
            raise _BadArgument(host=self.host, reason=reason)
        raise Unfit(host=self.host, reason=reason)


class _BadArgument(Unfit):
    """The repository minds how it was asked."""


class _Missing(Unfit):
    """It has nothing of this name, or not in this format."""


def _said(errors: list[tuple[str, str]]) -> Sentence:
    said = "; ".join(f"{code}: {text}" if text else code for code, text in errors[:5])
    return Sentence(N_("It says: %(said)s."), said=shown(said, 300))


def _digest(answer: oai_pages.ListRecords) -> str:
    """What tells one page from another, by the names and datestamps on it."""
    names = "\n".join(f"{one.identifier} {one.datestamp}" for one in answer.items)
    return hashlib.sha256(names.encode("utf-8", "replace")).hexdigest()[:16]
