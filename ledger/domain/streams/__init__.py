"""The streams of ACTIONS.md section 5, and which class keeps the rules of which."""

from ledger.domain.streams.account import Account
from ledger.domain.streams.application import Application
from ledger.domain.streams.base import Stream, blank
from ledger.domain.streams.concern import Concern
from ledger.domain.streams.credential import Credential
from ledger.domain.streams.enquiry import Enquiry
from ledger.domain.streams.finding import Finding
from ledger.domain.streams.hold import Hold
from ledger.domain.streams.incident import Incident
from ledger.domain.streams.ledger import LedgerStream
from ledger.domain.streams.person import Person
from ledger.domain.streams.post import Post
from ledger.domain.streams.request import Request

CLASSES: dict[str, type[Stream]] = {
    kind.KIND: kind
    for kind in (
        Account,
        Application,
        Concern,
        Credential,
        Enquiry,
        Finding,
        Hold,
        Incident,
        LedgerStream,
        Person,
        Post,
        Request,
    )
}


def shell(stream: str, version: int) -> Stream:
    """The stream named `stream` as it stands after `version` records."""
    return blank(CLASSES.get(stream.partition("/")[0], Stream), stream, version)


__all__ = ["CLASSES", "Stream", "shell"]
