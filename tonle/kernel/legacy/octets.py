"""The bytes of an old font, whichever way they came to be letters."""

from __future__ import annotations

import re

# Windows shows the bytes 80 to 9F as these; programs that read ISO 8859-1 leave them controls.
# Word keeps those of symbol fonts as private letters from U+F000 on; PDF readers give the Greek
# letter for the micro sign.
_BYTES = {
    ord(bytes([byte]).decode("cp1252", "replace")): byte
    for byte in range(0x80, 0xA0)
    if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
_LETTERS = {byte: chr(letter) for letter, byte in _BYTES.items()}
_BYTES |= {0xF000 + byte: byte for byte in range(0x20, 0x100)} | {0x3BC: 0xB5}
_BEYOND = re.compile("[^\x00-\xff]")


def as_bytes(text: str) -> str:
    """The text with each byte of a font as the letter of that number; other letters stay."""
    return text.translate(_BYTES) if _BEYOND.search(text) else text


def as_letters(text: str) -> str:
    """What no font took for a letter of its own, as Windows shows it: quotation marks, dashes."""
    return text.translate(_LETTERS)


def is_unicode(text: str) -> bool:
    """Whether letters stand in it that are no bytes: then no font of bytes was meant.

    text: as `as_bytes` gives it.
    """
    return any(letter.isalpha() for letter in _BEYOND.findall(text))
