"""What a page says can be followed: links, files, commands, options and names are there."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from config.options import BASE_DIR
from tests.repository import files
from tonle.cli import main, registry

# The context that docs/how-to/write-a-context.md makes; it is nobody's.
EXAMPLE = "herbaria"

FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
PLACE = re.compile(r"(?:tonle|config|tests|tools|docs|benchmarks|requirements|bin|\.ci)/[\w./-]*")
MODULE = re.compile(r"[\w/]+\.(?:py|html|css|json|sh)")
COMMAND = re.compile(r"(?:bin/)?tonle +(?:--data +\S+ +)?(?P<words>[a-z][a-z-]*.*)")
OPTION = re.compile(r"\bTONLE_[A-Z_]+\b")
NAME = re.compile(r"_?[a-z]+(?:[_.][a-z_]+)+|[A-Z][a-z]+[A-Z]\w+|[A-Z]+_[A-Z_]+")

PAGES = [file for file in files("*.md") if "var" not in file.parts]
IDS = [file.relative_to(BASE_DIR).as_posix() for file in PAGES]
READMES = [page for page in PAGES if page.name == "README.md" and "tonle" in page.parts]
EXPLANATIONS = [page for page in PAGES if page.parent.name == "explanation"]


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def spans(page: Path) -> Iterator[str]:
    """What stands between single backticks, outside of fenced blocks."""
    return (match[1] for match in SPAN.finditer(FENCE.sub("", text_of(page))))


@cache
def source() -> str:
    """All source of the project, to look names up in."""
    suffixes = {".py", ".html", ".json", ".toml"}
    return "\n".join(
        file.read_text(encoding="utf-8", errors="replace")
        for file in files()
        if file.suffix in suffixes or file.name in {"run", "test", "lint"}
        if file != Path(__file__).resolve()
    )


@cache
def words() -> frozenset[str]:
    """The words of the source."""
    return frozenset(re.findall(r"\w+", source()))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as renderers of Markdown make them."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in HEADING.findall(FENCE.sub("", text_of(page)))
    }


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(FENCE.sub("", text_of(page))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        found = target.exists() and (
            not anchor or target.suffix != ".md" or anchor in anchors(target)
        )
        if not found:
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    missing = [
        span
        for span in spans(page)
        if PLACE.fullmatch(span) and EXAMPLE not in span
        if not (BASE_DIR / span).exists() and not (page.parent / span).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.parent.name)
def test_every_module_that_a_readme_names_is_there(page: Path) -> None:
    known = {file.relative_to(BASE_DIR).as_posix() for file in files()}
    missing = [
        span
        for span in spans(page)
        if MODULE.fullmatch(span) and not span.startswith("/")
        if not (page.parent / span).exists()
        if not any(name == span or name.endswith(f"/{span}") for name in known)
    ]
    # An OCFL object's own files, which only a storage root has.
    assert set(missing) <= {"inventory.json", "record.json", "node.json", "vN/inventory.json"}


@pytest.mark.parametrize("page", EXPLANATIONS, ids=lambda page: page.stem)
def test_every_name_that_an_explanation_uses_is_in_the_source(page: Path) -> None:
    missing = [
        span
        for span in spans(page)
        if NAME.fullmatch(span) and not MODULE.fullmatch(span)
        if not (span in words() or ("." in span and span in source()))
    ]
    assert missing == []


def command_lines(page: Path) -> Iterator[str]:
    """Calls of the tonle command: whole spans, and lines of fenced blocks."""
    lines = [*spans(page)]
    for block in FENCE.findall(text_of(page)):
        lines += [line.split("#")[0].strip() for line in block.splitlines()]
    for line in lines:
        called = re.sub(r"^(?:[A-Z_]+=\S+ )+", "", line)
        match = COMMAND.fullmatch(called)
        if match and "…" not in match["words"].split()[:2]:
            yield match["words"]


def options_of(command: registry.Command) -> set[str]:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return {word for action in parser._actions for word in action.option_strings}


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_command_that_a_page_shows_can_be_called(page: Path) -> None:
    main.discover()
    commands = {command.name: command for command in registry.commands()}
    groups = {name.split()[0] for name in commands if " " in name}
    wrong = []
    for line in command_lines(page):
        words = shlex.split(line.replace("'", ""))
        if words == [words[0]] and words[0] in groups:
            continue
        name = " ".join(words[:2]) if words[0] in groups else words[0]
        given = {word.split("=")[0] for word in words if word.startswith("--")}
        known = commands.get(name)
        if known is None or given - options_of(known):
            wrong.append(line)
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_option_that_a_page_names_is_read_somewhere(page: Path) -> None:
    assert {name for name in OPTION.findall(text_of(page)) if name not in source()} == set()


def test_every_context_says_what_it_is_for() -> None:
    contexts = {file.parent for file in files("*.py") if file.parent.parent == BASE_DIR / "tonle"}
    silent = [context.name for context in contexts if not (context / "README.md").exists()]
    assert [name for name in silent if name != "locale"] == []


@pytest.mark.parametrize(
    ("index", "folder"),
    [("docs/README.md", "docs"), ("docs/decisions/README.md", "docs/decisions")],
)
def test_every_page_can_be_found_from_its_index(index: str, folder: str) -> None:
    start = BASE_DIR / index
    linked = {
        (start.parent / link.split("#")[0]).resolve() for link in LINK.findall(text_of(start))
    }
    pages = {page for page in PAGES if (BASE_DIR / folder) in page.parents} - {start}
    decisions = BASE_DIR / "docs" / "decisions"
    if folder == "docs":
        pages = {page for page in pages if page.parent != decisions} | {decisions / "README.md"}
    assert pages - linked == set()
