"""Text in many languages: one written form, language tags, language maps.

What people type for the same word differs in code points: composed and decomposed
letters, Khmer and Lao marks in typing order, Burmese in the Zawgyi encoding, invisible
characters from a word processor. `normalise` gives one form, once, on the way in; what
was received is kept beside it as bytes by whoever received it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import invalid, shown
from tonle.kernel.zawgyi import from_zawgyi, is_zawgyi

LanguageMap = dict[str, str]
"""Language tag (BCP 47, canonical case, `und` where unknown) to text."""

UNDETERMINED = "und"

# --- characters ---------------------------------------------------------------------

# Never part of a text: controls except tab and newline; embeddings, overrides and isolates,
# which reach beyond the text they stand in and can make one name look like another;
# deprecated format characters; annotation marks; tag characters, which hide messages;
# the byte order mark; noncharacters; lone surrogates, which UTF-8 cannot carry.
_DROPPED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff]"
)
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# What no single line of text holds: controls, breaks, halves of characters.
BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

# Zero width space, non-joiner, joiner and word joiner carry meaning between letters: word
# breaks in Khmer, Lao, Thai and Burmese, shapes in Khmer and Persian, families of emoji.
# At an edge, beside a space, after each other or inside ASCII they are accidents.
_Z = "\u200b\u200c\u200d\u2060"
# One by one, after repeated ones are gone: no search from each place to the end of a run.
_REPEATED_ZERO_WIDTH = re.compile(f"([{_Z}])[{_Z}]+")
_IDLE_ZERO_WIDTH = re.compile(f"^[{_Z}]|[{_Z}]$|(?<=\\s)[{_Z}]|[{_Z}](?=\\s)")
_ZERO_WIDTH_IN_ASCII = re.compile(f"(?<=[\x21-\x7e])[{_Z}](?=[\x21-\x7e])")


_UNCLEAN = re.compile(f"{_DROPPED.pattern[:-1]}{_Z}\r\x0b\x0c\x85\u2028\u2029]")


def _clean(text: str) -> str:
    # Nearly all text has none of them, and then one look is enough.
    if not _UNCLEAN.search(text):
        return text
    text = _DROPPED.sub("", _BREAKS.sub("\n", text))
    text = _REPEATED_ZERO_WIDTH.sub(r"\1", text)
    return _ZERO_WIDTH_IN_ASCII.sub("", _IDLE_ZERO_WIDTH.sub("", text))


# --- order of marks -----------------------------------------------------------------

# Khmer, after Unicode Technical Note 61: robat, subscripts (ro last, though it is drawn
# first), shifter, vowel before, below, above, after, signs above, signs after. Joiners
# end a run and are not moved: where they stand decides how a shifter is drawn.
_KHMER_RUN = re.compile("(?:\u17d2[\u1780-\u17b3]|[\u17b6-\u17d1\u17dd]){2,}")
_KHMER_MARK = re.compile("\u17d2.|.", re.DOTALL)
_KHMER_RANK = {
    "\u17cc": 0,
    "\u17d2\u179a": 2,
    **dict.fromkeys("\u17c9\u17ca", 3),
    **dict.fromkeys("\u17be\u17bf\u17c0\u17c1\u17c2\u17c3\u17c4\u17c5", 4),
    **dict.fromkeys("\u17bb\u17bc\u17bd", 5),
    **dict.fromkeys("\u17b7\u17b8\u17b9\u17ba", 6),
    "\u17b6": 7,
    **dict.fromkeys("\u17c6\u17cb\u17cd\u17ce\u17cf\u17d0\u17d1\u17dd", 8),
    **dict.fromkeys("\u17c7\u17c8", 9),
}
_KHMER_SUBSCRIPT_RANK = 1


def _khmer_order(run: str) -> str:
    marks = _KHMER_MARK.findall(run)
    marks.sort(key=lambda mark: _KHMER_RANK.get(mark, _KHMER_SUBSCRIPT_RANK))
    # A vowel typed as its two visible halves is the one letter, with or without U between.
    ordered = "".join(marks).replace("\u17c1\u17b6", "\u17c4").replace("\u17c1\u17b8", "\u17be")
    return ordered.replace("\u17c1\u17bb\u17b8", "\u17be\u17bb")


# Lao and Thai: virama or phinthu and the low semivowel, then vowels, then tone, then the
# silencing mark, then the nasal ring; AA and AM come after all marks. A ring with AA is
# the one letter AM, and a tone or ring typed after AA or AM belongs before it.
_LAO_RUN = re.compile("[\u0eb1-\u0ebc\u0ec8-\u0ece]{2,}")
_LAO_RANK = {
    **dict.fromkeys("\u0eba\u0ebc", 0),
    **dict.fromkeys("\u0ec8\u0ec9\u0eca\u0ecb", 2),
    **dict.fromkeys("\u0ecc\u0ece", 3),
}
_THAI_RUN = re.compile("[\u0e31-\u0e3a\u0e47-\u0e4e]{2,}")
_THAI_RANK = {
    "\u0e3a": 0,
    **dict.fromkeys("\u0e48\u0e49\u0e4a\u0e4b", 2),
    **dict.fromkeys("\u0e4c\u0e4e", 3),
    "\u0e4d": 4,
}


def _orderer(
    rank: Mapping[str, int], tones: str, ring: str, aa: str, am: str
) -> Callable[[str], str]:
    """What puts a run of Lao or Thai marks in order, in one pass however long it is."""
    movable, after = {*tones, ring}, {aa, am}

    def group(marks: list[str], vowels: list[str]) -> str:
        # The ring is the vowel O where no AA follows (then a tone stands on it), else half of AM.
        if vowels[:1] == [aa] and ring in marks:
            marks.remove(ring)
            vowels[0] = am
        return "".join((*sorted(marks, key=lambda mark: rank.get(mark, 1)), *vowels))

    def order(run: str) -> str:
        done: list[str] = []
        marks: list[str] = []
        vowels: list[str] = []
        open_: list[int] = []  # Where among vowels an AA still waits for its ring.
        for mark in run:
            if mark in after:
                if mark == aa:
                    open_.append(len(vowels))
                vowels.append(mark)
            elif vowels and mark == ring and open_:
                vowels[open_.pop()] = am
            else:
                if vowels and mark not in movable:
                    done.append(group(marks, vowels))
                    marks, vowels, open_ = [], [], []
                marks.append(mark)
        return "".join((*done, group(marks, vowels)))

    return order


_lao_order = _orderer(_LAO_RANK, "\u0ec8\u0ec9\u0eca\u0ecb", "\u0ecd", "\u0eb2", "\u0eb3")
_thai_order = _orderer(_THAI_RANK, "\u0e48\u0e49\u0e4a\u0e4b", "\u0e4d", "\u0e32", "\u0e33")


def _ordered(text: str, runs: re.Pattern[str], order: Callable[[str], str]) -> str:
    # A language has few different runs, nearly all in order: looking at each once is cheap.
    found = set(runs.findall(text))
    wrong = {run: right for run in found if (right := order(run)) != run}
    return runs.sub(lambda match: wrong.get(match[0], match[0]), text) if wrong else text


_HAS_RUNS = re.compile("[\u0e31-\u0ece\u17b6-\u17dd]")


# Python sorts the marks on one letter by moving each back step by step, which takes minutes
# for the hundreds of thousands that only an attacker stacks. Sorted beforehand there is
# nothing to move. Text shorter than this holds no heap worth a look.
_HEAP = 2_000
_HEAP_OF_MARKS = re.compile(rb"[^\0]{64,}")
# The only letters that are no marks themselves and are made of marks.
_MADE_OF_MARKS = {ord(c): unicodedata.normalize("NFD", c) for c in "\u0f73\u0f75\u0f81"}


def _with_heaps_sorted(text: str) -> str:
    if len(text) < _HEAP:
        return text
    text = text.translate(_MADE_OF_MARKS)
    classes = bytes(map(unicodedata.combining, text))
    made, at = [], 0
    for heap in _HEAP_OF_MARKS.finditer(classes):
        marks = text[heap.start() : heap.end()]
        made += [text[at : heap.start()], *sorted(marks, key=unicodedata.combining)]
        at = heap.end()
    return "".join((*made, text[at:])) if made else text


def _finish(text: str) -> str:
    """NFC with the marks in order. Ordering leaves NFC as it is: ranks rise with the classes."""
    text = unicodedata.normalize("NFC", _with_heaps_sorted(text))
    if not _HAS_RUNS.search(text):
        return text
    text = _ordered(text, _KHMER_RUN, _khmer_order)
    text = _ordered(text, _LAO_RUN, _lao_order)
    return _ordered(text, _THAI_RUN, _thai_order)


def ordered(text: str) -> str:
    """The text in NFC with the marks of Khmer, Lao and Thai in order, and nothing else changed."""
    return _finish(text)


# --- normalise ----------------------------------------------------------------------


def normalise(text: str) -> str:
    """The one written form of a text: what people read is the same, code points are settled.

    NFC; Khmer, Lao and Thai marks in order; Zawgyi turned into Unicode; line ends `\\n`;
    no controls, direction overrides or idle invisible characters; no space at the ends.
    Compatibility letters, case and spaces inside are kept: this is text to show, search
    folds further. Idempotent.
    """
    if text.isascii():
        return text.strip() if text.isprintable() else _clean(text).strip()
    settled = _settle(text)
    if is_zawgyi(settled):
        converted = _settle(from_zawgyi(settled))
        # Where the result still looks like Zawgyi, the detector was wrong: leave it alone.
        # This also makes a second pass find nothing to do.
        if not is_zawgyi(converted):
            return converted
    return settled


def normalise_all(value: Any, depth: int = 64) -> Any:
    """A JSON value with every text in it normalised; keys, numbers and the rest stay.

    depth: what lies deeper is left as it is; no document of ours is as deep.
    """
    if isinstance(value, str):
        return normalise(value)
    if depth and isinstance(value, dict):
        return {key: normalise_all(one, depth - 1) for key, one in value.items()}
    if depth and isinstance(value, list):
        return [normalise_all(one, depth - 1) for one in value]
    return value


def _settle(text: str) -> str:
    # Dropping one character can bring two others together (a mark and its letter, two
    # spaces), so go on until nothing changes. Two rounds are enough for what people write,
    # and no text is known that needs more than this.
    for _ in range(8):
        settled = _finish(_clean(text).strip())
        if settled == text:
            break
        text = settled
    return text


def one_line(text: str) -> str:
    """The normalised text with every run of white space as one space: titles and names."""
    return " ".join(normalise(text).split())


# --- digits and order ---------------------------------------------------------------

# Where 0 stands in each set of decimal digits that people of the region type.
_ZEROS = {
    "km": 0x17E0,
    "lo": 0x0ED0,
    "th": 0x0E50,
    "my": 0x1040,
    "shn": 0x1090,
    "full width": 0xFF10,
}
_TO_ASCII = {zero + n: 0x30 + n for zero in _ZEROS.values() for n in range(10)}


def ascii_digits(text: str) -> str:
    """The text with Khmer, Lao, Thai, Burmese, Shan and full-width digits as 0 to 9."""
    return text if text.isascii() else text.translate(_TO_ASCII)


def local_digits(text: str, language: str) -> str:
    """The text with 0 to 9 in the language's own digits; unchanged where it has none."""
    zero = _ZEROS.get(language.split("-")[0].lower())
    return text.translate({0x30 + n: zero + n for n in range(10)}) if zero else text


