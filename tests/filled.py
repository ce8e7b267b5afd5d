"""A node with matter of every sort, all of it written in Greek letters.

Greek is no language of the interface, so what stands in other letters on a page was written
by us, and must be in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings

from tests.constants import NOW
from tests.crawl import Visit
from tests.filled_proposals import proposals_of
from tests.greek import HOST, TEXT, WORDS
from tonle.agreements import drafting, steps
from tonle.agreements import services as agreements
from tonle.agreements.models import Version
from tonle.agreements.rules.texts import digest
from tonle.catalogue import services as catalogue
from tonle.catalogue.certificates.codes import Code, code_of, key_of
from tonle.catalogue.models import Record
from tonle.catalogue.public import DraftFile, edit_draft, kinds
from tonle.catalogue.saved import services as saved
from tonle.catalogue.tests.factories import STEWARD, make_record
from tonle.deposit.access import services as access
from tonle.deposit.access.models import AccessRequest
from tonle.deposit.checks.models import FileCheck, PersonalFinding
from tonle.deposit.checks.tests.factories import files_read
from tonle.deposit.curation import clearing, withdrawals
from tonle.deposit.curation import links as sharing
from tonle.deposit.curation import services as curation
from tonle.deposit.curation.tests.factories import (
    handed_in,
    in_review,
    person,
    submission,
    with_role,
)
from tonle.deposit.field.models import LookedInto
from tonle.deposit.field.rules.camera import Photograph
from tonle.deposit.field.rules.headings import Heading
from tonle.deposit.field.rules.tables import Found, Table
from tonle.deposit.forms.seals import FORM, seal
from tonle.desk import services as desk
from tonle.desk.letters import secret_of
from tonle.desk.wording import sayings
from tonle.desk.wording import services as wording
from tonle.federation.harvest.models import Source
from tonle.federation.hooks.models import Hook
from tonle.funding.calls import services as joint
from tonle.funding.following import services as calls
from tonle.funding.rules.eligibility import CAREER_STAGES, ORGANISATION_TYPES
from tonle.infra import clock
from tonle.kernel import identifiers
from tonle.kernel.actors import ANONYMOUS, NODE, SYSTEM, Actor, Scope
from tonle.kernel.dates import format_instant
from tonle.kernel.names import PersonName
from tonle.people import services as people
from tonle.people.models import Account
from tonle.people.notices.telling import stop_token
from tonle.people.public import actor_by_id, token_scopes
from tonle.people.tests.factories import PASSWORD
from tonle.people.tests.test_library_pages import passkey
from tonle.trace import following as trace

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
_TERMS = {
    "consent": "signature", "needed": 2, "after_days": 3, "not_before": "2026-01-02", "months": 24,
    "survivals": [{"article": 3, "months": 12}, {"article": 5}], "calendar": "UTC",
}  # fmt: skip
# An agreement and a policy as their records say all that there is to say.
PROMISES: dict[str, dict[str, Any]] = {
    "agreement": {
        "schema": "tonle-agreement/1",
        "type": "memorandum",
        "contracting_parties": [
            {"id": "alpha", "name": {"el": "Άλφα"}, "country": "KHM",
             "identifiers": [{"scheme": "ror", "value": "03yrm5c26"}]},
            {"id": "beta", "name": {"el": "Βήτα"}},
            {"id": "gamma", "name": {"el": "Γάμμα"}},
        ],
        "key_areas": [{"id": "water", "name": {"el": "Νερό"}}],
        "texts": [{"language": "el", "authentic": True}, {"language": "grc", "authentic": False}],
        "depositary": "alpha",
        "date_as_stated": "χθες",
        "areas_as_stated": "λίμνη",
        "signed_on": "2026-01-01",
        "in_force_on": "2026-01-04",
        "ended_on": "2028-06-04",
        "versions": [
            {"version": number, "record_version": number, "state": "in_force", "terms": _TERMS,
             "sha256": "a" * 64, "agreed_on": "2026-01-01", "signed_on": "2026-01-01",
             "in_force_on": "2026-01-04", "ended_on": "2028-06-04"}
            for number in (1, 2)
        ],
        "acts": [
            {"party": party, "act": act, "version": number, "on": on, "way": way, **more}
            for party, act, number, on, way, more in (
                ("alpha", "sign", 1, "2026-01-01", "screen", {}),
                ("beta", "sign", 1, "2026-01-01", "paper", {}),
                ("gamma", "sign", 1, "2026-01-01", "paper", {}),
                ("alpha", "ratify", 1, "2026-01-01", "paper", {}),
                ("alpha", "sign", 2, "2026-05-01", "screen", {}),
                ("gamma", "sign", 2, "2026-05-01", "screen", {}),
                ("gamma", "withdraw", 2, "2026-05-02", "paper", {"effective": "2026-06-01"}),
                ("beta", "stop_renewal", 1, "2026-05-02", "paper", {}),
            )
        ] + [{"act": "terminate", "version": 2, "on": "2027-01-01", "effective": "2028-06-04"}],
    },
    "policy": {
        "schema": "tonle-policy/1",
        "type": "roadmap",
        "is_draft": True,
        "dated_on": "2026-01-01",
        "country": "Ελλάδα",
        "goals": [{"id": "water", "name": {"el": "Νερό"}}],
        "targets": [
            {"id": "lake", "goal": "water", "indicator": "δείκτης", "baseline_as_stated": "1%",
             "target_as_stated": "2%", "year_as_stated": "2030", "source": f"https://{HOST}/1"}
        ],
    },
}  # fmt: skip
FILES = {"ρύζι.csv": "α,β\n1,2\n".encode(), "λίμνη.txt": WORDS.encode()}


def fill(folder: Path) -> tuple[dict[str, Actor], list[Visit]]:
    """Put matter of every sort into the database.

    Returns the people of it by name, and visits to what no link leads to, or what stands for
    a state of what is there.
    """
    # Spent by nobody: rith, who has no password, cannot sign in.
    welcome = people.issue_signin_link(now=clock.now())
    cast = {
        "sokha": with_role("sokha", "contributor"),
        "bopha": person("bopha"),
        "dara": with_role("dara", "curator"),
        "rith": with_role("rith", "steward"),
        "vanna": person("vanna"),
    }
    return cast, [
        *_people(cast),
        *_records(folder, cast),
        *_deposits(folder, cast),
        *_questions(cast),
        *_agreements(cast),
        *_calls(cast),
        *_funding(cast["bopha"]),
        *_elsewhere(folder, cast["rith"]),
        Visit("", f"/welcome/{welcome}"),
        *(Visit(who, url) for who in cast for url in ("/", "/me")),
    ]


def _people(cast: dict[str, Actor]) -> Iterator[Visit]:
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
    _row, secret = people.invite(
        email="bopha@example.org", role="curator", actor=rith, now=clock.now(), note="ναι"
    )
    yield from (Visit(who, f"/invitations/{secret}") for who in ("", "bopha"))
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
    now = clock.now()
    for name, answers in (("chenda", False), ("nary", True)):
        bad = person(name)
        people.suspend_accounts(accounts=[bad.id], reason="όχι", actor=rith, now=now)
        link = people.appeal_link(Account.objects.get(pk=bad.id)) or ""
        if answers:
            people.appeal(signed=link.rsplit("/", 1)[-1], text=WORDS, now=now)
        yield Visit("", link)
    yield Visit("", f"/messages/stop/{stop_token(cast['sokha'].id)}")
    yield from _second_factors(Account.objects.get(pk=cast["vanna"].id))


def _second_factors(vanna: Account) -> Iterator[Visit]:
    """Vanna has a password and every second factor there is; the others have none."""
    vanna.set_password(PASSWORD)
    vanna.save()
    TOTP.activate(vanna, generate_totp_secret())
    RecoveryCodes.activate(vanna)
    key = Authenticator.objects.create(
        user=vanna,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Κλειδί", "credential": passkey()},
    )
    own = ("", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "webauthn/")
    keys = (f"webauthn/keys/{key.pk}/{do}/" for do in ("edit", "remove"))
    yield from (Visit("vanna", f"/accounts/2fa/{page}") for page in (*own, *keys))
    yield Visit("vanna", "/accounts/password/change/")
    for page in ("2fa/totp/activate", "2fa/webauthn/add", "password/set"):
        yield Visit("sokha", f"/accounts/{page}/")
    # Whose password was typed long ago is asked for it; with a second factor, for that too.
    for page in ("reauthenticate", "2fa/reauthenticate", "2fa/webauthn/reauthenticate"):
        yield Visit("bopha", f"/accounts/{page}/")
        yield Visit("long ago", f"/accounts/{page}/")
    yield Visit("at the door", "/accounts/2fa/authenticate/")


def _records(folder: Path, cast: dict[str, Actor]) -> Iterator[Visit]:
    sokha, bopha, dara = cast["sokha"], cast["bopha"], cast["dara"]
    rich = make_record(FILES, folder=folder, actor=sokha, **RICH)
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

    for name, profile in PROMISES.items():
        promise = make_record(kind=name, titles=TEXT, creators=RICH["creators"], profile=profile)
        yield Visit("", f"/records/{promise.id}")
        if name == "agreement":
            # The one is bound by the second version, the other by the first, a third has left.
            asked_on = ("2026-07-01", "2029-01-01", "χθες")
            yield from (Visit("", f"/records/{promise.id}/bound?on={on}") for on in asked_on)
            yield from _came_of(promise)
    withdrawals.ask_withdrawal(
        record_id=rich.id, category="error", text=WORDS, actor=sokha, now=NOW
    )
    asking: dict[str, Any] = {
        "purpose": WORDS,
        "affiliation": "Ίδρυμα",
        "language": "en",
        "now": NOW,
    }
    for who, decided in ((bopha, "granted"), (person("maly"), ""), (person("vuthy"), "declined")):
        terms = access.terms_of(record_id=closed.id, language="en", actor=who, now=NOW)[1]
        asked = access.ask_access(record_id=closed.id, terms_sha256=terms, actor=who, **asking)
        if decided == "granted":
            access.grant(request_id=asked.id, days=30, note=WORDS, actor=dara, now=NOW)
        elif decided:
            access.decline(request_id=asked.id, reason=WORDS, actor=dara, now=NOW)
    after = curation.start_next(record_id=rich.id, replaces_files=False, actor=sokha, now=NOW)
    words = {key: value for key, value in RICH.items() if key != "pids"} | {"kind": "dataset"}
    edit_draft(draft_id=after.id, document=words | {"titles": TEXT}, actor=sokha, now=NOW)
    files_read(after.id)
    curation.hand_in(draft_id=after.id, actor=sokha, now=NOW)
    yield Visit("dara", f"/deposit/review/{after.id}")
    # The terms as they were read, in the asker's language.
    AccessRequest.objects.update(terms=WORDS)
    yield Visit("", f"/verify/{_code(rich)}")
    for one in (rich, closed, later, gone):
        yield from (Visit(who, f"/records/{one.id}") for who in ("", "sokha", "dara"))
    yield Visit("dara", f"/records/{rich.id}/withdraw")
    yield Visit("sokha", f"/records/{rich.id}/request-withdrawal")
    yield Visit("sokha", f"/deposit/next/{rich.id}")
    yield Visit("bopha", f"/records/{closed.id}/request-access")
    yield from (Visit(who, f"/records/{rich.id}/ask") for who in ("", "bopha"))
    yield Visit("", f"/records/{rich.id}/questions")
    yield Visit("bopha", "/me/requests")
    yield Visit("dara", "/deposit/requests")


def _came_of(promise: Record) -> Iterator[Visit]:
    """A chain under an agreement that serves one key area of it, and all the ways it breaks."""
    said = {"titles": TEXT, "creators": RICH["creators"]}
    wide = {
        "schema": "tonle-agreement/1",
        "key_areas": [{"id": name, "name": TEXT} for name in ("water", "health")],
    }
    above = make_record(kind="agreement", **said, profile=wide)
    named = [{"type": "IsPartOf", "target": {"scheme": "tonle", "value": promise.id}}]
    served = {"areas": [{"record": above.id, "area": area} for area in ("water", "9")]}
    project = make_record(kind="project", **said, relations=named, serves=served)
    away = {
        "type": "IsPartOf",
        "target": {"scheme": "raid", "value": "10.83962/a1b2c3d4"},
        "resource_type_general": "Project",
    }
    part = {"type": "IsPartOf", "target": {"scheme": "tonle", "value": project.id}}
    whom = {"groups": ["women"], "places": ["KHM"], "transformations": ["green"]}
    output = make_record(**said, relations=[part, away], serves={**whom, "poverty_reduction": True})
    trace.catch_up(NOW)
    yield Visit("", f"/records/{output.id}")
    yield Visit("", "/trace")
    for one in (promise, above):
        yield Visit("", f"/records/{one.id}/came-of")
    yield from (Visit("", f"/records/{above.id}/came-of/{area}") for area in ("water", "health"))


def _code(record: Record) -> Code:
    """What stands on the certificate of a record."""
    assert record.document is not None
    return code_of(
        key_of(settings.TONLE_KEYS),
        record=record.id,
        version=1,
        revision=0,
        sha256=record.document.sha256,
    )


def _deposits(folder: Path, cast: dict[str, Actor]) -> Iterator[Visit]:
    sokha, bopha, dara = cast["sokha"], cast["bopha"], cast["dara"]
    described = {
        key: RICH[key]
        for key in (
            "titles",
            "creators",
            "descriptions",
            "subjects",
            "dates",
            "funding_references",
        )
    }
    begun = submission(sokha, folder, files=FILES, **described)
    _found_in_files(begun.id)
    empty = submission(sokha, folder, files={}, creators=RICH["creators"], titles=TEXT)
    waiting = handed_in(sokha, folder, **described)
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
    spam = handed_in(bopha, folder, **described)
    # What a group shows goes by real days, and so does a link.
    now = clock.now()
    clearing.clear(
        draft_ids=[spam.id], reason="spam", text=WORDS, close_accounts=False, actor=dara, now=now
    )
    handed_in(person("nuon", now), folder, now=now, **described)
    _link, secret = sharing.share(draft_id=begun.id, days=30, label="ναι", actor=sokha, now=now)

    for one in (begun, empty, waiting, read, back, declined, again):
        yield Visit("sokha", f"/deposit/{one.id}")
        yield Visit("dara", f"/deposit/review/{one.id}")
    again_edited = dict(described) | {"kind": "dataset", "titles": {"el": f"{WORDS}!"}}
    for _twice in range(2):
        edit_draft(draft_id=begun.id, document=again_edited, actor=sokha, now=NOW)
        again_edited["titles"] = {"el": f"{WORDS}!!"}
    # Sent from a form that is older than both, and from one whose reader was signed out.
    sent = f"seal={seal(FORM, begun.id, sokha)}&seq=0&titles-0-lang=el&titles-0-text=ναι"
    for who in ("sokha", ""):
        yield Visit(who, f"/deposit/{begun.id}/describe", sent)
    _looked_into(begun.id)
    photograph = {"ρύζι.jpg": b"\xff\xd8\xff"}
    shot = submission(sokha, folder, files=photograph, titles=TEXT, creators=RICH["creators"])
    _looked_into(shot.id)
    yield Visit("sokha", f"/deposit/photograph/{shot.id}")
    for page in ("photograph", "survey"):
        yield Visit("sokha", f"/deposit/{page}")
    steps = ("describe", "people", "files", "rights", "links", "check", "findings", "edits")
    for step in (*steps, "columns"):
        yield Visit("sokha", f"/deposit/{begun.id}/{step}")
    yield Visit("sokha", f"/deposit/{empty.id}/check")
    yield Visit("sokha", f"/deposit/{back.id}/describe")
    yield Visit("", f"/deposit/shared/{secret}")
    yield from (Visit("dara", f"/deposit/review/{page}") for page in ("newcomers", "clearings"))
    yield Visit("dara", "/deposit/review/withdrawals")


def _looked_into(draft_id: str) -> None:
    """As if the files of a draft had been looked into: tables, and what a photograph says."""
    headings = tuple(Heading(name, "whole") for name in ("α", "β"))
    seen = {
        ".csv": Found((Table("", headings),)).to_json(),
        ".jpg": Photograph("2026-03-01", "", "12.5", "104.9", "δ", owned=True).to_json(),
    }
    for file in DraftFile.objects.filter(draft__id=draft_id):
        LookedInto.objects.get_or_create(
            draft=file.draft,
            name=file.name,
            sha256=file.sha256,
            defaults={"found": seen.get(file.name[-4:], {}), "at": NOW},
        )


def _found_in_files(draft_id: str) -> None:
    """As if traces of people had been found in the files of a draft."""
    for number, check in enumerate(FileCheck.objects.filter(draft__id=draft_id).order_by("key")):
        for kind, decision in (
            ("email", ""),
            ("exact_position", ""),
            ("phone", PersonalFinding.KEPT),
        ):
            PersonalFinding.objects.create(
                id=identifiers.mint(),
                check_of=check,
                kind=kind,
                where="β",
                table="γ",
                count=7,
                first_row=2 + number,
                mask="δ…",
                columns=["β"],
                decision=decision,
            )


def _questions(cast: dict[str, Actor]) -> Iterator[Visit]:
    rith = cast["rith"]
    # Now: a link by which a stranger confirms a question lives three days.
    now = clock.now()
    asked: dict[str, Any] = {"record_id": "", "text": WORDS, "language": "el", "now": now}
    ours = asked | {"actor": cast["bopha"]}
    desk.ask(**ours)
    answered = desk.ask(**ours)
    desk.write(question=answered, text=WORDS, actor=rith, now=now)
    stranger = asked | {"actor": ANONYMOUS, "asker": desk.Asker(f"a@{HOST}", "Ναι")}
    yield Visit("", f"/questions/confirm/{secret_of(desk.ask(**stranger))}")
    theirs = desk.ask(**stranger | {"text": TEXT["el"] + "?"})
    desk.confirm(secret=secret_of(theirs), actor=ANONYMOUS, now=now)
    yield Visit("", f"/questions/by-link/{secret_of(theirs)}")
    for who, one in (("bopha", answered), ("rith", answered), ("rith", theirs)):
        yield Visit(who, f"/questions/{one.id}")

    said = [one for one in sayings.sayings("km").values() if "%" not in one.message][:2]
    for number, saying in enumerate(said):
        row = wording.propose(
            language="km", saying=saying.id, text=f"{WORDS} {number}", actor=cast["bopha"], now=NOW
        )
        if number:
            wording.decline(wording_id=row.id, answer=WORDS, actor=rith, now=NOW)
        yield from (Visit(who, f"/desk/words/{row.id}") for who in ("bopha", "rith"))
    yield Visit("rith", "/desk/words")
    yield Visit("bopha", "/languages/km/words?q=λίμνη")


def _agreements(cast: dict[str, Actor]) -> Iterator[Visit]:
    """A text in force, its next version in the making, one that is agreed, and papers."""
    dara, rith = cast["dara"], cast["rith"]
    ministry = people.add_organisation(
        description={"names": {"el": "Υπουργείο"}}, actor=SYSTEM, now=NOW
    )
    people.verify_organisation(
        id=ministry.id, evidence=WORDS, checked_on=NOW.date(), actor=rith, now=NOW
    )
    scope = Scope("organisation", ministry.id)
    for role, who, where in (
        ("officer", "sokha", scope), ("secretariat", "dara", NODE), ("secretariat", "rith", NODE),
    ):  # fmt: skip
        people.grant_role(account_id=cast[who].id, role=role, scope=where, actor=SYSTEM, now=NOW)
    officer, keeper, second = (actor_by_id(one.id, NOW) for one in (cast["sokha"], dara, rith))
    parties = [
        (agreements.NewParty("alpha", ministry.id), {"el": "Υπουργείο"}),
        (agreements.NewParty("beta"), {"el": "Γραφείο"}),
    ]
    begun: dict[str, Any] = {"type": "memorandum", "title": TEXT, "parties": parties, "now": NOW}
    texts = {tag: {"authentic": tag == "el", "articles": [{"heading": WORDS, "text": WORDS}]}
             for tag in ("el", "grc")}  # fmt: skip
    areas = [{"id": "nero", "name": TEXT}]
    for last in ("sign", "agree"):
        version = agreements.create_agreement(actor=keeper, **begun)
        terms = version.document["terms"] | {
            "months": 36, "renews_months": 12, "withdrawal_months": 6, "depositary": "alpha",
            "survivals": [{"article": 1, "months": 12}, {"article": 1}], "until": "2040-01-01",
        }  # fmt: skip
        words = version.document | {"texts": texts, "key_areas": areas, "terms": terms}
        version = agreements.write_draft(
            version_id=version.id, document=words, edit=0, actor=officer, now=NOW
        )
        version = drafting.add_annex(
            version_id=version.id, name="ρύζι.csv", content=b"1", edit=1, actor=officer, now=NOW
        )
        for deed in ("agree", "sign")[: 2 if last == "sign" else 1]:
            yield from _deed(version, deed, officer, keeper, second)
        yield Visit("sokha", agreements.address(version))
        yield from (
            Visit("sokha", f"{agreements.address(version)}{page}")
            for page in ("/print/el", "?text=grc")
        )
        yield Visit("sokha", f"/agreements/steps/agreement/{version.id}/alpha/withdraw")
        yield Visit("dara", f"/agreements/papers/new/agreement/{version.id}/beta/withdraw")
        yield Visit("sokha", f"/agreements/{version.agreement.id}")
    # One paper waits for another pair of eyes; one draft is under the text in force.
    evidence = steps.Evidence(NOW.date(), "Σοκά", "Γραφείο", "7", b"%PDF-1.7")
    sha256 = digest(version.document)
    what = steps.What("agreement", version.id, "beta", "sign", sha256, {})
    waiting = steps.on_paper(what, evidence, actor=keeper, now=NOW)
    yield from (Visit(who, f"/agreements/papers/{waiting.id}") for who in ("dara", "rith"))
    first = Version.objects.order_by("key").first()
    assert first is not None
    after = agreements.next_version(agreement_id=first.agreement.id, actor=officer, now=NOW)
    changed = after.document | {"key_areas": [], "annexes": [], "texts": {"el": texts["el"]}}
    changed["terms"] = changed["terms"] | {"months": 24}
    agreements.write_draft(version_id=after.id, document=changed, edit=0, actor=officer, now=NOW)
    beneath = agreements.create_agreement(actor=keeper, under=first.agreement.id, **begun)
    for one in (after, beneath):
        here = agreements.address(one)
        yield Visit("sokha", here)
        for page in ("", "/text/km", "/terms", "/annexes"):
            yield Visit("sokha", f"{here}/edit{page}")
        yield Visit("sokha", f"{here}/edit", "base=other&title-0-lang=el&title-0-text=ναι")
    yield Visit("sokha", f"{agreements.address(after)}/edit/text/el", "base=other&text-0=ναι")
    yield Visit("sokha", f"{agreements.address(after)}/compare")
    yield Visit("sokha", f"/agreements/{first.agreement.id}?on=2100-01-01")
    for who in ("sokha", "dara"):
        yield from (Visit(who, url) for url in ("/agreements", "/agreements/new"))
    yield Visit("dara", "/agreements/new", "type=memorandum&title-0-lang=el&title-0-text=")


def _deed(
    version: Version, deed: str, officer: Actor, keeper: Actor, second: Actor
) -> Iterator[Visit]:
    """One party on screen, the other on paper, which was refused first."""
    sha256 = digest(version.document)
    what = steps.What("agreement", version.id, "beta", deed, sha256, {})
    evidence = steps.Evidence(NOW.date(), "Σοκά", "Γραφείο", "7", b"\xff\xd8\xff")
    refused = steps.on_paper(what, evidence, actor=keeper, now=NOW)
    steps.refuse(refused.id, reason=WORDS, actor=second, now=NOW)
    yield Visit("dara", f"/agreements/papers/{refused.id}")
    confirmed = steps.on_paper(what, evidence, actor=keeper, now=NOW)
    yield Visit("sokha", f"/agreements/steps/agreement/{version.id}/alpha/{deed}")
    steps.on_screen(replace(what, party="alpha"), proved_at=NOW, actor=officer, now=NOW)
    steps.confirm(confirmed.id, proved_at=NOW, actor=second, now=NOW)
    yield Visit("dara", f"/agreements/papers/{confirmed.id}")


def _calls(cast: dict[str, Actor]) -> Iterator[Visit]:
    """A joint call: an empty draft, and one that is whole."""
    bureau = people.add_organisation(
        description={"names": {"el": "Γραφείο"}}, actor=SYSTEM, now=NOW
    )
    people.verify_organisation(
        id=bureau.id, evidence=WORDS, checked_on=NOW.date(), actor=cast["rith"], now=NOW
    )
    scope = Scope("organisation", bureau.id)
    people.grant_role(
        account_id=cast["sokha"].id, role="officer", scope=scope, actor=SYSTEM, now=NOW
    )
    officer, keeper = (actor_by_id(cast[who].id, NOW) for who in ("sokha", "dara"))
    money: dict[str, Any] = {"currency": "USD", "envelope_minor": 9_000, "cap_minor": 900}
    parties = [
        {"id": slug, "name": TEXT, "country": country, "organisation": of, **money}
        for slug, country, of in (("alpha", "KHM", bureau.id), ("beta", "CHN", ""))
    ]
    begun: dict[str, Any] = {"title": TEXT, "parties": parties, "actor": keeper, "now": NOW}
    empty, whole = joint.create_call(**begun), joint.create_call(**begun)
    named = {"id": "alpha", "name": TEXT}
    question = {"id": "alpha", "label": TEXT, "answer": "text", "required": True}
    words = whole.document | {
        "texts": {"el": {"authentic": True, "articles": [{"heading": WORDS, "text": WORDS}]}},
        "themes": [named],
        "eligibility": [
            {"id": "place", "scope": "applicant", "test": "country", "values": ["KHM"]},
            {"id": "words", "scope": "applicant", "test": "words", "text": TEXT},
        ],
        "criteria": [{**named, "weight": 100, "lowest": 0, "highest": 5}],
        "form": [{**named, "questions": [question]}],
        "budget_categories": [named],
        "opens_at": "2100-01-10T02:00:00Z",
        "closes_at": "2100-03-14T10:00:00Z",
    }
    whole = joint.write_text(text_id=whole.id, document=words, edit=0, actor=officer, now=NOW)
    for text in (empty, whole):
        yield from (Visit(who, joint.address(text)) for who in ("sokha", "dara"))
    yield Visit("sokha", f"{joint.address(whole)}/print/el")
    yield Visit("dara", joint.address(whole), "do=abandon&reason=")
    yield from (Visit(who, "/funding/calls") for who in ("sokha", "dara"))
    yield from proposals_of(cast, bureau.id, officer, keeper, words, parties)


def _funding(bopha: Actor) -> Iterator[Visit]:
    """Calls with rules of every sort, one that is followed, and what they are judged by."""
    now = clock.now()
    young = {
        "id": "youth",
        "test": "age_at_most",
        "by_sex": {"female": 40, "male": 35},
        "on": "2027-01-01",
    }
    rules: list[dict[str, Any]] = [
        {"id": "place", "test": "country", "values": ["KHM", "CN-YN"], "text": TEXT},
        {"id": "sort", "test": "organisation_type", "values": list(ORGANISATION_TYPES)},
        {
            "id": "stage",
            "test": "career_stage",
            "values": list(CAREER_STAGES),
            "scope": "consortium",
        },
        {"id": "nation", "test": "not_nationality", "values": ["FRA"]},
        {"id": "partner", "test": "country_in_consortium", "values": ["LAO"]},
        {"id": "degree", "test": "years_since_degree_at_most", "number": 7},
        {"id": "partners", "test": "partners_at_least", "number": 3},
        {"id": "words", "test": "words", "text": TEXT},
        young,
    ]
    opens = {"opens_at": format_instant(now + timedelta(days=1))}
    told: dict[str, Any] = {
        "zone": "Europe/Berlin",
        "funders": [{"name": TEXT, "country": "KHM"}],
        "themes": [{"id": "theme", "name": TEXT}],
        "amounts": [
            {"currency": "USD", "max_minor": 100000, "per": per, "note": TEXT}
            for per in ("project", "year", "month", "person", "call")
        ]
        + [{"currency": "KHR", "min_minor": 100}],
        "deadlines": [{"id": "letter", "name": TEXT, "at": "2090-01-01T12:00:00Z"}],
        "languages": ["km", "en"],
        "documents": [{"name": TEXT, "url": f"https://{HOST}/guide"}],
        "corrigenda": [{"number": 1, "at": "2026-01-01T00:00:00Z", "text": TEXT}],
    }
    closed = {"closes_at": "2026-10-01T00:00:00Z"}
    archived = {"archived_on": "2026-01-01"}
    made = [
        make_record(
            kind="funding_opportunity",
            titles=TEXT,
            creators=RICH["creators"],
            profile={
                "schema": "tonle-funding-opportunity/1",
                "closes_at": format_instant(now + timedelta(days=30)),
                "eligibility": said,
                **when,
            },
        )
        for said, when in (
            (rules, told),
            (rules[:1], {}),
            ([young], {}),
            (rules[:1], opens),
            (rules[:1], closed),
            (rules[:1], archived),
        )
    ]
    for one in made[:2]:
        calls.follow(opportunity=one.id, actor=bopha, now=NOW)
    # A call that somebody enters by hand, and one that was never filled in.
    for profile in ({"schema": "tonle-funding-opportunity/1", "eligibility": rules, **told}, None):
        begun = curation.start(
            kind="funding_opportunity",
            actor=bopha,
            now=now,
            document={"titles": TEXT, **({"profile": profile} if profile else {})},
        )
        yield Visit("bopha", f"/deposit/{begun.id}/particulars")
    yield Visit("bopha", f"/deposit/{begun.id}/particulars", f"seal={seal(FORM, begun.id, bopha)}")
    about = {"country": "CHN", "region": "CN-YN", "born": "1985", "sex": "male"}
    calls.save_applicant(said=about, actor=bopha, now=NOW)
    # By no zone that there is, called Mars in Greek.
    for rest in ("", "?country=LAO&zone=UTC", "?country=USA&theme=theme&zone=%CE%86%CF%81%CE%B7"):
        yield Visit("", f"/funding{rest}")
    yield Visit("", f"/records/{made[0].id}?zone=%CE%86%CF%81%CE%B7")
    yield Visit("", "/funding/eligible")
    for sent in ("", "country=LAO", "country=CHN&region=CN-YN", "country=KHM&born=χθες"):
        yield Visit("", "/funding/eligible", sent)
    for one in made:
        yield Visit("", f"/records/{one.id}")
        yield Visit("", f"/funding/eligible/{one.id}")
        yield Visit("", f"/funding/eligible/{one.id}", "country=KHM&born=1988")
        yield from (Visit(who, f"/funding/followed/{one.id}") for who in ("sokha", "bopha"))
    for who in ("sokha", "bopha"):
        yield from (Visit(who, f"/funding/{page}") for page in ("followed", "about-me"))
    yield Visit("bopha", "/funding/about-me", "born=χθες")


def _elsewhere(folder: Path, rith: Actor) -> Iterator[Visit]:
    """Sources, those who are told, names asked for, and a record that another place keeps."""
    home = {"format": "ckan-json", "protocol": "ckan", "identifier": "ένα", "home_name": "Θέσεις"}
    places = {"home_url": f"https://{HOST}/1", "harvested_at": "2026-11-01T00:00:00Z"}
    also = [{"base_url": f"https://{HOST}", "identifier": "δύο", "home_url": f"https://{HOST}/2"}]
    lent = make_record(
        folder=folder,
        titles=TEXT,
        creators=RICH["creators"],
        source={**home, **places, "also": also},
        distributions=[{"title": TEXT, "download_url": f"https://{HOST}/λ.csv", "format": "CSV"}],
    )
    Record.objects.filter(id=lent.id).update(kept_in="harvest:λ")
    yield Visit("", f"/records/{lent.id}")
    yield Visit("rith", f"/federation/records/{lent.id}/hide")
    common: dict[str, Any] = {"created_at": NOW, "created_by": rith.id}
    for state in ("active", "paused"):
        source = Source.objects.create(
            id=identifiers.mint(),
            names={"el": "Θέσεις"},
            protocol="oai",
            base_url=f"https://{HOST}/oai/{state}",
            state=state,
            next_at=NOW + timedelta(days=1),
            **common,
        )
        yield Visit("rith", f"/federation/sources/{source.id}")
    yield Visit("rith", f"/federation/sources/{source.id}/remove")
    hook = Hook.objects.create(
        id=identifiers.mint(), label="Άγκιστρο", url=f"https://{HOST}/hook", secret="", **common
    )
    yield from (Visit("rith", f"/federation/hooks/{hook.id}{page}") for page in ("", "/remove"))
    yield Visit("rith", "/federation/dois")
