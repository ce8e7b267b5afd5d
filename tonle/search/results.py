"""Results as a list on a page. Twenty of them stand there: made here they take a fifth of the
time that the template engine asks."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from tonle.infra import days
from tonle.search.selectors import Found
from tonle.web.public import local_day


def results(found: Iterable[Found], language: str, level: int = 3) -> SafeString:
    """A list of results for a reader of a language (BCP 47). level: of their headings."""
    items = "".join(_item(one, language, level) for one in found)
    # Safe: every text below is escaped, or was by Marked.
    return mark_safe(f'<ol class="list">{items}</ol>')  # noqa: S308 # As said above.


def _item(found: Found, language: str, level: int) -> str:
    hit = found.hit
    title = (
        f'<h{level}><a href="{escape(hit.html_url)}"{_lang(hit.title[0])} dir="auto">'
        f"{found.title.html}</a></h{level}>"
    )
    badges = (*hit.badges, gettext("By meaning")) if found.by_meaning else hit.badges
    parts = [_badges(badges), title]
    if found.also:
        parts.append(f'<p{_lang(found.also[0])} dir="auto">{found.also[1].html}</p>')
    if hit.byline:
        parts.append(f'<p class="small">{escape(hit.byline)}</p>')
    if found.snippet.segments:
        parts.append(f'<p{_lang(found.snippet_language)} dir="auto">{found.snippet.html}</p>')
    if found.where:
        label, tag, text = found.where
        said = escape(gettext("Found in: %(where)s") % {"where": label})
        parts.append(
            f'<p class="small">{said} · <span{_lang(tag)} dir="auto">{text.html}</span></p>'
        )
    on = days.day_of(hit.updated_at)
    shown = escape(local_day(on, language))
    parts.append(f'<p class="aside"><time datetime="{on.isoformat()}">{shown}</time></p>')
    return f"<li>{''.join(parts)}</li>"


def _badges(badges: Iterable[str]) -> str:
    first, *others = [escape(badge) for badge in badges] or [""]
    if not first:
        return ""
    rest = "".join(f' <span class="badge">{badge}</span>' for badge in others)
    return f'<p class="kind">{first}{rest}</p>'


def _lang(tag: str) -> str:
    return f' lang="{escape(tag)}"' if tag != "und" else ""
