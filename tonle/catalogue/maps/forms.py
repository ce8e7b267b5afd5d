"""The form by which a steward brings a layer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tonle.kernel.maps.layers import MOST_BYTES


class LayerForm(forms.Form):
    file = forms.FileField(
        label=_("The layer as GeoJSON"),
        help_text=_("Lines, areas, and points with names, in degrees (WGS 84). At most 2 MB."),
    )
    authority = forms.CharField(
        label=_("The authority"),
        help_text=_("As it is to stand under every map that shows the layer."),
        max_length=200,
    )
    approval = forms.CharField(
        label=_("The number of the approval"),
        help_text=_("In China the 审图号; elsewhere the number of the decision."),
        max_length=100,
    )
    dated = forms.DateField(
        label=_("The day of the approval"),
        widget=forms.DateInput(attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
    )
    source = forms.CharField(
        label=_("Where it can be read"),
        help_text=_("An address or a reference, for those who come after you."),
        max_length=500,
        required=False,
    )

    def sent(self) -> bytes:
        """The bytes of the file: one more than may be at most, so that more is told."""
        data: bytes = self.cleaned_data["file"].read(MOST_BYTES + 1)
        return data
