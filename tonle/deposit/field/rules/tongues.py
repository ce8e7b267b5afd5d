"""Which language a form means: `label::Khmer (km)`, `label::English`, `label:vi`."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from tonle.kernel.text import UNDETERMINED, language_tag, valid_language

_CODE = re.compile(r"\(([A-Za-z0-9-]{2,35})\)\s*$")
# Languages whose own names are known, beside the English names of all.
_OWN = ("km", "lo", "th", "vi", "my", "zh", "en", "fr", "id", "ms")
# As people of the region write them, and Babel does not.
_ALSO = {
    "khmer": "km", "cambodian": "km", "lao": "lo", "laotian": "lo", "burmese": "my",
    "myanmar": "my", "chinese": "zh", "mandarin": "zh", "simplified chinese": "zh-Hans",
    "traditional chinese": "zh-Hant", "vietnamese": "vi", "tiếng việt": "vi", "thai": "th",
    "ภาษาไทย": "th", "ພາສາລາວ": "lo", "ភាសាខ្មែរ": "km", "မြန်မာဘာသာ": "my", "简体中文": "zh-Hans",
    "繁體中文": "zh-Hant", "汉语": "zh", "english": "en", "default": UNDETERMINED, "": UNDETERMINED,
}  # fmt: skip


@cache
def _named() -> dict[str, str]:
    """Name of a language, folded, to its tag."""
    names = {str(name).casefold(): str(tag) for tag, name in Locale("en").languages.items()}
    for tag in _OWN:
        own = Locale(tag).get_display_name(tag)
        if own:
            names[own.casefold()] = tag
    return names | _ALSO


def tag_of(said: str) -> str | None:
    """The tag of the language that a form names; `und` for none, None for one nobody knows.

    A code in brackets counts more than the name before it.
    """
    said = " ".join(said.split())[:100]
    code = _CODE.search(said)
    if code and valid_language(code[1]):
        return language_tag(code[1].replace("_", "-"))
    name = _CODE.sub("", said).strip().casefold()
    if name in _named():
        return language_tag(_named()[name].replace("_", "-"))
    short = name.replace("_", "-")
    if len(short.partition("-")[0]) in {2, 3} and valid_language(short):
        return language_tag(short)
    return None
