"""Who may do what, and which duties must be in different hands (checks, steps 1, 7 and 8).

Standard library only: the service asks before it records, the auditor's verifier asks again.
Every function yields refusal codes in the order of the checks, and nothing where all is well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ledger.domain import handover, interests, matters, presence, standing
from ledger.domain.acts import Act, Refusal
from ledger.domain.catalogue import action as kinds
from ledger.domain.entries import Entries, Entry
from ledger.domain.standing import SYSTEM


def known_and_active(known: Entries, actor: str, at: int) -> Iterator[Refusal]:
    """Step 1: the actor is registered, has not left by `at` and is not suspended then."""
    if actor == SYSTEM:
        return
    if not standing.registered(known, actor):
        yield Refusal("unknown_actor")
    elif not presence.active(known, actor, at):
        yield Refusal("actor_departed")


def office(known: Entries, act: Act) -> Iterator[Refusal]:
    """Step 7: office or account role."""
    code = _system(act) if act.actor == SYSTEM else _person(known, act)
    if code:
        yield Refusal(code)


def apart(known: Entries, act: Act) -> Iterator[Refusal]:
    """Step 8: nobody decides on, clears or carries out what is their own."""
    if act.action.apart and {act.actor, act.doer} & _others(known, act):
        yield Refusal(act.action.apart)


def _system(act: Act) -> str:
    if not act.action.system:
        return "not_moderator"
    if act.action.name == "respond_to_enquiry" and not act.fields["automated"]:
        return "not_account_runner"
    return ""


def _person(known: Entries, act: Act) -> str:
    who = act.action.who
    if who is kinds.SYSTEM:
        return who.code
    if interests.named(known, act) & {act.actor, act.doer}:
        return who.code or "not_account_runner"
    if who is kinds.PERSONALLY:
        named = {act.doer, act.fields.get("person", act.actor)}
        return who.code if named != {act.actor} else ""
    if who is kinds.RUNNER:
        return _runner(known, act)
    own = OWN_MATTER.get(who)
    if own is not None and own(known, act):
        return ""
    return "" if who.offices and _entitled(known, act) else who.code


def _runner(known: Entries, act: Act) -> str:
    if act.fields.get("automated") is True:
        return ""
    account = account_of(known, act)
    fits = standing.runs_or_oversees(known, act.doer, account, act.occurred_at, act.edition)
    return "" if fits else "not_account_runner"


def _entitled(known: Entries, act: Act) -> bool:
    """Office: the actor's now, for decisions also then; and that of whoever did it, then."""
    asked = {(act.actor, act.recorded_at)}
    if act.doer != act.actor:
        asked.add((act.doer, act.occurred_at))
    if act.action.decision:
        asked.add((act.actor, act.occurred_at))
    aside = frozenset(_others(known, act)) | interests.named(known, act)
    deciders = interests.deciders(known, act)
    if deciders:
        return all(
            standing.acts(known, person, deciders, at, aside, act.edition) for person, at in asked
        )
    return all(
        any(
            standing.holds(known, person, o, at, aside, act.edition) for o in act.action.who.offices
        )
        for person, at in asked
    )


def _is_self(_: Entries, act: Act) -> bool:
    return bool(act.fields["person"] == act.actor == act.doer)


def _is_author(known: Entries, act: Act) -> bool:
    return _target(known, act).record.actor == act.actor == act.doer


def _is_applicant(known: Entries, act: Act) -> bool:
    asked = standing.submission(known, act.fields["application"])
    return asked is not None and asked.doer == act.doer


def _leads(known: Entries, act: Act) -> bool:
    held = standing.roles(known, act.fields["account"], act.occurred_at)
    here = not presence.suspended(known, act.doer, act.occurred_at)
    return here and (act.doer, "lead") in held


def _is_offered(known: Entries, act: Act) -> bool:
    offers = handover.offered(known, act.fields["account"], act.actor)
    return bool(offers) and act.actor == act.doer


def _is_involved(known: Entries, act: Act) -> bool:
    return {act.actor, act.doer} <= matters.involved(known, act.fields["incident"])


