"""Every kind of identifier that a record may carry, and what can be done with one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from tonle.kernel.errors import N_
from tonle.kernel.identifiers import forms
from tonle.kernel.identifiers.forms import pattern
from tonle.kernel.identifiers.noid import BETANUMERICS
from tonle.kernel.sentences import invalid, shown

# Longest identifier kept; longer ones are paste accidents (whole abstracts have been seen).
MAX_LENGTH: Final = 2000


@dataclass(frozen=True)
class Scheme:
    """A kind of identifier.

    name: what `{scheme, value}` carries; label: as its owners write it, and as DataCite's
    relatedIdentifierType has it; example: a value of the right form; resolver: the address
    that goes before a value, "" where the value is an address itself, None where nobody
    resolves it; canonical: text to canonical value or None.
    """

    name: str
    label: str
    example: str
    resolver: str | None
    canonical: Callable[[str], str | None]


def _table() -> dict[str, Scheme]:
    issn_portal = "https://portal.issn.org/resource/ISSN/"
    pubmed = "pubmed.ncbi.nlm.nih.gov"
    wikidata = ("www.wikidata.org", "wikidata.org")
    rows: list[tuple[str, str, str, str | None, Callable[[str], str | None]]] = [
        ("tonle", "Tonle", "5qn2pxm0wp0f6zs", None, forms.tonle),
        ("ark", "ARK", "ark:99999/fk4ws5", None, forms.ark),
        ("doi", "DOI", "10.5555/12345678", "https://doi.org/", forms.doi),
        ("orcid", "ORCID", "0000-0002-1825-0097", "https://orcid.org/", forms.orcid),
        ("ror", "ROR", "03yrm5c26", "https://ror.org/", forms.ror),
        ("isni", "ISNI", "0000000121032683", "https://isni.org/isni/", forms.isni),
        (
            "swhid",
            "SWHID",
            "swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2",
            "https://archive.softwareheritage.org/",
            forms.swhid,
        ),
        ("cstr", "CSTR", "31253.11.sciencedb.00001", "https://cstr.cn/", forms.cstr),
        ("arxiv", "arXiv", "2301.00001", "https://arxiv.org/abs/", forms.arxiv),
        ("raid", "RAiD", "10.83962/a1b2c3d4", "https://raid.org/", forms.raid),
        ("issn", "ISSN", "2049-3630", issn_portal, forms.issn),
        ("eissn", "EISSN", "2049-3630", issn_portal, forms.issn),
        ("lissn", "LISSN", "2049-3630", issn_portal, forms.issn),
        ("isbn", "ISBN", "9783161484100", None, forms.isbn),
        ("ean13", "EAN13", "4006381333931", None, forms.ean13),
        ("handle", "Handle", "20.500.12345/6789", "https://hdl.handle.net/", forms.handle),
        ("url", "URL", "https://example.org/data", "", forms.url),
        ("purl", "PURL", "https://purl.org/example", "", forms.url),
        ("w3id", "w3id", "https://w3id.org/example", "", forms.url),
        ("urn", "URN", "urn:nbn:de:101:1-2019", None, pattern(r"(?i:urn):[A-Za-z0-9\-]{2,32}:\S+")),
        ("lsid", "LSID", "urn:lsid:ipni.org:names:1", None, pattern(r"(?i:urn:lsid):\S+")),
        (
            "pmid",
            "PMID",
            "12082125",
            f"https://{pubmed}/",
            pattern(r"[1-9][0-9]{0,8}", "pmid:", hosts=(pubmed,)),
        ),
        (
            "pmcid",
            "PMCID",
            "PMC3531190",
            "https://pmc.ncbi.nlm.nih.gov/articles/",
            pattern(r"PMC[0-9]{1,9}", "pmcid:"),
        ),
        # Since 2022 an IGSN is a DOI; older ones are bare codes that doi.org does not know.
        ("igsn", "IGSN", "10.58052/SSH000SUA", None, pattern(r"\S+", "igsn:", hosts=("igsn.org",))),
        (
            "bibcode",
            "bibcode",
            "2018AGUFM.A24K..07S",
            "https://ui.adsabs.harvard.edu/abs/",
            pattern(r"[0-9]{4}[!-~]{15}"),
        ),
        (
            "istc",
            "ISTC",
            "0A9-2009-23EB6F48-D",
            None,
            pattern(r"[0-9A-Fa-f \-]{16,22}", "istc:", "istc "),
        ),
        (
            "rrid",
            "RRID",
            "RRID:SCR_014641",
            "https://scicrunch.org/resolver/",
            pattern(r"RRID:[A-Za-z]\S+"),
        ),
        ("upc", "UPC", "123456789999", None, pattern(r"[0-9]{12}")),
        (
            "crossref_funder",
            "Crossref Funder ID",
            "10.13039/501100001809",
            "https://doi.org/",
            forms.crossref_funder,
        ),
        (
            "grid",
            "GRID",
            "grid.431418.b",
            None,
            pattern(r"grid\.[0-9]+\.[0-9a-f]{1,2}", hosts=("grid.ac", "www.grid.ac")),
        ),
        (
            "wikidata",
            "Wikidata",
            "Q42",
            "https://www.wikidata.org/wiki/",
            pattern(r"Q[1-9][0-9]*", "wiki/", "entity/", hosts=wikidata),
        ),
    ]
    return {row[0]: Scheme(*row) for row in rows}


SCHEMES: Final[Mapping[str, Scheme]] = MappingProxyType(_table())
"""Every scheme by its name."""


def _starts(*starts: str) -> re.Pattern[str]:
    return re.compile("|".join(starts), re.IGNORECASE | re.ASCII)


# What makes a text tell its own kind, in order: an own form first, the loosest last. A bare
# RAiD looks like a DOI and is taken for one; eight digits without a hyphen are a date.
_TELLING: Final = (
    ("ark", _starts(r"(https?://[^/\s]+/)?ark:")),
    ("swhid", _starts(r"(https?://archive\.softwareheritage\.org/)?swh:1:")),
    ("raid", _starts(r"https?://(www\.)?raid\.org/", "raid:")),
    ("cstr", _starts(r"https?://(www\.)?cstr\.cn/", "cstr[:：]")),
    ("arxiv", _starts(r"https?://(www\.)?arxiv\.org/", "arxiv:")),
    ("orcid", _starts(r"https?://(www\.)?orcid\.org/", "orcid:", r"\d{4}-\d{4}-\d{4}-")),
    ("ror", _starts(r"https?://(www\.)?ror\.org/", "ror:", r"0[0-9a-z]{8}$")),
    ("isni", _starts(r"https?://(www\.)?isni\.org/", "isni", r"(\d{4} ?){3}\d{3}[\dx]$")),
    ("doi", _starts(r"https?://(www\.)?(dx\.)?doi\.org/", r"(info:)?doi[:/]", r"10\.\d{4,9}[./]")),
    (
        "handle",
        _starts(r"https?://(www\.|hdl\.)?handle\.net/", "(info:)?hdl[:/]", r"\d{2,6}(\.\d+)*/"),
    ),
    ("isbn", _starts("(urn:)?isbn", r"97[89][-\d ]{10,14}$")),
    ("issn", _starts("(urn:)?e?issn", r"https?://portal\.issn\.org/", r"\d{4}-\d{3}[\dx]$")),
    ("urn", _starts("urn:")),
    ("url", _starts("(https?|ftp)://")),
    ("tonle", _starts(rf"(tonle:)?[{BETANUMERICS}]{{15}}$")),
)


def normalise(scheme: str, value: str) -> str:
    """The one written form of an identifier, checked as far as its scheme allows.

    scheme: a key of SCHEMES, in any case. value: as people paste it, with or without its
    prefix or its resolver's address. Values come back bare (`10.5555/x`, `03yrm5c26`), but
    for ARK, SWHID, RRID and URN, whose prefix belongs to them; `resolver_url` gives the
    address. Raises Invalid with a sentence that shows the form.
    """
    known = SCHEMES.get(scheme.lower())
    if known is None:
        raise invalid(
            "scheme",
            N_("“%(scheme)s” is not a known kind of identifier. Known are: %(known)s."),
            scheme=shown(scheme),
            known=", ".join(SCHEMES),
        )
    if len(value) > MAX_LENGTH:
        raise invalid(
            "value",
            N_("This identifier is too long: at most %(limit)s characters are kept."),
            limit=MAX_LENGTH,
        )
    found = _canonical(known, _visible(value))
    if found is None:
        raise invalid(
            "value",
            N_("“%(value)s” is not a valid %(scheme)s. Copy it again; one looks like %(example)s."),
            value=shown(value),
            scheme=known.label,
            example=known.example,
        )
    return found


def detect(value: str) -> tuple[str, str] | None:
    """Which identifier a pasted text is: (scheme, canonical value), or None.

    Only forms that tell themselves are believed: a mistyped ORCID is None, not a guess;
    an address behind which no known identifier is found is a `url`.
    """
    text = _visible(value[: MAX_LENGTH + 1])
    if not text or len(value) > MAX_LENGTH:
        return None
    for name, telling in _TELLING:
        if telling.match(text) and (found := _canonical(SCHEMES[name], text)):
            return name, found
    return None


def resolver_url(scheme: str, value: str) -> str | None:
    """The public address of a canonical value, or None where nobody resolves the scheme.

    An ARK has none here: only the node knows whether its own NAAN may be advertised.
    """
    known = SCHEMES.get(scheme.lower())
    if known is None or known.resolver is None:
        return None
    if known.resolver == "":
        return value
    # What may stand in a path stays readable; old DOIs contain "<", "#" and "%" too.
    return known.resolver + quote(value, safe="/:;()@!$*,=+~'")


def _canonical(scheme: Scheme, text: str) -> str | None:
    # Controls are refused once, here: an address may hide them as %00.
    found = scheme.canonical(text)
    if not found or (found.isascii() and found.isprintable()):
        return found or None
    return None if any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in found) else found


def _visible(text: str) -> str:
    """Without the invisible characters that word processors and chat programs put in."""
    if not text.isascii():
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return text.strip()
