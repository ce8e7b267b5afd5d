"""The kinds of what people learn by: fellowships and training."""

from __future__ import annotations

from tonle.catalogue.public import Kind
from tonle.catalogue.public import profiles as p
from tonle.kernel.errors import N_

KINDS = (
    Kind(
        name="fellowship",
        label=N_("Fellowship"),
        plural=N_("Fellowships"),
        context="talent",
        profile=p.profile(
            "What a fellowship or scholarship adds to the record.",
            funders_as_stated=p.text("Who gives it, in the source's words."),
            who_may_apply=p.text("Who may apply, in the source's words."),
            themes_as_stated=p.text("The fields, in the source's words."),
            amounts_as_stated=p.text("What is given, in the source's words."),
            currency=p.text("ISO 4217 code of the amounts."),
            deadline_as_stated=p.text("The deadline, in the source's words."),
            zone_as_stated=p.text("The time zone of the deadline, in the source's words."),
            closes_at=p.instant("When applications close; only where the source leaves no doubt."),
            url=p.address("Where it is published."),
        ),
    ),
    Kind(
        name="training",
        label=N_("Training"),
        plural=N_("Trainings"),
        context="talent",
        profile=p.profile(
            "What a training adds to the record.",
            host=p.text("Who gives the training."),
            place=p.text("Where it takes place; “online” where it does not need a place."),
            starts_on=p.day("First day."),
            ends_on=p.day("Last day."),
            seats=p.number("How many people can take part."),
            languages_taught_in=p.many(p.text("BCP 47 tag."), "Languages it is held in."),
            url=p.address("Where it is published."),
        ),
    ),
)
