"""What a reader can copy from a PDF of ours."""

from __future__ import annotations

import re
import zlib


def text_of(pdf: bytes) -> str:
    """What a reader can copy from it: the text that every run carries."""
    found = []
    for stream in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL):
        try:
            plain = zlib.decompress(stream)
        except zlib.error:
            continue
        found += re.findall(rb"/ActualText <FEFF([0-9A-F]*)>", plain)
    return "".join(bytes.fromhex(one.decode()).decode("utf-16-be") for one in found)
