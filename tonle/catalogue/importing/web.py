"""Records by address: what a DOI, an ORCID, a repository or a page says of itself.

Every request goes through `infra.outbound`: public addresses alone, redirects looked at, bytes
and seconds bounded. What comes back is a stranger's file and is read as one.
Source: DOI content negotiation (Crossref, DataCite); ORCID public API 3.0; GitHub and GitLab
addresses of raw files; InvenioRDM REST API.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final
from urllib.parse import quote, urlsplit

from lxml import etree, html

from tonle.catalogue.crosswalks import (
    HEAD_BYTES,
    MAX_BYTES,
    READERS,
    NotMetadata,
    Read,
    parse,
    read_metadata,
    sniff,
    why_not_read,
)
from tonle.catalogue.crosswalks.clean import as_list, as_map, as_text
from tonle.catalogue.crosswalks.common import Remark
from tonle.catalogue.importing.taking import Incoming, Item
from tonle.infra import outbound
from tonle.infra.outbound import Answer, Limits, OutboundError
from tonle.kernel import identifiers
from tonle.kernel.errors import N_, Invalid

MAX_WORKS: Final = 1_000
# The longest that a server's `Retry-After` is heeded here; a person waits at the terminal.
LONGEST_PAUSE: Final = 60
_LIMITS: Final = Limits(seconds=30, size_bytes=MAX_BYTES, redirects=5)
# Richest first. Every agency of DOIs knows the last.
_DOI_TYPES: Final = (
    "application/vnd.datacite.datacite+json",
    "application/vnd.crossref.unixsd+xml",
    "application/vnd.citationstyles.csl+json",
)
# Where software describes itself, best first.
_REPOSITORY_FILES: Final = ("CITATION.cff", "codemeta.json", ".zenodo.json")


@dataclass(frozen=True)
class Web:
    """Where the services are, and how to wait. A test has its own."""

    doi: str = "https://doi.org/"
    orcid: str = "https://pub.orcid.org/v3.0/"
    github_raw: str = "https://raw.githubusercontent.com/"
    github: tuple[str, ...] = ("github.com", "www.github.com")
    gitlab: tuple[str, ...] = ("gitlab.com",)
    zenodo: tuple[str, ...] = ("zenodo.org", "www.zenodo.org", "sandbox.zenodo.org")
    pause: Callable[[float], None] = field(default=time.sleep)


class NotThere(OutboundError):
    code = "metadata_not_there"
    http_status = 404
    message = N_("%(host)s knows nothing under that name.")
    later = False


class NotNow(OutboundError):
    """data: host, seconds (0 where it did not say)."""

    code = "metadata_not_now"
    http_status = 503
    message = N_("%(host)s cannot answer now. Try again later.")
    later: ClassVar[bool] = True

    def __init__(self, *, host: str, seconds: float = 0) -> None:
        super().__init__(host=host, seconds=seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Found:
    """One answer: the bytes, the name they are read under, and the format if it is known."""

    data: bytes
    name: str
    format: str = ""


def is_address(text: str) -> bool:
    """Whether a word names something on the web rather than a file."""
    return bool(re.match(r"(?i)(?:https?://|doi:|10\.\d{4,9}/)\S+\Z", text)) or _orcid(text) != ""


def read_addresses(addresses: Sequence[str], web: Web) -> Iterator[Incoming | Item]:
    """What each address names; one that fails says why and the next is asked."""
    from tonle.catalogue.importing.reading import of_parsed

    for address in addresses:
        for found in _answers(address, web):
            if isinstance(found, Item):
                yield found
                continue
            known = found.format or _format_of(found)
            if not known:
                yield Item(found.name, "", "unknown")
            elif known not in READERS:
                reason = why_not_read(sniffed) if (sniffed := _sniffed(found)) else ""
                yield Item(found.name, "", "not_read", known, reasons=(reason,))
            else:
                for one in of_parsed(parse(known, found.data, found.name), found.name):
                    yield _from(one, address)


def metadata_at(address: str, web: Web | None = None) -> list[Read]:
    """The records that an address names, as a form takes them over.

    Somebody waits for the page: a server that asks for patience is not waited for. Raises
    NotMetadata with the reasons, or OutboundError when nobody answers.
    """
    if _orcid(address):
        person = N_("This names a person. Give the DOI or the address of one of their works.")
        raise NotMetadata([Remark("", person)])
    found = next(iter(_of_one(address, web or Web(pause=lambda _seconds: None))))
    return read_metadata(found.data, found.name)


def _from(one: Incoming | Item, address: str) -> Incoming | Item:
    if isinstance(one, Item):
        return one
    known = re.match(r"https?://", address)
    source = {**one.document.get("source", {}), **({"uri": address[:4000]} if known else {})}
    return Incoming(one.file, one.key, one.format, {**one.document, "source": source},
                    one.warnings, one.received_sha256)  # fmt: skip


def _sniffed(found: Found) -> Any:
    return sniff(found.name, found.data[:HEAD_BYTES])


def _format_of(found: Found) -> str:
    known = _sniffed(found)
    return known.name if known else ""


def _answers(address: str, web: Web) -> Iterator[Found | Item]:
    """What one address leads to; a person leads to many works."""
    person = _orcid(address)
    try:
        if person:
            yield from _works(person, web)
        else:
            yield from _of_one(address, web)
    except (OutboundError, Invalid) as error:
        yield Item(address, "", "refused", reasons=(error,))


def _of_one(address: str, web: Web) -> Iterator[Found]:
    doi = _doi(address)
    if doi:
        yield _by_doi(doi, web)
        return
    outbound.check_url(address)  # Not every text that begins like an address is one.
    parts = urlsplit(address)
    host, path = (parts.hostname or "").lower(), parts.path.strip("/")
    if host in web.zenodo and (number := re.match(r"(?:api/)?records?/(\d+)", path)):
        port = f":{parts.port}" if parts.port else ""
        where = f"{parts.scheme}://{parts.hostname}{port}/api/records/{number[1]}"
        answer = _ask(where, web, accept=_DOI_TYPES[0])
        yield Found(answer.body, f"https://{host}/records/{number[1]}", "datacite-json")
    elif host in web.github or host in web.gitlab or host.startswith("gitlab."):
        yield _of_repository(parts.scheme, parts.netloc, host, path, web)
    else:
        yield _of_page(address, web)


def _doi(address: str) -> str:
    try:
        return identifiers.normalise("doi", address)
    except Invalid:
        return ""


def _orcid(address: str) -> str:
    if not re.match(r"(?i)(?:https?://(?:www\.)?orcid\.org/|orcid:)?\d{4}-\d{4}-", address):
        return ""
    try:
        return identifiers.normalise("orcid", address)
    except Invalid:
        return ""


# --- asking ------------------------------------------------------------------------------------


def _ask(url: str, web: Web, *, accept: str = "") -> Answer:
    """A successful answer. Raises NotThere, NotNow, OutboundError. Waits once where told to."""
    accepted = (accept,) if accept else ()
    for attempt in (1, 2):
        answer = outbound.send("GET", url, accept=accepted, limits=_LIMITS)
        if answer.status == 200:
            return answer
        host = outbound.host_of(answer.url)
        if answer.status in (429, 500, 502, 503, 504):
            wait = _retry_after(answer)
            if attempt == 1 and answer.status in (429, 503) and 0 < wait <= LONGEST_PAUSE:
                web.pause(wait)
                continue
            raise NotNow(host=host, seconds=wait)
        raise NotThere(host=host)
    raise NotNow(host=outbound.host_of(url))


def _retry_after(answer: Answer) -> float:
    """Seconds; 0 where nothing or a date is said."""
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isdecimal() and len(told) < 6 else 0


def _by_doi(doi: str, web: Web) -> Found:
    """What the agency of a DOI says of it, in the richest form it has."""
    where = web.doi + quote(doi, safe="/")
    reasons: list[OutboundError] = []
    for accept in _DOI_TYPES:
        try:
            answer = _ask(where, web, accept=accept)
        except (NotThere, outbound.AnswerUnexpected) as error:
            reasons.append(error)
            continue
        formats = {"+json": "csl-json", "+xml": "crossref-xml"}
        named = "datacite-json" if "datacite" in accept else formats[accept[accept.rindex("+") :]]
        return Found(answer.body, f"https://doi.org/{doi}", named)
    raise reasons[-1]


def _works(orcid: str, web: Web) -> Iterator[Found | Item]:
    """A person's works: those with a DOI are asked for, of the others it is said."""
    answer = _ask(f"{web.orcid}{orcid}/works", web, accept="application/json")
    name = f"https://orcid.org/{orcid}"
    groups = as_list(as_map(answer.json()).get("group"))
    if not groups:
        yield Item(name, "", "empty", reasons=(N_("ORCID lists no public work of this person."),))
    for group in groups[:MAX_WORKS]:
        doi, title = _work(as_map(group))
        if not doi:
            reason = Remark("", N_("%(title)s has no DOI, so nothing more is known of it."),
                            {"title": title[:200] or "?"})  # fmt: skip
            yield Item(name, "", "empty", reasons=(reason,))
            continue
        try:
            yield _by_doi(doi, web)
        except OutboundError as error:
            yield Item(f"https://doi.org/{doi}", f"doi:{doi}", "refused", reasons=(error,))


