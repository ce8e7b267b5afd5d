"""The files in which a published text can be had: pure, and the same bytes each time.

One in canonical form, which is what the parties signed and whose SHA-256 names it; and for each
language one to read in a browser and one as plain text. Nothing of ours stands in them: no word
that would have to be in a language, no day, no state, which may change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any
from unicodedata import category

from tonle.agreements.rules import texts
from tonle.kernel import canonical
from tonle.kernel.text import choose

Document = Mapping[str, Any]
File = tuple[str, str, bytes]
"""Name, media type, bytes."""
_LONGEST_NAME = 100

_STYLE = (
    "body{max-width:42rem;margin:2rem auto;padding:0 1rem;line-height:1.7;"
    "font-family:system-ui,'Noto Sans','Noto Sans Khmer','Noto Sans Lao','Noto Sans Thai',"
    "'Noto Sans Myanmar','Noto Sans SC',sans-serif}"
    "p{white-space:pre-line}footer{margin-top:3rem;font-size:.8rem;overflow-wrap:anywhere}"
)


def files_of(text: Document) -> Iterator[File]:
    """The files of one version, in the order in which a reader wants them."""
    number = text["version"]
    for language in text["texts"]:
        yield f"text-{number}.{language}.html", "text/html", page(text, language).encode()
    for language in text["texts"]:
        yield f"text-{number}.{language}.txt", "text/plain", texts.plain(text, language).encode()
    yield f"text-{number}.json", "application/json", canonical.dumps(text)


def annex_name(version: int, name: str, data: bytes) -> str:
    """The name of an annex among the files of a record; by its digest where its own may not be
    that of a file on every disk."""
    if not _fits(name):
        name = hashlib.sha256(data).hexdigest()[:32]
    return f"annexes-{version}/{name}"


def _fits(name: str) -> bool:
    """Letters, marks and digits of any script, and few signs: no path, nothing hidden."""
    return (
        len(name) <= _LONGEST_NAME
        and name[:1] not in ("", " ", ".")
        and name[-1] not in " ."
        and all(category(letter)[0] in "LMN" or letter in " ()-_." for letter in name)
    )


def page(text: Document, language: str) -> str:
    """The text in one language as a page that stands alone. Every text of it is escaped."""
    title_language, title = choose(text["title"], language)
    articles = "\n".join(
        _article(number, article)
        for number, article in enumerate(text["texts"][language]["articles"], 1)
    )
    parties = "\n".join(f"<li>{_said(party['name'], language)}</li>" for party in text["parties"])
    areas = "".join(f"<li>{_said(one['name'], language)}</li>" for one in text.get("key_areas", ()))
    annexes = "".join(
        f"<li>{escape(one['name'])} <code>{escape(one['sha256'])}</code></li>"
        for one in text.get("annexes", ())
    )
    return (
        "<!DOCTYPE html>\n"
        f'<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<h1 lang="{escape(title_language)}">{escape(title)}</h1>\n'
        f"<ul>\n{parties}\n</ul>\n{articles}\n"
        + _listed(areas)
        + _listed(annexes)
        + f"<footer><code>{escape(text['agreement'])} · {text['version']} · SHA-256 "
        f"{texts.digest(text)}</code></footer>\n</body>\n</html>\n"
    )


def _article(number: int, article: Document) -> str:
    heading = f" {escape(article['heading'])}" if article.get("heading") else ""
    paragraphs: Sequence[str] = [p for p in article["text"].split("\n\n") if p.strip()]
    said = "\n".join(f"<p>{escape(p.strip())}</p>" for p in paragraphs)
    return f"<h2>{number}.{heading}</h2>\n{said}"


def _said(names: Mapping[str, str], language: str) -> str:
    tag, name = choose(names, language)
    return f'<span lang="{escape(tag)}">{escape(name)}</span>'


def _listed(items: str) -> str:
    return f"<ul>{items}</ul>\n" if items else ""
