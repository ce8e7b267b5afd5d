"""Text written for fonts and code pages from before Unicode, turned into Unicode.

Such a font draws letters of Khmer, Lao or Vietnamese at places of Latin ones, so the same bytes
mean something else in each: who converts must know the font, by its name (`font_of`) or by what
the text looks like (`guess`). Every table is written here after a published chart, which its
module names; a font without such a chart is known by name and not read.
"""

from __future__ import annotations

from tonle.kernel.legacy.guessing import Guess, guess
from tonle.kernel.legacy.names import FAMILIES, Font, font_of
from tonle.kernel.legacy.octets import as_bytes, is_unicode
from tonle.kernel.legacy.reading import convert

__all__ = ["FAMILIES", "Font", "Guess", "as_bytes", "convert", "font_of", "guess", "is_unicode"]
