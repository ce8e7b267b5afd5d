"""Whole records, and pages that list the records of a person, an organisation, a community."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from tonle.catalogue.lists import about
from tonle.catalogue.lists import communities as groups
from tonle.catalogue.lists.addresses import person_url
from tonle.catalogue.lists.readers import reader_of
from tonle.catalogue.lists.whole import files_of, opened, safe_names, whole_record
from tonle.catalogue.models import File
from tonle.catalogue.selectors import RecordView
from tonle.infra import clock, usage
from tonle.infra.pagecache import never_keep, public_page
from tonle.infra.server.files import PartsAnswer
from tonle.kernel import codes
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, NotFound
from tonle.kernel.filenames import small_first
from tonle.kernel.text import choose, sort_key
from tonle.people.public import Organisation, curates
from tonle.people.public import community as find_community
from tonle.people.public import organisations as find_organisations
from tonle.search.public import SHOWN, YEAR, Filters, in_readers_language, listing, results, search
from tonle.web.public import actor_of, lang_narrows

# Records of one role on an organisation's page.
PART = 5
# Organisations in one list. A node that knows more finds them by search.
MOST_ORGANISATIONS = 1000


@require_safe
def whole(request: HttpRequest, record_id: str, version: int | None = None) -> HttpResponseBase:
    """All files of one version with its description, as a zip that can be resumed."""
    actor = reader_of(request)
    made = whole_record(record_id=record_id, actor=actor, now=clock.now(), version=version)
    answer = PartsAnswer(
        made.parts,
        content_type="application/zip",
        etag=made.etag,
        last_modified=made.last_modified,
        filename=made.filename,
    )
    if actor.id:
        # What somebody known may have is not for a cache that others share.
        answer["Cache-Control"] = "private, no-cache"
    usage.mark(answer, "request", record_id)
    page = request.build_absolute_uri(reverse("catalogue:record", args=[record_id]))
    answer["Link"] = f'<{page}>; rel="collection"'
    return answer


@require_safe
def links(request: HttpRequest, record_id: str, version: int | None = None) -> HttpResponse:
    """The addresses of a version's files, one a line, for `wget -i`: the small ones first."""
    actor = reader_of(request)
    view, rows = _kept(record_id, actor, version)
    number = view.document["version"]
    lines = [
        request.build_absolute_uri(
            reverse("catalogue:version-file", args=[record_id, number, row.name])
        )
        for row in rows
    ]
    return _plain(lines, actor, record_id)


@require_safe
def sums(request: HttpRequest, record_id: str, version: int | None = None) -> HttpResponse:
    """The digests of a version's files, as `sha512sum -c` reads them."""
    actor = reader_of(request)
    _view, rows = _kept(record_id, actor, version)
    names = safe_names([row.name for row in rows])
    lines = [f"{row.sha512}  {name}" for name, row in zip(names, rows, strict=True)]
    return _plain(lines, actor, record_id)


def _kept(record_id: str, actor: Actor, version: int | None) -> tuple[RecordView, list[File]]:
    """What was taken down is named in the record and given out nowhere."""
    view, _open = opened(record_id=record_id, actor=actor, now=clock.now(), version=version)
    rows = [row for row in files_of(view) if row.content_path]
    return view, sorted(rows, key=lambda row: small_first(row.name, row.size_bytes))


def _plain(lines: list[str], actor: Actor, record_id: str) -> HttpResponse:
    text = "".join(f"{line}\n" for line in lines)
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "private, no-cache" if actor.id else "no-cache"
    usage.mark(answer, "investigation", record_id)
    return answer


# --- people ---------------------------------------------------------------------------


@lang_narrows
@require_safe
@public_page
def person(request: HttpRequest, who: str) -> HttpResponse:
    """`/people/<orcid>`, or `/people/named/<name>`: what public records name somebody so."""
    orcid = about.orcid_of(who)
    if orcid and orcid != who:
        return HttpResponseRedirect(reverse("catalogue:person", args=[orcid]))

    def make(language: str) -> HttpResponse:
        now = clock.now()
        found = about.person(who, language=language, now=now)
        possible, number = about.possibly(found, language=language, now=now) if orcid else ([], 0)
        context = listing(
            request,
            language,
            path=quote(request.path),
            fixed=Filters({"person": found.keys}),
            facets=("kind", YEAR, "organisation"),
        )
        context |= {
            "person": found,
            "possible": results(possible, language) if possible else "",
            "possible_number": number,
            "by_name_url": person_url({"name": found.name}),
        }
        return render(request, "catalogue/lists/person.html", context)

    return in_readers_language(request, make)


# --- organisations ----------------------------------------------------------------------


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """`/organisations`: those this node knows, by member, each list by name."""
    member = request.GET.get("member", "")
    if member and member not in codes.members():
        raise NotFound

    def make(language: str) -> HttpResponse:
        rows = known_organisations(member)
        by_member: list[dict[str, Any]] = [
            {
                "code": code,
                "label": codes.label("members", code, language) if code else gettext("Elsewhere"),
                "items": sorted(
                    (organisation_item(row, language) for row in rows if row.member == code),
                    key=lambda item: sort_key(item["name"], language),
                ),
            }
            for code in ([member] if member else [*codes.members(), ""])
        ]
        context = {
            "groups": [group for group in by_member if group["items"]],
            "number": len(rows),
            "more": len(rows) >= MOST_ORGANISATIONS,
        }
        return render(request, "catalogue/lists/organisations.html", context)

    # Organisations are no part of the log that finished pages are kept by.
    response = in_readers_language(request, make)
    never_keep(response)
    return response


