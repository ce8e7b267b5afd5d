"""Khmer: the fonts called Limon and those called ABC.

They are typewriters: a code for each shape, in the order in which shapes stand on paper. A vowel
or a subscript RO that is drawn before its consonant comes before it, a vowel drawn around it is
two codes, and the letter NYO above a subscript is drawn with the shapes of PO and AA.

Source of the code assignments: the font descriptions of KhmerConverter 1.4 (Open Forum of Cambodia
and WordForge Foundation, 2006; LGPL, nothing of which is here but what code draws what). Source of
the order of a syllable: The Unicode Standard 16, section 16.4, and Unicode Technical Note 61.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from tonle.kernel.text import ordered

_COENG = "\u17d2"


def _rows(rows: str) -> dict[str, str]:
    """`code letter` pairs; a letter alone under a plus sign is a subscript."""
    found = {}
    for pair in rows.split():
        code, letter = pair[0], pair[1:]
        found[code] = letter.replace("+", _COENG)
    return found


# What both families share: a code, and what it draws; + stands for the sign of a subscript.
_SHARED = _rows(
    "kក xខ Kគ Xឃ gង cច qឆ Cជ Qឈ jញ dដ zឋ Dឌ Zឍ Nណ tត fថ Tទ Fធ nន bប pផ Bព Pភ mម yយ rរ lល vវ "
    "sស hហ Lឡ Gអ Éឯ "
    "aា iិ Iី wឹ Wឺ uុ Uូ Yួ Oឿ oៀ eេ Eែ éៃ Aៅ Mំ ++៎ _៍ ¾៏ "
    # The same signs, lower or higher, beside other signs.
    "íិ Íី åឹ Åឺ úុ Úូ Üួ Óឿ óៀ "
    ",+ប <+ព ¢+ជ §+ធ ©+ច µ+ម ¶+ង Ä+ឈ Æ+ឍ Ç+ឃ Ð+ឌ Ñ+ណ Ö+ភ Þ+ទ ä+ឆ æ+ឋ ç+ខ ñ+ន ö+ផ ø+ល ü+យ þ+ត "
    "J+ញ Ø+ញ R+រ ®+រ V+វ "
    "0០ 1១ 2២ 3៣ 4៤ 5៥ 6៦ 7៧ 8៨ 9៩ /,"
)
_SHARED["+"] = "៎"

_LIMON = _SHARED | _rows(
    "!1 @2 #3 $4 %5 ^6 &7 *8 (9 )ប .។ :៉ >. Hះ S+ស \\ឥ ]ឧ {“ |ឦ }” \x91៊ \x92៌ ¡! ¥+អ «ឪ ²ៗ ³ៈ "
    "¹៛ `៛ »ឱ ½័ Á+គ ×ិ៍ ß+ថ á+ក ð+ហ ÷+ ;់ [ឱ+យ ¦) ¬( °% ´ខ+ញុំ ¼/ £+ញ ¤+ញុ ¿ំ"
)
_LIMON["÷"] = "+"

_ABC = _SHARED | _rows(
    "#ិ៍ $៛ &័ :+គ ;+ក =+ @ៗ H+ហ S+ថ [ឲ+យ \\ឭ ]ឪ {ឱ |ឮ }ឥ \x91៊ \x92៌ ¡~ £ៈ ¤$ ¥- ¦ឬ ¨៉ ª9 «ឧ "
    "¬ឫ °ំ ²“ ³” ´់ º0 »ឦ ¼ះ ½៖ ¿. Áបៅ ×x ß+ស áបា ð+អ ÷= .។ >៕ ¹ខ+ញុំ"
)
_ABC["="] = "+"
# Fonts whose names end in A have the width of a space for the full stop, and none for the space.
_ABC_ZERO_SPACE = _ABC | {" ": "\u200b", ".": " ", ">": "។", "^": "៕", "¹": f"{_COENG}ដ"}

# Several codes for one letter. The charts also have the letter QAI as PO with a subscript THO; that
# pair is left alone, since it is of a common word (ប្រារព្ធ, to celebrate) and QAI of hardly any.
_LIMON_PAIRS = {
    "]_": "ឳ", "]u": "ឩ", "]\x91": "ឨ", "B£": "ឭ", "b£": "ឫ", "B¤": "ឮ", "b¤": "ឬ",
    " ³": " ៖", ".l.": "៘",
}  # fmt: skip
_ABC_PAIRS = {"«_": "ឳ", "«u": "ឩ", "«\x91": "ឨ", ".l.": "៘"}
# ABC-TEXT-06 and -11 draw the letter LA with two codes.
_ABC_TWO_PARTS = _ABC_PAIRS | {"TL": "ឡ"}

# --- the order of a syllable ----------------------------------------------------------------

_LETTER = "[\u1780-\u17b3]"
_SUBSCRIPT = f"(?:{_COENG}[\u1780-\u1799\u179b-\u17b3])"
_BEFORE = re.compile(
    f"(?=[\u17c1-\u17c3{_COENG}])([\u17c1-\u17c3]?)({_COENG}\u179a)?({_LETTER})({_SUBSCRIPT}*)"
)
# The upper half of NYO over a subscript. No subscript follows a vowel, so this is never PO with AA.
_HALF_NYO = re.compile(f"\u1796\u17b6(?={_SUBSCRIPT})")
# Under a sign above, a register shifter is drawn like the vowel U, which can stand there with none
# of these.
_SHIFTED = re.compile(
    "\u17bb(?=[\u17b6-\u17ba\u17be-\u17c0\u17c5\u17d0])|(?<=[\u17b7-\u17ba\u17d0])\u17bb"
)
# TRIISAP makes a letter of the first series one of the second, MUUSIKATOAN the other way round,
# and BA to PA.
_SECOND_SERIES = frozenset("គឃងជឈញឌឍទធនពភមយរលវប")


def _shifter(match: re.Match[str]) -> str:
    text, at = match.string, match.start() - 1
    # Back over signs and subscripts to the letter that they stand with.
    while at > 0 and (text[at] > "\u17b3" or text[at - 1] == _COENG):
        at -= 1
    return "\u17c9" if at >= 0 and text[at] in _SECOND_SERIES else "\u17ca"


def _behind(match: re.Match[str]) -> str:
    return _put_behind(match[0])


# A language has few different ones, and looking at each once is cheap.
@lru_cache(maxsize=4_096)
def _put_behind(cluster: str) -> str:
    """A letter with what was drawn before it behind it."""
    match = _BEFORE.match(cluster)
    return match.expand(r"\3\4\2\1") if match else cluster


def _in_order(shapes: str) -> str:
    """From the order on paper to that of Unicode."""
    text = _HALF_NYO.sub("\u1789", shapes)
    text = _BEFORE.sub(_behind, text)
    text = ordered(_SHIFTED.sub(_shifter, text))
    # In order, the left half of a vowel touches the right one. Of OE and OO `ordered` makes one.
    for whole in "\u17bf\u17c0\u17c5":
        text = text.replace(f"\u17c1{whole}", whole)
    return text


def shapes(text: str, family: str) -> str:
    """What the codes of a font draw, in the order on paper."""
    table, pairs = _FAMILIES[family]
    for code, letter in pairs.items():
        if code in text:
            text = text.replace(code, letter)
    return text.translate(table)


def _family(
    table: Mapping[str, str], pairs: Mapping[str, str]
) -> tuple[dict[int, str], dict[str, str]]:
    return {ord(code): letter for code, letter in table.items()}, dict(pairs)


_FAMILIES = {
    "limon": _family(_LIMON, _LIMON_PAIRS),
    "abc": _family(_ABC, _ABC_PAIRS),
    "abc-two-parts": _family(_ABC, _ABC_TWO_PARTS),
    "abc-zero-space": _family(_ABC_ZERO_SPACE, _ABC_PAIRS),
}


def _reader(family: str) -> Callable[[str], str]:
    return lambda text: _in_order(shapes(text, family))


READERS: dict[str, Callable[[str], str]] = {family: _reader(family) for family in _FAMILIES}
