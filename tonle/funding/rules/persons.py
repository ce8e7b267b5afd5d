"""How near two names of people are, across scripts and spellings. Pure.

Chinese names are read by ICU (pinyin, with the surnames' own readings). Khmer, Lao, Thai and
Burmese names are written in Latin letters in many ways, all of which keep the order of their
consonants more or less: `សុខ សុភាព` is Sok Sopheap, Sokh Sopheab, Sauk Sophiep. So they are
compared by classes of consonants, which is a hint and never more.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Final

from tonle.kernel.errors import N_
from tonle.kernel.names import Likeness, PersonName, compare, fold
from tonle.kernel.text import normalise

NOTHING, SOUND, NEAR, PART, READING, SAME = range(6)
# Points in the evidence of a pair, and why. Where it says less than SAME in one script, the
# spelling is told as a difference, too.
POINTS: Final = {NOTHING: 0, SOUND: 120, NEAR: 130, PART: 130, READING: 200, SAME: 220}
WHY: Final = {
    SOUND: N_("The names of people sound alike: %(ours)s, %(theirs)s."),
    NEAR: N_("The names of people are spelt nearly alike: %(ours)s, %(theirs)s."),
    PART: N_("One name has the parts of the other: %(ours)s, %(theirs)s."),
    READING: N_("The Chinese name is read so: %(ours)s, %(theirs)s."),
    SAME: N_("The same name of a person: %(ours)s, %(theirs)s."),
}
MOST_WORDS: Final = 6
# Consonants in a name, below which that they sound alike says nothing.
_LEAST_SOUNDS: Final = 3
_NEAR: Final = 0.86

_TITLES: Final = re.compile(
    r"^(?:(?:(?:assoc|asst)?\.?\s*prof(?:essor)?|dr|mr|mrs|ms|phd|eng|pgs|gs|ts|ths)\.?\s+"
    r"|(?:លោកស្រី|លោកជំទាវ|លោក|បណ្ឌិត|សាស្ត្រាចារ្យ|ឯកឧត្តម)\s*"
    r"|(?:ผศ\.|รศ\.|ศ\.|ดร\.|นางสาว|นาย|นาง)\s*|(?:ທ່ານ|ດຣ\.?|ສຈ\.?)\s*|(?:ဒေါက်တာ)\s*)+",
    re.IGNORECASE,
)
_BEHIND: Final = re.compile(
    r"(?:教授|副教授|博士|研究员|老师|先生|女士)+$|,?\s*(?:ph\.?d\.?|md)$", re.IGNORECASE
)
_HAN: Final = re.compile("[\u3400-\u9fff]")
_LATIN: Final = re.compile("[a-z]")
_LETTER: Final = re.compile(r"(KHMER|THAI|LAO|MYANMAR) (?:LETTER|CHARACTER) (\w+)")
# Marks that silence the letter below them.
_SILENT: Final = re.compile(
    "[\u1780-\u17a2](?=[\u17b6-\u17cc]*\u17cd)|[\u0e01-\u0e2e](?=[\u0e31-\u0e3a]*\u0e4c)"
)
# The sounds of Burmese letters that their names, made for Sanskrit, do not tell.
_BURMESE: Final = {"CA": "sa", "CHA": "sa", "JA": "za", "JHA": "za", "SA": "ta", "RA": "ya"}
_CLASSES: Final = (
    # At the end of a word nobody hears them: Keo is កែវ, Pich is ពេជ្រ.
    (re.compile("(?<=.)[rvw]$"), ""),
    (re.compile("ng|nh|gn|ny"), "n"),
    (re.compile("chh?|tsh?|tz|zh|[jqzc]"), "C"),
    (re.compile("hs|sh|[sx]"), "S"),
    (re.compile("kh|gh|[kg]"), "K"),
    (re.compile("t+h|d+h|[td]"), "T"),
    (re.compile("ph|bh|[pbf]"), "P"),
    (re.compile("[wv]"), "V"),
    (re.compile("^[aeiou]"), "A"),
)
_UNHEARD: Final = re.compile("(?<!^)[hy]|[aeiou]")


@dataclass(frozen=True)
class Written:
    """A name made ready. shown: as given. words: folded. joined, sounds: in any order of its
    words, without what parts them; read: the same of its reading in Latin letters."""

    shown: str
    script: str
    words: tuple[str, ...]
    joined: frozenset[str]
    read: frozenset[str]
    sounds: frozenset[str]
    name: PersonName | None

    @property
    def keys(self) -> frozenset[str]:
        """By what two names that may be of one person meet."""
        return self.joined | self.read | self.sounds | {w for w in self.words if len(w) > 2}


@lru_cache(maxsize=8_192)
def written(text: str) -> Written:
    """A name made ready to be compared; titles before and behind it are left out."""
    plain = _BEHIND.sub("", _TITLES.sub("", normalise(text))).strip() or text
    if _HAN.search(plain):
        plain = _simplified().transliterate(plain)
    words = tuple(fold(plain).split()[:MOST_WORDS])
    script = _script("".join(words))
    spelt = words
    if script == "han":
        spelt = tuple(fold(_reading().transliterate("".join(words))).split()[:MOST_WORDS])
    heard = [sound for word in spelt if (sound := _sound(word))]
    whole = sum(map(len, heard)) >= _LEAST_SOUNDS
    return Written(
        shown=text,
        script=script,
        words=words,
        joined=_turned(words),
        read=_turned(spelt) if script in {"han", "latin"} else frozenset(),
        sounds=frozenset(f"~{one}" for one in _turned(tuple(heard))) if whole else frozenset(),
        name=PersonName.of(plain) if words and len(plain) <= 300 else None,
    )


def likeness(one: Written, other: Written) -> int:
    """How near two names are, NOTHING to SAME. Symmetric. No likeness proves who somebody is."""
    return _likeness(*sorted((one.shown, other.shown)))


# The same few hundred names meet in thousands of pairs of rows.
@lru_cache(maxsize=65_536)
def _likeness(first: str, second: str) -> int:
    one, other = written(first), written(second)
    if not (one.words and other.words):
        return NOTHING
    if one.joined & other.joined:
        return SAME
    if one.script != other.script and one.read & other.read:
        return READING
    if one.script == other.script:
        # An initial stands for a word only beside a whole one.
        known = any(len(word) > 1 for word in set(one.words) & set(other.words))
        if known and one.name and other.name and compare(one.name, other.name) is not Likeness.NONE:
            return PART
        if _near(one, other):
            return NEAR
    return SOUND if one.sounds & other.sounds else NOTHING


def _near(one: Written, other: Written) -> bool:
    """Whether the letters of two spellings are nearly the same, in some order of the words."""
    left, right = "".join(one.words), "".join(other.words)
    total = len(left) + len(right)
    if min(len(left), len(right)) < 6:
        return False
    # No order of the words has more letters in common than this.
    shared = sum((Counter(left) & Counter(right)).values())
    return 2 * shared / total >= _NEAR and any(
        SequenceMatcher(None, left, turned, autojunk=False).ratio() >= _NEAR
        for turned in sorted(other.joined)
    )


def _turned(words: tuple[str, ...]) -> frozenset[str]:
    """The words joined, beginning with each in turn: family first, and family last."""
    return frozenset("".join(words[at:] + words[:at]) for at in range(len(words)))


def _script(text: str) -> str:
    if _HAN.search(text):
        return "han"
    if _LATIN.search(text):
        return "latin"
    name = unicodedata.name(text[0], "") if text else ""
    return name.split(" ")[0].lower()


def _sound(word: str) -> str:
    """The classes of its consonants in their order: `sopheap`, `sophiep` and `សុភាព` are one."""
    sound = word if _LATIN.search(word) else _letters(word)
    for pattern, mark in _CLASSES:
        sound = pattern.sub(mark, sound)
    # Written twice, heard once; with a vowel between them they are two.
    sound = re.sub(r"(.)\1+", r"\1", re.sub("[^a-zA-Z]", "", sound))
    return _UNHEARD.sub("", sound)


def _letters(word: str) -> str:
    """A word of the region's own scripts as rough Latin letters, by the names of its letters."""
    made = []
    # A letter with another below it has no vowel of its own.
    for letter, after in pairwise(f"{_SILENT.sub('', word)} "):
        found = _LETTER.match(unicodedata.name(letter, ""))
        if found is None or found[2] in {"SARA", "MAI", "NIKHAHIT", "PAIYANNOI", "LAKKHANGYAO"}:
            continue
        name = found[2]
        if found[1] == "MYANMAR":
            made.append(_BURMESE.get(name, name.lower()))
        elif name in {"QA", "O"}:
            made.append("a")
        else:
            made.append(name.lower().rstrip("aeiou") + ("" if after == "\u17d2" else "a"))
    sound = "".join(made)
    # The last letter of a word has no vowel of its own.
    return sound if unicodedata.category(word[-1])[0] == "M" else sound.removesuffix("a")


@cache
def _reading() -> Any:
    import icu

    return icu.Transliterator.createInstance("Han-Latin/Names; Latin-ASCII; Lower")


@cache
def _simplified() -> Any:
    import icu

    return icu.Transliterator.createInstance("Traditional-Simplified")
