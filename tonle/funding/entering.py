"""A call entered by hand: what the form of a deposit asks of a funding opportunity.

How fields and profile become each other is in `rules.entered`; words and choices are here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.conf import settings
from django.utils.translation import gettext

from tonle.catalogue.public import by_hand
from tonle.funding.eligible.words import ORGANISATIONS, STAGES, place_name
from tonle.funding.register.panels import KIND
from tonle.funding.rules import entered
from tonle.funding.rules.answers import country_codes
from tonle.kernel.errors import N_
from tonle.kernel.text import sort_key
from tonle.people.public import ZONES
from tonle.web.public import city_name, language_name, language_tag

Options = list[tuple[str, str]]

REGION: Final = ("KHM", "LAO", "MMR", "THA", "VNM", "CHN")
PER: Final[Mapping[str, str]] = {
    "call": N_("in all, by this call"),
    "project": N_("to each project"),
    "person": N_("to each person"),
    "year": N_("a year"),
    "month": N_("a month"),
}
CHANGED: Final[Mapping[str, str]] = {
    "titles": N_("Title"),
    "descriptions": N_("Description"),
    "opens_at": N_("Opens"),
    "closes_at": N_("Closes"),
    "deadlines": N_("Further deadlines"),
    "amounts": N_("Amounts"),
    "eligibility": N_("Who may apply"),
    "themes": N_("Themes"),
    "languages": N_("Languages"),
    "documents": N_("Documents"),
}


def _zones(reader: str, held: Sequence[str]) -> Options:
    names = dict.fromkeys((settings.TONLE_TIME_ZONE, *ZONES, *held))
    return [(zone, city_name(zone, reader)) for zone in names]


def _region(reader: str, held: Sequence[str]) -> Options:
    return [(code, place_name(code, reader)) for code in dict.fromkeys((*REGION, *held))]


def _countries(reader: str, held: Sequence[str]) -> Options:
    """Those of the region first, then by name."""
    rest = [(code, place_name(code, reader)) for code in country_codes() if code not in REGION]
    return _region(reader, held) + sorted(rest, key=lambda pair: sort_key(pair[1], reader))


def _languages(reader: str, held: Sequence[str]) -> Options:
    tags = dict.fromkeys((*(language_tag(code) for code, _ in settings.LANGUAGES), *held))
    return [(tag, language_name(tag, reader)) for tag in tags]


def _of(labels: Mapping[str, str], held: Sequence[str] = ()) -> Options:
    known = [(code, gettext(label)) for code, label in labels.items()]
    return known + [(code, code) for code in held if code not in labels]


_DAY = by_hand.Field("day", "line", N_("Day"), N_("Such as 31/12/2027"))
_TIME = by_hand.Field(
    "time", "line", N_("Time"), N_("Such as 17:00; 23:59 where the whole day counts")
)

SECTIONS: Final = (
    by_hand.Section(
        "closes_at",
        N_("When?"),
        (
            by_hand.Field(
                "zone", "choice", N_("By the clocks of"), options=_zones, empty=N_("Choose a zone")
            ),
            by_hand.Field(
                "zone-other", "line", N_("Another time zone"), N_("Such as Europe/Lisbon")
            ),
            by_hand.Field("opens_at-day", "line", N_("Opens on: day"), _DAY.hint),
            by_hand.Field("opens_at-time", "line", N_("Opens at: time"), N_("Such as 09:00")),
            by_hand.Field("closes_at-day", "line", N_("Closes on: day"), _DAY.hint),
            by_hand.Field("closes_at-time", "line", N_("Closes at: time"), _TIME.hint),
            by_hand.Field(
                "deadline_as_stated",
                "line",
                N_("The deadline in the words of the call"),
                N_("Where the call gives no whole deadline. Such as: spring 2027"),
            ),
            by_hand.Field("forecast", "flag", N_("It is announced, and not yet certain")),
        ),
        hint=N_("Day and time as the call says them, and the zone that they are told in."),
        carries=("opens_at-rest", "closes_at-rest"),
    ),
    by_hand.Section(
        "deadlines",
        N_("Further deadlines"),
        (
            by_hand.Field("name", "texts", N_("What must be in by then")),
            _DAY,
            _TIME,
            by_hand.Field(
                "zone",
                "choice",
                N_("By the clocks of"),
                options=_zones,
                empty=N_("the zone above"),
            ),
        ),
        row=N_("Deadline"),
        add=N_("Add a deadline"),
    ),
    by_hand.Section(
        "amounts",
        N_("What is given?"),
        (
            by_hand.Field(
                "currency", "line", N_("Currency"), N_("Its three letters, such as KHR or USD")
            ),
            by_hand.Field("least", "line", N_("At least"), N_("Such as 1250.50")),
            by_hand.Field(
                "most", "line", N_("At most"), N_("The sum itself, where there is only one")
            ),
            by_hand.Field(
                "per",
                "choice",
                N_("To what it is given"),
                options=lambda _reader, _held: _of(PER),
                empty=N_("not said"),
            ),
            by_hand.Field("note", "texts", N_("What else is to be known of it")),
        ),
        row=N_("Amount"),
        add=N_("Add an amount"),
    ),
    by_hand.Section(
        "funders",
        N_("Who gives the money?"),
        (
            by_hand.Field("name", "texts", N_("Name of the funder")),
            by_hand.Field(
                "country", "choice", N_("Country"), options=_countries, empty=N_("not said")
            ),
        ),
        row=N_("Funder"),
        add=N_("Add a funder"),
    ),
    by_hand.Section(
        "eligibility",
        N_("Who may apply?"),
        (
            by_hand.Field(
                "countries",
                "ticks",
                N_("Organisations of these countries"),
                N_("Tick none where the country does not matter."),
                options=_region,
            ),
            by_hand.Field(
                "countries-other",
                "line",
                N_("Other countries, by their codes"),
                N_("Three letters each, such as: JPN KOR"),
            ),
            by_hand.Field(
                "stages",
                "ticks",
                N_("People at these stages of their career"),
                options=lambda _reader, held: _of(STAGES, held),
            ),
            by_hand.Field(
                "organisations",
                "ticks",
                N_("These organisations"),
                options=lambda _reader, held: _of(ORGANISATIONS, held),
            ),
        ),
        hint=N_(
            "What is ticked is compared with what people say of themselves. Words are for them to "
            "read."
        ),
        carries=("eligibility-rest",),
    ),
    by_hand.Section(
        "rules",
        N_("Who may apply, in words"),
        (by_hand.Field("text", "prose", N_("Rule")),),
        hint=N_("Each rule by itself, as the call has it."),
        row=N_("Rule"),
        add=N_("Add a rule"),
    ),
    by_hand.Section(
        "themes",
        N_("Themes"),
        (by_hand.Field("name", "texts", N_("Theme")),),
        row=N_("Theme"),
        add=N_("Add a theme"),
    ),
    by_hand.Section(
        "where",
        N_("Where?"),
        (
            by_hand.Field("url", "line", N_("The page of the call"), N_("An address: https://…")),
            by_hand.Field(
                "apply_url", "line", N_("Where one applies"), N_("An address: https://…")
            ),
            by_hand.Field("languages", "ticks", N_("One may apply in"), options=_languages),
            by_hand.Field(
                "languages-other",
                "line",
                N_("Other languages, by their codes"),
                N_("Such as jra for Jarai; several with spaces between"),
            ),
        ),
    ),
    by_hand.Section(
        "documents",
        N_("Documents"),
        (
            by_hand.Field("name", "texts", N_("What it is called")),
            by_hand.Field("url", "line", N_("Its address"), N_("An address: https://…")),
        ),
        row=N_("Document"),
        add=N_("Add a document"),
    ),
    by_hand.Section(
        "corrigenda",
        N_("Corrections"),
        (
            by_hand.Field("text", "prose", N_("What was changed, in words")),
            by_hand.Field("day", "line", N_("Changed on: day"), _DAY.hint),
            by_hand.Field(
                "time", "line", N_("Changed at: time"), N_("By the clocks of the zone above")
            ),
            by_hand.Field(
                "changed",
                "ticks",
                N_("What it changes"),
                options=lambda _reader, _held: _of(CHANGED),
            ),
        ),
        hint=N_("Readers of the call see it, and those who follow the call are told."),
        row=N_("Correction"),
        add=N_("Add a correction"),
        later=True,
    ),
)

_WRITE_TIMES = {
    "zone": entered.write_zone,
    "opens_at": entered.write_opens,
    "closes_at": entered.write_closes,
    "deadlines": entered.write_deadlines,
    "corrigenda": entered.write_corrigenda,
}


def _address(key: str) -> by_hand.Part:
    return by_hand.Part(
        key,
        (key,),
        entered.write_line(key),
        lambda reader, _today: entered.read_address(reader, key),
    )


PARTS: Final = (
    *(
        by_hand.Part(key, entered.TIMES, _WRITE_TIMES[key], entered.read_time(key))
        for key in entered.TIMES
    ),
    by_hand.Part(
        "deadline_as_stated",
        ("deadline_as_stated",),
        entered.write_line("deadline_as_stated"),
        lambda reader, _today: entered.read_line(reader, "deadline_as_stated"),
    ),
    by_hand.Part("forecast", ("forecast",), entered.write_forecast, entered.read_forecast),
    by_hand.Part("amounts", ("amounts",), entered.write_amounts, entered.read_amounts),
    by_hand.Part("funders", ("funders",), entered.write_funders, entered.read_funders),
    by_hand.Part(
        "eligibility",
        ("countries", "stages", "organisations", "eligibility", "rules"),
        entered.write_eligibility,
        entered.read_eligibility,
    ),
    by_hand.Part("themes", ("themes",), entered.write_themes, entered.read_themes),
    _address("url"),
    _address("apply_url"),
    by_hand.Part("languages", ("languages",), entered.write_languages, entered.read_languages),
    by_hand.Part("documents", ("documents",), entered.write_documents, entered.read_documents),
)

ENTRY: Final = by_hand.Entry(
    kind=KIND,
    about=N_("Money that can be applied for: a call for proposals, a grant, a fellowship."),
    label=N_("Call"),
    title=N_("When, how much, and for whom?"),
    sections=SECTIONS,
    parts=PARTS,
    resource_types=("Award", "Text", "Other"),
    begins={"resource_type": {"general": "Award"}, "access": {"level": "metadata_only"}},
)


def connect() -> None:
    by_hand.register(ENTRY)