@lru_cache(maxsize=16)
def _collator(language: str) -> Any:
    import icu

    return icu.Collator.createInstance(icu.Locale.forLanguageTag(language))


def sort_key(text: str, language: str = UNDETERMINED) -> bytes:
    """Orders texts as readers of the language do (Unicode collation, by ICU).

    Code points do not: Thai and Lao write some vowels before the consonant that leads.
    """
    return bytes(_collator(language).getSortKey(text))


# --- language tags ------------------------------------------------------------------

# RFC 5646, section 2.1: language with extended languages, script, region, variants,
# extensions, private use; or private use alone. The irregular old tags are not read, nor are
# languages of four to eight letters, of which none was ever registered: they are names
# ("Dutch") in the wrong place.
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3}(?P<extended>(?:-[a-z]{3}){0,3}))"
    r"(?P<script>-[a-z]{4})?(?P<region>-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"(?P<extensions>(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*)(?P<private>-x(?:-[a-z0-9]{1,8})+)?"
    r"|(?P<alone>x(?:-[a-z0-9]{1,8})+)"
)
MAX_TAG_LENGTH = 64


@lru_cache(maxsize=1)
def _language_aliases() -> Mapping[str, str]:
    """Codes that BCP 47 replaces by a shorter or newer one (`khm` to `km`, `iw` to `he`)."""
    from babel.core import get_global

    return {old.lower(): new for old, new in get_global("language_aliases").items()}


