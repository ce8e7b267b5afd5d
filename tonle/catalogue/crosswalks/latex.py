"""LaTeX in BibTeX values as plain text: accents, letters, signs; unknown commands fall away.

Source: "The LaTeX Companion", table of accents; names of signs as in `latexsym` and `textcomp`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# The command of an accent, and the combining mark that it sets on the next letter.
_ACCENTS: Final = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "h": "\u0309", "r": "\u030a", "H": "\u030b", "v": "\u030c",
    "d": "\u0323", "c": "\u0327", "k": "\u0328", "b": "\u0331", "t": "\u0361",
}  # fmt: skip
_SIGNS: Final = {
    "ss": "ß", "SS": "ẞ", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "dj": "đ", "DJ": "Đ", "dh": "ð", "DH": "Ð",
    "th": "þ", "TH": "Þ", "i": "i", "j": "j", "ng": "ŋ", "NG": "Ŋ", "ohorn": "ơ", "OHORN": "Ơ",
    "uhorn": "ư", "UHORN": "Ư", "textasciitilde": "~", "textasciicircum": "^",
    "textbackslash": "\\", "textendash": "–", "textemdash": "—", "textellipsis": "…",
    "ldots": "…", "dots": "…", "textquoteleft": "‘", "textquoteright": "’",
    "textquotedblleft": "“", "textquotedblright": "”", "textdegree": "°", "degree": "°",
    "copyright": "©", "textcopyright": "©", "textregistered": "®", "texttrademark": "™",
    "pounds": "£", "euro": "€", "S": "§", "P": "¶", "times": "×", "pm": "±", "cdot": "·",
    "mu": "μ", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "Delta": "Δ",
    "sigma": "σ", "lambda": "λ", "pi": "π", "Omega": "Ω", "Gamma": "Γ", "leq": "≤", "geq": "≥",
    "sim": "∼", "approx": "≈", "infty": "∞", "rightarrow": "→", "textinterrobangdown": "⸘",
    "textunderscore": "_", "textbar": "|", "textless": "<", "textgreater": ">",
    "textquotesingle": "'", "guillemotleft": "«", "guillemotright": "»", "newline": " ",
    "par": " ", "quad": " ", "qquad": " ",
}  # fmt: skip
# A command with its blank, an accent, an escaped sign, or a sign that LaTeX reads otherwise.
_TOKEN = re.compile(r"\\([a-zA-Z]+)\s*|\\(.)|([{}$~_^])|(-{2,3}|``|''|\?`|!`)", re.DOTALL)
_LIGATURES: Final = {"--": "–", "---": "—", "``": "“", "''": "”", "?`": "¿", "!`": "¡"}


def plain(text: str) -> str:
    """The text as a reader sees it. Linear in its length; never raises."""
    if not any(sign in text for sign in "\\{}$~-`'"):
        return text
    made: list[str] = []
    accent, in_formula = "", False
    at = 0
    for token in _TOKEN.finditer(text):
        accent = _put(made, text[at : token.start()], accent)
        at = token.end()
        word, escaped, sign, ligature = token.groups()
        if word is not None:
            if word in _ACCENTS and len(word) == 1 and _has_letter(text, at):
                # Of two accents the inner one sits on the letter first.
                accent = _ACCENTS[word] + accent
            elif word in _SIGNS:
                accent = _put(made, _SIGNS[word], accent)
        elif escaped is not None:
            if escaped in _ACCENTS:
                accent = _ACCENTS[escaped] + accent
            else:
                accent = _put(made, " " if escaped in "\\ \n,;:!/" else escaped, accent)
        elif sign == "$":
            in_formula = not in_formula
        elif sign == "~":
            accent = _put(made, "\u00a0", accent)
        elif sign in ("_", "^") and not in_formula:
            accent = _put(made, sign, accent)
        elif ligature is not None:
            accent = _put(made, _LIGATURES[ligature], accent)
    _put(made, text[at:], accent)
    return unicodedata.normalize("NFC", "".join(made).replace("\u00a0", " "))


def _has_letter(text: str, at: int) -> bool:
    """Whether an accent such as `\\c` has a letter to sit on at this place."""
    return bool(re.match(r"\s*\{?\\?\w", text[at : at + 8]))


def _put(made: list[str], piece: str, accent: str) -> str:
    """Append a piece, the waiting accent after its first letter. Returns what still waits."""
    if not piece:
        return accent
    if accent:
        piece = piece.lstrip() or piece
        made.append(piece[0] + accent + piece[1:])
        return ""
    made.append(piece)
    return ""
