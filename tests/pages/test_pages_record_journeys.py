"""Recording in a real browser: by somebody who has read nothing, without scripts, by keyboard."""

from hashlib import sha256

from accessible import faults
from cast import MODERATOR, RUNNER

from ledger.domain.replay import Duties
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy, parse_policy
from ledger.proof.verify import verify
from projections.semantics import AnswersCheck

PRIYA = "stf-041"
NEXT = "ol.story a.button"


def record(page):
    """Look it over, record it, and go on with the story."""
    page.locator("form.record p button.main").click()
    page.locator("form button.main[value=record]").click()


def test_somebody_leaves_and_hands_over(visit, site):
    """From the page Record alone: hand-over, departure, a new password, and one status for it."""
    page = visit(MODERATOR, "/record")
    assert faults(page) == []
    page.locator("a[href='/record/story/departure']").first.click()
    page.get_by_label("Who is leaving?").fill("Catrin")
    page.get_by_role("button", name="Begin").click()
    assert "Catrin Mostyn is leaving" in page.inner_text("h1")
    story = page.url
    fill = {
        "Announce that somebody is leaving": lambda: page.fill("#f-leaving_on", "2027-02-12"),
        "Offer an account to its next lead": lambda: page.fill("#f-to", "Priya"),
        "Transfer the lead of an account": lambda: None,
        "Record that somebody has left": lambda: page.get_by_label("New post").check(),
        "Change the password": lambda: page.fill("#f-vault_ref", "School page, second entry"),
        "Remind somebody of confidentiality": lambda: remind(page),
    }
    done = []
    while page.goto(story) and page.locator(NEXT).count():
        step = page.inner_text(NEXT)
        if step == "Accept an account that is handed over":
            accept(visit)
            done.append(step)
            continue
        page.locator(NEXT).click()
        if step not in done:
            assert faults(page) == [], step
        fill[step]()
        record(page)
        assert page.inner_text("h1").startswith("Recorded:"), step
        done.append(step)
    assert done == [
        "Announce that somebody is leaving",
        "Offer an account to its next lead",
        "Transfer the lead of an account",
        "Accept an account that is handed over",
        "Record that somebody has left",
        "Change the password",
        "Remind somebody of confidentiality",
    ]
    assert "nothing is left to do" in page.inner_text(".box")
    assert faults(page) == []
    row = site.ledger.entries().of("CredentialRotated")
    assert "stf-035" not in list(row)[-1].fields["known_by"]
    report = verify(taken_along(page), trusting(site.ledger), checks=(Duties(), AnswersCheck()))
    assert (report.verdict, report.findings, report.answers) == ("VALID", (), "recomputed")


def taken_along(page):
    """The evidence of it all, by the menu alone."""
    page.get_by_role("link", name="Audit").click()
    page.get_by_role("link", name="Take evidence, or check it in this browser").click()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Download the file").click()
    return waited.value.path()


def trusting(ledger):
    return parse_policy(format_policy(format_vkey(ledger.key.name, ledger.key.public_key)))


def remind(page):
    page.get_by_label("Letter").check()
    page.get_by_label("No", exact=True).check()


def accept(visit):
    """The next lead signs in and takes the account."""
    page = visit(PRIYA, "/record/accept_handover?account=fb-main")
    for question in page.locator("fieldset.field").all()[:2]:
        question.get_by_label("Yes").check()
    record(page)
    assert page.inner_text("h1").startswith("Recorded:")


def test_an_offensive_post_without_scripts_in_welsh_on_a_phone(visit):
    page = visit(RUNNER, "/record", language="cy", javascript=False, width=320)
    page.locator("a[href='/record/report_incident']").first.click()
    page.select_option("#f-kind", "abuse_in_comments")
    page.locator("form.record p button.main").click()
    assert page.locator("#problems a").count() == 1, "what is missing stands at the top"
    page.fill("#f-summary", "Sylw cas am athro")
    record(page)
    page.get_by_role("link", name="Ymlaen, gam wrth gam").click()
    page.get_by_role("link", name="Ychwanegu tystiolaeth").click()
    page.set_input_files("input[type=file]", [picture()])
    page.fill("#f-kept_at", "Sêff y swyddfa")
    record(page)
    page.get_by_role("link", name="Ymlaen, gam wrth gam").click()
    steps = page.locator("ol.story > li").all_inner_texts()
    assert "✓ Wedi'i wneud" in steps[1], "the evidence is there"
    assert "→ Nesaf" in steps[2], "the assessment is next"


def test_the_pages_of_recording_in_welsh_on_a_phone(visit):
    page = visit(MODERATOR, "/record", language="cy", width=320)
    paths = (
        "/record", "/record/submit_application", "/record/receive_enquiry",
        "/record/adopt_sla_rules", "/record/story/post", "/record/story/post/case-2026-003",
    )  # fmt: skip
    for path in paths:
        page.goto(path)
        assert faults(page) == [], path


def picture():
    return {"name": "llun.png", "mimeType": "image/png", "buffer": b"a picture of a comment" * 50}


def test_with_scripts_a_file_does_not_leave_the_browser(visit):
    page = visit(RUNNER, "/record/add_evidence?incident=case-2027-001")
    sent = []
    page.on("request", lambda r: sent.append(r.post_data_buffer or b""))
    page.set_input_files("input[type=file]", [picture()])
    page.fill("#f-kept_at", "The safe of the office")
    page.locator("form.record p button.main").click()
    value = page.locator('input[name="f.evidence"]').get_attribute("value")
    salt, _, digest = value.partition("$")
    assert digest == sha256(salt.encode() + picture()["buffer"]).hexdigest()
    assert not any(b"a picture of a comment" in body for body in sent)


def test_a_refusal_and_what_was_done_already_by_keyboard_alone(visit, site):
    page = visit(MODERATOR, "/record/assign_account_role?account=fb-main")
    to(page, "#f-person")
    page.keyboard.type("Glenys")
    to(page, "input[name='f.role']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    said(page, "Look it over")
    assert "This would be refused" in page.inner_text("main")
    assert faults(page) == []
    to(page, "button[value=record]")
    page.keyboard.press("Enter")
    said(page, "Refused")
    assert faults(page) == []
    to(page, "button[value=as_done]")
    page.keyboard.press("Enter")
    page.locator("#f-late_reason").wait_for()
    to(page, "#f-late_reason")
    page.keyboard.type("The head asked for it by telephone")
    to(page, "form.record p button.main")
    page.keyboard.press("Enter")
    said(page, "Look it over")
    to(page, "button[value=record]")
    page.keyboard.press("Enter")
    said(page, "Recorded")
    assert site.ledger.entries().all[-1].record.irregular


def said(page, words):
    """Wait for the page whose heading says so."""
    page.locator("h1", has_text=words).wait_for()
    page.wait_for_load_state("domcontentloaded")


def to(page, selector):
    """Go to a control with the tabulator, as far as it takes."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"no way to {selector}")
