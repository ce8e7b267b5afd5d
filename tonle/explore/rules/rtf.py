"""Rich Text Format: how its text begins, run by run in its font.

Source: Microsoft's Rich Text Format Specification 1.9.1 (2008).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from pathlib import Path

from tonle.explore.rules.letters import Runs
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import Preview
from tonle.kernel.legacy import font_of

# Pictures are written out in it, before and between the words.
_MOST_BYTES = 16 << 20
_DEEPEST = 500
_TOKEN = re.compile(
    rb"\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    rb"|\\(?P<sign>[^a-zA-Z])|(?P<brace>[{}])|(?P<text>[^\\{}]+)|\\",
    re.DOTALL,
)
# Groups that hold no text of the document.
_ASIDE = frozenset(
    b"stylesheet info pict colortbl header headerl headerr headerf footer footerl footerr footerf "
    b"fldinst themedata colorschememapping datastore latentstyles listtable listoverridetable "
    b"rsidtbl generator xmlnstbl mmathPr object objdata nonshppict filetbl revtbl bkmkstart "
    b"bkmkend upr".split()
)
_SAYS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"tab": "\t",
    b"cell": "\t", b"emdash": "—", b"endash": "–", b"lquote": "\u2018", b"rquote": "\u2019",
    b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_SIGNS = {b"~": "\xa0", b"_": "-", b"-": "\xad", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n"}
_CHARSETS = {
    128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250",
}  # fmt: skip


@dataclass(frozen=True)
class _State:
    """What holds within a group. skip: letters that stand for the Unicode one before them."""

    font: int = 0
    aside: bool = False
    fonts: bool = False
    skip: int = 1


def look(path: Path, limits: Limits) -> Preview:
    """How its text begins. Nothing in it is run; pictures and objects are passed over."""
    found = Preview("document")
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES)
    runs = Runs()
    whole = _Reading(runs).read(data, limits) and len(data) < _MOST_BYTES
    runs.into(found, whole=whole)
    if not found.text:
        found.note("broken")
    return found


class _Reading:
    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._state = _State()
        self._outer: list[_State] = []
        self._names: dict[int, tuple[str, str]] = {}
        self._letters = bytearray()
        self._page = "cp1252"
        self._first_font = 0
        self._pending = 0
        self._half = 0

    def read(self, data: bytes, limits: Limits) -> bool:
        """Returns whether all was read."""
        at = 0
        while at < len(data):
            match = _TOKEN.match(data, at)
            if match is None:
                break
            at = match.end()
            if match["word"] == b"bin":
                at += max(int(match["number"] or 0), 0)
            if not self._take(match):
                return False
            if self._runs.full or not limits.go_on():
                return False
        self._flush()
        return True

    def _take(self, match: re.Match[bytes]) -> bool:
        kind = match.lastgroup if match.lastgroup != "number" else "word"
        if kind == "brace":
            return self._brace(match[0])
        if kind == "word":
            self._word(match["word"], match["number"])
        elif kind == "hex":
            self._bytes(bytes([int(match["hex"], 16)]))
        elif kind == "sign":
            self._sign(match["sign"])
        elif kind == "text":
            self._bytes(match["text"].replace(b"\r", b"").replace(b"\n", b""))
        return True

    def _brace(self, brace: bytes) -> bool:
        self._flush()
        self._pending = 0
        if brace == b"{":
            self._outer.append(self._state)
            return len(self._outer) <= _DEEPEST
        if self._outer:
            self._state = self._outer.pop()
        return True

    def _word(self, word: bytes, number: bytes | None) -> None:
        value = int(number) if number is not None else None
        state = self._state
        if word in _ASIDE:
            self._state = replace(state, aside=True)
        elif word == b"fonttbl":
            self._state = replace(state, fonts=True, aside=True)
        elif word == b"f" and value is not None:
            self._flush()
            self._state = replace(state, font=value)
            if state.fonts:
                self._names.setdefault(value, ("", self._page))
        elif word == b"fcharset" and state.fonts and state.font in self._names:
            name, _ = self._names[state.font]
            self._names[state.font] = (name, _CHARSETS.get(value or 0, self._page))
        elif word == b"ansicpg" and value:
            self._page = _codec(f"cp{value}")
        elif word == b"deff" and value is not None:
            self._first_font = value
            self._state = replace(state, font=value)
        elif word == b"plain":
            self._flush()
            self._state = replace(state, font=self._first_font)
        elif word == b"uc" and value is not None:
            self._state = replace(state, skip=min(max(value, 0), 8))
        elif word == b"u" and value is not None:
            self._flush()
            self._unicode(value & 0xFFFF)
            self._pending = state.skip
        elif word in _SAYS:
            self._say(_SAYS[word])

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._state = replace(self._state, aside=True, fonts=False)
        elif sign in _SIGNS:
            self._say(_SIGNS[sign])

    def _say(self, text: str) -> None:
        self._flush()
        if self._state.aside:
            return
        if text == "\n":
            self._runs.end_line()
        elif text != "\xad" or font_of(self._name()):
            # An optional hyphen; in a font of Lao it is the letter NO.
            self._runs.put(text, self._name())

    def _unicode(self, code: int) -> None:
        if self._state.aside:
            return
        if 0xD800 <= code < 0xDC00:
            self._half = code
            return
        if 0xDC00 <= code < 0xE000:
            if not self._half:
                return
            code = 0x10000 + ((self._half - 0xD800) << 10) + (code - 0xDC00)
        self._half = 0
        self._runs.put(chr(code), self._name())

    def _bytes(self, data: bytes) -> None:
        if self._pending:
            passed = min(self._pending, len(data))
            self._pending -= passed
            data = data[passed:]
        if self._state.fonts:
            self._font_named(data)
        elif not self._state.aside:
            self._letters += data

    def _font_named(self, data: bytes) -> None:
        name, page = self._names.get(self._state.font, ("", self._page))
        if not name.endswith(";"):
            self._names[self._state.font] = ((name + data.decode("latin-1"))[:80], page)

    def _name(self) -> str:
        return self._names.get(self._state.font, ("", ""))[0].rstrip(";").strip()

    def _flush(self) -> None:
        if not self._letters:
            return
        data, self._letters = bytes(self._letters), bytearray()
        name = self._name()
        page = (
            "latin-1" if font_of(name) else self._names.get(self._state.font, ("", self._page))[1]
        )
        self._runs.put(data.decode(page, "replace"), name)


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
