"""The record follows the deeds by itself: published, revised, killed and run again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.agreements import publication, services, steps
from tonle.agreements.models import Agreement, Version
from tonle.agreements.record.standing import answer
from tonle.agreements.rules import binding
from tonle.agreements.tests.test_agreements import (
    DARA,
    DAY,
    RITH,
    agreed,
    both_agree,
    on_screen,
    paper,
    what,
    written,
)
from tonle.catalogue import public as catalogue
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import CURATOR, make_record
from tonle.infra import crash, jobs
from tonle.kernel import canonical
from tonle.kernel.actors import ANONYMOUS
from tonle.kernel.errors import NotFound

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]


class Killed(BaseException):
    """As if the process had ended there."""


def shown(agreement_id: str, version: int | None = None) -> catalogue.RecordView:
    return catalogue.record_view(record_id=agreement_id, actor=ANONYMOUS, now=NOW, version=version)


def both_sign(version: Version) -> None:
    on_screen(version, "kh")
    step = steps.on_paper(what(version, "cn"), paper(), actor=DARA, now=NOW)
    steps.confirm(step.id, proved_at=NOW, actor=RITH, now=NOW)


def settle(now: Any = NOW) -> None:
    jobs.tick(now)
    jobs.run_all_due(now)


def test_the_node_publishes_by_itself_once_all_have_signed() -> None:
    version = agreed({"months": 12})
    name = version.agreement.id
    on_screen(version, "kh")
    settle()
    with pytest.raises(NotFound):
        shown(name)  # One has signed: that is between the parties.
    assert Agreement.objects.get(id=name).record == ""

    step = steps.on_paper(what(version, "cn"), paper(), actor=DARA, now=NOW)
    steps.confirm(step.id, proved_at=NOW, actor=RITH, now=NOW)
    settle()
    view = shown(name)

    # It has the agreement's own name, which the text that was signed holds.
    assert view.record.id == version.document["agreement"] == name
    assert Agreement.objects.get(id=name).record == name
    assert [file["name"] for file in view.files][-1] == "text-1.json"
    entry = next(file for file in view.files if file["name"] == "text-1.json")
    # What the parties signed is the file itself, byte for byte.
    assert entry["sha256"] == digest_of(version)
    profile = view.document["profile"]
    assert {act["way"] for act in profile["acts"]} == {"screen", "paper"}
    # Names of signatories are in the audit trail and on the paper, and nowhere else.
    assert b"Invented Person" not in canonical.dumps(view.document)

    before = view.document["revision"]
    settle()
    settle()
    assert publication.publish(Agreement.objects.get(id=name), NOW)
    assert shown(name).document["revision"] == before

    # The record answers as the deeds do, on each day of the edge.
    rows = services.known(version.agreement)
    for days in (-2, -1, 0, 364, 365, 366):
        on = NOW.date() + timedelta(days=days)
        found = answer(view.document, on)
        assert found is not None
        held = {one.party: one.standing for one in found.parties}
        for party, standing in binding.standings(*rows, on).items():
            assert held[party] == standing

    # It expires by the clock, and the record says so in a revision of the same version.
    later = NOW + 400 * DAY
    settle(later)
    settle(later)
    document = shown(name).document
    assert document["profile"]["versions"][0]["state"] == "expired"
    assert (document["version"], len(shown(name).files)) == (1, len(view.files))


def digest_of(version: Version) -> str:
    version.refresh_from_db()
    return version.sha256


def test_another_version_of_the_text_is_another_version_of_the_record() -> None:
    first = agreed()
    both_sign(first)
    settle()
    name = first.agreement.id
    second = services.next_version(agreement_id=name, actor=DARA, now=NOW)
    second = both_agree(written(second, key_areas=[{"id": "rivers", "name": {"en": "Rivers"}}]))
    settle()
    # Agreed and not signed: it is the parties' alone.
    assert len(shown(name).document["profile"]["versions"]) == 1
    later = NOW + 10 * DAY
    for party in ("kh", "cn"):
        on_screen(second, party, later)
    for number in range(3):  # It enters into force, then the first has no party left.
        settle(later + number * DAY)

    view = shown(name)
    assert (view.document["version"], view.document["subjects"]) == (
        2,
        [{"text": {"en": "Rivers"}}],
    )
    assert [row["record_version"] for row in view.document["profile"]["versions"]] == [1, 2]
    assert "text-2.json" in {file["name"] for file in view.files}
    assert "text-1.json" in {file["name"] for file in shown(name, 1).files}
    assert view.document["profile"]["versions"][0]["state"] == "superseded"
    for day, by in ((NOW, 1), (later + DAY, 2)):
        found = answer(view.document, day.date())
        assert found is not None
        assert {one.standing.version for one in found.parties} == {by}


@pytest.mark.parametrize(
    ("point", "number"),
    [("agreements.drafted", 1), ("agreements.published", 1), ("agreements.drafted", 2)],
)
def test_a_node_killed_in_the_middle_goes_on(
    point: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the first version is published, and as the second is."""
    version = agreed()
    both_sign(version)
    agreement = version.agreement
    if number == 2:
        assert publication.publish(agreement, NOW)
        second = services.next_version(agreement_id=agreement.id, actor=DARA, now=NOW)
        version = both_agree(written(second, {"months": 6}))
        both_sign(version)

    def kill(name: str) -> None:
        if name == point:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(crash, "point", kill)
        with pytest.raises(Killed):
            publication.publish(agreement, NOW)
    if point == "agreements.drafted" and number == 1:
        with pytest.raises(NotFound):
            shown(agreement.id)

    assert publication.publish(agreement, NOW)
    view = shown(agreement.id)
    assert view.document["version"] == number
    assert len([file for file in view.files if file["name"].endswith(".json")]) == 1
    assert agreement.record == agreement.id
    assert not catalogue.Draft.objects.filter(record=view.record, state="open").exists()
    revision = view.document["revision"]
    assert publication.publish(agreement, NOW)
    assert shown(agreement.id).document["revision"] == revision


