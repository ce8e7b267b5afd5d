"""No page is left in English, in any language of the interface.

One filled database; each page is rendered once per language. A text is left in English when
the page says it in English too, word for word, and it is neither a name, a code, a format
nor matter of the database, which is Greek.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

import pytest
from django.conf import settings
from django.test import Client, override_settings

from config.options import BASE_DIR
from tests.crawl import BACKEND, Visit, texts, walk
from tests.filled import fill
from tonle.catalogue.tests.conftest import home as home
from tonle.kernel import codes
from tonle.kernel.actors import Actor
from tonle.people.models import Account
from tonle.web.formats import city_name
from tonle.web.languages import tag
from tools import messages

pytestmark = [pytest.mark.pages, pytest.mark.django_db]

# What no link leads to, or only after something was sent.
STARTS = (
    "/",
    "/search?q=λίμνης",
    "/search?q=absent",
    "/search?q=λίμνης&kind=dataset&year_from=2000",
    "/absent",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/password/reset/key/abc-def/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/absent/",
    "/accounts/inactive/",
    "/accounts/3rdparty/login/cancelled/",
    "/accounts/3rdparty/login/error/",
    "/accounts/reauthenticate/",
    "/me",
    "/steward",
    "/deposit/review",
    "/desk",
    "/federation/sources/add",
    "/federation/hooks/add",
    "/welcome/absent",
    "/invitations/absent",
    "/questions/confirm/absent",
    "/deposit/shared/absent",
    "/styleguide",
    "/offline",
    "/verify",
    "/catalog",
    "/oai",
    "/deposit/back",
    "/people/0000-0002-1825-0097",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/3rdparty/",
)

# Names, codes and formats, which are the same in every language.
ALLOWED = re.compile(
    r"https?://\S+|[\w.+-]+@[\w.-]+|\S+\.example\S*|10\.\d{4,}/\S*|ark:\S+|\b[0-9a-f]{64}\b|"
    r"\b[0-9a-z]{15}\b|\b0[0-9a-z]{8}\b|\b(FsF-\S+|F-UJI|FAIR)|\b[a-z]+/[a-z0-9.+-]+\b|"
    r"\S+\.(csv|txt|json|xml|zip|pdf|ttl|cff|bib|ris)\b|\bSHA-(256|512)\b|\blimni\b|"
    r"\b(RO-Crate|ORCID iD|DataCite|Telegram|Feishu|Lark|DingTalk|WeCom|Slack|Mattermost|"
    r"Rocket\.Chat|Google|OpenAlex|Crossref|GitHub|GitLab|Zenodo|Wikidata|arXiv|BibTeX|EndNote|"
    r"Turtle|Croissant|CodeMeta|Dublin Core|schema\.org|Frictionless|Signposting|Vancouver|"
    r"Chicago|Harvard|OpenStreetMap|Natural Earth|PostgreSQL|SQLite|Dataverse|InvenioRDM|DSpace|"
    r"Atom|Chrome|Chromium|Firefox|Safari|Linux|Android|Windows|iPhone|Webhooks?|OpenAPI|"
    r"Zotero|Mendeley|JabRef|Email|Institute of the Lake)\b|"
    r"\b[A-Z][A-Z0-9+-]+s?\b|\bTONLE_\w+|\btonle\w*|\bTonle\b|\b[kMGTP]?B\b|\bms\b|\bMbit/s\b"
)
LATIN = re.compile(r"[A-Za-z]{2,}")


def _clients(cast: Mapping[str, Actor]) -> dict[str, Client]:
    clients = {"": Client(HTTP_HOST="localhost", HTTP_ACCEPT="text/html")}
    for who, actor in cast.items():
        client = Client(HTTP_HOST="localhost", HTTP_ACCEPT="text/html")
        client.force_login(Account.objects.get(pk=actor.id), backend=BACKEND)
        clients[who] = client
    return clients


def _said(client: Client, visit: Visit, language: str) -> list[str]:
    answer = client.get(visit.url, headers={"Accept-Language": language}, follow=True)
    assert f'<html lang="{language}"' in answer.content.decode(), visit
    return texts(answer.content.decode())


@dataclass(frozen=True)
class Tongue:
    """What tells, in one language, a text that was left in English from one that was not.

    alike: whole texts that are the same in both, and rightly so: names that code lists have no
    other word for, and what the catalogue itself says in the same letters, such as “Email” in
    Vietnamese. words: those in Latin letters that its messages use. pending: messages that
    are not translated yet, which tests/test_messages.py tells of.
    """

    language: str
    alike: frozenset[str]
    words: frozenset[str]
    pending: re.Pattern[str]

    def left(self, text: str, in_english: Collection[str]) -> bool:
        """Whether a text of a page is English. in_english: what the page says in English."""
        unknown = set(LATIN.findall(self.pending.sub(" ", ALLOWED.sub(" ", text))))
        if not unknown or text in self.alike or self.pending.fullmatch(text):
            return False
        if text in in_english:
            return True
        # Vietnamese is written in the same letters; elsewhere a strange word gives itself away.
        return self.language != "vi" and not unknown <= self.words


@cache
def source() -> tuple[tuple[str | tuple[str, ...], str | None], ...]:
    """Every message that a page can show: it, or its plural forms, and its context."""
    found = [*messages.own_messages(), *messages.framework_messages()]
    return tuple({(text, context) for _where, _key, context, text, _comments in found})


def tongue(language: str) -> Tongue:
    alike = {name for _code, name in settings.LANGUAGES}
    for listed in codes.LISTS:
        alike |= {codes.label(listed, code, language) for code in codes.codes(listed)}
    alike |= {city_name(zone, language) for zone in available_timezones()}
    words = set[str]()
    catalogue = messages.read(language)
    for message in catalogue:
        for text in messages.strings(message.string) if message.id else ():
            alike.add(text)
            words |= set(LATIN.findall(text))
    pending = {
        text
        for message, context in source()
        if (told := catalogue.get(message, context=context)) is None
        or not all(messages.strings(told.string))
        for text in messages.strings(message)
    }
    places = re.compile(r"%\\\([^)]*\\\)[a-z]|\\\{[^}]*\\\}")
    said = [
        places.sub(".*?", re.escape(text.replace("%%", "%")))
        for text in sorted(pending, key=len, reverse=True)
    ]
    return Tongue(
        language,
        frozenset(alike),
        frozenset(words),
        re.compile("|".join(rf"(?<!\w){text}(?!\w)" for text in said) or r"(?!)"),
    )


@pytest.mark.parametrize(
    ("spoken", "text", "left"),
    [
        ("km", "ស្វែងរក", False),
        ("km", "Search", True),
        ("km", "ស្វែងរក Search", True),
        ("km", "DOI, ORCID 10.5555/x", False),
        ("vi", "Search", True),
        ("vi", "Tìm kiếm trong kho", False),
        ("km", "Deutsch", False),
    ],
)
def test_what_is_english_is_told_from_what_is_not(spoken: str, text: str, left: bool) -> None:
    known = Tongue(spoken, frozenset({"Deutsch"}), frozenset(), re.compile("(?!)"))
    assert known.left(text, {"Search", "DOI, ORCID 10.5555/x"}) is left


def test_no_page_is_left_in_english(
    home: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    whole = request.config.getoption("--deep")
    with override_settings(TONLE_OUTBOUND=False):
        cast, addresses = fill(tmp_path)
        clients = _clients(cast)
        seen = walk(clients, (*STARTS, *addresses), whole=whole, most=3)
        found: dict[str, str] = {}
        english = {visit: set(_said(clients[visit.who], visit, "en")) for visit in seen.visits}
        for language in [tag(code) for code, _ in settings.LANGUAGES if code != "en"]:
            known = tongue(language)
            for visit, in_english in english.items():
                for text in _said(clients[visit.who], visit, language):
                    if known.left(text, in_english):
                        found[f"{language}: {text}"] = f"{visit.url} ({visit.who or 'a stranger'})"
    assert found == {}
    assert seen.broken == []
    # What is never shown here is never checked: a page that no link leads to belongs to STARTS.
    assert len(templates() - seen.templates) <= len(templates()) / 4, templates() - seen.templates


def templates() -> set[str]:
    """The names of all our templates of pages."""
    root = BASE_DIR / "tonle"
    return {
        path.as_posix().split("/templates/", 1)[1] for path in root.glob("**/templates/**/*.html")
    }
