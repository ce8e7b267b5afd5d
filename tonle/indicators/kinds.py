"""The kind of what is measured about research and innovation."""

from __future__ import annotations

from tonle.catalogue.public import Kind
from tonle.catalogue.public import profiles as p
from tonle.kernel.errors import N_

KINDS = (
    Kind(
        name="indicator",
        label=N_("Indicator"),
        plural=N_("Indicators"),
        context="indicators",
        profile=p.profile(
            "What an indicator adds to the record.",
            code=p.text("Its short stable name."),
            unit=p.text("Its unit, UCUM where there is one."),
            direction=p.choice(
                "Whether more is better.", "higher_is_better", "lower_is_better", "neither"
            ),
            definition=p.language_map("What exactly is counted."),
            frequency=p.text("How often it is measured, ISO 8601 duration such as P1Y."),
            custodian=p.text("Who answers for the numbers."),
        ),
    ),
)
