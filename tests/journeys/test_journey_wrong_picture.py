"""A picture of a child on the no-publish list went out by mistake: said and put right."""

import pytest
from simulator import ACCOUNT, DEPUTY, HEAD, LEAD, POSTED, RUNNER, TEACHER, School

CHILD = {"subject": "pup-7c2"}
CASE = {"incident": "case-7"}
SHOWN = {**POSTED, "pictured": ["pup-7c2", "pup-3a8"]}


@pytest.fixture
def school(tmp_path):
    made = School(tmp_path / "school")
    made.running()
    yield made
    made.close()


def test_a_child_on_the_list_is_in_a_picture_that_went_out(school):
    school.accept(
        "record_image_consent", TEACHER, **CHILD, scope="school_accounts", given_by="carer"
    )
    school.later(days=3)
    school.accept("add_no_publish", DEPUTY, **CHILD, reason_category="safeguarding")

    # Nobody may publish it now; but it went out at noon, and that can be said as it was.
    school.later(days=1)
    school.refuse("subject_on_no_publish_list", "publish_post", LEAD, post="pst-9", **SHOWN)
    made = school.accept(
        "publish_post",
        LEAD,
        post="pst-9",
        **SHOWN,
        already_done=True,
        late_reason="Put out from the phone before looking at the list",
    )
    assert school.entry(made).record.irregular == ("subject_on_no_publish_list",)
    assert [f["subject"] for f in school.told("/v1/findings?finding=irregular")["items"]] == [
        "pst-9"
    ]
    (child,) = school.told("/v1/image-subjects")
    assert (child["state"], child["live_posts"]) == ("no_publish", ["pst-9"])

    # Taken back within minutes, by whoever runs the account; the carer is told.
    remove = {"post": "pst-9", "reason": "A child on the list"}
    school.later(minutes=6).refuse("not_account_runner", "remove_own_post", TEACHER, **remove)
    school.accept("remove_own_post", RUNNER, **remove)
    school.incident("case-7", kind="data_breach", account=ACCOUNT)
    school.accept("link_entry", TEACHER, **CASE, target=made.event_id)
    told = {"parent": "ext-c02", "about": "case-7", "by": "telephone", "purpose": "To say sorry"}
    school.accept("record_parent_contact", DEPUTY, **told)
    (post,) = school.told("/v1/posts?subject=pup-7c2")
    assert (post["live"], post["pictured"][0]["consent"]) == (False, "no_publish")
    assert school.told("/v1/posts?live=true") == []
    assert school.told("/v1/image-subjects")[0]["live_posts"] == []

    # The case tells it in order, the linked post first.
    lines = [r["action"] for r in school.told("/v1/incidents/case-7/timeline")]
    assert lines == ["publish_post", "report_incident", "link_entry", "record_parent_contact"]

    # In spring the reason is gone and the child comes off the list; twice is once too often.
    school.later(days=150)
    off = {**CHILD, "reason_category": "safeguarding"}
    school.refuse("not_slt", "remove_no_publish", LEAD, **off)
    school.accept("remove_no_publish", HEAD, **off)
    school.refuse("unknown_reference", "remove_no_publish", HEAD, **off)
    school.accept("publish_post", LEAD, post="pst-10", **SHOWN)


def test_whoever_asks_not_to_be_photographed_is_heard_at_once(school):
    school.accept("publish_post", LEAD, post="pst-1", **SHOWN)
    school.accept("record_image_objection", TEACHER, **CHILD, given_by="self", reason="Shy")
    school.refuse("subject_on_no_publish_list", "publish_post", LEAD, post="pst-2", **SHOWN)
    (waiting,) = school.told("/v1/open-items")["image_objections"]
    assert waiting["subject"] == "pup-7c2"
    (child,) = school.told("/v1/image-subjects")
    assert (child["state"], child["live_posts"]) == ("objected", ["pst-1"])

    # SLT or DSP decide: onto the list, or the block ends.
    school.later(days=1)
    school.accept("remove_no_publish", DEPUTY, **CHILD, reason_category="own_request")
    assert school.told("/v1/open-items")["image_objections"] == []
    school.accept("publish_post", LEAD, post="pst-2", **SHOWN)


def test_consent_withdrawn_works_at_once_and_lists_what_is_live(school):
    agree = {**CHILD, "given_by": "carer"}
    school.accept("record_image_consent", TEACHER, **agree, scope="school_accounts")
    school.later(minutes=1).accept("publish_post", LEAD, post="pst-1", **SHOWN)
    school.later(days=1).accept("withdraw_image_consent", TEACHER, **agree)
    (child,) = school.told("/v1/image-subjects")
    assert (child["state"], child["may_be_shown"]) == ("withdrawn", False)
    assert child["live_posts"] == ["pst-1"]
    (post,) = school.told("/v1/posts")
    assert [p["consent"] for p in post["pictured"]] == ["given", "not_recorded"]
    school.refuse("subject_on_no_publish_list", "publish_post", LEAD, post="pst-2", **SHOWN)
