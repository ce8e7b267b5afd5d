"""The record of an agreement: written, read back, and the same answer from it as from the deeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.agreements.rules import binding, files, found, published, texts
from tonle.agreements.rules.published import Act, PublicVersion
from tonle.catalogue.document import problems
from tonle.catalogue.public import descriptive
from tonle.kernel import canonical

UNDER = "0123456789bcdf1"
D = date


def text(number: int = 1, **terms: Any) -> dict[str, Any]:
    return {
        "schema": "tonle-agreement-text/1",
        "agreement": "bcdfghjkmnpqrst",
        "version": number,
        "type": "memorandum",
        "title": {"en": f"Memorandum <{number}>", "km": "អនុស្សរណៈ"},
        "parties": [
            {"id": "kh", "name": {"en": "Ministry of Water", "km": "ក្រសួង"}, "country": "KHM"},
            {"id": "cn", "name": {"zh-Hans": "某部"}, "country": "CHN"},
        ],
        "texts": {
            "km": {"authentic": True, "articles": [{"heading": "គោល<b>", "text": "ក & ខ\n\nគ"}]},
            "en": {"authentic": False, "articles": [{"text": "A & B"}]},
        },
        "key_areas": [{"id": "water", "name": {"en": "Water", "km": "ទឹក"}}],
        "under": {"agreement": UNDER, "key_areas": ["rivers"]},
        "terms": {
            "consent": "signature",
            "needed": 2,
            "calendar": "Asia/Phnom_Penh",
            **terms,
        },
    }


def version(number: int = 1, state: str = "in_force", **terms: Any) -> PublicVersion:
    made = text(number, **terms)
    return PublicVersion(made, number, state, texts.digest(made), D(2026, 1, 1), D(2026, 2, 2))


SIGNED = [
    Act("kh", "sign", 1, D(2026, 2, 1), None, "screen", D(2026, 2, 1)),
    Act("cn", "sign", 1, D(2026, 2, 2), None, "paper", D(2026, 2, 5)),
]


def described(*versions: PublicVersion, acts: list[Act] | None = None) -> dict[str, Any]:
    known_by = {"kh": [{"scheme": "ror", "value": "03yrm5c26"}]}
    acts = SIGNED if acts is None else acts
    return published.described(versions or (version(months=12),), acts, known_by, 2026)


def test_the_record_says_what_the_parties_agreed() -> None:
    made = described()

    assert problems(made, whole=False) == []
    canonical.dumps(made)
    assert made["titles"]["km"] == "អនុស្សរណៈ"
    assert made["creators"][0] == {
        "name_type": "Organizational",
        "name": "Ministry of Water",
        "names": {"km": "ក្រសួង"},
        "identifiers": [{"scheme": "ror", "value": "03yrm5c26"}],
    }
    # A ministry in Beijing does not speak for Yunnan.
    assert made["members"] == ["KHM"]
    assert made["subjects"] == [{"text": {"en": "Water", "km": "ទឹក"}}]
    assert made["relations"] == [
        {"type": "IsPartOf", "target": {"scheme": "tonle", "value": UNDER}}
    ]
    profile = made["profile"]
    assert (profile["signed_on"], profile["in_force_on"]) == ("2026-02-02", "2026-02-02")
    assert profile["ended_on"] == "2027-02-02"
    # The last day is in, as DataCite counts.
    assert {"type": "Valid", "date": "2026-02-02/2027-02-01"} in made["dates"]
    assert profile["acts"][1]["way"] == "paper"
    assert found.agreement_facets(made) == {
        "type": ["memorandum"],
        "party": ["KHM", "ror:03yrm5c26", "CHN"],
    }
    assert found.in_force(made) == (D(2026, 2, 2), D(2027, 2, 2))


def test_what_a_curator_added_stays_and_what_is_over_goes() -> None:
    first = described()
    kept = {
        **first,
        "descriptions": [{"type": "Abstract", "text": {"en": "Ours."}}],
        "pids": [{"scheme": "doi", "value": "10.5555/x"}],
        "relations": [
            *first["relations"],
            {"type": "IsDocumentedBy", "target": {"scheme": "url", "value": "https://e.example"}},
        ],
        "profile": {**first["profile"], "serves": [{"area": "x"}]},
    }
    bare = {k: v for k, v in text(2).items() if k not in ("under", "key_areas")}
    other = replace(version(2), text=bare)
    after = published.joined(kept, described(version(), other, acts=[]))

    assert after["descriptions"] == kept["descriptions"]
    assert after["pids"] == kept["pids"]
    assert [one["type"] for one in after["relations"]] == ["IsDocumentedBy"]
    assert after["profile"]["serves"] == [{"area": "x"}]
    assert "in_force_on" not in after["profile"]
    assert "subjects" not in after
    assert descriptive(after) == after
    assert published.joined(after, described(version(), other, acts=[])) == after


DAYS = st.dates(D(2026, 1, 1), D(2029, 1, 1))
ACTS = st.lists(
    st.one_of(
        st.builds(Act, st.sampled_from(["kh", "cn"]), st.sampled_from(["sign", "ratify"]),
                  st.integers(1, 2), DAYS),
        st.builds(lambda party, number, on, more: Act(party, "withdraw", number, on, max(on, more)),
                  st.sampled_from(["kh", "cn"]), st.integers(1, 2), DAYS, DAYS),
        st.builds(Act, st.just("kh"), st.just("stop_renewal"), st.integers(1, 2), DAYS),
        st.builds(lambda number, on, more: Act("", "terminate", number, on, max(on, more)),
                  st.integers(1, 2), DAYS, DAYS),
    ),
    max_size=7,
)  # fmt: skip
CONSENTS = st.sampled_from(["signature", "ratification"])


@given(ACTS, CONSENTS, st.integers(1, 2), st.none() | st.integers(1, 24), DAYS)
def test_the_record_gives_the_answer_of_the_deeds(
    acts: list[Act], consent: str, needed: int, months: int | None, on: date
) -> None:
    terms: dict[str, Any] = {"consent": consent, "needed": needed}
    if months:
        terms["months"] = months
    versions = (version(1, **terms), version(2, consent=consent))
    profile = canonical.loads(canonical.dumps(described(*versions, acts=acts)))["profile"]
    known = published.known(profile)

    deeds: list[binding.Deed] = []
    for act in acts:
        if act.act == published.CONSENT[consent]:
            deeds.append(binding.Consent(act.party, act.version, act.on))
        elif act.act == "withdraw" and act.effective:
            deeds.append(binding.Withdrawal(act.party, act.on, act.effective))
        elif act.act == "stop_renewal":
            deeds.append(binding.NonRenewal(act.version, act.on))
        elif act.act == "terminate" and act.effective:
            deeds.append(binding.Termination(act.effective))
    all_texts = [texts.terms(one.text) for one in versions]
    assert known is not None
    assert binding.standings(known.texts, known.deeds, on) == binding.standings(
        all_texts, deeds, on
    )


@pytest.mark.parametrize(
    "profile",
    [
        {},
        {"parties": ["Cambodia"], "signed_on": "2014-11-26"},
        {"versions": [{"version": 1, "state": "signed"}]},
        {"versions": [{"version": 1, "state": "signed", "terms": {"needed": "two"}}], "acts": 7},
        {"versions": "none", "acts": [3]},
        {
            "versions": [{"version": 1, "state": "x", "terms": text()["terms"]}],
            "acts": [{"act": "withdraw", "version": 1, "on": "soon"}],
        },
    ],
)
def test_a_record_that_does_not_say_it_gives_no_answer(profile: dict[str, Any]) -> None:
    known = published.known(profile)

    assert known is None or known.deeds == ()


def test_what_was_given_up_binds_nobody_and_stays_listed() -> None:
    made = described(version(1, "abandoned"), acts=SIGNED)

    assert made["profile"]["versions"][0]["state"] == "abandoned"
    assert published.known(made["profile"]) is None


def test_the_files_of_a_text_stand_alone_and_escape_what_they_hold() -> None:
    made = {name: (kind, data) for name, kind, data in files.files_of(text())}

    assert list(made) == [
        "text-1.km.html", "text-1.en.html", "text-1.km.txt", "text-1.en.txt", "text-1.json",
    ]  # fmt: skip
    assert made["text-1.json"][1] == canonical.dumps(text())
    page = made["text-1.km.html"][1].decode()
    assert "<h2>1. គោល&lt;b&gt;</h2>" in page
    assert page.count("<p>") == 2
    assert texts.digest(text()) in page
    assert "<title>Memorandum &lt;1&gt;</title>" in made["text-1.en.html"][1].decode()
    # The same bytes each time: a second run finds nothing to change.
    assert dict(files_again()) == {name: data for name, (_, data) in made.items()}


@pytest.mark.parametrize(
    ("name", "kept"),
    [("Work plan (2).pdf", True), ("ផែនការ.pdf", True), ("../x", False), ("a/b.txt", False),
     (".hidden", False), ("a\u202eb.pdf", False), ("x" * 200, False)],
)  # fmt: skip
def test_an_annex_has_a_name_that_every_disk_can_keep(name: str, kept: bool) -> None:
    made = files.annex_name(2, name, b"x")

    assert (made == f"annexes-2/{name}") is kept
    assert made.startswith("annexes-2/")
    assert made.count("/") == 1


def files_again() -> list[tuple[str, bytes]]:
    return [(name, data) for name, _, data in files.files_of(text())]
