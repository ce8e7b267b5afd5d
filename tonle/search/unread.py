"""What of a question was not understood, in sentences that say what was done instead."""

from __future__ import annotations

from django.utils.translation import gettext

from tonle.search.fields import field_label
from tonle.search.schema import COVERS, YEAR
from tonle.search.syntax import MOST_PARTS, Slip


def said(slip: Slip) -> str:
    """One sentence or two, in the active language."""
    near = field_label(slip.near) if slip.what == "value" else slip.near
    return _sentence(slip) % {"text": slip.text, "near": near, "count": MOST_PARTS}


def _sentence(slip: Slip) -> str:
    match slip.what:
        case "field" if slip.near:
            return gettext(
                "There is no field “%(text)s:”. It was searched for as plain words. "
                "Did you mean “%(near)s:”?"
            )
        case "field":
            return gettext("There is no field “%(text)s:”. It was searched for as plain words.")
        case "space":
            return gettext(
                "“%(text)s:” is a field if its value follows without a space. "
                "It was searched for as plain words."
            )
        case "quote":
            return gettext(
                "The quotation mark before “%(text)s” is not closed. "
                "The words were searched for in any order."
            )
        case "star":
            return gettext(
                "A star stands for the end of a word, after two letters or more. "
                "In “%(text)s” it was passed over."
            )
        case "joint":
            return gettext("“%(text)s” stands where it joins nothing. It was passed over.")
        case "bracket":
            return gettext("Brackets were passed over. OR joins only what stands right beside it.")
        case "many":
            return gettext(
                "Only the first %(count)s signs were understood. "
                "The rest was searched for as plain words."
            )
    if slip.near in {YEAR, COVERS}:
        return gettext(
            "“%(text)s” is no year and no span such as 2019..2024. "
            "It was searched for as plain words."
        )
    return gettext("“%(near)s” has no value “%(text)s” here. It was searched for as plain words.")
