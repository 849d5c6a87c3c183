"""Offices, roles, and who may record what."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

OFFICES: Mapping[str, object] = {
    "slt": _("Senior leadership team (SLT)"),
    "headteacher": _("Headteacher"),
    "moderator": _("Administrator/moderator"),
    "dsp": _("Designated safeguarding person (DSP)"),
    "dpo": _("Data protection officer"),
    "chair_of_governors": _("Chair of governors"),
    "governor": _("Governor"),
    "auditor": _("Auditor"),
    "investigator": _("Investigator"),
}

# On an account, and of `api.may`.
ROLES: Mapping[str, object] = {
    "lead": _("Lead"),
    "runner": _("Runner"),
    "staff": _("Staff"),
    "slt": _("Senior leadership team (SLT)"),
    "moderator": _("Administrator/moderator"),
    "dpo": _("Data protection officer"),
    "chair": _("Chair of governors"),
    "governor": _("Governor"),
    "investigator": _("Investigator"),
    "auditor": _("Auditor"),
    "nobody": _("Nobody who is signed in"),
}

# `Who.words` of the catalogue.
WHO: Mapping[str, object] = {
    "SLT": _("The senior leadership team"),
    "SLT or DSP": _("The senior leadership team or the designated safeguarding person"),
    "chair of governors": _("The chair of governors"),
    "SLT or chair of governors": _("The senior leadership team or the chair of governors"),
    "any registered active person": _("Anybody who is registered and active"),
    "SLT or DPO": _("The senior leadership team or the data protection officer"),
    "moderator or SLT": _("The moderator or the senior leadership team"),
    "lead of the account at that time": _("Whoever led the account at that time"),
    "a person named in the entry": _("Somebody whom the record names"),
    "system, once": _("The system, once"),
    "the applicant": _("The applicant"),
    "moderator": _("The moderator"),
    "SLT or the person": _("The senior leadership team or the person themself"),
    "who was offered it, personally": _("Whoever was offered it, personally"),
    "lead or runner of the account at that time, moderator or SLT (RMS)": _(
        "Whoever ran the account at that time, the moderator or the senior leadership team"
    ),
    "moderator, SLT or auditor": _("The moderator, the senior leadership team or an auditor"),
    "SLT, moderator, auditor or investigator": _(
        "The senior leadership team, the moderator, an auditor or an investigator"
    ),
    "lead of the account at that time, or moderator": _(
        "Whoever led the account at that time, or the moderator"
    ),
    "author of the entry, moderator or SLT": _(
        "The author of the record, the moderator or the senior leadership team"
    ),
    "anybody involved in the incident, SLT or moderator": _(
        "Anybody involved in the incident, the senior leadership team or the moderator"
    ),
    "the person, SLT or moderator": _("The person, the senior leadership team or the moderator"),
    "the person themself": _("The person themself, nobody else"),
    "governor, auditor or chair of governors": _(
        "A governor, an auditor or the chair of governors"
    ),
    "SLT or moderator": _("The senior leadership team or the moderator"),
}
