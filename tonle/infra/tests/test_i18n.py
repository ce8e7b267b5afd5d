"""Errors as people and machines read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.test import override_settings
from django.utils import translation

from tonle.infra.i18n import problem, say
from tonle.kernel.decisions import deny
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, Refusal, Refused, TooLarge
from tonle.kernel.sentences import Sentence, invalid
from tonle.kernel.text import Name

KHMER = {
    "No room called %(name)s.": "គ្មានបន្ទប់ឈ្មោះ %(name)s ទេ។",
    "Two fields are empty.": "មានវាលទទេពីរ។",
    "Sign in first.": "សូមចូលគណនីជាមុនសិន។",
    "This cannot be done now. %(reasons)s": "មិនអាចធ្វើបានឥឡូវនេះទេ។ %(reasons)s",
    "Broken %(here)s.": "ខូច %(there)s",
}


@pytest.fixture
def khmer(tmp_path: Path) -> Iterator[None]:
    """Khmer is active, with a catalogue that knows the sentences of these tests."""
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    catalogue.extend(polib.POEntry(msgid=ours, msgstr=theirs) for ours, theirs in KHMER.items())
    folder = tmp_path / "km" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue.save_as_mofile(str(folder / "django.mo"))
    with override_settings(LOCALE_PATHS=[tmp_path]), translation.override("km"):
        yield


def test_a_message_is_translated_first_and_then_filled_in(khmer: None) -> None:
    assert say("No room called %(name)s.", {"name": "A1"}) == "គ្មានបន្ទប់ឈ្មោះ A1 ទេ។"


def test_a_refusal_says_every_reason_in_the_readers_language(khmer: None) -> None:
    refused = Refused(
        [
            Refusal("no_room", "No room called %(name)s.", {"name": "A1"}),
            Refusal("empty", "Two fields are empty."),
        ]
    )

    assert say(refused) == ("មិនអាចធ្វើបានឥឡូវនេះទេ។ គ្មានបន្ទប់ឈ្មោះ A1 ទេ។ មានវាលទទេពីរ។")
    found = problem(refused)
    assert found["reasons"] == [
        {"code": "no_room", "detail": "គ្មានបន្ទប់ឈ្មោះ A1 ទេ។"},
        {"code": "empty", "detail": "មានវាលទទេពីរ។"},
    ]
    json.dumps(found)


def test_words_of_a_lifecycle_are_translated_inside_the_sentence(khmer: None) -> None:
    refusal = Refusal("x", "No room called %(name)s.", {"name": Sentence("Two fields are empty.")})

    assert say(refusal) == "គ្មានបន្ទប់ឈ្មោះ មានវាលទទេពីរ។ ទេ។"


def test_a_decision_inside_an_error_is_said_too(khmer: None) -> None:
    assert "សូមចូលគណនីជាមុនសិន។" in say(NotPermitted(reason=deny("Sign in first.")))


def test_invalid_input_says_where(khmer: None) -> None:
    error = invalid("/titles/km", "No room called %(name)s.", name="A1")

    assert problem(error)["problems"] == [
        {"pointer": "/titles/km", "detail": "គ្មានបន្ទប់ឈ្មោះ A1 ទេ។"}
    ]
    assert say(error).endswith("/titles/km: គ្មានបន្ទប់ឈ្មោះ A1 ទេ។")


def test_a_broken_translation_falls_back_to_the_english_sentence(khmer: None) -> None:
    assert say("Broken %(here)s.", {"here": "pipe"}) == "Broken pipe."


def test_problems_carry_code_status_and_sentence() -> None:
    assert problem(NotFound()) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": str(NotFound()),
        "code": "not_found",
    }
    assert problem(TooLarge(limit=5, unit="bytes"))["status"] == 413
    assert problem(Invalid([("", "Two fields are empty.")]))["problems"][0]["pointer"] == ""


def test_a_lone_percent_sign_is_kept() -> None:
    assert say("100 % done") == "100 % done"
    assert say("") == ""


def test_what_a_thing_is_called_is_said_in_the_readers_language(khmer: None) -> None:
    ministry = Name({"en": "Ministry", "km": "ក្រសួង", "th": "กระทรวง"}, "kh")
    assert str(Refusal("x", "Of %(whom)s.", {"whom": ministry})) == "Of Ministry."
    assert say(Refusal("x", "Of %(whom)s.", {"whom": ministry})) == "Of ក្រសួង."
    assert say("Of %(whom)s.", {"whom": Name({"zh-Hans": "部"}, "cn")}) == "Of 部."
    assert say("Of %(whom)s.", {"whom": Name({}, "cn")}) == "Of cn."
