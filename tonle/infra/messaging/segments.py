"""What an SMS costs: how many segments a text takes. Pure.

Latin text of the GSM alphabet takes 7 bits a letter; one letter beyond it, such as any of
Khmer, makes the whole text UCS-2 with 16 bits. Source: 3GPP TS 23.038 section 6.2 (alphabets)
and TS 23.040 section 9.2.3.24 (a header of 6 octets in each part of a longer text).
"""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")  # An escape and a letter: two places.


def is_gsm(text: str) -> bool:
    """Whether every letter is of the GSM alphabet."""
    return all(c in _BASIC or c in _EXTENDED for c in text)


def segments(text: str) -> int:
    """How many SMS a text is sent, and paid, as; none for an empty one.

    A letter of two places is never cut in two, so it may leave one place empty.
    """
    if not text:
        return 0
    if is_gsm(text):
        widths = [2 if c in _EXTENDED else 1 for c in text]
        alone, part = 160, 153
    else:
        widths = [2 if ord(c) > 0xFFFF else 1 for c in text]
        alone, part = 70, 67
    if sum(widths) <= alone:
        return 1
    count, free = 1, part
    for width in widths:
        if width > free:
            count, free = count + 1, part
        free -= width
    return count
