"""A PDF of shaped text, lines and rectangles: what a certificate needs, and no more.

Fonts are embedded as subsets, their glyphs addressed by number; each run carries the text it
stands for, so that it can be searched, read aloud and copied in every script.
Source: ISO 32000-1 (PDF 1.7), sections 7.3 to 7.5, 9.6 to 9.10, 14.9.4.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime

import uharfbuzz as hb

from tonle.catalogue.certificates.fonts import Font
from tonle.catalogue.certificates.typesetting import Line, Run

Colour = tuple[float, float, float]
A4 = (595.28, 841.89)  # points


class Page:
    """One page; y counts from the top, as one reads."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self.drawn: list[str] = []
        self.links: list[tuple[float, float, float, float, str]] = []

    def text(self, line: Line, x: float, y: float, colour: Colour = (0.13, 0.16, 0.16)) -> None:
        """A line whose base line begins at (x, y)."""
        self.drawn.append(f"{_colour(colour)} rg")
        for run in line.runs:
            self._run(run, x, self._pdf.height - y)
            x += run.width

    def _run(self, run: Run, x: float, y: float) -> None:
        name, used = self._pdf.use(run.font)
        text = "".join(glyph.text for glyph in run.glyphs)
        actual = text.encode("utf-16-be").hex().upper()
        self.drawn.append(f"/Span <</ActualText <FEFF{actual}>>> BDC")
        self.drawn.append(f"BT /{name} {_number(run.size)} Tf")
        pending: list[str] = []
        # Where the next glyph stands by itself; far away at first, so that the first is placed.
        expected = (-1e9, 0.0)
        per_unit = run.size / run.font.face.upem
        for glyph in run.glyphs:
            used.setdefault(glyph.id, glyph.text)
            where = (round(x + glyph.x, 2), round(y + glyph.y, 2))
            follows = abs(where[0] - expected[0]) < 0.02 and where[1] == expected[1]
            if not follows:
                if pending:
                    self.drawn.append(f"<{''.join(pending)}> Tj")
                    pending = []
                self.drawn.append(f"1 0 0 1 {_number(where[0])} {_number(where[1])} Tm")
                expected = (x + glyph.x, where[1])
            pending.append(f"{glyph.id:04X}")
            advance = run.font.font.get_glyph_h_advance(glyph.id) * per_unit
            expected = (expected[0] + advance, where[1])
        if pending:
            self.drawn.append(f"<{''.join(pending)}> Tj")
        self.drawn.append("ET EMC")

    def rectangle(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle with its upper left corner at (x, y)."""
        low = self._pdf.height - y - height
        numbers = " ".join(_number(value) for value in (x, low, width, height))
        self.drawn.append(f"{_colour(colour)} rg {numbers} re f")

    def squares(self, corners: list[tuple[float, float]], side: float, colour: Colour) -> None:
        """Many squares in one go, as a QR code has them."""
        self.drawn.append(f"{_colour(colour)} rg")
        for x, y in corners:
            low = self._pdf.height - y - side
            self.drawn.append(f"{_number(x)} {_number(low)} {_number(side)} {_number(side)} re")
        self.drawn.append("f")

    def curve(self, path: str, width: float, colour: Colour) -> None:
        """A stroked path in PDF's own operators, y from the bottom."""
        self.drawn.append(f"{_colour(colour)} RG {_number(width)} w {path} S")

    def link(self, x: float, y: float, width: float, height: float, address: str) -> None:
        """A place that leads to an address."""
        self.links.append(
            (x, self._pdf.height - y - height, x + width, self._pdf.height - y, address)
        )


class Pdf:
    """A document. Nothing in it depends on when it is written: the same input, the same bytes."""

    def __init__(self, *, title: str, language: str, author: str, at: datetime) -> None:
        self.width, self.height = A4
        self._info = (title, author, at)
        self._language = language
        self._fonts: dict[int, tuple[str, Font, dict[int, str]]] = {}
        self._objects: list[bytes] = []
        self.pages: list[Page] = []

    def new_page(self) -> Page:
        page = Page(self)
        self.pages.append(page)
        return page

    def use(self, font: Font) -> tuple[str, dict[int, str]]:
        """The name of a font in this document, and the glyphs of it that are used."""
        if id(font) not in self._fonts:
            self._fonts[id(font)] = (f"F{len(self._fonts) + 1}", font, {})
        name, _font, used = self._fonts[id(font)]
        return name, used

    def write(self) -> bytes:
        """The file."""
        self._objects = []
        catalog, tree = self._reserve(), self._reserve()
        fonts = {name: self._font(font, used) for name, font, used in self._fonts.values()}
        resources = "<</Font <<" + " ".join(f"/{n} {o} 0 R" for n, o in fonts.items()) + ">>>>"
        pages = [self._page(page, tree, resources) for page in self.pages]
        kids = " ".join(f"{number} 0 R" for number in pages)
        self._put(tree, f"<</Type /Pages /Kids [{kids}] /Count {len(pages)}>>".encode())
        self._put(
            catalog,
            f"<</Type /Catalog /Pages {tree} 0 R /Lang {_text(self._language)} "
            f"/ViewerPreferences <</DisplayDocTitle true>>>>".encode("latin-1"),
        )
        title, author, at = self._info
        stamp = at.strftime("D:%Y%m%d%H%M%SZ")
        info = self._add(
            f"<</Title {_text(title)} /Author {_text(author)} /Producer (Tonle) "
            f"/CreationDate ({stamp}) /ModDate ({stamp})>>".encode("latin-1")
        )
        return self._file(catalog, info)

    # --- objects -----------------------------------------------------------------------------

    def _reserve(self) -> int:
        self._objects.append(b"")
        return len(self._objects)

    def _put(self, number: int, body: bytes) -> None:
        self._objects[number - 1] = body

    def _add(self, body: bytes) -> int:
        self._objects.append(body)
        return len(self._objects)

    def _stream(self, data: bytes, **entries: object) -> int:
        packed = zlib.compress(data, 9)
        extra = "".join(f" /{name} {value}" for name, value in entries.items())
        head = f"<</Length {len(packed)} /Filter /FlateDecode{extra}>>\nstream\n"
        return self._add(head.encode() + packed + b"\nendstream")

    def _page(self, page: Page, tree: int, resources: str) -> int:
        content = self._stream("\n".join(page.drawn).encode("latin-1"))
        links = []
        for left, low, right, high, address in page.links:
            box = " ".join(_number(value) for value in (left, low, right, high))
            links.append(
                self._add(
                    f"<</Type /Annot /Subtype /Link /Rect [{box}] /Border [0 0 0] "
                    f"/A <</S /URI /URI {_bytes(address)}>>>>".encode("latin-1")
                )
            )
        notes = " ".join(f"{number} 0 R" for number in links)
        return self._add(
            f"<</Type /Page /Parent {tree} 0 R /MediaBox [0 0 {self.width} {self.height}] "
            f"/Resources {resources} /Contents {content} 0 R /Annots [{notes}]>>".encode()
        )

    def _font(self, font: Font, used: Mapping[int, str]) -> int:
        name = f"TONLE{chr(65 + len(self._objects) % 26)}+{_ascii(font.path.stem)}"
        data = _subset(font, used)
        if font.is_cff:
            file = self._stream(data, Subtype="/OpenType")
            entry, kind = f"/FontFile3 {file} 0 R", "CIDFontType0"
        else:
            file = self._stream(data, Length1=len(data))
            entry, kind = f"/FontFile2 {file} 0 R", "CIDFontType2 /CIDToGIDMap /Identity"
        descriptor = self._add(
            f"<</Type /FontDescriptor /FontName /{name} /Flags 4 "
            f"/FontBBox [-1000 {font.descent} 3000 {font.ascent}] /ItalicAngle 0 "
            f"/Ascent {font.ascent} /Descent {font.descent} /CapHeight 714 /StemV 80 "
            f"{entry}>>".encode()
        )
        widths = " ".join(
            f"{glyph} [{_number(font.font.get_glyph_h_advance(glyph) * font.per_thousand)}]"
            for glyph in sorted(used)
        )
        descendant = self._add(
            f"<</Type /Font /Subtype /{kind} /BaseFont /{name} /CIDSystemInfo "
            f"<</Registry (Adobe) /Ordering (Identity) /Supplement 0>> "
            f"/FontDescriptor {descriptor} 0 R /DW 0 /W [{widths}]>>".encode()
        )
        mapping = self._stream(_to_unicode(used))
        return self._add(
            f"<</Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
            f"/DescendantFonts [{descendant} 0 R] /ToUnicode {mapping} 0 R>>".encode()
        )

    def _file(self, catalog: int, info: int) -> bytes:
        made = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for number, body in enumerate(self._objects, start=1):
            places.append(len(made))
            made += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        table = len(made)
        made += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
        made += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
        made += (
            f"trailer\n<</Size {len(places) + 1} /Root {catalog} 0 R /Info {info} 0 R>>\n"
            f"startxref\n{table}\n%%EOF\n"
        ).encode()
        return bytes(made)


def _subset(font: Font, used: Mapping[int, str]) -> bytes:
    """The font with the used glyphs alone, under their old numbers."""
    wanted = hb.SubsetInput()
    wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update({0, *used})
    wanted.flags = (
        hb.SubsetFlags.RETAIN_GIDS
        | hb.SubsetFlags.NO_HINTING
        | hb.SubsetFlags.NOTDEF_OUTLINE
        | hb.SubsetFlags.NO_LAYOUT_CLOSURE
        | hb.SubsetFlags.CFF_IDENTITY_CHARSET
    )
    # The text is shaped already: a reader needs outlines and measures only.
    wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(
        int.from_bytes(tag.encode(), "big") for tag in ("GSUB", "GPOS", "GDEF", "BASE", "STAT")
    )
    made = hb.subset(font.face, wanted)
    return bytes(made.blob.data)


def _to_unicode(used: Mapping[int, str]) -> bytes:
    known = [(glyph, text) for glyph, text in sorted(used.items()) if text]
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    # At most a hundred in a block (Adobe technical note 5014).
    for start in range(0, len(known), 100):
        block = known[start : start + 100]
        lines.append(f"{len(block)} beginbfchar")
        lines += [f"<{g:04X}> <{t.encode('utf-16-be').hex().upper()}>" for g, t in block]
        lines.append("endbfchar")
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode()


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") or "0"


def _colour(colour: Colour) -> str:
    return " ".join(_number(part) for part in colour)


def _text(text: str) -> str:
    """A text string in UTF-16, which needs no escapes."""
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def _bytes(text: str) -> str:
    return f"<{text.encode().hex().upper()}>"


def _ascii(name: str) -> str:
    return "".join(c for c in name if c.isascii() and (c.isalnum() or c == "-"))[:60] or "Font"
