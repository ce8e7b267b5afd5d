"""Who is invented to try agreements and joint calls with."""

from __future__ import annotations

from tonle.kernel.errors import N_
from tonle.kernel.names import PersonName
from tonle.people.public import Character

CHARACTERS = (
    Character(
        "officer",
        PersonName.of("Thida the Invented", others={"km": "ធីតា (គ្មានពិត)"}, language="en"),
        N_("Officer"),
        N_("Reads what a verified organisation negotiates, and signs for it."),
        role="officer",
        where="organisation",
    ),
    Character(
        "secretariat",
        PersonName.of("Mony the Invented", others={"km": "មុនី (គ្មានពិត)"}, language="en"),
        N_("Secretariat"),
        N_("Keeps the papers: drafts agreements, begins joint calls, notes signatures on paper."),
        role="secretariat",
    ),
)
