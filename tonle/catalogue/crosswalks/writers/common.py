"""Questions that several writers ask of a document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tonle.catalogue.crosswalks.common import Notes
from tonle.catalogue.crosswalks.tonle_record import OWN_FIELDS, cleaned
from tonle.catalogue.crosswalks.unsaid import Note, unsaid
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.rules.citation import Work, work_of
from tonle.kernel import identifiers
from tonle.kernel.codes import is_open, licence_url
from tonle.kernel.text import LanguageMap, choose

Document = Mapping[str, Any]


def own_languages(document: Document) -> list[str]:
    """The languages of the thing itself: machines get its own title before a translation."""
    made = document.get("translations", {})
    stated = list(document.get("languages", ()))
    return stated + [tag for tag in document["titles"] if tag not in made and tag not in stated]


def main_title(document: Document) -> tuple[str, str]:
    """(language, title) in a language of the thing itself."""
    tag, title = choose(document["titles"], own_languages(document))
    return tag, title


def work(document: Document, here: Here) -> Work:
    """The work in its own language, for citations that machines take over."""
    return work_of(
        document,
        languages=own_languages(document),
        pid=here.pid_url,
        kind_label=here.kind_label,
        zone=here.zone,
    )


def abstract(document: Document) -> LanguageMap:
    """The abstract, else the first description, else nothing."""
    described = document.get("descriptions", ())
    found = next((d for d in described if d["type"] == "Abstract"), None)
    text: LanguageMap = (found or next(iter(described), {"text": {}}))["text"]
    return text


def address(identifier: Mapping[str, str], here: Here) -> str:
    """Where an identifier leads: a record here, its resolver, or ""."""
    if identifier["scheme"] == "tonle":
        return here.record_url(identifier["value"])
    found = identifiers.resolver_url(identifier["scheme"], identifier["value"])
    return found if found and found.startswith(("https://", "http://")) else ""


def words(document: Document) -> list[str]:
    """Subjects, each in the thing's own language, without repetition."""
    wanted = own_languages(document)
    found = (choose(s["text"], wanted)[1] for s in document.get("subjects", ()))
    return list(dict.fromkeys(found))


def licence_urls(document: Document) -> list[str]:
    """The addresses of its licences, each once: that of the SPDX code, else the one stated."""
    found = []
    for right in document.get("rights", ()):
        code = right.get("identifier", "")
        where = (licence_url(code) if code else None) or right.get("uri", "")
        if where.startswith(("https://", "http://")):
            found.append(where)
    return list(dict.fromkeys(found))


# Terms of info:eu-repo, and of COAR's vocabulary, for who may have the files.
_TERMS: Final = {
    "open": "info:eu-repo/semantics/openAccess",
    "embargoed": "info:eu-repo/semantics/embargoedAccess",
    "restricted": "info:eu-repo/semantics/restrictedAccess",
}
_STATED = re.compile(r"\w+access\Z|/coar/access_right/", re.IGNORECASE)


def access_term(document: Document) -> str:
    """Who may have the files, in OpenAIRE's term; "" where nothing is known of it.

    A description whose files stay elsewhere, or that has none, is not closed for that: an open
    licence opens what it is given to, and what its home says stands among its rights.
    Source: OpenAIRE Guidelines for Literature Repositories 3.0, Access Level.
    """
    level = document.get("access", {}).get("level", "")
    if level != "metadata_only":
        return _TERMS.get(level, "")
    rights = document.get("rights", ())
    if any(_STATED.search(right.get("uri", "")) for right in rights):
        return ""
    elsewhere = (one["licence"] for one in document.get("distributions", ()) if "licence" in one)
    codes = {right.get("identifier", "") for right in (*rights, *elsewhere)} - {""}
    return _TERMS["open"] if codes and all(map(is_open, codes)) else ""


def beside(document: Document, said: Mapping[str, Any]) -> dict[str, Note]:
    """Notes on what the record is that a text does not say, for `tonle_record.beside`.

    said: what our own reader makes of the text. Mail addresses are in no export, nor are
    addresses of files that are for some people only.
    """
    left = {*OWN_FIELDS, "source"}
    if is_closed(document):
        left.add("distributions")
    whole = {k: v for k, v in document.items() if k not in left and v not in ([], {})}
    return unsaid(said, cleaned(whole, Notes()))


def is_closed(document: Document) -> bool:
    """Whether files that stay elsewhere are for some people only.

    Of a record that is kept elsewhere nothing is decided here (`metadata_only`): its home shows
    their addresses to anybody.
    """
    return document.get("access", {}).get("level") in ("embargoed", "restricted")


def distributions_elsewhere(document: Document) -> list[Mapping[str, Any]]:
    """Files that stay where they are and that anybody may have, with their addresses."""
    if is_closed(document):
        return []
    return [
        one
        for one in document.get("distributions", ())
        if one.get("download_url", "").startswith(("https://", "http://"))
    ]
