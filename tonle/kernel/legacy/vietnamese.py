"""Vietnamese: TCVN 5712, VISCII and VPS, which have a byte for each letter, and VNI, which has
bytes for marks after a letter.

Sources of the code assignments: TCVN 5712:1993 (VN1 to VN3; fonts called .Vn… are VN3, with
capitals with tones in fonts of their own, whose names end in H); RFC 1456 for VISCII; the tables
of VPS and VNI for Windows as published by Vietnamese keyboards (VBKey, github.com/khiemdoan/VBKey).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from unicodedata import normalize

# In the order of the rows below: tones of A, of A with a circumflex, of A with a breve, D, and so
# on; capitals follow in the same order.
_LETTERS = "àáảãạâầấẩẫậăằắẳẵặđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_LETTERS += _LETTERS.upper()

# VN3 has no capitals with tones; the places of VN1 for them are signs of punctuation in its fonts.
_TCVN = """
b5 b8 b6 b7 b9 a9 c7 ca c8 c9 cb a8 bb be bc bd c6 ae cc d0 ce cf d1 aa d2 d5 d3 d4 d6
d7 dd d8 dc de df e3 e1 e2 e4 ab e5 e8 e6 e7 e9 ac ea ed eb ec ee ef f3 f1 f2 f4 ad f5 f8 f6 f7
f9 fa fd fb fc fe
-- -- -- -- -- a2 -- -- -- -- -- a1 -- -- -- -- -- a7 -- -- -- -- -- a3 -- -- -- -- --
-- -- -- -- -- -- -- -- -- -- a4 -- -- -- -- -- a5 -- -- -- -- -- -- -- -- -- -- a6 -- -- -- --
-- -- -- -- -- --
"""
_VISCII = """
e0 e1 e4 e3 d5 e2 a5 a4 a6 e7 a7 e5 a2 a1 c6 c7 a3 f0 e8 e9 eb a8 a9 ea ab aa ac ad ae
ec ed ef ee b8 f2 f3 f6 f5 f7 f4 b0 af b1 b2 b5 bd b6 be b7 de fe f9 fa fc fb f8 df d7 d1 d8 e6
f1 cf fd d6 db dc
c0 c1 c4 c3 80 c2 85 84 86 06 87 c5 82 81 02 05 83 d0 c8 c9 cb 88 89 ca 8b 8a 8c 8d 8e
cc cd 9b ce 98 d2 d3 99 a0 9a d4 90 8f 91 92 93 b4 96 95 97 b3 94 d9 da 9c 9d 9e bf bb ba bc ff
b9 9f dd 14 19 1e
"""
# Twelve capitals of VPS are control characters, which no document holds; the chart lacks them.
_VPS = """
e0 e1 e4 e3 e5 e2 c0 c3 c4 c5 c6 e6 a2 a1 a3 a4 a5 c7 e8 e9 c8 eb cb ea 8a 89 8b cd 8c
ec ed cc ef ce f2 f3 d5 f5 86 f4 d2 d3 b0 87 b6 d6 a9 a7 aa ab ae f9 fa fb db f8 dc d8 d9 ba bb
bf ff 9a 9b cf 9c
80 c1 81 82 -- c2 84 83 85 -- -- 88 8e 8d 8f f0 -- f1 d7 c9 de fe -- ca 93 90 94 95 --
b5 b4 b7 b8 -- bc b9 bd be -- d4 97 96 98 99 -- f7 9e 9d 9f a6 -- a8 da d1 ac -- d0 af ad b1 --
-- b2 dd fd b3 --
"""


def _table(row: str) -> dict[int, str]:
    return {
        int(code, 16): letter
        for code, letter in zip(row.split(), _LETTERS, strict=True)
        if code != "--"
    }


_TCVN_TABLE, _VISCII_TABLE, _VPS_TABLE = _table(_TCVN), _table(_VISCII), _table(_VPS)

# VNI: letters of their own, and marks that follow a letter. A capital has marks of its own, 20
# (hexadecimal) below those of small letters.
_OWN = {"ì": 0xEC, "í": 0xED, "ỉ": 0xE6, "ĩ": 0xF3, "ị": 0xF2, "ỵ": 0xEE, "đ": 0xF1}
_HORNED = {"ơ": 0xF4, "ư": 0xF6}
_TONES = {"̀": 0xF8, "́": 0xF9, "̉": 0xFB, "̃": 0xF5, "̣": 0xEF}  # Grave, acute, hook, tilde, dot.
_ROOFED = {"â": 0xE2, "ầ": 0xE0, "ấ": 0xE1, "ẩ": 0xE5, "ẫ": 0xE3, "ậ": 0xE4}
_BREVE = {"ă": 0xEA, "ằ": 0xE8, "ắ": 0xE9, "ẳ": 0xFA, "ẵ": 0xFC, "ặ": 0xEB}
_LOWER = 0x20


def _composed(base: str, mark: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", base + mark)


def _vni() -> dict[str, str]:
    letters = {chr(code): letter for letter, code in (_OWN | _HORNED).items()}
    for mark, tone in _TONES.items():
        for base in "aeouy":
            letters[base + chr(tone)] = normalize("NFC", base + mark)
        for letter, code in _HORNED.items():
            letters[chr(code) + chr(tone)] = normalize("NFC", letter + mark)
    for base in "aeo":
        for roofed, code in _ROOFED.items():
            letters[base + chr(code)] = normalize("NFC", base + normalize("NFD", roofed)[1:])
    letters |= {"a" + chr(code): letter for letter, code in _BREVE.items()}
    # Of capitals both the letter and its mark stand 20 lower.
    return letters | {
        "".join(chr(ord(one) - _LOWER) for one in key): letter.upper()
        for key, letter in letters.items()
    }


_VNI = _vni()
# In one pass, a letter with its mark before the letter alone: what came out is no code.
_VNI_LETTER = re.compile("|".join(map(re.escape, sorted(_VNI, key=len, reverse=True))))


def _read_vni(text: str) -> str:
    return text if text.isascii() else _VNI_LETTER.sub(lambda match: _VNI[match[0]], text)


def _reader(table: Mapping[int, str]) -> Callable[[str], str]:
    return lambda text: text.translate(table)


READERS: dict[str, Callable[[str], str]] = {
    "tcvn3": _reader(_TCVN_TABLE),
    "tcvn3-capitals": lambda text: text.translate(_TCVN_TABLE).upper(),
    "viscii": _reader(_VISCII_TABLE),
    "vps": _reader(_VPS_TABLE),
    "vni": _read_vni,
}
