"""The language of the terminal, for commands that set Django up and for those that do not."""

from __future__ import annotations

import os

from tonle.kernel.errors import TonleError
from tonle.kernel.sentences import Sentence


def _wanted() -> str:
    """What the terminal asks for, as Django writes it: `zh_CN.UTF-8` is zh-cn."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    return wanted.split(".")[0].replace("_", "-").lower()


def speak_the_callers_language() -> None:
    """Errors come in the language of the terminal, where the node speaks it. Needs Django."""
    from django.conf import settings
    from django.utils import translation

    try:
        # `zh-cn` is served by zh-hans.
        code = translation.get_supported_language_variant(_wanted())
    except LookupError:
        code = settings.LANGUAGE_CODE
    translation.activate(code)


def said(what: TonleError | Sentence) -> str:
    """A sentence in the language of the terminal.

    A command that runs without Django waits for it only where another language needs it.
    """
    from django.apps import apps
    from django.conf import settings

    if not apps.ready:
        wanted = _wanted()
        english = wanted.partition("-")[0] in {"", "c", "en", "posix"}
        if english and settings.LANGUAGE_CODE.startswith("en"):
            return str(what)
        import django

        django.setup()
        speak_the_callers_language()
    from tonle.infra.i18n import say

    return say(what)