def _work(group: dict[str, Any]) -> tuple[str, str]:
    """(DOI, title) of one work, which several sources may have told ORCID of."""
    summaries = [as_map(one) for one in as_list(group.get("work-summary"))]
    titles = [as_map(as_map(as_map(s.get("title")).get("title"))).get("value") for s in summaries]
    title = next((text for t in titles if (text := as_text(t))), "")
    holders = [group, *summaries]
    for holder in holders:
        for one in as_list(as_map(holder.get("external-ids")).get("external-id")):
            entry = as_map(one)
            own = as_text(entry.get("external-id-relationship")).lower() in ("", "self")
            named = as_text(entry.get("external-id-type")).lower() == "doi"
            doi = _doi(as_text(entry.get("external-id-value"))) if own and named else ""
            if doi:
                return doi, title
    return "", title


def _of_repository(scheme: str, netloc: str, host: str, path: str, web: Web) -> Found:
    """The citation file of a repository, from its default branch."""
    project = path.split("/-/")[0].removesuffix(".git")
    if host in web.github:
        owner, _, rest = project.partition("/")
        project = f"{owner}/{rest.split('/')[0].removesuffix('.git')}"
        base = f"{web.github_raw}{quote(project)}/HEAD/"
    else:
        base = f"{scheme}://{netloc}/{quote(project)}/-/raw/HEAD/"
    for name in _REPOSITORY_FILES:
        try:
            answer = _ask(base + name, web)
        except NotThere:
            continue
        return Found(answer.body, f"{scheme}://{netloc}/{project}/{name}")
    raise NotMetadata(
        [
            Remark(
                "",
                N_("The repository has none of these files: %(names)s. Ask its authors for one."),
                {"names": ", ".join(_REPOSITORY_FILES)},
            )
        ]
    )


