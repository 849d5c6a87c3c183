"""OpenAPI 3.1, made from the declarations of actions and questions; and its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template

from api.answers import json_response
from ledger.domain.catalogue import ACTIONS, EDITION, Action
from ledger.domain.fields import Field
from projections.routes import ROUTES, Route

bp = Blueprint("openapi", __name__, url_prefix="/v1", template_folder="templates")

PROBLEM = {"description": "a problem", "content": {"application/problem+json": {}}}
RECEIPT = (
    "position",
    "event_id",
    "type",
    "stream",
    "stream_version",
    "recorded_at",
    "proof",
)
KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "code": {"type": "string"},
    "id": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
    "hex": {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"},
    "public_key": {"type": "string", "pattern": "^[A-Za-z0-9+/]{43}=$"},
    "sealing_key": {"type": "string", "pattern": "^[A-Za-z0-9+/]{43}=$"},
    "salted": {
        "type": "string",
        "description": "salt$sha256(salt + file)",
    },
    "first_person": {"type": "object"},
    "runners": {"type": "array", "items": {"type": "object"}},
    "rules": {"type": "object"},
    "periods": {"type": "object", "additionalProperties": {"type": "integer"}},
    "record_periods": {"type": "object", "additionalProperties": {"type": "integer"}},
    "ranges": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
    "set": {"type": "object"},
}
LISTS = ("disclose", "withhold", "given_to")
COMMON = ("at", "known_at", "limit", "after")
ENVELOPE: dict[str, Any] = {
    "occurred_at": {"type": "string", "description": "when it happened, by claim"},
    "done_by": {"type": "string", "description": "who did it, where that was not the actor"},
    "already_done": {"type": "boolean", "description": "world acts only; needs late_reason"},
    "expected_version": {"type": "integer", "minimum": 0},
    "event_id": KINDS["id"],
    "salts": {"type": "object", "additionalProperties": {"type": "string"}},
    "intent": {"type": "object", "description": "the actor's own signature (docs/format.md 14)"},
    "approvals": {
        "type": "array",
        "items": {"type": "object"},
        "description": "root statements; only where root keys must approve",
    },
}


@bp.get("/openapi.json")
def document() -> Response:
    """The description of this interface, for machines."""
    return json_response(openapi())


@bp.get("/docs")
def page() -> Response:
    """The same for people; no asset comes from elsewhere."""
    html = render_template("openapi.html", document=openapi())
    answer = Response(html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
    )
    return answer


@bp.get("/docs.css")
def style() -> Response:
    return Response(render_template("openapi.css"), mimetype="text/css")


def openapi() -> dict[str, Any]:
    """The OpenAPI document as JSON values."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "handledger",
            "version": f"catalogue edition {EDITION}",
            "description": "A signed ledger of how a school governs its social-media accounts.",
        },
        "paths": dict(_paths()),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Receipt": _object({n: {"type": ["string", "integer"]} for n in RECEIPT})},
        },
        "security": [{"token": []}],
    }


def _paths() -> Iterator[tuple[str, Any]]:
    yield "/v1/actions", {"get": _get("the catalogue", []), "post": _batch()}
    for action in ACTIONS.values():
        yield f"/v1/actions/{action.name}", {"post": _post(action)}
    yield "/v1/actions/{action}/intent", {"post": _to_sign()}
    yield "/v1/evidence", {"post": _evidence()}
    paging = [_parameter(n) for n in ("after", "limit", "stream", "type", "actor", *COMMON[:2])]
    yield "/v1/records", {"get": _get("records in order of the log", paging)}
    position = _parameter("position", "path")
    yield "/v1/records/{position}", {"get": _get("one record with its proof", [position])}
    for route in ROUTES:
        yield route.path, {"get": _get(route.about, list(_parameters(route)))}
    times = [_parameter(name) for name in COMMON[:2]]
    yield "/v1/restricted", {"get": _get("restricted incidents the caller may see", times)}
    question = [_parameter("question", "path")]
    about = "any question above, with the sealed acts the caller may see opened"
    yield "/v1/restricted/{question}", {"get": _get(about, question)}
    wanted = [_parameter(n) for n in ("from", "to", *COMMON[:2])]
    for ending, media in (("csv", "text/csv"), ("html", "text/html")):
        yield f"/v1/report.{ending}", {"get": _get(f"the report as {ending}", wanted, media)}
    about = "what has had its time by the retention schedule, and why"
    yield "/v1/retention/due", {"get": _get(about, [])}
    yield "/log/checkpoint", {"get": _get("the signed checkpoint", [], "text/plain")}
    tile, width = [_parameter(n, "path") for n in ("level", "number")], _parameter("width", "path")
    octets = "application/octet-stream"
    whole, partial = "a tile of hashes", "one not yet full"
    yield "/log/tile/{level}/{number}", {"get": _get(whole, tile, octets)}
    yield "/log/tile/{level}/{number}.p/{width}", {"get": _get(partial, [*tile, width], octets)}
    yield "/log/trust.policy", {"get": _get("the trust file", [], "text/plain")}


