from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "tonle.recognition"
    label = "recognition"
    verbose_name = "Recognition"
