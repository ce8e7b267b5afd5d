"""Every message in every language, and the tool that keeps them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from config.options import BASE_DIR
from tonle.infra import catalogues
from tools import code_names, doubtful, messages, samples


@pytest.mark.parametrize("tongue", messages.languages())
def test_a_language_has_every_message_whole(tongue: str) -> None:
    assert messages.problems(tongue) == []


@pytest.mark.parametrize("tongue", messages.languages())
def test_a_language_has_a_name_for_every_code(tongue: str) -> None:
    assert code_names.problems(tongue) == []


@pytest.mark.parametrize(
    ("message", "translation", "broken"),
    [
        ("Hello", "សួស្តី", False),
        ("%(n)s left", "នៅសល់ %(n)s", False),
        ("%(n)s left", "នៅសល់ %(m)s", True),
        ("%(n)s left", "នៅសល់", True),
        ("100 %% of {name}", "{name} 100 %%", False),
        ("{name}", "name", True),
        (("%(n)d file of %(t)s", "%(n)d files of %(t)s"), ("ឯកសារ %(n)d នៃ %(t)s",), False),
        (("one file of %(t)s", "%(n)d files of %(t)s"), ("ឯកសារ %(n)d នៃ %(t)s",), False),
        (("one file of %(t)s", "%(n)d files of %(t)s"), ("ឯកសារ %(n)d",), True),
    ],
)
def test_a_translation_keeps_the_places(
    message: str | tuple[str, str], translation: str | tuple[str, ...], broken: bool
) -> None:
    found = Message(message, translation)
    assert messages.broken_places(found) is broken


def test_no_message_hides_from_the_catalogues() -> None:
    found = {
        str(path.relative_to(BASE_DIR)): hidden
        for folder in ("config", "tonle")
        for path in sorted((BASE_DIR / folder).rglob("*.py"))
        if (hidden := messages.hidden(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("line", "hides"),
    [
        ("from django.utils.translation import gettext as __", True),
        ("from django.utils.translation import gettext as _, ngettext", False),
        ("print(f'{_(\"Boat\")}')", True),
        ("print(f'{_(label)}')", False),
        ("_('Boat')", False),
    ],
)
def test_a_message_that_hides_is_found(line: str, hides: bool) -> None:
    assert bool(messages.hidden(line)) is hides


@pytest.fixture
def locale(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of catalogues, and a source with two messages."""
    template = Catalog(locale="km")
    template.add("Boat", locations=[("boat.py", 1)])
    template.add("%(n)s seats", locations=[("boat.py", 2)])
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    monkeypatch.setattr(messages, "template", lambda _: template)
    return tmp_path


def test_updating_keeps_translations_and_drops_what_is_gone(locale: Path) -> None:
    messages.update("km")
    po = messages.path("km")
    text = po.read_text(encoding="utf-8").replace(
        'msgid "Boat"\nmsgstr ""', 'msgid "Boat"\nmsgstr "ទូក"'
    )
    po.write_text(text + '\nmsgid "Raft"\nmsgstr "ក្បូន"\n', encoding="utf-8")
    assert messages.problems("km") == [
        "km: no translation of '%(n)s seats'",
        "km: no longer used: 'Raft'",
    ]
    messages.update("km")
    assert messages.problems("km") == ["km: no translation of '%(n)s seats'"]
    before = po.read_bytes()
    messages.update("km")
    assert po.read_bytes() == before


def test_what_is_compiled_is_what_was_translated_and_sure(locale: Path) -> None:
    messages.update("km")
    po = messages.path("km")
    text = po.read_text(encoding="utf-8")
    text = text.replace('msgid "Boat"\nmsgstr ""', 'msgid "Boat"\nmsgstr "ទូក"')
    text += '\n#, fuzzy\nmsgid "Raft"\nmsgstr "ក្បូន"\n'
    po.write_text(text, encoding="utf-8")
    assert catalogues.compile_stale() == [po.with_suffix(".mo")]
    assert catalogues.compile_stale() == []
    compiled = po.with_suffix(".mo").read_bytes()
    assert "ទូក".encode() in compiled
    assert "ក្បូន".encode() not in compiled


def test_messages_are_found_in_templates_whatever_their_indentation(tmp_path: Path) -> None:
    template = tmp_path / "boat.html"
    template.write_text(
        "{% load i18n %}\n      <p>{% translate 'A boat' %}\n  </p>'\n"
        '{% include "x.html" with label=_("A label") only %}\n'
        "   {% blocktranslate trimmed count n=seats %}\n  {{ n }} seat\n"
        "{% plural %}{{ n }} seats{% endblocktranslate %} (",
        encoding="utf-8",
    )
    found = [key for _, key, *_ in messages._extract(template, "boat.html")]
    assert found == ["A boat", "A label", "%(n)s seat"]


