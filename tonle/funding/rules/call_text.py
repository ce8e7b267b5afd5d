"""The text of a joint call: checked, canonical, named by its digest.

One document, `tonle-call-text/1`, holds everything by which a case of the call is decided:
`schemas/tonle-call-text-1.json` says what. A draft needs its shape alone; what the parties
sign must be whole, and every contradiction in it is told at once. Everything here is pure.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jsonschema_rs

from tonle.funding.rules.eligibility import read_rules
from tonle.kernel import canonical, codes
from tonle.kernel.dates import parse_instant
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import LanguageMap, choose, normalise_all

SCHEMA = "tonle-call-text/1"
SCHEMA_PATH = Path(__file__).parent.parent / "schemas" / "tonle-call-text-1.json"
MAX_BYTES = 2 * 1024 * 1024
FIRST, LAST = date(2000, 1, 1), date(2200, 1, 1)
_MOST_PROBLEMS = 50

Document = Mapping[str, Any]
Problem = tuple[str, str]


@functools.cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a text."""
    loaded: dict[str, Any] = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    return loaded


def begun(
    call: str,
    node: str,
    zone: str,
    title: Mapping[str, str],
    parties: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    """A first draft: the choices that most calls make, and nothing yet of what is each its own."""
    return {
        "schema": SCHEMA,
        "call": call,
        "version": 1,
        "node": node,
        "title": dict(title),
        "texts": {},
        "parties": [dict(party) for party in parties],
        "themes": [],
        "eligibility": [],
        "criteria": [],
        "form": [],
        "budget_categories": [],
        "mode": "joint_panel",
        "blindness": "single",
        "stages": 1,
        "others_join": False,
        "zone": zone,
        "windows": {},
        "decision": "strict",
        "asks": [],
        "endorsement": "required",
        "reviewers_named": False,
    }


def shape_problems(document: Document) -> list[Problem]:
    """What makes this not even a draft: (JSON pointer, sentence) pairs."""
    if found := _faults(_draft_validator(), document):
        return found
    try:
        size = len(canonical.dumps(document))
    except Invalid as error:
        return list(error.problems)
    if size > MAX_BYTES:
        return [("", Sentence(N_("The text is too long: more than 2 MB.")))]
    return [*_of_zone(document), *_of_days(document)]


def problems(document: Document) -> list[Problem]:
    """What makes this no text that can be signed; at most 50, beyond that nobody reads on.

    In sentences first; what only the schema sees (an empty name) once they are answered.
    """
    if found := shape_problems(document):
        return found
    return list(_contradictions(document))[:_MOST_PROBLEMS] or _faults(_validator(), document)


def settled(document: Document) -> dict[str, Any]:
    """The document as it is kept: what people typed in one spelling of each character."""
    made: dict[str, Any] = normalise_all(dict(document))
    return made


def digest(document: Document) -> str:
    """The SHA-256 of the canonical form, which is what a party signs. Lower-case hexadecimal."""
    return hashlib.sha256(canonical.dumps(document)).hexdigest()


def instant(document: Document, name: str) -> datetime | None:
    """One of its instants, in UTC; None where the draft has none yet."""
    said = document.get(name)
    return None if said is None else parse_instant(said)


def party_names(document: Document) -> dict[str, LanguageMap]:
    """Each party's names by language, in the order of the text."""
    return {party["id"]: dict(party["name"]) for party in document["parties"]}


def plain(document: Document, language: str) -> str:
    """The articles of one language as plain text, for a file and for comparison."""
    lines = [choose(document["title"], language)[1]]
    for number, article in enumerate(document["texts"][language]["articles"], 1):
        heading = article.get("heading")
        lines += ["", f"{number}. {heading}" if heading else f"{number}.", article["text"]]
    return "\n".join(lines) + "\n"


def succession_problems(before: Document, after: Document, *, opened: bool) -> list[Problem]:
    """What a corrigendum may not change. opened: whether applicants write already.

    Who the parties are, and in which money each of them counts, were signed once for the whole
    call: proposals already name them.
    """
    found: list[Problem] = []
    if _identities(before) != _identities(after):
        found.append(
            (
                "/parties",
                Sentence(N_("A corrigendum keeps the parties, their countries and currencies.")),
            )
        )
    if opened and before.get("opens_at") != after.get("opens_at"):
        found.append(("/opens_at", Sentence(N_("The call is open already: its opening stays."))))
    if opened:
        for name, sentence in (
            ("mode", N_("The call is open: how proposals are selected stays.")),
            ("blindness", N_("The call is open: who knows whose name stays.")),
            ("stages", N_("The call is open: its number of stages stays.")),
        ):
            if before[name] != after[name]:
                found.append((f"/{name}", Sentence(sentence)))
    return found


def _identities(document: Document) -> list[tuple[str, ...]]:
    return sorted(
        (party["id"], party.get("organisation", ""), party["country"], party["currency"])
        for party in document["parties"]
    )


# --- shape -------------------------------------------------------------------------------


def _loosened(part: Any) -> Any:
    """A schema without lower bounds on how much there is."""
    if isinstance(part, list):
        return [_loosened(one) for one in part]
    if not isinstance(part, dict):
        return part
    missing = {"minItems", "minLength", "minProperties"}
    return {name: _loosened(one) for name, one in part.items() if name not in missing}


@functools.cache
def _draft_validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_loosened(schema()), validate_formats=True)


