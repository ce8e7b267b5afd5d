"""Communities: who makes them, who changes them, how they look."""

from __future__ import annotations

import pytest

from tests.constants import NOW
from tonle.kernel.actors import SYSTEM, Scope
from tonle.kernel.errors import Invalid, NotPermitted
from tonle.people import errors, selectors, services
from tonle.people.models import Community
from tonle.people.permissions import curates
from tonle.people.rules.communities import PALETTE, clean
from tonle.people.tests.factories import account, actor, holder

RIVERS = {"slug": "rivers", "names": {"en": "Rivers", "km": "ទន្លេ"}}


@pytest.fixture
def rivers(db: None) -> Community:
    return services.add_community(description=RIVERS, actor=SYSTEM, now=NOW)


def test_a_steward_makes_a_community_and_nobody_else(db: None) -> None:
    for name, role in (("dara", "curator"), ("bopha", "")):
        someone = holder(name, role) if role else account(name)
        with pytest.raises(NotPermitted):
            services.add_community(description=RIVERS, actor=actor(someone), now=NOW)
    made = services.add_community(
        description=RIVERS, actor=actor(holder("rith", "steward")), now=NOW
    )

    assert selectors.community("rivers") == made
    assert selectors.community(made.id) == made
    assert selectors.communities() == [made]


def test_two_communities_never_share_a_short_name(rivers: Community) -> None:
    with pytest.raises(errors.SlugTaken, match="rivers"):
        services.add_community(description=RIVERS, actor=SYSTEM, now=NOW)
    assert Community.objects.count() == 1


@pytest.mark.parametrize("role", ["manager", "curator"])
def test_its_own_keepers_change_what_it_says_but_not_its_address(
    rivers: Community, role: str
) -> None:
    keeper = actor(holder("vanna", role, Scope("community", rivers.id)))
    said = {**RIVERS, "policy": {"en": "We keep water data."}, "accent": "indigo"}
    changed = services.change_community(id=rivers.id, description=said, actor=keeper, now=NOW)
    again = services.change_community(id=rivers.id, description=said, actor=keeper, now=NOW)

    assert changed.policy == {"en": "We keep water data."}
    assert again.updated_at == changed.updated_at
    with pytest.raises(NotPermitted):
        services.change_community(
            id=rivers.id, description={**said, "slug": "lakes"}, actor=keeper, now=NOW
        )
    with pytest.raises(NotPermitted):
        services.close_community(id=rivers.id, actor=keeper, now=NOW)


def test_an_outsider_changes_nothing(rivers: Community) -> None:
    other = services.add_community(
        description={"slug": "lakes", "names": {"en": "Lakes"}}, actor=SYSTEM, now=NOW
    )
    for someone in (account("bopha"), holder("nary", "curator", Scope("community", other.id))):
        with pytest.raises(NotPermitted):
            services.change_community(
                id=rivers.id, description=RIVERS, actor=actor(someone), now=NOW
            )


def test_a_closed_community_is_not_offered_and_still_there(rivers: Community) -> None:
    services.close_community(id=rivers.id, actor=SYSTEM, now=NOW)
    services.close_community(id=rivers.id, actor=SYSTEM, now=NOW)

    assert selectors.communities() == []
    assert selectors.communities(open_only=False) == [rivers]
    assert selectors.community("rivers") is not None
    assert services.reopen_community(id=rivers.id, actor=SYSTEM, now=NOW).is_open


def test_its_curators_curate_it_and_the_nodes_curate_all(rivers: Community) -> None:
    own = actor(holder("vanna", "curator", Scope("community", rivers.id)))
    node = actor(holder("dara", "curator"))

    assert curates(own, rivers.id)
    assert curates(node, rivers.id)
    assert not curates(own, "another")
    assert not curates(actor(account("bopha")), rivers.id)


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(Invalid) as told:
        clean({"slug": "A river!", "names": {}, "accent": "neon", "hand_in": "robots", "x": 1})

    assert {where for where, _ in told.value.problems} == {
        "slug",
        "names",
        "accent",
        "hand_in",
        "x",
    }


@pytest.mark.parametrize("slug", ["a", "new", "two--hyphens", "-x", "x" * 61])
def test_a_short_name_is_fit_for_an_address(slug: str) -> None:
    with pytest.raises(Invalid):
        clean({"slug": slug, "names": {"en": "x"}})


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("accent", PALETTE)
def test_every_accent_can_be_read_on_light_and_dark_ground(accent: str) -> None:
    """WCAG 2.2 SC 1.4.3: 4.5:1 for text."""
    _label, light, dark = PALETTE[accent]
    assert _contrast(light, "#faf6ee") >= 4.5
    assert _contrast(dark, "#151a1a") >= 4.5
