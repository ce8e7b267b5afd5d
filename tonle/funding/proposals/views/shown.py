"""What pages of proposals have in common: errors as sentences, money, who may be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tonle.funding.proposals.selectors import View
from tonle.funding.rules import proposals
from tonle.infra.i18n import say
from tonle.kernel.errors import Invalid, Refused, TonleError
from tonle.kernel.money import Money
from tonle.kernel.text import choose
from tonle.web.public import language_name, language_tag, local_money

# Languages in which people here write, offered before any is typed.
OFFERED = ("km", "lo", "th", "my", "vi", "zh-Hans", "en")


@dataclass(frozen=True)
class Sum:
    """What is asked of one party. names: {} of own money."""

    names: Mapping[str, str]
    amount: str


def reader() -> str:
    return language_tag(get_language() or "en")


def sentences(error: TonleError) -> list[str]:
    if isinstance(error, Refused):
        return [say(one) for one in error.refusals]
    if isinstance(error, Invalid):
        return [say(what) for _where, what in error.problems]
    return [say(error)]


def money(amount_minor: int, currency: str) -> str:
    try:
        return local_money(Money(amount_minor, currency), get_language() or "en")
    except Invalid:
        return currency


def sums(document: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> list[Sum]:
    """What is asked of each party, in the order of the partners, own money last."""
    found = sorted(proposals.sums(document).items(), key=lambda one: not one[0][0])
    return [
        Sum(names.get(party, {}), money(amount, currency)) for (party, currency), amount in found
    ]


def named(tags: Iterable[str]) -> list[tuple[str, str]]:
    """(tag, name in the reader's language), each once."""
    return [(tag, language_name(tag, get_language() or "en")) for tag in dict.fromkeys(tags)]


def languages(view: View) -> list[tuple[str, str]]:
    """(tag, name) in which the proposal may be written: its own, the call's, those of here."""
    tags = [view.row.language, *view.found.text.document["texts"], *OFFERED]
    tags += [one.language for one in view.found.answers if one.language]
    return named(tags)


def parties(view: View) -> list[tuple[str, str]]:
    tag = reader()
    return [(slug, choose(names, tag)[1]) for slug, names in view.found.party_names().items()]


def partners(view: View) -> list[tuple[str, str]]:
    return [(one.slug, one.name) for one in view.found.partners]


def roles() -> list[tuple[str, str]]:
    return [
        ("investigator", _("Principal investigator of a side")),
        ("member", _("Member of the team")),
    ]


def role_label(role: str) -> str:
    return dict([("lead", _("Lead")), *roles()]).get(role, role)


def label(question: str, view: View) -> str:
    """What a part or question is called, in the reader's language."""
    if question in proposals.LABELS:
        return _(proposals.LABELS[question])
    asked = proposals.questions(view.found.text.document).get(question)
    return choose(asked.label, reader())[1] if asked is not None else question