def _of_page(address: str, web: Web) -> Found:
    """A metadata file, or what a page says of itself: its DOI, or schema.org inside it."""
    answer = _ask(address, web)
    known = sniff(urlsplit(address).path, answer.body[:HEAD_BYTES])
    if known is None or known.name != "html":
        return Found(answer.body, address)
    doi, linked = _in_page(answer.body)
    if doi:
        return _by_doi(doi, web)
    if linked:
        return Found(linked, address, "schema-org-jsonld")
    raise NotMetadata([Remark("", N_("The page says nothing of itself that a machine can read."))])


_DOI_NAMES: Final = ("citation_doi", "dc.identifier", "prism.doi")


def _in_page(data: bytes) -> tuple[str, bytes]:
    """(DOI, JSON-LD) that a page carries, as repositories write them for search engines."""
    try:
        tree = html.fromstring(data, parser=html.HTMLParser(no_network=True, huge_tree=False))
    except (etree.ParserError, etree.LxmlError, ValueError):
        return "", b""
    for meta in tree.iter("meta"):
        named = (meta.get("name") or "").lower() in _DOI_NAMES
        doi = _doi(meta.get("content") or "") if named else ""
        if doi:
            return doi, b""
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() == "application/ld+json" and script.text:
            return "", script.text.encode()
    return "", b""
