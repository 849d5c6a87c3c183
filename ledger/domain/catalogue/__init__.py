"""Every action that can be recorded, declared once.

Standard library only. `ACTIONS` maps an action's name to its declaration, in the order of
ACTIONS.md section 5; `TYPES` maps an event type to the action that records it.
"""

from ledger.domain.catalogue import (
    accounts,
    applications,
    configuration,
    content,
    credentials,
    enquiries,
    incidents,
    meta,
    people,
    rights,
)
from ledger.domain.catalogue.action import Action, Who

EDITION = 2

ACTIONS: dict[str, Action] = {
    action.name: action
    for module in (
        configuration,
        people,
        applications,
        accounts,
        credentials,
        enquiries,
        content,
        incidents,
        rights,
        meta,
    )
    for action in module.ACTIONS
}
TYPES: dict[str, Action] = {event: a for a in ACTIONS.values() for event in a.events}

# What the ledger itself records: no command asks for these by name.
OWN_TYPES = ("CommandRefused", "KeyringOpened", "Sealed", "StreamHeadsPublished")

__all__ = ["ACTIONS", "EDITION", "OWN_TYPES", "TYPES", "Action", "Who"]
