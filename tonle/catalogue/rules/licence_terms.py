"""What a licence lets people do, asks of them and forbids: three short lists.

Never a replacement for the text of the licence, which is always linked beside them.
Source: the licences themselves, of the families that SPDX identifiers name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tonle.kernel.errors import N_

_USE = N_("use it for any purpose")
_USE_WITHOUT_GAIN = N_("use it where nobody earns money with it")
_CHANGE = N_("change it and build on it")
_SHARE = N_("share it")
_SHARE_AS_IT_IS = N_("share it as it is")
_NAME = N_("name those who made it, and the licence")
_SAY = N_("say what you changed")
_SAME = N_("share what you make of it under the same licence")
_NOTICE = N_("keep the notice of its makers")
_SOURCE = N_("give the source with what you share")
_GAIN = N_("earn money with it")
_CHANGED = N_("share a changed version")
_FORBID = N_("forbid others what the licence allows")
_SEEM = N_("let it seem that its makers stand behind you")


@dataclass(frozen=True)
class Terms:
    """gettext messages, each the end of a sentence: "You may …", "You must …", "… not …"."""

    may: Sequence[str]
    must: Sequence[str] = ()
    must_not: Sequence[str] = ()


_ALL: Final = (_USE, _CHANGE, _SHARE)
_FREE: Final = Terms(_ALL)
_PERMISSIVE: Final = Terms(_ALL, (_NOTICE,))
_COPYLEFT: Final = Terms(_ALL, (_NOTICE, _SOURCE, _SAME), (_FORBID,))
# Longest first: `CC-BY-NC-SA` begins like `CC-BY`.
_FAMILIES: Final = (
    ("CC0-", _FREE),
    ("PDDL-", _FREE),
    ("Unlicense", _FREE),
    ("0BSD", _FREE),
    (
        "CC-BY-NC-SA-",
        Terms((_USE_WITHOUT_GAIN, _CHANGE, _SHARE), (_NAME, _SAY, _SAME), (_GAIN, _FORBID)),
    ),
    ("CC-BY-NC-ND-", Terms((_USE_WITHOUT_GAIN, _SHARE_AS_IT_IS), (_NAME,), (_GAIN, _CHANGED))),
    ("CC-BY-NC-", Terms((_USE_WITHOUT_GAIN, _CHANGE, _SHARE), (_NAME, _SAY), (_GAIN, _FORBID))),
    ("CC-BY-ND-", Terms((_USE, _SHARE_AS_IT_IS), (_NAME,), (_CHANGED,))),
    ("CC-BY-SA-", Terms(_ALL, (_NAME, _SAY, _SAME), (_FORBID,))),
    ("CC-BY-", Terms(_ALL, (_NAME, _SAY), (_FORBID,))),
    ("ODbL-", Terms(_ALL, (_NAME, _SAME), (_FORBID,))),
    ("ODC-By-", Terms(_ALL, (_NAME,))),
    ("MIT", _PERMISSIVE),
    ("BSD-", Terms(_ALL, (_NOTICE,), (_SEEM,))),
    ("ISC", _PERMISSIVE),
    ("Apache-", Terms(_ALL, (_NOTICE, _SAY), (_SEEM,))),
    ("Zlib", _PERMISSIVE),
    ("AGPL-", _COPYLEFT),
    ("LGPL-", _COPYLEFT),
    ("GPL-", _COPYLEFT),
    ("MPL-", _COPYLEFT),
    ("EPL-", _COPYLEFT),
    ("EUPL-", _COPYLEFT),
)


def terms(identifier: str) -> Terms | None:
    """The terms of an SPDX identifier; None where they are not known, or for an expression."""
    if not identifier or " " in identifier:
        return None
    return next((found for start, found in _FAMILIES if identifier.startswith(start)), None)
