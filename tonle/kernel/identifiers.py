"""Names of things: our own, and those that others gave.

A record's `id` is 14 random betanumerics and a check character in the manner of NOID
(J. Kunze, "Nice Opaque Identifier", 2006). Betanumerics are digits and consonants: no
vowels, so that no word appears by chance; no `l`, which looks like 1; no `y`, which is a
vowel in half the languages. 29 characters is a prime number of them, which is what
makes the check catch every single wrong character and every swap of neighbours.
14 of them are 68 random bits: with a thousand million records on all nodes together,
the chance that any two meet is below one in five hundred.
"""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import invalid, shown

BETANUMERICS: Final = "0123456789bcdfghjkmnpqrstvwxz"
ID_LENGTH: Final = 15
# Longest identifier kept; longer ones are paste accidents (whole abstracts have been seen).
MAX_LENGTH: Final = 2000

_ORDINAL: Final = {character: value for value, character in enumerate(BETANUMERICS)}
_ID = re.compile(f"[{BETANUMERICS}]{{{ID_LENGTH}}}")


# --- our own ------------------------------------------------------------------------


def check_character(characters: str) -> str:
    """The NOID check character of a string of fewer than 29 characters.

    Each character's place in the alphabet (0 for any outside it, as NOID has it) times
    its position, counted from 1, summed modulo 29. Raises ValueError for longer strings,
    where position 29 would weigh nothing.
    """
    if len(characters) >= len(BETANUMERICS) - 1:
        raise ValueError("the check character holds for at most 27 characters")
    total = sum(
        position * _ORDINAL.get(character, 0) for position, character in enumerate(characters, 1)
    )
    return BETANUMERICS[total % len(BETANUMERICS)]


def mint(rng: random.Random | None = None) -> str:
    """A new id: 14 random betanumerics and their check character.

    rng: the operating system's randomness unless a test gives its own.
    """
    source = rng or _SYSTEM
    body = "".join(source.choices(BETANUMERICS, k=ID_LENGTH - 1))
    return body + check_character(body)


def is_valid(id: str) -> bool:
    """Whether this is an id in its one written form: 15 characters with the right check."""
    return bool(_ID.fullmatch(id)) and check_character(id[:-1]) == id[-1]


def normalise_id(text: str) -> str:
    """An id as people may write it (capitals, hyphens, spaces), in its one written form.

    Raises Invalid when it is no id, or a mistyped one.
    """
    found = re.sub(r"[\s\-‐-―]", "", text).lower()
    if not _ID.fullmatch(found):
        raise invalid(
            "",
            N_("“%(value)s” is not a record's name: it has 15 digits and consonants."),
            value=shown(text),
        )
    if not is_valid(found):
        raise invalid(
            "",
            N_("“%(value)s” is mistyped: its last character does not fit. Copy it again."),
            value=shown(text),
        )
    return found


_SYSTEM: Final = secrets.SystemRandom()


# --- ARK ----------------------------------------------------------------------------

