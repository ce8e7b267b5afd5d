"""Conflicts of interest as a machine sees them, how well pairs fit, and what stays hidden."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tonle.funding.rules import blind, panels, reviews, similarity
from tonle.funding.rules.conflicts import KINDS, Applied, Found, Place, Somebody, found
from tonle.funding.rules.similarity import FULL, Text
from tonle.funding.rules.tests.call_texts import text

RUPP = Place("Invented University of Phnom Penh", ror="https://ror.org/025e3rc84")
A, B = "0000-0002-1825-0097", "0000-0001-5109-3700"


def applied(*people: Somebody, places: tuple[Place, ...] = (RUPP,), theme: str = "a") -> Applied:
    return Applied("p", people, places, theme)


def kinds(*rows: Found) -> dict[str, str]:
    return {one.kind: one.status for one in rows}


def test_an_identifier_proves_and_a_name_does_not() -> None:
    chan = Somebody("Chan Sokha", "acc", A)
    place = Place("Elsewhere")
    assert kinds(*found(Somebody("X", "acc"), place, applied(chan))) == {"self": "confirmed"}
    assert kinds(*found(Somebody("X", "", A), place, applied(chan))) == {"self": "confirmed"}
    assert kinds(*found(Somebody("Sokha Chan"), place, applied(chan))) == {"self": "possible"}
    # Two iDs are two people, however they are called.
    assert found(Somebody("Chan Sokha", "", B), place, applied(chan)) == ()


def test_a_name_in_another_script_is_possible() -> None:
    row = found(Somebody("Wang Wei"), Place("Elsewhere"), applied(Somebody("王伟")))
    assert kinds(*row) == {"self": "possible"}


def test_institutions_by_identifier_and_by_name() -> None:
    who = applied(Somebody("A B"))
    same = Place("Other words", ror=RUPP.ror)
    assert kinds(*found(Somebody("C D"), same, who)) == {"institutional": "confirmed"}
    alike = Place("INVENTED University of Phnom Penh")
    assert kinds(*found(Somebody("C D"), alike, who)) == {"institutional": "possible"}
    other = Place(RUPP.name, ror="https://ror.org/000000000")
    assert found(Somebody("C D"), other, who) == ()


def test_works_in_common_and_applying_beside() -> None:
    mine = Applied("q", (), (), "a")
    who = applied(Somebody("A B", "", A))
    row = found(Somebody("C D", "", B), Place("X"), who, own=[mine], together={A: {"r2", "r1"}})
    assert kinds(*row) == {"collaborator": "confirmed", "competitor": "confirmed"}
    assert row[0].records == ("r1", "r2")
    other = Applied("q", (), (), "b")
    assert kinds(*found(Somebody("C D"), Place("X"), who, own=[other])) == {
        "competitor": "possible"
    }


def test_every_kind_that_is_found_has_a_name() -> None:
    assert {"self", "institutional", "collaborator", "competitor"} <= set(KINDS)


words = st.lists(st.sampled_from(["rice", "water", "solar", "ទឹក", "水", "a"]), max_size=6)


@given(st.dictionaries(st.sampled_from("pq"), words), st.dictionaries(st.sampled_from("rs"), words))
def test_fits_are_whole_numbers_on_their_scale(
    proposals: dict[str, list[str]], reviewers: dict[str, list[str]]
) -> None:
    made = similarity.fits(
        {id_: Text(tuple(row)) for id_, row in proposals.items()},
        {id_: Text(tuple(row)) for id_, row in reviewers.items()},
    )
    assert set(made) == {(p, r) for p in proposals for r in reviewers}
    for fit in made.values():
        assert 0 <= fit.score <= FULL
        assert bool(fit.why) == bool(fit.score)


def test_a_shared_rare_word_fits_better_than_a_common_one_and_codes_cross_languages() -> None:
    proposals = {"p": Text(("solar", "water"), ("energy",)), "q": Text(("rice", "water"))}
    reviewers = {"r": Text(("solar",)), "s": Text(("water",)), "t": Text(("太阳",), ("energy",))}
    made = similarity.fits(proposals, reviewers)
    assert made["p", "r"].score > made["p", "s"].score
    assert made["p", "t"].why == ("energy",)
    assert made["q", "t"].score == 0


def test_panels_follow_the_mode() -> None:
    assert panels.panels(text(mode="parallel")) == ("kh", "cn")
    assert panels.panels(text(mode="joint_panel")) == ("",)
    assert panels.panels(text(mode="lead_agency", lead_agency="cn")) == ("cn",)
    assert panels.sides(text(mode="parallel")) == ()
    assert panels.sides(text()) == ("kh", "cn")
    for one in ("", "kh"):
        assert panels.panel_at(panels.address(one)) == one


def test_the_whole_score_is_exact() -> None:
    # 60 × 1/5 + 40 × 2/5
    assert reviews.weighted(text(), {"quality": 1, "benefit": 2}) == Fraction(28)
    assert reviews.weighted(text(), {"quality": 1}) is None
    third = text(criteria=[{"id": "a", "name": {}, "weight": 100, "lowest": 1, "highest": 4}])
    assert reviews.weighted(third, {"a": 2}) == Fraction(100, 3)


def test_nothing_that_names_anybody_leaves_a_double_blind_call() -> None:
    document = {
        "schema": "tonle-proposal/1", "proposal": "canary-id", "call": "c", "text": 1,
        "language": "en", "title": {"en": "T"}, "summary": {"en": "S"}, "theme": "energy",
        "answers": {"aim": {"texts": {"en": "A"}}},
        "partners": [
            {"id": "p7", "name": "canary house", "country": "KHM", "party": "kh", "ror": "canary"},
            {"id": "p9", "name": "canary two", "country": "KHM", "organisation": "canary"},
        ],
        "people": [{"name": "canary person", "role": "lead", "partner": "p7", "orcid": "canary"}],
        "costs": [{"partner": "p9", "year": 2027, "category": "staff", "currency": "USD",
                   "amount_minor": 5}],
    }  # fmt: skip
    seen = blind.of_whole(document, "double")
    assert "canary" not in str(seen)
    assert "canary" not in str(blind.of_title(document, "double"))
    assert [one["name"] for one in seen["partners"]] == ["KHM 1", "KHM 2"]
    assert seen["costs"][0]["partner"] == "p2"
    assert blind.of_whole(document, "single") == document
