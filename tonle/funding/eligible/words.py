"""Rules and answers in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import get_language, gettext

from tonle.funding.rules.answers import country_codes
from tonle.funding.rules.eligibility import Rule, Standing, Verdict, demand, region_code
from tonle.infra.i18n import say
from tonle.kernel import codes
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence
from tonle.web.public import language_tag, local_day, local_number

STAGES: Final[Mapping[str, str]] = {
    "student": N_("Student before a doctorate"),
    "doctoral": N_("Doctoral researcher"),
    "postdoctoral": N_("Postdoctoral researcher"),
    "early_career": N_("Early-career researcher"),
    "established": N_("Established researcher"),
}
ORGANISATIONS: Final[Mapping[str, str]] = {
    "university": N_("University or school"),
    "research_institute": N_("Research institute"),
    "government": N_("Government body"),
    "ngo": N_("Non-governmental organisation"),
    "enterprise": N_("Enterprise"),
    "hospital": N_("Hospital"),
    "individual": N_("No organisation: an individual"),
}
SEXES: Final[Mapping[str, str]] = {"female": N_("Female"), "male": N_("Male")}
OUTCOMES: Final[Mapping[str, tuple[str, str]]] = {
    "met": (N_("You meet it"), "good"),
    "unmet": (N_("It bars you"), "bad"),
    "unanswered": (N_("Your answers do not tell"), "neutral"),
    "to_read": (N_("Read it yourself"), "neutral"),
}
STANDINGS: Final[Mapping[Standing, tuple[str, str]]] = {
    "admitted": (N_("You may apply"), "good"),
    "perhaps": (N_("You may perhaps apply"), "neutral"),
    "barred": (N_("A rule bars you"), "bad"),
}


def rule_sentence(rule: Rule) -> str:
    """What a rule asks for, in the active language."""
    return _said(demand(rule), rule)


def verdict_row(verdict: Verdict) -> dict[str, Any]:
    """A verdict as pages show it: what is asked for, the funder's words, how it came out."""
    label, tone = OUTCOMES[verdict.outcome]
    is_words = verdict.rule.test == "words" and bool(verdict.rule.text)
    return {
        # Where only people judge, the funder's words say all that there is.
        "sentence": "" if is_words else rule_sentence(verdict.rule),
        "text": dict(verdict.rule.text),
        "outcome": gettext(label),
        "tone": tone,
    }


def standing_badge(standing: Standing) -> dict[str, str]:
    label, tone = STANDINGS[standing]
    return {"label": gettext(label), "tone": tone}


def place_name(code: str, language: str) -> str:
    """A country (alpha-3) or a province (ISO 3166-2); the code where no list here has it."""
    if "-" in code:
        member = next((one for one in codes.members() if region_code(one) == code), "")
        return codes.label("members" if member else "provinces", member or code, language)
    alpha2 = country_codes().get(code)
    return codes.label("countries", alpha2, language) if alpha2 else code


def _said(sentence: Sentence, rule: Rule) -> str:
    language = reader()
    data: dict[str, Any] = {}
    for name, value in sentence.data.items():
        if isinstance(value, Sentence):
            data[name] = _said(value, rule)
        elif isinstance(value, date):
            data[name] = local_day(value, language)
        elif isinstance(value, int):
            data[name] = local_number(value, language)
        else:
            data[name] = _listed(_named(rule, language))
    return say(sentence.message, data)


def _named(rule: Rule, language: str) -> Iterable[str]:
    if rule.test == "career_stage":
        return (gettext(STAGES[value]) for value in rule.values)
    if rule.test == "organisation_type":
        return (gettext(ORGANISATIONS[value]) for value in rule.values)
    return (place_name(value, language) for value in rule.values)


def _listed(names: Iterable[str]) -> str:
    return "; ".join(names)


def reader() -> str:
    return language_tag(get_language() or "en")