@lru_cache(maxsize=4096)
def language_tag(tag: str) -> str:
    """A language tag in canonical case: `ZH-hans` is `zh-Hans`, `khm` is `km`, `` is `und`.

    An underscore counts as a hyphen. Three-letter codes become the two-letter code where
    one exists, as RFC 5646 asks and library records need. Raises Invalid.
    """
    text = tag.strip().replace("_", "-").lower()
    if not text:
        return UNDETERMINED
    match = _TAG.fullmatch(text) if len(text) <= MAX_TAG_LENGTH else None
    if not match:
        raise invalid(
            "",
            N_("“%(tag)s” is not a language tag. Write it like km, lo or zh-Hans (BCP 47)."),
            tag=shown(tag),
        )
    if match["alone"]:
        return text
    language = match["language"]
    if match["extended"]:
        # zh-cmn is written cmn, and cmn, where zh is meant, zh.
        language = match["extended"].split("-")[1]
    replacement = _language_aliases().get(language, language).replace("_", "-")
    parts = [replacement if "-" not in replacement else language]
    if match["script"]:
        parts.append(match["script"][1:].capitalize())
    if match["region"]:
        parts.append(match["region"][1:].upper())
    rest = (match["variants"] or "") + (match["extensions"] or "") + (match["private"] or "")
    return "-".join(parts) + rest


