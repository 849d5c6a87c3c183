"""An offensive comment: removed, the audience told, assessed and closed; then a parent's post."""

from simulator import ACCOUNT, DEPUTY, HEAD, LEAD, MODERATOR, RUNNER, TEACHER


def test_an_abusive_comment_on_the_school_page(school):
    school.ready(LEAD, RUNNER).apply()
    school.accept("approve_application", DEPUTY, application="apl-01")
    given = {"account": ACCOUNT, "application": "apl-01", "handle": "Ysgol"}
    school.accept("create_account", MODERATOR, **given)

    school.at("2026-11-10T18:05:00+00:00").incident(
        "case-2026-001", account=ACCOUNT, happened_at="2026-11-10T17:40:00+00:00"
    )
    case = {"incident": "case-2026-001"}
    removed = {"account": ACCOUNT, "content": "cmt-50331", "author": "ext-e17"}
    school.later(minutes=7)
    school.accept("take_down_content", RUNNER, **case, **removed, content_kind="comment")
    school.accept("block_user", RUNNER, **case, account=ACCOUNT, subject="ext-e17")

    # Next morning: only leadership assesses, and nobody closes before the audience knows why.
    school.at("2026-11-11T08:15:00+00:00")
    school.refuse("assessor_not_slt", "assess_incident", RUNNER, **case, severity="medium")
    school.assess("case-2026-001", classification="illegal", involve=[LEAD])
    close = {**case, "outcome": "resolved"}
    school.refuse("audience_not_informed", "close_incident", DEPUTY, **close)
    told = {"account": ACCOUNT, "explanation": "We removed a comment because it was abusive."}
    school.accept("inform_audience", LEAD, **case, **told)
    school.refuse("agency_not_notified", "close_incident", DEPUTY, **close)
    school.accept("notify_agency", HEAD, **case, agency="police", reason="A threat")
    school.accept("close_incident", DEPUTY, **close)
    school.refuse("already_decided", "close_incident", HEAD, **close)


def test_a_parents_own_post(school):
    school.incident("case-2", kind="offensive_post_by_parent")
    case, parent = {"incident": "case-2"}, {"parent": "ext-b17"}
    school.assess("case-2", by=HEAD)
    asked = {"where": "own profile", "by": "telephone"}
    school.later(hours=1).accept("ask_parent_to_remove_post", HEAD, **case, **parent, **asked)
    offered = {"offered_at": school.ago(days=-3)}
    school.accept("invite_parent_to_meeting", HEAD, **case, **parent, **offered)
    school.later(days=3)
    school.accept("record_parent_meeting", HEAD, **case, **parent, outcome="not_resolved")
    school.refuse("not_slt", "refer_parent_to_complaints", TEACHER, **case, **parent, stage="A")
    school.accept("refer_parent_to_complaints", HEAD, **case, **parent, stage="A")
    hold = {"hold": "lh-1", "incident": "case-2", "subjects": ["ext-b17"], "reason": "A complaint"}
    school.accept("place_legal_hold", HEAD, **hold)
    school.request(subject="ext-b17")
    school.decide()
    erase = {"request": "rts-1", "subject": "ext-b17"}
    school.refuse("under_legal_hold", "erase_subject", MODERATOR, **erase)
    school.later(days=1).accept("record_post_removed", TEACHER, **case, **parent)
    school.accept("close_incident", DEPUTY, **case, outcome="complaint concluded")
