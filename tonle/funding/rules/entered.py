"""A call as a form has it: the properties of its profile as fields, and fields as properties. Pure.

Whatever a form does not show travels along in `…-rest`, and a row that comes back as it went out
is the very row that the record had, so that a correction of one thing changes nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, tzinfo
from typing import Any, Final

from tonle.funding.rules.eligibility import CAREER_STAGES, ORGANISATION_TYPES, is_place
from tonle.funding.rules.local_times import read_local, write_local, zone_called
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.fields import Reader, Writer, unpacked, whole
from tonle.kernel.money import Money, exponent
from tonle.kernel.text import choose, language_tag

Profile = Mapping[str, Any]
Item = Mapping[str, Any]
WriteRow = Callable[[Item, Writer, str], None]
ReadRow = Callable[[Reader, str, dict[str, Any]], dict[str, Any] | None]

PER: Final = ("project", "year", "month", "person", "call")
# What a correction can have changed, by the names of the record's fields.
CHANGED: Final = (
    "titles", "descriptions", "opens_at", "closes_at", "deadlines", "amounts", "eligibility",
    "themes", "languages", "documents",
)  # fmt: skip
TIMES: Final = ("zone", "opens_at", "closes_at", "deadlines", "corrigenda")
_ADDRESS: Final = ("https://", "http://")
_TICKED: Final[Mapping[str, str]] = {
    "country": "countries",
    "career_stage": "stages",
    "organisation_type": "organisations",
}
_RULE_IDS: Final[Mapping[str, str]] = {
    "country": "countries",
    "career_stage": "career-stage",
    "organisation_type": "organisation-type",
}


# --- rows ----------------------------------------------------------------------------


def write_rows(items: object, group: str, write: WriteRow, out: Writer) -> None:
    listed = items if isinstance(items, list) else []
    for number, item in enumerate(listed):
        row = out.row(group, number, [("rest", whole({"held": item}))])
        write(item, out, row)


def read_rows(
    reader: Reader, group: str, write: WriteRow, read: ReadRow
) -> list[dict[str, Any]] | None:
    """The rows of a group: as they were held where they came back so, else as they are read.

    read is given what the row held, {} for a new one, and gives None for a row that says nothing.
    """
    found = []
    for row in reader.rows(group):
        held = reader.rest(f"{row}-rest").get("held")
        held = held if isinstance(held, dict) else {}
        made = held if held and _is_as_written(reader, row, held, write) else None
        made = made or read(reader, row, held)
        if made:
            found.append(made)
    return found or None


def _is_as_written(reader: Reader, row: str, held: Item, write: WriteRow) -> bool:
    out = Writer()
    try:
        write(held, out, row)
    except (AttributeError, TypeError):
        return False  # A row of another shape than ours: somebody made it up.
    return _said(reader.values, row) == _said(out.values, row)


def _said(values: Mapping[str, Iterable[str]], row: str) -> dict[str, list[str]]:
    """What the fields of a row say. A browser sends a language with every text, also an empty
    one, and ends lines with two characters."""
    said = {
        name: kept
        for name, texts in values.items()
        if name.startswith(f"{row}-") and not name.endswith(("-row", "-rest"))
        if (kept := sorted(text.replace("\r\n", "\n") for text in texts if text))
    }
    return {
        name: texts
        for name, texts in said.items()
        if not name.endswith("-lang")
        or (texts != ["und"] and f"{name.removesuffix('-lang')}-text" in said)
    }


def _texts(reader: Reader, group: str, *, line: bool = True) -> dict[str, str]:
    return reader.language_map(group, line=line)


def _others(held: Item, *known: str) -> dict[str, Any]:
    return {name: value for name, value in held.items() if name not in known}


def slug(names: Mapping[str, str], fallback: str, taken: Iterable[str]) -> str:
    """A name in the data from a name for people, unlike the others: `food-security`."""
    text = choose(names, "en")[1] if names else ""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or fallback
    known, number = set(taken), 1
    unique = made
    while unique in known:
        number += 1
        unique = f"{made}-{number}"
    return unique


def _named(rows: list[dict[str, Any]] | None, fallback: str) -> list[dict[str, Any]] | None:
    """The rows, each with an `id` that no other has."""
    taken = [row["id"] for row in rows or () if row.get("id")]
    for row in rows or ():
        if not row.get("id"):
            row["id"] = slug(row.get("name") or row.get("text") or {}, fallback, taken)
            taken.append(row["id"])
    return rows


# --- when ----------------------------------------------------------------------------


def _zone_of(profile: Profile) -> tzinfo:
    """By whose clocks the times of a call are shown; UTC where the record says no zone."""
    return zone_called(str(profile.get("zone", ""))) or UTC


def write_zone(profile: Profile, out: Writer) -> None:
    timed = any(profile.get(key) for key in TIMES[1:])
    out.put("zone", profile.get("zone") or ("UTC" if timed else ""))


def write_opens(profile: Profile, out: Writer) -> None:
    _write_instant(profile, "opens_at", out)


def write_closes(profile: Profile, out: Writer) -> None:
    _write_instant(profile, "closes_at", out)


def _write_instant(profile: Profile, key: str, out: Writer) -> None:
    if at := profile.get(key):
        write_local(at, key, _zone_of(profile), out)
        out.put(f"{key}-rest", whole({"at": at}))


def write_deadlines(profile: Profile, out: Writer) -> None:
    write_rows(profile.get("deadlines"), "deadlines", _deadline_writer(_called(profile)), out)


def write_corrigenda(profile: Profile, out: Writer) -> None:
    write = _corrigendum_writer(_zone_of(profile))
    write_rows(profile.get("corrigenda"), "corrigenda", write, out)


def _called(profile: Profile) -> str:
    return str(profile.get("zone") or "UTC")


def _deadline_writer(common: str) -> WriteRow:
    def write(held: Item, out: Writer, row: str) -> None:
        own = held.get("zone", "")
        out.language_map(f"{row}-name", held.get("name", {}))
        out.put(f"{row}-zone", own if own != common else "")
        write_local(held.get("at"), row, zone_called(own or common) or UTC, out)

    return write


def _corrigendum_writer(zone: tzinfo) -> WriteRow:
    def write(held: Item, out: Writer, row: str) -> None:
        out.language_map(f"{row}-text", held.get("text", {}))
        changed = held.get("changed", [])
        out.put_many(f"{row}-changed", [one for one in changed if one in CHANGED])
        write_local(held.get("at"), row, zone, out)

    return write


def read_time(key: str) -> Callable[[Reader, date], Any]:
    """One of TIMES. All are read together: where one is refused none is saved, because the zone
    and the instants that it was meant for belong together."""
    return lambda reader, today: _read_times(reader, today).get(key)


def _read_times(reader: Reader, today: date) -> dict[str, Any]:
    name = reader.line("zone-other", 60) or reader.line("zone", 60)
    zone = zone_called(name)
    if name and zone is None:
        reader.problem(
            "zone-other" if reader.raw("zone-other") else "zone",
            N_("This is no IANA time zone. Write it like Asia/Phnom_Penh."),
        )
    made: dict[str, Any] = {"zone": zone.key if zone else None}
    for key in ("opens_at", "closes_at"):
        before = reader.rest(f"{key}-rest").get("at")
        made[key] = read_local(reader, key, zone, before, today)
    opens, closes = made["opens_at"], made["closes_at"]
    if opens and closes and opens >= closes:
        reader.problem("closes_at-day", N_("The call closes before it opens."))

    def deadline(reader: Reader, row: str, held: dict[str, Any]) -> dict[str, Any] | None:
        own = reader.line(f"{row}-zone", 60)
        there = zone_called(own) if own else zone
        if own and there is None:
            reader.problem(
                f"{row}-zone", N_("This is no IANA time zone. Write it like Asia/Phnom_Penh.")
            )
        at = read_local(reader, row, there, held.get("at"), today)
        named = _texts(reader, f"{row}-name")
        if at is None and not named:
            return None
        if at is None:
            reader.problem(f"{row}-day", N_("The day is missing."))
        if not named:
            reader.problem(f"{row}-name-0-text", N_("Say what must be in by then."))
        told = there.key if there else ""
        return {**_others(held, "name", "at", "zone"), "name": named, "at": at, "zone": told}

    rows = read_rows(reader, "deadlines", _deadline_writer(name or "UTC"), deadline)
    made["deadlines"] = _named(rows, "deadline")
    made["corrigenda"] = _read_corrigenda(reader, today)
    return made


def _read_corrigenda(reader: Reader, today: date) -> list[dict[str, Any]] | None:
    zone = zone_called(reader.line("zone-other", 60) or reader.line("zone", 60))

    def corrigendum(reader: Reader, row: str, held: dict[str, Any]) -> dict[str, Any] | None:
        text = _texts(reader, f"{row}-text", line=False)
        at = read_local(reader, row, zone, held.get("at"), today)
        ticked = [one for one in reader.many(f"{row}-changed") if one in CHANGED]
        if not text and at is None and not ticked:
            return None
        if at is None:
            reader.problem(f"{row}-day", N_("The day is missing."))
        if not text:
            reader.problem(f"{row}-text-0-text", N_("Say in words what was changed."))
        changed = [*ticked, *(one for one in held.get("changed", ()) if one not in CHANGED)]
        made = {**_others(held, "text", "at", "changed"), "text": text, "at": at}
        return {**made, "changed": changed} if changed else made

    rows = read_rows(reader, "corrigenda", _corrigendum_writer(zone or UTC), corrigendum)
    last = max((row.get("number", 0) for row in rows or ()), default=0)
    for row in rows or ():
        if "number" not in row:
            last += 1
            row["number"] = last
    return rows


# --- how it stands -------------------------------------------------------------------


def write_forecast(profile: Profile, out: Writer) -> None:
    out.put("forecast", "yes" if profile.get("forecast") is True else "")


def read_forecast(reader: Reader, today: date) -> bool | None:
    del today
    return True if reader.raw("forecast") else None


def write_line(key: str) -> Callable[[Profile, Writer], None]:
    return lambda profile, out: out.put(key, profile.get(key, ""))


def read_line(reader: Reader, key: str) -> str | None:
    return reader.line(key) or None


def read_address(reader: Reader, key: str) -> str | None:
    text = reader.line(key)
    if text and not text.startswith(_ADDRESS):
        reader.problem(key, N_("An address begins with https://."))
    return text or None


# --- who gives what ------------------------------------------------------------------


def write_funders(profile: Profile, out: Writer) -> None:
    write_rows(profile.get("funders"), "funders", _write_funder, out)


def _write_funder(held: Item, out: Writer, row: str) -> None:
    out.language_map(f"{row}-name", held.get("name", {}))
    out.put(f"{row}-country", held.get("country", ""))


def read_funders(reader: Reader, today: date) -> Any:
    del today
    return read_rows(reader, "funders", _write_funder, _read_funder)


def _read_funder(reader: Reader, row: str, held: dict[str, Any]) -> dict[str, Any] | None:
    named = _texts(reader, f"{row}-name")
    country = reader.line(f"{row}-country", 10).upper()
    if country and (len(country) != 3 or not is_place(country)):
        reader.problem(f"{row}-country", _NO_COUNTRY, code=country)
    if not named:
        if country:
            reader.problem(f"{row}-name-0-text", N_("The name is missing."))
        return None
    made = {**_others(held, "name", "country"), "name": named}
    return {**made, "country": country} if country else made


_NO_COUNTRY: Final = N_("%(code)s is no country. Write the three letters of ISO 3166-1, like KHM.")


def write_amounts(profile: Profile, out: Writer) -> None:
    write_rows(profile.get("amounts"), "amounts", _write_amount, out)


def _write_amount(held: Item, out: Writer, row: str) -> None:
    currency = held.get("currency", "")
    out.put(f"{row}-currency", currency)
    for name, key in (("least", "min_minor"), ("most", "max_minor")):
        out.put(f"{row}-{name}", _sum(held.get(key), currency))
    out.put(f"{row}-per", held.get("per", ""))
    out.language_map(f"{row}-note", held.get("note", {}))


def _sum(minor: object, currency: str) -> str:
    """A sum with all its decimals; "" for none, and for what is none in a currency in use."""
    try:
        return Money(minor, currency).amount if type(minor) is int else ""
    except Invalid:
        return ""


def read_amounts(reader: Reader, today: date) -> Any:
    del today
    return read_rows(reader, "amounts", _write_amount, _read_amount)


def _read_amount(reader: Reader, row: str, held: dict[str, Any]) -> dict[str, Any] | None:
    currency = reader.line(f"{row}-currency", 20).upper()
    note = _texts(reader, f"{row}-note")
    texts = {name: reader.line(f"{row}-{name}", 100) for name in ("least", "most")}
    if not currency and not note and not any(texts.values()):
        return None
    made: dict[str, Any] = {**_others(held, "currency", "min_minor", "max_minor", "per", "note")}
    made["currency"] = currency
    try:
        exponent(currency)
    except Invalid as error:
        reader.refused(f"{row}-currency", error)
        return None
    if not any(texts.values()):
        reader.problem(f"{row}-most", N_("The sum is missing."))
    for name, key in (("least", "min_minor"), ("most", "max_minor")):
        if texts[name]:
            made[key] = _minor(reader, f"{row}-{name}", texts[name], currency)
    if made.get("min_minor", 0) > made.get("max_minor", made.get("min_minor", 0)):
        reader.problem(f"{row}-most", N_("This is less than the least that is given."))
    if per := reader.choice(f"{row}-per", PER):
        made["per"] = per
    return {**made, "note": note} if note else made


def _minor(reader: Reader, name: str, text: str, currency: str) -> int:
    try:
        minor = Money.of(text, currency).minor
    except Invalid as error:
        reader.refused(name, error)
        return 0
    if minor < 0:
        reader.problem(name, N_("A sum that is given is not below zero."))
    return minor


# --- for what, and in which languages ------------------------------------------------


def write_themes(profile: Profile, out: Writer) -> None:
    write_rows(profile.get("themes"), "themes", _write_name, out)


def _write_name(held: Item, out: Writer, row: str) -> None:
    out.language_map(f"{row}-name", held.get("name", {}))


def read_themes(reader: Reader, today: date) -> Any:
    del today
    return _named(read_rows(reader, "themes", _write_name, _read_theme), "theme")


def _read_theme(reader: Reader, row: str, held: dict[str, Any]) -> dict[str, Any] | None:
    named = _texts(reader, f"{row}-name")
    return {**held, "name": named} if named else None


def write_documents(profile: Profile, out: Writer) -> None:
    write_rows(profile.get("documents"), "documents", _write_document, out)


def _write_document(held: Item, out: Writer, row: str) -> None:
    _write_name(held, out, row)
    out.put(f"{row}-url", held.get("url", ""))


def read_documents(reader: Reader, today: date) -> Any:
    del today
    return read_rows(reader, "documents", _write_document, _read_document)


def _read_document(reader: Reader, row: str, held: dict[str, Any]) -> dict[str, Any] | None:
    named, url = _texts(reader, f"{row}-name"), read_address(reader, f"{row}-url")
    if not named and not url:
        return None
    if not named:
        reader.problem(f"{row}-name-0-text", N_("The name is missing."))
    if not url:
        reader.problem(f"{row}-url", N_("An address begins with https://."))
    return {**_others(held, "name", "url"), "name": named, "url": url}


def write_languages(profile: Profile, out: Writer) -> None:
    out.put_many("languages", profile.get("languages", []))


def read_languages(reader: Reader, today: date) -> list[str] | None:
    del today
    found = []
    for tag in [*reader.many("languages"), *_words(reader.line("languages-other"))]:
        try:
            found.append(language_tag(tag))
        except Invalid as error:
            reader.refused("languages-other", error)
    return list(dict.fromkeys(found)) or None


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,;，、；]+", text) if word]


# --- who may apply -------------------------------------------------------------------


def write_eligibility(profile: Profile, out: Writer) -> None:
    """Three tests to tick, words to write; every other rule travels along unseen."""
    rules = profile.get("eligibility") or []
    others = [rule for rule in rules if not _is_words(rule)]
    for test, field in _TICKED.items():
        held = _shown_rule(others, test)
        if held is not None:
            values = held["values"]
            out.put_many(field, values)
    write_rows([rule for rule in rules if _is_words(rule)], "rules", _write_rule, out)
    if others:
        out.put("eligibility-rest", whole({"rules": others}))


def _is_words(rule: Item) -> bool:
    return rule.get("test") == "words" and bool(rule.get("text"))


def _shown_rule(rules: Iterable[Item], test: str) -> Item | None:
    """The first rule of a test that is about the applicant alone, and whole."""
    for rule in rules:
        own = rule.get("scope", "applicant") == "applicant"
        if rule.get("test") == test and own and isinstance(rule.get("values"), list):
            return rule
    return None


def _write_rule(held: Item, out: Writer, row: str) -> None:
    out.language_map(f"{row}-text", held.get("text", {}))


def read_eligibility(reader: Reader, today: date) -> list[dict[str, Any]] | None:
    del today
    carried = unpacked(reader.raw("eligibility-rest")).get("rules")
    listed = carried if isinstance(carried, list) else []
    rules = [rule for rule in listed if isinstance(rule, dict)]
    for test, field in _TICKED.items():
        held = _shown_rule(rules, test)
        before = held["values"] if held else []
        codes = list(_codes(reader, test, field, before))
        kept = [code for code in before if code in codes]
        values = kept + [code for code in codes if code not in kept]
        if held is None and values:
            rules.append({"id": "", "scope": "applicant", "test": test, "values": values})
        elif held is not None:
            at = rules.index(dict(held))
            rules[at : at + 1] = [{**held, "values": values}] if values else []
    rules += read_rows(reader, "rules", _write_rule, _read_rule) or []
    taken = [rule.get("id", "") for rule in rules]
    for rule in rules:
        if not rule.get("id"):
            rule["id"] = slug({}, _RULE_IDS.get(str(rule.get("test")), "words"), taken)
            taken.append(rule["id"])
    return rules or None


def _codes(reader: Reader, test: str, field: str, before: Iterable[str]) -> Iterator[str]:
    """What was ticked or typed; what a record had before may stay, whatever it is."""
    ticked = reader.many(field)
    if test != "country":
        known = {*(CAREER_STAGES if test == "career_stage" else ORGANISATION_TYPES), *before}
        yield from (code for code in ticked if code in known)
        return
    for code in dict.fromkeys([*ticked, *_words(reader.line("countries-other").upper())]):
        if is_place(code) or code in before:
            yield code
        else:
            reader.problem("countries-other", _NO_COUNTRY, code=code[:20])


def _read_rule(reader: Reader, row: str, held: dict[str, Any]) -> dict[str, Any] | None:
    text = _texts(reader, f"{row}-text", line=False)
    if not text:
        return None
    return {"id": "", "scope": "applicant", "test": "words", **held, "text": text}
