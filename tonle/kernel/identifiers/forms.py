"""The one written form of each kind of identifier.

Each function takes a trimmed text as people paste it, with or without its prefix or its
resolver's address, and gives the canonical value, bare, or None when it is not of the kind.
Digits are asked for as [0-9]: Python's own digit class takes the digits of every script.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit, urlunsplit

from tonle.kernel.errors import Invalid
from tonle.kernel.identifiers.ark import Ark
from tonle.kernel.identifiers.checks import (
    ean13_check,
    isbn10_check,
    iso7064_mod11_2,
    issn_check,
    ror_check,
)
from tonle.kernel.identifiers.noid import normalise_id


def without_prefix(text: str, *prefixes: str) -> str:
    """The text without any of the prefixes, which are compared without case.

    People paste `doi:doi:10.…`; taking all of them away makes a second pass change nothing.
    """
    while found := next((p for p in prefixes if text[: len(p)].lower() == p), ""):
        text = text[len(found) :].strip()
    return text


def without_resolver(text: str, *hosts: str) -> str:
    """What follows a resolver's address, percent-decoded; the text itself without one."""
    found = re.match(r"https?://([^/\s]+)/+(.*)", text, re.IGNORECASE | re.DOTALL)
    if found and found[1].lower() in hosts:
        return unquote(found[2])
    return text


def doi(text: str) -> str | None:
    """A DOI (ISO 26324), ASCII letters in lower case: `10.5555/12345678`."""
    text = without_prefix(text, "doi:", "info:doi/", "urn:doi:")
    text = without_resolver(text, "doi.org", "dx.doi.org", "www.doi.org", "www.dx.doi.org")
    text = without_prefix(text, "doi:")
    # A DOI ignores the case of ASCII letters and of those only (ISO 26324).
    text = re.sub("[A-Z]+", lambda m: m[0].lower(), text)
    return text if re.fullmatch(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\x00-\x1f]+", text) else None


def _sixteen(text: str) -> str | None:
    digits = re.sub(r"[\s\-‐-―]", "", text).upper()
    if re.fullmatch(r"[0-9]{15}[0-9X]", digits) and iso7064_mod11_2(digits[:15]) == digits[15]:
        return digits
    return None


def orcid(text: str) -> str | None:
    """An ORCID iD with its hyphens: `0000-0002-1825-0097`."""
    text = without_prefix(without_resolver(text, "orcid.org", "www.orcid.org"), "orcid:")
    digits = _sixteen(text.rstrip("/"))
    return "-".join(re.findall("....", digits)) if digits else None


def isni(text: str) -> str | None:
    """An ISNI (ISO 27729), 16 characters without spaces: `0000000121032683`."""
    text = without_resolver(text, "isni.org", "www.isni.org")
    return _sixteen(without_prefix(without_prefix(text, "isni/"), "isni:", "isni").rstrip("/"))


def ror(text: str) -> str | None:
    """A ROR id, the last part of its address: `03yrm5c26`."""
    text = without_prefix(without_resolver(text, "ror.org", "www.ror.org"), "ror:", "ror.org/")
    text = text.rstrip("/").lower()
    if re.fullmatch(r"0[0-9a-hjkmnp-tv-z]{6}[0-9]{2}", text) and ror_check(text[:7]) == text[7:]:
        return text
    return None


def handle(text: str) -> str | None:
    """A Handle (RFC 3651), prefix and suffix: `20.500.12345/6789`."""
    text = without_prefix(text, "hdl:", "handle:", "info:hdl/")
    text = without_resolver(text, "hdl.handle.net", "handle.net", "www.handle.net")
    return text if re.fullmatch(r"[0-9a-zA-Z]+(?:\.[0-9a-zA-Z\-_]+)*/[^\s]+", text) else None


def issn(text: str) -> str | None:
    """An ISSN (ISO 3297) with its hyphen: `2049-3630`."""
    text = without_prefix(without_resolver(text, "portal.issn.org", "issn.org"), "resource/issn/")
    digits = re.sub(r"[\s\-‐-―]", "", without_prefix(text, "urn:issn:", "issn:", "eissn:", "issn"))
    digits = digits.upper()
    if re.fullmatch(r"[0-9]{7}[0-9X]", digits) and issn_check(digits[:7]) == digits[7]:
        return f"{digits[:4]}-{digits[4:]}"
    return None


