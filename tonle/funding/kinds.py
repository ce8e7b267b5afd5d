"""The kinds of those who give money for research, and what it is given for."""

from __future__ import annotations

from tonle.catalogue.public import Kind
from tonle.catalogue.public import profiles as p
from tonle.funding.profiles import OPPORTUNITY, PROJECT
from tonle.kernel.errors import N_

KINDS = (
    Kind(
        name="funding_opportunity",
        label=N_("Funding opportunity"),
        plural=N_("Funding opportunities"),
        context="funding",
        profile=p.profile(
            "What a funding opportunity adds to the record.",
            funders_as_stated=p.text("Who gives the money, in the source's words."),
            who_may_apply=p.text("Who may apply, in the source's words."),
            themes_as_stated=p.text("The themes, in the source's words."),
            amounts_as_stated=p.text(
                "What is given, in the source's words: a sum, a range, a share."
            ),
            currency=p.text("ISO 4217 code of the amounts."),
            deadline_as_stated=p.text("The deadline, in the source's words."),
            zone_as_stated=p.text("The time zone of the deadline, in the source's words."),
            opens_at=p.instant("When applications open."),
            closes_at=p.instant("When applications close; only where the source leaves no doubt."),
            url=p.address("Where the call is published."),
            **OPPORTUNITY,  # type: ignore[arg-type] # None of them is called `required`.
        ),
    ),
    Kind(
        name="project",
        label=N_("Project"),
        plural=N_("Projects"),
        context="funding",
        profile=p.profile(
            "What a project adds to the record.",
            starts_on=p.day("First day."),
            ends_on=p.day("Last day."),
            grant_number=p.text("The funder's number of the grant."),
            amount_minor=p.number("What was granted, in minor units of the currency."),
            currency=p.text("ISO 4217 code of the amount."),
            partners=p.many(p.text("Organisation."), "Who carries the project."),
            call=p.record("The opportunity under which it was funded."),
            **PROJECT,  # type: ignore[arg-type] # None of them is called `required`.
        ),
    ),
)
