"""Two OpenID providers on free ports: one that says whatever the test wants, and a real one."""

import base64
import hmac
import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey


class Liar:
    """`claims`, `header` and `key` make the id token; `said` changes the discovery document."""

    def __init__(self, port):
        self.issuer = f"http://localhost:{port}"
        self.own = RSAKey.generate_key(2048, {"kid": "one"})
        self.key, self.header = self.own, {"alg": "RS256", "kid": "one"}
        self.claims, self.said, self.raw = {}, {}, None
        self.answers, self.asked = {}, []

    def discovery(self):
        endpoints = {
            "authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks"
        }  # fmt: skip
        made = {name: self.issuer + path for name, path in endpoints.items()}
        return {"issuer": self.issuer, **made, **self.said}

    def all_claims(self):
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "subject-1", "aud": "handledger", "iat": now}
        claims = {**claims, "exp": now + 300, "name": "Lowri Gittins", **self.claims}
        return {name: value for name, value in claims.items() if value is not None}

    def token(self):
        made = self.raw or jwt.encode(self.header, self.all_claims(), self.key)
        return {"access_token": "a", "token_type": "Bearer", "id_token": made, **self.answers}

    def unsigned(self):
        """The right claims under `alg: none`."""
        self.raw = f"{part({'alg': 'none'})}.{part(self.all_claims())}."

    def with_public_key_as_secret(self):
        """The right claims, signed with HMAC under what everybody knows."""
        words = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(self.all_claims())}"
        mac = hmac.digest(self.own.as_pem(private=False), words.encode(), "sha256")
        self.raw = f"{words}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

    def jwks(self):
        return {"keys": [self.own.as_dict(private=False)]}


def part(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@contextmanager
def lying():
    """A provider that runs until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer(liar.jwks() if self.path == "/jwks" else liar.discovery())

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            liar.asked.append(dict(parse_qsl(body)))
            self.answer(liar.token())

        def answer(self, value):
            text = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    liar = Liar(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# In a process of its own: it warns of what it uses itself, and warnings are errors here.
PROVIDER = """
import sys
from oidc_provider_mock import User, run_server_in_thread
user = User(sub="subject-7", claims={"name": "Lowri", "email": "l@s.example"})
with run_server_in_thread(user_claims=[user], require_nonce=True) as server:
    print(server.server_port, flush=True)
    sys.stdin.read()
"""


@contextmanager
def real_provider():
    """The issuer of a real provider that knows `subject-7`."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PROVIDER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield f"http://localhost:{int(process.stdout.readline())}"
    finally:
        process.communicate("", timeout=30)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def location(url, **form) -> str:
    """Where a form sent to that address leads."""
    request = urllib.request.Request(url, urlencode(form).encode())
    try:
        urllib.request.build_opener(_Stay).open(request, timeout=10)
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.headers["Location"]
    raise AssertionError("no redirect")
