"""Every action that can be recorded, declared once.

Standard library only. `ACTIONS` maps an action's name to its declaration, in the order of
ACTIONS.md section 5, then docs/duties.md; `TYPES` maps an event type to the action that records it.
"""

from ledger.domain.catalogue import (
    accounts,
    applications,
    casework,
    configuration,
    content,
    credentials,
    duties_advice,
    duties_conduct,
    duties_learning,
    enquiries,
    governing,
    images,
    incidents,
    meta,
    oversight,
    people,
    presence,
    rights,
    signing,
    signing_keys,
    subjects,
)
from ledger.domain.catalogue.action import Action, Who

EDITION = 3

ACTIONS: dict[str, Action] = {
    action.name: action
    for module in (
        configuration,
        signing_keys,
        people,
        presence,
        applications,
        accounts,
        oversight,
        credentials,
        enquiries,
        content,
        images,
        incidents,
        casework,
        rights,
        subjects,
        governing,
        duties_learning,
        duties_advice,
        duties_conduct,
        meta,
        signing,
    )
    for action in module.ACTIONS
}
TYPES: dict[str, Action] = {event: a for a in ACTIONS.values() for event in a.events}

# What the ledger itself records: no command asks for these by name.
OWN_TYPES = (
    "CheckpointTimestamped",
    "CommandRefused",
    "KeyringOpened",
    "Sealed",
    "StreamHeadsPublished",
    "WrappingKeyReplaced",
)

__all__ = ["ACTIONS", "EDITION", "OWN_TYPES", "TYPES", "Action", "Who"]
