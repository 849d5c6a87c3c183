"""What a correction may change, and what it would make of the entry (ACTIONS.md section 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain import fits, interests, references, schemas
from ledger.domain.acts import Refusal
from ledger.domain.catalogue import TYPES
from ledger.domain.entries import Entries, Entry
from ledger.domain.placing import SealedValue, erased, place, subject_of
from ledger.domain.school_time import TimeRefused, format_instant, parse_instant, parse_timestamp
from ledger.domain.streams.base import NEVER_CORRECTED


@dataclass(frozen=True)
class Correction:
    """The values of `set`, read as the target's action reads them, or why they cannot be."""

    target: Entry
    values: Mapping[str, Any]
    refusal: Refusal | None


def read(known: Entries, target_id: str, given: Mapping[str, Any]) -> Correction:
    """Read `set` against the entry it would correct. The entry must exist."""
    target = known.by_id(target_id)
    assert target is not None
    values: dict[str, Any] = {}
    declared = {f.name: f for f in TYPES[target.type].all_fields}
    own = TYPES[target.type].stream_field
    for name, value in given.items():
        if target.type in NEVER_CORRECTED or name == own or name not in {*declared, "occurred_at"}:
            return Correction(target, values, Refusal("invalid_field", {"fields": ["set"]}))
        try:
            if name == "occurred_at":
                values[name] = format_instant(
                    parse_timestamp(value if isinstance(value, str) else "")
                )
            else:
                values[name] = schemas.load_one(declared[name], value)
        except (schemas.FieldsRefused, TimeRefused) as refused:
            return Correction(target, values, Refusal(refused.code, {"fields": [f"set.{name}"]}))
        if _unmasked(known, target, name, values[name]):
            return Correction(target, values, Refusal("invalid_field", {"fields": [f"set.{name}"]}))
    return Correction(
        target, values, _comes_back(known, target, values) or _unfitting(target, values)
    )


def _unmasked(known: Entries, target: Entry, name: str, value: Any) -> bool:
    """What stands in clear cannot become restricted afterwards, nor the other way round."""
    if target.type != "IncidentReported":
        return False
    if name in ("restricted", "protect_reporter"):
        return True
    open_ = target.fields.get("restricted") is not True
    return name == "about" and open_ and interests.is_head(known, value, target.record.time)


def _comes_back(known: Entries, target: Entry, values: Mapping[str, Any]) -> Refusal | None:
    """A new value sealed under an erased subject would bring the person back."""
    merged = {**target.fields, **values}
    for field in TYPES[target.type].all_fields:
        subject = subject_of(known, field, merged) if field.name in values else None
        if subject is not None and erased(known, subject):
            return Refusal("invalid_field", {"fields": [f"set.{field.name}"]})
    return None


def _unfitting(target: Entry, values: Mapping[str, Any]) -> Refusal | None:
    """What could not have been recorded together cannot be made so afterwards."""
    merged = {**dict.fromkeys(target.sealed), **target.fields, **values}
    when = parse_instant(values["occurred_at"]) if "occurred_at" in values else target.occurred_at
    refusals = fits.together(TYPES[target.type].name, merged, when)
    return next((Refusal(r.code, {"fields": ["set"]}) for r in refusals), None)


def unknown(known: Entries, correction: Correction) -> Iterator[Refusal]:
    """A refusal for each corrected value that refers to something which does not exist."""
    declared = TYPES[correction.target.type].all_fields
    values = {k: v for k, v in correction.values.items() if k != "occurred_at"}
    yield from references.unknown(known, declared, values)


def placed(
    known: Entries, correction: Correction
) -> tuple[dict[str, Any], tuple[SealedValue, ...]]:
    """The clear part of `set`, and its sealed values under `set.` and the field's name."""
    target, values = correction.target, correction.values
    merged = {**target.fields, **values}
    clear, hidden = place(known, TYPES[target.type], target.stream, merged, "set.")
    names = {f"set.{name}" for name in values} | {f"set.{name}.salt" for name in values}
    kept = {name: value for name, value in clear.items() if name in values}
    if "occurred_at" in values:
        kept["occurred_at"] = values["occurred_at"]
    return kept, tuple(s for s in hidden if s.path in names)
