"""Word, PowerPoint and OpenDocument: how their text begins, run by run in its font."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from lxml import etree

from tonle.explore.rules.letters import Runs
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.parts import BROKEN, Refused, opened, root, walk
from tonle.explore.rules.preview import Preview
from tonle.kernel.legacy import font_of

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_OTHERS = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_MOST_SLIDES = 60
# Styles that are based on one another in a ring end here.
_DEEPEST = 20


def look(path: Path, limits: Limits) -> Preview:
    """How its text begins. Nothing in it is run, and nothing that it points to is fetched."""
    found = Preview("document")
    runs = Runs()
    whole = False
    try:
        with opened(path) as archive:
            whole = _reader(archive)(archive, runs, limits)
    except Refused as refusal:
        found.note(refusal.code)
    except BROKEN:
        found.note("broken")
    runs.into(found, whole=whole)
    if not (found.text or found.notes):
        found.note("empty")
    return found


_Reader = Callable[[zipfile.ZipFile, Runs, Limits], bool]


def _reader(archive: zipfile.ZipFile) -> _Reader:
    names = archive.NameToInfo
    if "word/document.xml" in names:
        return _word
    if "ppt/presentation.xml" in names:
        return _slides
    if "content.xml" in names:
        return _open_document
    raise Refused("broken")


# --- Word -----------------------------------------------------------------------------------


class _Fonts:
    """The font of a run by its own properties, its style, its paragraph's style, and defaults."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._themes = _theme(archive, "word/theme/theme1.xml")
        self._styles: dict[str, tuple[str, str]] = {}
        self._default = ""
        styles = root(archive, "word/styles.xml")
        if styles is None:
            return
        self._default = self._named(styles.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr"))
        for style in styles.iter(f"{_W}style"):
            font = self._named(style.find(f"{_W}rPr"))
            based = _value(style.find(f"{_W}basedOn"))
            self._styles[style.get(f"{_W}styleId", "")] = (font, based)
            if style.get(f"{_W}type") == "paragraph" and style.get(f"{_W}default") in {"1", "true"}:
                self._default = font or self._default

    def of(self, run: etree._Element, paragraph: str) -> str:
        own = run.find(f"{_W}rPr")
        if own is None:
            return self._of_style(paragraph) or self._default
        return (
            self._named(own)
            or self._of_style(_value(own.find(f"{_W}rStyle")))
            or self._of_style(paragraph)
            or self._default
        )

    def _of_style(self, name: str) -> str:
        for _ in range(_DEEPEST):
            font, name = self._styles.get(name, ("", ""))
            if font:
                return font
        return ""

    def _named(self, properties: etree._Element | None) -> str:
        fonts = None if properties is None else properties.find(f"{_W}rFonts")
        if fonts is None:
            return ""
        names = [fonts.get(f"{_W}{one}", "") for one in ("ascii", "hAnsi", "cs")]
        themes = [fonts.get(f"{_W}{one}", "") for one in ("asciiTheme", "hAnsiTheme")]
        names = [*(self._themes.get(one[:5], one) for one in themes if one), *filter(None, names)]
        return next((name for name in names if font_of(name)), names[0] if names else "")


def _value(element: etree._Element | None) -> str:
    return "" if element is None else element.get(f"{_W}val", "")


def _theme(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """The fonts of a theme: those called `major…` and `minor…`."""
    theme = root(archive, name)
    found: dict[str, str] = {}
    if theme is not None:
        for which in ("major", "minor"):
            latin = next(theme.iter(f"{_A}{which}Font"), None)
            latin = None if latin is None else latin.find(f"{_A}latin")
            if latin is not None:
                found[which] = latin.get("typeface", "")
    return found


_BREAKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def _word(archive: zipfile.ZipFile, runs: Runs, limits: Limits) -> bool:
    fonts = _Fonts(archive)
    for paragraph in walk(archive, "word/document.xml", f"{_W}p"):
        if next(paragraph.iterancestors(_OTHERS), None) is not None:
            # The same once more, for programs that do not understand the first.
            continue
        style = _value(paragraph.find(f"{_W}pPr/{_W}pStyle"))
        for run in paragraph.iter(f"{_W}r"):
            font = fonts.of(run, style)
            for part in run:
                _of_run(part, font, runs)
        runs.end_line()
        if runs.full or not limits.go_on():
            return False
    return True


def _of_run(part: etree._Element, font: str, runs: Runs) -> None:
    if part.tag == f"{_W}t":
        runs.put(part.text, font)
    elif part.tag in _BREAKS:
        runs.put(_BREAKS[part.tag], font)
    elif part.tag == f"{_W}softHyphen":
        # In a font of Lao it is the letter NO.
        runs.put("\xad" if font_of(font) else "", font)
    elif part.tag == f"{_W}sym":
        code = part.get(f"{_W}char", "")
        if re.fullmatch("[0-9A-Fa-f]{4}", code):
            runs.put(chr(int(code, 16)), part.get(f"{_W}font", ""))


# --- PowerPoint -----------------------------------------------------------------------------


def _slides(archive: zipfile.ZipFile, runs: Runs, limits: Limits) -> bool:
    themes = _theme(archive, "ppt/theme/theme1.xml")
    names = {"+mj": themes.get("major", ""), "+mn": themes.get("minor", "")}
    slides = [
        (int(match[1]), name)
        for name in archive.NameToInfo
        if (match := re.fullmatch(r"ppt/slides/slide(\d{1,5})\.xml", name))
    ]
    for _, slide in sorted(slides)[:_MOST_SLIDES]:
        for paragraph in walk(archive, slide, f"{_A}p"):
            for part in paragraph:
                if part.tag == f"{_A}br":
                    runs.put("\n")
                elif part.tag in {f"{_A}r", f"{_A}fld"}:
                    latin = part.find(f"{_A}rPr/{_A}latin")
                    face = "+mn" if latin is None else latin.get("typeface", "")
                    runs.put(part.findtext(f"{_A}t"), names.get(face[:3], face))
            runs.end_line()
            if runs.full or not limits.go_on():
                return False
        runs.end_line()
    return len(slides) <= _MOST_SLIDES


# --- OpenDocument ---------------------------------------------------------------------------


class _Named:
    """Fonts of OpenDocument styles, which come before the text that has them."""

    def __init__(self) -> None:
        self._faces: dict[str, str] = {}
        self._styles: dict[str, tuple[str, str]] = {}
        self.default = ""

    def learn(self, element: etree._Element) -> None:
        if element.tag == f"{_STYLE}font-face":
            family = element.get(f"{_SVG}font-family", "").split(",")[0].strip("'\" ")
            self._faces[element.get(f"{_STYLE}name", "")] = family
            return
        properties = element.find(f"{_STYLE}text-properties")
        font = ""
        if properties is not None:
            face = properties.get(f"{_STYLE}font-name", "")
            font = self._faces.get(face, face)
            font = font or properties.get(f"{_FO}font-family", "").split(",")[0].strip("'\" ")
        if element.tag == f"{_STYLE}default-style":
            if element.get(f"{_STYLE}family") == "paragraph":
                self.default = font
            return
        parent = element.get(f"{_STYLE}parent-style-name", "")
        self._styles[element.get(f"{_STYLE}name", "")] = (font, parent)

    def of(self, name: str | None) -> str:
        for _ in range(_DEEPEST):
            font, name = self._styles.get(name or "", ("", ""))
            if font:
                return font
        return ""


_LEARNT = (f"{_STYLE}font-face", f"{_STYLE}default-style", f"{_STYLE}style")
_LINES = (f"{_TEXT}p", f"{_TEXT}h")


def _open_document(archive: zipfile.ZipFile, runs: Runs, limits: Limits) -> bool:
    named = _Named()
    if "styles.xml" in archive.NameToInfo:
        for element in walk(archive, "styles.xml", *_LEARNT):
            named.learn(element)
    for element in walk(archive, "content.xml", *_LEARNT, *_LINES):
        if element.tag in _LEARNT:
            named.learn(element)
            continue
        _of_line(element, named, named.of(element.get(f"{_TEXT}style-name")) or named.default, runs)
        runs.end_line()
        if runs.full or not limits.go_on():
            return False
    return True


_SIGNS: Mapping[str, str] = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}


def _of_line(element: etree._Element, named: _Named, font: str, runs: Runs) -> None:
    """Text of an element and what is in it. The parser lets nothing be nested too deeply."""
    runs.put(element.text, font)
    for part in element:
        if part.tag in _SIGNS:
            runs.put(_SIGNS[part.tag], font)
        elif part.tag == f"{_TEXT}s":
            count = part.get(f"{_TEXT}c", "1")
            runs.put(
                " " * min(int(count), 100) if count.isascii() and count.isdigit() else " ", font
            )
        elif part.tag != f"{_TEXT}note":
            _of_line(part, named, named.of(part.get(f"{_TEXT}style-name")) or font, runs)
        runs.put(part.tail, font)
