"""How a deposit begins: with a name, a citation, an address, without a line of script."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tonle.catalogue.crosswalks import tests as catalogue_tests
from tonle.cli.main import main
from tonle.deposit import curation
from tonle.deposit.forms import seals
from tonle.deposit.forms.tests.pages import Open, document
from tonle.infra import clock
from tonle.kernel.actors import Actor

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]


def test_anybody_reads_what_depositing_is(reader: Open, db: None) -> None:
    words = reader().open("/deposit")

    assert "What happens then" in words
    assert "Dataset" in words


def test_a_stranger_who_wants_to_begin_signs_in_first(reader: Open, db: None) -> None:
    one = reader()
    answer = one.client.get("/deposit/new?kind=software")

    assert answer.status_code == 302
    assert answer["Location"].endswith("next=/deposit/new%3Fkind%3Dsoftware")


def test_a_deposit_begins_with_a_kind_and_a_name(reader: Open, sokha: Actor) -> None:
    one = reader(sokha)
    one.open("/deposit/new?kind=software")
    one.press("/deposit/new", {"title": "Rice counter"})

    (row,), _ = curation.my_submissions(sokha, clock.now())
    assert (row.kind, row.titles) == ("software", {"en": "Rice counter"})
    assert "What is it?" in one.words
    assert "Rice counter" in reader(sokha).open("/deposit")


def test_no_deposit_of_many_is_out_of_reach(
    reader: Open, sokha: Actor, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    made = {
        curation.start(
            kind="dataset", document={"titles": {"en": f"Plot {n}"}}, actor=sokha, now=clock.now()
        ).id
        for n in range(25)
    }
    one = reader(sokha)
    one.open("/deposit")
    further = re.search(r'href="(\?cursor=[^"]+)"', one.client.get("/deposit").text)
    assert further
    seen = set(re.findall(r"/deposit/([0-9a-z]{15})", one.client.get("/deposit").text))
    assert len(seen) == 20
    seen |= set(
        re.findall(r"/deposit/([0-9a-z]{15})", one.client.get(f"/deposit{further[1]}").text)
    )
    assert seen == made

    # A command wants a node that was made, and knows it by its key.
    settings.TONLE_KEYS = settings.TONLE_DATA
    (Path(settings.TONLE_KEYS) / "secret_key").touch()
    assert main(["deposit", "list", "--as", "sokha@example.org"]) == 0
    assert {line.partition("\t")[0] for line in capsys.readouterr().out.splitlines()} == made


def test_the_same_press_twice_begins_one_deposit(reader: Open, sokha: Actor) -> None:
    one = reader(sokha)
    one.open("/deposit/new")
    sent = one.form("/deposit/new")
    one.press("/deposit/new", sent, keep=False)
    one.press("/deposit/new", sent, keep=False)

    assert len(curation.my_submissions(sokha, clock.now())[0]) == 1


BIBTEX = """@article{a, title={Floods of the lake}, author={Chan, Sokha}, year={2021},
doi={10.5555/12345678}}"""


def test_a_pasted_citation_fills_the_fields_and_publishes_nothing(
    reader: Open, sokha: Actor
) -> None:
    one = reader(sokha)
    one.open("/deposit/new")
    one.press(
        "/deposit/new",
        {"do": "read", "pasted": BIBTEX, "seal": seals.seal(seals.FORM, "", sokha), "key": "k"},
        keep=False,
    )
    (row,), _ = curation.my_submissions(sokha, clock.now())

    held = document(row.id, sokha)
    assert row.kind == "publication"
    assert list(held["titles"].values()) == ["Floods of the lake"]
    assert held["pids"] == [{"scheme": "doi", "value": "10.5555/12345678"}]
    assert row.state == "preparing"


GOLDEN = Path(catalogue_tests.__file__).parent / "golden"
BROUGHT = (
    "record.datacite.json", "record.datacite.xml", "rice.codemeta.json", "CITATION.cff",
    "ro-crate-metadata.json",
)  # fmt: skip


@pytest.mark.parametrize("name", BROUGHT)
def test_a_file_of_metadata_fills_the_fields_and_publishes_nothing(
    reader: Open, sokha: Actor, name: str
) -> None:
    """As the form sends it: the file itself, of each format that it names."""
    told = json.loads((GOLDEN / f"{name}.golden.json").read_text(encoding="utf-8"))
    [wanted] = [one["document"] for one in told["documents"]]
    one = reader(sokha)
    one.open("/deposit/new")
    assert 'enctype="multipart/form-data"' in one.page
    file = SimpleUploadedFile(name, (GOLDEN / name).read_bytes())
    seal = seals.seal(seals.FORM, "", sokha)
    sent = one.client.post("/deposit/new", {"do": "read", "file": file, "seal": seal, "key": "k"})
    assert sent.status_code == 302, sent.text

    (row,), _ = curation.my_submissions(sokha, clock.now())
    held = document(row.id, sokha)
    assert row.state == "preparing"
    for field in ("titles", "creators", "descriptions", "rights", "pids"):
        assert held.get(field) == wanted.get(field), field


def test_several_pasted_records_are_chosen_from(reader: Open, sokha: Actor) -> None:
    one = reader(sokha)
    one.open("/deposit/new")
    two = BIBTEX + BIBTEX.replace("{a,", "{b,").replace("Floods", "Droughts")
    seal = seals.seal(seals.FORM, "", sokha)
    one.press("/deposit/new", {"do": "read", "pasted": two, "seal": seal}, keep=False)
    assert "Which one?" in one.words
    assert curation.my_submissions(sokha, clock.now()) == ([], None)

    one.press("/deposit/new", {"which": "1"})
    (row,), _ = curation.my_submissions(sokha, clock.now())
    assert list(row.titles.values()) == ["Droughts of the lake"]


@pytest.mark.parametrize("pasted", ["", "what is this", "{", "\x00\x01"])
def test_what_is_no_metadata_is_told_and_kept(reader: Open, sokha: Actor, pasted: str) -> None:
    one = reader(sokha)
    one.open("/deposit/new")
    seal = seals.seal(seals.FORM, "", sokha)
    one.press("/deposit/new", {"do": "read", "pasted": pasted, "seal": seal}, keep=False)

    assert one.status == 422 or one.status == 409
    assert 'role="alert"' in one.page
    assert curation.my_submissions(sokha, clock.now()) == ([], None)
