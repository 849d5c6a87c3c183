"""Checkpoints go out by e-mail and on paper, and each time is a record."""

import json
import re
import socket
import ssl
from email import message_from_bytes, policy
from hashlib import sha256

import pytest
import segno
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from calling import run

from api.config import ConfigError, read_config
from api.words import WORDS, _word, fingerprint_words
from ledger.proof.checkpoint import parse_checkpoint
from ledger.proof.note import parse_note

WHO = ("--actor", "stf-011", "--given-to", "stf-011")


class Letters:
    """Keeps what it is sent; nobody is at `nobody@`."""

    def __init__(self):
        self.kept = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.kept.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"


@pytest.fixture(name="letters")
def _letters(monkeypatch):
    """A mail server on loopback, and the ledger set to use it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    handler = Letters()
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setenv("HANDLEDGER_SMTP_URL", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("HANDLEDGER_MAIL_FROM", "ledger@school.example")
    yield handler.kept
    server.stop()


def size_of(directory, capsys):
    capsys.readouterr()
    assert 0 == run("--data", directory, "get", "/v1/records")
    return json.loads(capsys.readouterr().out)["as_of"]["size"]


def last_record(directory, capsys):
    position = size_of(directory, capsys) - 1
    assert 0 == run("--data", directory, "get", f"/v1/records/{position}")
    return json.loads(capsys.readouterr().out)["answer"]


def test_governors_get_the_checkpoint_by_e_mail(school, letters, tmp_path, capsys):
    to = ("--to", "chair@school.example", "--to", "clerk@council.example")
    assert 0 == run("--data", school, "checkpoint", "send", *to, *WHO, "--json")
    assert {"size": 2, "recorded": 2} == json.loads(capsys.readouterr().out)
    [(sender, people, content)] = letters
    assert "ledger@school.example" == sender
    assert ["chair@school.example", "clerk@council.example"] == people
    message = message_from_bytes(content, policy=policy.default)
    [attached] = message.iter_attachments()
    note = attached.get_content()
    assert ("checkpoint-2.txt", 2) == (attached.get_filename(), read(note).size)
    body = message.get_body().get_content()
    assert fingerprint_words(parse_note(note).text) in body
    record = last_record(school, capsys)
    assert ("CheckpointPublished", "stf-011") == (record["type"], record["actor"])
    assert ["stf-011"] == record["fields"]["given_to"]
    can_be_verified_against(school, tmp_path, note, capsys)


def read(note):
    return parse_checkpoint(parse_note(note).text)


def can_be_verified_against(school, tmp_path, note, capsys):
    """What the governor kept contradicts nothing of the file, and a shorter log does."""
    kept, file = tmp_path / "kept.txt", tmp_path / "evidence.zip"
    kept.write_bytes(note)
    assert 0 == run("--data", school, "export", file)
    capsys.readouterr()
    trust = school / "trust.policy"
    assert 0 == run("verify", file, "--trust", trust, "--known", kept)
    assert 0 == run("checkpoint", "words", kept)
    assert fingerprint_words(parse_note(note).text) in capsys.readouterr().out.splitlines()


def test_where_it_could_not_be_sent_nothing_is_recorded(school, letters, capsys, monkeypatch):
    before = size_of(school, capsys)
    send = ("--data", school, "checkpoint", "send", *WHO)
    assert 1 == run(*send, "--to", "nobody@school.example")
    assert "refused for nobody@school.example" in capsys.readouterr().err
    assert 1 == run(*send, "--to", "nobody@school.example", "--to", "chair@school.example")
    assert "refused for nobody@school.example, sent to the others" in capsys.readouterr().err
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    monkeypatch.setenv("HANDLEDGER_SMTP_URL", f"smtp://127.0.0.1:{port}")
    assert 1 == run(*send, "--to", "chair@school.example")
    assert "the checkpoint was not sent" in capsys.readouterr().err
    assert before == size_of(school, capsys)


def test_a_password_is_never_sent_in_clear(school, letters, tmp_path, capsys, monkeypatch):
    url = read_config(str(school)).smtp_url.replace("smtp://", "smtp://school@")
    monkeypatch.setenv("HANDLEDGER_SMTP_URL", url)
    (tmp_path / "word").write_text("s3cret\n")
    monkeypatch.setenv("HANDLEDGER_SMTP_PASSWORD_FILE", str(tmp_path / "word"))
    send = ("--data", school, "checkpoint", "send", *WHO, "--to", "chair@school.example")
    assert 1 == run(*send)
    assert "does not offer TLS" in capsys.readouterr().err
    assert [] == letters


def test_over_tls_it_signs_in(school, tmp_path, capsys, monkeypatch):
    """A server with a certificate of the school's own, which the machine trusts."""
    pem, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    handler, seen = Letters(), []

    def signed_in(server, session, envelope, mechanism, data):
        seen.append((data.login, data.password))
        return AuthResult(success=True)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(
        handler,
        hostname="127.0.0.1",
        port=port,
        tls_context=context,
        require_starttls=True,
        authenticator=signed_in,
        auth_required=True,
    )
    server.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    monkeypatch.setenv("HANDLEDGER_SMTP_URL", f"smtp://school@localhost:{port}")
    monkeypatch.setenv("HANDLEDGER_MAIL_FROM", "ledger@school.example")
    (tmp_path / "word").write_text("s3cret\n")
    monkeypatch.setenv("HANDLEDGER_SMTP_PASSWORD_FILE", str(tmp_path / "word"))
    try:
        send = ("--data", school, "checkpoint", "send", *WHO, "--to", "chair@school.example")
        assert 0 == run(*send), capsys.readouterr().err
    finally:
        server.stop()
    assert [(b"school", b"s3cret")] == seen
    assert 1 == len(handler.kept)


