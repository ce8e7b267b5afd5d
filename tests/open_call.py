"""A joint call that is open, on a node of the tests: `python -m tests.open_call`, in its settings.

Prints the name of the call. Its ministries and people are invented; a call is signed by officers
who exist for this alone.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from tonle.agreements.steps import What, on_screen
    from tonle.funding.calls import services
    from tonle.funding.rules import call_text
    from tonle.funding.rules.tests.call_texts import text as whole
    from tonle.infra import clock
    from tonle.kernel.actors import Actor, Role, Scope
    from tonle.kernel.dates import format_instant

    def officer(of: str) -> Actor:
        return Actor(f"officer-{of}", roles=frozenset({Role("officer", Scope("organisation", of))}))

    now = clock.now().replace(microsecond=0)
    keeper = Actor("keeper", roles=frozenset({Role("secretariat")}))
    said: dict[str, Any] = whole(
        opens_at=format_instant(now - timedelta(days=1)),
        closes_at=format_instant(now + timedelta(days=20)),
        endorsement="waived",
    )
    offices = {"kh": "0000000000kh", "cn": "0000000000cn"}
    for party in said["parties"]:
        party["organisation"] = offices[party["id"]]
    text = services.create_call(title=said["title"], parties=said["parties"], actor=keeper, now=now)
    text = services.write_text(text_id=text.id, document=said, edit=0, actor=keeper, now=now)
    for party, of in offices.items():
        what = What("call", text.id, party, "sign", call_text.digest(text.document), {})
        on_screen(what, proved_at=now, actor=officer(of), now=now)
    services.publish_call(call_id=text.call.id, actor=keeper, now=now)
    print(text.call.id)


if __name__ == "__main__":
    main()
