"""What menus offer, what findings and addresses lead to, and concepts that are suggested."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tonle.catalogue import public as catalogue
from tonle.deposit import curation
from tonle.deposit.curation.tests.factories import in_review, submission
from tonle.deposit.forms.tests.pages import Open, document, path
from tonle.infra import clock
from tonle.kernel.actors import Actor

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]


# --- menus --------------------------------------------------------------------------


def menu(page: str, name: str) -> str:
    found = re.search(rf'<select id="{re.escape(name)}".*?</select>', page, re.DOTALL)
    assert found
    return found[0]


def chosen(page: str, name: str) -> str:
    found = re.search(r'<option value="([^"]*)" selected>', menu(page, name))
    return found[1] if found else ""


def test_a_text_without_a_language_shows_that_none_was_said(reader: Open, sokha: Actor) -> None:
    made = curation.start(
        kind="dataset", actor=sokha, now=clock.now(), document={"titles": {"und": "Rice"}}
    )
    one = reader(sokha)
    one.open(path(made.id, "describe"))
    assert "und" not in menu(one.page, "titles-0-lang")
    assert chosen(one.page, "titles-0-lang") == ""

    one.press(path(made.id, "describe"), {"go": "stay"})
    assert document(made.id, sokha)["titles"] == {"und": "Rice"}


def test_another_language_is_not_the_same_again(reader: Open, sokha: Actor, home: Path) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(path(made.id, "describe"))
    one.press(path(made.id, "describe"), {"do": "add:titles"})
    held = list(document(made.id, sokha)["titles"])

    assert chosen(one.page, f"titles-{len(held)}-lang") not in held


def test_a_dataset_is_a_dataset_unless_somebody_says_otherwise(reader: Open, sokha: Actor) -> None:
    one = reader(sokha)
    one.open("/deposit/new?kind=dataset")
    one.press("/deposit/new", {"title": "Rice yields"})

    assert chosen(one.page, "resource_type-general") == "Dataset"


def test_relations_all_end_one_sentence(reader: Open, sokha: Actor) -> None:
    from tonle.deposit.forms.rules import links
    from tonle.kernel import codes

    made = curation.start(kind="dataset", actor=sokha, now=clock.now())
    one = reader(sokha)
    one.open(path(made.id, "links"))
    plain, _mark, others = menu(one.page, "relations-0-type").partition("<optgroup")
    assert plain.count("<option") == 1 + len(links.PLAIN_RELATIONS)
    told = re.findall(r">([^<]+)</option>", others)

    assert {text[0].islower() for text in told} == {True}
    assert {*links.PLAIN_RELATIONS, *links.OTHER_RELATIONS} == set(codes.codes("relation_types"))


def test_findings_lead_on_and_keep_their_codes_aside(
    reader: Open, sokha: Actor, home: Path
) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(f"/deposit/{made.id}/findings")

    assert f'href="{path(made.id, "check")}"' in one.page
    bare = re.sub(r"<details.*?</details>", "", one.page, flags=re.DOTALL)
    assert "FsF-" in one.page
    assert "FsF-" not in bare


def test_one_is_one_and_not_one_s(sokha: Actor, home: Path) -> None:
    from tonle.deposit import checks
    from tonle.infra.i18n import say

    made = submission(sokha, home)
    upload = home / "more"
    for count, said in ((1, "One file is"), (2, "2 files are")):
        upload.write_bytes(b"a")
        name = f"more-{count}.csv"
        catalogue.add_file(
            draft_id=made.id, file=catalogue.NewFile(name, upload), actor=sokha, now=clock.now()
        )
        (told,) = checks.undecided(made.id)
        assert say(told).startswith(said)


def test_an_address_is_asked_what_it_says_of_itself(
    reader: Open, sokha: Actor, settings: Any
) -> None:
    from tests.web_service import Made, Reply, WebService

    settings.TONLE_OUTBOUND_PRIVATE = ["127.0.0.1/32"]
    bibtex = b"@article{x, title={Floods of the Tonle Sap}, author={Chan, Sophea}, year={2020}}"
    with WebService() as service:
        service.answers(Made(lambda asked: Reply(200 if asked.path == "/x.bib" else 404, bibtex)))
        one = reader(sokha)
        one.open("/deposit/new")
        one.press("/deposit/new", {"pasted": f" {service.url}/x.bib \n", "do": "read"})
        (row,), _ = curation.my_submissions(sokha, clock.now())
        assert "Floods of the Tonle Sap" in row.titles.values()

        one.open("/deposit/new")
        one.press("/deposit/new", {"pasted": f"{service.url}/nothing", "do": "read"})
        assert one.status in {404, 422}
        assert "knows nothing under that name" in one.words
        assert f"{service.url}/nothing" in one.page
    assert len(curation.my_submissions(sokha, clock.now())[0]) == 1


def test_a_doi_is_asked_for_and_not_refused_as_a_text(
    reader: Open, sokha: Actor, settings: Any
) -> None:
    settings.TONLE_OUTBOUND = False
    one = reader(sokha)
    one.open("/deposit/new")
    one.press("/deposit/new", {"pasted": "10.5555/12345678", "do": "read"})

    assert one.status == 422
    assert "doi.org was not asked" in one.words


# --- concepts -----------------------------------------------------------------------


def test_a_concept_is_suggested_ticked_kept_and_seen_by_the_curator(
    reader: Open, sokha: Actor, dara: Actor, vocabulary: str, tmp_path: Path
) -> None:
    draft = in_review(sokha, dara, tmp_path, titles={"km": "ផលិតកម្មស្រូវនៅតាកែវ"})
    two = reader(dara)
    assert "Concepts it may be about" in two.open(f"/deposit/review/{draft.id}")

    two.open(path(draft.id, "describe"))
    (value,) = (unescape(text) for text in re.findall(r'name="concepts" value="([^"]*)"', two.page))
    two.press(path(draft.id, "describe"), {"concepts": [value], "do": "suggest"})
    assert document(draft.id, dara)["subjects"] == [json.loads(value)]
    assert json.loads(value)["text"]["th"] == "ข้าว"
    assert re.search(r'name="concepts" value="[^"]*" checked', two.page)
    assert "Concepts it may be about" not in two.open(f"/deposit/review/{draft.id}")

    # No vocabulary has the words: it is said, by its name.
    other = submission(sokha, tmp_path, titles={"en": "Zzyzx"})
    one = reader(sokha)
    one.open(path(other.id, "describe"))
    assert f"None of these words is in {vocabulary}." in one.words