def test_reasons_are_found_where_they_are_given(tmp_path: Path) -> None:
    source = tmp_path / "rules.py"
    source.write_text(
        'deny("No.")\nRefusal("code", "Not " "now.", {})\nmessage = N_("Never.")\n',
        encoding="utf-8",
    )
    found = [key for _, key, *_ in messages._extract(source, "rules.py")]
    assert found == ["No.", "Not now.", "Never."]


def test_a_key_of_a_table_is_no_message(tmp_path: Path) -> None:
    source = tmp_path / "labels.py"
    source.write_text('gettext(LABELS[document["access"]["level"]])\n', encoding="utf-8")
    assert list(messages._extract(source, "labels.py")) == []


def test_a_translation_without_the_word_of_the_glossary_is_doubtful() -> None:
    # What is filled in is no word of the sentence.
    assert not doubtful.doubts([("Go to %(node)s", "ទៅ %(node)s")], {"node": ("ថ្នាំង",)})
    terms = dict(doubtful._rows([
        "| English | ខ្មែរ | Note |", "|---|---|---|", "| record | កំណត់ត្រា | |",
        "| creator, contributor | អ្នកបង្កើត, អ្នករួមចំណែក | |", "| embargo | ការឃាត់ទុក, ឃាត់ | |",
    ]))  # fmt: skip
    assert terms["contributor"] == ("អ្នករួមចំណែក",)
    found = doubtful.doubts(
        [
            ("Two records", "កំណត់ត្រាពីរ"),
            ("A record of its contributor", "ឯកសារ"),
            ("Under embargo", "កំពុងឃាត់"),
            ("Recorded", "បានថត"),
            ("Search here", "Search here"),
            ("DOI", "DOI"),
        ],
        terms,
    )
    assert [doubt.message for doubt in found] == ["A record of its contributor", "Search here"]
    assert "“record” is កំណត់ត្រា" in found[0].why


@pytest.mark.parametrize("tongue", messages.catalogued())
def test_a_glossary_names_what_everybody_speaks_of(tongue: str) -> None:
    wanted = {
        "record", "dataset", "deposit", "licence", "embargo", "call", "proposal", "review",
        "award", "curator", "steward", "member", "withdraw", "restricted", "node", "version",
        "identifier", "draft",
    }  # fmt: skip
    assert wanted - doubtful.glossary(tongue).keys() == set()


def said(english: str, translation: str, place: str = "tonle/web/templates/a.html") -> samples.Said:
    return samples.Said("", english, translation, (place,))


def test_a_sample_has_each_sort_the_newest_first_and_no_english_in_it() -> None:
    many = [said(f"Press it {n} times", f"ចុច {n}") for n in range(20)]
    more = [
        said("The file is too large.", "ធំពេក", "tonle/x/errors.py"),
        said("Your deposit is published.", "បានផ្សាយ", "tonle/x/topics.py"),
        said("Write what it is, and for whom.", "សរសេរ"),
        said("Name", "ឈ្មោះ"),
    ]
    old = frozenset((one.english, one.translation) for one in many[:10])
    drawn = samples.draw("km", [*more, *many], old)
    text = samples.written("km", drawn)

    assert drawn == samples.draw("km", [*many, *more], old)
    assert [one.sort for one in drawn] == [*["button"] * 15, "error", "letter", "help"]
    assert {one.english for one in drawn[:10]} == {one.english for one in many[10:]}
    assert not re.search(r"Press|file|deposit", text)


def test_what_was_written_back_is_measured_and_the_doubtful_stand_first() -> None:
    messages_ = [
        said("No record of %(name)s was found.", "រកមិនឃើញ"),
        said("Save and go on", "រក្សាទុក"),
        said("Files of this record", "ឯកសារ"),
    ]
    text = samples.written("km", messages_)
    backs = ["There are records of %(name)s.", "Save, and continue", "Files of the record"]
    for back in backs:
        text = text.replace("> \n", f">  {back}\n", 1)
    found = samples.compare(messages_, samples.read(text))

    assert [one.back for one in found] == backs
    assert [one.doubtful for one in found] == [True, False, False]
    assert found[0].why == ("One of them denies something.",)
    assert "1 to look at" in samples.report("km", found)
    assert samples.likeness("Save %(x)s", "save") == 1.0
    assert samples.likeness("Save", "Цоп") == 0.0
