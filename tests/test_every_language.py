"""No page is left in English, in any language of the interface.

One filled database; each page is rendered in English and in one language more, by turns, and
with --deep in all of them. A text is left in English when the page says it in English too,
word for word, and it is neither a name, a code, a format nor matter of the database, which is
Greek. That no catalogue lacks a message is seen to by tests/test_messages.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import available_timezones

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.test import Client, override_settings
from django.urls import clear_url_caches, path

from config import urls
from config.options import BASE_DIR
from tests.crawl import BACKEND, Visit, texts, walk
from tests.filled import fill
from tonle.catalogue.tests.conftest import home as home
from tonle.desk.wording import sayings
from tonle.kernel import codes
from tonle.kernel.actors import Actor
from tonle.kernel.identifiers import noid
from tonle.people.models import Account
from tonle.people.tests.factories import PASSWORD
from tonle.search import indexing
from tonle.web.documents import shown
from tonle.web.formats import city_name
from tonle.web.languages import tag
from tools import messages

pytestmark = [pytest.mark.pages, pytest.mark.django_db]

# What no link leads to, or only after something was sent, as a stranger sees it.
STARTS = (
    "/",
    "/search?q=λίμνης",
    "/search?q=απόν",
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
    "/accounts/3rdparty/signup/",
    "/accounts/social/login/cancelled/",
    "/search?q=λίμνης&view=map",
    "/records/absent",
    "/welcome/absent",
    "/invitations/absent",
    "/questions/confirm/absent",
    "/deposit/shared/absent",
    "/styleguide",
    "/offline",
    "/verify",
    "/catalog",
    "/oai",
    "/signed-in",
    "/demo",
    "/questions/sent",
    "/search",
    "/organisations/Ίδρυμα",
    "/people/0000-0002-1825-0097",
)
# And as somebody signed in does.
OWN = {
    "sokha": ("/signed-in", "/accounts/logout/", "/accounts/3rdparty/", "/me/erase"),
    "dara": ("/deposit/review",),
    "rith": ("/steward", "/desk", "/federation/sources/add", "/federation/hooks/add"),
}
# What is refused is said on the same page: forms as they are sent wrong, who sends them.
SENT = (
    ("", "/accounts/login/", "login=a@b.example&password=no"),
    ("", "/accounts/signup/", "email=no&password1=1&password2=2"),
    ("", "/help/ask", "text=&address=no"),
    ("sokha", "/deposit/new", "kind=dataset&title="),
    ("bopha", "/accounts/password/change/", "oldpassword=no&password1=1&password2=2"),
)
# Pages that only an option, a provider or a storm brings up, shown without them.
ALONE = (
    "429.html",
    "account/account_inactive.html",
    "account/signup_closed.html",
    "account/verified_email_required.html",
    "socialaccount/login.html",
    "socialaccount/login_redirect.html",
    "socialaccount/signup.html",
)

# Names, codes and formats, which are the same in every language.
ALLOWED = re.compile(
    r"https?://\S+|[\w.+-]+@[\w.-]+|\S+\.example\S*|10\.\d{4,}/\S*|ark:\S+|\b[0-9a-f]{64}\b|"
    r"\b[0-9a-z]{15}\b|\b0[0-9a-z]{8}\b|\b(FsF-\S+|F-UJI|FAIR)|\b[a-z]+/[a-z0-9.+-]+\b|"
    r"\S+\.(csv|txt|jpg|json|xml|zip|pdf|html|ttl|cff|bib|ris)\b|\bSHA-(256|512)\b|\blimni\b|\b(doi|grc)\b|"
    r"\b(RO-Crate|ORCID iD|DataCite|Telegram|Feishu|Lark|DingTalk|WeCom|Slack|Mattermost|"
    r"Rocket\.Chat|Google|OpenAlex|Crossref|GitHub|GitLab|Zenodo|Wikidata|arXiv|BibTeX|EndNote|"
    r"KoboToolbox|XLSForm|Parquet|"
    r"Turtle|Croissant|CodeMeta|Dublin Core|schema\.org|Frictionless|Signposting|Vancouver|"
    r"Chicago|Harvard|OpenStreetMap|Natural Earth|PostgreSQL|SQLite|Dataverse|InvenioRDM|DSpace|"
    r"Atom|Chrome|Chromium|Firefox|Safari|Linux|Android|Windows|iPhone|Webhooks?|OpenAPI|"
    r"Zotero|Mendeley|JabRef|Email|Institute of the Lake)\b|"
    r"\b[A-Z][A-Z0-9+-]+s?\b|\bTONLE_\w+|\btonle\w*|\bTonle\b|\b[kMGTP]?B\b|\bms\b|\bMbit/s\b"
)
LATIN = re.compile(r"[A-Za-z]{2,}")


# And parts of pages, with what they show.
PARTS: dict[str, dict[str, Any]] = {
    "catalogue/also.html": {"also": [("Θέσεις", "https://λίμνη.example/")]},
    "deposit/field/record_columns.html": {
        "panel": {"columns": [{"name": "α", "label": {"el": "νερό"}, "unit": "β"}], "more": 3}
    },
    "explore/program.html": {
        "program": {
            "title": "Τίτλος",
            "run": [("Τερματικό", "α")],
            "install": [("Τερματικό", "β")],
            "fetches": True,
            "others": ["γ"],
            "functions": ["δ(ε)"],
            "files": ["ζ.csv"],
            "addresses": ["https://λίμνη.example/"],
        }
    },
    "explore/tool.html": {
        "panel": {
            "ways": [{"label": "Πηγή: α", "lines": [("Τερματικό", "β")]}],
            "instructions": "https://λίμνη.example/",
            "needs": ["Γ"],
            "tries": ["https://λίμνη.example/"],
            "reads": [{"label": "Πίνακας", "url": "/search"}],
        }
    },
    "search/components/across.html": {
        "across": {
            "results": "ναι",
            "terms": [{"asked": "νερό", "words": [("el", "ὕδωρ")], "tables": ["Λέξεις"]}],
            "uncovered": ["ρύζι"],
        },
        "across_url": "/search?q=λίμνη",
    },
    "web/components/facts_table.html": {
        "shown": shown([{"name": "α", "email": "β"}, {"name": "γ", "email": "δ"}])
    },
}
# Shown once a task has looked into a file, in a process of its own: not walked yet.
UNSEEN = {f"explore/{name}.html" for name in ("ask", "look", "places", "table")}
# Readers who look at what they came for, and follow no links.
GUESTS = ("vanna", "long ago", "at the door")


def _clients(cast: Mapping[str, Actor]) -> dict[str, Client]:
    """A browser for each reader: signed in a moment ago, but for bopha and the guests.

    "" is a stranger, "long ago" is vanna who signed in yesterday, "at the door" is vanna after
    the password, before the second factor.
    """
    made = {
        who: Client(HTTP_HOST="localhost", HTTP_ACCEPT="text/html")
        for who in dict.fromkeys(("", *cast, *GUESTS))
    }
    for who, client in made.items():
        if who in {"", "at the door"}:
            continue
        account = Account.objects.get(pk=cast["vanna" if who == "long ago" else who].id)
        client.force_login(account, backend=BACKEND)
        if who in {"bopha", "long ago"}:
            continue
        session = client.session
        session["account_authentication_methods"] = [
            {"method": "password", "at": 9e9, "reauthenticated": True}
        ]
        session["account_authentication_methods_user"] = account.pk
        session.save()
    mail = Account.objects.get(pk=cast["vanna"].id).email
    made["at the door"].post("/accounts/login/", {"login": mail, "password": PASSWORD})
    return made


def _starts(of_matter: Iterable[Visit]) -> list[Visit]:
    shown = (*STARTS, *(f"/alone/{name}" for name in (*ALONE, *PARTS)))
    return [
        *(Visit("", url) for url in shown),
        *(Visit(who, url) for who, urls in OWN.items() for url in urls),
        *of_matter,
        *(Visit(who, url, sent) for who, url, sent in SENT),
    ]


def _said(client: Mapping[str, Client], visit: Visit, language: str) -> list[str]:
    if "/print/" in visit.url:
        return []  # For a signature: in the language of the text, whoever prints it.
    page = visit.ask(client, language).content.decode()
    assert f'<html lang="{language}"' in page, visit
    return texts(page)


@dataclass
class Tongue:
    """What tells, in one language, a text that was left in English from one that was not.

    own: messages, and what the catalogues of the language say for them; asked: gives every
    message that they should have, with its plural forms.
    """

    language: str
    own: Mapping[str, str]
    asked: Callable[[], Iterable[tuple[str, ...]]] = tuple
    _told: dict[tuple[str, bool], bool] = field(default_factory=dict)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words in Latin letters that its messages use."""
        return frozenset(word for text in self.own.values() for word in LATIN.findall(text))

    @cached_property
    def alike(self) -> frozenset[str]:
        """Whole texts that are the same in English, and rightly so.

        Names that code lists have no other word for, and what the catalogue itself says in
        the same letters, such as “Email” in Vietnamese.
        """
        found = {*self.own.values(), *(name for _code, name in settings.LANGUAGES)}
        for listed in codes.LISTS:
            found |= {codes.label(listed, code, self.language) for code in codes.codes(listed)}
        return frozenset(found | {city_name(zone, self.language) for zone in available_timezones()})

    @cached_property
    def pending(self) -> re.Pattern[str]:
        """Messages that are not translated yet, which tests/test_messages.py tells of."""
        missing = {text for forms in self.asked() if forms[0] not in self.own for text in forms}
        places = re.compile(r"%\\\([^)]*\\\)[a-z]|\\\{[^}]*\\\}")
        said = [
            places.sub(".*?", re.escape(text.replace("%%", "%")))
            for text in sorted(missing, key=len, reverse=True)
        ]
        return re.compile("|".join(rf"(?<!\w){text}(?!\w)" for text in said) or r"(?!)")

    def left(self, text: str, in_english: Collection[str]) -> bool:
        """Whether a text of a page is English. in_english: what the page says in English."""
        key = text, text in in_english
        if key not in self._told:
            self._told[key] = self._is_english(*key)
        return self._told[key]

    def _is_english(self, text: str, in_english: bool) -> bool:
        # What costs much to know is asked of the few texts that seem to be.
        if not self._seems_english(text, in_english):
            return False
        if text in self.alike or self.pending.fullmatch(text):
            return False
        return self._seems_english(self.pending.sub(" ", text), in_english)

    def _seems_english(self, text: str, in_english: bool) -> bool:
        unknown = set(LATIN.findall(ALLOWED.sub(" ", text)))
        if in_english or not unknown:
            return bool(unknown)
        # Vietnamese is written in the same letters; elsewhere a strange word gives itself away.
        return self.language != "vi" and not unknown <= self.words


