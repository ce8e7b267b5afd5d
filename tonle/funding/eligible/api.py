"""POST /api/v1/opportunities/eligible: which open calls would take somebody. Nothing is kept."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Schema
from pydantic import Field

from tonle.api.public import AnyReader, Body
from tonle.funding.eligible import selectors
from tonle.funding.eligible.selectors import Judged
from tonle.funding.eligible.words import rule_sentence
from tonle.funding.rules.answers import MOST_CODES, MOST_PARTNERS, read_answers
from tonle.funding.rules.eligibility import QUESTIONS, Verdict
from tonle.infra import clock


class AnswersBody(Body):
    """What somebody says of themselves; what is left out is not answered."""

    country: str = Field("", max_length=3, description="Of the organisation, ISO 3166-1 alpha-3.")
    region: str = Field(
        "", max_length=9, description="ISO 3166-2 within that country, or `elsewhere`."
    )
    organisation_types: list[str] = Field(
        default_factory=list,
        max_length=20,
        description="All that hold of university, research_institute, government, ngo, "
        "enterprise, hospital, individual.",
    )
    career_stages: list[str] = Field(
        default_factory=list,
        max_length=20,
        description="All that hold of student, doctoral, postdoctoral, early_career, established.",
    )
    nationalities: list[str] = Field(
        default_factory=list, max_length=MOST_CODES, description="ISO 3166-1 alpha-3."
    )
    partners: int | None = Field(
        None, ge=1, le=MOST_PARTNERS, description="Organisations that apply together, with yours."
    )
    countries: list[str] = Field(
        default_factory=list,
        max_length=MOST_CODES,
        description="Of all partners, ISO 3166-1 alpha-3.",
    )
    degree: str = Field("", max_length=40, description="Highest degree: a year, month or day.")
    born: str = Field("", max_length=40, description="Birth: a year, a month or a day.")
    sex: str = Field("", max_length=10, description="female or male.")


class RuleItem(Schema):
    """What one rule says of the answers."""

    id: str
    test: str = Field(description="The kind of rule, as in the profile of the record.")
    outcome: str = Field(description="met, unmet, unanswered or to_read.")
    demand: str = Field(description="What is asked for, in the language of the answer.")
    text: dict[str, str] = Field(description="The funder’s words, by language.")
    missing: list[str] = Field(description="Answers that would decide it.")


class JudgedItem(Schema):
    """A call, and whether it would take who answers so."""

    id: str
    title: dict[str, str] = Field(description="By language.")
    status: str = Field(description="open or closing_soon.")
    closes_at: datetime | None
    standing: str = Field(description="admitted, perhaps or barred.")
    rules: list[RuleItem]
    html_url: str


class EligibleAnswer(Schema):
    """needed: answers that would decide more, of calls that nothing bars."""

    calls: list[JudgedItem]
    needed: list[str]


def add_eligible(router: Router) -> None:
    """Add the endpoint to the router of opportunities, before what takes any id."""
    router.post(
        "/eligible",
        response=EligibleAnswer,
        auth=AnyReader(),
        summary="Which open calls would take me",
        tags=["funding"],
    )(eligible)


def eligible(request: HttpRequest, body: AnswersBody, response: HttpResponse) -> EligibleAnswer:
    """Judges all open calls by the answers, which are neither stored nor logged.

    A rule that no machine can judge is `to_read`; a call without rules in data is `perhaps`.
    """
    del request
    now = clock.now()
    found = selectors.judge(selectors.open_calls(now), read_answers(body.dict()), now)
    needed = selectors.still_needed(found)
    response["Cache-Control"] = "no-store"
    return EligibleAnswer(
        calls=[_item(one) for one in found],
        needed=[name for name in QUESTIONS if name in needed],
    )


def _item(one: Judged) -> JudgedItem:
    return JudgedItem(
        id=one.call.id,
        title=dict(one.call.titles),
        status=one.status,
        closes_at=one.call.closes_at,
        standing=one.standing,
        rules=[_rule(verdict) for verdict in one.verdicts],
        html_url=settings.TONLE_URL + reverse("catalogue:record", args=[one.call.id]),
    )


def _rule(verdict: Verdict) -> RuleItem:
    return RuleItem(
        id=verdict.rule.id,
        test=verdict.rule.test,
        outcome=verdict.outcome,
        demand=rule_sentence(verdict.rule),
        text=dict(verdict.rule.text),
        missing=list(verdict.missing),
    )
