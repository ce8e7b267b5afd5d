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
    problems: list[tuple[str, str]] = []

    def texts(name: str, *, line: bool) -> LanguageMap:
        try:
            return clean_language_map(said.get(name) or {}, line=line)
        except Invalid as error:
            problems.extend((f"{name}/{where}", what) for where, what in error.problems)
            return {}

    def short(name: str) -> str:
        text = one_line(str(said.get(name) or ""))
        if len(text) > _LONGEST[name]:
            problems.append(
                (
                    name,
                    Sentence(
                        N_("This is too long: at most %(limit)s characters are kept."),
                        limit=_LONGEST[name],
                    ),
                )
            )
        return text

    unknown = set(said) - {*Description.__dataclass_fields__}
    problems += [(name, N_("An organisation has no such field.")) for name in sorted(unknown)]
    names = texts("names", line=True)
    if not names and not problems:
        problems.append(("names", N_("An organisation needs a name in at least one language.")))
    types = list(dict.fromkeys(said.get("types") or []))
    for kind in types:
        if kind not in TYPES:
            problems.append(
                (
                    "types",
                    Sentence(
                        N_("“%(type)s” is not a type of organisation. Known are: %(known)s."),
                        type=kind,
                        known=", ".join(TYPES),
                    ),
                )
            )
    website = short("website")
    if website and not website.startswith(("https://", "http://")):
        problems.append(("website", N_("A web address begins with https:// or http://.")))
    pairs = []
    for number, given in enumerate(said.get("identifiers") or []):
        try:
            scheme = str(given["scheme"]).lower()
            pairs.append((scheme, identifiers.normalise(scheme, str(given["value"]))))
        except KeyError:
            problems.append(
                (f"identifiers/{number}", N_("An identifier has a scheme and a value."))
            )
        except Invalid as error:
            problems += [(f"identifiers/{number}/{where}", what) for where, what in error.problems]
    description = Description(
        names=names,
        descriptions=texts("descriptions", line=False),
        translations=dict(said.get("translations") or {}),
        acronym=short("acronym"),
        country=short("country"),
        member=short("member"),
        province=short("province"),
        types=types,
        website=website,
        source=dict(said.get("source") or {}),
        identifiers=tuple(sorted(set(pairs))),
    )
    if problems:
        raise Invalid(problems)
    return description