def _repeats(visit: Visit, text: str, known: Tongue) -> bool:
    """Whether nothing is left of a text but for what the page repeats in the words of others: a
    question as it was typed, and languages by the names that they have themselves."""
    asked = parse_qs(urlsplit(visit.url).query).get("q", [])
    names = [name for code, name in settings.LANGUAGES if code != "en"]
    words = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in (*asked, *names))
    rest = re.sub(words, " ", text)
    return rest != text and not known.left(rest, ())


@cache
def source() -> frozenset[tuple[str, ...]]:
    """Every message that a page can show, with its plural forms."""
    found = [*messages.own_messages(), *messages.framework_messages()]
    return frozenset(tuple(messages.strings(text)) for _where, _key, _context, text, _ in found)


def tongue(language: str) -> Tongue:
    own = {one.message: one.text for one in sayings.sayings(language).values()}
    return Tongue(language, own, source)


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
    known = Tongue(spoken, {"German": "Deutsch"})
    assert known.left(text, {"Search", "DOI, ORCID 10.5555/x"}) is left


def alone(request: HttpRequest, name: str) -> HttpResponse:
    if name in ALONE:
        return render(request, name, {"redirect_to": "https://example.org/", "here": ""})
    page = engines["django"].from_string(
        '{% extends "web/base.html" %}{% block main %}{% include part %}{% endblock %}'
    )
    return HttpResponse(page.render({**PARTS[name], "part": name, "here": ""}, request))


