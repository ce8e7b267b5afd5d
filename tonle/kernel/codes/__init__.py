"""Code lists: the words that forms, filters and exports agree on, each with its date.

A list is a JSON file in `data/`, with the day it was taken, its source and its licence.
What CLDR knows better and every year anew (names of countries, languages and currencies)
is not copied but asked of Babel when a label is wanted.
"""

from __future__ import annotations

from tonle.kernel.codes.licences import is_open, licence_from, licence_url
from tonle.kernel.codes.lists import (
    LISTS,
    Code,
    CodeList,
    code_list,
    codes,
    find,
    label,
    members,
    valid,
)

__all__ = [
    "LISTS",
    "Code",
    "CodeList",
    "code_list",
    "codes",
    "find",
    "is_open",
    "label",
    "licence_from",
    "licence_url",
    "members",
    "valid",
]
