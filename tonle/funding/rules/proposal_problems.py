"""What keeps a proposal from being submitted, by the text of its call: everything at once. Pure.

What the text leaves to people (a rule in words, an answer that was not asked for) is no problem
here; officers judge it. What a machine can tell is told before the deadline and not after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tonle.funding.rules import proposals
from tonle.funding.rules.eligibility import Answers, read_rules, verdicts
from tonle.funding.rules.proposals import Document, Problem, Question
from tonle.kernel.errors import N_
from tonle.kernel.money import Money
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import LanguageMap, Name

_BUILT_IN = frozenset({proposals.TITLE, proposals.SUMMARY, proposals.THEME})


def problems(text: Document, document: Document, today: date) -> list[Problem]:
    """(where, sentence) pairs in the order of the form; empty where it may be submitted.

    text: of the call, the version that the document names. where: the id of a question, or
    partners, people, costs, rules.
    """
    return [
        *_of_answers(text, document),
        *_of_partners(text, document),
        *_of_people(text, document),
        *_of_costs(text, document),
        *_of_rules(text, document, today),
    ]


def called(question: Question) -> str:
    """What a question is called: a message of ours, or the words of the text."""
    if question.id in _BUILT_IN:
        return proposals.LABELS[question.id]
    return Name(question.label, question.id)


def _words(question: Question, document: Document) -> Mapping[str, str]:
    if question.id == proposals.TITLE:
        return dict(document["title"])
    if question.id == proposals.SUMMARY:
        return dict(document["summary"])
    return dict(document["answers"].get(question.id, {}).get("texts", {}))


def _of_answers(text: Document, document: Document) -> Iterator[Problem]:
    first = document["language"]
    for question in proposals.questions(text).values():
        label = Sentence(called(question)) if question.id in _BUILT_IN else called(question)
        if question.in_words:
            told = _words(question, document)
            if question.required and not told.get(first):
                yield question.id, Sentence(N_("“%(question)s” has no answer."), question=label)
            for words in told.values():
                if len(words) > question.most:
                    yield (
                        question.id,
                        Sentence(
                            N_("“%(question)s” has %(have)s characters; at most %(most)s."),
                            question=label,
                            have=len(words),
                            most=question.most,
                        ),
                    )
            continue
        value = (
            document["theme"]
            if question.id == proposals.THEME
            else document["answers"].get(question.id, {}).get("value", "")
        )
        if question.required and not value:
            yield question.id, Sentence(N_("“%(question)s” has no answer."), question=label)
        elif question.answer == "choice" and value not in {
            "",
            *(id_ for id_, _ in question.choices),
        }:
            # Chosen before a corrigendum took it away.
            yield (
                question.id,
                Sentence(N_("“%(question)s”: that can no longer be chosen."), question=label),
            )


def _of_partners(text: Document, document: Document) -> Iterator[Problem]:
    partners = document["partners"]
    parties = {one["id"]: one for one in text["parties"]}
    found = proposals.sides(document)
    if len(found) < 2:
        yield (
            "partners",
            Sentence(N_("A proposal of one side alone cannot be submitted: name partners whom two "
                        "parties of the call pay for.")),
        )  # fmt: skip
    for one in partners:
        party = parties.get(one.get("party", ""))
        if party is None and not text["others_join"]:
            yield (
                "partners",
                Sentence(
                    N_("%(partner)s comes with money of its own; this call does not foresee it."),
                    partner=one["name"],
                ),
            )
        elif party is not None and one["country"] != party["country"]:
            yield (
                "partners",
                Sentence(
                    N_("%(partner)s is not in the country whose researchers %(party)s pays for."),
                    partner=one["name"],
                    party=_name(party),
                ),
            )


def _of_people(text: Document, document: Document) -> Iterator[Problem]:
    paid = {one["id"]: one.get("party", "") for one in document["partners"]}
    answering = {
        paid.get(one.get("partner", ""), "")
        for one in document["people"]
        if one["role"] in {"lead", "investigator"}
    }
    named = {party["id"]: party for party in text["parties"]}
    for side in proposals.sides(document):
        if side not in answering and side in named:
            yield (
                "people",
                Sentence(
                    N_("On the side of %(party)s nobody is principal investigator."),
                    party=_name(named[side]),
                ),
            )
    for one in document["people"]:
        if not one.get("partner"):
            yield (
                "people",
                Sentence(N_("%(name)s belongs to no partner yet."), name=one["name"]),
            )


def _of_costs(text: Document, document: Document) -> Iterator[Problem]:
    parties = {one["id"]: one for one in text["parties"]}
    asked = proposals.sums(document)
    for side in proposals.sides(document):
        party = parties.get(side)
        if party is None:
            continue
        sum_ = asked.get((side, party["currency"]), 0)
        if not sum_:
            yield "costs", Sentence(N_("Nothing is asked of %(party)s."), party=_name(party))
        elif sum_ > party.get("cap_minor", sum_):
            yield (
                "costs",
                Sentence(
                    N_("%(asked)s is asked of %(party)s, which gives a project %(most)s at most."),
                    asked=Money(sum_, party["currency"]),
                    party=_name(party),
                    most=Money(party["cap_minor"], party["currency"]),
                ),
            )
    yield from _of_lines(text, document, parties)


def _of_lines(
    text: Document, document: Document, parties: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """Costs that no longer fit the call, or their partner, since they were written."""
    categories = {one["id"]: one for one in text["budget_categories"]}
    paid = {one["id"]: one.get("party", "") for one in document["partners"]}
    names = {one["id"]: one["name"] for one in document["partners"]}
    told: set[tuple[str, str, str]] = set()
    for one in document["costs"]:
        partner, party = one["partner"], one.get("party", "")
        if (partner, party, one["category"]) in told:
            continue
        told.add((partner, party, one["category"]))
        category = categories.get(one["category"])
        if party != paid.get(partner):
            yield (
                "costs",
                Sentence(
                    N_("Costs of %(partner)s are asked of somebody who does not pay for it."),
                    partner=names.get(partner, partner),
                ),
            )
        elif category is None or (party and party not in category.get("parties", (party,))):
            yield (
                "costs",
                Sentence(
                    N_("%(partner)s: “%(category)s” is not paid for by %(party)s."),
                    partner=names.get(partner, partner),
                    category=one["category"] if category is None else _name(category),
                    party=_name(parties[party]) if party in parties else "–",
                ),
            )
        elif party in parties and one["currency"] != parties[party]["currency"]:
            yield (
                "costs",
                Sentence(
                    N_("%(party)s pays in %(currency)s."),
                    party=_name(parties[party]),
                    currency=parties[party]["currency"],
                ),
            )


def _of_rules(text: Document, document: Document, today: date) -> Iterator[Problem]:
    """Rules of eligibility that what is written here breaks already."""
    rules = text["eligibility"]
    for item, rule in zip(rules, read_rules(rules), strict=True):
        answers = _answers(document, item.get("party", ""))
        if answers is None:
            continue
        for verdict in verdicts([rule], answers, today):
            if verdict.outcome == "unmet":
                yield "rules", _said(rule.text, verdict.reason)


def _answers(document: Document, party: str) -> Answers | None:
    """What the proposal says of itself to a rule; None where it is of a side without partners.

    The applicant of a side is the partner of its investigator, else its first; of the whole, the
    partner of the lead.
    """
    partners = {one["id"]: one for one in document["partners"]}
    of_side = [one for one in partners.values() if not party or one.get("party") == party]
    if not of_side:
        return None
    wanted = {"lead"} if not party else {"lead", "investigator"}
    at = [one.get("partner") for one in document["people"] if one["role"] in wanted]
    applicant = next((one for one in of_side if one["id"] in at), of_side[0])
    return Answers(
        country=applicant["country"],
        partners=len(partners),
        countries=frozenset(one["country"] for one in partners.values()) - {applicant["country"]},
    )


def _said(text: LanguageMap, reason: Sentence) -> Sentence:
    """The funder's own words where there are any; else ours."""
    return Sentence("%(words)s", words=Name(text)) if text else reason


def _name(thing: Mapping[str, Any]) -> Name:
    return Name(thing["name"], str(thing["id"]))
