from django.apps import AppConfig


class TraceConfig(AppConfig):
    name = "tonle.trace"
    label = "trace"
    verbose_name = "Traceability"

    def ready(self) -> None:
        from tonle.trace import wiring

        wiring.connect()
