"""What schema.org and DataCite are told of opportunities and of awards.

An opportunity is a `FundingScheme`, which offers what it grants; an award is a `MonetaryGrant`
in schema.org and a funding reference in DataCite.
Source: schema.org 29, FundingScheme, Offer, MonetaryGrant; DataCite 4.7, fundingReference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tonle.catalogue.public import jsonld
from tonle.funding.crosswalks.common import identifier, money
from tonle.funding.rules.awards import read_awards
from tonle.funding.rules.opportunities import Amount, Funder, Opportunity, read_opportunity
from tonle.kernel.dates import format_instant
from tonle.kernel.text import choose

# Funders are known by these, the first best.
_SCHEMES: Final = ("ror", "crossref_funder")


def grants(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The parts of a project's award in the shape of `funding_references`, with amounts."""
    for award in read_awards(document):
        made: dict[str, Any] = {"funder_name": choose(award.funder.name, "en")[1]}
        known = _known(award.funder)
        if known:
            made["funder_identifier"] = known[0]
        if award.number:
            made["award_number"] = award.number
        if award.money:
            made |= {"amount": award.money.amount, "currency": award.money.currency}
        yield made


def scheme(document: Mapping[str, Any]) -> dict[str, Any]:
    """What schema.org has words for beyond an organisation's: the funders and what is offered."""
    call = read_opportunity(document)
    made: dict[str, Any] = {}
    if call.funders:
        made["funder"] = [_organisation(one) for one in call.funders]
    offer = _offer(call)
    if len(offer) > 1:
        made["makesOffer"] = offer
    return made


def _organisation(funder: Funder) -> dict[str, Any]:
    name = choose(funder.name, "en")[1]
    return jsonld.organisation({"name": name, "names": funder.name, "identifiers": _known(funder)})


def _known(funder: Funder) -> list[dict[str, str]]:
    return [
        {"scheme": scheme, "value": value}
        for scheme in _SCHEMES
        if (value := identifier(funder.identifiers, scheme))
    ]


def _offer(call: Opportunity) -> dict[str, Any]:
    """What is offered, from when until when, to whom. No price: it is given."""
    given = [one for amount in call.amounts if (one := _range(amount))]
    places = [
        place
        for rule in call.eligibility
        if rule.get("test") == "country" and rule.get("scope", "applicant") == "applicant"
        for place in rule.get("values", ())
        if isinstance(place, str)
    ]
    return jsonld.clean(
        {
            "@type": "Offer",
            "availabilityStarts": call.opens_at and format_instant(call.opens_at),
            "availabilityEnds": call.closes_at and format_instant(call.closes_at),
            "eligibleRegion": list(dict.fromkeys(places)),
            # An offer is of a service, and the amount that of a grant: it is both.
            "itemOffered": [
                {"@type": ["Service", "MonetaryGrant"], "amount": one} for one in given
            ],
        }
    )


def _range(amount: Amount) -> dict[str, Any] | None:
    low, high = money(amount.min_minor, amount.currency), money(amount.max_minor, amount.currency)
    if low is None and high is None:
        return None
    if low == high and low is not None:
        return jsonld.money(amount.currency, value=low.amount)
    return jsonld.money(
        amount.currency,
        minValue=low.amount if low else "",
        maxValue=high.amount if high else "",
    )
