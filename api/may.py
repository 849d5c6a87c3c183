"""Who may ask and do what: the one table of roles, for every page and every route of the API.

A role follows from offices and account roles that the ledger itself records; nobody is given one
here. What somebody may *record* is for the ledger to decide and is not in this table.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.domain import presence, standing
from ledger.domain.entries import Entries

NOBODY = "nobody"  # not signed in
STAFF, RUNNER, SLT, MODERATOR, DPO = "staff", "runner", "slt", "moderator", "dpo"
CHAIR, GOVERNOR, INVESTIGATOR, AUDITOR = "chair", "governor", "investigator", "auditor"
ROLES = (
    STAFF, RUNNER, SLT, MODERATOR, DPO, CHAIR, GOVERNOR, INVESTIGATOR, AUDITOR, NOBODY,
)  # fmt: skip
OF_OFFICE: Mapping[str, str] = {
    "slt": SLT,
    "headteacher": SLT,
    "dsp": SLT,
    "moderator": MODERATOR,
    "dpo": DPO,
    "chair_of_governors": CHAIR,
    "governor": GOVERNOR,
    "investigator": INVESTIGATOR,
    "auditor": AUDITOR,
}

Roles = frozenset[str]
ANYBODY: Roles = frozenset(ROLES)
EVERYONE: Roles = ANYBODY - {NOBODY}  # whoever is here: staff, volunteers, governors
OFFICES: Roles = EVERYONE - {STAFF, RUNNER}
RUNNERS: Roles = OFFICES | {RUNNER}
RIGHTS: Roles = frozenset((SLT, MODERATOR, DPO, CHAIR, AUDITOR))  # who handles personal data
KEEPERS: Roles = frozenset((CHAIR, SLT))  # who may bring a key; what it shows their circle alone
MANAGERS: Roles = frozenset((SLT,))
HANDERS: Roles = frozenset((SLT, MODERATOR))  # who may take evidence and answer a request

# The questions of `projections.routes`, by their path.
QUESTIONS: Mapping[str, Roles] = {
    "/v1/accounts": EVERYONE,
    "/v1/accounts/{account}/roles": EVERYONE,
    "/v1/accounts/{account}/access": EVERYONE,
    "/v1/accounts/{account}/gaps": EVERYONE,
    "/v1/accounts/{account}/monitoring": EVERYONE,
    "/v1/accounts/{account}/credentials": RUNNERS,
    "/v1/accounts/{account}/could-have-posted": OFFICES,
    "/v1/people": EVERYONE,
    "/v1/people/{person}": EVERYONE,
    "/v1/people/{person}/roles": EVERYONE,
    "/v1/departures/{person}": OFFICES,
    "/v1/handovers": EVERYONE,
    "/v1/exposures": OFFICES,
    "/v1/training-lapses": OFFICES,
    "/v1/readiness": OFFICES,
    "/v1/applications": EVERYONE,
    "/v1/sla": RUNNERS,
    "/v1/sla/summary": RUNNERS,
    "/v1/enquiries/{enquiry}/what-if": OFFICES,
    "/v1/enquiries": RUNNERS,
    "/v1/incidents/{incident}/timeline": RUNNERS,
    "/v1/incidents": RUNNERS,
    "/v1/requests": RIGHTS,
    "/v1/holds": RIGHTS | {INVESTIGATOR},
    "/v1/posts": EVERYONE,
    "/v1/exports": OFFICES,
    "/v1/corrections": OFFICES,
    "/v1/open-items": RUNNERS,
    "/v1/refusals": OFFICES,
    "/v1/late-entries": OFFICES,
    "/v1/policy": EVERYONE,
    "/v1/rules": EVERYONE,
    "/v1/findings": OFFICES,
    "/v1/subjects": RIGHTS,
    "/v1/subjects/{subject}": RIGHTS,
    "/v1/image-subjects": EVERYONE,
    "/v1/documents": EVERYONE,
    "/v1/reviews": OFFICES,
    "/v1/retention": RIGHTS,
    "/v1/concerns": RIGHTS,
    "/v1/advice": OFFICES,
    "/v1/learning-platforms": EVERYONE,
    "/v1/training-sessions": EVERYONE,
    "/v1/report": OFFICES,
    "/v1/policy-coverage": OFFICES,
    "/v1/replay": OFFICES,
}

# Everything else, by the name of its endpoint.
PLACES: Mapping[str, Roles] = {
    "accounts.card": EVERYONE,  # where the vault is: who runs it, moderator, SLT (api/pages/known)
    "accounts.one": EVERYONE,
    "accounts.several": EVERYONE,
    "accounts.sheet": RUNNERS,
    "actions.list_actions": ANYBODY,
    "actions.record": EVERYONE,
    "actions.record_batch": EVERYONE,
    "actions.to_sign": EVERYONE,
    "audit.evidence": OFFICES,
    "audit.evidence_form": OFFICES,
    "audit.overview": OFFICES,
    "audit.report": OFFICES,
    "confidential.close": KEEPERS,
    "confidential.open": KEEPERS,
    "confidential.page": KEEPERS,
    "door_people.end": MANAGERS,
    "door_people.factor": MANAGERS,
    "door_people.invite": MANAGERS,
    "door_people.map_to": MANAGERS,
    "door_people.several": MANAGERS,
    "door_people.unmap": MANAGERS,
    "data_requests.one": RIGHTS,
    "data_requests.several": RIGHTS,
    "evidence.evidence": EVERYONE,  # whoever may not take it is refused by the ledger, on record
    "handing.review": HANDERS,  # nobody for themself
    "my_door.codes": EVERYONE,
    "my_door.end": EVERYONE,
    "my_door.factor": EVERYONE,
    "my_door.mine": EVERYONE,
    "my_door.password": EVERYONE,
    "investigate.case": EVERYONE,  # what QUESTIONS says; a restricted one: its circle
    "investigate.enquiry": RUNNERS,
    "investigate.export": OFFICES,  # as evidence.evidence
    "investigate.file": RUNNERS,
    "investigate.find": EVERYONE,
    "investigate.replay": OFFICES,
    "investigate.replay_enquiry": OFFICES,
    "investigate.salts": RUNNERS,
    "investigate.start": EVERYONE,
    "openapi.document": ANYBODY,
    "openapi.page": ANYBODY,
    "outside.choose": ANYBODY,
    "outside.start": ANYBODY,
    "outside.static": ANYBODY,
    "openapi.style": ANYBODY,
    "outsiders.one": RIGHTS,
    "outsiders.several": RIGHTS,
    "papers.one": frozenset((SLT, DPO)),
    "papers.several": frozenset((SLT, DPO)),
    "people.certificate": OFFICES,
    "people.one": EVERYONE,
    "people.several": EVERYONE,
    "provider.back": ANYBODY,
    "provider.go": ANYBODY,
    "queries.ask": EVERYONE,  # and what QUESTIONS says of the question
    "record.begin": EVERYONE,
    "record.choose": EVERYONE,
    "record.done": EVERYONE,  # whoever may not read the record is told that there is none
    "record.form": EVERYONE,
    "record.preview": EVERYONE,  # what they may not record the ledger refuses, on record
    "record.proof": EVERYONE,
    "record.to_sign": EVERYONE,  # tells nothing but what was typed
    "record.stories": EVERYONE,  # and what QUESTIONS says of the question the story asks
    "record.story": EVERYONE,
    "records.one": EVERYONE,  # whoever holds no office: records that they made or that name them
    "records.several": EVERYONE,
    "records_pages.one": EVERYONE,
    "records_pages.proof": EVERYONE,
    "records_pages.raw": EVERYONE,
    "records_pages.several": EVERYONE,
    "report.as_csv": OFFICES,
    "report.as_page": OFFICES,
    "restricted.ask": EVERYONE,  # each only what the incident's own circle is (decision 0011)
    "restricted.incidents": EVERYONE,
    "retaining.due": RIGHTS,
    "retention.due": RIGHTS,
    "sign_in.invitation": ANYBODY,
    "sign_in.out": ANYBODY,
    "sign_in.password": ANYBODY,
    "sign_in.practise": ANYBODY,  # in a practice ledger, and in no other
    "sign_in.recovery": ANYBODY,
    "sign_in.second": ANYBODY,
    "sign_in.start": ANYBODY,
    "calendar.feed": ANYBODY,  # who has the secret of its address, while they are here
    "me.page": EVERYONE,
    "my_keys.enrol": EVERYONE,
    "my_keys.mine": EVERYONE,
    "my_keys.to_sign": EVERYONE,
    "my_tokens.end": EVERYONE,  # what changes something: by session, a token is not enough
    "my_tokens.feed": EVERYONE,
    "my_tokens.issue": EVERYONE,
    "my_tokens.mine": EVERYONE,
    "today.check": EVERYONE,
    "today.page": EVERYONE,
    "transparency.checkpoint": ANYBODY,  # unless the log is kept from the public: then EVERYONE
    "transparency.live": ANYBODY,
    "transparency.ready": ANYBODY,
    "transparency.tile": ANYBODY,  # entry bundles: auditors and who may take evidence, always
    "transparency.trust": ANYBODY,
}


def roles_of(known: Entries, person: str, at: int) -> Roles:
    """The roles of a person at an instant: `staff`, and what their offices and accounts give.

    Somebody who never was registered, has left or is suspended has none but `nobody`.
    """
    if not presence.active(known, person, at):
        return frozenset((NOBODY,))
    held = {OF_OFFICE[office] for office in standing.offices(known, person, at)}
    if presence.kind_of(known, person, at) == GOVERNOR:
        held.add(GOVERNOR)
    if _runs_anything(known, person, at):
        held.add(RUNNER)
    return frozenset(held | {STAFF})


def _runs_anything(known: Entries, person: str, at: int) -> bool:
    accounts = (e.key for e in known.of("AccountCreated"))
    return any(person == who for name in accounts for who, _ in standing.roles(known, name, at))
