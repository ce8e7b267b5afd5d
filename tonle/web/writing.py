"""How dates and numbers are written for one reader: in which era, in whose digits.

The choice stays in the language cookie, as the Unicode extension of its tag (RFC 6067;
UTS #35): `th-u-ca-buddhist-nu-native`. So whatever keeps a page by its reader's language
keeps it by this as well. Of somebody with an account it stays there, too, so that letters
and other devices follow; the account wins while they are signed in. What machines read is
ISO 8601 in ASCII digits, always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

# The mark of the Buddhist Era where the civil year is counted in it, from January on.
ERAS: Final = {"th": "พ.ศ.", "lo": "ພ.ສ."}
DIGITS: Final = {"km": "០១២៣៤៥៦៧៨៩", "lo": "໐໑໒໓໔໕໖໗໘໙", "th": "๐๑๒๓๔๕๖๗๘๙", "my": "၀၁၂၃၄၅၆၇၈၉"}


@dataclass(frozen=True)
class Writing:
    """buddhist: years of the Buddhist Era; native: digits of the script. Each only in languages
    that have them."""

    buddhist: bool = False
    native: bool = False

    @property
    def extension(self) -> str:
        """`-u-ca-buddhist-nu-native`, or "" for what everybody is shown."""
        keys = ("-ca-buddhist" if self.buddhist else "") + ("-nu-native" if self.native else "")
        return f"-u{keys}" if keys else ""

    @property
    def stated(self) -> str:
        """Every part said, as an account keeps it: "" there is somebody who never chose."""
        era = "buddhist" if self.buddhist else "gregory"
        return f"und-u-ca-{era}-nu-{'native' if self.native else 'latn'}"


PLAIN: Final = Writing()
# Whoever is signed in is looked up where the first date is written, not before.
_active: ContextVar[Writing | Callable[[], Writing]] = ContextVar("tonle_writing", default=PLAIN)


def split(remembered: str) -> tuple[str, Writing]:
    """The language code and the choice in a cookie's value. Total: a stranger may send anything."""
    code, _mark, extension = remembered.lower().partition("-u-")
    keys = f"-{extension[:60]}-"
    return code, Writing("-ca-buddhist-" in keys, "-nu-native-" in keys)


def activate(writing: Writing | Callable[[], Writing]) -> None:
    """Write so from now on in this thread, as `translation.activate` does with languages."""
    _active.set(writing)


def active() -> Writing:
    found = _active.get()
    if not isinstance(found, Writing):
        found = found()
        _active.set(found)
    return found


@contextmanager
def override(writing: Writing) -> Iterator[None]:
    token = _active.set(writing)
    try:
        yield
    finally:
        _active.reset(token)


# --- somebody with an account ------------------------------------------------------------

Held = Callable[[HttpRequest], str]
Hold = Callable[[HttpRequest, str], None]

_account: tuple[Held, Hold] | None = None


def register_account(held: Held, hold: Hold) -> None:
    """Say where accounts keep the choice, as `stated` has it. Called once, by `people`.

    held: of whoever sent the request, "" where nobody is signed in or nothing was chosen.
    """
    global _account
    _account = (held, hold)


def of_reader(request: HttpRequest, remembered: Writing) -> Writing:
    """The account's choice if there is one, else what this device remembers."""
    held = _account[0](request) if _account else ""
    return split(held)[1] if held else remembered


def keep(request: HttpRequest, writing: Writing) -> None:
    """Keep the choice with the account of whoever is signed in, if anybody is."""
    if _account:
        _account[1](request, writing.stated)
