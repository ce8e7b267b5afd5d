"""What a reader can copy from a PDF of ours, and what a camera sees of it."""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Iterator

Box = tuple[float, float, float, float]


def streams(pdf: bytes) -> Iterator[bytes]:
    """Its streams, unpacked."""
    for stream in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL):
        try:
            yield zlib.decompress(stream)
        except zlib.error:
            continue


def text_of(pdf: bytes) -> str:
    """What a reader can copy from it: the text that every run carries."""
    found = []
    for plain in streams(pdf):
        found += re.findall(rb"/ActualText <FEFF([0-9A-F]*)>", plain)
    return "".join(bytes.fromhex(one.decode()).decode("utf-16-be") for one in found)


def rectangles(pdf: bytes) -> list[Box]:
    """Filled ones: x, y of the lower left corner, width, height, in points."""
    found = []
    for plain in streams(pdf):
        for numbers in re.findall(rb"^(?:.* rg )?([\d. -]+) re(?: f)?$", plain, re.MULTILINE):
            x, y, width, height = map(float, numbers.split())
            found.append((x, y, width, height))
    return found


def code_of(pdf: bytes) -> tuple[set[tuple[int, int]], Box, float]:
    """The squares of the code to scan as (row, column), the box they fill, and a module's side."""
    dark = [one for one in rectangles(pdf) if one[2] == one[3]]
    columns = sorted({x for x, *_ in dark})
    side = min(right - left for left, right in itertools.pairwise(columns))
    left, top = columns[0], max(y for _, y, *_ in dark)
    # Three of the corners of a code are dark.
    cells = {(round((top - y) / side), round((x - left) / side)) for x, y, *_ in dark}
    low = min(y for _, y, *_ in dark)
    return cells, (left, low, columns[-1] - left + side, top - low + side), side
