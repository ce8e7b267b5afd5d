"""Which channels there are, and those that this node's options set up."""

from __future__ import annotations

from django.conf import settings

from tonle.infra.messaging import robots
from tonle.infra.messaging.line import Line
from tonle.infra.messaging.mail import Mail
from tonle.infra.messaging.port import Channel
from tonle.infra.messaging.sms import Sms
from tonle.infra.messaging.telegram import Telegram
from tonle.kernel.errors import N_

PERSONAL = ("mail", "telegram", "line", "sms")
"""The channels that reach a person; the page is none of them: it always holds."""

LABELS = {
    "mail": N_("Mail"),
    "telegram": N_("Telegram"),
    "line": N_("LINE"),
    "sms": N_("SMS"),
}

ROBOTS: dict[str, tuple[str, type[robots.Robot]]] = {
    "dingtalk": ("DingTalk", robots.DingTalk),
    "feishu": ("Feishu, Lark", robots.Feishu),
    "wecom": ("WeCom", robots.WeCom),
    "slack": ("Slack, Mattermost, Rocket.Chat", robots.Slack),
    "plain": (N_("Any other, as signed JSON"), robots.Plain),
}


def channel(name: str) -> Channel | None:
    """The channel of this name, as the options set it up; None where they do not."""
    if name == "mail":
        return Mail()
    if name == "telegram" and settings.TONLE_TELEGRAM_TOKEN:
        return Telegram(settings.TONLE_TELEGRAM_TOKEN, settings.TONLE_TELEGRAM_API)
    if name == "line" and settings.TONLE_LINE_TOKEN:
        return Line(settings.TONLE_LINE_TOKEN, settings.TONLE_LINE_API)
    if name == "sms" and settings.TONLE_SMS_URL:
        return Sms(
            settings.TONLE_SMS_URL,
            settings.TONLE_SMS_METHOD,
            settings.TONLE_SMS_BODY,
            settings.TONLE_SMS_HEADERS,
            settings.TONLE_SMS_SUCCESS,
        )
    return None


def telegram() -> Telegram | None:
    found = channel("telegram")
    return found if isinstance(found, Telegram) else None


def line() -> Line | None:
    found = channel("line")
    return found if isinstance(found, Line) else None


def configured() -> list[str]:
    """The names of the personal channels that can be chosen here, mail first."""
    return [name for name in PERSONAL if channel(name) is not None]


def robot(kind: str, secret: str) -> Channel | None:
    """The channel of a group's robot; None for a kind that this release does not know."""
    known = ROBOTS.get(kind)
    return known[1](secret=secret) if known else None
