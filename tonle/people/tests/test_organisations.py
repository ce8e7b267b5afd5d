"""What may be said of an organisation, and how it is kept."""

from __future__ import annotations

import pytest

from tests.constants import NOW
from tonle.kernel.actors import SYSTEM, Actor, Role, Scope
from tonle.kernel.errors import Invalid, NotPermitted
from tonle.people import errors, selectors, services
from tonle.people.models import Organisation
from tonle.people.organisations import clean

RIVERS = {
    "names": {"en": "Institute of Rivers", "KM": "វិទ្យាស្ថានទន្លេ"},
    "member": "KHM",
    "types": ["education"],
    "website": "https://rivers.example.org",
    "identifiers": [{"scheme": "ror", "value": "https://ror.org/03yrm5c26"}],
}


def test_a_description_is_put_in_its_stored_form() -> None:
    told = clean(RIVERS)
    assert told.names == {"en": "Institute of Rivers", "km": "វិទ្យាស្ថានទន្លេ"}
    assert told.identifiers == (("ror", "03yrm5c26"),)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"names": {}}, "names"),
        ({"types": ["temple"]}, "types"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"identifiers": [{"scheme": "ror", "value": "nonsense"}]}, "identifiers/0/value"),
        ({"identifiers": [{"value": "03yrm5c26"}]}, "identifiers/0"),
        ({"acronym": "x" * 41}, "acronym"),
        ({"colour": "teal"}, "colour"),
    ],
)
def test_a_bad_description_is_refused_where_it_is_bad(
    change: dict[str, object], where: str
) -> None:
    with pytest.raises(Invalid) as refused:
        clean({**RIVERS, **change})
    assert where in [place for place, _ in refused.value.problems]


@pytest.mark.django_db
def test_an_organisation_is_found_by_its_identifier_and_added_once() -> None:
    added = services.add_organisation(description=RIVERS, actor=SYSTEM, now=NOW)

    found = selectors.organisation_by_identifier("ror", "03yrm5c26")
    assert found is not None
    assert (found.id, str(found)) == (added.id, "Institute of Rivers")
    with pytest.raises(errors.OrganisationExists) as taken:
        services.add_organisation(description=RIVERS, actor=SYSTEM, now=NOW)
    assert taken.value.data["id"] == added.id
    assert Organisation.objects.count() == 1


@pytest.mark.django_db
def test_the_same_description_changes_nothing_and_another_replaces_it() -> None:
    added = services.add_organisation(description=RIVERS, actor=SYSTEM, now=NOW)
    from tonle.infra.models import AuditEntry

    services.change_organisation(id=added.id, description=RIVERS, actor=SYSTEM, now=NOW)
    assert not AuditEntry.objects.filter(action="organisation_changed").exists()

    without = {key: value for key, value in RIVERS.items() if key != "identifiers"}
    services.change_organisation(id=added.id, description=without, actor=SYSTEM, now=NOW)
    assert selectors.organisation_by_identifier("ror", "03yrm5c26") is None
    assert AuditEntry.objects.filter(action="organisation_changed").count() == 1


@pytest.mark.django_db
def test_its_managers_may_change_it_and_other_managers_may_not() -> None:
    added = services.add_organisation(description=RIVERS, actor=SYSTEM, now=NOW)
    own = Actor("a", roles=frozenset({Role("manager", Scope("organisation", added.id))}))
    other = Actor("b", roles=frozenset({Role("manager", Scope("organisation", "else"))}))

    changed = {**RIVERS, "acronym": "IR"}
    services.change_organisation(id=added.id, description=changed, actor=own, now=NOW)
    with pytest.raises(NotPermitted):
        services.change_organisation(id=added.id, description=RIVERS, actor=other, now=NOW)
    with pytest.raises(NotPermitted):
        services.add_organisation(description={"names": {"en": "X"}}, actor=own, now=NOW)
    with pytest.raises(errors.NoSuchOrganisation):
        services.change_organisation(id="absent", description=RIVERS, actor=SYSTEM, now=NOW)
