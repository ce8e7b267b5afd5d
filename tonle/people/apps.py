from django.apps import AppConfig

from tonle.kernel.errors import N_


class PeopleConfig(AppConfig):
    name = "tonle.people"
    label = "people"
    verbose_name = "People and organisations"

    def ready(self) -> None:
        from tonle.api.public import register_authenticator
        from tonle.infra.server import gates
        from tonle.people import demonstration, reading, tasks, topics
        from tonle.people import letters as letters  # Importing it registers the job.
        from tonle.people import receivers as receivers  # Importing it connects the signals.
        from tonle.people.actors import actor_for_request, actor_for_token
        from tonle.people.interface import wiring as interface
        from tonle.people.notices import registry as notices
        from tonle.web.public import (
            NavItem,
            register_account_writing,
            register_actor_resolver,
            register_mark,
            register_navigation,
        )

        register_mark(demonstration.mark)
        gates.register_public_gate(demonstration.gate)
        gates.register_gate(demonstration.gate_behind_a_proxy)
        topics.register()
        tasks.register()
        notices.register()
        interface.connect()
        register_navigation(
            NavItem(N_("Steward"), "people:steward", order=90, shown_to=tasks.is_at_the_desk)
        )
        register_actor_resolver(actor_for_request)
        register_account_writing(reading.held, reading.hold)
        register_authenticator(actor_for_token)