def certificate(directory):
    import subprocess

    pem, key = directory / "cert.pem", directory / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-days", "2", "-keyout", str(key), "-out", str(pem)],
        check=True, capture_output=True,
    )  # fmt: skip
    return pem, key


def test_a_slip_to_print_and_keep_in_a_drawer(school, tmp_path, capsys):
    out = tmp_path / "slip.html"
    assert 0 == run("--data", school, "checkpoint", "slip", "--out", out, *WHO)
    assert "recorded at position 2" in capsys.readouterr().out
    page = out.read_text("utf-8")
    assert 0 == run("--data", school, "export", tmp_path / "e.zip")
    [root] = re.findall(r"<dt>Root</dt><dd>(.*)</dd>", page)
    [origin] = re.findall(r"<dt>Origin</dt><dd>(.*)</dd>", page)
    [words] = re.findall(r'<dd class="words">(.*)</dd>', page)
    text = f"{origin}\n2\n{root}\n"
    assert fingerprint_words(text) == words
    assert "REHEARSAL" not in page
    assert "<script" not in page
    assert [] == re.findall(r'(?:src|href)="', page)
    assert "CheckpointPublished" == last_record(school, capsys)["type"]


def test_the_code_holds_the_whole_signed_checkpoint(school, tmp_path, monkeypatch):
    from api import handing_out

    made, real = [], segno.make
    monkeypatch.setattr(segno, "make", lambda data, **how: made.append(data) or real(data, **how))
    assert 0 == run("--data", school, "checkpoint", "slip", "--out", tmp_path / "s.html", *WHO)
    [note] = made
    assert (2, 1) == (read(note).size, len(parse_note(note).signatures))
    cosigned = note + "— w/1 AAAAAAAA\n".encode()
    assert note == handing_out._own(cosigned)


def test_a_teacher_hands_nothing_out_and_that_is_on_record(school, tmp_path, letters, capsys):
    person = {"person": "stf-100", "name": "N", "kind": "staff", "offices": []}
    assert 0 == run("--data", school, "record", "register_person", "--actor", "stf-011",
                    "--fields", json.dumps(person))  # fmt: skip
    who = ("--actor", "stf-100", "--given-to", "stf-100")
    out = tmp_path / "slip.html"
    assert 1 == run("--data", school, "checkpoint", "slip", "--out", out, *who)
    assert 1 == run("--data", school, "checkpoint", "send", "--to", "a@school.example", *who)
    assert "not_moderator" in capsys.readouterr().err
    assert not out.exists()
    assert [] == letters
    assert "CommandRefused" == last_record(school, capsys)["type"]


def test_a_slip_that_cannot_be_written_is_not_recorded(school, tmp_path, capsys):
    before = size_of(school, capsys)
    assert 1 == run("--data", school, "checkpoint", "slip", "--out", tmp_path / "no/s.html", *WHO)
    assert before == size_of(school, capsys)


def test_wrong_usage(school, tmp_path, capsys, monkeypatch):
    send = ("--data", school, "checkpoint", "send", *WHO)
    assert 1 == run(*send, "--to", "chair@school.example")
    assert "HANDLEDGER_SMTP_URL" in capsys.readouterr().err
    monkeypatch.setenv("HANDLEDGER_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("HANDLEDGER_MAIL_FROM", "ledger@school.example")
    for address in ("chair", "a@b\nBcc: c@d", "a@b,c@d", "a b@c"):
        assert 2 == run(*send, "--to", address), address
    (tmp_path / "x").write_text("no checkpoint")
    assert 1 == run("checkpoint", "words", tmp_path / "x")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "http://mail.example"),
        ("SMTP_URL", "smtp://user:word@mail.example"),
        ("MAIL_FROM", "ledger"),
        ("MAIL_FROM", "a@b\nBcc: c@d"),
        ("SMTP_PASSWORD_FILE", "nowhere"),
    ],
)
def test_odd_settings_are_refused_by_name(tmp_path, name, value):
    with pytest.raises(ConfigError, match=name):
        read_config(str(tmp_path), {f"HANDLEDGER_{name}": value})


def test_words_are_proquints():
    """127.0.0.1 and 63.84.220.193, as the proposal of 2009 spells them."""
    for number, words in ((0x7F000001, "lusab babad"), (0x3F54DCC1, "gutih tugad")):
        assert words == f"{_word(number >> 16)} {_word(number & 0xFFFF)}"
    said = fingerprint_words("x\n").split(" ")
    assert WORDS == len(said)
    assert _word(int.from_bytes(sha256(b"x\n").digest()[:2], "big")) == said[0]
    assert 2**16 == len({_word(n) for n in range(2**16)})
