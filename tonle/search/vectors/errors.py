"""Refusals of search by meaning."""

from __future__ import annotations

from tonle.kernel.errors import N_, TonleError


class VectorsNotInstalled(TonleError):
    code = "vectors_not_installed"
    message = N_(
        "Search by meaning needs packages that are not installed: %(packages)s. They exist for "
        "Linux on x86-64. Everything else works without them."
    )


class ProcessorTooOld(TonleError):
    code = "processor_too_old"
    message = N_(
        "This processor lacks what the model needs: %(instructions)s. Search by meaning stays "
        "off; search by words and term tables works."
    )


class ModelFailed(TonleError):
    code = "model_failed"
    message = N_(
        "The model does not work on this machine: %(reason)s. Search by meaning stays off; "
        "search by words and term tables works."
    )
