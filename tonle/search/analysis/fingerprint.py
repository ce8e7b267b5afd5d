"""Which analysis made an index: another one reads other tokens and must not use it."""

from __future__ import annotations

import hashlib
from importlib.metadata import version

import icu

# Count up with every change that makes other tokens of the same text.
CODE_VERSION = 4


def _fingerprint() -> str:
    parts = (
        f"code {CODE_VERSION}",
        f"icu {icu.ICU_VERSION}",
        f"unicode {icu.UNICODE_VERSION}",
        f"myanmartools {version('myanmartools')}",
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


ANALYSER_HASH = _fingerprint()
