"""Pages as readers and their browsers meet them."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import brotli
import pytest
from django.apps import apps
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils import translation

from config import urls as node_urls
from tonle.kernel.errors import Invalid, NotFound, Refusal, Refused
from tonle.kernel.maps.views import REGION
from tonle.web import assets, languages
from tonle.web.front import Count, on_map
from tonle.web.maps import on_page
from tonle.web.navigation import near
from tonle.web.templatetags import tonle as tags
from tonle.web.tests.samples import record_context

PAGES = ("/", "/languages", "/about", "/styleguide", "/accounts/login/", "/accounts/signup/")
FIRST_VIEW = 14_000  # bytes of HTML and CSS, compressed: one round trip (DESIGN §8).
COMPONENTS = Path(__file__).parent.parent / "templates" / "web" / "components"

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")


def weight(*parts: bytes) -> int:
    return sum(len(gzip.compress(part, 6)) for part in parts)


def stylesheet() -> bytes:
    found = assets.find("web/tonle.css")
    assert found is not None
    return found.body


@pytest.mark.parametrize("page", PAGES)
def test_a_first_view_is_light_and_loads_nothing_else(
    browser: Client, page: str, language: str
) -> None:
    answer = browser.get(page, headers={"Accept-Language": language})

    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["Content-Language"] == language
    assert weight(answer.content, stylesheet()) <= FIRST_VIEW
    # A feed that a page names is nothing that it loads, and its icon is in it.
    loading = r'(?:src|<link(?! rel="(?:alternate|icon)")[^>]*href)="([^"]+)"'
    loaded = re.findall(loading, answer.text)
    assert all(address.startswith("/static/") for address in loaded)
    # A script waits until the page is shown, and no page needs it.
    scripts = re.findall(r'<script src="([^"]+)" defer></script>', answer.text)
    assert len(loaded) - len(scripts) <= 2
    assert len(scripts) <= 1
    assert answer.text.count("<script") == len(scripts)
    assert not re.search(r"<style| style=|\son\w+=", answer.text)


def test_the_stylesheet_is_small() -> None:
    assert weight(stylesheet()) <= 6_000


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_whole(browser: Client, page: str, language: str) -> None:
    """Elements are closed, ids are there once, labels and links within lead somewhere."""
    outline = Outline()
    outline.feed(browser.get(page, headers={"Accept-Language": language}).text)

    assert outline.open == []
    assert outline.wrong == []
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.referred <= set(outline.ids)
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False))


class Outline(HTMLParser):
    """What a screen reader walks along: headings, labels, landmarks."""

    VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "path", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.referred: set[str] = set()
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if name := given.get("id"):
            self.ids.append(name)
        for attribute in ("for", "aria-labelledby", "aria-describedby"):
            self.referred |= set((given.get(attribute) or "").split())
        if (link := given.get("href")) and link.startswith("#"):
            self.referred.add(link[1:])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")


def test_headers_forbid_scripts_frames_and_leaks(browser: Client) -> None:
    headers = browser.get("/").headers
    policy = headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    # Our own files only: nothing inline, nothing from elsewhere.
    assert re.search(r"script-src 'self'(;|$)", policy)
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert {"Cookie", "Accept-Language"} <= set(headers["Vary"].split(", "))


# --- language ----------------------------------------------------------------------------


def test_the_language_is_remembered_when_posted(browser: Client) -> None:
    answer = browser.post("/language", {"language": "km", "next": "/about?ui=en&x=1"})

    assert answer.headers["Location"] == "/about?x=1"
    assert '<html lang="km">' in browser.get("/about").text
    assert '<html lang="en">' in browser.get("/about?ui=en").text


def test_era_and_digits_are_remembered_and_outlast_another_language(browser: Client) -> None:
    browser.post("/language", {"language": "km"})
    browser.post("/language", {"era": "buddhist", "digits": "native", "next": "/languages"})

    assert browser.cookies["lang"].value == "km-u-ca-buddhist-nu-native"
    # Numbers of messages; what machines read stays as it was.
    page = browser.get("/languages").text
    assert re.search("[០-៩]{4}|[០-៩],[០-៩]{3}", page)
    assert not re.search(r'="[^"]*[០-៩]', page.replace('value="native"', ""))
    browser.post("/language", {"language": "en"})
    assert browser.cookies["lang"].value == "en-u-ca-buddhist-nu-native"
    assert not re.search("[០-៩]{2}", browser.get("/languages").text)
    assert browser.post("/language", {"language": "xx"}).status_code == 422


def test_a_public_page_names_itself_in_every_language(browser: Client) -> None:
    page = browser.get("/about?x=1&ui=km").text

    named = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page))
    assert set(named) == {"x-default", *(languages.tag(code) for code, _ in settings.LANGUAGES)}
    assert named["km"] == f"{settings.TONLE_URL}/about?x=1&amp;ui=km"
    assert named["x-default"] == f"{settings.TONLE_URL}/about?x=1"
    # Results have no end, and an error is no page.
    assert "hreflang" not in browser.get("/search?q=x").text.split("</head>")[0]
    assert "hreflang" not in browser.get("/absent").text.split("</head>")[0]


def test_a_filter_of_the_search_is_not_taken_for_the_language(browser: Client) -> None:
    answer = browser.post("/language", {"language": "km", "next": "/search?q=x&lang=en&ui=lo"})
    assert answer.headers["Location"] == "/search?q=x&lang=en"


def test_an_address_of_old_with_lang_leads_to_the_page_in_that_language(browser: Client) -> None:
    moved = browser.get("/about?lang=km&x=1")
    assert (moved.status_code, moved["Location"]) == (301, "/about?ui=km&x=1")
    assert browser.get("/about?lang=km&ui=lo")["Location"] == "/about?ui=lo"
    assert '<html lang="km">' in browser.get("/about?lang=km", follow=True).text
    # Where it narrows, and where a program asks, it means the things.
    for address in ("/search?lang=km", "/feeds/search.atom?lang=km", "/api/v1/records?lang=km"):
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert answer.headers.get("Content-Language", "en") == "en", address
    assert '<html lang="km">' in browser.get("/search?lang=en&ui=km").text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_the_way_back_stays_on_the_node(browser: Client, elsewhere: str) -> None:
    answer = browser.post("/language", {"language": "km", "next": elsewhere})
    assert answer.headers["Location"] == "/"


def test_an_unknown_language_or_another_site_sets_nothing(browser: Client) -> None:
    unknown = browser.post("/language", {"language": "xx"})
    forged = browser.post("/language", {"language": "km"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert unknown.status_code == forged.status_code == 422
    assert "lang" not in browser.cookies
    assert browser.get("/language").status_code == 405


def test_machine_made_translations_say_so(browser: Client) -> None:
    page = browser.get("/languages").text
    assert "By machine" in page
    assert 'lang="km"' in page


# --- errors ------------------------------------------------------------------------------


def refused(_request: HttpRequest) -> HttpResponse:
    raise Refused([Refusal("a", "The first reason is %(n)s.", {"n": 1}), Refusal("b", "Second.")])


def invalid(_request: HttpRequest) -> HttpResponse:
    raise Invalid([("title", "A title is needed.")])


def hidden(_request: HttpRequest) -> HttpResponse:
    raise NotFound


def broken(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


class Urls:
    """The node's own paths and four that fail."""

    urlpatterns = [
        path("refused", refused),
        path("invalid", invalid),
        path("hidden", hidden),
        path("broken", broken),
        *node_urls.urlpatterns,
    ]
    handler404 = node_urls.handler404
    handler500 = node_urls.handler500


