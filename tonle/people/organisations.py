"""What may be said of an organisation, cleaned and checked before it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tonle.kernel import identifiers
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import LanguageMap, clean_language_map, one_line

# ROR's own words for types (schema 2.1), plus `network` for bodies of several countries.
TYPES = (
    "education",
    "funder",
    "healthcare",
    "company",
    "archive",
    "nonprofit",
    "government",
    "facility",
    "network",
    "other",
)
_LONGEST = {"acronym": 40, "country": 3, "member": 8, "province": 8, "website": 500}


@dataclass(frozen=True)
class Description:
    """An organisation as stored, but for its id and its times.

    names, descriptions: {bcp47: text}; translations: {bcp47: node|machine}; country: ISO 3166-1
    alpha-3; member: KHM … CHN-YN; province: ISO 3166-2; types: of TYPES; identifiers: sorted
    (scheme, value) pairs in canonical form; source: {uri?, citation?, retrieved_on?, note?}.
    """

    names: LanguageMap
    descriptions: LanguageMap
    translations: dict[str, str]
    acronym: str
    country: str
    member: str
    province: str
    types: list[str]
    website: str
    source: dict[str, Any]
    identifiers: tuple[tuple[str, str], ...]

    def fields(self) -> dict[str, Any]:
        """Everything but the identifiers, which are rows of their own."""
        found = asdict(self)
        del found["identifiers"]
        return found


def clean(said: Mapping[str, Any]) -> Description:
    """The description in its stored form.

    said: the fields of Description, all but names optional; identifiers as a list of
    {scheme, value}. Raises Invalid with every problem at once.
    """
    reading = _Reading(said)
    unknown = set(said) - {*Description.__dataclass_fields__}
    for name in sorted(unknown):
        reading.problem(name, N_("An organisation has no such field."))
    names = reading.texts("names", line=True)
    if not names and not reading.problems:
        reading.problem("names", N_("An organisation needs a name in at least one language."))
    description = Description(
        names=names,
        descriptions=reading.texts("descriptions", line=False),
        translations=dict(said.get("translations") or {}),
        acronym=reading.short("acronym"),
        country=reading.short("country"),
        member=reading.short("member"),
        province=reading.short("province"),
        types=reading.types(),
        website=reading.website(),
        source=dict(said.get("source") or {}),
        identifiers=reading.identifiers(),
    )
    if reading.problems:
        raise Invalid(reading.problems)
    return description


class _Reading:
    """Reads fields one by one, and remembers what is wrong with them."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.said = said
        self.problems: list[tuple[str, str]] = []

    def problem(self, where: str, message: str, **data: Any) -> None:
        self.problems.append((where, Sentence(message, **data) if data else message))

    def texts(self, name: str, *, line: bool) -> LanguageMap:
        try:
            return clean_language_map(self.said.get(name) or {}, line=line)
        except Invalid as error:
            self.problems += [(f"{name}/{where}", what) for where, what in error.problems]
            return {}

    def short(self, name: str) -> str:
        text, longest = one_line(str(self.said.get(name) or "")), _LONGEST[name]
        if len(text) > longest:
            long = N_("This is too long: at most %(limit)s characters are kept.")
            self.problem(name, long, limit=longest)
        return text

    def types(self) -> list[str]:
        found = list(dict.fromkeys(self.said.get("types") or []))
        for kind in found:
            if kind not in TYPES:
                strange = N_("“%(type)s” is not a type of organisation. Known are: %(known)s.")
                self.problem("types", strange, type=kind, known=", ".join(TYPES))
        return found

    def website(self) -> str:
        address = self.short("website")
        if address and not address.startswith(("https://", "http://")):
            self.problem("website", N_("A web address begins with https:// or http://."))
        return address

    def identifiers(self) -> tuple[tuple[str, str], ...]:
        pairs = set()
        for number, given in enumerate(self.said.get("identifiers") or []):
            where = f"identifiers/{number}"
            try:
                scheme = str(given["scheme"]).lower()
                pairs.add((scheme, identifiers.normalise(scheme, str(given["value"]))))
            except KeyError:
                self.problem(where, N_("An identifier has a scheme and a value."))
            except Invalid as error:
                self.problems += [(f"{where}/{part}", what) for part, what in error.problems]
        return tuple(sorted(pairs))