def _post(action: Action) -> dict[str, Any]:
    data = _object(
        {f.name: _schema(f) for f in action.all_fields},
        [f.name for f in action.all_fields if f.required],
    )
    body = _object({"data": data, **ENVELOPE}, ["data"])
    return {
        "summary": f"{action.name}: {action.who.words}",
        "description": f"{action.kind}; policy ({action.mark}): {action.policy}. "
        f"Refused with: {', '.join(action.checks) or 'the codes of every action'}.",
        "operationId": action.name,
        "parameters": [_parameter("Idempotency-Key", "header")],
        "requestBody": _json(body),
        "responses": {
            "201": {
                "description": "a receipt, which verifies by itself",
                **_json({"$ref": "#/components/schemas/Receipt"}),
            },
            "default": PROBLEM,
        },
    }


def _to_sign() -> dict[str, Any]:
    signed = _object({name: {"type": "object"} for name in ("command", "intent")})
    signed["properties"]["challenge"] = {"type": "string"}
    envelope = {k: v for k, v in ENVELOPE.items() if k not in ("salts", "intent")}
    return {
        "summary": "what the actor signs of an action; nothing is recorded",
        "operationId": "to_sign",
        "parameters": [_parameter("action", "path")],
        "requestBody": _json(_object({"data": {"type": "object"}, **envelope}, ["data"])),
        "responses": {
            "200": {"description": "the command to send, and its intent", **_json(signed)},
            "default": PROBLEM,
        },
    }


def _batch() -> dict[str, Any]:
    items = {"type": "array", "items": {"type": "object"}, "minItems": 1, "maxItems": 512}
    return {
        "summary": "up to 512 actions in one durable commit",
        "operationId": "record_batch",
        "parameters": [_parameter("Idempotency-Key", "header")],
        "requestBody": _json(_object({"actions": items}, ["actions"])),
        "responses": {
            "207": {"description": "one receipt or problem per item, in order"},
            "default": PROBLEM,
        },
    }


def _evidence() -> dict[str, Any]:
    ids = dict.fromkeys(("incident", "account", "person"), KINDS["id"])
    days = dict.fromkeys(("from", "to"), KINDS["date"])
    lists = {name: {"type": "array", "items": {"type": "string"}} for name in LISTS}
    return {
        "summary": "an evidence file of the whole log, of one thing, or of some days",
        "operationId": "take_evidence",
        "parameters": [_parameter("Idempotency-Key", "header")],
        "requestBody": _json(_object({**ids, **days, **lists})),
        "responses": {
            "201": {"description": "the file", "content": {"application/zip": {}}},
            "default": PROBLEM,
        },
    }


def _get(summary: str, parameters: list[Any], media: str = "application/json") -> dict[str, Any]:
    answers = {"200": {"description": "the answer", "content": {media: {}}}, "default": PROBLEM}
    return {"summary": summary, "parameters": parameters, "responses": answers}


def _parameters(route: Route) -> Iterator[dict[str, Any]]:
    yield from (_parameter(name, "path") for name in re.findall(r"\{(\w+)\}", route.path))
    yield from (_parameter(name) for name in (*route.allowed, *COMMON))


def _parameter(name: str, where: str = "query") -> dict[str, Any]:
    required = {"required": True} if where == "path" else {}
    return {"name": name, "in": where, "schema": {"type": "string"}, **required}


def _schema(field: Field) -> dict[str, Any]:
    made = dict(KINDS[field.kind])
    if field.allowed and field.kind == "code":
        made["enum"] = list(field.allowed)
    if field.kind == "text":
        made |= {"minLength": field.low, "maxLength": field.high}
    if field.kind == "public_key" and field.high and not field.many:
        made = {"type": "string", "pattern": "^[A-Za-z0-9+/]+={0,2}$"}
    if field.kind == "integer":
        made |= {"minimum": field.low, "maximum": field.high}
    if field.nullable:
        made["type"] = [made["type"], "null"]
    if field.many:
        made = {"type": "array", "items": made, "minItems": field.low, "maxItems": field.high}
    return made


def _object(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": properties}
    return {**made, "required": required} if required else made


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}