@pytest.fixture
def failing() -> Client:
    return Client(HTTP_HOST="localhost", raise_request_exception=False)


@override_settings(ROOT_URLCONF=Urls)
def test_a_refusal_lists_every_reason(failing: Client) -> None:
    answer = failing.get("/refused")
    assert answer.status_code == 409
    assert "<li>The first reason is 1.</li><li>Second.</li>" in answer.text
    assert failing.get("/invalid").status_code == 422


@override_settings(ROOT_URLCONF=Urls)
def test_hidden_and_absent_are_byte_for_byte_the_same(failing: Client) -> None:
    hidden_page, absent = failing.get("/hidden"), failing.get("/absent")

    assert hidden_page.status_code == absent.status_code == 404
    assert hidden_page.content == absent.content
    # The number of the request differs, and must.
    apart = {"X-Request-ID"}
    assert {k: v for k, v in hidden_page.headers.items() if k not in apart} == {
        k: v for k, v in absent.headers.items() if k not in apart
    }


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/serach", "/search"),
        ("/Organisation/of/water", "/organisations"),
        ("/deposits", "/deposit"),
        ("/xylophone", None),
        ("/", None),
    ],
)
def test_a_wrong_address_is_told_what_is_near(path: str, address: str | None) -> None:
    found = [url for _label, url in near(path)]
    assert (address in found) if address else (found == [])


