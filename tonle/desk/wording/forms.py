"""What is asked on the pages of corrections."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tonle.desk.wording.rules import LONGEST


class ProposeForm(forms.Form):
    """What a message should say."""

    text = forms.CharField(
        label=_("What it should say"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    comment = forms.CharField(
        label=_("Why, if it is not plain (optional)"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    key = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)


class DecideForm(forms.Form):
    """The steward's answer."""

    answer = forms.CharField(
        label=_("What you say to it"),
        help_text=_("Needed where it is not used. Whoever proposed it reads this."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
