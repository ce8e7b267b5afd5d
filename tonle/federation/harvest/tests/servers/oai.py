"""A repository that speaks OAI-PMH 2.0, and, when told to, as badly as some do.

Written after the protocol (The Open Archives Initiative, 2002), section by section.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from tests.web_service import Asked, Reply, reply
from tonle.federation.harvest.tests.servers import Foreign, parameters
from tonle.federation.harvest.tests.servers.texts import moment, text_of

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<responseDate>%s</responseDate>"
    "<request>https://repository.example.org/oai</request>"
)


@dataclass(frozen=True)
class Item:
    """One item. extra: XML that is put into its metadata as it is, sound or not."""

    number: int
    when: int
    deleted: bool = False
    extra: str = ""
    nameless: bool = False

    @property
    def identifier(self) -> str:
        return f"oai:repository.example.org:{self.number}"

    @property
    def datestamp(self) -> str:
        return f"{moment(self.when):%Y-%m-%dT%H:%M:%SZ}"


class OaiServer(Foreign):
    """A repository of items by number.

    page_size; granularity: "day" or "second"; deletes: its `deletedRecord`; formats.
    token_life: questions until a token is forgotten, 0 for never.
    same_token: its tokens have all the same text, and the server remembers the place.
    unordered: lists newest first. by_number: lists by number, whenever it changed.
    circles: every page is the first one, for ever.
    no_end: the last page comes for ever.
    ignores_from, no_seconds (refuses a `from` finer than a day), wrong_size, open_end (no empty
    token at the end), error_status (of answers with errors), response_date, doctype.
    """

    def __init__(self, count: int) -> None:
        self.items = {number: Item(number, number) for number in range(count)}
        self.page_size = 10
        self.granularity = "second"
        self.deletes = "persistent"
        self.formats: tuple[str, ...] = ("oai_dc",)
        self.token_life = 0
        self.same_token = self.unordered = self.circles = self.no_end = self.by_number = False
        self.ignores_from = self.no_seconds = self.open_end = self.doctype = False
        self.wrong_size: int | None = None
        self.error_status = 200
        self.response_date = "2026-11-22T08:00:00Z"
        self._tokens: dict[str, tuple[str, int]] = {}
        self._tokens_made = 0
        super().__init__()

    def put(self, number: int, when: int, *, deleted: bool = False, extra: str = "") -> None:
        self.items[number] = Item(number, when, deleted, extra)

    def route(self, asked: Asked) -> Reply:
        given = parameters(asked)
        verb = given.get("verb", "")
        answer = {
            "Identify": self._identify,
            "ListMetadataFormats": self._list_formats,
            "ListSets": self._list_sets,
        }.get(verb)
        if answer is not None:
            return self._page(answer())
        if verb == "ListRecords":
            return self._list(given)
        if verb == "GetRecord":
            return self._get(given.get("identifier", ""))
        return self._error("badVerb", "Illegal verb")

    def _identify(self) -> str:
        granularity = "YYYY-MM-DD" + ("Thh:mm:ssZ" if self.granularity == "second" else "")
        return (
            "<Identify><repositoryName>ឃ្លាំងនិក្ខេបបទ</repositoryName>"
            f"<baseURL>{self.url}/oai</baseURL><protocolVersion>2.0</protocolVersion>"
            "<adminEmail>keeper@example.org</adminEmail>"
            "<earliestDatestamp>2024-01-01T00:00:00Z</earliestDatestamp>"
            f"<deletedRecord>{self.deletes}</deletedRecord>"
            f"<granularity>{granularity}</granularity></Identify>"
        )

    def _list_formats(self) -> str:
        told = "".join(
            f"<metadataFormat><metadataPrefix>{name}</metadataPrefix></metadataFormat>"
            for name in self.formats
        )
        return f"<ListMetadataFormats>{told}</ListMetadataFormats>"

    def _list_sets(self) -> str:
        return (
            "<ListSets><set><setSpec>even</setSpec><setName>Even</setName></set>"
            "<set><setSpec>odd</setSpec><setName>Odd</setName></set></ListSets>"
        )

    def _get(self, identifier: str) -> Reply:
        found = next((one for one in self.items.values() if one.identifier == identifier), None)
        if found is None:
            return self._error("idDoesNotExist", "No such identifier")
        return self._page(f"<GetRecord>{self._record(found)}</GetRecord>")

    def _list(self, given: dict[str, str]) -> Reply:
        place = 0
        since = given.get("from", "")
        name = given.get("set", "")
        if token := given.get("resumptionToken"):
            if token not in self._tokens:
                return self._error("badResumptionToken", "The token is unknown or has expired")
            state, place = self._tokens[token]
            since, _, name = state.partition("|")
        elif given.get("metadataPrefix") not in self.formats:
            return self._error("cannotDisseminateFormat", "No such format")
        if self.no_seconds and len(since) > 10:
            return self._error("badArgument", "from is finer than the granularity")
        found = sorted(
            self._selected(since, name),
            key=lambda one: (0 if self.by_number else one.when, one.number),
            reverse=self.unordered,
        )
        if not found:
            return self._error("noRecordsMatch", "")
        part = found[place : place + self.page_size]
        following = place + len(part)
        records = "".join(self._record(one) for one in part)
        return self._page(
            f"<ListRecords>{records}{self._token(f'{since}|{name}', following, found, part)}"
            "</ListRecords>"
        )

    def _selected(self, since: str, name: str) -> Iterable[Item]:
        for one in self.items.values():
            if name and name != ("odd" if one.number % 2 else "even"):
                continue
            if since and not self.ignores_from and one.datestamp[: len(since)] < since:
                continue
            yield one

    def _token(self, state: str, following: int, found: list[Item], part: list[Item]) -> str:
        size = len(found) if self.wrong_size is None else self.wrong_size
        if self.circles:
            following = 0
        elif following >= len(found):
            if self.no_end:
                following -= len(part)
            elif self.open_end or following == len(part):
                return ""
            else:
                return f'<resumptionToken completeListSize="{size}"/>'
        self._tokens_made += 1
        token = "the-token" if self.same_token or self.circles else f"token-{self._tokens_made}&x"
        if self.token_life and self._tokens_made > self.token_life:
            self._tokens.clear()
            self._tokens_made = 0
        else:
            self._tokens[token] = (state, following)
        told = f'<resumptionToken completeListSize="{size}" cursor="0">'
        return f"{told}{escape(token)}</resumptionToken>"

    def _record(self, one: Item) -> str:
        text = text_of(one.number)
        stamp = one.datestamp if self.granularity == "second" else one.datestamp[:10]
        status = ' status="deleted"' if one.deleted else ""
        name = "" if one.nameless else f"<identifier>{one.identifier}</identifier>"
        header = (
            f"<header{status}>{name}<datestamp>{stamp}</datestamp><setSpec>even</setSpec></header>"
        )
        if one.deleted:
            return f"<record>{header}</record>"
        return (
            f"<record>{header}<metadata>"
            '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title xml:lang={quoteattr(text.language)}>{escape(text.title)} {one.number}"
            f"</dc:title><dc:creator>{escape(text.creator)}</dc:creator>"
            f"<dc:description>{escape(text.notes)}</dc:description>"
            f"<dc:identifier>https://repository.example.org/handle/{one.number}</dc:identifier>"
            f"<dc:type>Dataset</dc:type><dc:date>2024</dc:date>{one.extra}"
            "</oai_dc:dc></metadata></record>"
        )

    def _error(self, code: str, said: str) -> Reply:
        return self._page(f'<error code="{code}">{said}</error>', self.error_status)

    def _page(self, inner: str, status: int = 200) -> Reply:
        head = _HEAD % self.response_date
        if self.doctype:
            bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
            head = head.replace("?>\n", f"?>\n{bomb}")
        return reply(status, f"{head}{inner}</OAI-PMH>", Content_Type="text/xml; charset=UTF-8")
