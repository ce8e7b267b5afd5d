"""What somebody meant who typed on another keyboard than they thought. Pure.

Layouts: the US one against Thai Kedmanee, Lao, Khmer NiDA and Burmese, in both directions
(`data/keyboards.json`, taken from the published layouts of xkeyboard-config). And Vietnamese
as it is typed for an input method that was off, by Telex or VNI: "tieengs", "tie61ng".
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tonle.kernel.text import normalise

_DATA = Path(__file__).with_name("data") / "keyboards.json"

# The letters of each layout's script; what is typed on it has some of them.
_SCRIPTS = {
    "th": ("\u0e01", "\u0e5b"),
    "lo": ("\u0e81", "\u0edf"),
    "km": ("\u1780", "\u17ff"),
    "my": ("\u1000", "\u109f"),
}


def meant(typed: str) -> Iterator[str]:
    """What was perhaps meant, as the other keyboard would have written it; the likelier first.

    Nothing is known of words here: whoever asks looks whether there are any such.
    """
    found = dict.fromkeys((*_vietnamese(typed), *_from_script(typed), *_to_script(typed)))
    found.pop(typed, None)
    yield from found


# --- layouts ------------------------------------------------------------------------


@cache
def layouts() -> Mapping[str, Mapping[str, str]]:
    """Language to what each character of the US layout is in its own."""
    known: Mapping[str, Mapping[str, str]] = json.loads(_DATA.read_text(encoding="utf-8"))[
        "layouts"
    ]
    return known


def _to_script(typed: str) -> Iterator[str]:
    """US keys as a reader of the region would have seen them."""
    if not typed.isascii() or not re.search("[A-Za-z]", typed):
        return
    for keys in layouts().values():
        yield normalise("".join(keys.get(character, character) for character in typed))


def _from_script(typed: str) -> Iterator[str]:
    """Letters of the region as the US keys on which they lie."""
    for language, (first, last) in _SCRIPTS.items():
        if not any(first <= character <= last for character in typed):
            continue
        back = _back(language)
        pattern = "|".join(map(re.escape, sorted(back, key=len, reverse=True)))
        text = "".join(back.get(piece, piece) for piece in re.findall(f"{pattern}|.", typed))
        if text.isascii() and re.search("[A-Za-z]{2}", text):
            yield text.lower()


@cache
def _back(language: str) -> Mapping[str, str]:
    return {there: here for here, there in layouts()[language].items()}


# --- Vietnamese ---------------------------------------------------------------------

# Typed letters to the letter meant. Source: the rules that both methods publish.
_TELEX = {"aa": "â", "aw": "ă", "ee": "ê", "oo": "ô", "ow": "ơ", "uw": "ư", "dd": "đ"}
_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI = {"a6": "â", "a8": "ă", "e6": "ê", "o6": "ô", "o7": "ơ", "u7": "ư", "d9": "đ"}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}

_ONSET = "ngh|ng|nh|gh|gi(?=[aeiouyâăêôơư])|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx]"
# A syllable as Vietnamese has them: what is none was never meant.
_SYLLABLE = re.compile(
    rf"(?P<onset>{_ONSET})?(?P<vowels>[aeiouyâăêôơư]{{1,3}})(?P<coda>ng|nh|ch|[cmnpt])?"
)
_VOWEL = "aeiouyâăêôơư"


def _vietnamese(typed: str) -> Iterator[str]:
    words = typed.lower().split()
    for marks, tones in ((_TELEX, _TELEX_TONES), (_VNI, _VNI_TONES)):
        turned = [_syllable(word, marks, tones) for word in words]
        if any(turned):
            yield " ".join(new or old for new, old in zip(turned, words, strict=True))


def _syllable(word: str, marks: Mapping[str, str], tones: Mapping[str, str]) -> str:
    """The syllable that these keys write; "" where they write none, or nothing else."""
    if not word.isascii() or len(word) > 10 or not word[0].isalpha():
        return ""
    tone = ""
    letters = word
    for at in range(len(word) - 1, 0, -1):
        # The key of a tone may stand anywhere behind the first vowel.
        if word[at] in tones and any(c in _VOWEL for c in word[:at]):
            rest = word[:at] + word[at + 1 :]
            if _spelled(rest, marks):
                tone, letters = tones[word[at]], rest
                break
    found = _spelled(letters, marks)
    if not found or (not tone and found[0] == word):
        return ""
    text, match = found
    return _toned(text, match, tone)


def _spelled(keys: str, marks: Mapping[str, str]) -> tuple[str, re.Match[str]] | None:
    """The letters that keys write without a tone, if they are a syllable.

    A mark may stand where it belongs or at the end of the vowels: "tiengs", "tieengs", "uow".
    """
    text = keys
    for typed, letter in marks.items():
        text = text.replace(typed, letter)
    text = text.replace("uơ", "ươ") if re.search("uơ[a-z]", text) else text
    text = _late(text, marks)
    match = _SYLLABLE.fullmatch(text)
    return (text, match) if match else None


def _late(text: str, marks: Mapping[str, str]) -> str:
    """A mark that was typed behind the whole syllable goes to its vowel: "viet6", "nuocw"."""
    if not text or text in marks:
        return text
    key = text[-1]
    for typed, letter in marks.items():
        plain, mark = typed[0], typed[1:]
        if key == mark and plain in text[:-1] and (plain != mark or text.count(plain) > 1):
            at = text[:-1].rfind(plain)
            rest = text[:at] + letter + text[at + 1 : -1]
            return rest.replace("uơ", "ươ") if re.search("uơ[a-z]", rest) else rest
    return text


def _toned(text: str, match: re.Match[str], tone: str) -> str:
    """The syllable with its tone on the vowel where Vietnamese writes it."""
    if not tone:
        return text
    start, end = match.span("vowels")
    vowels = text[start:end]
    marked = [at for at, vowel in enumerate(vowels) if vowel in "âăêôơư"]
    if marked:
        at = marked[-1]
    elif match["coda"] or len(vowels) == 3:
        at = len(vowels) - 1 if match["coda"] else 1
    else:
        at = 0
    place = start + at
    return unicodedata.normalize("NFC", f"{text[: place + 1]}{tone}{text[place + 1 :]}")
