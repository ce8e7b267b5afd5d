"""Plain text, Markdown, XML, programs: how they begin, as they stand."""

from __future__ import annotations

from pathlib import Path

from tonle.explore.rules.delimited import encoding_name
from tonle.explore.rules.letters import plain
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import CONTENTS_CHARS, TEXT_CHARS, Preview, clean_lines
from tonle.kernel import encodings


def look(path: Path, limits: Limits) -> Preview:
    """The beginning of the text, and how many lines there are in what was read."""
    found = Preview("text")
    with path.open("rb") as file:
        sample = file.read(encodings.SAMPLE_BYTES)
    encoding = encodings.detect(sample)
    if encoding is None:
        found.note("no_text")
        return found
    text = plain(sample, encoding, found)
    if not found.converted:
        found.fact("encoding", encoding_name(encoding))
    size = path.stat().st_size
    found.text = clean_lines(text, TEXT_CHARS)
    found.contents = clean_lines(text, CONTENTS_CHARS)
    found.text_whole = len(text) <= TEXT_CHARS and size <= len(sample)
    if size <= limits.read_bytes:
        mark = "\n".encode(encoding if encoding.startswith("utf-16") else "ascii")
        found.fact("lines", _lines(path, mark))
    return found


def _lines(path: Path, mark: bytes) -> int:
    lines, last = 0, b""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            lines += piece.count(mark)
            last = piece
    return lines + (not last.endswith(mark))
