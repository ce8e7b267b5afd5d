"""What the templates of checks and access need beside the shell's own tags."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from tonle.kernel.errors import N_

register = template.Library()

_DECISIONS = {
    "removed": N_("removed"),
    "coarsened": N_("made coarser"),
    "restricted": N_("given out on request only"),
    "kept": N_("kept"),
}


@register.filter
def decision(code: str) -> str:
    """What became of something that was found."""
    return gettext(_DECISIONS[code]) if code in _DECISIONS else gettext("not decided")
