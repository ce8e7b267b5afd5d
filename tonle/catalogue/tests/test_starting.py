"""The starter set comes in as records and organisations, once."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.constants import NOW
from tonle.catalogue import starter
from tonle.catalogue.models import Change, Record
from tonle.catalogue.starting import load, load_organisations
from tonle.people.models import Organisation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_the_starter_set_is_loaded_once_however_often_it_is_called() -> None:
    wanted = len(list(starter.documents()))

    first = Counter(item.outcome for item in load(NOW))
    second = Counter(item.outcome for item in load(NOW))

    assert first == {"added": wanted}
    assert second == {"unchanged": wanted}
    assert wanted >= 150
    assert Record.objects.filter(state="published").count() == Change.objects.count() == wanted


def test_organisations_are_organisations_with_codes_for_places() -> None:
    wanted = len(list(starter.organisations()))

    assert (load_organisations(NOW), load_organisations(NOW)) == (wanted, 0)

    battambang = Organisation.objects.get(names__en="National University of Battambang")
    assert (battambang.member, battambang.country, battambang.province) == ("KHM", "KHM", "KH-2")
    assert battambang.names["km"] == "សាកលវិទ្យាល័យជាតិបាត់ដំបង"
