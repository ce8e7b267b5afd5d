"""Parts that several forms are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language

from tonle.web.public import language_name, language_tag


class Words(forms.CharField):
    """Some sentences."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)


def languages() -> list[tuple[str, str]]:
    """The region's languages, each named in the reader's own, the page's languages first."""
    tags = ["en", "km", "lo", "th", "vi", "my", "zh-Hans"]
    reader = language_tag(get_language() or "en")
    return [(tag, language_name(tag, reader)) for tag in tags]


class LanguageMaps(forms.Form):
    """Texts in several languages: a field for each language, those beyond English and Khmer apart.

    Subclasses name their maps in `maps`: name to (label, rows); one row is one line.
    """

    maps: ClassVar[dict[str, tuple[Any, int]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, rows) in self.maps.items():
            for tag, language in languages():
                attrs = {"lang": tag, "dir": "auto"}
                widget: forms.Widget = forms.TextInput(attrs=attrs)
                if rows > 1:
                    widget = forms.Textarea(attrs={**attrs, "rows": rows})
                self.fields[f"{name}_{tag}"] = forms.CharField(
                    label=f"{label} ({language})", required=False, widget=widget, max_length=20_000
                )

    def groups(self) -> list[dict[str, Any]]:
        """For templates: per map its first two fields, the others, and whether those are used."""
        found = []
        for name in self.maps:
            fields = [self[f"{name}_{tag}"] for tag, _ in languages()]
            others = fields[2:]
            found.append(
                {"fields": fields[:2], "others": others, "used": any(f.value() for f in others)}
            )
        return found

    def texts(self, name: str) -> dict[str, str]:
        """One language map as typed, without the empty ones."""
        return {
            tag: self.cleaned_data[f"{name}_{tag}"]
            for tag, _ in languages()
            if self.cleaned_data.get(f"{name}_{tag}", "").strip()
        }

    @staticmethod
    def initial_of(maps: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        return {f"{name}_{tag}": text for name, told in maps.items() for tag, text in told.items()}
