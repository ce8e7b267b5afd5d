"""Lao: fonts of Lao Script for Windows, "LSWin" (Saysettha Lao and others).

The order is the one that is seen, as in Unicode: a vowel drawn before its consonant is typed
before it. Marks have several heights, hence several codes for one sign.

Source of the code assignments: laofont (github.com/jvongxay/laofont, MIT licence), a table used on
addresses of Vientiane, whose test holds them. Where it gives part of a row, the row is completed
in its own order: the alphabet from A1 to BB, the four tone marks from C8, the vowels AN, I, II, Y
and YY with a tone mark from 84 and from 98.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tonle.kernel.text import ordered

# A1 to BB is the alphabet. Windows and Word take AC, AD, B6 and B7 for signs and hyphens, so
# newer fonts moved TO, NO, LO LING and LO to EA, DF, EB and EC.
_ALPHABET = "ກຂຄງຈສຊຍດຕຖທນບປຜຝພຟມຢຣລວຫອຮ"
_TABLE: dict[int, str] = {0xA1 + at: letter for at, letter in enumerate(_ALPHABET)}
_TABLE |= {0xEA: "ທ", 0xDF: "ນ", 0xEB: "ຣ", 0xEC: "ລ"}
_TABLE |= {0xBC: "ຽ", 0xBD: "ະ", 0xBE: "າ", 0xBF: "ຳ"}
_TABLE |= {0xC0 + at: letter for at, letter in enumerate("ເແໂໃໄ")}
_TABLE |= {0xCD: "ຫຼ", 0xCE: "ໜ", 0xCF: "ໝ"}
_TABLE |= {0xF0: "ໍ", 0xF1: "ັ", 0xF2: "ິ", 0xF3: "ີ", 0xF4: "ຶ", 0xF5: "ື", 0xF6: "ົ"}
_TABLE |= {0xF7: "ຸ", 0xF8: "ູ", 0xF9: "ຼ"}
_MAI = "່້໊໋"
_TABLE |= {0xC8 + at: tone for at, tone in enumerate(_MAI)}
_TABLE |= {0xFA + at: tone for at, tone in enumerate(_MAI)}
_TABLE |= {0x84 + at: f"{vowel}່" for at, vowel in enumerate("ັິີຶື")}
_TABLE |= {0x98 + at: f"{vowel}້" for at, vowel in enumerate("ັິີຶື")}
_TABLE |= {0xD2: "ໍ່", 0xD3: "ໍ້"}

_LAO = re.compile("[\u0e80-\u0eff]")


def _read(text: str) -> str:
    made = text.translate(_TABLE)
    return ordered(made) if _LAO.search(made) else made


READERS: dict[str, Callable[[str], str]] = {"lswin": _read}