def isbn(text: str) -> str | None:
    """An ISBN (ISO 2108) in 13 digits; the old 10 digits are turned into 13."""
    text = re.sub(r"^(?:urn:)?isbn(?:-?1[03])?[:\s]*", "", text, flags=re.IGNORECASE)
    digits = re.sub(r"[\s\-‐-―]", "", text).upper()
    if re.fullmatch(r"[0-9]{9}[0-9X]", digits) and isbn10_check(digits[:9]) == digits[9]:
        digits = "978" + digits[:9]
        return digits + ean13_check(digits)
    if re.fullmatch(r"97[89][0-9]{10}", digits) and ean13_check(digits[:12]) == digits[12]:
        return digits
    return None


def ean13(text: str) -> str | None:
    """An EAN-13 of 13 digits."""
    digits = re.sub(r"[\s\-]", "", text)
    if re.fullmatch(r"[0-9]{13}", digits) and ean13_check(digits[:12]) == digits[12]:
        return digits
    return None


def swhid(text: str) -> str | None:
    """A SWHID (ISO/IEC 18670), version 1, its qualifiers kept."""
    text = without_resolver(text, "archive.softwareheritage.org").rstrip("/")
    core, semicolon, qualifiers = text.partition(";")
    core = core.lower()
    if not re.fullmatch(r"swh:1:(?:snp|rel|rev|dir|cnt):[0-9a-f]{40}", core):
        return None
    known = r"(?:origin|visit|anchor|path|lines|bytes)=[^;\s]+"
    if semicolon and not re.fullmatch(f"{known}(?:;{known})*", qualifiers):
        return None
    return core + semicolon + qualifiers


def raid(text: str) -> str | None:
    """A RAiD, prefix and suffix: `10.83962/a1b2c3d4`."""
    # A RAiD (ISO 23527) is a handle under raid.org, of late always a DOI prefix.
    text = without_prefix(without_resolver(text, "raid.org", "www.raid.org"), "raid:")
    text = text.rstrip("/").lower()
    return text if re.fullmatch(r"1[0-9]{1,2}\.[0-9.]+/[a-z0-9.\-]+", text) else None


def cstr(text: str) -> str | None:
    """A CSTR of China's science and technology resources: `31253.11.sciencedb.00001`."""
    # GB/T 32843-2016: registrant (5 digits), kind of resource (2), then the registrant's own.
    text = without_prefix(without_resolver(text, "cstr.cn", "www.cstr.cn"), "cstr:", "cstr：")
    return text if re.fullmatch(r"[0-9]{5}\.[0-9]{2}\.[!-~]+", text) else None


def arxiv(text: str) -> str | None:
    """An arXiv identifier, new or old, with its version where it has one."""
    text = without_resolver(text, "arxiv.org", "www.arxiv.org")
    text = re.sub(r"^(?:abs|pdf)/|\.pdf$", "", text)
    text = without_prefix(text, "arxiv:").strip()
    new = re.fullmatch(r"[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}(?:v[0-9]+)?", text)
    old = re.fullmatch(r"[a-z\-]+(?:\.[A-Z]{2})?/[0-9]{7}(?:v[0-9]+)?", text)
    return text if new or old else None


def url(text: str) -> str | None:
    """A web or FTP address: scheme and host in lower case, no usual port, at least the path `/`."""
    if re.search(r"[\s\x00-\x1f<>\"{}|\\^`]", text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    # An address with a password in it must not be kept, still less shown.
    if parts.scheme.lower() not in {"http", "https", "ftp"} or not host or "@" in parts.netloc:
        return None
    usual = {"http": 80, "https": 443, "ftp": 21}[parts.scheme.lower()]
    netloc = f"[{host}]" if ":" in host else host
    if port not in {None, usual}:
        netloc += f":{port}"
    return urlunsplit(
        (parts.scheme.lower(), netloc, parts.path or "/", parts.query, parts.fragment)
    )


def ark(text: str) -> str | None:
    """An ARK in its modern spelling, without inflection."""
    try:
        return str(Ark.parse(text))
    except Invalid:
        return None


def tonle(text: str) -> str | None:
    """The id of a record on any node."""
    try:
        return normalise_id(without_prefix(text, "tonle:"))
    except Invalid:
        return None


def crossref_funder(text: str) -> str | None:
    """An identifier of Crossref's funder registry: a DOI of one prefix."""
    found = doi(text)
    return found if found and found.startswith("10.13039/") else None


def pattern(shape: str, *prefixes: str, hosts: tuple[str, ...] = ()) -> Callable[[str], str | None]:
    """A function like those above, for a kind that has a shape and no check."""
    compiled = re.compile(shape)

    def normaliser(text: str) -> str | None:
        text = without_prefix(without_resolver(text, *hosts), *prefixes).rstrip("/")
        return text if compiled.fullmatch(text) else None

    return normaliser
