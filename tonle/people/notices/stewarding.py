"""What a steward sees and sets: how channels fare, tests, robots of groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from tonle.infra import audit, outbound
from tonle.infra.i18n import say
from tonle.infra.messaging import LABELS, PERSONAL, ROBOTS, Reason, channel
from tonle.kernel.actors import NODE, Actor, Scope
from tonle.kernel.errors import N_, Invalid, NotFound, NotPermitted, Refusal, Refused
from tonle.kernel.sentences import Sentence
from tonle.people.models import Account
from tonle.people.notices import delivery
from tonle.people.notices.models import ChannelAddress, ChannelState, Letter, Robot
from tonle.people.notices.permissions import may_tend_channels
from tonle.people.rules.roles import role_kind


class NoSuchRobot(NotFound):
    code = "no_such_robot"


NO_ADDRESS_OF_YOURS = Refusal(
    "no_address_of_yours",
    N_("A test goes to your own address there. Connect that channel with your account first."),
)


def _require(actor: Actor) -> None:
    decision = may_tend_channels(actor)
    if not decision:
        raise NotPermitted(reason=decision)


# --- seeing ------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChannelView:
    """One channel of the node. reason: the last failure in words. resting: addresses by reason.

    used, most: what was sent this month and may be, where it is counted; None for no limit.
    """

    name: str
    label: str
    set_up: bool
    ok_at: datetime | None
    failed_at: datetime | None
    failures: int
    reason: str
    paused_until: datetime | None
    waiting: int
    resting: tuple[tuple[str, int], ...]
    used: int | None = None
    most: int | None = None

    @property
    def fails(self) -> bool:
        return self.failures > 0


@dataclass(frozen=True)
class RobotView:
    """One group's robot; never its address, which is a secret."""

    id: str
    label: str
    kind: str
    role: str
    scope: str
    channel: ChannelView


@dataclass(frozen=True)
class Overview:
    channels: tuple[ChannelView, ...]
    robots: tuple[RobotView, ...]
    failed_letters: int  # that no channel took, in the last 30 days


def overview(*, actor: Actor, now: datetime) -> Overview:
    """How all channels fare. Five queries. Raises NotPermitted."""
    _require(actor)
    states = {s.name: s for s in ChannelState.objects.all()}
    waiting = dict(
        Letter.objects.filter(state=Letter.WAITING).values_list("channel").annotate(Count("pk"))
    )
    resting: dict[str, list[tuple[str, int]]] = {}
    rows = ChannelAddress.objects.filter(resting_since__isnull=False)
    for name, code, count in (
        rows.values_list("channel", "reason").annotate(Count("pk")).order_by("channel", "reason")
    ):
        resting.setdefault(name, []).append((_words(code), count))

    def view(name: str, label: str, set_up: bool) -> ChannelView:
        state = states.get(name) or ChannelState(name=name)
        used, most = _budget(state, now)
        paused = state.paused_until
        return ChannelView(
            name=name,
            label=label,
            set_up=set_up,
            ok_at=state.ok_at,
            failed_at=state.failed_at,
            failures=state.failures,
            reason=_words(state.reason),
            paused_until=paused if paused and paused > now else None,
            waiting=waiting.get(name, 0),
            resting=tuple(resting.get(name, ())),
            used=used,
            most=most,
        )

    robots = [
        RobotView(
            id=robot.pk,
            label=robot.label,
            kind=say(ROBOTS[robot.kind][0]) if robot.kind in ROBOTS else robot.kind,
            role=_role_words(robot.role),
            scope="" if robot.scope_kind == "node" else f"{robot.scope_kind}:{robot.scope_id}",
            channel=view(delivery.robot_state(robot), robot.label, robot.kind in ROBOTS),
        )
        for robot in Robot.objects.order_by("label", "pk")
    ]
    failed = Letter.objects.filter(state=Letter.FAILED, ended_at__gt=now - delivery.SHOWN)
    return Overview(
        tuple(view(name, say(LABELS[name]), channel(name) is not None) for name in PERSONAL),
        tuple(robots),
        failed.count(),
    )