@override_settings(ROOT_URLCONF=Urls)
def test_our_own_mistake_tells_nothing_of_itself(failing: Client) -> None:
    answer = failing.get("/broken")
    assert answer.status_code == 500
    assert "Our mistake" in answer.text
    assert "ZeroDivision" not in answer.text


@override_settings(ROOT_URLCONF=Urls)
@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/refused", 409, "refused"),
        ("/invalid", 422, "invalid"),
        ("/hidden", 404, "not_found"),
        ("/absent", 404, "not_found"),
        ("/absent%00", 400, "bad_request"),
        ("/broken", 500, "server_error"),
    ],
)
def test_a_program_is_told_so_as_a_problem(
    failing: Client, path: str, status: int, code: str
) -> None:
    answer = failing.get(path, HTTP_ACCEPT="application/ld+json, */*;q=0.1")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert "<html" in failing.get(path, HTTP_ACCEPT="text/html, application/json;q=0.9").text
    assert failing.get("/uploads/nothing")["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/search", "/accounts/login/", "/me"])
def test_more_fields_than_are_read_are_told_so_on_a_page(failing: Client, path: str) -> None:
    many = "&".join(f"kind={n}" for n in range(1500))
    answer = failing.get(f"{path}?{many}")
    assert answer.status_code == 400
    assert "could not make sense" in answer.text
    assert failing.get("/search?ui=km&" + many).headers["Content-Language"] == "en"
    assert failing.get(f"{path}?{many}", HTTP_HOST="evil.example").status_code == 400
    fields = {f"f{n}": "" for n in range(1500)}
    assert failing.post("/accounts/login/", fields).status_code == 400


def test_a_host_that_is_not_ours_gets_no_page(failing: Client) -> None:
    assert failing.get("/", HTTP_HOST="evil.example").status_code == 400


@pytest.mark.parametrize("address", ["/records/%00", "/feeds/records.atom?kind=%00"])
def test_no_address_brings_a_nul_to_the_database(browser: Client, address: str) -> None:
    assert browser.get(address).status_code == 400


def test_a_form_without_its_token_is_explained() -> None:
    strict = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    answer = strict.post("/accounts/login/", {"login": "a", "password": "b"})
    assert answer.status_code == 403
    assert "load the page again" in answer.text


# --- static files ------------------------------------------------------------------------


def test_a_static_file_is_kept_for_ever_under_its_digest(browser: Client) -> None:
    address = assets.url("web/tonle.css")
    assert re.fullmatch(r"/static/web/tonle\.[0-9a-f]{12}\.css", address)
    plain = browser.get(address)
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}
    for accepted, coding in (("gzip", "gzip"), ("gzip, deflate, br", "br")):
        packed = browser.get(address, headers={"Accept-Encoding": accepted})
        assert packed.headers["Content-Encoding"] == coding
        assert unpack[coding](packed.content) == plain.content
        assert packed.headers["ETag"] != plain.headers["ETag"]
        again = {"Accept-Encoding": accepted, "If-None-Match": packed.headers["ETag"]}
        assert browser.get(address, headers=again).status_code == 304
    assert "immutable" in plain.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["web/tonle.css", "web/tonle.0123456789ab.css"])
def test_a_bare_name_or_one_of_another_build_is_kept_shortly(browser: Client, name: str) -> None:
    answer = browser.get(f"/static/{name}")
    assert answer.content == stylesheet()
    assert "immutable" not in answer.headers["Cache-Control"]
    assert "stale-while-revalidate" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "name",
    [
        "../apps.py", "web/../../apps.py", "absent.css", "web", "%2e%2e/apps.py", "%00", "a%00.css",
        "a%0ab", "a" * 5_000, "a/" * 2_500,
    ],
)  # fmt: skip
def test_nothing_outside_the_static_folders_is_sent(browser: Client, name: str) -> None:
    # A NUL is refused before anybody looks for a file.
    assert browser.get(f"/static/{name}").status_code == (400 if "%00" in name else 404)