def test_no_page_is_left_in_english(
    home: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = request.config.getoption("--deep")
    # Which pages of a kind are opened goes by their names, and must not go by chance.
    monkeypatch.setattr(noid, "_SYSTEM", Random(5))
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("alone/<path:name>", alone)])
    clear_url_caches()
    # Every page in every language takes longer than a half-finished login may.
    waits = {"ACCOUNT_LOGIN_TIMEOUT": 86_400}
    with override_settings(TONLE_OUTBOUND=False, TONLE_INDEX=tmp_path / "index", **waits):
        cast, visits = fill(tmp_path)
        indexing.catch_up()
        clients = _clients(cast)
        most = 60 if whole else 2
        seen = walk(clients, _starts(visits), whole=whole, most=most, guests=GUESTS)
        found: dict[str, str] = {}
        spoken = [tag(code) for code, _ in settings.LANGUAGES if code != "en"]
        for language, visits in seen.by_turns(spoken, whole=whole):
            known = tongue(language)
            for visit in visits:
                for text in _said(clients, visit, language):
                    if known.left(text, seen.pages[visit]) and not _repeats(visit, text, known):
                        found[f"{language}: {text}"] = f"{visit.url} ({visit.who or 'a stranger'})"
    clear_url_caches()
    assert not found, "\n".join(f"{text} (at {where})" for text, where in found.items())
    assert seen.broken == []
    # What is never shown here is never checked: a page that no link leads to belongs to STARTS.
    assert templates() - seen.templates <= UNSEEN


def templates() -> set[str]:
    """The names of all our templates of pages."""
    root = BASE_DIR / "tonle"
    return {
        path.as_posix().split("/templates/", 1)[1] for path in root.glob("**/templates/**/*.html")
    }
