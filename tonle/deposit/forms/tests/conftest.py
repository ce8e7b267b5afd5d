"""Sokha writes, Dara curates, Bopha is an outsider; and a browser without script for each."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tonle.catalogue.tests.conftest import home as home
from tonle.deposit.curation.tests.factories import person, with_role
from tonle.kernel.actors import Actor
from tonle.people.models import Account
from tonle.search.terms import lexicon, store
from tonle.search.terms.tables import Concept, Source, write

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def sokha(db: None) -> Actor:
    return person("sokha")


@pytest.fixture
def bopha(db: None) -> Actor:
    return person("bopha")


@pytest.fixture
def dara(db: None) -> Actor:
    return with_role("dara", "curator")


@pytest.fixture
def vocabulary(settings: Any, tmp_path: Path) -> str:
    """A node with one small vocabulary; its title."""
    rice = Concept("http://example.org/c2", {"en": ["rice"], "km": ["ស្រូវ"], "th": ["ข้าว"]})
    write(tmp_path / "a.jsonl.gz", Source("a", "Test words", "", "CC0-1.0"), [rice])
    settings.TONLE_INDEX = tmp_path / "index"
    lexicon.build(store.place(), [tmp_path / "a.jsonl.gz"], "stamp")
    return "Test words"


class Reader:
    """A browser without script: it opens pages, fills forms and presses their buttons."""

    def __init__(self, actor: Actor | None = None) -> None:
        self.client = Client()
        self.page = ""
        self.status = 0
        self.answer: Any = None
        if actor is not None:
            self.sign_in(actor)

    def sign_in(self, actor: Actor) -> None:
        self.client.force_login(Account.objects.get(pk=actor.id), backend=BACKEND)

    def open(self, path: str, **headers: str) -> str:
        return self._keep(self.client.get(path, headers=headers))

    def press(
        self,
        path: str,
        fields: dict[str, Any] | None = None,
        *,
        keep: bool = True,
        script: bool = False,
    ) -> str:
        """Send the form of the open page that goes to path, with some fields filled in.

        keep: with what the page has in it. script: as our own script does it.
        """
        sent: dict[str, Any] = dict(self.form(path)) if keep else {}
        sent |= fields or {}
        sent = {name: texts for name, texts in sent.items() if texts is not None}
        headers = {"accept": "application/json"} if script else {}
        return self._keep(self.client.post(path, sent, headers=headers))

    def form(self, path: str) -> dict[str, list[str]]:
        """The fields of the forms on the page that go to path, as a browser would send them."""
        found: dict[str, list[str]] = {}
        for form in re.findall(r"<form[^>]*>.*?</form>", self.page, re.DOTALL):
            head = form[: form.index(">")]
            if 'method="post"' not in head or not _goes_to(head, path):
                continue
            for name, text in _fields(form):
                found.setdefault(name, []).append(text)
            break
        return found

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", self.page)))

    def _keep(self, answer: Any) -> str:
        self.answer, self.status = answer, answer.status_code
        if answer.status_code in {301, 302, 303}:
            return self._keep(self.client.get(answer["Location"]))
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        self.page = content.decode()
        return self.words


def _goes_to(head: str, path: str) -> bool:
    match = re.search(r'action="([^"]*)"', head)
    return bool(match and unescape(match[1]).split("#")[0] == path)


def _attribute(tag: str, name: str) -> str | None:
    match = re.search(rf'\s{name}="([^"]*)"', tag)
    return unescape(match[1]) if match else None


def _fields(form: str) -> list[tuple[str, str]]:
    found = []
    pattern = r"<input[^>]*>|<textarea[^>]*>.*?</textarea>|<select[^>]*>.*?</select>"
    for tag in re.findall(pattern, form, re.DOTALL):
        head = tag[: tag.index(">") + 1]
        name, kind = _attribute(head, "name"), _attribute(head, "type") or "text"
        if name is None or kind in {"image", "file", "submit"}:
            continue
        if tag.startswith("<textarea"):
            text = unescape(tag[tag.index(">") + 1 : -len("</textarea>")])
            found.append((name, text.removeprefix("\n")))
        elif tag.startswith("<select"):
            options = re.findall(r"<option[^>]*>", tag)
            chosen = [o for o in options if " selected" in o] or options[:1]
            found += [(name, _attribute(option, "value") or "") for option in chosen]
        elif kind in {"checkbox", "radio"}:
            if " checked" in head:
                value = _attribute(head, "value")
                found.append((name, "on" if value is None else value))
        else:
            found.append((name, _attribute(head, "value") or ""))
    return found


@pytest.fixture
def reader() -> Callable[..., Reader]:
    return Reader