@functools.cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema(), validate_formats=True)


_TOO_LITTLE = frozenset({"minItems", "minLength", "minProperties"})


def _faults(validator: jsonschema_rs.Draft202012Validator, document: Document) -> list[Problem]:
    errors = zip(validator.iter_errors(document), range(_MOST_PROBLEMS), strict=False)
    return [(_pointer(error.instance_path), _said(error)) for error, _ in errors]


def _said(error: jsonschema_rs.ValidationError) -> str:
    """What the schema finds wrong; what is only missing yet, in words for who writes it."""
    if error.schema_path and error.schema_path[-1] in _TOO_LITTLE:
        return Sentence(N_("Something in it is still empty."))
    return error.message[:240]


def _pointer(path: list[str | int]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


# --- what contradicts itself -------------------------------------------------------------


def _contradictions(document: Document) -> Iterator[Problem]:
    yield from _of_parties(document)
    yield from _of_themes(document)
    yield from _of_eligibility(document)
    yield from _of_criteria(document)
    yield from _of_form(document)
    yield from _of_budget(document)
    yield from _of_mode(document)
    yield from _of_instants(document)
    yield from _of_languages(document)


def _of_parties(document: Document) -> Iterator[Problem]:
    parties = document["parties"]
    if len(parties) < 2:
        yield "/parties", Sentence(N_("A joint call has two parties or more."))
    yield from _doubled("/parties", [party["id"] for party in parties])
    acting = [party["organisation"] for party in parties if party.get("organisation")]
    yield from _doubled("/parties", acting)
    for at, party in enumerate(parties):
        where, who = f"/parties/{at}", _called(party)
        if party["currency"] not in codes.codes("currencies"):
            yield (
                f"{where}/currency",
                Sentence(
                    N_("%(party)s: “%(code)s” is no currency in use."),
                    party=who,
                    code=party["currency"],
                ),
            )
        if not party["envelope_minor"]:
            yield (
                f"{where}/envelope_minor",
                Sentence(N_("%(party)s has no envelope. Say what it gives."), party=who),
            )
        elif party.get("cap_minor", 0) > party["envelope_minor"]:
            yield (
                f"{where}/cap_minor",
                Sentence(
                    N_("%(party)s would give more to one project than it has in all."), party=who
                ),
            )
        if party.get("cap_minor") == 0:
            yield (
                f"{where}/cap_minor",
                Sentence(N_("%(party)s would give nothing to any project."), party=who),
            )


def _of_themes(document: Document) -> Iterator[Problem]:
    themes = document["themes"]
    envelopes = {party["id"]: party["envelope_minor"] for party in document["parties"]}
    names = {party["id"]: _called(party) for party in document["parties"]}
    if not themes:
        yield "/themes", Sentence(N_("Name one theme at least."))
    yield from _doubled("/themes", [theme["id"] for theme in themes])
    kept = dict.fromkeys(envelopes, 0)
    for at, theme in enumerate(themes):
        caps = {one["party"]: one["amount_minor"] for one in theme.get("caps", ())}
        for sort in ("caps", "earmarks"):
            where = f"/themes/{at}/{sort}"
            yield from _doubled(where, [one["party"] for one in theme.get(sort, ())])
            for one in theme.get(sort, ()):
                party, amount = one["party"], one["amount_minor"]
                said = {"theme": _called(theme), "party": names.get(party, party)}
                if party not in envelopes:
                    yield where, Sentence(N_("%(theme)s: %(party)s is no party."), **said)
                elif amount > envelopes[party]:
                    yield (
                        where,
                        Sentence(
                            N_("%(theme)s: the sum of %(party)s is more than its envelope."), **said
                        ),
                    )
                elif sort == "earmarks" and amount > caps.get(party, amount):
                    yield (
                        where,
                        Sentence(
                            N_("%(theme)s: %(party)s keeps more for it than it may have."), **said
                        ),
                    )
        for one in theme.get("earmarks", ()):
            kept[one["party"]] = kept.get(one["party"], 0) + one["amount_minor"]
    for party, envelope in envelopes.items():
        if kept[party] > envelope:
            yield (
                "/themes",
                Sentence(
                    N_("%(party)s keeps more for the themes together than its envelope."),
                    party=names[party],
                ),
            )


def _of_eligibility(document: Document) -> Iterator[Problem]:
    rules = document["eligibility"]
    yield from _doubled("/eligibility", [rule["id"] for rule in rules])
    parties = {party["id"] for party in document["parties"]}
    countries = {party["country"] for party in document["parties"]}
    asked = {one["what"] for one in document["asks"]}
    for at, (rule, read) in enumerate(zip(rules, read_rules(rules), strict=True)):
        where, name = f"/eligibility/{at}", rule["id"]
        if rule.get("party", "") not in {"", *parties}:
            yield f"{where}/party", Sentence(N_("Rule “%(name)s” names no party."), name=name)
        if rule["test"] == "words" and not rule.get("text"):
            yield f"{where}/text", Sentence(N_("Rule “%(name)s” says nothing."), name=name)
        elif rule.get("party") and not rule.get("text"):
            yield (
                f"{where}/text",
                Sentence(N_("Rule “%(name)s” is of one side: say it in words as well."), name=name),
            )
        elif rule["test"] != read.test:
            yield where, Sentence(N_("Rule “%(name)s” is not whole: fill it in."), name=name)
        if rule["test"] == "age_at_most":
            for need in ("age", *(("sex",) if rule.get("by_sex") else ())):
                if need not in asked:
                    yield (
                        "/asks",
                        Sentence(
                            N_("Rule “%(name)s” needs what is not asked. Say why it is asked."),
                            name=name,
                        ),
                    )
        if (
            rule["test"] == "countries_at_least"
            and rule.get("number", 0) > len(countries)
            and not document["others_join"]
        ):
            yield (
                f"{where}/number",
                Sentence(
                    N_("Rule “%(name)s” asks for more countries than may take part. Let partners "
                       "of other countries join, or ask for fewer."),
                    name=name,
                ),
            )  # fmt: skip
    yield from _doubled("/asks", [one["what"] for one in document["asks"]])


def _of_criteria(document: Document) -> Iterator[Problem]:
    criteria = document["criteria"]
    if not criteria:
        yield "/criteria", Sentence(N_("Say by which criteria proposals are judged."))
        return
    yield from _doubled("/criteria", [one["id"] for one in criteria])
    weight = sum(one["weight"] for one in criteria)
    if weight != 100:
        yield (
            "/criteria",
            Sentence(
                N_("The weights of the criteria make %(sum)s, and should make 100."), sum=weight
            ),
        )
    for at, one in enumerate(criteria):
        said = {"name": _called(one)}
        if one["lowest"] >= one["highest"]:
            yield (
                f"/criteria/{at}/highest",
                Sentence(N_("%(name)s: the scale ends where it begins."), **said),
            )
        elif not one["lowest"] <= one.get("threshold", one["lowest"]) <= one["highest"]:
            yield (
                f"/criteria/{at}/threshold",
                Sentence(N_("%(name)s: the threshold is not on the scale."), **said),
            )


def _of_form(document: Document) -> Iterator[Problem]:
    sections = document["form"]
    if not sections:
        yield "/form", Sentence(N_("The form has no question."))
    yield from _doubled("/form", [section["id"] for section in sections])
    questions = [one for section in sections for one in section["questions"]]
    yield from _doubled("/form", [one["id"] for one in questions])
    for at, section in enumerate(sections):
        if not section["questions"]:
            yield (
                f"/form/{at}/questions",
                Sentence(
                    N_("%(name)s: this part of the form asks nothing."), name=_called(section)
                ),
            )
    for one in questions:
        if one["answer"] == "file":
            # Signed, it could be answered by nobody.
            yield (
                "/form",
                Sentence(
                    N_("%(question)s: proposals take no files here yet. Ask for words."),
                    question=choose(one["label"], "en")[1] or one["id"],
                ),
            )
        choices = [choice["id"] for choice in one.get("choices", ())]
        yield from _doubled("/form", choices)
        if (one["answer"] == "choice") != (len(choices) > 1):
            yield (
                "/form",
                Sentence(
                    N_("%(question)s: two answers or more to choose from, or none."),
                    question=choose(one["label"], "en")[1] or one["id"],
                ),
            )


def _of_budget(document: Document) -> Iterator[Problem]:
    categories = document["budget_categories"]
    parties = {party["id"] for party in document["parties"]}
    if not categories:
        yield "/budget_categories", Sentence(N_("Say what money may be spent on."))
    yield from _doubled("/budget_categories", [one["id"] for one in categories])
    for at, one in enumerate(categories):
        if set(one.get("parties", ())) - parties:
            yield (
                f"/budget_categories/{at}/parties",
                Sentence(N_("%(name)s: who pays for it is no party."), name=_called(one)),
            )


def _of_mode(document: Document) -> Iterator[Problem]:
    lead = document.get("lead_agency", "")
    if document["mode"] == "lead_agency":
        if lead not in {party["id"] for party in document["parties"]}:
            yield "/lead_agency", Sentence(N_("The lead agency is one of the parties. Name it."))
    elif lead:
        yield "/lead_agency", Sentence(N_("Only where one party leads, a lead agency is named."))


def _of_instants(document: Document) -> Iterator[Problem]:
    opens, closes = instant(document, "opens_at"), instant(document, "closes_at")
    if opens is None:
        yield "/opens_at", Sentence(N_("Say when the call opens."))
    if closes is None:
        yield "/closes_at", Sentence(N_("Say when the call closes."))
    if opens and closes and closes <= opens:
        yield "/closes_at", Sentence(N_("It would close before it opens."))
    first = instant(document, "pre_proposals_at")
    if document["stages"] == 1:
        if first is not None:
            yield "/pre_proposals_at", Sentence(N_("In one stage there are no pre-proposals."))
    elif first is None:
        yield "/pre_proposals_at", Sentence(N_("Say until when pre-proposals come."))
    elif opens and closes and not opens < first < closes:
        yield (
            "/pre_proposals_at",
            Sentence(N_("Pre-proposals come after the opening and before the end.")),
        )


def _of_languages(document: Document) -> Iterator[Problem]:
    texts = document["texts"]
    if not texts:
        yield "/texts", Sentence(N_("Write the articles of the call, in one language at least."))
        return
    if not any(text["authentic"] for text in texts.values()):
        yield "/texts", Sentence(N_("One text must be authentic; all cannot be translations."))
    lengths = {language: len(text["articles"]) for language, text in texts.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{language} {length}" for language, length in sorted(lengths.items()))
        yield (
            "/texts",
            Sentence(N_("The languages differ in their number of articles: %(told)s."), told=told),
        )
    for where, words in _said_in_languages(document):
        if missing := sorted(set(texts) - set(words)):
            yield (
                where,
                Sentence(
                    N_("“%(words)s” is missing in: %(languages)s."),
                    words=choose(words, "en")[1] or where,
                    languages=", ".join(missing),
                ),
            )


def _said_in_languages(document: Document) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Everything that applicants read, which must be there in each language of the text."""
    yield "/title", document["title"]
    if document["version"] > 1:
        yield "/corrects", document.get("corrects", {})
    for sort, fields in (
        ("parties", ("name", "regulations", "holds")),
        ("themes", ("name",)),
        ("eligibility", ("text",)),
        ("criteria", ("name", "text")),
        ("budget_categories", ("name",)),
        ("asks", ("why",)),
    ):
        yield from _fields_of(f"/{sort}", document[sort], fields)
    for at, section in enumerate(document["form"]):
        yield f"/form/{at}/name", section["name"]
        where = f"/form/{at}/questions"
        yield from _fields_of(where, section["questions"], ("label", "hint"))
        for number, question in enumerate(section["questions"]):
            yield from _fields_of(
                f"{where}/{number}/choices", question.get("choices", ()), ("name",)
            )


def _fields_of(
    where: str, items: Sequence[Mapping[str, Any]], fields: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    for at, item in enumerate(items):
        for field in fields:
            if field in item:
                yield f"{where}/{at}/{field}", item[field]


def _of_zone(document: Document) -> Iterator[Problem]:
    try:
        ZoneInfo(document["zone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield (
            "/zone",
            Sentence(
                N_("“%(zone)s” is no time zone. Write “Asia/Phnom_Penh”."), zone=document["zone"]
            ),
        )


def _of_days(document: Document) -> Iterator[Problem]:
    for name in ("opens_at", "pre_proposals_at", "closes_at"):
        if name in document:
            try:
                at = instant(document, name)
            except Invalid as error:
                yield f"/{name}", error.problems[0][1]
                continue
            if at is not None and not FIRST <= at.date() <= LAST:
                yield f"/{name}", Sentence(N_("A day lies between 2000 and 2200."))


def _doubled(where: str, names: Sequence[str]) -> Iterator[Problem]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield where, Sentence(N_("“%(name)s” stands there twice."), name=name)


def _called(thing: Mapping[str, Any]) -> str:
    return choose(thing["name"], "en")[1] or str(thing["id"])
