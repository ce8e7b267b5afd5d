"""Names in citations: parted only where the record parts them, in the order of their script.

A name without a family name has no comma, no initials and is not turned round: `Thida`,
`ចាន់ សុខា`, `สมชาย ใจดี`. Chinese names stand together, family first.
Source: APA 7, 8.14 and 9.8; Chicago 17, 14.72 to 14.76; NLM "Citing Medicine", ch. 1;
GB/T 7714-2015, 8.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from tonle.kernel.errors import Invalid
from tonle.kernel.names import PersonName

Script = Literal["latin", "vietnamese", "han", "other"]

_LANGUAGE_OF_SCRIPT: Final = (
    (re.compile("[\u1780-\u17ff]"), "km"),
    (re.compile("[\u0e80-\u0eff]"), "lo"),
    (re.compile("[\u0e00-\u0e7f]"), "th"),
    (re.compile("[\u1000-\u109f\uaa60-\uaa7f]"), "my"),
    (re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]"), "zh"),
    # Letters that no other language has. Without one of them nothing is guessed: ă, â, ê and đ
    # are letters of Romanian, French and Croatian too.
    (re.compile("[\u1ea0-\u1ef9\u01a0\u01a1\u01af\u01b0]"), "vi"),
)


@dataclass(frozen=True)
class Name:
    """A creator's name. family and given are "" where the record does not part the name."""

    whole: str
    family: str = ""
    given: str = ""
    script: Script = "latin"

    @property
    def parted(self) -> bool:
        return bool(self.family and self.given and self.script in ("latin", "vietnamese"))

    def initials(self, dot: str, between: str) -> str:
        """`Văn Anh` as `V. A.` or `VA`; a hyphen stays where a style has dots."""
        words = []
        for word in self.given.split():
            letters = [part[0].upper() for part in word.split("-") if part]
            words.append((f"{dot}-" if dot else "").join(letters) + dot)
        return between.join(words)


def name_of(agent: Mapping[str, Any], language: str = "") -> Name:
    """The name of a creator of a record document.

    language: that of the citation; a name that is also known in its script is written so.
    """
    whole, script = agent["name"], _script(agent["name"])
    own = agent.get("names", {}).get(language)
    if own and _script(own) != script:
        return Name(own, script=_script(own))
    family, given = agent.get("family_name", ""), agent.get("given_name", "")
    if agent.get("name_type") == "Organizational":
        return Name(whole, script=script)
    if not (family and given):
        before, comma, after = (part.strip() for part in whole.partition(","))
        if comma and after and "," not in after:
            family, given = before, after
    return Name(natural(agent), family, given, script)


def natural(agent: Mapping[str, Any]) -> str:
    """The name as one says it: `Chan, Sokha` turned round, Chinese without a space."""
    name = agent["name"]
    if agent.get("name_type") == "Organizational":
        return str(name)
    language = next((tag for letters, tag in _LANGUAGE_OF_SCRIPT if letters.search(name)), "und")
    try:
        person = PersonName.of(
            name,
            given=agent.get("given_name", ""),
            family=agent.get("family_name", ""),
            language=language,
        )
    except Invalid:
        # Sources write whole lists of people, or nothing that shows, where a name belongs.
        return str(name)
    return person.whole.replace(" ", "") if language == "zh" else person.whole


_SCRIPTS: Final[Mapping[str, Script]] = {"zh": "han", "vi": "vietnamese"}


def _script(name: str) -> Script:
    for letters, language in _LANGUAGE_OF_SCRIPT:
        if letters.search(name):
            return _SCRIPTS.get(language, "other")
    return "latin"
