"""Sign-in at the school's OpenID provider: code flow, with state, nonce and PKCE.

One issuer is believed, the one that was set; discovery, keys and token endpoint are its own. What
comes back is (issuer, subject), never an e-mail address: those are given to other people.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from api.door.store import Door, Provider, digest

CALLBACK = "/sign-in/provider/back"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
SECONDS = 10 * 60  # to sign in over there
TIMEOUT = 10
MOST = 1000  # that are under way at once: beginning one costs a stranger nothing
LEEWAY = 60  # seconds between their clock and ours
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class OidcRefused(Exception):
    """What came is not a sign-in that we began; the text is for the log, without secrets."""


@dataclass(frozen=True)
class Identity:
    """Who it is, in the provider's words. `shown` helps a person to recognise them, no more."""

    issuer: str
    subject: str
    shown: str


@dataclass(frozen=True)
class Flow:
    """A sign-in that was begun in this browser."""

    nonce: str
    verifier: str
    next: str


def begin(door: Door, browser: str, after: str) -> str:
    """The provider's address to send the browser to. Raises OidcRefused."""
    provider = _provider(door)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    known = _discovered(provider)
    with _client(door, provider) as client:
        url, _ = client.create_authorization_url(
            known["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
        )
    now = door.now()
    row = (digest(state), browser, nonce, verifier, after, now + SECONDS)
    with door.database() as db:
        db.execute("DELETE FROM door_flows WHERE expires <= ?", (now,))
        db.execute("INSERT INTO door_flows VALUES (?,?,?,?,?,?)", row)
        newest = "SELECT rowid FROM door_flows ORDER BY expires DESC, rowid DESC LIMIT ?"
        db.execute(f"DELETE FROM door_flows WHERE rowid NOT IN ({newest})", (MOST,))
    return str(url)


def finish(door: Door, browser: str, given: Mapping[str, str]) -> tuple[Identity, str]:
    """Who came back, and the page they had asked for. Raises OidcRefused.

    `given` are the parameters of the callback. A flow ends with its first callback, good or not.
    """
    flow, provider = _flow(door, browser, given.get("state", "")), _provider(door)
    if given.get("iss", provider.issuer) != provider.issuer:
        raise OidcRefused("the callback is of another issuer")
    if "error" in given or not given.get("code"):
        raise OidcRefused("the provider did not sign them in")
    try:
        claims = _claims(door, provider, flow, given["code"])
    except (AuthlibBaseError, JoseError, requests.RequestException, ValueError) as error:
        raise OidcRefused(f"the provider's answer is not good ({type(error).__name__})") from None
    return _identity(provider, claims), flow.next


def _flow(door: Door, browser: str, state: str) -> Flow:
    with door.database() as db:
        db.execute("BEGIN IMMEDIATE")
        asked = "SELECT * FROM door_flows WHERE state_sha256 = ?"
        row: sqlite3.Row | None = db.execute(asked, (digest(state),)).fetchone()
        db.execute("DELETE FROM door_flows WHERE state_sha256 = ?", (digest(state),))
    if row is None or row["browser"] != browser or row["expires"] <= door.now():
        raise OidcRefused("no such sign-in was begun in this browser")
    return Flow(row["nonce"], row["verifier"], row["next"])


def _claims(door: Door, provider: Provider, flow: Flow, code: str) -> Mapping[str, Any]:
    """The claims of the id token, each of them checked."""
    known = _discovered(provider)
    with _client(door, provider) as client:
        token = client.fetch_token(
            known["token_endpoint"],
            code=code,
            code_verifier=flow.verifier,
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    keys = KeySet.import_key_set(cast(KeySetSerialization, _fetched(known["jwks_uri"])))
    read = jwt.decode(str(token.get("id_token", "")), keys, algorithms=ALGORITHMS)
    options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    bound = {"nonce": flow.nonce, "client_id": provider.client_id}
    bound["access_token"] = token.get("access_token")
    claims = CodeIDToken(read.claims, read.header, options, bound)
    claims.validate(now=door.now(), leeway=LEEWAY)
    return dict(claims)


def _identity(provider: Provider, claims: Mapping[str, Any]) -> Identity:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise OidcRefused("the provider named no subject")
    told = [claims.get(name) for name in ("name", "email", "preferred_username")]
    shown = ", ".join(dict.fromkeys(t for t in told if isinstance(t, str)))
    return Identity(provider.issuer, subject, shown[:200])


def _discovered(provider: Provider) -> dict[str, str]:
    """Where the provider's endpoints are, in its own words. Raises OidcRefused."""
    try:
        said = _fetched(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    except (requests.RequestException, ValueError) as error:
        raise OidcRefused(f"the provider does not answer ({type(error).__name__})") from None
    if said.get("issuer") != provider.issuer:
        raise OidcRefused("the provider calls itself otherwise than it was set")
    found = {name: said.get(name) for name in ENDPOINTS}
    safe = provider.issuer.partition(":")[0]
    if not all(isinstance(url, str) and urlsplit(url).scheme == safe for url in found.values()):
        raise OidcRefused("the provider names no endpoint that could be used")
    return {name: str(url) for name, url in found.items()}


def _fetched(url: str) -> dict[str, Any]:
    answer = requests.get(url, timeout=TIMEOUT, allow_redirects=False)
    answer.raise_for_status()
    said = answer.json()
    if not isinstance(said, dict):
        raise ValueError("not an object")
    return said


def _provider(door: Door) -> Provider:
    if door.provider is None:
        raise OidcRefused("no provider is set")
    return door.provider


def _client(door: Door, provider: Provider) -> OAuth2Session:
    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope="openid profile email",
        redirect_uri=door.address + CALLBACK,
        code_challenge_method="S256",
    )
