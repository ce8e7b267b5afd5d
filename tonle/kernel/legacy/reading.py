"""From the bytes of a family of fonts to Unicode."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tonle.kernel.legacy import khmer, lao, vietnamese
from tonle.kernel.legacy.octets import as_bytes, as_letters, is_unicode

_READERS: Mapping[str, Callable[[str], str]] = {
    **khmer.READERS,
    **lao.READERS,
    **vietnamese.READERS,
}
READABLE = frozenset(_READERS)


def convert(text: str, family: str) -> str:
    """The text of a run in Unicode, letters of bytes read as the family's.

    family: a key of `names.FAMILIES` that is readable. A run that holds letters which are no
    bytes was typed in Unicode, and stays. Runs of one font that touch are better joined before:
    a letter and its sign may lie in two.
    """
    given = as_bytes(text)
    return text if is_unicode(given) else as_letters(_READERS[family](given))
