from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "tonle.desk"
    label = "desk"
    verbose_name = "Desk"

    def ready(self) -> None:
        from tonle.desk import wiring

        wiring.connect()
