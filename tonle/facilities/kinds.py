"""The kinds of what a laboratory offers: places, instruments and services."""

from __future__ import annotations

from tonle.catalogue.public import Kind
from tonle.catalogue.public import profiles as p
from tonle.kernel.errors import N_

_HOST = p.text("The organisation that runs it, in the source's words.")
_COUNTRY = p.text("The country, in the source's words.")
_PLACE = p.text("City or province, in the source's words.")
_WHAT = p.text("What it is, in the source's words.")
_ACCESS = p.text("Who may use it and how, in the source's words.")
_STATUS = p.text("What the source says about its state: planned, to be set up, closed.")

KINDS = (
    Kind(
        name="facility",
        label=N_("Facility"),
        plural=N_("Facilities"),
        context="facilities",
        profile=p.profile(
            "What a facility adds to the record: a laboratory, a station, a collection.",
            host=_HOST,
            country=_COUNTRY,
            place=_PLACE,
            what_it_is=_WHAT,
            access_as_stated=_ACCESS,
            status_as_stated=_STATUS,
            url=p.address("The facility's own page."),
        ),
    ),
    Kind(
        name="instrument",
        label=N_("Instrument"),
        plural=N_("Instruments"),
        context="facilities",
        profile=p.profile(
            "What an instrument adds to the record. Terms follow PIDINST 1.0.",
            host=_HOST,
            country=_COUNTRY,
            place=_PLACE,
            what_it_is=_WHAT,
            access_as_stated=_ACCESS,
            status_as_stated=_STATUS,
            manufacturer=p.text("Who made it."),
            model=p.text("The maker's name of the model."),
            measured_variables=p.many(p.text("Variable."), "What it measures."),
            facility=p.record("The facility it stands in."),
        ),
    ),
    Kind(
        name="service",
        label=N_("Service"),
        plural=N_("Services"),
        context="facilities",
        profile=p.profile(
            "What a service adds to the record: a test, an analysis, a calibration.",
            host=_HOST,
            country=_COUNTRY,
            place=_PLACE,
            what_it_is=_WHAT,
            access_as_stated=_ACCESS,
            status_as_stated=_STATUS,
            method=p.text("The method or standard it follows."),
            turnaround_days=p.number("Days from sample to report."),
            facility=p.record("The facility that gives it."),
        ),
    ),
)
