"""Tags of the account pages."""

from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def mail_is_kept() -> bool:
    """Whether letters are only kept in the node's directory, because no mail server is named."""
    return "filebased" in settings.EMAIL_BACKEND
