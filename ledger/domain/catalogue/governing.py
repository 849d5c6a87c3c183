"""ACTIONS.md 5.13: what governors see and accept, what belongs to the policy, how long is kept."""

from ledger.domain.catalogue.action import (
    CHAIR,
    FACT,
    PERMISSION,
    PERSONALLY,
    REVIEWER,
    SLT,
    SLT_OR_CHAIR,
    Action,
)
from ledger.domain.fields import (
    Field,
    code,
    day,
    integer,
    new,
    note,
    optional,
    person,
    ref,
    sealing_key,
    sha256,
    shape,
    text,
)
from ledger.domain.finding_names import FINDINGS

DOCUMENTS = (
    "code_of_conduct acceptable_use_agreement media_policy behaviour_policy "
    "complaints_procedure data_protection_policy disciplinary_policy safeguarding_policy other"
)
SCOPES = "everything accounts enquiries incidents rights training findings"

ACTIONS = (
    Action(
        "accept_finding",
        "ledger",
        ("FindingAccepted",),
        SLT,
        PERMISSION,
        "R",
        "none",
        (
            code("finding", " ".join(FINDINGS)),
            Field("subject", "id", refers="anything"),
            note("reason"),
            day("review_on"),
        ),
        checks=("not_slt", "unknown_reference", "invalid_field"),
    ),
    Action(
        "record_review",
        "ledger",
        ("ReviewRecorded",),
        REVIEWER,
        FACT,
        "R",
        "none",
        (
            integer("size", high=1_000_000_000),
            code("scope", SCOPES),
            code("outcome", "nothing_to_note questions_asked action_required"),
            optional(note("note")),
        ),
        checks=("not_moderator", "invalid_field"),
    ),
    Action(
        "link_document",
        "ledger",
        ("DocumentLinked",),
        SLT,
        PERMISSION,
        "P",
        "subject to the school's Codes of Conduct and Acceptable Use Agreements",
        (code("document", DOCUMENTS), new("document_version"), sha256("document_sha256")),
        checks=("not_slt", "duplicate_id"),
    ),
    Action(
        "acknowledge_document",
        "person/{actor}",
        ("DocumentAcknowledged",),
        PERSONALLY,
        FACT,
        "P",
        "Know the contents of … other relevant policies",
        (ref("document_version"), optional(person("person"))),
        checks=("must_acknowledge_personally", "unknown_reference", "invalid_field"),
    ),
    Action(
        "adopt_retention_schedule",
        "ledger",
        ("RetentionScheduleAdopted",),
        SLT,
        PERMISSION,
        "D",
        "none",
        (
            integer("version"),
            shape("periods", "periods"),
            optional(shape("records", "record_periods")),
        ),
        checks=("not_slt", "invalid_field"),
    ),
    Action(
        "adopt_confidential_keys",
        "ledger",
        ("ConfidentialKeysAdopted",),
        CHAIR,
        PERMISSION,
        "R",
        "none",
        (
            integer("version"),
            sealing_key("chair_key"),
            sealing_key("authority_key"),
            text("authority", 200),
            optional(integer("covers_per_day", 0, 48)),
        ),
        checks=("not_chair", "invalid_field"),
    ),
    Action(
        "renew_sealing",
        "ledger",
        ("SealingRenewed",),
        SLT_OR_CHAIR,
        PERMISSION,
        "R",
        "none",
        (integer("version"),),
        checks=("not_slt", "invalid_field", "confidential_key_needed"),
    ),
)
