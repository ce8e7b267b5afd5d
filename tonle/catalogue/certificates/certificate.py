"""The page of a certificate: what is certified, laid out in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import segno

from tonle.catalogue.certificates.pdf import A4, Colour, Page, Pdf
from tonle.catalogue.certificates.typesetting import Line, Typesetter, height_of

INK: Colour = (0.13, 0.16, 0.16)
MUTED: Colour = (0.35, 0.38, 0.37)
TEAL: Colour = (0.04, 0.34, 0.38)
OCHRE: Colour = (0.52, 0.33, 0.03)
HAIR: Colour = (0.87, 0.84, 0.77)
MARGIN = 56.0
WIDTH = A4[0] - 2 * MARGIN
LABELS = 120.0
# The lowest base line; below it stands the foot.
BOTTOM = A4[1] - 92.0
QR_SIDE = 92.0


@dataclass(frozen=True)
class Words:
    """Everything a certificate says, in the reader's language.

    facts: (label, lines); titles: the title first in the reader's language, then in others.
    files: (name, "size, SHA-256"). language: BCP 47, of the labels. no_font: what stands in the
    place of words in letters without a font; more_titles: what says that some were left out.
    """

    language: str
    node: str
    heading: str
    sentence: str
    titles: tuple[str, ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    files_label: str
    files: tuple[tuple[str, str], ...]
    files_left_out: str
    no_font: str
    more_titles: str
    check_label: str
    check_sentence: str
    address: str
    code: str
    author: str
    at: datetime
    page_of: str = field(default="%(page)s / %(pages)s")


def make(words: Words, *, fonts: str = "") -> bytes:
    """The certificate as PDF. fonts: a folder with more fonts, or "".

    A box instead of a letter certifies nothing: words in letters without a font are left to the
    record's page, and the sheet says so. What it certifies is told by digest and code.
    Raises NoFont where its own labels cannot be set.
    """
    typesetter = Typesetter(fonts)
    return _Sheet(printable(words, typesetter), typesetter, title=words.titles[0]).made()


def printable(words: Words, typesetter: Typesetter) -> Words:
    """What can be set of it, with a sentence in the place of the rest."""

    def said(text: str) -> str:
        return text if typesetter.can_set(text) else words.no_font

    titles = tuple(title for title in words.titles if typesetter.can_set(title))
    if not titles:
        titles = (words.no_font,)
    elif len(titles) < len(words.titles):
        titles = (*titles, words.more_titles)
    return replace(
        words,
        node=said(words.node),
        sentence=said(words.sentence),
        titles=titles,
        facts=tuple((label, tuple(map(said, lines))) for label, lines in words.facts),
        files=tuple((said(name), detail) for name, detail in words.files),
    )


class _Sheet:
    def __init__(self, words: Words, typesetter: Typesetter, *, title: str) -> None:
        self.words = words
        self.set = typesetter
        self.pdf = Pdf(
            title=f"{words.heading}: {title}",
            language=words.language,
            author=words.author,
            at=words.at,
        )
        self.page: Page = self.pdf.new_page()
        self.y = 0.0

    def made(self) -> bytes:
        words = self.words
        self._head()
        self._block(words.sentence, 10.5, INK, gap=14)
        self._block(words.titles[0], 19, INK, gap=3)
        for title in words.titles[1:]:
            self._block(title, 11, MUTED, gap=2)
        self.y += 10
        for label, lines in words.facts:
            self._fact(label, lines)
        if words.files:
            self._files()
        self._check()
        self._feet()
        return self.pdf.write()

    def _head(self) -> None:
        self.y = 48.0
        self._put(self.set.line(self.words.node, 12), MARGIN, self.y, TEAL)
        self.y += 28
        # The river of the pages: one stream, and the water that runs the other way.
        top = A4[1] - self.y
        right = A4[0] - MARGIN
        third = (right - MARGIN) / 3
        self.page.curve(
            f"{MARGIN} {top:.1f} m {MARGIN + third:.1f} {top + 11:.1f} "
            f"{right - third:.1f} {top - 11:.1f} {right:.1f} {top:.1f} c",
            1.6,
            TEAL,
        )
        self.page.curve(
            f"{MARGIN} {top + 3:.1f} m {MARGIN + third:.1f} {top - 7:.1f} "
            f"{right - third:.1f} {top + 9:.1f} {right:.1f} {top - 2:.1f} c",
            0.6,
            HAIR,
        )
        self.y += 18
        self._block(self.words.heading, 25, INK, gap=8)

    def _block(self, text: str, size: float, colour: Colour, gap: float) -> None:
        """Text over the whole width."""
        for line in self.set.lines(text, size, WIDTH, self.words.language):
            self._need(line.height)
            self._put(line, MARGIN, self.y, colour)
            self.y += line.height
        self.y += gap

    def _fact(self, label: str, texts: Iterable[str]) -> None:
        """A label on the left, its lines on the right, a hair line above."""
        labels = self.set.lines(label, 9, LABELS - 12, self.words.language)
        lines = [
            line
            for text in texts
            for line in self.set.lines(text, 10, WIDTH - LABELS, self.words.language)
        ]
        self._need(min(height_of(lines) + 8, 200))
        self.page.rectangle(MARGIN, self.y, WIDTH, 0.5, HAIR)
        self.y += 5
        top = self.y
        for line in labels:
            self._put(line, MARGIN, self.y, MUTED)
            self.y += line.height
        below_labels, self.y = self.y, top
        for line in lines:
            self._need(line.height)
            self._put(line, MARGIN + LABELS, self.y, INK)
            self.y += line.height
        # On a new page the labels are left behind.
        self.y = (max(self.y, below_labels) if self.y >= top else self.y) + 5

    def _files(self) -> None:
        words = self.words
        self._need(60)
        self.page.rectangle(MARGIN, self.y, WIDTH, 0.5, HAIR)
        self.y += 5
        self._put(self.set.line(words.files_label, 9), MARGIN, self.y, MUTED)
        for name, detail in words.files:
            lines = self.set.lines(name, 10, WIDTH - LABELS, words.language)
            details = self.set.lines(detail, 7.2, WIDTH - LABELS, words.language)
            self._need(height_of(lines) + height_of(details))
            for line, colour in [(li, INK) for li in lines] + [(li, MUTED) for li in details]:
                self._put(line, MARGIN + LABELS, self.y, colour)
                self.y += line.height
            self.y += 2
        if words.files_left_out:
            self._put(self.set.line(words.files_left_out, 9), MARGIN + LABELS, self.y, MUTED)
            self.y += 14
        self.y += 4

    def _check(self) -> None:
        """The QR code, and beside it the same address to read and type."""
        words = self.words
        self._need(QR_SIDE + 26)
        self.page.rectangle(MARGIN, self.y, WIDTH, 0.5, HAIR)
        self.y += 14
        code = segno.make_qr(words.address, error="m")
        matrix = [list(row) for row in code.matrix]
        side = QR_SIDE / len(matrix)
        self.page.squares(
            [
                (MARGIN + column * side, self.y + row * side)
                for row, cells in enumerate(matrix)
                for column, dark in enumerate(cells)
                if dark
            ],
            # A hair wider than the grid, so that viewers draw no seams.
            side + 0.05,
            INK,
        )
        self.page.link(MARGIN, self.y, QR_SIDE, QR_SIDE, words.address)
        x, wide = MARGIN + LABELS, WIDTH - LABELS
        for text, size, colour in (
            (words.check_label, 11, OCHRE),
            (words.check_sentence, 9.5, INK),
            (words.address, 9, TEAL),
            (words.code, 10, INK),
        ):
            for line in self.set.lines(text, size, wide, words.language):
                self._put(line, x, self.y, colour)
                if text == words.address:
                    self.page.link(x, self.y, line.width, line.height, words.address)
                self.y += line.height
            self.y += 2

    def _feet(self) -> None:
        for number, page in enumerate(self.pdf.pages, start=1):
            text = self.words.page_of % {"page": number, "pages": len(self.pdf.pages)}
            line = self.set.line(f"{self.words.code}   {text}", 8)
            page.text(line, A4[0] - MARGIN - line.width, A4[1] - 40, MUTED)

    def _need(self, height: float) -> None:
        """Begin a new page where what comes does not fit."""
        if self.y + height > BOTTOM:
            self.page = self.pdf.new_page()
            self.y = 56.0

    def _put(self, line: Line, x: float, top: float, colour: Colour) -> None:
        """A line whose upper edge is at `top`. Marks above need three quarters of its height."""
        self.page.text(line, x, top + 0.74 * line.height, colour)
