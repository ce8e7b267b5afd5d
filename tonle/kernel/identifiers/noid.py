"""Our own ids, in the manner of NOID.

A record's `id` is 14 random betanumerics and a check character (J. Kunze, "Nice Opaque
Identifier", 2006). Betanumerics are digits and consonants: no vowels, so that no word
appears by chance; no `l`, which looks like 1; no `y`, which is a vowel in half the
languages. They are 29, a prime, which is what makes the check catch every single wrong
character and every swap of neighbours. 14 of them are 68 random bits: with a thousand
million records on all nodes together, the chance that any two meet is about 1 in 600.
"""

from __future__ import annotations

import random
import re
import secrets
from typing import Final

from tonle.kernel.errors import N_
from tonle.kernel.sentences import invalid, shown

BETANUMERICS: Final = "0123456789bcdfghjkmnpqrstvwxz"
ID_LENGTH: Final = 15

_ORDINAL: Final = {character: value for value, character in enumerate(BETANUMERICS)}
_ID: Final = re.compile(f"[{BETANUMERICS}]{{{ID_LENGTH}}}")
_SYSTEM: Final = secrets.SystemRandom()


def check_character(characters: str) -> str:
    """The NOID check character of a string of fewer than 29 characters.

    Each character's place in the alphabet (0 for any outside it, as NOID has it) times
    its position, counted from 1, summed modulo 29. Raises ValueError for longer strings,
    where position 29 would weigh nothing.
    """
    if len(characters) >= len(BETANUMERICS) - 1:
        raise ValueError("the check character holds for at most 27 characters")
    total = sum(
        position * _ORDINAL.get(character, 0) for position, character in enumerate(characters, 1)
    )
    return BETANUMERICS[total % len(BETANUMERICS)]


def mint(rng: random.Random | None = None) -> str:
    """A new id: 14 random betanumerics and their check character.

    rng: the operating system's randomness unless a test gives its own.
    """
    source = rng or _SYSTEM
    body = "".join(source.choices(BETANUMERICS, k=ID_LENGTH - 1))
    return body + check_character(body)


def is_valid(id: str) -> bool:
    """Whether this is an id in its one written form: 15 characters with the right check."""
    return bool(_ID.fullmatch(id)) and check_character(id[:-1]) == id[-1]


def normalise_id(text: str) -> str:
    """An id as people may write it (capitals, hyphens, spaces), in its one written form.

    Raises Invalid when it is no id, or a mistyped one.
    """
    found = re.sub(r"[\s\-‐-―]", "", text).lower()
    if not _ID.fullmatch(found):
        raise invalid(
            "",
            N_("“%(value)s” is not a record's name: it has 15 digits and consonants."),
            value=shown(text),
        )
    if not is_valid(found):
        raise invalid(
            "",
            N_("“%(value)s” is mistyped: its last character does not fit. Copy it again."),
            value=shown(text),
        )
    return found
