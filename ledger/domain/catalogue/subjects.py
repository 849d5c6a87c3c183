"""ACTIONS.md 5.13: people outside the register, found by name, and told what concerns them."""

from ledger.domain.catalogue.action import ANYONE, FACT, PERMISSION, Action
from ledger.domain.catalogue.incidents import MEANS
from ledger.domain.fields import Field, code, new, sealed, subject, text

KINDS = "pupil parent other"
# `same_person`: two ids were dealt for one human being; the others: the first is … of the second.
RELATIONS = "same_person parent_of carer_of sibling_of other"

ACTIONS = (
    Action(
        "register_subject",
        "subject/{subject}",
        ("SubjectRegistered",),
        ANYONE,
        PERMISSION,
        "R",
        "data protection laws",
        (new("subject"), code("kind", KINDS), sealed(text("name", 120), "@subject")),
        checks=("invalid_field", "duplicate_id"),
    ),
    Action(
        "link_subjects",
        "subject/{subject}",
        ("SubjectsLinked",),
        ANYONE,
        FACT,
        "R",
        "data protection laws",
        (subject("subject"), subject("linked_to"), code("relation", RELATIONS)),
        checks=("invalid_field",),
    ),
    Action(
        "record_parent_contact",
        "",
        ("ParentContactRecorded",),
        ANYONE,
        FACT,
        "P",
        "parents/carers will be informed",
        (
            subject("parent"),
            Field("about", "id", refers="about"),
            code("by", MEANS),
            sealed(text("purpose", 500), "@parent"),
        ),
        checks=("unknown_reference",),
    ),
)
