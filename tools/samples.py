"""A sample of a language's messages, translated back and compared with the English.

`draw` takes some messages of each sort, those first that are new since the last check, always
the same ones for the same catalogue. They are written to a file without their English, for
somebody to write in English what each of them says; `compare` then measures how alike the two
are. What comes back otherwise is not wrong, and what comes back alike is not good: the measure
says where a native reader should look first.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Final

from config.options import BASE_DIR

# How many of each sort, 60 in all.
SORTS: Final = {"button": 15, "error": 15, "letter": 10, "help": 20}

# Below this a message is listed for a native reader.
ALIKE_ENOUGH: Final = 0.4

CHECKS: Final = "docs/reference/translation-checks.md"

_PLACE = re.compile(r"%\([^)]+\)[a-z]|%[a-z]|\{[^{}]*\}|<[^<>]*>")
_NOT = re.compile(r"\b(?:no|not|never|none|nobody|nothing|without|cannot|neither)\b|n[’']t\b", re.I)
_LETTERS = re.compile(r"(?:^|/)(?:mail/|topics\.py|telling\.py)|\.txt$")
_REFUSALS = re.compile(r"(?:^|/)(?:errors|machine|services|gates|guards|publishing)\.py|/rules/")


@dataclass(frozen=True)
class Said:
    """One message: its English, its translation (a plural one's last form) and where it stands."""

    context: str
    english: str
    translation: str
    places: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Names it in a file that must not show the English."""
        return hashlib.sha256(f"{self.context}\x04{self.english}".encode()).hexdigest()[:8]

    @property
    def sort(self) -> str:
        """One of SORTS, "" for names and labels, which say too little to be judged alone."""
        words = len(self.english.split())
        if any(_LETTERS.search(place) for place in self.places):
            return "letter" if words > 3 else ""
        if any(_REFUSALS.search(place) for place in self.places):
            return "error" if words > 3 else ""
        if not any("/templates/" in place for place in self.places):
            return ""
        if words > 6 or self.english.endswith((".", "?")):
            return "help"
        return "button" if words > 1 else ""


def draw(language: str, messages: Iterable[Said], before: frozenset[tuple[str, str]]) -> list[Said]:
    """The sample: of each sort those that were not so `before`, then others; by digest.

    Each language has others, so that who writes several back learns nothing from the first.
    """

    def order(one: Said) -> tuple[bool, str]:
        digest = hashlib.sha256(f"{language} {one.key}".encode()).hexdigest()
        return ((one.english, one.translation) in before, digest)

    found = sorted((one for one in messages if one.translation), key=order)
    by_sort = {sort: [one for one in found if one.sort == sort] for sort in SORTS}
    return [one for sort, many in SORTS.items() for one in by_sort[sort][:many]]


def written(language: str, sample: Sequence[Said]) -> str:
    """The sample as a file to be filled in: no English in it."""
    lines = [f"# {language}: behind each > write in English what stands behind the <.", ""]
    for one in sample:
        lines += [f"@ {one.key}", f"< {_line(one.translation)}", "> ", ""]
    return "\n".join(lines)


def read(text: str) -> dict[str, str]:
    """Key to what was written back, of a file that was filled in."""
    found: dict[str, str] = {}
    key = ""
    for line in text.splitlines():
        mark, _space, rest = line.partition(" ")
        if mark == "@":
            key = rest.strip()
        elif mark == ">" and rest.strip():
            found[key] = rest.strip()
    return found


def _line(text: str) -> str:
    return text.replace("\n", "\\n")


@dataclass(frozen=True)
class Compared:
    """likeness: 0 to 1. why: what differs beyond words, as sentences; () for nothing."""

    said: Said
    back: str
    likeness: float
    why: tuple[str, ...]

    @property
    def doubtful(self) -> bool:
        return self.likeness < ALIKE_ENOUGH or bool(self.why)


def compare(messages: Iterable[Said], back: dict[str, str]) -> list[Compared]:
    """Each message that was written back beside its English, the least alike first."""
    found = [
        Compared(one, back[one.key], likeness(one.english, back[one.key]), tuple(_why(one, back)))
        for one in messages
        if one.key in back
    ]
    return sorted(found, key=lambda one: (not one.doubtful, one.likeness))


def _why(one: Said, back: dict[str, str]) -> Iterator[str]:
    english, again = one.english, back[one.key]
    if bool(_NOT.search(english)) != bool(_NOT.search(again)):
        yield "One of them denies something."
    if sorted(_PLACE.findall(english)) != sorted(_PLACE.findall(again)):
        yield "Other places are filled in."


def likeness(one: str, other: str) -> float:
    """chrF of two English sentences: how many runs of 1 to 6 letters they share, 0 to 1.

    Case, punctuation and places do not count. Precision and recall weigh alike (β = 1), for
    neither sentence is the right one. Source: M. Popović, chrF (WMT 2015).
    """
    left, right = _bare(one), _bare(other)
    if not left or not right:
        return float(left == right)
    scores = []
    for size in range(1, 7):
        a, b = _runs(left, size), _runs(right, size)
        if a and b:
            scores.append(2 * sum((a & b).values()) / (sum(a.values()) + sum(b.values())))
    return mean(scores)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", _PLACE.sub(" ", text).lower()).strip()


def _runs(text: str, size: int) -> Counter[str]:
    joined = text.replace(" ", "")
    return Counter(joined[at : at + size] for at in range(len(joined) - size + 1))


def report(language: str, found: Sequence[Compared]) -> str:
    """The figures, and a table in Markdown of the doubtful."""
    if not found:
        return f"{language}: nothing was written back."
    doubtful = [one for one in found if one.doubtful]
    lines = [
        f"{language}: {len(found)} messages, likeness {mean(one.likeness for one in found):.2f} "
        f"on the average, {len(doubtful)} to look at.",
        "",
        "| English | Translation | Written back | Likeness | |",
        "|---|---|---|---|---|",
    ]
    for one in doubtful:
        cells = (one.said.english, one.said.translation, one.back)
        shown = " | ".join(_line(cell).replace("|", "\\|") for cell in cells)
        lines.append(f"| {shown} | {one.likeness:.2f} | {' '.join(one.why)} |")
    return "\n".join(lines)


def last_check() -> str:
    """The commit of the last recorded check, "" where none is recorded."""
    return _git("log", "-1", "--format=%H", "--", CHECKS).strip()


def at(commit: str, path: str) -> bytes:
    """A file as it was in a commit; b"" where it was not there."""
    return _git("show", f"{commit}:{path}").encode() if commit else b""


def _git(*arguments: str) -> str:
    # Fixed words, a commit and a path of ours.
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607 # Whichever git the developer has.
        cwd=BASE_DIR, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout if done.returncode == 0 else ""
