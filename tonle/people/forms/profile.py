"""What one is called in which script, and where one works."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tonle.infra.i18n import say
from tonle.kernel.errors import Invalid
from tonle.kernel.names import PersonName
from tonle.kernel.text import UNDETERMINED
from tonle.people.forms.parts import Words, languages
from tonle.people.models import Person

_ORDERS = (
    ("family_first", _("Family name first")),
    ("given_first", _("Given name first")),
)


class ProfileForm(forms.Form):
    """One's names, one per script, and where one works."""

    SCRIPTS: ClassVar[int] = 3
    WORKPLACES: ClassVar[int] = 2

    def __init__(self, *args: Any, person: Person | None, language: str, **kwargs: Any) -> None:
        names = [n for n in (person.names if person else []) if n.get("language") != "und-Latn"]
        latin = [n["whole"] for n in (person.names if person else []) if n not in names]
        places = person.affiliations if person else []
        initial: dict[str, Any] = {"latin": "\n".join(latin), "language": language}
        for number, name in enumerate(names[: self.SCRIPTS]):
            for part in ("whole", "family", "given", "order", "language"):
                initial[f"{part}_{number}"] = name.get(part, "")
        for number, place in enumerate(places[: self.WORKPLACES]):
            initial[f"place_{number}"] = place["name"]
            initial[f"ror_{number}"] = place.get("identifier", {}).get("value", "")
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        unknown = [("", gettext("Not said"))]
        for number in range(self.SCRIPTS):
            self.fields[f"whole_{number}"] = forms.CharField(
                label=_("Whole name, as you write it"),
                required=number == 0,
                max_length=300,
                widget=forms.TextInput(
                    attrs={"dir": "auto", "autocomplete": "name" if number == 0 else "off"}
                ),
            )
            self.fields[f"language_{number}"] = forms.ChoiceField(
                label=_("Language"), required=False, choices=[*unknown, *languages()]
            )
            self.fields[f"family_{number}"] = forms.CharField(
                label=_("Family name, if you have one"), required=False, max_length=150
            )
            self.fields[f"given_{number}"] = forms.CharField(
                label=_("Given name, if it is told apart"), required=False, max_length=150
            )
            self.fields[f"order_{number}"] = forms.ChoiceField(
                label=_("Order"), required=False, choices=[*unknown, *_ORDERS]
            )
        self.fields["latin"] = Words(
            label=_("Other spellings in Latin letters"),
            help_text=_("One on each line, as they stand on your publications and papers."),
            required=False,
            rows=3,
            max_length=2000,
        )
        for number in range(self.WORKPLACES):
            self.fields[f"place_{number}"] = forms.CharField(
                label=_("Organisation"), required=False, max_length=300
            )
            self.fields[f"ror_{number}"] = forms.CharField(
                label=_("Its ROR identifier, if you know it"), required=False, max_length=60
            )
        self.fields["language"] = forms.ChoiceField(
            label=_("Letters and messages to you are in"),
            required=False,
            choices=[("", gettext("The language of the page I use")), *settings.LANGUAGES],
        )

    def scripts(self) -> list[list[forms.BoundField]]:
        """For templates: the fields of each name."""
        parts = ("whole", "language", "family", "given", "order")
        return [[self[f"{part}_{n}"] for part in parts] for n in range(self.SCRIPTS)]

    def workplaces(self) -> list[list[forms.BoundField]]:
        return [[self[f"place_{n}"], self[f"ror_{n}"]] for n in range(self.WORKPLACES)]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors:
            try:
                self.names()
            except Invalid as error:
                for _where, what in error.problems:
                    self.add_error("whole_0", say(what))
        return found

    def names(self) -> list[PersonName]:
        """The names as typed. Raises Invalid."""
        told = self.cleaned_data
        found = [
            PersonName.of(
                told[f"whole_{n}"],
                family=told[f"family_{n}"],
                given=told[f"given_{n}"],
                order=told[f"order_{n}"] or None,
                language=told[f"language_{n}"] or UNDETERMINED,
            )
            for n in range(self.SCRIPTS)
            if told.get(f"whole_{n}", "").strip()
        ]
        spellings = [line.strip() for line in told.get("latin", "").splitlines() if line.strip()]
        return found + [PersonName.of(line, language="und-Latn") for line in spellings[:8]]

    def affiliations(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for n in range(self.WORKPLACES):
            name, ror = self.cleaned_data[f"place_{n}"], self.cleaned_data[f"ror_{n}"].strip()
            if name.strip() or ror:
                found.append(
                    {
                        "name": name,
                        **({"identifier": {"scheme": "ror", "value": ror}} if ror else {}),
                    }
                )
        return found
