"""The centre as a Django app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WorkflowConfig(AppConfig):
    name = "workflow"

    def ready(self) -> None:
        post_migrate.connect(_protect_log, sender=self)


def _protect_log(**_kwargs: object) -> None:
    from workflow import audit  # models are not loaded while apps are

    audit.install_triggers()
