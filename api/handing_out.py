"""Handing out checkpoints, by e-mail or on paper; each time is a record.

Whoever keeps one can show later that the log was cut off or rewritten.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from urllib.parse import unquote, urlsplit

import segno

from api import covers, requests
from api.config import Config
from api.words import fingerprint_words
from ledger.desk import objection
from ledger.domain.school_time import in_london
from ledger.genesis import REHEARSAL
from ledger.history import Ledger
from ledger.outcomes import Declined, Receipt
from ledger.proof.checkpoint import Checkpoint, parse_checkpoint
from ledger.proof.encoding import b64encode
from ledger.proof.note import parse_note

ACTION = "publish_checkpoint"
TIMEOUT = 30.0  # seconds for each answer of the mail server
BY_MAIL, ON_PAPER = "e-mail", "paper"
PRACTICE = "REHEARSAL: practice data, not the record of a school."

LETTER = Template("""\
This is a checkpoint of the ledger of the school's social-media accounts, of $day.
Please keep this message. Whatever was recorded up to now can no longer be changed or cut off
without contradicting it.
$practice
origin: $origin
size:   $size
root:   $root
words:  $words

The attached file is the signed checkpoint. It is given to
    handledger verify evidence.zip --known $file
together with an evidence file, now or in years.
""")


class NotSent(Exception):
    """The checkpoint could not be handed out, and so nothing was recorded."""


@dataclass(frozen=True)
class HandedOut:
    """The size of the checkpoint, and the receipt of the record that it was handed out."""

    size: int
    receipt: Receipt


@dataclass(frozen=True)
class Sheet:
    """What a reader is told of a checkpoint."""

    note: bytes
    day: str

    @property
    def checkpoint(self) -> Checkpoint:
        return parse_checkpoint(parse_note(self.note).text)

    @property
    def file(self) -> str:
        return f"checkpoint-{self.checkpoint.size}.txt"

    def said(self) -> dict[str, str]:
        """The words for templates."""
        point = self.checkpoint
        practice = PRACTICE if point.origin.startswith(f"{REHEARSAL}/") else ""
        return {
            "origin": point.origin,
            "size": str(point.size),
            "root": b64encode(point.root),
            "words": words_of(self.note),
            "day": self.day,
            "practice": practice,
        }


def words_of(note: bytes) -> str:
    """The fingerprint in words of a checkpoint. Raises Malformed for what is none."""
    text = parse_note(note).text
    parse_checkpoint(text)
    return fingerprint_words(text)


def hand_out(
    ledger: Ledger, actor: str, given_to: Sequence[str], medium: str, give: Callable[[Sheet], None]
) -> HandedOut | Declined:
    """Publish the checkpoint, `give` it away, and record that it was given.

    Where the actor may not, that refusal is recorded and nothing is given; where `give` fails,
    nothing is recorded and what it raised goes on.
    """
    data = {"given_to": list(given_to), "medium": medium}
    asked = requests.asked(ACTION, actor, {"data": data})
    [answer] = ledger.try_out([asked])
    if not objection(answer):
        covers.with_a_slip(ledger)
        sheet = Sheet(ledger.publish(), in_london(ledger.ports.clock.now())[:10])
        give(sheet)
        outcome = ledger.record(asked)
        if isinstance(outcome, Receipt):
            return HandedOut(sheet.checkpoint.size, outcome)
        return outcome
    refused = ledger.record(asked)
    return refused if isinstance(refused, Declined) else HandedOut(0, refused)


def slip(sheet: Sheet) -> str:
    """The page to print: origin, size, root, fingerprint in words, and a code to scan."""
    said = {name: escape(text) for name, text in sheet.said().items()}
    if said["practice"]:
        said["practice"] = f'<p class="practice">{said["practice"]}</p>'
    code = segno.make(_own(sheet.note), error="m", micro=False, mode="byte")
    said["code"] = code.svg_inline(scale=4, title="The signed checkpoint", omitsize=True)
    template = files("api") / "templates" / "slip.html"
    return Template(template.read_text("utf-8")).substitute(said)


def _own(note: bytes) -> bytes:
    """The checkpoint with the log's own signature alone: cosignatures make a code hard to scan."""
    text, _, lines = note.rpartition(b"\n\n")
    return text + b"\n\n" + lines.splitlines(keepends=True)[0]


def letter(sheet: Sheet, sender: str, to: Sequence[str]) -> EmailMessage:
    """The message, with the signed checkpoint attached octet by octet."""
    message = EmailMessage()
    message["From"], message["To"] = sender, ", ".join(to)
    message["Subject"] = f"Checkpoint of {sheet.checkpoint.size} records, {sheet.day}"
    message.set_content(LETTER.substitute(sheet.said(), file=sheet.file))
    message.add_attachment(
        sheet.note, maintype="application", subtype="octet-stream", filename=sheet.file
    )
    return message


def send(config: Config, message: EmailMessage) -> None:
    """Send it to everybody in `To`, through the configured server. Raises NotSent."""
    try:
        _send(config, message)
    except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
        raise NotSent(f"the checkpoint was not sent: {_why(error)}") from None


def _send(config: Config, message: EmailMessage) -> None:
    server = urlsplit(config.smtp_url)
    secure = ssl.create_default_context()
    name, port = server.hostname or "", server.port
    connection: smtplib.SMTP = (
        smtplib.SMTP_SSL(name, port or 465, timeout=TIMEOUT, context=secure)
        if server.scheme == "smtps"
        else smtplib.SMTP(name, port or 587, timeout=TIMEOUT)
    )
    with connection as open_:
        if server.scheme == "smtp" and (server.username or _offers_tls(open_)):
            open_.starttls(context=secure)  # a password never goes out in clear
        if server.username:
            open_.login(unquote(server.username), _password(config))
        left_out = open_.send_message(message)
    if left_out:
        raise NotSent(
            f"refused for {', '.join(sorted(left_out))}, sent to the others; nothing was recorded"
        )


def _offers_tls(connection: smtplib.SMTP) -> bool:
    connection.ehlo()
    return connection.has_extn("starttls")


def _password(config: Config) -> str:
    if config.smtp_password_file is None:
        raise NotSent("HANDLEDGER_SMTP_PASSWORD_FILE is not set")
    return config.smtp_password_file.read_text("utf-8").strip()


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"refused for {', '.join(sorted(error.recipients))}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server answered {error.smtp_code}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "the mail server does not offer TLS, and a password is never sent without it"
    return str(error) or type(error).__name__


def write(out: Path, text: str) -> None:
    """Write a page that is there only when it is whole."""
    unfinished = out.with_name(out.name + ".part")
    try:
        unfinished.write_text(text, "utf-8")
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
