"""Licences in plain words: what a reader may do, in one sentence. Never a replacement for the text.

The families are told by their SPDX identifiers; the sentences are ours.
Source: SPDX License List 3.x for the identifiers; each licence's own text for the sentence.
"""

from __future__ import annotations

from tonle.kernel.codes import is_open
from tonle.kernel.errors import N_

_GIVEN_UP = N_("Use it in any way, without asking and without naming anybody.")
_BY = N_("Use, change and share it for any purpose. Name those who made it.")
_BY_SA = N_(
    "Use, change and share it for any purpose. Name those who made it, and share what you make "
    "of it under the same licence."
)
_BY_ND = N_("Share it unchanged for any purpose. Name those who made it.")
_BY_NC = N_("Use, change and share it, but not to earn money. Name those who made it.")
_BY_NC_SA = N_(
    "Use, change and share it, but not to earn money. Name those who made it, and share what "
    "you make of it under the same licence."
)
_BY_NC_ND = N_("Share it unchanged, and not to earn money. Name those who made it.")
_PERMISSIVE = N_("Use, change and share it for any purpose. Keep the notice of its makers.")
_COPYLEFT = N_(
    "Use, change and share it for any purpose. If you share what you make of it, share its "
    "source under the same licence."
)
_OPEN = N_("An open licence: you may use, change and share it under its conditions.")
_OTHER = N_("Read the licence before you use it: it does not allow everything.")

# Longest first: `CC-BY-NC-SA` begins like `CC-BY`.
_FAMILIES = (
    ("CC0-", _GIVEN_UP),
    ("PDDL-", _GIVEN_UP),
    ("Unlicense", _GIVEN_UP),
    ("0BSD", _GIVEN_UP),
    ("CC-BY-NC-SA-", _BY_NC_SA),
    ("CC-BY-NC-ND-", _BY_NC_ND),
    ("CC-BY-NC-", _BY_NC),
    ("CC-BY-ND-", _BY_ND),
    ("CC-BY-SA-", _BY_SA),
    ("CC-BY-", _BY),
    ("ODbL-", _BY_SA),
    ("ODC-By-", _BY),
    ("MIT", _PERMISSIVE),
    ("BSD-", _PERMISSIVE),
    ("ISC", _PERMISSIVE),
    ("Apache-", _PERMISSIVE),
    ("Zlib", _PERMISSIVE),
    ("AGPL-", _COPYLEFT),
    ("LGPL-", _COPYLEFT),
    ("GPL-", _COPYLEFT),
    ("MPL-", _COPYLEFT),
    ("EPL-", _COPYLEFT),
    ("EUPL-", _COPYLEFT),
)


def in_plain_words(identifier: str) -> str:
    """A gettext message for an SPDX identifier or expression; "" where nothing is known of it."""
    if " " in identifier:
        return ""  # An expression joins licences; one sentence for it would be a guess.
    for beginning, sentence in _FAMILIES:
        if identifier.startswith(beginning):
            return sentence
    known = is_open(identifier)
    if known is None:
        return ""
    return _OPEN if known else _OTHER