def _replies(known: Entries, act: Act) -> bool:
    """Right of reply: whoever is named in the entry; only for somebody outside may another type."""
    personal = act.doer == act.actor or not standing.registered(known, act.doer)
    return personal and act.doer in matters.named_in(_target(known, act))


# Who may without an office, because it is their own matter.
OWN_MATTER: dict[kinds.Who, Callable[[Entries, Act], bool]] = {
    kinds.SLT_OR_SELF: _is_self,
    kinds.SLT_MODERATOR_OR_SELF: _is_self,
    kinds.AUTHOR: _is_author,
    kinds.APPLICANT: _is_applicant,
    kinds.LEAD: _leads,
    kinds.LEAD_OR_MODERATOR: _leads,
    kinds.INCOMING: _is_offered,
    kinds.INVOLVED: _is_involved,
    kinds.NAMED: _replies,
}


def account_of(known: Entries, act: Act) -> str | None:
    """The account an act is about: named by itself, or by the enquiry, post or case it goes on."""
    if "enquiry" in act.fields:
        received = receipt(known, act.fields["enquiry"])
        return received.fields.get("account") if received else None
    account: str | None = act.fields.get("account")
    about = _about(known, act)
    return about.fields.get("account") if account is None and about else account


def _about(known: Entries, act: Act) -> Entry | None:
    """The entry that names the account, where the act goes on with a post or a case."""
    if act.action.name == "decide_content":
        return matters.reported(known, act.fields["incident"])
    changes = act.action.name in ("update_post", "remove_own_post")
    return matters.published(known, act.fields["post"]) if changes else None


def receipt(known: Entries, enquiry: str) -> Entry | None:
    """The entry that received the enquiry."""
    found = known.stream(f"enquiry/{enquiry}")
    return next((e for e in found if e.type == "EnquiryReceived"), None)


def clearance_request(known: Entries, post: str) -> Entry | None:
    """The latest request to clear the post before publication."""
    found = [e for e in known.stream(f"post/{post}") if e.type == "PrePublicationCheckRequested"]
    return found[-1] if found else None


def _others(known: Entries, act: Act) -> set[str]:
    """Those who may not act in this matter because it is their own."""
    name, fields = act.action.name, act.fields
    if name in ("approve_application", "reject_application"):
        asked = standing.submission(known, fields["application"])
        return {asked.doer} if asked else set()
    if name == "decide_prepublication_check":
        wanted = clearance_request(known, fields["post"])
        return {wanted.doer} if wanted else set()
    if name == "annul_entry":
        return {_target(known, act).record.actor} | _whose_presence(known, act)
    if name == "correct_entry":
        return _whose_presence(known, act)
    if name == "give_second_opinion":
        opened = known.stream(f"opinion/{fields['opinion']}")
        return {e.doer for e in opened if e.type == "SecondOpinionAsked"}
    if name == "erase_subject":
        return _granters(known, fields["request"])
    if name == "destroy_records":
        return _ran_retention(known)
    return set()


def _ran_retention(known: Entries) -> set[str]:
    """Who ran retention last: what goes with the records is looked at by two people."""
    ran = max(known.of("RetentionApplied"), key=lambda e: e.position, default=None)
    return {ran.record.actor, ran.doer} if ran is not None else set()


def _whose_presence(known: Entries, act: Act) -> set[str]:
    """Nobody undoes their own suspension, nor the registration or return they act by."""
    target = _target(known, act)
    kept = {presence.SUSPENSION, "ReturnRecorded"}
    if act.edition >= 2 and act.action.name == "annul_entry":
        kept.add("PersonRegistered")
    return {str(target.fields["person"])} if target.type in kept else set()


def _granters(known: Entries, request: str) -> set[str]:
    return {
        person
        for e in known.stream(f"request/{request}")
        if e.type == "RightsRequestDecided" and e.fields["decision"] == "granted"
        for person in (e.record.actor, e.doer)
    }


def _target(known: Entries, act: Act) -> Entry:
    target = known.by_id(act.fields["target"])
    assert target is not None, "references are checked before office (step 6 before step 7)"
    return target
