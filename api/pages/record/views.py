"""The pages: what happened, a form, what it will say, and the receipt or the refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answered

from api.context import ledger
from api.door import typed
from api.pages import frame, words
from api.pages.frame import page, seen_by
from api.pages.record import (
    asking,
    choosing,
    dealing,
    inputs,
    newcomers,
    nexts,
    people,
    saying,
    signing,
    stories,
    telling,
    things,
    widgets,
)
from api.pages.record.given import F, Given, Typed
from api.pages.record.place import bp
from api.pages.record.reading import read
from ledger.desk import KeyReused, TooLarge
from ledger.domain.acts import Refusal
from ledger.domain.catalogue import ACTIONS, Action
from ledger.domain.catalogue.action import PERMISSION, WORLD_ACT
from ledger.domain.fields import moment, subject
from ledger.domain.refusals import REFUSALS
from ledger.domain.school_time import in_london
from ledger.outcomes import Declined
from ledger.sealing import TooLong

CHANGE, MORE, AS_DONE, RECORD = "change", "more", "as_done", "record"
# Where the ledger names a field of the command's own, and where the form has it.
ELSEWHERE = ("occurred_at", "done_by", "already_done")
WHEN, BY = moment("occurred_at"), subject("done_by")


@bp.route("", methods=["GET", "POST"])
@seen_by
def choose() -> Response:
    """What happened: first what the reader's office lets them record, then the rest.

    A search is sent as a form, so that what is typed stands in no address.
    """
    sought = request.form.get("sought", "").strip()[:100]
    mine, others = choosing.groups(sought)
    told = [name for name in stories.STORIES if stories.may_follow(name)]
    return page("record_choose", mine=mine, others=others, sought=sought, stories=told, words=words)


@bp.get("/<action>")
@seen_by
def form(action: str) -> Response:
    """The form of an action; an address may give ids and codes to begin with, no free text.

    What was typed before the session ended stands in it again.
    """
    declared = _declared(action)
    kept = typed.given_back()
    if kept is not None:
        given = read(declared, kept, {})
        return _form(declared, given.kept, given)
    return _form(declared, _prefilled(declared))


@bp.post("/<action>")
@seen_by
def preview(action: str) -> Answered:
    """What was typed: shown again, looked over, or recorded."""
    declared = _declared(action)
    given = read(declared, request.form, request.files)
    step = request.form.get("step", "")
    if step in (CHANGE, MORE, AS_DONE):
        return _again(given, step)
    refusal = asking.form_refusal(given) if not given.problems else None
    if given.problems or refusal is not None:
        _note(given, refusal)
        return _form(declared, given.kept, given, 422)
    return _record(given) if step == RECORD else _preview(given)


def _declared(name: str) -> Action:
    found = ACTIONS.get(name)
    return found if found is not None else _nothing()


def _nothing() -> Any:
    return frame.not_found("action")


def _prefilled(action: Action) -> Typed:
    """Ids and codes from the address, ids dealt, and what the system says itself."""
    made: Typed = MultiDict()
    for field in action.all_fields:
        control = F + field.name
        if field.kind in ("id", "code", "boolean") and request.args.get(field.name):
            made.setlist(control, request.args.getlist(field.name)[:50])
        elif field.new and widgets.widget(field) == widgets.DEALT:
            made[control] = dealing.new_id(field.new)
        elif field.refers == "account" and field.required:
            made[control] = things.only("account")
    for (name, field_name), computed in dealing.COMPUTED.items():
        if name == action.name and F + field_name not in made:
            found = computed({k[len(F) :]: v for k, v in made.items()})
            made[F + field_name] = "" if found is None else str(found)
    if request.args.get("already_done"):
        made["already_done"] = "yes"
    made["key"] = asking.new_key()
    data = {k[len(F) :]: v for k, v in made.items() if k.startswith(F)}
    made["seen"] = str(asking.see(action, data) or "")
    return made


def _form(
    action: Action, kept: Typed, given: Given | None = None, status: int = 200, **more: Any
) -> Response:
    own = next(f for f in action.all_fields if f.name == "late_reason")
    fields = inputs.of(action, kept, given)
    late = replace(inputs.one(own, action.name, F + "late_reason", kept, given), required=True)
    when = inputs.one(WHEN, "", "occurred_at", kept, given)
    by = replace(inputs.one(BY, "", "done_by", kept, given), anybody=False)
    return page(
        "record_form",
        status,
        action=action,
        typed=kept,
        inputs=fields,
        late=late,
        when=when,
        by=by,
        wrong=list(inputs.wrong([*fields, when, by, late])),
        folded=action.kind == PERMISSION,
        world_act=action.kind == WORLD_ACT,
        checks=[saying.refusal(code) for code in action.checks],
        passages=telling.passages(action.name),
        roll=people.listed(),
        now=in_london(ledger().ports.clock.now()),
        words=words,
        **more,
    )


def _again(given: Given, step: str) -> Response:
    """The form once more, with all that was typed."""
    kept = given.kept
    kept["step"] = step
    if step == AS_DONE:
        kept["already_done"] = "yes"
        text = _("Give the reason below, why it was done against the rule; then look it over.")
        return _form(given.action, kept, trouble=text)
    if step == CHANGE:
        return _form(given.action, kept)
    return _form(given.action, kept, given)


def _note(given: Given, refusal: Refusal | None) -> None:
    """A refusal of the form itself, at the fields it names."""
    if refusal is None:
        return
    named = refusal.details.get("fields") or [_where(refusal.code)]
    for name in map(str, named):
        given.problems[name if name in ELSEWHERE else _control(name)] = refusal.code


def _where(code: str) -> str:
    return {"late_reason_required": "late_reason", "occurred_in_future": "occurred_at"}.get(
        code, ""
    )


def _control(name: str) -> str:
    return F + name.partition("[")[0]


def _preview(given: Given) -> Response:
    """What the record will say. Where somebody was quicker, what they recorded."""
    since, moved = asking.since(given), asking.moved_on(given)
    given.kept["seen"] = str(asking.see(given.action, given.data) or "")
    refusal = asking.would_be_refused(given)
    return page(
        "record_preview",
        action=given.action,
        lines=telling.lines(given),
        kept=_hidden(given.kept),
        readers=telling.readers(given),
        newcomers=newcomers.told(given, asking.command(given)),
        since=since,
        moved=moved,
        no=_explained(given, refusal.code, refusal.details) if refusal else None,
        tried=asking.is_tried(given),
        **signing.offered(given),
        words=words,
    )


def _hidden(kept: Typed) -> list[tuple[str, str]]:
    """Everything that was typed, as a form carries it on."""
    return [(k, v) for k, v in kept.items(multi=True) if v and k not in ("step", "signed")]


def _record(given: Given) -> Answered:
    try:
        outcome = asking.record(given, signing.brought(given))
    except KeyReused:
        text = _("This form was recorded already. To record something else, begin anew.")
        return _trouble(given, text, fresh=True)
    except (TooLarge, TooLong):
        return _trouble(given, _("This is too long for one record: please shorten the texts."))
    except newcomers.NotRegistered:
        return _trouble(given, _("The new person could not be registered: look at the name."))
    if isinstance(outcome, Declined):
        return _refused(given, outcome)
    return redirect(url_for("record.done", position=outcome.position), 303)


def _trouble(given: Given, text: str, fresh: bool = False) -> Response:
    if fresh:
        given.kept["key"] = asking.new_key()
    return _form(given.action, given.kept, given, 422, trouble=text)


def _refused(given: Given, outcome: Declined) -> Response:
    """A refusal, which is a record too; a new key, for what is asked next is something else."""
    since = asking.since(given)
    given.kept["key"] = asking.new_key()
    given.kept["seen"] = str(asking.see(given.action, given.data) or "")
    status = REFUSALS[outcome.code].status
    return page(
        "record_refused",
        status,
        action=given.action,
        no=_explained(given, outcome.code, outcome.details),
        position=outcome.position,
        since=since,
        moved=outcome.code == "stale_stream_version",
        kept=_hidden(given.kept),
        words=words,
    )


def _explained(given: Given, code: str, details: Mapping[str, Any]) -> Mapping[str, Any]:
    said = nexts.explained(given.action, code, details, given.data)
    link = ""
    if nexts.may_help(said.next_action):
        link = choosing.link(said.next_action, said.carried)
    return {"said": said, "fields": nexts.labels(given.action.name, said.fields), "link": link}
