"""What an action is: one declaration, from which route, form, help, docs and checks are made."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ledger.domain.fields import Field, note, optional

FACT = "fact"
PERMISSION = "permission"
WORLD_ACT = "world_act"

LATE_REASON = optional(note("late_reason"))


@dataclass(frozen=True)
class Who:
    """Who may record an action: any of `offices`, else refused with `code` (checks, step 7)."""

    words: str
    offices: tuple[str, ...] = ()
    code: str = ""


ANYONE = Who("any registered active person")
SYSTEM = Who("system, once", (), "not_moderator")
SLT = Who("SLT", ("slt",), "not_slt")
APPROVER = Who("SLT", ("slt",), "approver_not_slt")
ASSESSOR = Who("SLT", ("slt",), "assessor_not_slt")
MODERATOR = Who("moderator", ("moderator",), "not_moderator")
SLT_OR_MODERATOR = Who("SLT or moderator", ("slt", "moderator"), "not_slt")
MODERATOR_OR_SLT = Who("moderator or SLT", ("moderator", "slt"), "not_moderator")
SLT_OR_DSP = Who("SLT or DSP", ("slt", "dsp"), "not_slt")
SLT_OR_DPO = Who("SLT or DPO", ("slt", "dpo"), "not_slt")
WITNESS = Who("moderator, SLT or auditor", ("moderator", "slt", "auditor"), "not_moderator")
EXPORTER = Who(
    "SLT, moderator, auditor or investigator",
    ("slt", "moderator", "auditor", "investigator"),
    "not_moderator",
)
RUNNER = Who("lead or runner of the account at that time, moderator or SLT (RMS)", (), "")
SLT_OR_DPO = Who("SLT or DPO", ("slt", "dpo"), "not_slt")
REVIEWER = Who(
    "governor, auditor or chair of governors",
    ("governor", "auditor", "chair_of_governors"),
    "not_moderator",
)
INVOLVED = Who(
    "anybody involved in the incident, SLT or moderator", ("slt", "moderator"), "not_slt"
)
NAMED = Who("a person named in the entry", (), "must_acknowledge_personally")
PERSONALLY = Who("the person themself", (), "must_acknowledge_personally")
CHAIR = Who("chair of governors", ("chair_of_governors",), "not_chair")
SLT_OR_CHAIR = Who("SLT or chair of governors", ("slt", "chair_of_governors"), "not_slt")
APPLICANT = Who("the applicant", (), "not_slt")
LEAD = Who("lead of the account at that time", (), "not_account_runner")
LEAD_OR_MODERATOR = Who(
    "lead of the account at that time, or moderator", ("moderator",), "not_moderator"
)
INCOMING = Who("who was offered it, personally", (), "must_acknowledge_personally")
SLT_OR_SELF = Who("SLT or the person", ("slt",), "not_slt")
SLT_MODERATOR_OR_SELF = Who("the person, SLT or moderator", ("slt", "moderator"), "not_slt")
AUTHOR = Who("author of the entry, moderator or SLT", ("moderator", "slt"), "not_slt")


@dataclass(frozen=True)
class Action:
    """One governance action (a row of ACTIONS.md section 5).

    `stream` is a template over the fields; `events` the types it records, chosen by the value of
    field `chosen_by` where there is more than one. `decision` asks for the office at the claimed
    time too; `apart` is the refusal of step 8. `system` may do it where that is true;
    where `approved` is, enough root keys must have approved it.
    """

    name: str
    stream: str
    events: tuple[str, ...]
    who: Who
    kind: str
    mark: str
    policy: str
    fields: tuple[Field, ...]
    chosen_by: str = ""
    choices: dict[str, str] = field(default_factory=dict)
    decision: bool = False
    apart: str = ""
    system: bool = False
    new_first: bool = False
    late_reason: bool = True
    approved: bool = False
    checks: tuple[str, ...] = ()

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """The declared fields, and `late_reason`, which every action may carry."""
        if "late_reason" in (f.name for f in self.fields):
            return self.fields
        return (*self.fields, LATE_REASON)

    @property
    def stream_field(self) -> str:
        """The field whose value names the stream; empty where the stream is the only one."""
        match = re.search(r"\{(\w+)\}", self.stream)
        return match[1] if match else ""

    def event(self, fields: dict[str, object]) -> str:
        """The event type recorded for these fields."""
        if self.chosen_by:
            return self.choices[str(fields[self.chosen_by])]
        return self.events[0]
