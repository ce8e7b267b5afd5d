"""The kinds of promises: what parties agreed, and what a government set out to do."""

from __future__ import annotations

from tonle.catalogue.public import Kind
from tonle.catalogue.public import profiles as p
from tonle.kernel.errors import N_

KINDS = (
    Kind(
        name="agreement",
        label=N_("Agreement"),
        plural=N_("Agreements"),
        context="agreements",
        profile=p.profile(
            "What an agreement adds to the record.",
            parties=p.many(p.text("Country or organisation."), "Who agreed."),
            date_as_stated=p.text("The date or period, in the source's words."),
            signed_on=p.day("The day of signing; only where the source gives a whole date."),
            areas_as_stated=p.text("What it covers, in the source's words."),
        ),
    ),
    Kind(
        name="policy",
        label=N_("Policy"),
        plural=N_("Policies"),
        context="agreements",
        profile=p.profile(
            "What a policy adds to the record: a strategy, a plan, a law, with its targets.",
            country=p.text("Whose policy it is, in the source's words."),
            document_as_named=p.text("What the source calls the document."),
            year_as_stated=p.text("The year it looks to, where it has no targets."),
            targets=p.many(
                p.group(
                    "One target, as stated.",
                    required=("indicator",),
                    goal=p.text("The goal it serves."),
                    indicator=p.text("What is measured."),
                    baseline_as_stated=p.text("Where it started, with the year."),
                    target_as_stated=p.text("What is to be reached."),
                    year_as_stated=p.text("By when."),
                    source=p.address("Where this target is stated."),
                ),
                "The stated targets of the document.",
            ),
        ),
    ),
)
