"""A submitted version as people read it, whoever they are."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from tonle.funding.models import CallText, Proposal, ProposalVersion
from tonle.funding.proposals.views import shown
from tonle.funding.rules import call_text, proposals
from tonle.kernel.text import LanguageMap
from tonle.web.public import local_day


def of_version(request: HttpRequest, row: Proposal, version: ProposalVersion) -> dict[str, Any]:
    """What the page of a version shows: each question of the text that it answers."""
    text = CallText.objects.get(call=row.call_id, number=version.text).document
    return {
        "proposal": row,
        "version": version,
        "call": dict(text["title"]),
        **of_document(request, text, version.document),
    }


def of_document(
    request: HttpRequest, text: proposals.Document, document: proposals.Document
) -> dict[str, Any]:
    """What a proposal says, as far as the document tells its reader, whoever they are."""
    names = call_text.party_names(text)
    told = proposals.languages(document)
    asked = request.GET.get("text", "")[:40]
    return {
        "document": document,
        "languages": shown.named(told),
        "tag": asked if asked in told else "",
        "sections": [
            (section, answers)
            for section in proposals.sections(text)
            if (answers := _answers(section, document, asked))
        ],
        "partners": [(one, names.get(one.get("party", ""), {})) for one in document["partners"]],
        "people": [(one, shown.role_label(one["role"])) for one in document["people"]],
        "costs": _costs(text, document, names),
        "sums": shown.sums(document, names),
    }


def _answers(
    section: proposals.Section, document: proposals.Document, tag: str
) -> list[tuple[proposals.Question, LanguageMap, str]]:
    """(question, words by language, value) of those that are answered."""
    every = ((one, *_answer(one, document, tag)) for one in section.questions)
    return [found for found in every if found[1] or found[2]]


def _answer(
    question: proposals.Question, document: proposals.Document, tag: str
) -> tuple[LanguageMap, str]:
    """(words by language, or {}; else the value as it is read)."""
    if question.id == proposals.TITLE:
        words = dict(document["title"])
    elif question.id == proposals.SUMMARY:
        words = dict(document["summary"])
    elif question.id == proposals.THEME:
        return dict(dict(question.choices).get(document["theme"], {})), ""
    else:
        given = document["answers"].get(question.id, {})
        if "value" in given:
            value = given["value"]
            if question.answer == "choice":
                return dict(dict(question.choices).get(value, {"und": value})), ""
            return {}, local_day(
                value, get_language() or "en"
            ) if question.answer == "day" else value
        words = dict(given.get("texts", {}))
    return ({tag: words[tag]} if tag in words else words), ""


def _costs(
    text: proposals.Document, document: proposals.Document, names: dict[str, LanguageMap]
) -> list[tuple[str, LanguageMap, int, LanguageMap, str]]:
    """(partner, payer, year, category, amount) in the order of the document."""
    categories = {one["id"]: dict(one["name"]) for one in text["budget_categories"]}
    called = {one["id"]: one["name"] for one in document["partners"]}
    return [
        (
            called.get(one["partner"], one["partner"]),
            names.get(one.get("party", ""), {}),
            one["year"],
            categories.get(one["category"], {"und": one["category"]}),
            shown.money(one["amount_minor"], one["currency"]),
        )
        for one in document["costs"]
    ]
