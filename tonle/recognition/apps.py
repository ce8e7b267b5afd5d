from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "tonle.recognition"
    label = "recognition"
    verbose_name = "Recognition"

    def ready(self) -> None:
        from tonle.catalogue.public import register_kind
        from tonle.recognition.kinds import KINDS

        for kind in KINDS:
            register_kind(kind)
