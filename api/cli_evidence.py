"""The subcommand that takes evidence. Heavy imports stay inside the command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from api.config import Config
from api.usage import CLOCK_OK, DATA, Failed, config_of

PATH = click.Path(dir_okay=False, path_type=Path)
SHEET = click.Path(exists=True, dir_okay=False, path_type=Path)
ALONE = ("language", "request", "complete", "review_sheet", "review")


@click.command()
@DATA
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--incident", metavar="ID", help="Of one incident.")
@click.option("--account", metavar="ID", help="Of one account.")
@click.option("--person", metavar="ID", help="Of one person.")
@click.option("--from", "from_", metavar="DATE", help="Of what was recorded from this day on …")
@click.option("--to", metavar="DATE", help="… up to the end of this one.")
@click.option(
    "--disclose", multiple=True, metavar="all|none|SUBJECT|POSITION:PATH", help="Repeatable."
)
@click.option("--withhold", multiple=True, metavar="restricted|POSITION", help="Repeatable.")
@click.option("--subject-access", is_flag=True, help="Of a person, in plain words, others masked.")
@click.option("--language", type=click.Choice(("en", "cy")), help="Of the subject access file.")
@click.option("--request", metavar="ID", help="The request for access that it answers …")
@click.option("--complete", is_flag=True, help="… which is recorded as completed with it.")
@click.option(
    "--review-sheet", type=PATH, metavar="FILE", help="Write only what is to be reviewed."
)
@click.option("--review", type=SHEET, metavar="FILE", help="That sheet, filled in.")
@click.option("--actor", metavar="ID", help="Record the export as done by this person.")
@click.option("--given-to", multiple=True, metavar="ID")
@CLOCK_OK
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def export(
    context: click.Context,
    /,
    data: str | None,
    out: Path,
    from_: str | None,
    disclose: tuple[str, ...],
    withhold: tuple[str, ...],
    actor: str | None,
    given_to: tuple[str, ...],
    clock_ok: bool,
    as_json: bool,
    subject_access: bool,
    **about: Any,
) -> None:
    """Write an evidence file to OUT: of the whole log, of one thing, or of some days.

    With --subject-access a file for the person themself, which is no evidence: everything that is
    held about them in plain words. What others wrote is in it only as --review says.
    """
    from api import exporting, shell
    from projections.asking import BadQuestion

    own = {name: about.pop(name) for name in ALONE}
    if subject_access:
        others = {**about, "from": from_, "disclose": disclose, "withhold": withhold}
        return _subject_access(
            config_of(context, data), out, others, own, actor, given_to, clock_ok, as_json
        )
    for name, value in own.items():
        if value:
            raise click.UsageError(f"--{name.replace('_', '-')} needs --subject-access")
    filters = {name: value for name, value in {**about, "from": from_}.items() if value is not None}
    try:
        want = exporting.wanted(filters, disclose, withhold)
    except BadQuestion as error:
        raise click.UsageError(f"--{error.parameter}: {error.detail}") from None
    said = shell.export(config_of(context, data), out, want, actor, given_to, clock_ok)
    click.echo(json.dumps(said) if as_json else "\n".join(_lines(out, said, actor)))
    return None


def _lines(out: Path, said: dict[str, Any], actor: str | None) -> Iterator[str]:
    yield f"{out}: {said['size']} records in the log"
    if "not_complete" in said:
        yield f"not complete, and no answers in it: {said['not_complete']}"
    if "kept_back" in said:
        yield f"values not disclosed, which {actor} may not see: {said['kept_back']}"


def _subject_access(
    config: Config,
    out: Path,
    about: dict[str, Any],
    own: dict[str, Any],
    actor: str | None,
    given_to: tuple[str, ...],
    clock_ok: bool,
    as_json: bool,
) -> None:
    from api.subject_access import command

    person = about.pop("person")
    if not person:
        raise click.UsageError("--subject-access needs --person")
    for name, value in about.items():
        if value:
            raise click.UsageError(f"--{name}: a subject access file is about one person")
    want = command.Wanted(
        person, own["language"] or "en", own["request"] or "", own["review"], own["review_sheet"],
        own["complete"], actor, given_to,
    )  # fmt: skip
    try:
        said = command.run(config, out, want, clock_ok)
    except command.CannotHandOut as error:
        raise Failed(str(error)) from None
    click.echo(json.dumps(said) if as_json else _in_words(said))


def _in_words(said: dict[str, Any]) -> str:
    if "review" in said:
        return f"{said['review']}: {said['texts']} texts to decide about; nothing was handed out"
    left = (
        f", {said['undecided']} texts left out because nobody has decided"
        if said["undecided"]
        else ""
    )
    return f"{said['file']}: what {said['size']} records hold about them{left}"


COMMANDS = (export,)
