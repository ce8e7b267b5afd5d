"""A node with matter of every sort, all of it written in Greek letters.

Greek is no language of the interface, so what stands in other letters on a page was written
by us, and must be in the reader's language.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.constants import NOW
from tonle.catalogue import services as catalogue
from tonle.catalogue.public import kinds
from tonle.catalogue.saved import services as saved
from tonle.catalogue.tests.factories import STEWARD, make_record
from tonle.deposit.curation import services as curation
from tonle.deposit.curation.tests.factories import (
    handed_in,
    in_review,
    person,
    submission,
    with_role,
)
from tonle.desk import services as desk
from tonle.federation.harvest.models import Source
from tonle.federation.hooks.models import Hook
from tonle.kernel import identifiers
from tonle.kernel.actors import SYSTEM, Actor, Scope
from tonle.kernel.names import PersonName
from tonle.people import services as people
from tonle.people.public import token_scopes

WORDS = "Το νερό της λίμνης"
TEXT = {"el": WORDS}
HOST = "λίμνη.example"

RICH: dict[str, Any] = {
    "titles": {"el": WORDS, "grc": "Ὕδωρ"},
    "translations": {"grc": "machine"},
    "other_titles": [{"type": "Subtitle", "text": TEXT}],
    "creators": [
        {
            "name_type": "Personal",
            "name": "Δάρα",
            "names": {"el": "Δάρα Σοκ"},
            "identifiers": [{"scheme": "orcid", "value": "0000-0002-1825-0097"}],
            "affiliations": [
                {"name": "Ίδρυμα", "identifier": {"scheme": "ror", "value": "03yrm5c26"}}
            ],
        },
        {"name_type": "Personal", "name": "Σοκά"},
    ],
    "contributors": [{"name": "Γραφείο", "name_type": "Organizational", "type": "DataCollector"}],
    "descriptions": [{"type": "Abstract", "text": TEXT}, {"type": "Methods", "text": TEXT}],
    "publisher": {"name": "Ίδρυμα"},
    "publication_year": 2024,
    "resource_type": {"general": "Dataset", "text": "Σειρά"},
    "dates": [{"type": "Collected", "date": "1996/2024", "information": "αυγή"}],
    "subjects": [{"text": {"el": "υδρολογία"}}],
    "languages": ["el"],
    "members": ["KHM", "CHN-YN"],
    "rights": [{"identifier": "CC-BY-4.0"}, {"text": TEXT}],
    "pids": [{"scheme": "doi", "value": "10.5555/12345678"}],
    "alternate_identifiers": [{"type": "ράφι", "value": "17"}],
    "relations": [{"type": "IsSupplementTo", "target": {"scheme": "doi", "value": "10.5555/x"}}],
    "related_items": [
        {
            "type": "Journal",
            "relation_type": "IsPublishedIn",
            "titles": [{"text": TEXT}],
            "volume": "7",
        }
    ],
    "geo_locations": [
        {"place": {"el": "Όχθη"}, "point": {"latitude": "12.5", "longitude": "104.2"}},
        {"box": {"west": "101", "east": "102", "south": "13", "north": "14"}},
    ],
    "funding_references": [{"funder_name": "Υπουργείο", "award_number": "7", "award_title": TEXT}],
}
FILES = {"ρύζι.csv": "α,β\n1,2\n".encode(), "λίμνη.txt": WORDS.encode()}


def fill(folder: Path) -> tuple[dict[str, Actor], list[str]]:
    """Put matter of every sort into the database.

    Returns the people of it by name, and addresses to begin a walk at.
    """
    cast = {
        "sokha": with_role("sokha", "contributor"),
        "bopha": person("bopha"),
        "dara": with_role("dara", "curator"),
        "rith": with_role("rith", "steward"),
    }
    _people(cast)
    addresses = _records(folder)
    _deposits(folder, cast)
    _questions(cast)
    _elsewhere(cast["rith"])
    return cast, addresses


def _people(cast: dict[str, Actor]) -> None:
    rith = cast["rith"]
    names = {"sokha": "Σοκά", "bopha": "Μποφά", "dara": "Δάρα", "rith": "Ριθ"}
    for key, name in names.items():
        people.add_person(name=PersonName.of(name), actor=SYSTEM, now=NOW, account_id=cast[key].id)
    institute = people.add_organisation(
        description={"names": {"el": "Ίδρυμα"}, "acronym": "ΙΔ", "country": "KH"},
        actor=rith,
        now=NOW,
    )
    people.add_community(
        description={"slug": "limni", "names": {"el": "Κοινότητα"}, "policy": TEXT},
        actor=rith,
        now=NOW,
    )
    people.invite(email=f"a@{HOST}", role="curator", actor=rith, now=NOW, note="ναι")
    people.grant_role(
        account_id=cast["bopha"].id,
        role="member",
        scope=Scope("organisation", institute.id),
        actor=SYSTEM,
        now=NOW,
    )
    people.create_token(
        account_id=cast["sokha"].id,
        label="Ρομπότ",
        scopes=sorted(token_scopes())[:2],
        actor=cast["sokha"],
        now=NOW,
    )
    saved.save_search(
        actor=cast["sokha"],
        name="Λίμνη",
        query=WORDS,
        filters=[("kind", "dataset"), ("year_from", "2001")],
        rhythm="weekly",
        now=NOW,
    )
    bad = person("chenda")
    people.suspend_accounts(accounts=[bad.id], reason="όχι", actor=rith, now=NOW)


def _records(folder: Path) -> list[str]:
    rich = make_record(FILES, folder=folder, **RICH)
    closed = make_record(
        FILES,
        folder=folder,
        **{**RICH, "pids": [], "access": {"level": "restricted", "note": TEXT}},
    )
    embargo = {"level": "embargoed", "embargo_until": "2099-01-01"}
    later = make_record(FILES, folder=folder, **{**RICH, "pids": [], "access": embargo})
    gone = make_record(**{**RICH, "pids": [], "access": {"level": "metadata_only"}})
    catalogue.withdraw(record_id=gone.id, category="error", reason=TEXT, actor=STEWARD, now=NOW)
    for kind in kinds():
        make_record(
            kind=kind.name, titles=TEXT, creators=[{"name_type": "Personal", "name": "Σοκά"}]
        )

    return [
        *(f"/records/{one.id}" for one in (rich, closed, later, gone)),
        f"/records/{rich.id}/ask",
        f"/records/{rich.id}/questions",
        f"/records/{rich.id}/withdraw",
        f"/records/{rich.id}/request-withdrawal",
        f"/records/{closed.id}/request-access",
        f"/deposit/next/{rich.id}",
        f"/federation/records/{rich.id}/hide",
    ]


def _deposits(folder: Path, cast: dict[str, Actor]) -> None:
    sokha, dara = cast["sokha"], cast["dara"]
    described = {
        key: RICH[key] for key in ("titles", "creators", "descriptions", "subjects", "dates")
    }
    submission(sokha, folder, files=FILES, **described)
    submission(sokha, folder, files={}, creators=RICH["creators"], titles=TEXT)
    handed_in(sokha, folder, **described)
    read = in_review(sokha, dara, folder, **described)
    curation.comment(draft_id=read.id, text=WORDS, actor=dara, now=NOW)
    back = in_review(sokha, dara, folder, **described)
    curation.ask_changes(
        draft_id=back.id, text=WORDS, fields={"titles": WORDS}, actor=dara, now=NOW
    )
    declined = in_review(sokha, dara, folder, **described)
    curation.decline(draft_id=declined.id, reason="out_of_scope", text=WORDS, actor=dara, now=NOW)
    again = in_review(sokha, dara, folder, **described)
    curation.decline(draft_id=again.id, reason="out_of_scope", text=WORDS, actor=dara, now=NOW)
    curation.appeal(draft_id=again.id, text=WORDS, actor=sokha, now=NOW)


def _questions(cast: dict[str, Actor]) -> None:
    asked: dict[str, Any] = {
        "record_id": "",
        "text": WORDS,
        "language": "el",
        "actor": cast["bopha"],
        "now": NOW,
    }
    desk.ask(**asked)
    answered = desk.ask(**asked)
    desk.write(question=answered, text=WORDS, actor=cast["rith"], now=NOW)


def _elsewhere(rith: Actor) -> None:
    common: dict[str, Any] = {"created_at": NOW, "created_by": rith.id}
    for state in ("active", "paused"):
        Source.objects.create(
            id=identifiers.mint(),
            names={"el": "Θέσεις"},
            protocol="oai",
            base_url=f"https://{HOST}/oai/{state}",
            state=state,
            next_at=NOW + timedelta(days=1),
            **common,
        )
    Hook.objects.create(
        id=identifiers.mint(), label="Άγκιστρο", url=f"https://{HOST}/hook", secret="", **common
    )
