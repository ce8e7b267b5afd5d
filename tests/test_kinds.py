"""Every kind of the design is known, once its context is ready."""

from __future__ import annotations

import jsonschema_rs
import pytest

from tonle.catalogue.public import kinds

DESIGN = {
    "dataset": "deposit",
    "software": "deposit",
    "publication": "deposit",
    "funding_opportunity": "funding",
    "project": "funding",
    "facility": "facilities",
    "instrument": "facilities",
    "service": "facilities",
    "standard": "recognition",
    "technology_offer": "transfer",
    "technology_need": "transfer",
    "enterprise": "transfer",
    "fellowship": "talent",
    "training": "talent",
    "agreement": "agreements",
    "policy": "agreements",
    "assessment": "governance",
    "indicator": "indicators",
}


def test_all_kinds_of_the_design_are_registered_by_their_contexts() -> None:
    assert {kind.name: kind.context for kind in kinds()} == DESIGN


@pytest.mark.parametrize("name", DESIGN)
def test_each_profile_is_a_schema_whose_every_property_is_described(name: str) -> None:
    kind = next(kind for kind in kinds() if kind.name == name)
    jsonschema_rs.meta.validate(dict(kind.profile))
    empty = {"schema": kind.profile_schema}
    assert jsonschema_rs.is_valid(dict(kind.profile), empty)
    for property_name, schema in kind.profile["properties"].items():
        assert schema["description"], f"{name}.{property_name} is not described"
    assert kind.label
    assert kind.plural
