"""What people are told about. Each context registers its topics from `apps.ready`."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from tonle.infra.i18n import say
from tonle.kernel.errors import N_


@dataclass(frozen=True)
class Topic:
    """One sort of thing that may wait for somebody.

    name: `<context>.<what>`, stable, stored with each notice.
    label: a few words, such as "Your deposits"; text: one sentence that says what waits,
    with `%(name)s` places for the notice's data. Both are gettext messages marked with N_.
    The text leaves the node through services of others: it must fit a postcard.
    urgent: somebody is kept waiting, so it is told at once unless the reader wants quiet.
    """

    name: str
    label: str
    text: str
    urgent: bool = False


_TOPICS: dict[str, Topic] = {}

_UNKNOWN = Topic("", N_("Messages"), N_("Something waits for you."))


def register_topic(topic: Topic) -> None:
    """Add a topic; the same name again replaces it."""
    _TOPICS[topic.name] = topic


def known(name: str) -> bool:
    return name in _TOPICS


def topic(name: str) -> Topic:
    """The topic of a stored notice; a general one where its context is installed no more."""
    return _TOPICS.get(name, _UNKNOWN)


def label_of(name: str) -> str:
    """In the active language."""
    return gettext(topic(name).label)


def text_of(name: str, data: dict[str, object]) -> str:
    """The sentence in the active language, its places filled in."""
    return say(topic(name).text, data)