def valid_language(tag: str) -> bool:
    """Whether the tag is well-formed BCP 47, in any case."""
    try:
        return bool(tag.strip()) and bool(language_tag(tag))
    except Invalid:
        return False


def language_fallbacks(tag: str) -> tuple[str, ...]:
    """The tag, then its parents: `zh-Hans-CN` gives itself, `zh-Hans`, `zh`.

    Source: RFC 4647, section 3.4 (lookup).
    """
    parts = language_tag(tag).split("-")
    found = []
    while parts:
        found.append("-".join(parts))
        parts.pop()
        # A single letter opens an extension and cannot end a tag.
        if parts and len(parts[-1]) == 1:
            parts.pop()
    return tuple(found)


# --- language maps ------------------------------------------------------------------


def clean_language_map(value: Mapping[str, str], *, line: bool = False) -> LanguageMap:
    """A language map with canonical tags and normalised texts, keys sorted, empty texts left out.

    line: put each text on one line, as titles and names are. Raises Invalid for a value that
    is no text, a bad tag, or two tags that are the same (`KM` and `km`) with different texts.
    """
    found: LanguageMap = {}
    for tag, text in value.items():
        if not isinstance(tag, str) or not isinstance(text, str):
            raise invalid(shown(tag), N_("A text in a language was expected here."))
        canonical = language_tag(tag)
        cleaned = one_line(text) if line else normalise(text)
        if not cleaned:
            continue
        if found.setdefault(canonical, cleaned) != cleaned:
            raise invalid(
                canonical,
                N_("There are two different texts in the language “%(tag)s”. Keep one."),
                tag=canonical,
            )
    return dict(sorted(found.items()))


def choose(value: Mapping[str, str], languages: str | Sequence[str] = ()) -> tuple[str, str]:
    """The text a reader sees and its language: (tag, text); ("und", "") for an empty map.

    languages: what the reader prefers, best first. For each: the same language, a parent
    (`zh-Hans` then `zh`), then any of the same language (`zh-Hant`; the shortest tag,
    then the first by alphabet). Then English in the same way, then `und`, then the first
    tag by alphabet, so that two nodes always choose alike.
    """
    if not value:
        return UNDETERMINED, ""
    if len(value) == 1:
        # Nearly always, and a page of results asks sixty times.
        return next(iter(value.items()))
    wanted = [languages] if isinstance(languages, str) else list(languages)
    # Tags are compared without case: interface languages are written `zh-hans`.
    by_tag = {tag.lower(): tag for tag in sorted(value, reverse=True)}
    for language in [*wanted, "en"]:
        if not valid_language(language):
            continue
        fallbacks = language_fallbacks(language)
        for tag in fallbacks:
            if tag.lower() in by_tag:
                found = by_tag[tag.lower()]
                return found, value[found]
        if kin := _kin(by_tag, fallbacks[-1]):
            return kin, value[kin]
    found = by_tag.get(UNDETERMINED) or min(value)
    return found, value[found]


class Name(str):
    """What a thing is called, for a place of a Sentence: in English here, shown in the reader's
    language.

    names: by language; otherwise: where there is none.
    """

    __slots__ = ("names",)
    names: LanguageMap

    def __new__(cls, names: Mapping[str, str], otherwise: str = "") -> Name:
        self = super().__new__(cls, choose(names, "en")[1] or otherwise)
        self.names = dict(names)
        return self


def _kin(by_tag: Mapping[str, str], language: str) -> str | None:
    kin: Iterable[str] = (tag for low, tag in by_tag.items() if low.startswith(f"{language}-"))
    return min(kin, key=lambda tag: (len(tag), tag), default=None)
