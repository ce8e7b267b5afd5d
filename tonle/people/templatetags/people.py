"""Tags of the account pages."""

from __future__ import annotations

import re

from django import template
from django.conf import settings
from django.utils.translation import gettext

register = template.Library()

# Newest first where one names itself as another: Edge says Chrome, Chrome says Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@register.simple_tag
def mail_is_kept() -> bool:
    """Whether letters are only kept in the node's directory, because no mail server is named."""
    return "filebased" in settings.EMAIL_BACKEND


@register.filter
def browser(user_agent: str) -> str:
    """What a browser calls itself, in two words people know; its own words cut where unknown."""
    known = next((name for mark, name in _BROWSERS if f"{mark}/" in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    found = ", ".join(part for part in (known, system) if part)
    plain = re.sub(r"[^\w ./()-]", "", user_agent)[:60]
    return found or plain or gettext("A browser that does not say its name")
