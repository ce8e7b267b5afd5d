"""ARKs: Archival Resource Keys, the names that a record has from the first minute."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tonle.kernel.errors import N_
from tonle.kernel.identifiers.noid import BETANUMERICS, is_valid
from tonle.kernel.sentences import invalid, shown

# The number for tests: names under it resolve where they were given and nowhere else.
TEST_NAAN: Final = "99999"
# An ARK with a long path behind it; anything longer is a paste accident.
_MAX_LENGTH: Final = 2000

# Both spellings in use: `ark:12345/x` since 2018, `ark:/12345/x` before; either may follow
# a resolver's address. Hyphens are put in by typesetters and mean nothing.
_ARK = re.compile(
    rf"(?:https?://[^/\s]+/)?ark:/?(?P<naan>[{BETANUMERICS}\-]{{5,}})/"
    r"(?P<name>[^/.?\s]+)(?P<qualifier>(?:[/.][^?\s]*)?)(?P<inflection>(?:\?\S*)?)",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class Ark:
    """An ARK: who names (NAAN), the name, an optional part (`/page1.pdf`) and inflection (`?info`).

    `str()` gives the modern form without the inflection, which asks a question and is
    no part of the name. Source: draft-kunze-ark-38 (2024).
    """

    naan: str
    name: str
    qualifier: str = ""
    inflection: str = ""

    def __str__(self) -> str:
        return f"ark:{self.naan}/{self.name}{self.qualifier}"

    @classmethod
    def parse(cls, text: str) -> Ark:
        """The ARK in a text of either spelling, alone or behind a resolver's address.

        Label and NAAN become lower case, hyphens go; the case of the name is kept, for
        other people's names may depend on it. Raises Invalid.
        """
        match = _ARK.fullmatch(text.strip()[:_MAX_LENGTH])
        naan = match["naan"].replace("-", "").lower() if match else ""
        name = re.sub(r"[-‐-―]", "", match["name"]) if match else ""
        if not match or len(naan) < 5 or not name:
            raise invalid(
                "",
                N_("“%(value)s” is not an ARK. Write it like ark:99999/name."),
                value=shown(text),
            )
        # Structural characters at the end carry no meaning and are left out.
        qualifier = re.sub(r"[-‐-―]", "", match["qualifier"]).rstrip("/.")
        return cls(naan, name, qualifier, match["inflection"])

    @property
    def record_id(self) -> str | None:
        """The id of the record that this ARK would name if its NAAN is ours, else None.

        Our names have no capitals, so that a shouted ARK still resolves.
        """
        id = self.name.lower()
        return id if is_valid(id) else None
