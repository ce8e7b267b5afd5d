"""What managers, curators and stewards fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tonle.people.forms.parts import LanguageMaps, Words
from tonle.people.rules.communities import HAND_IN_LABELS, PALETTE
from tonle.people.rules.roles import RoleKind


class CommunityForm(LanguageMaps):
    """What a community says of itself."""

    maps: ClassVar[dict[str, tuple[Any, int]]] = {
        "names": (_("Name"), 1),
        "descriptions": (_("What it is about"), 4),
        "policy": (_("Policy: what may be handed in, and how it is judged"), 6),
    }
    slug = forms.CharField(
        label=_("Short name"),
        help_text=_("For its address: small letters a to z, digits and hyphens. It should stay."),
        max_length=60,
    )
    accent = forms.ChoiceField(label=_("Colour"), widget=forms.RadioSelect)
    hand_in = forms.ChoiceField(label=_("Who may hand in"), widget=forms.RadioSelect)
    review_required = forms.BooleanField(
        label=_("A curator reads everything, also from people who are vouched for"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("accent", [(key, gettext(label)) for key, (label, _l, _d) in PALETTE.items()]),
            ("hand_in", [(key, gettext(label)) for key, label in HAND_IN_LABELS.items()]),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    def plain(self) -> list[forms.BoundField]:
        """For templates: the fields after the texts."""
        return [self["accent"], self["hand_in"], self["review_required"]]

    def told(self) -> dict[str, Any]:
        """As `services.add_community` takes it."""
        plain = ("slug", "accent", "hand_in", "review_required")
        return {
            **{name: self.texts(name) for name in self.maps},
            **{name: self.cleaned_data[name] for name in plain},
        }


class OrganisationForm(LanguageMaps):
    """What an organisation says of itself; identifiers and place come from its source."""

    maps: ClassVar[dict[str, tuple[Any, int]]] = {
        "names": (_("Name"), 1),
        "descriptions": (_("What it does"), 4),
    }
    acronym = forms.CharField(label=_("Acronym"), max_length=40, required=False)
    website = forms.CharField(label=_("Web address"), max_length=500, required=False)


class VerifyForm(forms.Form):
    """A steward's word about an organisation."""

    evidence = Words(
        label=_("What you saw"),
        help_text=_(
            "A letter and its number, a visit, a call to a published number. An address under "
            "its domain proves nothing."
        ),
        max_length=2000,
    )
    checked_on = forms.DateField(
        label=_("When you saw it"), widget=forms.DateInput(attrs={"type": "date"})
    )


class ReasonForm(forms.Form):
    """Why something is done that its person will read."""

    reason = Words(label=_("Reason"), help_text=_("The person reads it."), max_length=4000)


class AnswerForm(forms.Form):
    """The decision about an appeal."""

    answer = Words(label=_("Your answer"), help_text=_("The person reads it."), max_length=4000)


class InviteForm(forms.Form):
    """Somebody's address and the role they are to have."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Why; it stays in the history. The letter does not show it."),
        required=False,
        max_length=500,
    )

    def __init__(self, *args: Any, kinds: Sequence[RoleKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(kind.name, gettext(kind.label)) for kind in kinds]
        if len(kinds) == 1:
            field.initial = kinds[0].name
