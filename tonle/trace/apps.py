from django.apps import AppConfig


class TraceConfig(AppConfig):
    name = "tonle.trace"
    label = "trace"
    verbose_name = "Traceability"
