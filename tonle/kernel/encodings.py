"""Which letters a file is written in: the encodings that are met in the region.

UTF-8 and UTF-16 with or without a mark, Thai TIS-620 / Windows-874, Chinese GB18030
(with GBK and GB2312 in it) and Big5, Vietnamese Windows-1258; Windows-1252 takes everything else.
Codes that only fonts give a meaning to are read by `tonle.kernel.legacy`.
"""

from __future__ import annotations

import codecs
import itertools
import re

SAMPLE_BYTES = 1 << 16

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_THAI_MARKS = frozenset("ัิีึืฺุู็่้๊๋์ํ๎")


def detect(sample: bytes) -> str | None:
    """The name of a codec that reads the sample, None for what is no text.

    sample: the beginning of the file, at most SAMPLE_BYTES of it; may end within a letter.
    """
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if b"\0" in sample:
        return _utf16(sample)
    if _reads(sample, "utf-8"):
        return "utf-8"
    if _is_thai(sample):
        return "cp874"
    if _is_big5(sample):
        return "big5"
    for name in ("gb18030", "cp1258"):
        if _reads(sample, name):
            return name
    return "cp1252"


def mark_length(encoding: str, sample: bytes) -> int:
    """How many bytes the mark takes, which these codecs would give as a letter."""
    return 2 if encoding.startswith("utf-16") and sample[:2] in {b"\xff\xfe", b"\xfe\xff"} else 0


def _utf16(sample: bytes) -> str | None:
    """Without a mark: most letters below U+0100 have a NUL on one side only."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = max(len(sample) // 2, 1)
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > half // 8 and others <= zeros // 20 and _reads(sample[: half * 2], name):
            return name
    return None


def _reads(sample: bytes, name: str) -> bool:
    try:
        codecs.getincrementaldecoder(name)().decode(sample, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _is_big5(sample: bytes) -> bool:
    """Both Chinese encodings read most bytes of the other. Two of five letters of Big5 have a
    second byte below 80 (hexadecimal), and nearly none of the common ones of GBK."""
    # A first byte without its second one may end the sample.
    if not (_reads(sample, "big5") or _reads(sample, "big5hkscs")):
        return False
    pairs = re.findall(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]", sample)
    low = sum(pair[1] < 0x80 for pair in pairs)
    return len(pairs) >= 8 and low > 0.2 * len(pairs)


def _is_thai(sample: bytes) -> bool:
    """Thai vowel signs and tone marks stand on a consonant or on another mark, nearly always.

    Bytes of Chinese text read as Thai put them anywhere, or are undefined.
    """
    try:
        text = sample.decode("cp874")
    except UnicodeDecodeError:
        return False
    placed = marks = 0
    for before, letter in itertools.pairwise(text):
        if letter in _THAI_MARKS:
            marks += 1
            placed += "ก" <= before <= "ฮ" or before in _THAI_MARKS
    letters = sum("ก" <= c <= "๛" for c in text)
    return letters > 0 and placed >= 0.95 * marks
