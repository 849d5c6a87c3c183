"""The rules that set deadlines, as data: names, parameters, what the policy says of each.

Standard library only (ACTIONS.md section 8). A rule is adopted by `adopt_sla_rules`; one that was
never adopted has its default, version 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Check = Callable[[Any], bool]


def _whole(low: int, high: int) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def _one_of(*values: object) -> Check:
    return lambda value: any(type(value) is type(v) and value == v for v in values)


HOURS_MODE = _one_of("elapsed", "wall_clock")
DURATION: dict[str, Check] = {
    "hours": _whole(0, 8784),
    "minutes": _whole(0, 527040),
    "working_days": _whole(0, 260),
    "hours_mode": HOURS_MODE,
}
MONTHS: dict[str, Check] = {"months": _whole(0, 120)}


@dataclass(frozen=True)
class Rule:
    """One clock: its parameters with their checks, its default, and on whose word it rests.

    `begun_by` names the event types that start it, where the rule came after catalogue edition 1:
    it is told of only where one of them is recorded, or the rule was adopted.
    """

    parameters: dict[str, Check]
    default: dict[str, Any]
    basis: str
    quote: str = ""
    begun_by: tuple[str, ...] = ()


RULES: dict[str, Rule] = {
    "enquiry_response": Rule(
        {
            "hours": _whole(0, 8784),
            "hours_mode": HOURS_MODE,
            "weekend": _one_of("end_of_next_working_day"),
            "weekday_bank_holiday": _one_of("as_weekday", "as_weekend"),
            "automated_reply_counts": _one_of(True, False),
            "friday_due_on_weekend": _one_of("keep", "roll"),
            "day_end": _one_of("23:59:59", "17:00", "15:30"),
            "school_closed_days": _one_of("count", "skip"),
        },
        {
            "hours": 24,
            "hours_mode": "elapsed",
            "weekend": "end_of_next_working_day",
            "weekday_bank_holiday": "as_weekday",
            "automated_reply_counts": False,
            "friday_due_on_weekend": "keep",
            "day_end": "23:59:59",
            "school_closed_days": "count",
        },
        "P",
        "responded to within 24 hours (or on the next working day if received at a weekend)",
    ),
    "monitoring_check": Rule(
        {"every": _one_of("local_day")},
        {"every": "local_day"},
        "P",
        "preferably 7 days a week, including during holidays",
    ),
    "incident_assessment": Rule(DURATION, {"hours": 24, "hours_mode": "elapsed"}, "D"),
    "conduct_reporting": Rule(
        DURATION, {"hours": 24, "hours_mode": "elapsed"}, "D", "as soon as possible"
    ),
    "takedown": Rule(DURATION, {"hours": 4, "hours_mode": "elapsed"}, "D", "swiftly"),
    "audience_informed": Rule(DURATION, {"hours": 24, "hours_mode": "elapsed"}, "D"),
    "compromising_image_deletion": Rule(DURATION, {"minutes": 60}, "D", "immediately"),
    "lead_handover": Rule({"max_gap_minutes": _whole(0, 527040)}, {"max_gap_minutes": 0}, "D"),
    "two_staff": Rule(DURATION, {"working_days": 10}, "D"),
    "credential_rotation": Rule(DURATION, {"hours": 24, "hours_mode": "elapsed"}, "D"),
    "credential_age": Rule(MONTHS, {"months": 0}, "D"),
    "application_decision": Rule(DURATION, {"working_days": 20}, "D"),
    "training_validity": Rule(MONTHS, {"months": 12}, "D"),
    "policy_reacknowledgement": Rule(DURATION, {"working_days": 20}, "D"),
    "policy_review": Rule(MONTHS, {"months": 12}, "D"),
    "parent_contact": Rule(DURATION, {"working_days": 2}, "D"),
    "late_entry": Rule(
        {"reason_required_after_hours": _whole(0, 8784)},
        {"reason_required_after_hours": 24},
        "D",
    ),
    "rights_request": Rule(
        {
            **MONTHS,
            # Kinds with a time of their own, where the school's DPO has confirmed one.
            "educational_record_working_days": _whole(1, 260),
            "dp_complaint_days": _whole(1, 366),
        },
        {"months": 1},
        "statutory",
    ),
    "personal_data_breach": Rule(DURATION, {"hours": 72, "hours_mode": "elapsed"}, "statutory"),
    "breach_subjects_informed": Rule(
        DURATION, {"hours": 72, "hours_mode": "elapsed"}, "D", "", ("DataBreachAssessed",)
    ),
    "illegal_conduct_reported": Rule(
        DURATION,
        {"hours": 24, "hours_mode": "elapsed"},
        "D",
        "the school will report the matter to the police and other relevant external agencies",
        ("ConductClassified",),
    ),
    "concern_decision": Rule(DURATION, {"working_days": 5}, "D", "", ("ConcernRaised",)),
    "advice_given": Rule(DURATION, {"working_days": 2}, "D", "Seek advice", ("AdviceSought",)),
    "confidentiality_reminder": Rule(
        DURATION,
        {"working_days": 5},
        "D",
        "even after they leave the employment of the school",
        ("ConfidentialityReminded",),
    ),
    "settings_review": Rule(
        MONTHS, {"months": 4}, "D", "Check your settings regularly", ("AccountSettingsReviewed",)
    ),
    "pupil_education": Rule(
        MONTHS,
        {"months": 12},
        "D",
        "education programme should enable the pupils to be safe and responsible users",
        ("PupilEducationDelivered",),
    ),
}


def unknown_part(rules: object) -> str | None:
    """The first rule or parameter that is none, or has a value that is not allowed; else None."""
    if not isinstance(rules, dict) or not rules:
        return "rules"
    for name, parameters in rules.items():
        if name not in RULES or not isinstance(parameters, dict) or not parameters:
            return f"rules.{name}"
        for key, value in parameters.items():
            check = RULES[name].parameters.get(key)
            if check is None or not check(value):
                return f"rules.{name}.{key}"
    return None
