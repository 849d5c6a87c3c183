"""Keys with which people sign for themselves (docs/trust.md, edition 3): enrolled, ended, demanded.

`DEMANDABLE` are the actions for which a school may demand the actor's own signature: decisions,
closings, erasure, holds, offices, keys. Never enrolling or ending a key, nor this policy itself:
whoever lost a key must be able to get another.
"""

from ledger.domain.catalogue.action import (
    FACT,
    PERMISSION,
    PERSONALLY,
    SLT,
    SLT_MODERATOR_OR_SELF,
    Action,
)
from ledger.domain.fields import code, codes, integer, label, optional, person, text

DEMANDABLE = """
approve_application reject_application decide_prepublication_check assess_incident
classify_conduct decide_content decide_concern decide_scope decide_rights_request
close_account close_incident complete_rights_request erase_subject run_retention
place_legal_hold release_legal_hold assign_office end_office rotate_signing_key annul_entry
"""
ENDED_BECAUSE = "replaced lost stolen left"

ACTIONS = (
    Action(
        "enrol_actor_key",
        "person/{person}",
        ("ActorKeyEnrolled",),
        PERSONALLY,
        FACT,
        "D",
        "none (who sits at the keyboard)",
        (
            person("person"),
            code("kind", "file passkey"),
            code("algorithm", "ed25519 es256"),
            text("public_key", 100),
            label("key_id"),
            text("signature", 200),
            optional(text("rp", 253)),
            optional(text("passkey_id", 1_400)),
            optional(text("authenticator_data", 200)),
            optional(text("client_data", 2_800)),
        ),
        checks=(
            "invalid_field",
            "must_acknowledge_personally",
            "duplicate_id",
            "actor_signature_required",
        ),
    ),
    Action(
        "end_actor_key",
        "person/{person}",
        ("ActorKeyEnded",),
        SLT_MODERATOR_OR_SELF,
        PERMISSION,
        "D",
        "none (who sits at the keyboard)",
        (person("person"), label("key_id"), code("reason", ENDED_BECAUSE)),
        checks=("not_slt", "invalid_field", "already_decided", "approver_is_requester"),
    ),
    Action(
        "adopt_signature_policy",
        "ledger",
        ("SignaturePolicyAdopted",),
        SLT,
        PERMISSION,
        "D",
        "none (who sits at the keyboard)",
        (integer("version"), codes("actions", DEMANDABLE)),
        checks=("not_slt", "invalid_field"),
    ),
)