def test_a_page_is_everybodys_only_while_nobody_is_known(browser: Client) -> None:
    page = browser.get("/about")
    # The reader's own device may show it while it asks; a cache that others share asks first.
    control = "public, max-age=0, s-maxage=0, stale-while-revalidate=60"
    assert page.headers["Cache-Control"] == control
    again = browser.get("/about", headers={"If-None-Match": page.headers["ETag"]})
    assert again.headers["ETag"] == page.headers["ETag"]

    for known in ({"Cookie": "sessionid=abc"}, {"Authorization": "Bearer abc"}):
        assert browser.get("/about", headers=known).headers["Cache-Control"] == "private, no-cache"
    assert "public" not in browser.get("/accounts/login/").headers.get("Cache-Control", "")


# --- components --------------------------------------------------------------------------


@pytest.mark.parametrize("component", sorted(COMPONENTS.glob("*.html")), ids=lambda p: p.stem)
def test_a_component_says_what_it_takes(component: Path) -> None:
    text = component.read_text(encoding="utf-8")
    assert f"{component.stem}:" in text.split("{% comment %}")[1].split("{% endcomment %}")[0]


def test_templates_hold_no_inline_style_or_script() -> None:
    for config in apps.get_app_configs():
        if not config.name.startswith("tonle."):
            continue
        for template in Path(config.path).glob("templates/**/*.html"):
            text = template.read_text(encoding="utf-8")
            assert not re.search(r"<style| style=|\son(click|load|change)=", text), template
            # Code is in files of its own; what else a script element holds is data.
            assert not re.search(r"<script(?! src=| type=.application/(ld\+)?json.)", text), (
                template
            )


# --- the front page ----------------------------------------------------------------------


def test_the_map_shows_each_member_at_its_place_with_its_number() -> None:
    numbers = {"KHM": 50, "LAO": 0, "CHN-YN": 1, "elsewhere": 9}
    found = on_map([Count(code, code, number, "/x") for code, number in numbers.items()], str)

    assert [(one.number, one.written) for one in found] == [(50, "50"), (0, "0"), (1, "1")]
    drawn = on_page(REGION, "Map", counted=found, plain=True).drawn
    # A member that holds nothing has no circle; what is drawn is of water and coasts alone.
    assert [circle.said for circle in drawn.circles] == ["KHM 50", "CHN-YN 1"]
    assert all([drawn.land, drawn.mekong, drawn.lakes])
    assert not drawn.rivers
    assert {"Mekong", "Tonle Sap"} <= {label.text for label in drawn.labels}


# --- landing pages -----------------------------------------------------------------------


@pytest.mark.parametrize("template", ["catalogue/record.html", "catalogue/tombstone.html"])
@pytest.mark.parametrize("bare", [True, False])
def test_any_record_is_shown_whole_and_light(template: str, bare: bool, language: str) -> None:
    request = RequestFactory().get("/records/x")
    with translation.override(language):
        page = render_to_string(template, record_context(bare=bare), request)

    outline = Outline()
    outline.feed(page)
    assert (outline.open, outline.wrong) == ([], [])
    assert len(outline.ids) == len(set(outline.ids))
    assert weight(page.encode(), stylesheet()) <= FIRST_VIEW
    assert "javascript:" not in re.sub(r">[^<]*<", "><", page)
    assert "<b>bold</b>" not in page


def test_a_record_is_in_the_readers_language_and_says_where_it_is_not() -> None:
    request = RequestFactory().get("/records/x")
    with translation.override("km"):
        page = render_to_string("catalogue/record.html", record_context(), request)

    assert '<span lang="km" dir="auto">កម្រិតទឹក' in page
    assert "ជាអង់គ្លេស" in page  # the methods are in English only
    assert "បកប្រែដោយម៉ាស៊ីន" in page


def test_received_identifiers_lead_only_where_browsers_may_go() -> None:
    assert tags.resolver({"scheme": "doi", "value": "10.5555/x"}) == "https://doi.org/10.5555/x"
    assert (
        tags.resolver({"scheme": "tonle", "value": "x9k2m4p7qrst5vz"}) == "/records/x9k2m4p7qrst5vz"
    )
    assert tags.resolver({"scheme": "url", "value": "javascript:alert(1)"}) == ""
    assert tags.safe_link("data:text/html,x") == ""