# Both spellings in use: `ark:12345/x` since 2018, `ark:/12345/x` before; either may follow
# a resolver's address. Hyphens are put in by typesetters and mean nothing.
_ARK = re.compile(
    rf"(?:https?://[^/\s]+/)?ark:/?(?P<naan>[{BETANUMERICS}\-]{{5,}})/"
    r"(?P<name>[^/.?\s]+)(?P<qualifier>(?:[/.][^?\s]*)?)(?P<inflection>(?:\?\S*)?)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Ark:
    """An ARK: who names (NAAN), the name, an optional part (`/page1.pdf`) and inflection (`?info`).

    `str()` gives the modern form without the inflection, which asks a question and is
    no part of the name. Source: draft-kunze-ark-38 (2024).
    """

    naan: str
    name: str
    qualifier: str = ""
    inflection: str = ""

    def __str__(self) -> str:
        return f"ark:{self.naan}/{self.name}{self.qualifier}"

    @classmethod
    def parse(cls, text: str) -> Ark:
        """The ARK in a text of either spelling, alone or behind a resolver's address.

        Label and NAAN become lower case, hyphens go; the case of the name is kept, for
        other people's names may depend on it. Raises Invalid.
        """
        match = _ARK.fullmatch(text.strip()[:MAX_LENGTH])
        naan = match["naan"].replace("-", "").lower() if match else ""
        name = re.sub(r"[-‐-―]", "", match["name"]) if match else ""
        if not match or len(naan) < 5 or not name:
            raise invalid(
                "",
                N_("“%(value)s” is not an ARK. Write it like ark:99999/name."),
                value=shown(text),
            )
        # Structural characters at the end carry no meaning and are left out.
        qualifier = re.sub(r"[-‐-―]", "", match["qualifier"]).rstrip("/.")
        return cls(naan, name, qualifier, match["inflection"])

    @property
    def record_id(self) -> str | None:
        """The id of the record that this ARK would name if its NAAN is ours, else None.

        Our names have no capitals, so that a shouted ARK still resolves.
        """
        id = self.name.lower()
        return id if is_valid(id) else None


# --- checks -------------------------------------------------------------------------


def iso7064_mod11_2(digits: str) -> str:
    """The check character of ORCID and ISNI, over their first 15 digits. Source: ISO/IEC 7064."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    result = (12 - total % 11) % 11
    return "X" if result == 10 else str(result)


# Crockford's base 32, which ROR uses in lower case: no i, l, o, u.
_CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"


def _ror_check(body: str) -> str:
    """The two check digits of a ROR id (ISO/IEC 7064 MOD 97-10 over its base 32 number)."""
    number = 0
    for character in body:
        number = number * 32 + _CROCKFORD.index(character)
    return f"{98 - number * 100 % 97:02d}"


def _issn_check(digits: str) -> str:
    total = sum(int(d) * weight for d, weight in zip(digits, range(8, 1, -1), strict=True))
    result = -total % 11
    return "X" if result == 10 else str(result)


def _isbn10_check(digits: str) -> str:
    total = sum(int(d) * weight for d, weight in zip(digits, range(10, 1, -1), strict=True))
    result = -total % 11
    return "X" if result == 10 else str(result)


def _ean13_check(digits: str) -> str:
    return str(-sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10)


# --- one normaliser a scheme: the canonical value, or None ---------------------------


def _strip(text: str, *prefixes: str) -> str:
    """The text without the first prefix (compared without case) that it has."""
    for prefix in prefixes:
        if text[: len(prefix)].lower() == prefix:
            return text[len(prefix) :].strip()
    return text


def _without_resolver(text: str, *hosts: str) -> str:
    """What follows a resolver's address, percent-decoded; the text itself without one."""
    found = re.match(r"https?://([^/\s]+)/+(.*)", text, re.IGNORECASE | re.DOTALL)
    if found and found[1].lower() in hosts:
        return unquote(found[2])
    return text


def _doi(text: str) -> str | None:
    text = _strip(text, "doi:", "info:doi/", "urn:doi:")
    text = _without_resolver(text, "doi.org", "dx.doi.org", "www.doi.org", "www.dx.doi.org")
    text = _strip(text, "doi:")
    # A DOI ignores the case of ASCII letters and of those only (ISO 26324).
    text = re.sub("[A-Z]+", lambda m: m[0].lower(), text)
    return text if re.fullmatch(r"10\.\d{4,9}(?:\.\d+)*/[^\s\x00-\x1f]+", text) else None


def _sixteen(text: str) -> str | None:
    digits = re.sub(r"[\s\-‐-―]", "", text).upper()
    if re.fullmatch(r"[0-9]{15}[0-9X]", digits) and iso7064_mod11_2(digits[:15]) == digits[15]:
        return digits
    return None


def _orcid(text: str) -> str | None:
    text = _strip(_without_resolver(text, "orcid.org", "www.orcid.org"), "orcid:").rstrip("/")
    digits = _sixteen(text)
    return "-".join(re.findall("....", digits)) if digits else None


def _isni(text: str) -> str | None:
    text = _without_resolver(text, "isni.org", "www.isni.org")
    return _sixteen(_strip(_strip(text, "isni/"), "isni:", "isni").rstrip("/"))


def _ror(text: str) -> str | None:
    text = _strip(_without_resolver(text, "ror.org", "www.ror.org"), "ror:", "ror.org/")
    text = text.rstrip("/").lower()
    if re.fullmatch(r"0[0-9a-hjkmnp-tv-z]{6}[0-9]{2}", text) and _ror_check(text[:7]) == text[7:]:
        return text
    return None


def _handle(text: str) -> str | None:
    text = _strip(text, "hdl:", "handle:", "info:hdl/")
    text = _without_resolver(text, "hdl.handle.net", "handle.net", "www.handle.net")
    return text if re.fullmatch(r"[0-9a-zA-Z]+(?:\.[0-9a-zA-Z\-_]+)*/[^\s]+", text) else None


def _issn(text: str) -> str | None:
    text = _strip(_without_resolver(text, "portal.issn.org", "issn.org"), "resource/issn/")
    digits = re.sub(r"[\s\-‐-―]", "", _strip(text, "urn:issn:", "issn:", "eissn:", "issn"))
    digits = digits.upper()
    if re.fullmatch(r"[0-9]{7}[0-9X]", digits) and _issn_check(digits[:7]) == digits[7]:
        return f"{digits[:4]}-{digits[4:]}"
    return None


def _isbn(text: str) -> str | None:
    text = re.sub(r"^(?:urn:)?isbn(?:-?1[03])?[:\s]*", "", text, flags=re.IGNORECASE)
    digits = re.sub(r"[\s\-‐-―]", "", text).upper()
    if re.fullmatch(r"[0-9]{9}[0-9X]", digits) and _isbn10_check(digits[:9]) == digits[9]:
        digits = "978" + digits[:9]
        return digits + _ean13_check(digits)
    if re.fullmatch(r"97[89][0-9]{10}", digits) and _ean13_check(digits[:12]) == digits[12]:
        return digits
    return None


def _ean13(text: str) -> str | None:
    digits = re.sub(r"[\s\-]", "", text)
    if re.fullmatch(r"[0-9]{13}", digits) and _ean13_check(digits[:12]) == digits[12]:
        return digits
    return None


def _swhid(text: str) -> str | None:
    text = _without_resolver(text, "archive.softwareheritage.org").rstrip("/")
    core, semicolon, qualifiers = text.partition(";")
    core = core.lower()
    if not re.fullmatch(r"swh:1:(?:snp|rel|rev|dir|cnt):[0-9a-f]{40}", core):
        return None
    known = r"(?:origin|visit|anchor|path|lines|bytes)=[^;\s]+"
    if semicolon and not re.fullmatch(f"{known}(?:;{known})*", qualifiers):
        return None
    return core + semicolon + qualifiers


def _raid(text: str) -> str | None:
    # A RAiD (ISO 23527) is a handle under raid.org, of late always a DOI prefix.
    text = _strip(_without_resolver(text, "raid.org", "www.raid.org"), "raid:").rstrip("/").lower()
    return text if re.fullmatch(r"1[0-9]{1,2}\.[0-9.]+/[a-z0-9.\-]+", text) else None


def _cstr(text: str) -> str | None:
    # GB/T 32843-2016: registrant (5 digits), kind of resource (2), then the registrant's own.
    text = _strip(_without_resolver(text, "cstr.cn", "www.cstr.cn"), "cstr:", "cstr：")
    return text if re.fullmatch(r"[0-9]{5}\.[0-9]{2}\.[!-~]+", text) else None


def _arxiv(text: str) -> str | None:
    text = _without_resolver(text, "arxiv.org", "www.arxiv.org")
    text = re.sub(r"^(?:abs|pdf)/|\.pdf$", "", text)
    text = _strip(text, "arxiv:").strip()
    new = re.fullmatch(r"[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}(?:v[0-9]+)?", text)
    old = re.fullmatch(r"[a-z\-]+(?:\.[A-Z]{2})?/[0-9]{7}(?:v[0-9]+)?", text)
    return text if new or old else None


def _url(text: str) -> str | None:
    if re.search(r"[\s\x00-\x1f<>\"{}|\\^`]", text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    # An address with a password in it must not be kept, still less shown.
    if parts.scheme.lower() not in {"http", "https", "ftp"} or not host or parts.username:
        return None
    usual = {"http": 80, "https": 443, "ftp": 21}[parts.scheme.lower()]
    netloc = (f"[{host}]" if ":" in host else host) + (
        f":{port}" if port not in {None, usual} else ""
    )
    return urlunsplit(
        (parts.scheme.lower(), netloc, parts.path or "/", parts.query, parts.fragment)
    )


def _ark(text: str) -> str | None:
    try:
        return str(Ark.parse(text))
    except Invalid:
        return None


def _tonle(text: str) -> str | None:
    try:
        return normalise_id(_strip(text, "tonle:"))
    except Invalid:
        return None


def _pattern(
    pattern: str, *prefixes: str, hosts: tuple[str, ...] = ()
) -> Callable[[str], str | None]:
    """A normaliser for schemes that have a shape and no check."""
    compiled = re.compile(pattern)

    def normaliser(text: str) -> str | None:
        text = _strip(_without_resolver(text, *hosts), *prefixes).rstrip("/")
        return text if compiled.fullmatch(text) else None

    return normaliser


@dataclass(frozen=True)
class Scheme:
    """A kind of identifier. label: as its owners write it; example: one of the right form."""

    name: str
    label: str
    example: str
    resolver: str | None
    clean: Callable[[str], str | None]


def _schemes() -> dict[str, Scheme]:
    listed = [
        Scheme("tonle", "Tonle", "", None, _tonle),
        Scheme("ark", "ARK", "ark:99999/fk4ws5", None, _ark),
        Scheme("doi", "DOI", "10.5555/12345678", "https://doi.org/", _doi),
        Scheme("orcid", "ORCID", "0000-0002-1825-0097", "https://orcid.org/", _orcid),
        Scheme("ror", "ROR", "03yrm5c26", "https://ror.org/", _ror),
        Scheme("isni", "ISNI", "0000000121032683", "https://isni.org/isni/", _isni),
        Scheme("swhid", "SWHID", "swh:1:rev:<40 hex>", "https://archive.softwareheritage.org/", _swhid),
        Scheme("cstr", "CSTR", "31253.11.sciencedb.00001", "https://cstr.cn/", _cstr),
        Scheme("arxiv", "arXiv", "2301.00001", "https://arxiv.org/abs/", _arxiv),
        Scheme("raid", "RAiD", "10.83962/a1b2c3d4", "https://raid.org/", _raid),
        Scheme("issn", "ISSN", "2049-3630", "https://portal.issn.org/resource/ISSN/", _issn),
        Scheme("eissn", "EISSN", "2049-3630", "https://portal.issn.org/resource/ISSN/", _issn),
        Scheme("lissn", "LISSN", "2049-3630", "https://portal.issn.org/resource/ISSN/", _issn),
        Scheme("isbn", "ISBN", "9783161484100", None, _isbn),
        Scheme("ean13", "EAN13", "4006381333931", None, _ean13),
        Scheme("handle", "Handle", "20.500.12345/6789", "https://hdl.handle.net/", _handle),
        Scheme("url", "URL", "https://example.org/data", "", _url),
        Scheme("purl", "PURL", "https://purl.org/example", "", _url),
        Scheme("w3id", "w3id", "https://w3id.org/example", "", _url),
        Scheme("urn", "URN", "urn:nbn:de:101:1-2019", None, _pattern(r"[uU][rR][nN]:[a-zA-Z0-9\-]{2,32}:\S+")),
        Scheme("lsid", "LSID", "urn:lsid:ipni.org:names:1", None, _pattern(r"(?i:urn:lsid):\S+")),
        Scheme("pmid", "PMID", "12082125", "https://pubmed.ncbi.nlm.nih.gov/",
               _pattern(r"[1-9][0-9]{0,8}", "pmid:", hosts=("pubmed.ncbi.nlm.nih.gov",))),
        Scheme("pmcid", "PMCID", "PMC3531190", "https://pmc.ncbi.nlm.nih.gov/articles/", _pattern(r"PMC[0-9]{1,9}", "pmcid:")),
        Scheme("igsn", "IGSN", "10.58052/SSH000SUA", "https://doi.org/", _pattern(r"\S+", "igsn:", hosts=("igsn.org",))),
        Scheme("bibcode", "bibcode", "2018AGUFM.A24K.07S", "https://ui.adsabs.harvard.edu/abs/",
               _pattern(r"[0-9]{4}[!-~]{15}", hosts=("adsabs.harvard.edu",))),
        Scheme("istc", "ISTC", "0A920023EB6F48D6", None, _pattern(r"[0-9A-Fa-f \-]{16,22}", "istc:", "istc ")),
        Scheme("rrid", "RRID", "RRID:SCR_014641", "https://scicrunch.org/resolver/", _pattern(r"RRID:[A-Za-z]+[_:]?\S+")),
        Scheme("upc", "UPC", "123456789999", None, _pattern(r"[0-9]{12}")),
        Scheme("crossref_funder", "Crossref Funder ID", "10.13039/501100001809", "https://doi.org/",
               lambda text: found if (found := _doi(text)) and found.startswith("10.13039/") else None),
        Scheme("grid", "GRID", "grid.431418.b", None, _pattern(r"grid\.[0-9]+\.[0-9a-f]{1,2}", hosts=("grid.ac", "www.grid.ac"))),
        Scheme("wikidata", "Wikidata", "Q42", "https://www.wikidata.org/wiki/",
               _pattern(r"Q[1-9][0-9]*", "wiki/", "entity/", hosts=("www.wikidata.org", "wikidata.org"))),
    ]  # fmt: skip
    return {scheme.name: scheme for scheme in listed}


SCHEMES: Final[Mapping[str, Scheme]] = MappingProxyType(_schemes())
"""Every scheme by its name, which is what `{scheme, value}` in a record carries."""

# Order matters for detection: an own form first, the loosest last. A RAiD in its bare
# form looks like a DOI, an ISSN needs its hyphen, eight digits alone are a date.
_TELLING: Final = (
    ("ark", re.compile(r"(?:https?://[^/\s]+/)?ark:", re.IGNORECASE)),
    ("swhid", re.compile(r"(?:https://archive\.softwareheritage\.org/)?swh:1:", re.IGNORECASE)),
    ("raid", re.compile(r"(?:https?://(?:www\.)?raid\.org/|raid:)", re.IGNORECASE)),
    ("cstr", re.compile(r"(?:https?://(?:www\.)?cstr\.cn/|cstr[:：])", re.IGNORECASE)),
    ("arxiv", re.compile(r"(?:https?://(?:www\.)?arxiv\.org/|arxiv:)", re.IGNORECASE)),
    ("orcid", re.compile(r"(?:https?://(?:www\.)?orcid\.org/|orcid:|\d{4}-\d{4}-)", re.IGNORECASE)),
    ("ror", re.compile(r"(?:https?://(?:www\.)?ror\.org/|ror:|0[0-9a-z]{8}$)", re.IGNORECASE)),
    ("isni", re.compile(r"(?:https?://(?:www\.)?isni\.org/|isni|\d{4}[ ]?\d{4}[ ]?\d{4}[ ]?\d{3}[\dX]$)", re.IGNORECASE)),
    ("doi", re.compile(r"(?:https?://(?:www\.)?(?:dx\.)?doi\.org/|doi:|info:doi/|10\.\d{4,9}[./])", re.IGNORECASE)),
    ("handle", re.compile(r"(?:https?://(?:www\.)?(?:hdl\.)?handle\.net/|hdl:|info:hdl/|\d{2,6}(?:\.\d+)*/)", re.IGNORECASE)),
    ("isbn", re.compile(r"(?:urn:)?isbn|97[89][-\d ]{10,14}$", re.IGNORECASE)),
    ("issn", re.compile(r"(?:urn:)?issn|https?://portal\.issn\.org/|\d{4}-\d{3}[\dX]$", re.IGNORECASE)),
    ("urn", re.compile(r"urn:", re.IGNORECASE)),
    ("url", re.compile(r"(?:https?|ftp)://", re.IGNORECASE)),
    ("tonle", re.compile(rf"(?:tonle:)?[{BETANUMERICS}]{{15}}$")),
)  # fmt: skip


def normalise(scheme: str, value: str) -> str:
    """The one written form of an identifier, checked as far as its scheme allows.

    scheme: a key of SCHEMES, in any case. value: as people paste it, with or without its
    prefix or its resolver's address. Values come back bare (`10.5555/x`, `03yrm5c26`);
    `resolver_url` gives the address. Raises Invalid with a sentence that shows the form.
    """
    known = SCHEMES.get(scheme.lower())
    if known is None:
        raise invalid(
            "scheme",
            N_("“%(scheme)s” is not a known kind of identifier. Known are: %(known)s."),
            scheme=shown(scheme),
            known=", ".join(SCHEMES),
        )
    text = value.strip()
    if len(text) > MAX_LENGTH:
        raise invalid(
            "value",
            N_("This identifier is too long: at most %(limit)s characters are kept."),
            limit=MAX_LENGTH,
        )
    found = known.clean(text) if text else None
    if found is None:
        raise invalid(
            "value",
            N_("“%(value)s” is not a valid %(scheme)s. Copy it again; one looks like %(example)s."),
            value=shown(value),
            scheme=known.label,
            example=known.example or "bcdfghjkmnpqrs0",
        )
    return found


def detect(value: str) -> tuple[str, str] | None:
    """Which identifier a pasted text is: (scheme, canonical value), or None.

    Only forms that tell themselves are believed: a mistyped ORCID is None, not a guess;
    an address behind which no known identifier is found is a `url`.
    """
    text = value.strip()
    if not text or len(text) > MAX_LENGTH:
        return None
    for name, telling in _TELLING:
        if telling.match(text) and (found := SCHEMES[name].clean(text)):
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
    # Everything that may stand in a path stays readable; DOIs contain "(", ";", "<" and "#".
    return known.resolver + quote(value, safe="/:;()@!$*,=+~'")
