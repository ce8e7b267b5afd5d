"""The kinds of a market of technology: offers, needs, and those who make them."""

from __future__ import annotations

from tonle.catalogue.public import Kind
from tonle.catalogue.public import profiles as p
from tonle.kernel.errors import N_

KINDS = (
    Kind(
        name="technology_offer",
        label=N_("Technology offer"),
        plural=N_("Technology offers"),
        context="transfer",
        profile=p.profile(
            "What a technology offer adds to the record.",
            readiness_level=p.choice(
                "Technology readiness level, 1 to 9 (ISO 16290).",
                "1",
                "2",
                "3",
                "4",
                "5",
                "6",
                "7",
                "8",
                "9",
            ),
            terms=p.language_map("On which terms it is offered."),
            protection=p.text("Patents or other rights that protect it."),
            offered_by=p.text("Who offers it."),
            open_until=p.day("Until when the offer stands."),
        ),
    ),
    Kind(
        name="technology_need",
        label=N_("Technology need"),
        plural=N_("Technology needs"),
        context="transfer",
        profile=p.profile(
            "What a technology need adds to the record.",
            needed_by=p.text("Who needs it."),
            problem=p.language_map("The problem to be solved."),
            conditions=p.language_map("What a solution must meet."),
            open_until=p.day("Until when an answer helps."),
        ),
    ),
    Kind(
        name="enterprise",
        label=N_("Enterprise"),
        plural=N_("Enterprises"),
        context="transfer",
        profile=p.profile(
            "What an enterprise adds to the record.",
            registration_number=p.text("Its number in the national register."),
            sector=p.text("ISIC Rev. 4 code or the source's words."),
            country=p.text("The country, in the source's words."),
            place=p.text("City or province, in the source's words."),
            employees=p.number("People employed."),
            url=p.address("Its own page."),
        ),
    ),
)
