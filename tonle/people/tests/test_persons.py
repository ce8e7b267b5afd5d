"""Persons: a name may have one part, an ORCID iD is one human being."""

from __future__ import annotations

import pytest

from tests.constants import NOW
from tonle.infra.models import AuditEntry
from tonle.kernel.actors import ANONYMOUS
from tonle.kernel.errors import Invalid, NotPermitted
from tonle.kernel.names import PersonName
from tonle.people import errors, services
from tonle.people.models import Person
from tonle.people.tests.factories import account, actor, holder

pytestmark = pytest.mark.django_db
THIDA = PersonName.of("သီတာ", language="my", others={"en": "Thida"})


def test_one_adds_oneself_with_a_name_of_one_part() -> None:
    thida = account("thida")
    person = services.add_person(name=THIDA, actor=actor(thida), now=NOW, account_id=thida.pk)

    assert Person.objects.get().name == "သီတာ"
    assert person.names[0]["others"] == {"en": "Thida"}
    assert "သီတာ" not in str(AuditEntry.objects.get(action="person_added").__dict__)


def test_only_curators_add_others() -> None:
    for who in (ANONYMOUS, actor(account("bopha"))):
        with pytest.raises(NotPermitted):
            services.add_person(name=THIDA, actor=who, now=NOW)
    services.add_person(name=THIDA, actor=actor(holder("dara", "curator")), now=NOW)
    assert Person.objects.count() == 1


def test_an_orcid_is_one_person_and_the_same_name_may_be_two() -> None:
    dara = actor(holder("dara", "curator"))
    orcid = "https://orcid.org/0000-0002-1825-0097"
    first = services.add_person(name=THIDA, actor=dara, now=NOW, orcid=orcid)
    with pytest.raises(errors.PersonExists) as taken:
        services.add_person(name=THIDA, actor=dara, now=NOW, orcid=orcid)
    assert taken.value.data["id"] == first.id
    with pytest.raises(Invalid):
        services.add_person(name=THIDA, actor=dara, now=NOW, orcid="0000-0002-1825-0098")
    services.add_person(name=THIDA, actor=dara, now=NOW)
    assert Person.objects.count() == 2
