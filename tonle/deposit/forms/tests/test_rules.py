"""A document through the form and back: the same; and one field changed: only that."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonle.deposit.forms.rules import steps
from tonle.deposit.forms.rules.describe import classified
from tonle.kernel.errors import Invalid
from tonle.kernel.fields import (
    Reader,
    RowOperation,
    identified,
    row_operation,
    with_rows_changed,
    written,
)
from tonle.kernel.text import normalise, one_line

TODAY = date(2026, 11, 22)
DESCRIBE, PEOPLE, RIGHTS, LINKS = (
    steps.STEPS[name] for name in ("describe", "people", "rights", "links")
)

# --- documents ----------------------------------------------------------------------

_letters = st.text('abc ក ខ្ញុំ ลาว 水 é-.%"<&', min_size=1, max_size=20)
lines = _letters.map(one_line).filter(bool)
prose = st.text("abc ក ខ្ញុំ\n水", min_size=1, max_size=40).map(normalise).filter(bool)
tags = st.sampled_from(["en", "km", "lo", "th", "vi", "my", "zh-Hans", "und", "jra"])


def language_maps(texts: st.SearchStrategy[str] = lines) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(tags, texts, min_size=1, max_size=3)


unknown = st.dictionaries(st.sampled_from(["x_new", "x_other"]), lines, max_size=1)
others = st.sampled_from(
    [
        {"scheme": "isni", "value": "0000000121032683"},
        {"scheme": "wikidata", "value": "Q42"},
        {"scheme": "lattes", "value": "K 12/3"},
    ]
)
orcids = st.just({"scheme": "orcid", "value": "0000-0002-1825-0097"})
rors = st.just({"scheme": "ror", "value": "03yrm5c26"})
targets = st.sampled_from(
    [
        {"scheme": "doi", "value": "10.5555/12345678"},
        {"scheme": "doi", "value": "not a DOI at all"},
        {"scheme": "url", "value": "https://example.org/a"},
        {"scheme": "tonle", "value": "5qn2pxm0wp0f6zs"},
        {"scheme": "pmid", "value": "12082125"},
        {"scheme": "strange", "value": "a:b:c"},
    ]
)
affiliations = st.builds(
    lambda name, identifier, more: {
        **more,
        "name": name,
        **({"identifier": identifier} if identifier else {}),
    },
    lines,
    st.none() | rors | others,
    unknown,
)


@st.composite
def agents(draw: st.DrawFn, *, contributors: bool = False) -> dict[str, Any]:
    kind = draw(st.sampled_from(["Personal", "Organizational"]))
    own = draw(st.lists(orcids if kind == "Personal" else rors, max_size=1))
    held = own + draw(st.lists(others, max_size=2, unique_by=str))
    agent: dict[str, Any] = draw(unknown) | {"name_type": kind, "name": draw(lines)}
    if held:
        agent["identifiers"] = draw(st.permutations(held))
    if kind == "Personal" and draw(st.booleans()):
        agent |= {"given_name": draw(lines), "family_name": draw(lines)}
    if draw(st.booleans()):
        agent["names"] = draw(language_maps())
    if found := draw(st.lists(affiliations, max_size=2)):
        agent["affiliations"] = found
    if contributors:
        agent["type"] = draw(st.sampled_from(["DataCollector", "Editor"]))
    return agent


subjects = st.one_of(
    st.builds(lambda text, more: {**more, "text": text}, language_maps(), unknown),
    st.sampled_from([classified("ford", "1.1"), classified("sdg", "2"), classified("ford", "4")]),
    st.builds(
        lambda text, more, name: {**more, "text": text, "scheme": "AGROVOC", **name},
        language_maps(),
        unknown,
        st.sampled_from(
            [
                {
                    "value_uri": "http://aims.fao.org/aos/agrovoc/c_6599",
                    "scheme_uri": "http://x.org/",
                },
                {"classification_code": "6599"},
                {},
            ]
        ),
    ),
)
held_dates = st.builds(
    lambda kind, text, more: {**more, "type": kind, "date": text},
    st.sampled_from(["Collected", "Created", "Other"]),
    st.sampled_from(["2019", "2019-02", "2019-02-03/2020", "/2020", "2020/", "about 1900"]),
    unknown,
)
numbers = st.sampled_from(["0", "-1.5", "104.9", "12", "89"])
boxes = st.fixed_dictionaries(
    {
        "west": st.sampled_from(["102", "-170.25"]),
        "east": st.sampled_from(["103.5", "-171"]),
        "south": st.just("-12.5"),
        "north": numbers.filter(lambda n: -12 < float(n) <= 90),
    }
)
points = st.fixed_dictionaries(
    {"latitude": numbers.filter(lambda n: float(n) <= 90), "longitude": numbers}
)
places = st.builds(
    lambda place, box, point, more: {
        **more,
        **({"place": place} if place else {}),
        **({"box": box} if box else {}),
        **({"point": point} if point else {}),
    },
    st.none() | language_maps(),
    st.none() | boxes,
    st.none() | points,
    unknown,
).filter(bool)
rights = st.one_of(
    st.just({"identifier": "CC-BY-4.0", "uri": "https://creativecommons.org/licenses/by/4.0/"}),
    st.builds(lambda text: {"text": text, "uri": "ftp://old.example/terms"}, language_maps(prose)),
)
funding = st.builds(
    lambda name, identifier, title, more: {
        **more,
        "funder_name": name,
        **({"funder_identifier": identifier} if identifier else {}),
        **({"award_title": title} if title else {}),
    },
    lines,
    st.none() | rors | others,
    st.none() | language_maps(),
    unknown,
)
relations = st.builds(
    lambda kind, target, more: {**more, "type": kind, "target": target},
    st.sampled_from(["IsPartOf", "Cites"]),
    targets,
    unknown,
)

related_items = st.builds(
    lambda relation, titles, told, identifier, more: {
        **more,
        "type": "Book",
        "relation_type": relation,
        **({"titles": titles} if titles else {}),
        **told,
        **({"identifier": identifier} if identifier else {}),
    },
    st.sampled_from(["IsPublishedIn", "Cites"]),
    st.lists(
        st.builds(lambda text, kind: {"text": text, **kind}, language_maps(),
                  st.sampled_from([{}, {"type": "Subtitle"}])),
        max_size=2,
    ),
    st.sampled_from([
        {"publisher": "A press", "volume": "2", "issue": "3", "first_page": "1", "last_page": "9"},
        {"publication_year": 1999, "creators": [{"name_type": "Personal", "name": "A"}]},
        {"edition": "2nd"},
    ]),
    st.none() | targets,
    unknown,
)  # fmt: skip


def lists(of: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(of, min_size=1, max_size=3)


documents = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["dataset", "software"]),
        "titles": language_maps(),
        "access": st.sampled_from(
            [
                {"level": "open"},
                {"level": "embargoed", "embargo_until": "2020-01-01"},
                {"level": "restricted", "note": {"en": "Ask us"}, "x_new": "kept"},
            ]
        ),
        "x_unknown": st.just({"kept": True}),
    },
    optional={
        "descriptions": lists(
            st.builds(
                lambda kind, text, more: {**more, "type": kind, "text": text},
                st.sampled_from(["Abstract", "Methods"]),
                language_maps(prose),
                unknown,
            )
        ),
        "other_titles": st.lists(
            st.builds(
                lambda kind, text, more: {**more, "type": kind, "text": text},
                st.sampled_from(["AlternativeTitle", "Subtitle"]),
                language_maps(),
                unknown,
            ),
            min_size=1,
            max_size=2,
        ),
        "related_items": st.lists(related_items, min_size=1, max_size=1),
        "resource_type": st.just({"general": "Dataset", "text": "survey"}),
        "subjects": lists(subjects),
        "languages": st.just(["km", "en"]),
        "members": st.just(["KHM", "CHN-YN"]),
        "serves": st.sampled_from(
            [
                {"groups": ["women", "later"], "places": ["KHM", "KH-5"], "x_new": "kept"},
                {"transformations": ["digital"], "poverty_reduction": True},
                {"areas": [{"record": "5qn2pxm0wp0f6zs", "area": "water"}]},
            ]
        ),
        "dates": lists(held_dates),
        "geo_locations": lists(places),
        "creators": lists(agents()),
        "contributors": lists(agents(contributors=True)),
        "rights": lists(rights),
        "funding_references": lists(funding),
        "relations": lists(relations),
        "pids": lists(targets),
        "alternate_identifiers": lists(
            st.builds(lambda t, v: {"type": t, "value": v, "x": 1}, lines, lines)
        ),
        "publisher": st.just({"name": "A press", "language": "km"}),
        "publication_year": st.just(2019),
        "version_label": st.just("v2"),
        "profile": st.just(
            {
                "schema": "tonle-software/1",
                "runs_on": ["Linux", "Android"],
                "package": "PyPI: x",
                "packages": ["pkg:pypi/x@1.0", "pkg:conda/x?channel=conda-forge"],
                "reads": ["text/csv", "chemical/x-pdb"],
                "try_at": ["https://apps.example/x"],
            }
        ),
    },
)


def as_text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


# A field of each part that a person might change, and a value for it.
CHANGES = [
    (DESCRIBE, "titles", "titles-9-row titles-9-text titles-9-lang", "New name"),
    (DESCRIBE, "descriptions", "descriptions-9-row descriptions-9-text", "New text"),
    (DESCRIBE, "subjects", "subjects-9-row subjects-9-text", "new word"),
    (DESCRIBE, "geo_locations", "geo_locations-9-row geo_locations-9-place", "New place"),
    (PEOPLE, "creators", "creators-9-row creators-9-name", "Bopha"),
    (RIGHTS, "funding_references", "funding_references-9-row funding_references-9-name", "Fund"),
]


@given(documents)
@settings(deadline=None, max_examples=30)
def test_a_form_that_comes_back_as_it_went_changes_nothing(document: dict[str, Any]) -> None:
    for step in steps.STEPS.values():
        applied = steps.apply(step, document, steps.fields(step, document), TODAY)

        assert applied == steps.Applied(document)


@given(documents)
@settings(deadline=None, max_examples=30)
def test_reading_what_was_written_gives_every_part_back(document: dict[str, Any]) -> None:
    for step in (PEOPLE, LINKS, DESCRIBE, RIGHTS):
        values = steps.fields(step, document)
        for part in step.parts:
            if part.key == "profile" and document["kind"] != "software":
                continue  # No other kind has these fields; its profile is not shown.
            if part.key in {"access", "publication_year"}:
                continue  # A day that has passed since is refused when it is chosen anew.
            found = part.read(Reader(values), TODAY) or None
            held = document.get(part.key)
            if isinstance(held, list) and isinstance(found, list):
                # Words and ticks, chosen and other licences: each is kept, the order may not be.
                unique = {as_text(one): one for one in held}.values()
                assert sorted(found, key=as_text) == sorted(
                    unique if part.key in {"relations", "subjects"} else held, key=as_text
                )
            else:
                assert found == held


@given(documents, st.sampled_from(CHANGES))
@settings(deadline=None, max_examples=30)
def test_a_change_of_one_part_leaves_all_others(
    document: dict[str, Any], change: tuple[steps.Step, str, str, str]
) -> None:
    step, key, names, text = change
    values = steps.fields(step, document)
    for name in names.split():
        values[name] = ["lo" if name.endswith("lang") else "1" if name.endswith("row") else text]
    applied = steps.apply(step, document, values, TODAY)

    assert set(applied.changed) <= {key}
    assert {k: v for k, v in applied.document.items() if k != key} == {
        k: v for k, v in document.items() if k != key
    }
    if not applied.problems:
        assert text in str(applied.document[key])


# --- what people type ---------------------------------------------------------------


def read(step: steps.Step, **values: str | list[str]) -> steps.Applied:
    sent = {
        name.replace("__", "-"): texts if isinstance(texts, list) else [texts]
        for name, texts in values.items()
    }
    for name in list(sent):
        parts = name.split("-")
        for at in range(1, len(parts)):
            if parts[at].isdigit():
                sent["-".join([*parts[: at + 1], "row"])] = ["1"]
    base = {"kind": "dataset", "titles": {"en": "Rice"}, "access": {"level": "open"}}
    return steps.apply(step, base, steps.fields(step, base) | sent, TODAY)


@pytest.mark.parametrize(
    ("start", "end", "calendar", "date_"),
    [
        ("2567", "", "buddhist", "2024"),
        ("២០១៩", "", "", "2019"),
        ("๒๕๖๗-๐๕", "", "buddhist", "2024-05"),
        ("พ.ศ. 2567", "", "", "2024"),
        ("2019", "2021-03", "", "2019/2021-03"),
        ("", "2021", "", "/2021"),
        ("2019/2020", "", "", "2019/2020"),
    ],
)
def test_dates_are_read_in_both_calendars_and_in_all_digits(
    start: str, end: str, calendar: str, date_: str
) -> None:
    found = read(DESCRIBE, dates__0__start=start, dates__0__end=end, dates__0__calendar=calendar)

    assert found.problems == {}
    assert found.document["dates"] == [{"type": "Collected", "date": date_}]


@pytest.mark.parametrize(
    ("start", "words"),
    [("2567", "Buddhist Era"), ("07/05/2024", "cannot be read"), ("2024-02-31", "no day")],
)
def test_a_date_that_is_none_says_why(start: str, words: str) -> None:
    found = read(DESCRIBE, dates__0__start=start)

    assert words in found.problems["dates-0-start"]
    assert "dates" not in found.document


def test_a_problem_in_one_part_keeps_the_others_from_being_lost() -> None:
    found = read(DESCRIBE, dates__0__start="soon", titles__0__text="Rice of Takeo")

    assert found.changed == ("titles",)
    assert list(found.problems) == ["dates-0-start"]


def test_a_title_may_be_missing_for_now() -> None:
    found = read(DESCRIBE, titles__0__text="")

    assert found.problems == {}
    assert found.document["titles"] == {}


def test_words_with_commas_are_several_words() -> None:
    found = read(DESCRIBE, subjects__0__text="rice, yields; 水稻，产量", subjects__0__lang="en")

    assert [s["text"]["en"] for s in found.document["subjects"]] == [
        "rice",
        "yields",
        "水稻",
        "产量",
    ]


def test_whom_it_serves_is_ticked_and_what_the_form_does_not_show_stays() -> None:
    areas = [{"record": "5qn2pxm0wp0f6zs", "area": "water"}]
    document = {"kind": "dataset", "titles": {}, "serves": {"areas": areas, "places": ["KH-5"]}}
    sent = steps.fields(DESCRIBE, document) | {
        "serves-groups": ["women", "nobody"],
        "serves-places": ["LAO"],
        "serves-transformations": ["green", "poverty"],
    }

    made = steps.apply(DESCRIBE, document, sent, TODAY)

    assert made.document["serves"] == {
        "areas": areas,
        "groups": ["women"],
        "places": ["LAO", "KH-5"],
        "transformations": ["green"],
        "poverty_reduction": True,
    }


def test_what_is_ticked_from_a_vocabulary_stays_whole_and_what_is_none_is_left_out() -> None:
    rice = {"text": {"en": "rice", "th": "ข้าว"}, "scheme": "X", "value_uri": "http://x.org/1"}
    found = read(DESCRIBE, concepts=[json.dumps(rice), '{"text": "rice"}', "[1]", "no"])

    assert found.document["subjects"] == [rice]
    assert read(DESCRIBE, concepts=[]).document.get("subjects") is None


def test_a_work_without_a_name_of_its_own_is_described() -> None:
    found = read(
        LINKS,
        related_items__0__relation="Cites",
        related_items__0__title="Fish of the lake",
        related_items__0__lang="en",
        related_items__0__type="Book",
        related_items__0__year="១៩៧១",
        related_items__1__relation="Cites",
    )

    assert list(found.problems) == ["related_items-1-title"]
    found = read(LINKS, related_items__0__title="Fish", related_items__0__relation="Cites")
    assert found.document["related_items"] == [
        {"titles": [{"text": {"und": "Fish"}}], "type": "Text", "relation_type": "Cites"}
    ]


def test_a_tick_is_a_subject_with_its_scheme() -> None:
    found = read(DESCRIBE, ford=["4.1"], sdg=["2"])

    assert [s["scheme"] for s in found.document["subjects"]] == ["OECD FORD", "UN SDG"]
    assert found.document["subjects"][1]["value_uri"].endswith("/2")


@pytest.mark.parametrize(
    ("corners", "place"),
    [
        (("104.9", "11.5", "", ""), {"point": {"longitude": "104.9", "latitude": "11.5"}}),
        (
            ("១០៥", "12", "104,5", "11"),
            {"box": {"west": "104.5", "east": "105", "south": "11", "north": "12"}},
        ),
    ],
)
def test_places_are_points_or_boxes_from_any_two_corners(
    corners: tuple[str, ...], place: dict[str, Any]
) -> None:
    west, south, east, north = corners
    found = read(
        DESCRIBE,
        geo_locations__0__west=west,
        geo_locations__0__south=south,
        geo_locations__0__east=east,
        geo_locations__0__north=north,
    )

    assert found.document["geo_locations"] == [place]


def test_three_numbers_are_no_place() -> None:
    found = read(
        DESCRIBE,
        geo_locations__0__west="104",
        geo_locations__0__south="11",
        geo_locations__0__east="105",
    )

    assert list(found.problems) == ["geo_locations-0-north"]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "ម៉ៅ"}, {"name": "ម៉ៅ"}),
        (
            {"name": "Lê, Văn Anh"},
            {"name": "Lê, Văn Anh", "family_name": "Lê", "given_name": "Văn Anh"},
        ),
        (
            {"given": "Sokha", "family": "Chan", "order": "family_first"},
            {"name": "Chan Sokha", "family_name": "Chan", "given_name": "Sokha"},
        ),
        (
            {"given": "Sokha", "family": "Chan", "order": "given_first"},
            {"name": "Sokha Chan", "family_name": "Chan", "given_name": "Sokha"},
        ),
    ],
)
def test_a_name_is_one_line_or_its_parts(fields: dict[str, str], name: dict[str, str]) -> None:
    found = read(PEOPLE, **{f"creators__0__{key}": text for key, text in fields.items()})

    assert found.document["creators"] == [{"name_type": "Personal", **name}]


def test_an_orcid_with_a_wrong_digit_is_told_beside_its_field() -> None:
    found = read(PEOPLE, creators__0__name="Sokha", creators__0__pid="0000-0002-1825-0098")

    assert "ORCID" in found.problems["creators-0-pid"]


def test_another_name_of_an_affiliation_drops_the_identifier_of_the_first() -> None:
    document = {
        "kind": "dataset",
        "titles": {"en": "Rice"},
        "access": {"level": "open"},
        "creators": [
            {
                "name_type": "Personal",
                "name": "Sokha",
                "affiliations": [
                    {"name": "One", "identifier": {"scheme": "ror", "value": "03yrm5c26"}}
                ],
            }
        ],
    }
    values = steps.fields(PEOPLE, document)
    values["creators-0-affiliations-0-name"] = ["Two"]

    made = steps.apply(PEOPLE, document, values, TODAY).document
    assert made["creators"][0]["affiliations"] == [{"name": "Two"}]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"access__level": "embargoed"}, "access-embargo_until"),
        (
            {"access__level": "embargoed", "access__embargo_until": "2020-01-01"},
            "access-embargo_until",
        ),
        (
            {"access__level": "embargoed", "access__embargo_until": "2570-01-01"},
            "access-embargo_until",
        ),
        ({"access__level": "restricted"}, "access-note-0-text"),
        ({"licence__other": "my own"}, "licence-other"),
    ],
)
def test_rights_that_say_too_little_are_told(fields: dict[str, str], field: str) -> None:
    assert list(read(RIGHTS, **fields).problems) == [field]


@pytest.mark.parametrize(
    ("held", "fields", "saved"),
    [
        # What explains it is missing, or cannot be read: who gets the files is saved.
        ("open", {"level": "restricted"}, {"level": "restricted"}),
        ("open", {"level": "embargoed"}, {"level": "embargoed"}),
        ("open", {"level": "embargoed", "embargo_until": "soon"}, {"level": "embargoed"}),
        ("open", {"level": "embargoed", "embargo_until": "2020-01-01"}, {"level": "embargoed"}),
        (
            "open",
            {"level": "restricted", "note__0__text": "Ask us", "note__0__lang": "no language"},
            {"level": "restricted"},
        ),
        # A day that was to be another one does not open the files on the old one.
        ("2027-05-07", {"level": "embargoed", "embargo_until": "2030-13-01"},
         {"level": "embargoed"}),
        # Something looser, of which a part could not be read, does not take its place.
        ("restricted", {"level": "embargoed", "embargo_until": "soon"},
         {"level": "restricted", "note": {"en": "Ask us"}}),
        ("restricted", {"level": "everything"}, {"level": "restricted", "note": {"en": "Ask us"}}),
        # Something looser that is whole is what the depositor wants now.
        ("restricted", {"level": "open"}, {"level": "open"}),
    ],
)  # fmt: skip
def test_an_answer_stricter_than_what_is_saved_is_never_lost(
    held: str, fields: dict[str, str], saved: dict[str, Any]
) -> None:
    known: dict[str, dict[str, Any]] = {
        "open": {"level": "open"},
        "restricted": {"level": "restricted", "note": {"en": "Ask us"}},
    }
    before = known.get(held, {"level": "embargoed", "embargo_until": held})
    row = {"access-note-0-row": ["1"]} if any(name.startswith("note") for name in fields) else {}
    values = row | {f"access-{name.replace('__', '-')}": [text] for name, text in fields.items()}

    assert steps.apply(RIGHTS, {"access": before}, values, TODAY).document["access"] == saved


def test_a_step_is_not_done_while_its_answer_lacks_something() -> None:
    from tonle.deposit.forms.rules.done import done

    rights = [{"identifier": "CC-BY-4.0"}]
    for access in ({"level": "restricted"}, {"level": "embargoed"}):
        assert "rights" not in done({"rights": rights, "access": access}, 1)
    assert "rights" in done({"rights": rights, "access": {"level": "open"}}, 1)


@pytest.mark.parametrize(
    ("typed", "buddhist"),
    [
        ("31/12/2027", False),
        ("31/12/2570", True),
        ("31.12.2570", True),
        ("៣១/១២/២៥៧០", True),
        ("๓๑-๑๒-๒๕๗๐", True),
        ("2570-12-31", True),
        ("31/12/2570 พ.ศ.", False),
    ],
)
def test_an_embargo_may_be_written_as_people_write_a_day(typed: str, buddhist: bool) -> None:
    found = read(
        RIGHTS,
        access__level="embargoed",
        access__embargo_until=typed,
        **({"access__calendar": "buddhist"} if buddhist else {}),
    )

    assert found.problems == {}
    assert found.document["access"] == {"level": "embargoed", "embargo_until": "2027-12-31"}


def test_an_embargo_may_be_written_in_the_buddhist_era() -> None:
    found = read(
        RIGHTS,
        access__level="embargoed",
        access__embargo_until="2570-05-07",
        access__calendar="buddhist",
    )

    assert found.document["access"] == {"level": "embargoed", "embargo_until": "2027-05-07"}


def test_a_licence_is_read_as_people_write_it() -> None:
    found = read(RIGHTS, licence__other="CC BY 4.0")

    assert found.document["rights"][0]["identifier"] == "CC-BY-4.0"


def test_what_nobody_offered_is_refused() -> None:
    assert list(read(RIGHTS, access__level="everything").problems) == ["access-level"]


def test_the_same_relation_twice_is_one() -> None:
    found = read(
        LINKS,
        relations__0__type="IsPartOf",
        relations__0__target="https://doi.org/10.5555/12345678",
        relations__1__type="IsPartOf",
        relations__1__target="10.5555/12345678",
    )

    assert found.document["relations"] == [
        {"type": "IsPartOf", "target": {"scheme": "doi", "value": "10.5555/12345678"}}
    ]


@given(targets)
def test_an_identifier_as_one_text_can_be_told_again(target: dict[str, str]) -> None:
    try:
        assert identified(written(target)) == target
    except Invalid:
        assert target["scheme"] == "strange" or " " in target["value"]


# --- rows ---------------------------------------------------------------------------


def rows(*names: str) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for number, name in enumerate(names):
        made |= {f"creators-{number}-row": ["1"], f"creators-{number}-name": [name]}
        made |= {f"creators-{number}-names-0-text": [name * 2]}
    return made


@pytest.mark.parametrize(
    ("button", "names"),
    [
        ("remove:creators:1", ["A", "C"]),
        ("up:creators:2", ["A", "C", "B"]),
        ("up:creators:0", ["A", "B", "C"]),
        ("down:creators:0", ["B", "A", "C"]),
        ("remove:creators:9", ["A", "B", "C"]),
    ],
)
def test_rows_move_with_all_that_is_theirs(button: str, names: list[str]) -> None:
    operation = row_operation(button)
    assert operation is not None
    assert with_rows_changed(rows("A", "B", "C") | {"keep": ["1"]}, operation) == rows(*names) | {
        "keep": ["1"]
    }


def test_a_row_is_added_behind_the_last() -> None:
    added = with_rows_changed(rows("A"), RowOperation("add", "creators", None))
    assert set(added) - set(rows("A")) == {"creators-1-row"}


@pytest.mark.parametrize(
    "text", ["", "add:creators:1", "remove:creators", "save", "up:creators:-1"]
)
def test_other_buttons_are_no_rows(text: str) -> None:
    assert row_operation(text) is None


@given(
    st.dictionaries(
        st.from_regex(
            r"(titles|creators|dates|relations|geo_locations)(-[0-9]{1,5}(-[a-z_]{1,9}){0,2}){0,3}",
            fullmatch=True,
        ),
        st.lists(st.text(max_size=30), max_size=2),
        max_size=12,
    )
)
@settings(deadline=None)
def test_whatever_is_sent_is_read_or_told(values: dict[str, list[str]]) -> None:
    base = {"kind": "dataset", "titles": {"en": "Rice"}, "access": {"level": "open"}}
    for step in steps.STEPS.values():
        applied = steps.apply(step, base, values, TODAY)
        assert applied.document["access"]
