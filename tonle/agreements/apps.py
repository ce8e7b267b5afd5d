from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "tonle.agreements"
    label = "agreements"
    verbose_name = "Agreements"

    def ready(self) -> None:
        from tonle.agreements import deeds, permissions, services, steps
        from tonle.agreements.kinds import KINDS
        from tonle.agreements.models import Version
        from tonle.agreements.rules.machine import VERSION
        from tonle.catalogue.public import register_kind
        from tonle.infra import lifecycle
        from tonle.kernel.errors import N_
        from tonle.people.public import RoleKind, register_role

        for kind in KINDS:
            register_kind(kind)
        register_role(
            RoleKind("officer", N_("Officer"), ("organisation",), ("manager",), needs_verified=True)
        )
        register_role(RoleKind("secretariat", N_("Secretariat"), ("node",)))
        lifecycle.register(VERSION, Version, may=permissions.may_move, facts=services.facts)
        steps.register_subject(services.SUBJECT, deeds.load)
