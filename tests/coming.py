"""Somebody of every role, signed in to the sample term, and the address of every route."""

from cast import CHAIR, HEAD, MODERATOR, RUNNER

from api import may
from api.answers import PROBLEM
from api.door import csrf, sessions

# Who comes as what; those whom the term does not know are registered first.
ADDED = {
    "dpo": "ext-050",
    "governor": "gov-051",
    "investigator": "ext-052",
    "auditor": "ext-053",
    "": "stf-054",
}
COMES = {
    may.STAFF: ADDED[""],
    may.RUNNER: RUNNER,
    may.SLT: HEAD,
    may.MODERATOR: MODERATOR,
    may.CHAIR: CHAIR,
    may.DPO: ADDED["dpo"],
    may.GOVERNOR: ADDED["governor"],
    may.INVESTIGATOR: ADDED["investigator"],
    may.AUDITOR: ADDED["auditor"],
}
SESSION = "handledger-session"
IDS = {
    "account": "fb-main",
    "person": RUNNER,
    "subject": "par-001",
    "enquiry": "enq-2026-004",
    "incident": "inc-2026-003",
}


def signed_in(client, role):
    """Sign in anew as whoever has the role; what a request then carries."""
    door, mark = client.application.extensions["handledger.door"], ""
    client.delete_cookie(SESSION)
    if role != may.NOBODY:
        secret = sessions.begin(door, COMES[role], sessions.INSIDE, "practice")
        client.set_cookie(SESSION, secret)
        mark = csrf.token_of(secret)
    return {"headers": {"Accept": PROBLEM}, "data": {"csrf": mark}}


def path_of(rule, ids):
    """An address of that rule."""
    made = rule.rule
    for name in rule.arguments:
        value = ids.get(name, "x")
        for kind in ("", "path:", "int:"):
            made = made.replace(f"<{kind}{name}>", value)
    return made
