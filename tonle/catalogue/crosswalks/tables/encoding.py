"""How a table is written: its encoding and what parts its cells.

Tables of the region come as UTF-8, as "Unicode text" of a spreadsheet (UTF-16), and in the
code pages of the years before: Thai, Chinese, Vietnamese. None says so, so it is guessed from
the bytes, and said that it was.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

# How much of a file is looked at.
SAMPLE_BYTES: Final = 262_144

# Where two part all rows alike, the earlier: commas and semicolons stand in texts, too.
DELIMITERS: Final = "\t|;,"
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
# Names as people know them, by the codec's.
LABELS: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp874": "Thai (Windows-874, TIS-620)",
    "gb18030": "Chinese (GB18030)",
    "cp1258": "Vietnamese (Windows-1258)",
    "cp1252": "Western European (Windows-1252)",
}


@dataclass(frozen=True)
class Written:
    """encoding: Python's codec. guessed: it stands nowhere in the file, and could be another."""

    encoding: str
    guessed: bool
    delimiter: str

    @property
    def label(self) -> str:
        return LABELS.get(self.encoding, self.encoding)


def written_as(sample: bytes, *, encoding: str = "", delimiter: str = "") -> Written:
    """How a file is written, from its first SAMPLE_BYTES. What is given is not looked for.

    Raises LookupError for an encoding that nobody knows.
    """
    if encoding:
        codecs.lookup(encoding)
        found, guessed = encoding, False
    else:
        found, guessed = _encoding(sample)
    text = codecs.getincrementaldecoder(found)("replace").decode(sample)
    return Written(found, guessed, delimiter or _delimiter(text))


def _encoding(sample: bytes) -> tuple[str, bool]:
    for mark, name, _ in _BOMS:
        if sample.startswith(mark):
            return name, False
    if zeros := _zeros(sample):
        return zeros, True
    if _decodes(sample, "utf-8"):
        return "utf-8", False
    return _legacy(sample), True


def _zeros(sample: bytes) -> str:
    """UTF-16 without a mark: every other byte of its delimiters and digits is zero."""
    head = sample[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 10 <= len(head):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        # What is cut in the middle at the end is no fault.
        codecs.getincrementaldecoder(encoding)("strict").decode(sample, final=False)
    except UnicodeDecodeError:
        return False
    return True


# --- code pages ------------------------------------------------------------------------------

# Thai: consonants, and the vowels and tones that stand above or below one.
# Source: TIS 620-2533 (1990).
_THAI_UNUSED = re.compile(rb"[\x81-\x84\x86-\x90\x98-\x9f\xdb-\xde\xfc-\xff]")
_THAI_MARK = re.compile(rb"[\xd1\xd4-\xda\xe7-\xee]")
_THAI_MARK_AT_HOME = re.compile(rb"(?<=[\xa1-\xce\xd1\xd4-\xda\xe7-\xee])[\xd1\xd4-\xda\xe7-\xee]")
# Vietnamese: its own letters, and tones that follow the vowel they belong to.
# Source: Microsoft code page 1258.
_VIETNAMESE_TONE_AT_HOME = re.compile(
    rb"(?<=[aeiouyAEIOUY\xc2\xca\xd4\xe2\xea\xf4\xc3\xe3\xd5\xf5\xdd\xfd])[\xcc\xd2\xde\xec\xf2]"
)
_VIETNAMESE_TONE = re.compile(rb"[\xcc\xd2\xde\xec\xf2]")
_HIGH = re.compile(rb"[\x80-\xff]+")


def _legacy(sample: bytes) -> str:
    """The code page that the bytes look most like; Western European where they look like none."""
    runs = [found[0] for found in _HIGH.finditer(sample)]
    high = sum(len(run) for run in runs)
    if not high:
        return "utf-8"
    scores = {
        "cp874": _like_thai(sample, high),
        "gb18030": _like_chinese(sample, runs, high),
        "cp1258": _like_vietnamese(sample, runs, high),
    }
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0.5 else "cp1252"


def _like_thai(sample: bytes, high: int) -> float:
    """How many of the marks stand where a Thai mark can; none of what Thai has no letter for."""
    if len(_THAI_UNUSED.findall(sample)) > high * 0.01:
        return 0.0
    marks = len(_THAI_MARK.findall(sample))
    if marks * 20 < high:
        # A tenth and more of any Thai text are marks.
        return 0.0
    return len(_THAI_MARK_AT_HOME.findall(sample)) / marks


def _like_chinese(sample: bytes, runs: list[bytes], high: int) -> float:
    """How many of the pairs are of the 3,755 characters that nearly all text is made of."""
    if not _decodes(sample, "gb18030"):
        return 0.0
    common = pairs = 0
    for run in runs:
        for first, second in zip(run[0::2], run[1::2], strict=False):
            pairs += 1
            # The first level of GB 2312-80, and its punctuation.
            common += (0xB0 <= first <= 0xD7 or first in (0xA1, 0xA3)) and second >= 0xA1
    return common / pairs if pairs * 4 >= high else 0.0


def _like_vietnamese(sample: bytes, runs: list[bytes], high: int) -> float:
    """How many of the tones follow a vowel, in words that are Latin for the most part."""
    if high / len(runs) > 2.5 or not _decodes(sample, "cp1258"):
        return 0.0
    tones = len(_VIETNAMESE_TONE.findall(sample))
    if tones * 5 < high:
        return 0.0
    return len(_VIETNAMESE_TONE_AT_HOME.findall(sample)) / tones


# --- delimiter -------------------------------------------------------------------------------


def _delimiter(text: str) -> str:
    """The sign that parts the same number of cells in most rows; a comma where none does."""
    lines = text.replace("\x00", "").splitlines()[:200]
    best, most = ",", 0.0
    for sign in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=sign) if row][:-1]
        except csv.Error:
            continue
        widths = widths or [len(row) for row in csv.reader(lines, delimiter=sign) if row]
        if not widths:
            continue
        width, number = Counter(widths).most_common(1)[0]
        # Commas stand in texts, too; so that all rows agree counts for more than many cells.
        score = (number / len(widths)) ** 2 * min(width, 20) if width > 1 else 0
        if score > most:
            best, most = sign, score
    return best
