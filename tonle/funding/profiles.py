"""What opportunities and projects add to the record, beside the words of their sources.

Who may apply is a list of rules, each a test that a machine can make (`rules.eligibility`) or
words that the reader judges. Amounts are in minor units of their own currency, never converted.
"""

from __future__ import annotations

from typing import Final

from tonle.catalogue.public import profiles as p

Schema = p.Schema

_TESTS: Final = (
    "country", "nationality", "not_nationality", "career_stage", "organisation_type",
    "age_at_most", "years_since_degree_at_most", "partners_at_least", "countries_at_least",
    "country_in_consortium", "words",
)  # fmt: skip
_COUNTRY: Final = "^[A-Z]{3}$"


def _country(description: str) -> Schema:
    return {"type": "string", "pattern": _COUNTRY, "description": description}


def _currency(description: str) -> Schema:
    return {"type": "string", "pattern": _COUNTRY, "description": description}


def _slug(description: str) -> Schema:
    return {
        "type": "string",
        "pattern": "^[a-z0-9][a-z0-9-]{0,59}$",
        "description": description,
    }


_IDENTIFIERS: Final = p.many(
    p.group(
        "An identifier.",
        required=("scheme", "value"),
        scheme=p.text("Such as ror or crossref_funder."),
        value=p.text("In the scheme's canonical form."),
    ),
    "By what the world knows it.",
)
_FUNDER: Final = p.group(
    "Who gives the money.",
    required=("name",),
    name=p.language_map("Name by language."),
    country=_country("ISO 3166-1 alpha-3."),
    identifiers=_IDENTIFIERS,
)

OPPORTUNITY: Final = {
    "funders": p.many(_FUNDER, "Who gives the money."),
    "themes": p.many(
        p.group(
            "A theme.",
            required=("id", "name"),
            id=_slug("Its name in the data."),
            name=p.language_map("Name by language."),
        ),
        "What may be funded.",
    ),
    "amounts": p.many(
        p.group(
            "What is given, in one currency.",
            required=("currency",),
            currency=_currency("ISO 4217."),
            min_minor=p.number("At least, in minor units of the currency."),
            max_minor=p.number("At most, in minor units of the currency."),
            per=p.choice("To what it is given.", "project", "year", "month", "person", "call"),
            note=p.language_map("What else is to be known of it, by language."),
        ),
        "What is given.",
    ),
    "apply_url": p.address("Where one applies."),
    "zone": p.text("IANA time zone in which the deadline was set."),
    "deadlines": p.many(
        p.group(
            "A further deadline.",
            required=("id", "name", "at"),
            id=_slug("Its name in the data."),
            name=p.language_map("Name by language."),
            at=p.instant("When."),
            zone=p.text("IANA time zone in which it was set."),
        ),
        "Deadlines beside the last one, such as that of a pre-proposal.",
    ),
    "forecast": p.flag("Whether the call is announced and not yet certain."),
    "archived_on": p.day("From which day it is only looked up."),
    "languages": p.many(p.text("BCP 47."), "Languages in which one may apply."),
    "documents": p.many(
        p.group(
            "A document.",
            required=("name", "url"),
            name=p.language_map("Name by language."),
            url=p.address("Where it is."),
        ),
        "Documents of the call.",
    ),
    "corrigenda": p.many(
        p.group(
            "A correction.",
            required=("number", "at", "text"),
            number=p.number("Its number, from 1.", minimum=1),
            at=p.instant("When it was made."),
            text=p.language_map("What was corrected, by language."),
            changed=p.many(p.text("Name of a field."), "Fields that were changed."),
        ),
        "Corrections of the call.",
    ),
    "eligibility": p.many(
        p.group(
            "A rule.",
            required=("id", "test"),
            id=_slug("Its name in the data."),
            scope=p.choice("Of whom it holds.", "applicant", "consortium"),
            test=p.choice("What is tested; words: the reader judges.", *_TESTS),
            values=p.many(p.text("A code."), "Of which one must hold."),
            number=p.number("Years, partners or countries."),
            on=p.day("The day on which an age or a degree counts."),
            by_sex=p.group(
                "Years, where they differ by sex.",
                female=p.number("Of women."),
                male=p.number("Of men."),
            ),
            text=p.language_map("The rule in words, by language."),
        ),
        "Who may apply.",
    ),
}

PROJECT: Final = {
    "awards": p.many(
        p.group(
            "One funder's part of an award.",
            required=("id", "funder"),
            id=_slug("Its name in the data."),
            funder=_FUNDER,
            currency=_currency("ISO 4217."),
            amount_minor=p.number("What was awarded, in minor units of the currency."),
            awarded_on=p.day("The day of the decision."),
            starts_on=p.day("First day."),
            ends_on=p.day("Last day."),
            recipients=p.many(
                p.group(
                    "Who receives it.",
                    required=("name",),
                    name=p.language_map("Name by language."),
                    country=_country("ISO 3166-1 alpha-3."),
                    identifiers=_IDENTIFIERS,
                ),
                "Who receives it, the first before all.",
            ),
            number=p.text("The funder's number of the award."),
        ),
        "What was awarded, funder by funder.",
    ),
}
