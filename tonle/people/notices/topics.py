"""What people are told about. Each context registers its topics from `apps.ready`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import get_language, gettext

from tonle.infra.i18n import say
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_
from tonle.kernel.text import LanguageMap
from tonle.web.public import language_tag, local_number


@dataclass(frozen=True)
class Topic:
    """One sort of thing that may wait for somebody.

    name: `<context>.<what>`, stable, stored with each notice.
    label: a few words, such as "Your deposits"; text: one sentence that says what waits,
    with `%(name)s` places for the notice's data. Both are gettext messages marked with N_.
    The text leaves the node through services of others: it must fit a postcard.
    urgent: somebody is kept waiting, so it is told at once unless the reader wants quiet.
    asks: the reader is to do something, rather than to know something.
    words: for places of the text whose data are codes, the gettext message of each code.
    counts: places of the text whose data are whole numbers. There are no other places, so
    nothing that somebody wrote can leave the node in a notice.
    """

    name: str
    label: str
    text: str
    urgent: bool = False
    asks: bool = False
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    counts: Sequence[str] = ()

    def carries(self, name: str, value: object) -> bool:
        """Whether a value may go out in a place of the text: a whole number, or a known code."""
        if name in self.counts:
            return type(value) is int
        return isinstance(value, str) and value in self.words.get(name, ())


# (ids, actor, now) to what each is called, by language, as far as this actor may know it.
Names = Callable[[Sequence[str], Actor, datetime], Mapping[str, LanguageMap]]

_TOPICS: dict[str, Topic] = {}

_UNKNOWN = Topic("", N_("Messages"), N_("Something waits for you."))


def register_topic(topic: Topic) -> None:
    """Add a topic; the same name again replaces it.

    Raises ValueError for a text with places that the topic does not say what goes into.
    """
    places = re.findall(r"%\((\w+)\)", topic.text)
    if sorted(places) != sorted([*topic.counts, *topic.words]):
        raise ValueError(f"{topic.name} says of its places {places} not what goes into them")
    _TOPICS[topic.name] = topic


_MATTERS: dict[str, Names] = {}


def register_matter(kind: str, names: Names) -> None:
    """Let the reader's own page name what a notice is about; a message elsewhere never does."""
    _MATTERS[kind] = names


def names_of(matters: Iterable[str], actor: Actor, now: datetime) -> dict[str, LanguageMap]:
    """What matters (`<kind>/<id>`) are called, those without a name left out."""
    ids: dict[str, list[str]] = {}
    for matter in dict.fromkeys(matters):
        kind, _, id_ = matter.partition("/")
        ids.setdefault(kind, []).append(id_)
    return {
        f"{kind}/{id_}": name
        for kind, of_kind in ids.items()
        if kind in _MATTERS
        for id_, name in _MATTERS[kind](of_kind, actor, now).items()
        if name
    }


def asking() -> list[str]:
    """The topics that ask something of their reader."""
    return [one.name for one in _TOPICS.values() if one.asks]


def names() -> list[str]:
    """Of all topics that are registered."""
    return list(_TOPICS)


def known(name: str) -> bool:
    return name in _TOPICS


def topic(name: str) -> Topic:
    """The topic of a stored notice; a general one where its context is installed no more."""
    return _TOPICS.get(name, _UNKNOWN)


def label_of(name: str) -> str:
    """In the active language."""
    return gettext(topic(name).label)


def text_of(name: str, data: dict[str, object]) -> str:
    """The sentence in the active language, its places filled in; numbers as the reader writes."""
    language = language_tag(get_language() or "en")
    found = topic(name)
    said = {key: local_number(v, language) if type(v) is int else v for key, v in data.items()}
    for key, words in found.words.items():
        said[key] = say(words.get(str(data.get(key)), ""))
    return say(found.text, said).strip()
