"""What one is called in which script, where one works, and which ORCID iD is one's own."""

from __future__ import annotations

import pytest
from allauth.socialaccount import signals
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.test import Client

from tests.constants import NOW
from tonle.kernel.actors import SYSTEM
from tonle.kernel.errors import Invalid, NotPermitted
from tonle.kernel.names import PersonName
from tonle.people import errors, selectors, services
from tonle.people.models import Account, Person
from tonle.people.tests.factories import account, actor, holder

pytestmark = pytest.mark.django_db

ORCID = "0000-0002-1825-0097"


@pytest.fixture
def sokha() -> Account:
    return account("sokha")


FORM = {
    "whole_0": "លីម សុខា",
    "language_0": "km",
    "order_0": "family_first",
    "family_0": "លីម",
    "given_0": "សុខា",
    "whole_1": "Lim Sokha",
    "language_1": "en",
    "order_1": "family_first",
    "latin": "Leam Sokha\nSokha Lim\n",
    "place_0": "Institute of Rivers",
    "language": "km",
}


def test_names_per_script_with_their_order_and_spellings(sokha: Account) -> None:
    browser = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(sokha)
    assert browser.post("/me/profile", FORM).headers["Location"] == "/me"

    person = selectors.own_person(actor(sokha))
    assert person is not None
    assert person.name == "លីម សុខា"
    assert [(n["whole"], n["language"]) for n in person.names] == [
        ("លីម សុខា", "km"),
        ("Lim Sokha", "en"),
        ("Leam Sokha", "und-Latn"),
        ("Sokha Lim", "und-Latn"),
    ]
    assert person.names[0]["family"] == "លីម"
    assert person.affiliations == [{"name": "Institute of Rivers"}]
    sokha.refresh_from_db()
    assert sokha.language == "km"

    again = browser.get("/me/profile")
    for text in ("លីម សុខា", "Leam Sokha", "Institute of Rivers"):
        assert text in again.text
    before = person.updated_at
    browser.post("/me/profile", FORM)
    person.refresh_from_db()
    assert person.updated_at == before


def test_one_part_is_a_whole_name_and_none_is_none(sokha: Account) -> None:
    browser = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(sokha)
    assert browser.post("/me/profile", {"whole_0": ""}).status_code == 422
    assert browser.post("/me/profile", {"whole_0": "ဦးသန့်"}).status_code == 302
    assert selectors.names_of([sokha.pk]) == {sokha.pk: "ဦးသန့်"}


def test_a_ror_id_finds_the_organisation_and_a_wrong_one_is_said(sokha: Account) -> None:
    known = services.add_organisation(
        description={
            "names": {"en": "Institute of Rivers"},
            "identifiers": [{"scheme": "ror", "value": "https://ror.org/05dxps055"}],
        },
        actor=SYSTEM,
        now=NOW,
    )

    def change(ror: str) -> Person:
        return services.change_profile(
            account_id=sokha.pk,
            names=[PersonName.of("Sokha")],
            affiliations=[{"name": "", "identifier": {"scheme": "ror", "value": ror}}],
            language="",
            actor=actor(sokha),
            now=NOW,
        )

    found = change("https://ror.org/05dxps055")
    assert [place["organisation"] for place in found.affiliations] == [known.id]
    with pytest.raises(Invalid):
        change("nonsense")


def test_nobody_writes_anothers_name(sokha: Account) -> None:
    for who in (holder("rith", "steward"), account("bopha")):
        with pytest.raises(NotPermitted):
            services.change_profile(
                account_id=sokha.pk,
                names=[PersonName.of("X")],
                affiliations=[],
                language="",
                actor=actor(who),
                now=NOW,
            )


def test_an_orcid_is_one_human_being(sokha: Account) -> None:
    curator = actor(holder("dara", "curator"))
    known = services.add_person(name=PersonName.of("S. Lim"), actor=curator, now=NOW, orcid=ORCID)
    services.add_person(
        name=PersonName.of("Sokha"), actor=actor(sokha), now=NOW, account_id=sokha.pk
    )
    for _ in range(2):
        person = services.link_orcid(account_id=sokha.pk, orcid=ORCID, actor=actor(sokha), now=NOW)
    # The row the curator made is hers now, under the name she prefers.
    assert person.pk == known.pk
    assert person.name == "Sokha"
    assert [n["whole"] for n in person.names] == ["Sokha", "S. Lim"]
    assert Person.objects.count() == 1

    bopha = account("bopha")
    with pytest.raises(errors.PersonExists):
        services.link_orcid(account_id=bopha.pk, orcid=ORCID, actor=actor(bopha), now=NOW)
    with pytest.raises(NotPermitted):
        services.link_orcid(account_id=sokha.pk, orcid=ORCID, actor=actor(bopha), now=NOW)

    assert services.unlink_orcid(account_id=sokha.pk, actor=actor(sokha), now=NOW) is not None
    assert services.unlink_orcid(account_id=sokha.pk, actor=actor(sokha), now=NOW) is None


def test_signing_in_at_orcid_notes_the_id_as_ones_own(sokha: Account) -> None:
    """As the sign-in library tells of it, when the provider is connected and when it opens one."""
    found = SocialAccount.objects.create(user=sokha, provider="orcid", uid=ORCID)
    login = SocialLogin(user=sokha, account=found)
    signals.social_account_added.send(sender=SocialLogin, request=None, sociallogin=login)
    person = Person.objects.get(account=sokha)
    assert person.orcid == ORCID
    assert person.orcid_authenticated_at is not None

    # A second account that says the same keeps its sign-in and gets no iD.
    bopha = account("bopha")
    other = SocialLogin(user=bopha, account=SocialAccount(user=bopha, provider="orcid", uid=ORCID))
    signals.social_account_added.send(sender=SocialLogin, request=None, sociallogin=other)
    assert not Person.objects.filter(account=bopha).exists()

    # What another provider calls somebody is no ORCID iD.
    third = SocialLogin(user=bopha, account=SocialAccount(user=bopha, provider="oidc", uid="x-1"))
    signals.social_account_added.send(sender=SocialLogin, request=None, sociallogin=third)
    assert not Person.objects.filter(account=bopha).exists()
