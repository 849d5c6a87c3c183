"""ACTIONS.md 5.13: who is away or suspended, who is back, and that people change."""

from ledger.domain.catalogue.action import (
    FACT,
    PERMISSION,
    SLT_OR_CHAIR,
    SLT_OR_MODERATOR,
    Action,
)
from ledger.domain.catalogue.people import KINDS
from ledger.domain.fields import code, moment, optional, person, sealed, text

ABSENCES = "maternity sickness secondment other"

ACTIONS = (
    Action(
        "record_absence",
        "person/{person}",
        ("AbsenceRecorded",),
        SLT_OR_MODERATOR,
        FACT,
        "R",
        "at least two staff members should be named",
        (
            person("person"),
            moment("from"),
            optional(moment("until")),
            sealed(code("kind", ABSENCES), "@person"),
        ),
        checks=("not_slt", "invalid_field"),
    ),
    Action(
        "suspend_access",
        "person/{person}",
        ("AccessSuspended",),
        SLT_OR_CHAIR,
        FACT,
        "R",
        "disciplinary action may be taken",
        (
            person("person"),
            moment("from"),
            optional(moment("until")),
            optional(sealed(text("reason"), "@person")),
        ),
        checks=("not_slt", "invalid_field"),
    ),
    Action(
        "record_return",
        "person/{person}",
        ("ReturnRecorded",),
        SLT_OR_MODERATOR,
        FACT,
        "R",
        "at least two staff members should be named",
        (person("person"),),
        checks=("not_slt", "already_decided"),
    ),
    Action(
        "change_person",
        "person/{person}",
        ("PersonChanged",),
        SLT_OR_MODERATOR,
        PERMISSION,
        "R",
        "staff, volunteers or parents",
        (
            person("person"),
            optional(code("kind", KINDS)),
            optional(sealed(text("name", 120), "@person")),
            moment("from"),
        ),
        checks=("not_slt", "invalid_field"),
    ),
)
