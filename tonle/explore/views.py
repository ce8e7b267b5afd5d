"""The page of one file: what is in it, before anybody fetches it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tonle.api.public import count, network_of
from tonle.explore import asking, mapped, shown
from tonle.explore.errors import (
    NotLookedInto,
    OtherAnswer,
    OthersAsk,
    TooMuchAsked,
    WrongQuestion,
)
from tonle.explore.own import offered
from tonle.explore.rules.labels import NONE as NO_LABELS
from tonle.explore.rules.labels import labels_of
from tonle.explore.selectors import Looked, looked_into
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.infra.pagecache import lasts_until, never_keep, public_page
from tonle.kernel.actors import Actor
from tonle.kernel.text import choose
from tonle.web.public import actor_of

# An answer may take seconds of a processor: more than this is no reader.
ASKED_A_MINUTE = 40
ASKED_IN_SQL_A_MINUTE = 12
# How long a browser waits before it looks again for a preview that is being made.
AGAIN_SECONDS = 4


@require_safe
@public_page
def look(
    request: HttpRequest, record_id: str, name: str, version: int | None = None
) -> HttpResponseBase:
    """What is in a file of a record, of its newest version unless one is named."""
    actor, now = actor_of(request), clock.now()
    looked = looked_into(record_id=record_id, name=name, actor=actor, now=now, version=version)
    if request.GET.get("part") == "picture":
        return _picture(looked)
    if request.GET.get("part") == "copy":
        return _copy(looked)
    made = context(looked, version)
    places = (looked.preview or {}).get("places")
    looks = request.GET.get("map", "")[:12]
    made["map"] = mapped.of(places, looks, request.path) if places else None
    response = render(request, "explore/look.html", made)
    if looked.preview is None:
        response["Refresh"] = str(AGAIN_SECONDS)
        never_keep(response)
    else:
        lasts_until(response, looked.view.record.changes_at)
    return response


def _picture(looked: Looked) -> HttpResponse:
    path = looked.picture
    if path is None:
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type="image/webp")
    # It is one of few bytes that the page asks for; asked again, the page cache answers.
    lasts_until(response, looked.view.record.changes_at or clock.now() + timedelta(days=1))
    return response


def _copy(looked: Looked) -> HttpResponse:
    """The smaller copy of a photograph, under a name that says so."""
    path = looked.copy
    if path is None:
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type="image/jpeg")
    stem = looked.file["name"].rpartition("/")[2].rpartition(".")[0]
    named = content_disposition_header(True, f"{stem}-small.jpg")
    response["Content-Disposition"] = named or "attachment"
    # Too large to be kept beside pages.
    never_keep(response)
    return response


def context(looked: Looked, version: int | None) -> dict[str, Any]:
    """The context of look.html, documented at its top."""
    view, file = looked.view, looked.file
    args: list[Any] = [view.record.id] if version is None else [view.record.id, version]
    prefix = "" if version is None else "version-"
    reader = get_language() or "en"
    _, title = choose(view.document["titles"], reader)
    record_url = (
        reverse("catalogue:record", args=args)
        if version is None
        else reverse("catalogue:version", args=args)
    )
    own = reverse(f"explore:{prefix}look", args=[*args, file["name"]])
    return {
        "record": view.document,
        "file": file,
        "crumbs": [(title, record_url), (file["name"], "")],
        "download_url": reverse(f"catalogue:{prefix}file", args=[*args, file["name"]]),
        "picture_url": f"{own}?part=picture" if looked.picture else "",
        "copy_url": f"{own}?part=copy" if looked.copy else "",
        "wait": shown.wait(file["size_bytes"]),
        "looked": None
        if looked.preview is None
        else shown.of(looked.preview, labels_of(view.document, file["name"], reader)),
        "api_url": shown.api_url(view.record.id, file["name"], version),
        "ask_url": _ask_url(view.record.id, file["name"], version)
        if asking.can_be_asked(looked.preview)
        else "",
        "program": offered(looked, clock.now()),
    }


def _ask_url(record_id: str, name: str, version: int | None) -> str:
    if version is None:
        return reverse("explore:ask", args=[record_id, name])
    return reverse("explore:version-ask", args=[record_id, version, name])


FORMS: dict[str, tuple[asking.Form, str]] = {
    "csv": ("csv", "text/csv; charset=utf-8"),
    "json": ("json", "application/json"),
    "parquet": ("parquet", "application/vnd.apache.parquet"),
}


@require_safe
@public_page
def ask(
    request: HttpRequest, record_id: str, name: str, version: int | None = None
) -> HttpResponse:
    """A question to a table, and its answer: as a page, or as a file with `format`."""
    actor, now = actor_of(request), clock.now()
    looked = looked_into(record_id=record_id, name=name, actor=actor, now=now, version=version)
    asked = dict(request.GET.lists())
    count("explore.ask", _who(request, actor), limit=ASKED_A_MINUTE, seconds=60, now=now)
    if in_sql(asked):
        count_sql(request, actor, now)
    form = request.GET.get("format", "")
    if form in FORMS:
        return _file(looked, asked, form)
    response = _page(request, looked, asked, version)
    response["X-Robots-Tag"] = "noindex, nofollow"
    if response.status_code == 200:
        lasts_until(response, looked.view.record.changes_at)
    else:
        never_keep(response)
    return response


def _who(request: HttpRequest, actor: Actor) -> str:
    return actor.id or network_of(request.META.get("REMOTE_ADDR", ""))


def count_sql(request: HttpRequest, actor: Actor, now: datetime) -> None:
    """Count one question in SQL, on the page and over REST alike. Raises TooManyRequests."""
    who = _who(request, actor)
    count("explore.sql", who, limit=ASKED_IN_SQL_A_MINUTE, seconds=60, now=now)


def in_sql(asked: dict[str, list[str]]) -> bool:
    """Whether something is asked in SQL: an empty field asks nothing."""
    return bool(asked.get("sql", [""])[0].strip())


def _file(looked: Looked, asked: dict[str, list[str]], form: str) -> HttpResponse:
    kind, media_type = FORMS[form]
    if in_sql(asked):
        found = asking.answer_sql(looked, asked, kind, limit=asking.MOST_ROWS)
    else:
        table = asking.askable(looked, asked)
        question = asking.question_of(table, asked)
        found = asking.answer(looked, table, question, kind, limit=asking.MOST_ROWS)
    response = HttpResponse(found.body, content_type=media_type)
    stem = looked.file["name"].rpartition("/")[2].rpartition(".")[0]
    named = content_disposition_header(True, f"{stem}-answer.{form}")
    response["Content-Disposition"] = named or "attachment"
    if found.sha256:
        response["X-Answer-SHA256"] = found.sha256
    # The file may be one's own to read: a cache between keeps nothing of it.
    patch_cache_control(response, private=True, no_cache=True)
    # Too large to be kept beside pages.
    never_keep(response)
    return response


def _page(
    request: HttpRequest, looked: Looked, asked: dict[str, list[str]], version: int | None
) -> HttpResponse:
    found, problem, status = None, "", 200
    question = shown.nothing_asked()
    table = None
    place = max(shown.whole(request.GET.get("page", "")), 1)
    part = {"offset": (place - 1) * asking.ROWS_ON_A_PAGE, "limit": asking.ROWS_ON_A_PAGE}
    try:
        table = asking.askable(looked, asked)
        if in_sql(asked):
            found = asking.answer_sql(looked, asked, "rows", **part)
        else:
            question = asking.question_of(table, asked)
            found = asking.answer(looked, table, question, "rows", **part)
    except (WrongQuestion, TooMuchAsked, OthersAsk, OtherAnswer, NotLookedInto) as error:
        problem, status = say(error), error.http_status
    made = context(looked, version)
    view, file = looked.view, looked.file
    said = labels_of(view.document, file["name"], get_language() or "en")
    labels = said.get(table.sheet if table else "", NO_LABELS)
    own = _ask_url(view.record.id, file["name"], version)
    lasting = _ask_url(view.record.id, file["name"], view.document["version"])
    pairs = question.pairs() if found is None or not found.text else shown.sql_pairs(found)
    made |= {
        "problem": problem,
        "form": None if table is None else shown.form(table, question, asked, labels),
        "sql": shown.sql_form(looked, asked) if table and asking.sql_is_on() else None,
        "answer": None
        if found is None
        else shown.answer(found, question, table, place, labels)
        if not found.text
        else shown.sql_answer(found, place),
        "address": f"{own}?{urlencode(pairs)}",
        "citable": request.build_absolute_uri(
            shown.citable(lasting, pairs, file["sha256"], found.sha256 if found else "")
        ),
        "look_url": reverse(
            f"explore:{'' if version is None else 'version-'}look",
            args=[
                view.record.id,
                *([] if version is None else [version]),
                file["name"],
            ],
        ),
    }
    crumbs = made["crumbs"]
    made["crumbs"] = [crumbs[0], (file["name"], made["look_url"]), (shown.asking_title(), "")]
    return render(request, "explore/ask.html", made, status=status)
