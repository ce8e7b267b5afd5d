"""What is asked on the pages of sources."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from tonle.federation.harvest.clients import PROTOCOLS
from tonle.federation.harvest.models import Source
from tonle.federation.harvest.sources import LONGEST_TERMS, Wanted
from tonle.infra.i18n import say
from tonle.kernel import codes
from tonle.kernel.errors import Invalid
from tonle.web.public import language_tag


def _protocols() -> list[tuple[str, str]]:
    return [("", gettext("Find out")), *PROTOCOLS.items()]


def _members() -> list[tuple[str, str]]:
    reader = language_tag(get_language() or "en")
    found = [(code, codes.label("members", code, reader)) for code in codes.members()]
    return [("", gettext("As each record says")), *found]


RHYTHMS = ((0, _("Only when somebody asks")), (1, _("Every hour")), (6, _("Every six hours")),
           (24, _("Every day")), (168, _("Every week")), (720, _("Every month")))  # fmt: skip
WHOLE = (
    (0, _("Never")),
    (7, _("Every week")),
    (30, _("Every month")),
    (90, _("Every three months")),
)


class PlaceForm(forms.Form):
    """Where a catalogue is."""

    url = forms.CharField(
        label=_("Address of the catalogue"),
        help_text=_("Its front page will do, such as https://data.example.org"),
        max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "off", "dir": "ltr"}),
    )
    protocol = forms.ChoiceField(
        label=_("What it speaks"), required=False, choices=_protocols,
        help_text=_("The node finds out by itself; choose where it answers in several ways."),
    )  # fmt: skip
    metadata_prefix = forms.CharField(
        label=_("Metadata format (optional)"), max_length=60, required=False,
        help_text=_("Of OAI-PMH, such as datacite. Without it the richest is taken."),
    )  # fmt: skip
    set_name = forms.CharField(
        label=_("Only this part of it (optional)"), max_length=200, required=False,
        help_text=_("A set, an organisation, a collection or a community, as it is called there."),
    )  # fmt: skip


class SourceForm(forms.Form):
    """What is said of a source."""

    name = forms.CharField(label=_("Its name, as readers shall see it"), max_length=200)
    member = forms.ChoiceField(label=_("Whose records these are"), required=False, choices=_members)
    every_hours = forms.TypedChoiceField(
        label=_("How often changes are fetched"), choices=RHYTHMS, coerce=int
    )
    whole_every_days = forms.TypedChoiceField(
        label=_("How often all of it is looked at"), choices=WHOLE, coerce=int,
        help_text=_("This finds deletions that the source does not tell of."),
    )  # fmt: skip
    questions_a_minute = forms.IntegerField(
        label=_("At most so many questions a minute"), min_value=0, max_value=6000,
        help_text=_("0 asks as fast as it answers."),
    )  # fmt: skip
    terms = forms.CharField(
        label=_("Terms of its metadata (optional)"), required=False, max_length=LONGEST_TERMS,
        help_text=_("Its licence, or what its keepers agreed to. Stewards read it."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )  # fmt: skip

    @classmethod
    def of(cls, source: Source, tag: str) -> SourceForm:
        """With what is said now."""
        return cls(
            initial={
                "name": source.names.get(tag) or next(iter(source.names.values()), ""),
                "member": source.member,
                "every_hours": source.every_hours,
                "whole_every_days": source.whole_every_days,
                "questions_a_minute": source.questions_a_minute,
                "terms": source.terms,
            }
        )

    def wanted(self, names: dict[str, str], tag: str) -> Wanted:
        """What was said, as a service takes it; names: those in other languages stay."""
        said: dict[str, Any] = self.cleaned_data
        kept = {other: text for other, text in names.items() if text != said["name"]}
        return Wanted(
            names={**kept, tag: said["name"]},
            every_hours=said["every_hours"],
            whole_every_days=said["whole_every_days"],
            questions_a_minute=said["questions_a_minute"],
            member=said["member"],
            terms=said["terms"],
        )


class HideForm(forms.Form):
    """Why a record is hidden here."""

    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Readers see it in place of the record."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    by_law = forms.BooleanField(
        label=_("The law asks for it"),
        help_text=_("Then this page does not lead to its home either."),
        required=False,
    )


def mark(form: forms.Form, error: Invalid) -> None:
    """Put each fault at its field; what belongs to none, above."""
    names = {"names": "name", "set": "set_name", "prefix": "metadata_prefix"}
    for where, text in error.problems:
        field = names.get(where.strip("/"), where.strip("/"))
        form.add_error(field if field in form.fields else None, say(text))
