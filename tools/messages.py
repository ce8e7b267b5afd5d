"""Messages for people: found in the source, kept in tonle/locale, checked.

    python -m tools.messages update    bring every django.po up to date with the source
    python -m tools.messages check     fail on what is missing, unsure, broken or left over
    python -m tools.messages compile   write the django.mo files
    python -m tools.messages doubtful  list what a native reader should look at first
    python -m tools.messages sample LANGUAGE FILE    write a sample, without its English
    python -m tools.messages compare LANGUAGE FILE   measure what was written back

Django and allauth speak to readers too, and know few of our languages: their
messages that our pages can show are in our catalogues as well, where their own
catalogue of that language has none.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator
from functools import cache
from gettext import GNUTranslations
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from config.options import BASE_DIR
from config.settings import LANGUAGES
from tonle.infra import catalogues
from tools import code_names, doubtful, samples

# gettext's own names, Django's, and ours. Numbers are the places of message arguments.
KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "allow": (1,),
    "deny": (1,),
    "Refusal": (2,),
}
COMMENT_TAGS = ("Translators:",)

# Modules and folders of templates of the framework whose messages our pages can show.
FRAMEWORK_MODULES = (
    "django.contrib.auth.password_validation",
    "django.core.validators",
    "django.forms.fields",
    "django.forms.models",
    "allauth.account.adapter",
    "allauth.account.fields",
    "allauth.account.forms",
    "allauth.core.internal.ratelimit",
)
# None today: every page and letter of allauth that can be reached has a template of ours.
FRAMEWORK_TEMPLATES: tuple[tuple[str, str], ...] = ()
# What those modules also hold, but no page of ours can bring about.
NEVER_SHOWN = re.compile(
    r"phone|[Uu]sername|security key|authenticator|[Ii]nline value|UUID|JSON|duplicate|"
    r"Single Sign-On|sign-in code|Sign-In Code|site_name|is not a valid value"
)
FRAMEWORK_CATALOGUES = (
    ("django", "conf/locale"),
    ("django.contrib.auth", "locale"),
    ("allauth", "locale"),
)

PLACES = re.compile(r"%\([^)]+\)[a-z]|%[a-z%]|\{[^{}]*\}")

# Nine modules in ten say nothing to anybody, and to take one apart costs much more than this.
_CALLED = re.compile(rf"\b(?:{'|'.join(map(re.escape, KEYWORDS))})\s*\(")

Key = str | tuple[str, str]
Found = tuple[str, Key, str | None, str | tuple[str, ...], list[str]]


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{name} is not installed.")
    return Path(spec.origin)


def _extract(file: Path, shown_as: str) -> Iterator[Found]:
    """(where, key, context, message or its plural forms, comments) of one file."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".py" and not _CALLED.search(text):
        return
    if file.suffix != ".py":
        # Django turns a template into gettext calls; its indentation would confuse a tokenizer.
        lines = templatize(text, origin=str(file)).splitlines()
        text = "\n".join(line.strip() for line in lines)
    source = io.BytesIO(text.encode())
    written = _written(text) if file.suffix == ".py" else None
    for _line, message, comments, context in extract(
        "python", source, KEYWORDS, COMMENT_TAGS, {"encoding": "utf-8"}
    ):
        singular = message if isinstance(message, str) else message[0]
        # `gettext(LABELS["access"])` says no message “access”, as the extractor believes.
        if written is not None and singular not in written:
            continue
        key = (singular, context) if context else singular
        yield shown_as, key, context, message, comments


