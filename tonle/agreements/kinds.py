"""The kinds of promises: what parties agreed, and what a government set out to do.

An agreement that is concluded here fills its record by itself (`publication`): its versions with
their terms, and what its parties did, so that every node that has the record can say who is bound
on a day. Of one that was concluded elsewhere the record says what its source says.
"""

from __future__ import annotations

from tonle.agreements.rules.found import agreement_facets, in_force, policy_facets
from tonle.catalogue.public import Kind
from tonle.catalogue.public import profiles as p
from tonle.kernel.errors import N_

TYPES = (
    "memorandum",
    "agreement",
    "arrangement",
    "protocol",
    "programme",
    "plan_of_action",
    "joint_statement",
)
POLICY_TYPES = (
    "law",
    "regulation",
    "resolution",
    "strategy",
    "roadmap",
    "plan",
    "agenda",
    "statement",
)

_SLUG = {
    "type": "string",
    "pattern": "^[a-z0-9][a-z0-9-]{0,59}$",
    "description": "Its name within the text, the same in every version.",
}
_TERMS = p.group(
    "What days are computed of, in the words of the text that parties signed.",
    consent=p.choice("By which act a party is willing to be bound.", "signature", "ratification"),
    needed=p.number("How many parties must be willing before it binds anybody.", minimum=1),
    after_days=p.number("Days from that act to its effect."),
    not_before=p.day("The first day on which it may be in force."),
    until=p.day("The first day on which it no longer is."),
    months=p.number("Its first term, from its entry into force.", minimum=1),
    renews_months=p.number("Each further term; 0 is none."),
    notice_months=p.number("How long before the end of a term notice must be given."),
    withdrawal_months=p.number("From a party's notice to its leaving."),
    survivals=p.many(
        p.group(
            "A clause that goes on after the end.",
            article=p.number("Which article.", minimum=1),
            months=p.number("For so many months; absent: without end.", minimum=1),
        ),
        "What goes on after the end.",
    ),
    depositary=_SLUG,
    calendar=p.text("IANA zone of the place whose days count."),
)
AGREEMENT = Kind(
    name="agreement",
    label=N_("Agreement"),
    plural=N_("Agreements"),
    context="agreements",
    facets=agreement_facets,
    stands=in_force,
    profile=p.profile(
        "What an agreement adds to the record.",
        parties=p.many(p.text("Country or organisation."), "Who agreed."),
        date_as_stated=p.text("The date or period, in the source's words."),
        signed_on=p.day("The day of signing; only where the source gives a whole date."),
        areas_as_stated=p.text("What it covers, in the source's words."),
        type=p.choice("What kind of text it is.", *TYPES),
        type_as_stated=p.text("What the source calls it, where that is none of these."),
        contracting_parties=p.many(
            p.group(
                "One party.",
                required=("id", "name"),
                id=_SLUG,
                name=p.language_map("Its name by language."),
                country=p.text("ISO 3166-1 alpha-3; of a ministry or university, where it is."),
                organisation=p.text("Its name on the node that holds the agreement."),
                identifiers=p.many(
                    p.group(
                        "A name in the world.",
                        required=("scheme", "value"),
                        scheme=p.text("Such as ror."),
                        value=p.text("The name itself."),
                    ),
                    "Its names in the world.",
                ),
            ),
            "The parties, each with what is known of it.",
        ),
        key_areas=p.many(
            p.group(
                "One key area.",
                required=("id", "name"),
                id=_SLUG,
                name=p.language_map("What it is called."),
            ),
            "The areas in which the parties said they would work.",
        ),
        under=p.group(
            "Under which agreement this one stands.",
            required=("agreement",),
            agreement=p.record("The record of that agreement."),
            key_areas=p.many(_SLUG, "Which of its key areas it serves."),
        ),
        texts=p.many(
            p.group(
                "The text in one language.",
                required=("language",),
                language=p.text("BCP 47."),
                authentic=p.flag("Whether it counts as much as the others; else a translation."),
            ),
            "In which languages it is.",
        ),
        depositary=_SLUG,
        in_force_on=p.day("The first day on which it was, or will be, in force."),
        ended_on=p.day("The first day on which it no longer is, as far as is known."),
        versions=p.many(
            p.group(
                "One version of the text.",
                required=("version", "state"),
                version=p.number("1, 2, …", minimum=1),
                record_version=p.number("The version of this record that has its text.", minimum=1),
                state=p.text("Where it stands: agreed, partly_signed, signed, in_force, …"),
                sha256=p.text("Of its canonical form: what the parties signed."),
                agreed_on=p.day("The day on which all had agreed to its words."),
                signed_on=p.day("The day on which the last party signed it."),
                in_force_on=p.day("The first day on which it was, or will be, in force."),
                ended_on=p.day("The first day on which it binds nobody, as far as is known."),
                terms=_TERMS,
            ),
            "The versions of its text that are public.",
        ),
        acts=p.many(
            p.group(
                "What a party did; without a party, what all did together.",
                required=("act", "version", "on"),
                party=_SLUG,
                act=p.choice(
                    "What was done.", "sign", "ratify", "withdraw", "stop_renewal", "terminate"
                ),
                version=p.number("With which version.", minimum=1),
                on=p.day("The day of the act."),
                effective=p.day("From which day on it holds; of a withdrawal and an end."),
                way=p.choice("On screen, or on paper that a second officer confirmed.",
                             "screen", "paper"),
                entered_on=p.day("When it was entered here."),
            ),
            "What the parties did, in order.",
        ),
    ),
)  # fmt: skip
POLICY = Kind(
    name="policy",
    label=N_("Policy"),
    plural=N_("Policies"),
    context="agreements",
    facets=policy_facets,
    profile=p.profile(
        "What a policy adds to the record: a strategy, a plan, a law, with its targets.",
        country=p.text("Whose policy it is, in the source's words."),
        document_as_named=p.text("What the source calls the document."),
        year_as_stated=p.text("The year it looks to, where it has no targets."),
        type=p.choice("What kind of document it is.", *POLICY_TYPES),
        is_draft=p.flag("Whether the source calls it a draft."),
        dated_on=p.day(
            "The day that the document bears; only where the source gives a whole date."
        ),
        goals=p.many(
            p.group(
                "One goal.",
                required=("id", "name"),
                id=_SLUG,
                name=p.language_map("The goal, by language."),
            ),
            "What it sets out to reach, in the order of the document.",
        ),
        targets=p.many(
            p.group(
                "One target, as stated.",
                required=("indicator",),
                id=_SLUG,
                goal=p.text("The goal it serves: its id among the goals, or in words."),
                indicator=p.text("What is measured."),
                baseline_as_stated=p.text("Where it started, with the year."),
                target_as_stated=p.text("What is to be reached."),
                year_as_stated=p.text("By when."),
                source=p.address("Where this target is stated."),
            ),
            "The stated targets of the document.",
        ),
    ),
)
KINDS = (AGREEMENT, POLICY)
