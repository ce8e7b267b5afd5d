"""Text of any script to lines of glyphs: the font for each letter, shaping, breaking of lines."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import icu
import uharfbuzz as hb

from tonle.catalogue.certificates.errors import NoFont
from tonle.catalogue.certificates.fonts import Font, other_for, ours


@dataclass(frozen=True)
class Glyph:
    """One glyph. x, y: where it stands, from the run's beginning on the base line, in points."""

    id: int
    x: float
    y: float
    # The letters it stands for, "" where the glyph before it stands for them too.
    text: str


@dataclass(frozen=True)
class Run:
    """Glyphs of one font at one size. width in points."""

    font: Font
    size: float
    glyphs: tuple[Glyph, ...]
    width: float


@dataclass(frozen=True)
class Line:
    """One line. height: from this base line to the next, in points."""

    text: str
    runs: tuple[Run, ...]
    width: float
    height: float


class Typesetter:
    """Sets text in the fonts that there are.

    folder: more fonts (TONLE_FONTS), or "". Raises NoFont for a letter without a font.
    """

    def __init__(self, folder: str = "") -> None:
        self.folder = folder

    def can_set(self, text: str) -> bool:
        """Whether there is a font for every letter."""
        try:
            self.line(" ".join(text.split()), 10)
        except NoFont:
            return False
        return True

    def lines(self, text: str, size: float, width: float, language: str = "en") -> list[Line]:
        """The text in lines at most `width` points wide; a word wider than that is broken."""
        made: list[Line] = []
        for paragraph in text.split("\n"):
            made += self._paragraph(" ".join(paragraph.split()), size, width, language)
        return made

    def line(self, text: str, size: float) -> Line:
        """The text in one line, however wide."""
        runs = tuple(self._runs(text, size))
        high = max((run.font.ascent - run.font.descent for run in runs), default=1300)
        return Line(text, runs, sum(run.width for run in runs), size * max(1.35, high / 1000))

    def _paragraph(self, text: str, size: float, width: float, language: str) -> Iterator[Line]:
        begin, fits = 0, 0
        for end in self._breaks(text, language):
            if end > fits and self.line(text[begin:end].rstrip(), size).width <= width:
                fits = end
                continue
            if fits > begin:
                yield self.line(text[begin:fits].rstrip(), size)
                begin = fits
            while self.line(text[begin:end].rstrip(), size).width > width:
                cut = self._cut(text[begin:end], size, width)
                yield self.line(text[begin : begin + cut], size)
                begin += cut
            fits = end
        if text[begin:].strip():
            yield self.line(text[begin:].rstrip(), size)

    def _breaks(self, text: str, language: str) -> Iterator[int]:
        """Where a line may end. ICU knows the words of scripts that are written without spaces."""
        breaker = icu.BreakIterator.createLineInstance(icu.Locale(language))
        # ICU counts in UTF-16; so do we while we listen to it.
        units = icu.UnicodeString(text)
        breaker.setText(units)
        at = taken = 0
        for end in breaker:
            while taken < end:
                taken += 2 if ord(text[at]) > 0xFFFF else 1
                at += 1
            yield at

    def _cut(self, text: str, size: float, width: float) -> int:
        """How many letters of a word fit, at least one, never between a letter and its mark."""
        good = 1
        for end in range(1, len(text) + 1):
            if end < len(text) and unicodedata.category(text[end])[0] == "M":
                continue
            if end > 1 and self.line(text[:end], size).width > width:
                break
            good = end
        return good

    def _runs(self, text: str, size: float) -> Iterator[Run]:
        begin, current = 0, None
        for at, letter in enumerate(text):
            font = self._font_of(letter, current)
            if font is not current:
                if current is not None and at > begin:
                    yield self._shape(text[begin:at], current, size)
                begin, current = at, font
        if current is not None:
            yield self._shape(text[begin:], current, size)

    def _font_of(self, letter: str, current: Font | None) -> Font:
        """The font for a letter; spaces, marks and signs stay in the font of what is before."""
        category = unicodedata.category(letter)
        if current is not None:
            if category in ("Cf", "Cc"):
                return current
            # Chinese fonts have wide signs of their own; ours suit one another.
            stays = "MZP" if current in ours() else "MZ"
            if category[0] in stays and current.has(letter):
                return current
        if category in ("Cf", "Cc", "Zl", "Zp"):
            return ours()[0]
        for font in ours():
            if font.has(letter):
                return font
        found = other_for(letter, self.folder)
        if found is None:
            raise NoFont(letters=letter)
        return found

    def _shape(self, text: str, font: Font, size: float) -> Run:
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(font.font, buffer)
        scale = size / font.face.upem
        clusters = sorted({info.cluster for info in buffer.glyph_infos})
        ends = dict(zip(clusters, [*clusters[1:], len(text)], strict=True))
        glyphs = []
        pen = 0.0
        seen: set[int] = set()
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            if info.codepoint == 0:
                raise NoFont(letters=text[info.cluster : ends[info.cluster]])
            letters = text[info.cluster : ends[info.cluster]] if info.cluster not in seen else ""
            seen.add(info.cluster)
            glyphs.append(
                Glyph(
                    info.codepoint,
                    pen + place.x_offset * scale,
                    place.y_offset * scale,
                    letters,
                )
            )
            pen += place.x_advance * scale
        return Run(font, size, tuple(glyphs), pen)


def height_of(lines: Sequence[Line]) -> float:
    return sum(line.height for line in lines)
