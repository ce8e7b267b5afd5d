"""Names of people as people have them.

One part is a whole name: many people in Myanmar, and some in every member, have no family
name, and nothing here asks for one. Parts are kept only where the source gave them; no name
is ever cut by a guess. A person may write the name in several scripts, and the order of the
parts is part of the name: Khmer, Vietnamese and Chinese put the family first, Thai, Lao
and English last.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal

from tonle.kernel.errors import N_
from tonle.kernel.sentences import invalid
from tonle.kernel.text import (
    UNDETERMINED,
    LanguageMap,
    choose,
    clean_language_map,
    one_line,
    sort_key,
)

Order = Literal["family_first", "given_first"]

# Longer than any name in the records we have seen; keeps a pasted abstract out.
MAX_LENGTH: Final = 300

_ORDER_BY_LANGUAGE: Final[Mapping[str, Order]] = {
    "km": "family_first",
    "vi": "family_first",
    "zh": "family_first",
    "ja": "family_first",
    "ko": "family_first",
    "hu": "family_first",
}
_LATIN: Final = re.compile("[A-Za-zÀ-ɏḀ-ỿ]")
_OTHER_LETTERS: Final = re.compile("[\u0370-\u1dff\u2c00-\ufaff\U00010000-\U0003ffff]")
_HAN: Final = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class PersonName:
    """A person's name.

    whole: the name as its bearer writes it, never empty. given, family: its parts, "" where
    unknown. order: how the parts stand in `whole`. language: of `whole`, `und` where unknown.
    others: the same name in other scripts or spellings, by language tag (`en`, `und-Latn`).
    """

    whole: str
    given: str = ""
    family: str = ""
    order: Order = "given_first"
    language: str = UNDETERMINED
    others: LanguageMap = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        whole: str = "",
        *,
        given: str = "",
        family: str = "",
        order: Order | None = None,
        language: str = UNDETERMINED,
        others: Mapping[str, str] | None = None,
    ) -> PersonName:
        """A clean name from what a form or a source gave.

        At least one of whole, given, family. A whole with one comma and no parts is
        `Family, Given`, as DataCite writes it. Without an order, the language tells, else
        a comma or the place of the family name. Raises Invalid for an empty or endless name.
        """
        whole, given, family = one_line(whole), one_line(given), one_line(family)
        before, comma, after = whole.partition(",")
        if comma and after.strip() and "," not in after:
            # `Lê, Văn Anh` is a way to write a name in lists, not the name.
            parts_agree = not (given or family) or (family, given) == (
                before.strip(),
                after.strip(),
            )
            if parts_agree:
                family, given, whole = before.strip(), after.strip(), ""
        if order is None:
            order = _order(whole, family, language)
        whole = whole or _join(given, family, order)
        if not whole:
            raise invalid("name", N_("A name is missing. One part is enough."))
        if len(whole) > MAX_LENGTH:
            raise invalid(
                "name", N_("This name is too long: at most %(limit)s characters."), limit=MAX_LENGTH
            )
        return cls(
            whole, given, family, order, language, clean_language_map(others or {}, line=True)
        )

    def shown_in(self, languages: Sequence[str] = ()) -> tuple[str, str]:
        """(language, name) for a reader, who gets the own form before a third language's.

        languages: the reader's, best first. A form in one of them wins, then the name as its
        bearer writes it.
        """
        forms = {**self.others, self.language: self.whole}
        for language in languages:
            tag, text = choose(forms, language)
            if tag.split("-")[0] == language.split("-")[0].lower():
                return tag, text
        return self.language, self.whole

    @property
    def latin(self) -> str | None:
        """A form in Latin letters, or None: for citations and for search by outsiders."""
        candidates = [self.whole, *(text for _, text in sorted(self.others.items()))]
        return next((text for text in candidates if _is_latin(text)), None)

    @property
    def inverted(self) -> str:
        """The form for lists and for DataCite: `Family, Given`, or the whole without parts."""
        return f"{self.family}, {self.given}" if self.family and self.given else self.whole

    def sort_key(self, language: str = UNDETERMINED) -> bytes:
        """Orders names as readers of the language expect: by family where there is one."""
        return sort_key(self.inverted, language)


class Likeness(Enum):
    """How near two names are. There is no "same": names never prove who somebody is."""

    NONE = "none"
    POSSIBLE = "possible"


def compare(one: PersonName, other: PersonName) -> Likeness:
    """Whether two names may be of one person, for a human to decide.

    Possible when a written form of one has all words of a form of the other, in any order,
    without case or diacritics, an initial standing for a word. Only identifiers such as
    ORCID say more. Symmetric.
    """
    for mine in _forms(one):
        for theirs in _forms(other):
            if _fits(mine, theirs) or _fits(theirs, mine):
                return Likeness.POSSIBLE
    return Likeness.NONE


def fold(text: str) -> str:
    """A name without case, diacritics of Latin letters, or punctuation: words and spaces.

    Marks of other scripts are letters to their readers and stay.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d").replace("ð", "d"))
    kept = "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f")
    words = re.sub(r"[^\w\u0300-\U0003ffff]+|[\u2000-\u206f]|_", " ", kept)
    return unicodedata.normalize("NFC", " ".join(words.split()))


def _forms(name: PersonName) -> list[list[str]]:
    texts = dict.fromkeys([name.whole, f"{name.given} {name.family}", *name.others.values()])
    return [words for text in texts if (words := fold(text).split())]


def _fits(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether each word of the shorter finds its own partner, at least one of them in full."""
    if len(few) > len(many):
        return False
    left = list(many)
    full = 0
    initials = []
    for word in few:
        if word in left:
            left.remove(word)
            full += len(word) > 1
        else:
            initials.append(word)
    for word in initials:
        partner = next((o for o in left if _is_initial(word, o) or _is_initial(o, word)), None)
        if partner is None:
            return False
        left.remove(partner)
    # One short word in common (`Li`, `Sok`) is shared by millions, yet it may be the whole name.
    return full > 0


def _is_initial(word: str, of: str) -> bool:
    return len(word) == 1 and of.startswith(word)


def _is_latin(text: str) -> bool:
    return bool(_LATIN.search(text)) and not _OTHER_LETTERS.search(text)


def _order(whole: str, family: str, language: str) -> Order:
    if whole and family:
        if whole.startswith(family):
            return "family_first"
        if whole.endswith(family):
            return "given_first"
    return _ORDER_BY_LANGUAGE.get(language.split("-")[0].lower(), "given_first")


def _join(given: str, family: str, order: Order) -> str:
    parts = [family, given] if order == "family_first" else [given, family]
    # Chinese names have no space between their parts.
    gap = "" if all(part and _HAN.match(part) for part in parts) else " "
    return gap.join(part for part in parts if part)
