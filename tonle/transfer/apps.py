from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "tonle.transfer"
    label = "transfer"
    verbose_name = "Technology transfer"

    def ready(self) -> None:
        from tonle.catalogue.public import register_kind
        from tonle.transfer.kinds import KINDS

        for kind in KINDS:
            register_kind(kind)
