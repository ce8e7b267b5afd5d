"""What other contexts use of the page shell."""

from __future__ import annotations

from tonle.infra.pagecache import keep_for_reader
from tonle.web.actors import actor_of, register_actor_resolver, register_waiting
from tonle.web.desks import desk, signed_out, wants_json
from tonle.web.formats import city_name, language_name
from tonle.web.formats import day as local_day
from tonle.web.formats import instant as local_instant
from tonle.web.formats import money as local_money
from tonle.web.formats import number as local_number
from tonle.web.formats import size as local_size
from tonle.web.formats import span as local_span
from tonle.web.front import Closing, Count, FrontSource, NewRecord, register_front_source
from tonle.web.labels import message_of as label_of
from tonle.web.labels import register_labels, register_written, said_code
from tonle.web.languages import choose as choose_language
from tonle.web.languages import lang_narrows
from tonle.web.languages import tag as language_tag
from tonle.web.maps import OnPage, on_page, register_layers
from tonle.web.maps import made_from as maps_made_from
from tonle.web.marks import register_mark
from tonle.web.navigation import NavItem, register_navigation
from tonle.web.seals import FORM, Purpose, fits, seal
from tonle.web.writing import active as reader_writing
from tonle.web.writing import override as override_writing
from tonle.web.writing import register_account as register_account_writing
from tonle.web.writing import split as split_writing

__all__ = [
    "FORM",
    "Closing",
    "Count",
    "FrontSource",
    "NavItem",
    "NewRecord",
    "OnPage",
    "Purpose",
    "actor_of",
    "choose_language",
    "city_name",
    "desk",
    "fits",
    "keep_for_reader",
    "label_of",
    "lang_narrows",
    "language_name",
    "language_tag",
    "local_day",
    "local_instant",
    "local_money",
    "local_number",
    "local_size",
    "local_span",
    "maps_made_from",
    "on_page",
    "override_writing",
    "reader_writing",
    "register_account_writing",
    "register_actor_resolver",
    "register_front_source",
    "register_labels",
    "register_layers",
    "register_mark",
    "register_navigation",
    "register_waiting",
    "register_written",
    "said_code",
    "seal",
    "signed_out",
    "split_writing",
    "wants_json",
]
