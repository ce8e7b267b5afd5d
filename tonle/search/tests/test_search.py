"""Searching, as readers and programs do it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from tonle.api.public import BadCursor
from tonle.search.analysis import analyse
from tonle.search.documents import Document
from tonle.search.errors import BadFilter, TooManyFilters, UnknownSorting
from tonle.search.facets import MOST_VALUES, Filters
from tonle.search.selectors import Page
from tonle.search.tests.conftest import Find
from tonle.search.tests.memory import NOW, WORDS, MemorySource, document


def keys(page: Page) -> list[str]:
    return [found.key for found in page.hits]


def walk(find: Find, query: str = "", **asked: object) -> list[Page]:
    pages = [find(query, **asked)]
    while pages[-1].next:
        pages.append(find(query, cursor=pages[-1].next, **asked))
    return pages


@pytest.mark.parametrize("tongue", sorted(WORDS))
def test_a_document_is_found_by_any_of_its_own_words(
    find: Find, source: MemorySource, tongue: str
) -> None:
    numbers = range(list(WORDS).index(tongue), 140, 7)
    source.put(*(document(number) for number in numbers))
    for number in numbers:
        text = document(number).titles[tongue]
        for word in WORDS[tongue]:
            # Health (ကျန်းမာရေး) is not about water (ရေ), nor a river (แม่น้ำ).
            if word in analyse(text).words:
                assert f"k{number:05d}" in keys(find(word, limit=100)), word


@pytest.mark.parametrize(
    "word", ["rice", "ទឹក", "ข้าว", "ນ້ຳ", "nước", "水", "ရေ", "nuoc", "RICE", "ｒｉｃｅ"]
)
def test_the_first_words_people_try_find_something(
    find: Find, source: MemorySource, word: str
) -> None:
    source.put(*(document(number) for number in range(210)))
    page = find(word)
    assert page.total > 0
    assert page.interpretation.mode in ("all", "any")


def test_a_single_letter_cluster_is_found_inside_a_longer_word(
    find: Find, source: MemorySource
) -> None:
    source.put(replace(document(0), titles={"my": "သောက်ရေ"}, texts=[]))
    assert keys(find("ရေ")) == ["k00000"]


def test_nothing_is_found_for_a_word_nobody_wrote(find: Find, source: MemorySource) -> None:
    source.put(*(document(number) for number in range(30)))
    page = find("xyzzyplugh")
    assert (page.total, page.hits, page.next, page.previous) == (0, (), None, None)


@pytest.mark.parametrize("typed", ["???", "。。", "-", '"', "\u200b"])
def test_a_question_without_letters_finds_nothing_and_says_so(
    find: Find, source: MemorySource, typed: str
) -> None:
    source.put(document(1))
    page = find(typed)
    assert page.total == 0 or not typed.strip("\u200b")
    assert page.interpretation.mode in ("nothing", "everything")


def test_all_words_come_before_some_words(find: Find, source: MemorySource) -> None:
    source.put(
        replace(document(1), key="both", titles={"en": "Forest of fish"}, texts=[]),
        replace(document(1), key="one", titles={"en": "Fish fish fish"}, texts=[]),
        replace(document(1), key="none", titles={"en": "Rice"}, texts=[]),
    )
    page = find("fish forest")
    assert keys(page) == ["both", "one"]
    assert page.interpretation.mode == "any"
    assert page.interpretation.with_all == 1


def test_an_identifier_finds_its_record_however_it_is_written(
    find: Find, source: MemorySource
) -> None:
    source.put(*(document(number) for number in range(40)))
    for typed in ("10.5555/k00007", "https://doi.org/10.5555/K00007", "doi:10.5555/k00007"):
        assert keys(find(typed))[0] == "k00007"


def test_names_are_found(find: Find, source: MemorySource) -> None:
    source.put(replace(document(1), names=["ដារា សុខ", "Nguyễn Văn An"]), document(2))
    assert keys(find("nguyen")) == ["k00001"]
    assert keys(find("ដារា")) == ["k00001"]


def test_an_overlong_question_is_cut_and_says_so(find: Find, source: MemorySource) -> None:
    source.put(document(0))
    page = find("water " * 5_000)
    assert page.interpretation.cut
    assert page.total == 1
    assert find("ក" * 100_000).interpretation.cut


# --- browsing and sorting ---------------------------------------------------------------


def test_no_question_browses_the_newest_first(find: Find, source: MemorySource) -> None:
    source.put(*(document(number) for number in range(60)))
    page = find(limit=60)
    times = [found.hit.updated_at for found in page.hits]
    assert page.total == 60
    assert times == sorted(times, reverse=True)
    assert page.sort == "newest"


@pytest.mark.parametrize("sort", ["newest", "title", "relevance"])
@pytest.mark.parametrize("query", ["", "survey", "water"])
def test_pages_hold_everything_once_and_lead_back(
    find: Find, source: MemorySource, sort: str, query: str
) -> None:
    source.put(*(document(number) for number in range(83)))
    asked = {"sort": sort, "limit": 10}
    pages = walk(find, query, **asked)
    seen = [key for page in pages for key in keys(page)]
    assert len(seen) == len(set(seen)) == pages[0].total
    assert pages[0].previous is None
    back = pages[-1]
    for page in reversed(pages[:-1]):
        assert back.previous
        back = find(query, cursor=back.previous, **asked)
        assert keys(back) == keys(page)
    assert back.previous is None


@pytest.mark.parametrize("sort", ["newest", "title"])
def test_a_cursor_stays_right_while_documents_come_and_go(
    find: Find, source: MemorySource, sort: str
) -> None:
    source.put(*(document(number) for number in range(50)))
    before = [found.key for page in walk(find, sort=sort, limit=50) for found in page.hits]
    first = find(sort=sort, limit=10)
    source.withdraw(keys(first)[-1])  # The very place that the cursor names.
    source.withdraw(keys(first)[3])
    source.put(*(document(number) for number in range(50, 90)))
    rest: list[str] = []
    cursor = first.next
    while cursor:
        page = find(sort=sort, limit=10, cursor=cursor)
        rest += keys(page)
        cursor = page.next
    assert len(rest) == len(set(rest))
    assert [key for key in rest if key in before] == before[10:]


def test_many_records_of_one_moment_are_all_shown(find: Find, source: MemorySource) -> None:
    source.put(*(replace(document(number), updated_at=NOW) for number in range(200)))
    seen = [key for page in walk(find, limit=7) for key in keys(page)]
    assert sorted(seen) == [f"k{number:05d}" for number in range(200)]


def test_many_titles_with_one_beginning_are_all_shown(find: Find, source: MemorySource) -> None:
    source.put(
        *(
            replace(document(number), titles={"en": "Annual survey of rice and fish"})
            for number in range(150)
        )
    )
    seen = [key for page in walk(find, sort="title", limit=7) for key in keys(page)]
    assert sorted(seen) == [f"k{number:05d}" for number in range(150)]


def test_titles_are_sorted_as_the_readers_language_does(find: Find, source: MemorySource) -> None:
    for key, title in (("1", "ខ្មែរ"), ("2", "ក"), ("3", "ង")):
        source.put(replace(document(0), key=key, titles={"km": title, "en": key * 3}))
    source.put(replace(document(0), key="4", titles={"en": "Äpfel"}))
    source.put(replace(document(0), key="5", titles={"en": "apes"}))
    source.put(replace(document(0), key="6", titles={"en": "Zebra"}))
    assert keys(find(sort="title", language="km")) == ["2", "1", "3", "5", "4", "6"]
    assert keys(find(sort="title"))[-3:] == ["5", "4", "6"]


def test_an_unknown_sorting_is_refused_with_those_there_are(
    find: Find, source: MemorySource
) -> None:
    source.put(document(0))
    with pytest.raises(UnknownSorting, match="newest"):
        find(sort="price")


@pytest.mark.parametrize("cursor", ["nonsense", "e30", "A" * 3000])
def test_a_foreign_cursor_is_refused(find: Find, source: MemorySource, cursor: str) -> None:
    source.put(document(0))
    with pytest.raises(BadCursor):
        find(cursor=cursor)


def test_a_cursor_of_another_question_is_refused(find: Find, source: MemorySource) -> None:
    source.put(*(document(number) for number in range(30)))
    cursor = find("survey", limit=5).next
    with pytest.raises(BadCursor):
        find("river", limit=5, cursor=cursor)


# --- filters and facets -----------------------------------------------------------------


def test_facets_count_the_whole_result_without_their_own_filter(
    find: Find, source: MemorySource
) -> None:
    things = [document(number) for number in range(120)]
    source.put(*things)
    page = find(kind=["dataset", "software"], lang=["km", "th"], limit=3)
    counted = {facet.name: {v.code: v.count for v in facet.values} for facet in page.facets}
    tongue = {thing.key: thing.facets["lang"][0] for thing in things}
    kinds = Counter(thing.kind for thing in things if tongue[thing.key] in ("km", "th"))
    langs = Counter(tongue[thing.key] for thing in things if thing.kind in ("dataset", "software"))
    both = [
        thing
        for thing in things
        if thing.kind in ("dataset", "software") and tongue[thing.key] in ("km", "th")
    ]
    assert counted["kind"] == kinds
    assert counted["lang"] == langs
    assert counted["year"] == Counter(str(thing.year) for thing in both)
    assert counted["member"] == Counter(thing.facets["member"][0] for thing in both)
    assert page.total == len(both)


def test_a_chosen_value_without_results_is_still_shown(find: Find, source: MemorySource) -> None:
    source.put(document(0))
    page = find(lang=["zh"])
    facet = next(facet for facet in page.facets if facet.name == "lang")
    assert [(v.code, v.count, v.selected) for v in facet.selected] == [("zh", 0, True)]
    assert page.total == 0


@pytest.mark.parametrize(
    ("year", "years"),
    [
        ("2004", {2004}),
        ("2004-2006", {2004, 2005, 2006}),
        ("2018-", {2018, 2019}),
        ("-2001", {2000, 2001}),
    ],
)
def test_years_are_a_range(find: Find, source: MemorySource, year: str, years: set[int]) -> None:
    source.put(*(document(number) for number in range(40)))
    page = find(year=[year], limit=50)
    assert {source.things[key].year for key in keys(page)} == years


@pytest.mark.parametrize(
    "asked",
    [
        {"year": ["soon"]},
        {"year_from": ["-1x"]},
        {"kind": ["x" * 500]},
        {"covers": ["then"]},
        {"covers_to": ["1990..2000"]},
        {"year_from": ["-500"]},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(asked: dict[str, list[str]]) -> None:
    with pytest.raises(BadFilter):
        Filters.read(asked)


def test_a_question_has_so_many_filters_and_no_more() -> None:
    """Each stands on the page with all the others: it would grow with their square."""
    many = [f"{number:02d}" for number in range(MOST_VALUES)]
    half = MOST_VALUES // 2
    assert Filters.read({"kind": [*many, *many]}).pairs() == [("kind", code) for code in many]
    assert Filters.read({"kind": many[:half], "lang": many[half:]})
    for asked in (
        {"kind": [*many, "more"]},
        {"kind": many, "lang": ["km"]},
        {"publisher": ["រ" * 150], "funder": ["រ" * 150], "subject": ["រ" * 150]},
    ):
        with pytest.raises(TooManyFilters):
            Filters.read(asked)


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ({"covers": ["1990..2005"]}, (1990, 2005)),
        ({"covers": ["-500..100"]}, (-500, 100)),
        ({"covers_from": ["๒๕๓๓"], "covers_to": [""]}, (1990, None)),
        ({"covers_from": ["2005"], "covers_to": ["1990"]}, (1990, 2005)),
        ({}, None),
    ],
)
def test_years_of_data_are_read_from_a_form_in_any_digits_and_era(
    asked: dict[str, list[str]], span: tuple[int | None, int | None] | None
) -> None:
    assert Filters.read(asked).covers == span


@pytest.mark.parametrize("covers", ["1990..2005", "-500..-400", "..2005", "1990.."])
def test_filters_come_back_from_their_own_address(covers: str) -> None:
    given = {"kind": ["a", "b"], "year": ["2001-2004"], "open": ["1"], "x": ["y"]}
    filters = Filters.read({**given, "covers": [covers], "period": ["1990..1999"]})
    parameters: dict[str, list[str]] = {}
    for name, value in filters.pairs():
        parameters.setdefault(name, []).append(value)
    assert Filters.read(parameters) == filters
    assert filters.with_value("lang", "km").without("lang", "km").pairs() == filters.pairs()


def test_open_now_leaves_out_what_has_closed(find: Find, source: MemorySource) -> None:
    for days in (-1, 0, 1):
        source.put(
            replace(document(1), key=str(days), closes_at=NOW + timedelta(days=days)),
        )
    source.put(replace(document(1), key="never", closes_at=None))
    assert keys(find(open=["1"])) == ["1"]


# --- hits are read again ----------------------------------------------------------------


def test_what_was_hidden_a_moment_ago_is_not_shown(find: Find, source: MemorySource) -> None:
    source.put(*(document(number) for number in range(40)))
    page = find("survey", limit=10)
    source.hidden = set(keys(page)[:4])  # The index does not know yet.
    again = find("survey", limit=10)
    assert len(again.hits) == 10
    assert not source.hidden & set(keys(again))
    assert again.total == page.total - 4
    seen = [key for p in walk(find, "survey", limit=10) for key in keys(p)]
    assert sorted(seen) == sorted(set(source.things) - source.hidden)


def test_the_title_shown_is_the_one_of_now(find: Find, source: MemorySource) -> None:
    source.put(document(0))
    find("survey")
    source.things["k00000"] = replace(document(0), titles={"en": "New name"})
    assert find("survey").hits[0].title.text == "New name"


def test_a_match_in_another_language_is_shown_beside_the_title(
    find: Find, source: MemorySource
) -> None:
    source.put(replace(document(0), titles={"en": "Water", "km": "ទឹក"}, texts=[{"lo": "ນ້ຳ"}]))
    found = find("ទឹក").hits[0]
    assert found.title.text == "Water"
    assert found.also
    assert found.also[0] == "km"
    assert find("ນ້ຳ").hits[0].snippet_language == "lo"


def test_a_page_can_be_sent_as_json(find: Find, source: MemorySource) -> None:
    source.put(*(document(number) for number in range(30)))
    sent = json.loads(json.dumps(find("survey").as_dict()))
    assert sent["total"] == 30
    assert sent["items"][0]["html_url"].startswith("/records/")


def test_before_the_first_index_the_page_says_so(source: MemorySource) -> None:
    from tonle.search.selectors import search

    page = search("rice", language="en", now=NOW)
    assert not page.ready
    assert page.total == 0


def test_oldest_is_newest_turned_round(find: Find, source: MemorySource) -> None:
    source.put(*(document(number) for number in range(70)))

    forward = [key for page in walk(find, sort="newest", limit=20) for key in keys(page)]
    backward = [key for page in walk(find, sort="oldest", limit=20) for key in keys(page)]

    assert len(forward) == 70
    assert backward == forward[::-1]


@pytest.mark.parametrize("asked", ["Nguyen Van An", "Nguyễn Văn An", "An Nguyen", "van an nguyễn"])
@pytest.mark.parametrize("written", ["Nguyễn Văn An", "Nguyen, Van An", "An Nguyen Van"])
def test_a_name_is_found_in_any_order_with_or_without_marks(
    find: Find, source: MemorySource, asked: str, written: str
) -> None:
    source.put(_by(1, written), _by(2, "Trần Thị Bình"))

    assert keys(find(asked)) == ["k00001"]


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("N. V. An", "Nguyễn Văn An"),
        ("An N.V.", "Nguyễn Văn An"),
        ("A. Nguyen", "Nguyễn Văn An"),
        ("Nguyen Van An", "N. V. An"),
        ("Nguyen Van An", "An, N.V."),
        ("Soukaloun", "Souk-Aloun"),
        ("Souk-Aloun", "Soukaloun"),
        ("Souk Aloun Phomma", "Soukaloun Phomma"),
        ("Phomma Soukaloun", "Souk Aloun Phomma"),
        ("OBrien", "O’Brien"),
        ("សុខា", "សុខា ចាន់"),
        ("ຄຳ ແສງ", "ຄຳແສງ"),
    ],
)
def test_a_name_is_found_joined_apart_and_by_initials(
    find: Find, source: MemorySource, asked: str, written: str
) -> None:
    source.put(_by(1, written), _by(2, "Trần Thị Bình"))

    assert keys(find(asked)) == ["k00001"]


@pytest.mark.parametrize(
    ("asked", "written"),
    [("An Nguyen", "An Ngo"), ("N. V. An", "Trần Văn Bình"), ("Sok Dara", "Sok Dany")],
)
def test_another_name_is_not_that_name(
    find: Find, source: MemorySource, asked: str, written: str
) -> None:
    source.put(_by(1, written))

    page = find(asked)

    # Some of its words may be shown, and are said to be some.
    assert not keys(page) or page.interpretation.with_all == 0


def _by(number: int, name: str) -> Document:
    return replace(
        document(number),
        titles={"en": "Untitled"},
        texts=[],
        names=[name],
        people=[name],
    )


def test_what_was_found_by_its_subject_says_so(find: Find, source: MemorySource) -> None:
    source.put(replace(document(1), texts=[{"en": "Nothing"}, {"en": "limnology of lakes"}]))

    (found,) = find("limnology").hits

    assert found.where is not None
    label, tag, text = found.where
    assert (label, tag) == ("Part 2", "en")
    assert [part.text for part in text.segments if part.marked] == ["limnology"]
    assert find("limnology").as_dict()["items"][0]["found_in"]["text"] == "limnology of lakes"
    assert find("nothing").hits[0].where is None


def test_a_long_facet_names_its_most_frequent_values_and_counts_the_rest(
    find: Find, source: MemorySource
) -> None:
    source.put(
        *(replace(document(n), facets={"organisation": [f"o{n:03d}", "all"]}) for n in range(150))
    )

    (facet,) = (f for f in find("", limit=1).facets if f.name == "organisation")

    assert (facet.number, len(facet.values)) == (151, 100)
    assert (facet.values[0].code, facet.values[0].count) == ("all", 150)