def _words(code: str) -> str:
    reason = Reason.of(code)
    return say(reason.text) if reason else ""


def _role_words(role: str) -> str:
    kind = role_kind(role)
    return say(kind.label) if kind else role


def _budget(state: ChannelState, now: datetime) -> tuple[int | None, int | None]:
    if state.name == "sms":
        used = state.segments if state.month == f"{now:%Y-%m}" else 0
        return used, settings.TONLE_SMS_MONTHLY or None
    if state.name == "line" and "used" in state.memory:
        return state.memory["used"], state.memory.get("most")
    return None, None


def failing_channels() -> int:
    """How many channels and groups failed the last time, for the steward's page. One query."""
    return ChannelState.objects.filter(failures__gt=0).count()


# --- setting -----------------------------------------------------------------------------


@transaction.atomic
def send_test(*, name: str, actor: Actor, now: datetime) -> Letter:
    """Send a test by one channel: to the steward's own address, or to a robot's group.

    name: as in `Overview`. Raises NotPermitted, NoSuchRobot, Refused (no address of theirs).
    """
    _require(actor)
    kind, _colon, id = name.partition(":")
    if kind == "robot":
        robot = Robot.objects.filter(pk=id).first()
        if robot is None:
            raise NoSuchRobot
        return delivery.write(now, robot=robot, kind="test")
    account = Account.objects.filter(pk=actor.id).first()
    own = ChannelAddress.objects.filter(
        account=account, channel=name, verified_at__isnull=False, resting_since__isnull=True
    )
    if account is None or (name != "mail" and not own.exists()):
        raise Refused([NO_ADDRESS_OF_YOURS])
    return delivery.write(now, account=account, kind="test", only=name)


@transaction.atomic
def add_robot(
    *,
    kind: str,
    url: str,
    secret: str,
    label: str,
    language: str,
    role: str,
    scope: Scope = NODE,
    actor: Actor,
    now: datetime,
) -> Robot:
    """Let a group's robot tell what waits for those who hold a role. NotPermitted, Invalid."""
    _require(actor)
    label = " ".join(label.split())[:100]
    problems: list[tuple[str, str]] = []
    if kind not in ROBOTS:
        problems.append(("kind", Sentence(N_("Choose the service of the group."))))
    if not label:
        problems.append(("label", Sentence(N_("Give the group a name, as you call it."))))
    found = role_kind(role)
    if found is None or scope.kind not in found.scope_kinds:
        problems.append(("role", Sentence(N_("Choose whose messages the group hears."))))
    if language not in dict(settings.LANGUAGES):
        problems.append(("language", Sentence(N_("Choose a language of this node."))))
    if not _may_be_asked(url):
        problems.append(
            (
                "url",
                Sentence(
                    N_(
                        "Paste the robot’s whole address, which begins with https:// and is of "
                        "the public network."
                    )
                ),
            )
        )
    if problems:
        raise Invalid(problems)
    robot = Robot.objects.create(
        kind=kind,
        url=url,
        secret=secret.strip(),
        label=label,
        language=language,
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        created_at=now,
    )
    data = {"kind": kind, "role": role, "scope_kind": scope.kind, "scope_id": scope.id}
    audit.record("robot_added", "robot", robot.pk, actor, now, data)
    return robot


def _may_be_asked(url: str) -> bool:
    """Whether a robot's address looks right. Where it leads is checked at each sending."""
    try:
        outbound.check_url(url)
    except outbound.AddressRefused:
        return False
    # In the clear only where the steward has opened a network of their own.
    return len(url) <= 1000 and (url.startswith("https://") or bool(outbound.private_networks()))


@transaction.atomic
def remove_robot(*, id: str, actor: Actor, now: datetime) -> None:
    """End a robot. The second call changes nothing. Raises NotPermitted."""
    _require(actor)
    if Robot.objects.filter(pk=id).exists():
        audit.record("robot_removed", "robot", id, actor, now)
        Robot.objects.filter(pk=id).delete()
        ChannelState.objects.filter(pk=f"robot:{id}").delete()