@require_safe
def organisation(request: HttpRequest, which: str) -> HttpResponse:
    """`/organisations/<id>`, `/organisations/ror:<id>` or `/organisations/<name>`."""
    found = about.body(which)
    if found.known is not None and which != found.known.pk:
        return HttpResponseRedirect(reverse("catalogue:organisation", args=[found.known.pk]))

    def make(language: str) -> HttpResponse:
        now = clock.now()
        parts = [part(role, found.keys, language, now) for role in about.ROLES]
        if found.known is None and not any(made["total"] for made in parts):
            raise NotFound
        context = {
            "body": found,
            "facts": organisation_facts(found.known, language) if found.known else [],
            "name": found.known.names if found.known else {"und": found.name},
            "parts": [made for made in parts if made["total"]],
        }
        return render(request, "catalogue/lists/organisation.html", context)

    response = in_readers_language(request, make)
    never_keep(response)
    return response


_ROLES = {
    "affiliation": N_("Work of its people"),
    "publisher": N_("Published by it"),
    "funder": N_("Funded by it"),
}


def part(role: str, keys: tuple[str, ...], language: str, now: datetime) -> dict[str, Any]:
    """The newest records in which an organisation has a role, and where the others are."""
    filters = Filters({role: keys})
    found = search("", filters, limit=PART, facets=(), language=language, now=now)
    return {
        "role": role,
        "label": gettext(_ROLES[role]),
        "total": found.total,
        "results": results(found.hits, language),
        "all_url": f"{reverse('search:search')}?{urlencode(filters.pairs())}",
        "has_more": found.total > len(found.hits),
    }


def known_organisations(member: str) -> list[Organisation]:
    """At most so many, in the order of their ids; a page sorts them by name."""
    rows: list[Organisation] = []
    while len(rows) < MOST_ORGANISATIONS:
        after = rows[-1].pk if rows else ""
        batch = find_organisations(member=member, after=after, limit=MOST_ORGANISATIONS - len(rows))
        rows += batch
        if not batch:
            break
    return rows


def organisation_item(row: Organisation, language: str) -> dict[str, Any]:
    tag, name = choose(row.names, language)
    return {
        "name": name,
        "tag": "" if tag == "und" else tag,
        "acronym": row.acronym if row.acronym != name else "",
        "types": [
            gettext(ORGANISATION_TYPES[kind]) for kind in row.types if kind in ORGANISATION_TYPES
        ],
        "url": reverse("catalogue:organisation", args=[row.pk]),
    }


def organisation_facts(row: Organisation, language: str) -> dict[str, Any]:
    country = codes.label("countries", row.country, language)
    return {
        "types": [
            gettext(ORGANISATION_TYPES[kind]) for kind in row.types if kind in ORGANISATION_TYPES
        ],
        "member": row.member and codes.label("members", row.member, language),
        # A member is nearly always a country; a code without a name tells a reader nothing.
        "country": country if country != row.country and not row.member else "",
        "identifiers": [
            {"scheme": one.scheme, "value": one.value} for one in row.identifiers.all()
        ],
    }


ORGANISATION_TYPES = {
    "archive": N_("Archive"),
    "company": N_("Company"),
    "education": N_("Education"),
    "facility": N_("Facility"),
    "funder": N_("Funder"),
    "government": N_("Government"),
    "healthcare": N_("Healthcare"),
    "network": N_("Network"),
    "nonprofit": N_("Not for profit"),
    "other": N_("Other"),
}


# --- communities ------------------------------------------------------------------------


@require_safe
@public_page
def communities(request: HttpRequest) -> HttpResponse:
    """`/communities`: all that are open, with how many records each has."""

    def make(language: str) -> HttpResponse:
        rows = groups.listed()
        counted = search(
            "",
            limit=1,
            facets=("community",),
            named={"community": groups.MOST},
            language=language,
            now=clock.now(),
        )
        numbers = {value.code: value.count for facet in counted.facets for value in facet.values}
        rows.sort(key=lambda row: sort_key(choose(row.names, language)[1], language))
        items = [{"community": row, "number": numbers.get(row.pk, 0)} for row in rows]
        return render(request, "catalogue/lists/communities.html", {"items": items})

    return in_readers_language(request, make)


@lang_narrows
@require_safe
@public_page
def community(request: HttpRequest, slug: str) -> HttpResponse:
    """`/communities/<slug>`: what a community is, its policy, and its records."""
    found = find_community(slug)
    if found is None:
        raise NotFound
    if slug != found.slug:
        return HttpResponseRedirect(reverse("catalogue:community", args=[found.slug]))
    actor = actor_of(request)

    def make(language: str) -> HttpResponse:
        context = listing(
            request,
            language,
            path=reverse("catalogue:community", args=[found.slug]),
            fixed=Filters({"community": (found.pk,)}),
            facets=tuple(facet for facet in SHOWN if facet != "community"),
        )
        context |= {"community": found, "is_curator": curates(actor, found.pk)}
        return render(request, "catalogue/lists/community.html", context)

    return in_readers_language(request, make)
