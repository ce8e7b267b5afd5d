"""The kind of what a board decided about a record or a technology."""

from __future__ import annotations

from tonle.catalogue.public import Kind
from tonle.catalogue.public import profiles as p
from tonle.kernel.errors import N_

KINDS = (
    Kind(
        name="assessment",
        label=N_("Assessment"),
        plural=N_("Assessments"),
        context="governance",
        profile=p.profile(
            "What an assessment adds to the record.",
            subject=p.record("The record that was assessed."),
            board=p.text("Who assessed it."),
            framework=p.text("The rules it was assessed by, with their version."),
            outcome=p.choice(
                "What was decided.", "accepted", "accepted_with_conditions", "refused"
            ),
            decided_on=p.day("The day of the decision."),
            conditions=p.language_map("What must hold."),
        ),
    ),
)