def test_what_people_write_about_the_record_is_waited_for_and_kept() -> None:
    version = agreed({"withdrawal_months": 0})
    both_sign(version)
    settle()
    agreement = version.agreement
    draft = catalogue.create_successor(
        record_id=agreement.id, actor=CURATOR, now=NOW, replaces_files=False
    )
    on_screen(version, "kh", deed="withdraw", effective=NOW.date().isoformat())
    assert not publication.publish(agreement, NOW)

    said = {"type": "Abstract", "text": {"en": "Clean energy on both sides."}}
    words = catalogue.descriptive(shown(agreement.id).document) | {"descriptions": [said]}
    agreement = Agreement.objects.get(pk=agreement.pk)
    catalogue.edit_draft(draft_id=draft.id, document=words, actor=CURATOR, now=NOW)
    catalogue.publish(draft_id=draft.id, actor=CURATOR, now=NOW)
    assert publication.publish(agreement, NOW)
    document = shown(agreement.id).document
    assert document["descriptions"] == [said]
    assert document["profile"]["acts"][-1]["act"] == "withdraw"

    catalogue.withdraw(
        record_id=agreement.id, category="legal", reason={"en": "x"}, actor=CURATOR, now=NOW
    )
    assert publication.publish(agreement, NOW)
    assert catalogue.Record.objects.get(id=agreement.id).state == "withdrawn"


# Pages and programs -----------------------------------------------------------------------


def test_anybody_asks_who_is_bound(client: Client) -> None:
    version = agreed({"months": 12})
    both_sign(version)
    assert publication.publish(version.agreement, NOW)
    name = version.agreement.id
    day = NOW.date()

    page = client.get(f"/records/{name}").content.decode()
    assert "on paper" in page
    assert "on screen" in page
    assert "Clean energy" in page
    assert f'action="/records/{name}/bound"' in page

    asked = client.get(f"/records/{name}/bound", {"on": day.isoformat()}).content.decode()
    assert asked.count("Version 1") == 2
    assert "not bound" not in asked
    after = client.get(f"/records/{name}/bound", {"on": (day + 365 * DAY).isoformat()})
    assert after.content.decode().count("not bound") == 2
    assert client.get(f"/records/{name}/bound").status_code == 200
    assert client.get(f"/records/{name}/bound", {"on": "31 soon"}).status_code == 400

    told = client.get(f"/api/v1/standings/{name}", {"on": day.isoformat()}).json()
    assert told["known"]
    assert {(one["party"], one["version"]) for one in told["parties"]} == {("kh", 1), ("cn", 1)}


def test_of_an_agreement_from_elsewhere_the_page_says_what_is_not_known(client: Client) -> None:
    profile = {
        "schema": "tonle-agreement/1",
        "parties": ["Thailand", "Lao PDR"],
        "date_as_stated": "26 Nov 2014",
    }
    record = make_record(kind="agreement", profile=profile)

    page = client.get(f"/records/{record.id}").content.decode()
    assert "26 Nov 2014" in page
    assert page.count("Not known.") == 3
    assert "concluded elsewhere" in page
    assert "concluded elsewhere" in client.get(f"/records/{record.id}/bound").content.decode()
    told = client.get(f"/api/v1/standings/{record.id}").json()
    assert (told["known"], told["parties"]) == (False, [])
    other = make_record()
    assert client.get(f"/records/{other.id}/bound").status_code == 404
    assert client.get(f"/api/v1/standings/{other.id}").status_code == 404


def test_a_policy_shows_its_targets_with_their_sources(client: Client) -> None:
    record = make_record(
        kind="policy",
        profile={
            "schema": "tonle-policy/1",
            "type": "roadmap",
            "is_draft": True,
            "goals": [{"id": "invest", "name": {"en": "Invest in research"}}],
            "targets": [
                {
                    "id": "gerd",
                    "goal": "invest",
                    "indicator": "R&D as share of GDP",
                    "target_as_stated": "1%",
                    "year_as_stated": "2030",
                    "source": "https://example.org/roadmap",
                },
            ],
        },
    )

    page = client.get(f"/records/{record.id}").content.decode()
    assert "Roadmap" in page
    assert "Invest in research" in page
    assert 'id="target-gerd"' in page
    assert 'href="https://example.org/roadmap"' in page
