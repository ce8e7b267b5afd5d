"""What a record loses and gains when it is written in a format and read back.

Data, read by the reference page and by the test of round trips: a loss that is not here is a
fault of a writer or a reader, and so is one here that does not happen. A record exported in
our own JSON loses nothing, nor does a crate or a file of DataCite, which have what schema.org and
DataCite cannot say beside it. Harvesters get DataCite's words alone: `oai_datacite`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# Of formats that have no place for what a node adds.
_NODE: Final = {
    "access": "all: what is read is `metadata_only` until somebody decides",
    "communities": "all",
    "distributions": "all: files elsewhere are told by their own page",
    "members": "all",
    "serves": "all",
    "translations": "all: which texts are a translation of ours",
}
_KIND: Final = {
    "kind": "becomes the kind of its general type; those with promises or money are not guessed",
    "profile": "all",
}
_GAINED: Final = {
    "publication_year": "of the day it was published here, where none is said",
    "publisher": "the node, where none is said",
    "resource_type": "the general type that the kind stands for",
    "version_label": "the number of the version, where it has no label",
}
_PAGE: Final = {"alternate_identifiers": "the address of its page here"}
_LED: Final = {"languages": "that of its first title, where none is said and another is taken"}
_DATES_ADDED: Final = {"dates": "when it was corrected or opens, where that is not said"}
_ONE_LANGUAGE: Final = "one language of it"

# Of files that have what their format cannot say beside it.
_WHOLE: Final = {"distributions": "all, where files are restricted or under embargo"}
# Exactly what `tests/datacite_says.py` does to a record.
_DATACITE: Final = {
    **_NODE,
    "alternate_identifiers": "those that name the work become its names; the page here comes to"
    " them",
    "contributors": "names in other scripts; CRediT roles; a funder becomes a sponsor; the same"
    " one twice",
    "creators": "names in other scripts; CRediT roles; the same one twice",
    "dates": "the same one twice; dates of the node come to them",
    "descriptions": "a text stands in the first of its type that has none in its language",
    "funding_references": "languages of award titles but one; the same one twice",
    "geo_locations": "languages of a place's name but one, and which one that is; polygons of fewer"
    " than three points, and that a triangle is not closed",
    "languages": "all but the first",
    "other_titles": "a text stands in the first of its type that has none in its language; a"
    " translation, among the titles, where these have none in its language",
    "pids": "their order, in which the DOI comes first; DOIs but the first become alternate"
    " identifiers",
    "profile": "all",
    "related_items": "names in other scripts; identifiers and affiliations of people; a title"
    " stands in the first of its type that has none in its language; the same one twice",
    "relations": "what DataCite has no type for, and what is not told by its address, becomes the"
    " address",
    "resource_type": "`Other` beside a word that names a type becomes that type",
    "rights": "nothing of a licence: its code and its address come to it; its code in the place of"
    " words; words alone stand in the first that have none in their language",
    "subjects": "a free word in several languages becomes one word each; the same one twice",
    "titles": "nothing; another title called a translation may join them",
}
_CITED: Final = {
    **_NODE,
    **_KIND,
    "alternate_identifiers": "all but the page here",
    "contributors": "all",
    "creators": "identifiers, affiliations, scripts; whether it is a person, where nothing tells",
    "dates": "all but when it was issued",
    "descriptions": "all but the abstract, in one language",
    "formats": "all",
    "funding_references": "all",
    "geo_locations": "all",
    "languages": "all but the first",
    "other_titles": "all",
    "pids": "all but the DOI",
    "publisher": "identifier and language",
    "related_items": "all but the journal or book it is in",
    "relations": "all",
    "resource_type": "types that citations do not know become their nearest",
    "rights": "all",
    "sizes": "all",
    "subjects": "languages, schemes; all beyond the twentieth",
    "titles": _ONE_LANGUAGE,
}
_LINKED: Final = {
    **_NODE,
    "alternate_identifiers": "those that are no address",
    "contributors": "their types",
    "creators": "scripts of names, CRediT roles",
    "dates": "types but issued, created, updated and coverage; information",
    "descriptions": "types; which texts are one text in several languages",
    "formats": "all",
    "funding_references": "which award is whose, where there are several",
    "geo_locations": "polygons; languages of names",
    "other_titles": "types",
    "pids": "their order; all of a scheme but the first; a RAiD comes back as a DOI, too",
    "related_items": "all but titles of what is described without an identifier",
    "relations": "types that schema.org has no word for",
    "resource_type": "types that schema.org has no word for",
    "rights": "languages of texts",
    "sizes": "all",
    "subjects": "which words are one word in several languages",
}

LOST: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "tonle-record": {},
        "datacite-json": _WHOLE,
        "datacite-xml": _WHOLE,
        "oai_datacite": _DATACITE,
        "ro-crate": _WHOLE,
        "schema-org": {
            **_LINKED,
            **_KIND,
            "languages": "those that a title or a text does not show",
            "publication_year": "the year of the day it was issued or published here",
            "publisher": "identifier and language",
            "titles": "languages: each becomes a title of none",
            "version_label": "nothing; the number of the version stands for it",
        },
        "codemeta": {
            **_LINKED,
            "profile": "what no term of CodeMeta says: licences as stated, human languages",
            "publication_year": "the year of the day it was issued or published here",
            "publisher": "language, and identifiers that are no address",
            "titles": _ONE_LANGUAGE,
        },
        "cff": {
            **{key: value for key, value in _CITED.items() if key != "kind"},
            "pids": "all but DOI and SWHID",
            "publication_year": "the year of the day it was issued",
            "publisher": "all",
        },
        "oai-dc": {
            **_NODE,
            **_KIND,
            "alternate_identifiers": "their types",
            "contributors": "types, identifiers, affiliations",
            "creators": "identifiers, affiliations; whether it is a person, where nothing tells",
            "dates": "types, information",
            "descriptions": "types",
            "formats": "nothing; media types of the files come to them",
            "funding_references": "all but funder and number, where there is a number",
            "geo_locations": "all but names, which stand as text",
            "other_titles": "types",
            "pids": "their order; all of a scheme but the first",
            "publisher": "identifier and language",
            "related_items": "all",
            "relations": "types",
            "resource_type": "nothing; words for the type come to it",
            "rights": "identifiers; terms of access come to them",
            "sizes": "all",
            "subjects": "schemes; which words are one word in several languages",
            "titles": "nothing; other titles may join them",
            "version_label": "all",
        },
        "bibtex": _CITED,
        "ris": {
            **_CITED,
            "publication_year": "the year of the day it was issued",
            "version_label": "all",
        },
        "csl-json": {**_CITED, "publication_year": "the year of the day it was issued"},
    }
)

GAINED: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "tonle-record": {},
        "datacite-json": {},
        "datacite-xml": {},
        "oai_datacite": {**_GAINED, **_PAGE, **_DATES_ADDED,
                         **_LED, "formats": "media types of its files",
                         "sizes": "size of its files"},
        "ro-crate": {},
        "schema-org": {
            **{key: value for key, value in _GAINED.items() if key != "publisher"},
            **_PAGE, **_DATES_ADDED,
            "creators": "the publisher, where nobody is named",
            "contributors": "people of what it is about, where its kind has such",
            "descriptions": "its title, where nothing describes it",
            "other_titles": "titles in other languages than the first",
            "relations": "works that were described with it",
        },
        "codemeta": {
            **{key: value for key, value in _GAINED.items() if key != "publisher"},
            **_PAGE, **_DATES_ADDED,
            "creators": "the publisher, where nobody is named",
            "descriptions": "its title, where nothing describes it",
            "other_titles": "titles in other languages than the first",
            "relations": "where its source lies",
        },
        "cff": {
            **{key: value for key, value in _GAINED.items() if key != "publisher"},
            "alternate_identifiers": "names of it that are no DOI",
            "creators": "the publisher or the node, where nobody is named",
            "dates": "when it was published here",
            "relations": "the address of its page here",
        },
        "oai-dc": {
            **{key: value for key, value in _GAINED.items() if key != "version_label"},
            **_PAGE, **_DATES_ADDED, **_LED,
            "descriptions": "what related things are called in words",
            "formats": "media types of its files",
            "relations": "identifiers of grants and of what it is in",
            "rights": "terms of access",
        },
        "bibtex": {**{k: v for k, v in _GAINED.items() if k != "publisher"}, **_PAGE,
                   "dates": "when it was published here"},
        "ris": {**{k: v for k, v in _GAINED.items() if k != "publisher"}, **_PAGE,
                "dates": "when it was published here"},
        "csl-json": {**{k: v for k, v in _GAINED.items() if k != "publisher"}, **_PAGE,
                     "dates": "when it was published here"},
    }
)  # fmt: skip

# Kinds whose export is no description of a work, so that it is refused when it comes back.
NO_WORKS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "schema-org": frozenset(
            ("enterprise", "facility", "funding_opportunity", "indicator", "instrument", "project",
             "service", "technology_need", "technology_offer")
        ),
    }
)  # fmt: skip
