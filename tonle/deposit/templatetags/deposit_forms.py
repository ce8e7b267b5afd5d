"""The fields of a deposit's form in templates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, gettext

from tonle.catalogue import public as catalogue
from tonle.deposit.forms import by_kind, choices
from tonle.deposit.forms.filled import Filled, Row
from tonle.deposit.forms.rules.steps import STEPS
from tonle.infra.i18n import say
from tonle.kernel.text import valid_language
from tonle.web.public import language_tag, said_code

register = template.Library()

Options = Sequence[tuple[str, str]]


def _reader() -> str:
    return language_tag(get_language() or "en")


@register.inclusion_tag("web/components/entry.html")
def entry(
    form: Filled,
    name: str,
    label: str = "",
    hint: str = "",
    sort: str = "line",
    options: Options = (),
    others: Options = (),
    empty: str = "",
    lang: str = "",
    tight: bool = False,
    unsaid: bool = False,
    default: str = "",
    **more: str,
) -> dict[str, Any]:
    """One field with its label, hint and problem; see the component for what each is."""
    value = form.get(name) or default
    if sort == "choice" and empty and value == "und":
        value = ""  # “Not said” is what the empty choice says.
    known = {code for code, _ in (*options, *others)}
    if sort == "choice" and value and value not in known:
        # What a record already has stays possible, although we would not offer it.
        options = [*options, (value, value)]
    return {
        "name": name,
        "label": label,
        "hint": hint,
        "sort": sort,
        "value": value,
        "options": options,
        "others": others,
        "empty": empty,
        "error": form.problem(name),
        "lang": lang if lang != "und" else "",
        "tight": tight,
        "unsaid": unsaid,
        "more": {key.replace("_", "-"): text for key, text in more.items()},
        "rows": more.pop("rows", "6"),
    }


@register.inclusion_tag("deposit/forms/entry_in_language.html")
def entry_in_language(
    form: Filled, row: str, name: str, label: str, sort: str = "line", hint: str = ""
) -> dict[str, Any]:
    """A text and the language it is in, beside each other."""
    # Somebody who reads Khmer most likely writes it, too; what is written keeps what it says.
    tag = form.get(f"{row}-lang") or ("" if form.get(f"{row}-{name}") else _likely(form, row))
    return {
        "form": form,
        "row": row,
        "field": f"{row}-{name}",
        "label": label,
        "sort": sort,
        "hint": hint,
        "tag": tag,
        "options": choices.languages(_reader(), form.get(f"{row}-lang")),
    }


def _likely(form: Filled, row: str) -> str:
    """The language of a text that is not written yet: one that this map has not got."""
    group = row.rpartition("-")[0]
    said = {form.get(f"{one.prefix}-lang") for one in form.rows(group)}
    if group not in {"titles", "access-note"} and not group.endswith("-names"):
        said = set()  # These rows are texts of their own, not one text in several languages.
    languages = (_reader(), language_tag(settings.LANGUAGE_CODE))
    return next((tag for tag in languages if tag not in said), "")


@register.inclusion_tag("deposit/forms/repeat_tools.html")
def row_tools(row: Row, what: str, moves: bool = True) -> dict[str, Any]:
    """The buttons of a row; what names the row for those who hear the page."""
    return {"row": row, "what": what, "moves": moves}


@register.simple_tag
def rows(form: Filled, group: str, at_least_one: bool = False) -> list[Row]:
    return form.rows(group, one_at_least=at_least_one)


@register.simple_tag
def under(*parts: object) -> str:
    """The name of a field from its parts: `creators-0` and `names` are `creators-0-names`."""
    return "-".join(str(part) for part in parts)


@register.simple_tag
def filled(form: Filled, name: str) -> str:
    return form.get(name)


@register.simple_tag
def ticked(form: Filled, name: str) -> list[str]:
    return form.many(name)


# Filled without anybody having filled it.
_CHOSEN_FOR_ONE = ("-row", "-lang", "-type", "-name_type", "-order", "-entry")


@register.simple_tag
def has(form: Filled, *beginnings: str) -> bool:
    """Whether any field whose name begins so holds something, or has a problem."""
    return any(
        any(texts) and name.startswith(beginnings) and not name.endswith(_CHOSEN_FOR_ONE)
        for name, texts in form.values.items()
    ) or any(name.startswith(beginnings) for name in form.problems)


@register.simple_tag
def found_for(form: Filled, name: str) -> Sequence[Any] | None:
    """What a search in a row found; None where nothing was searched."""
    return form.found.get(name)


@register.filter
def said_with(message: str, data: dict[str, Any]) -> str:
    """A message and its data in the reader's language."""
    return say(message, data)


@register.filter
def kind_name(kind: str) -> str:
    """What a kind of record is called."""
    return gettext(catalogue.kind(kind).label)


_TONES = {
    "published": "good",
    "changes_asked": "warn",
    "appealed": "warn",
    "declined": "bad",
}


@register.filter
def tone_of(state: str) -> str:
    """The tone of a submission's state, as the badge has them."""
    return _TONES.get(state, "neutral")


@register.filter
def step_address(key: str, view: Any) -> str:
    """Where a part of the document of a deposit is changed."""
    name = by_kind.step_with(view.row.kind, key)
    if name not in STEPS and name != by_kind.PARTICULARS:
        return reverse("deposit:overview", args=[view.id])
    anchor = f"#{key}" if key != name else ""
    return reverse("deposit:step", args=[view.id, name]) + anchor


@register.filter
def in_words(value: Any) -> list[dict[str, str]]:
    """Any part of a document as lines to be compared: the texts in it, one after the other."""
    return list(_texts(value, ""))[:200]


def _texts(value: Any, tag: str) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if value and all(isinstance(v, str) and valid_language(k) for k, v in value.items()):
            yield from ({"tag": k if k != "und" else "", "text": v} for k, v in value.items())
            return
        reader = language_tag(get_language() or "en")
        plain = [said_code(str(v), k, reader) for k, v in value.items() if isinstance(v, str | int)]
        if plain:
            yield {"tag": tag, "text": " · ".join(plain)}
        for part in value.values():
            if isinstance(part, dict | list):
                yield from _texts(part, tag)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, tag)
    elif value is not None:
        yield {"tag": tag, "text": str(value)}
