"""A part of a template that depends on nothing but a key: {% kept key "name" %}…{% endkept %}.

And on how the reader writes dates and numbers, which is added to every key.
"""

from __future__ import annotations

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from tonle.catalogue.kept import pieces
from tonle.web.public import reader_writing

register = template.Library()


class KeptNode(template.Node):
    def __init__(self, key: FilterExpression, name: str, nodelist: NodeList) -> None:
        self.key, self.name, self.nodelist = key, name, nodelist

    def render(self, context: Context) -> SafeString:
        key = self.key.resolve(context, ignore_failures=True)
        if not key:
            # Without a key nothing says what the piece depends on.
            return mark_safe(self.nodelist.render(context))  # noqa: S308 # As below.
        whole = (self.name, key, reader_writing())
        found = pieces.get(whole, lambda: str(self.nodelist.render(context)))
        # What a template has rendered is safe; a kept piece is nothing else.
        return mark_safe(found)  # noqa: S308 # As said above.


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Render what is inside once for a key and name; it must depend on the key alone."""
    _tag, key, name = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(parser.compile_filter(key), name.strip("\"'"), nodelist)
