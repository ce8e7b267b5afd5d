"""Check characters of other people's identifiers."""

from __future__ import annotations

from typing import Final


def iso7064_mod11_2(digits: str) -> str:
    """The check character of ORCID and ISNI, over their first 15 digits. Source: ISO/IEC 7064."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    result = (12 - total % 11) % 11
    return "X" if result == 10 else str(result)


# Crockford's base 32, which ROR uses in lower case: no i, l, o, u.
_CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"


def ror_check(body: str) -> str:
    """The two check digits of a ROR id (ISO/IEC 7064 MOD 97-10 over its base 32 number)."""
    number = 0
    for character in body:
        number = number * 32 + _CROCKFORD.index(character)
    return f"{98 - number * 100 % 97:02d}"


def issn_check(digits: str) -> str:
    """The check character of an ISSN, over its first 7 digits. Source: ISO 3297."""
    total = sum(int(d) * weight for d, weight in zip(digits, range(8, 1, -1), strict=True))
    result = -total % 11
    return "X" if result == 10 else str(result)


def isbn10_check(digits: str) -> str:
    """The check character of an ISBN of 10, over its first 9 digits. Source: ISO 2108 (1992)."""
    total = sum(int(d) * weight for d, weight in zip(digits, range(10, 1, -1), strict=True))
    result = -total % 11
    return "X" if result == 10 else str(result)


def ean13_check(digits: str) -> str:
    """The check digit of an EAN or ISBN of 13, over its first 12 digits. Source: GS1."""
    return str(-sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10)
