"""The questions of "Am I eligible?": only those that some rule needs, or all for oneself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tonle.funding.eligible.words import ORGANISATIONS, SEXES, STAGES, place_name, reader
from tonle.funding.rules.answers import country_codes, read_answers
from tonle.funding.rules.eligibility import ELSEWHERE, QUESTIONS, Answers
from tonle.infra.i18n import say
from tonle.kernel.errors import Invalid
from tonle.kernel.text import sort_key
from tonle.web.public import local_number

# Asked in a second step, and only where a rule of a call that nothing else bars needs them.
SECOND: Final = frozenset({"degree", "born", "sex"})
REGION: Final = ("KHM", "CHN", "LAO", "MMR", "THA", "VNM")


class Several(forms.SelectMultiple):
    """A few lists to choose one from each: a list of many countries is hard to mark several in.

    rows: how many lists there are at least.
    """

    use_fieldset = True
    allow_multiple_selected = False

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        del files
        sent = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        return [one for one in sent if one]

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return f"{id_}_{index or 0}" if id_ else id_

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = list(value or [])
        one = forms.Select(choices=[("", gettext("Not said")), *self.choices])
        made = []
        for at in range(max(self.rows, len(chosen))):
            label = gettext("Choice %(number)s") % {"number": local_number(at + 1, reader())}
            id_ = self.id_for_label((attrs or {}).get("id", ""), at)
            here = {**(attrs or {}), "id": id_, "aria-label": label}
            told = chosen[at] if at < len(chosen) else ""
            made.append(one.render(name, told, here, renderer))
        return mark_safe("".join(made))  # noqa: S308 # Django made and escaped each of them.


class AnswersForm(forms.Form):
    """What somebody says of themselves. Every question may be left open."""

    country = forms.ChoiceField(
        label=_("Where is your organisation?"),
        help_text=_("Without one: where you live."),
        required=False,
    )
    region = forms.ChoiceField(label=_("In which province?"), required=False)
    organisation_types = forms.MultipleChoiceField(
        label=_("What is your organisation? Tick all that hold."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    career_stages = forms.MultipleChoiceField(
        label=_("Where are you in your career? Tick all that hold."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    nationalities = forms.MultipleChoiceField(
        label=_("Your nationality, or nationalities"), required=False, widget=Several(2)
    )
    partners = forms.CharField(
        label=_("How many partners would apply together, with you?"),
        help_text=_("Organisations. 1 is you alone."),
        required=False,
        max_length=5,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    countries = forms.MultipleChoiceField(
        label=_("In which countries are the partners, yours among them?"),
        required=False,
        widget=Several(5),
    )
    degree = forms.CharField(
        label=_("When did you get your highest degree?"),
        help_text=_("A year, a month or a day: 2019, 2019-07 or 31/07/2019."),
        required=False,
        max_length=40,
    )
    born = forms.CharField(
        label=_("When were you born?"),
        help_text=_("A year is mostly enough: 1990, 1990-05 or 31/05/1990."),
        required=False,
        max_length=40,
    )
    sex = forms.ChoiceField(
        label=_("Your sex"),
        help_text=_("Some calls set the limit of age by it."),
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        *args: Any,
        asks: Collection[str] = QUESTIONS,
        provinces: Collection[str] = (),
        elsewhere: bool = True,
        **kwargs: Any,
    ) -> None:
        """asks: of QUESTIONS. provinces: that can be chosen; elsewhere: or none of them."""
        super().__init__(*args, **kwargs)
        for name in list(self.fields):
            if name not in asks:
                del self.fields[name]
        places = countries()
        empty = [("", gettext("Not said"))]
        self._choose("country", empty + places)
        for name in ("nationalities", "countries"):
            self._choose(name, places)
        self._choose("organisation_types", _labels(ORGANISATIONS))
        self._choose("career_stages", _labels(STAGES))
        self._choose("sex", empty + _labels(SEXES))
        named = sorted((code, place_name(code, reader())) for code in provinces)
        other = [(ELSEWHERE, gettext("In none of these"))] if elsewhere else []
        self._choose("region", [*empty, *named, *other])

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        if name in self.fields:
            self.fields[name].choices = choices  # type: ignore[attr-defined] # A ChoiceField.

    def answers(self) -> Answers | None:
        """What was said, read; None where it cannot be, and then the form says why."""
        if not self.is_valid():
            return None
        try:
            return read_answers(self.cleaned_data)
        except Invalid as error:
            for where, problem in error.problems:
                self.add_error(where if where in self.fields else None, say(problem))
        return None

    def hidden(self, but: Collection[str] = ()) -> list[tuple[str, str]]:
        """The answers as names and values, to be sent again with the second step."""
        pairs = []
        for name in self.fields.keys() - but:
            value = self.cleaned_data.get(name)
            values = value if isinstance(value, list) else [value]
            pairs += [(name, str(one)) for one in values if one]
        return pairs


def countries() -> list[tuple[str, list[tuple[str, str]]]]:
    """Three letters and name, by name; those of the region first."""
    tag = reader()
    named = [(code, place_name(code, tag)) for code in country_codes()]
    named.sort(key=lambda pair: sort_key(pair[1], tag))
    return [
        (gettext("In the region"), [pair for pair in named if pair[0] in REGION]),
        (gettext("Elsewhere"), [pair for pair in named if pair[0] not in REGION]),
    ]


def _labels(of: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, gettext(label)) for code, label in of.items()]
