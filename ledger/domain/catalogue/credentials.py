"""ACTIONS.md 5.5: who knows which version of an account's password. Never the secret itself."""

from ledger.domain.catalogue.action import MODERATOR, WORLD_ACT, Action
from ledger.domain.fields import code, flag, integer, note, optional, people, person, ref

ACTIONS = (
    Action(
        "store_credential",
        "credential/{account}",
        ("CredentialStored",),
        MODERATOR,
        WORLD_ACT,
        "P",
        "Store account details, including passwords securely",
        (
            ref("account"),
            integer("credential_version", 1, 1),
            note("vault_ref", 300),
            people("known_by"),
            optional(person("recovery_owner")),
            optional(person("mfa_holder")),
        ),
        checks=("not_moderator", "account_closed", "duplicate_id", "person_has_no_role"),
    ),
    Action(
        "share_credential",
        "credential/{account}",
        ("CredentialShared",),
        MODERATOR,
        WORLD_ACT,
        "R",
        "Store account details, including passwords securely",
        (ref("account"), person("person")),
        checks=("not_moderator", "account_closed", "unknown_reference", "person_has_no_role"),
    ),
    Action(
        "rotate_credential",
        "credential/{account}",
        ("CredentialRotated",),
        MODERATOR,
        WORLD_ACT,
        "R",
        "managing an account after … left",
        (
            ref("account"),
            integer("credential_version", 2),
            note("vault_ref", 300),
            people("known_by", low=0),
            code(
                "reason",
                "lead_left runner_left_role volunteer_left suspected_misuse routine other",
            ),
            optional(flag("sessions_ended")),
        ),
        checks=(
            "not_moderator",
            "account_closed",
            "unknown_reference",
            "invalid_field",
            "person_has_no_role",
        ),
    ),
)
