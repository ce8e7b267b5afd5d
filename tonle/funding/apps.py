from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "tonle.funding"
    label = "funding"
    verbose_name = "Funding"

    def ready(self) -> None:
        from tonle.catalogue.public import register_kind, register_links
        from tonle.funding import entering
        from tonle.funding.calls import wiring as calls
        from tonle.funding.following import wiring as following
        from tonle.funding.kinds import KINDS
        from tonle.funding.links import call_of_project
        from tonle.funding.openness import wiring as openness
        from tonle.funding.panels import wiring as panels
        from tonle.funding.proposals import wiring as proposals
        from tonle.funding.register import wiring as register

        for kind in KINDS:
            register_kind(kind)
        register_links("project", "funding.call", call_of_project)
        following.connect()
        openness.connect()
        register.connect()
        calls.connect()
        proposals.connect()
        panels.connect()
        entering.connect()