def _written(text: str) -> set[str]:
    """The texts that stand as such where one of the keywords is called in Python."""
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return {
        argument.value
        for call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", "")) in KEYWORDS
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


@cache
def own_messages() -> tuple[Found, ...]:
    """Every message in our own modules and templates, as they are when first asked."""
    return tuple(_own_messages())


def _own_messages() -> Iterator[Found]:
    for folder in (BASE_DIR / "tonle", BASE_DIR / "config"):
        for file in sorted(folder.rglob("*")):
            parts = file.relative_to(BASE_DIR).parts
            is_template = "templates" in parts and file.suffix in {".html", ".txt", ".xml"}
            if (file.suffix == ".py" or is_template) and not {"tests", "migrations"} & set(parts):
                yield from _extract(file, "/".join(parts))


@cache
def framework_messages() -> tuple[Found, ...]:
    """Every message of the framework that our pages can show."""
    return tuple(_framework_messages())


def _framework_messages() -> Iterator[Found]:
    for module in FRAMEWORK_MODULES:
        file = _package(module)
        yield from _extract(file, f"{module.replace('.', '/')}.py")
    for package, folder in FRAMEWORK_TEMPLATES:
        root = _package(package).parent
        for file in sorted((root / folder).glob("*")):
            yield from _extract(file, f"{package}/{folder}/{file.name}")


def _translated_by_framework(language: str) -> set[str]:
    """The messages that the framework's own catalogues have in this language."""
    known: set[str] = set()
    locale = to_locale(language)
    for package, folder in FRAMEWORK_CATALOGUES:
        mo = _package(package).parent / folder / locale / "LC_MESSAGES" / "django.mo"
        if mo.exists():
            with mo.open("rb") as file:
                catalogue = GNUTranslations(file)
            # The catalogue of the standard library has no public way to list its messages.
            pairs = vars(catalogue)["_catalog"].items()
            known |= {key[0] if isinstance(key, tuple) else key for key, value in pairs if value}
    return known


def template(language: str) -> Catalog:
    """What a catalogue of this language has to translate."""
    wanted = Catalog(locale=language.replace("-", "_"))
    given = _translated_by_framework(language)
    ours = own_messages()
    names = {key for _, key, *_ in ours}
    theirs = [
        found
        for found in framework_messages()
        if found[1] not in names
        and (text := found[1] if isinstance(found[1], str) else found[1][0]) not in given
        and not NEVER_SHOWN.search(text)
    ]
    for where, _key, context, message, comments in (*ours, *theirs):
        wanted.add(message, None, [(where, 1)], auto_comments=comments, context=context)
    return wanted


def hidden(source: str) -> list[tuple[int, str]]:
    """Lines of a module whose messages no catalogue gets, and why.

    What is extracted are calls by the names of KEYWORDS. A call by another name, and one within
    an f-string before Python 3.12, are passed over in silence.
    """
    found: list[tuple[int, str]] = []
    if "django.utils.translation" not in source and not _CALLED.search(source):
        return found
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for name in node.names:
                called = name.asname or name.name
                if name.name in KEYWORDS and called not in KEYWORDS:
                    found.append((node.lineno, f"{name.name} is called {called}"))
        elif isinstance(node, ast.JoinedStr):
            found += [
                (call.lineno, "a message within an f-string")
                for call in ast.walk(node)
                if isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in KEYWORDS
                and call.args
                and isinstance(call.args[0], ast.Constant)
            ]
    return found


def path(language: str) -> Path:
    return catalogues.LOCALE / to_locale(language) / "LC_MESSAGES" / "django.po"


def languages() -> list[str]:
    """The languages whose catalogue must be whole: all of the interface but the source's own."""
    return [code for code, _ in LANGUAGES if code != "en"]


def catalogued() -> list[str]:
    """Every language that has a catalogue, switched on or still being made."""
    kept = {po.parent.parent.name for po in catalogues.LOCALE.glob("*/LC_MESSAGES/django.po")}
    return sorted({*languages(), *(name.lower().replace("_", "-") for name in kept)})


def read(language: str) -> Catalog:
    if not path(language).exists():
        return Catalog(
            locale=language.replace("-", "_"),
            project="Tonle",
            version="0",
            header_comment=f"# Messages of Tonle in {language}. Translated by machine.",
            last_translator="",
            language_team="",
            msgid_bugs_address="",
            fuzzy=False,
        )
    with path(language).open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"))


def update(language: str) -> None:
    """Bring the catalogue up to date; translations stay, messages no longer used go."""
    catalogue = read(language)
    created = catalogue.creation_date
    # No guessing: a translation of a similar sentence is worse than none.
    catalogue.update(template(language), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    # The date of extraction would change with every run and say nothing.
    catalogue.creation_date = created
    path(language).parent.mkdir(parents=True, exist_ok=True)
    target = io.BytesIO()
    write_po(target, catalogue, width=100, sort_by_file=True, include_lineno=False)
    path(language).write_bytes(target.getvalue())


def strings(value: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """The one text, or the text of each plural form."""
    return [value or ""] if isinstance(value, str | None) else list(value)


def _places(text: str) -> set[str]:
    return {place for place in PLACES.findall(text) if place != "%%"}


def broken_places(message: Message) -> bool:
    """Whether the translation has other places than the message.

    A plural form may leave out the number, as `one day` does.
    """
    source = [_places(text) for text in strings(message.id)]
    everything = set().union(*source)
    always = set.intersection(*source)
    return any(
        not always <= _places(text) <= everything for text in strings(message.string) if text
    )


def problems(language: str) -> list[str]:
    """What is wrong with the catalogue, one sentence each; empty where all is well."""
    catalogue, wanted = read(language), template(language)
    found = []
    for message in wanted:
        if not message.id:
            continue
        ours = catalogue.get(message.id, context=message.context)
        if ours is None or not all(strings(ours.string)):
            found.append(f"{language}: no translation of {message.id!r}")
        elif ours.fuzzy:
            found.append(f"{language}: unsure (fuzzy) translation of {message.id!r}")
        elif broken_places(ours):
            found.append(f"{language}: other places than in {message.id!r}: {ours.string!r}")
    found.extend(
        f"{language}: no longer used: {message.id!r}"
        for message in catalogue
        if message.id and wanted.get(message.id, context=message.context) is None
    )
    return found


def _print_doubts(language: str) -> None:
    """A table in Markdown, to be sent to somebody who reads the language as their own."""
    pairs = [
        (strings(message.id)[-1], text)
        for message in read(language)
        if message.id
        for text in strings(message.string)
    ]
    found = doubtful.doubts(pairs, doubtful.glossary(language))
    print(f"\n## {language}: {len(found)} of {len(pairs)} to look at\n")
    print("| English | Translation | Why |\n|---|---|---|")
    for doubt in found:
        cells = (doubt.message, doubt.translation, doubt.why)
        print("|", " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells), "|")


_ACTIONS = ("update", "check", "compile", "doubtful", "sample", "compare")


def _said(catalogue: Catalog) -> list[samples.Said]:
    return [
        samples.Said(
            message.context or "",
            strings(message.id)[-1],
            strings(message.string)[-1],
            tuple(place for place, _line in message.locations),
        )
        for message in catalogue
        if message.id
    ]


def _sample(language: str, file: Path) -> None:
    """Write a sample, those messages first that are new since the last recorded check."""
    old = samples.at(samples.last_check(), str(path(language).relative_to(BASE_DIR)))
    known = _said(read_po(io.BytesIO(old), locale=language.replace("-", "_"))) if old else []
    before = frozenset((one.english, one.translation) for one in known)
    sample = samples.draw(language, _said(read(language)), before)
    file.write_text(samples.written(language, sample), encoding="utf-8")
    print(f"{len(sample)} messages are in {file}.")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.messages",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", choices=_ACTIONS)
    parser.add_argument("language", nargs="?", choices=catalogued())
    parser.add_argument("file", nargs="?", type=Path)
    given = parser.parse_args(arguments)
    action = given.action
    if action in {"sample", "compare"}:
        if given.file is None:
            parser.error(f"{action} needs a language and a file")
        if action == "sample":
            _sample(given.language, given.file)
        else:
            back = samples.read(given.file.read_text(encoding="utf-8"))
            print(
                samples.report(given.language, samples.compare(_said(read(given.language)), back))
            )
        return 0
    found: list[str] = []
    for language in languages() if action == "check" else catalogued():
        if action == "update":
            update(language)
            code_names.update(language)
        elif action == "doubtful":
            _print_doubts(language)
        elif action == "check":
            found += problems(language) + code_names.problems(language)
        else:
            catalogues.compile_catalogue(path(language))
    for sentence in found:
        print(sentence)
    if action == "update":
        for language in catalogued():
            missing = sum(not all(strings(m.string)) for m in read(language) if m.id)
            print(f"{language}: {len(read(language))} messages, {missing} to translate")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
