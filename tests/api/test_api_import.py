"""Paper records from a spreadsheet: every bad cell is named, and all of it goes in or nothing."""

import csv
import io
import json
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulator import ACCOUNT, DEPUTY, HEAD, LEAD, MODERATOR, RUNNER, TEACHER, School

from api import imports, lots
from api.cli import run
from api.lots import LotError

WHY = "Typed in from the paper log"
HEADER = ["action", "occurred_at", "done_by", "already_done", "enquiry", "account", "kind",
          "sender", "channel", "mode", "automated"]  # fmt: skip
DAY = "2026-09-05T09:00"


@pytest.fixture(name="past", scope="module")
def _past(tmp_path_factory):
    """A school whose last record is of 10 September."""
    made = School(tmp_path_factory.mktemp("past") / "school").running()
    mention = {"where": "village group", "tone": "neutral", "action": "none_needed"}
    made.at("2026-09-10T09:00").accept("record_public_mention", HEAD, mention="mtn-9", **mention)
    yield made
    made.close()


@pytest.fixture(name="school")
def _school(past, tmp_path):
    made = past.copied_to(tmp_path / "school")
    yield made
    made.close()


@pytest.fixture(name="bring")
def _bring(school, tmp_path):
    """Bring in a file of this content; the report."""

    def bring(content, name="paper.csv", actor=MODERATOR, why=WHY, dry=False):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return imports.run(school.office(), tmp_path / name, actor, why, dry, False)

    return bring


def sheet(*rows, header=HEADER):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue()


def received(number, channel="email", at=DAY):
    return ["receive_enquiry", at, TEACHER, "", f"enq-{number}", ACCOUNT, "query", "ext-a04",
            channel, "", ""]  # fmt: skip


def answered(number, at="2026-09-05T16:00", by=LEAD, mode="full"):
    return ["respond_to_enquiry", at, by, "", f"enq-{number}", "", "", "", "", mode, "FALSE"]


def lines(*commands):
    return "".join(json.dumps(c) + "\n" for c in commands)


def told(report):
    return [(p.row, p.field, p.code) for p in report.problems]


# -- all, or nothing -----------------------------------------------------------------------


def test_rows_are_recorded_as_late_with_the_reason_that_was_given(school, bring):
    report = bring(sheet(received(1), answered(1)))
    assert (2, 0, ()) == (report.recorded, report.recorded_before, report.problems)
    first, second = school.ledger.entries().all[-2:]
    assert ("EnquiryReceived", TEACHER) == (first.type, first.doer)
    assert ("EnquiryAnswered", LEAD) == (second.type, second.doer)
    assert {"late_reason"} == {p for e in (first, second) for p in e.sealed}


def test_one_bad_row_keeps_every_row_out_refusals_too(school, bring):
    before = school.size
    report = bring(sheet(received(1), received(2, channel="pigeon"), answered(1)))
    assert [(3, "channel", "invalid_field")] == told(report)
    assert (0, before) == (report.recorded, school.size)


def test_two_thousand_rows_with_three_bad_ones_name_the_three_and_go_in_corrected(school, bring):
    before = school.size
    rows = [received(n) for n in range(1, 2001)]
    bad = [list(row) for row in rows]
    bad[16][8], bad[799][6], bad[1998][4] = "pigeon", "praise", ""
    named = [(18, "channel"), (801, "kind"), (2000, "enquiry")]
    assert named == [(p.row, p.field) for p in bring(sheet(*bad)).problems]
    assert before == school.size
    assert (2000, before + 2000) == (bring(sheet(*rows)).recorded, school.size)


def test_each_row_sees_those_before_it(bring):
    assert [] == told(bring(sheet(received(1), answered(1)), dry=True))
    early = bring(sheet(answered(1), received(1)), dry=True)
    assert [(2, "enquiry", "unknown_reference")] == told(early)


def test_a_rule_that_says_no_is_told_by_row(bring):
    report = bring(sheet(received(1), answered(1, by=TEACHER), received(1)))
    assert [(3, "", "not_account_runner"), (4, "enquiry", "duplicate_id")] == told(report)


def test_a_dry_run_records_nothing_however_good(school, bring):
    before = school.size
    report = bring(sheet(received(1)), dry=True)
    assert (1, True, 0, before) == (report.commands, report.dry_run, report.recorded, school.size)


def test_without_a_reason_what_is_old_is_named(bring):
    assert [(2, "occurred_at", "late_reason_required")] == told(bring(sheet(received(1)), why=None))


def test_a_row_may_give_its_own_reason(school, bring):
    bring(sheet([*received(1), "The post was slow"], header=[*HEADER, "late_reason"]))
    [entry] = school.ledger.entries().all[-1:]
    at = SimpleNamespace(position=entry.position, event_id=entry.record.id)
    assert "The post was slow" == school.value(at, "late_reason")


# -- again ---------------------------------------------------------------------------------


def test_the_same_file_again_records_nothing(school, bring):
    content = sheet(received(1), answered(1))
    bring(content)
    size = school.size
    report = bring(content)
    assert (0, 2, size) == (report.recorded, report.recorded_before, school.size)


def test_a_file_that_has_grown_records_what_is_new(school, bring):
    bring(sheet(received(1)))
    report = bring(sheet(received(1), received(2)))
    assert (1, 1) == (report.recorded, report.recorded_before)


def test_two_equal_rows_are_two_facts(school, bring):
    check = {"action": "record_monitoring_check", "occurred_at": DAY, "done_by": LEAD}
    check["data"] = {"account": ACCOUNT, "result": "nothing_found"}
    assert 2 == bring(lines(check, check), "checks.jsonl").recorded
    assert 2 == bring(lines(check, check), "checks.jsonl").recorded_before


def test_what_claims_no_time_is_new_in_another_file(school, bring):
    teach = {"action": "record_training"}
    teach["data"] = {"people": [TEACHER], "course": "sm-refresh", "valid_until": "2027-09-04"}
    assert 1 == bring(lines(teach), "a.jsonl", actor=DEPUTY).recorded
    assert 1 == bring(lines(teach), "a.jsonl", actor=DEPUTY).recorded_before
    assert 1 == bring(lines(teach) + "\n", "a.jsonl", actor=DEPUTY).recorded


def test_another_late_reason_for_the_same_row_is_said_to_be_one(bring):
    bring(sheet(received(1)))
    again = bring(sheet(received(1)), why="Another")
    assert [(2, "", "idempotency_key_reused")] == told(again)


# -- cells ---------------------------------------------------------------------------------


def test_a_world_act_that_was_done_is_recorded_with_its_irregularities(school, bring):
    header = ["action", "occurred_at", "already_done", "account", "person", "role"]
    row = ["assign_account_role", "2026-09-04", "TRUE", ACCOUNT, TEACHER, "runner"]
    assert [(2, "occurred_at", "invalid_field")] == told(bring(sheet(row, header=header)))
    row[1] = DAY
    assert 1 == bring(sheet(row, header=header)).recorded
    irregular = school.ledger.entries().all[-1].record.irregular
    assert ("runner_policy_not_acknowledged", "runner_not_trained") == irregular


def test_lists_booleans_numbers_and_objects_are_read_from_cells(school, bring):
    header = ["action", "people", "course", "valid_until", "application", "platform",
              "account_name", "aim", "audience", "promotion", "runners", "visibility", "version",
              "effective_from", "rules", "account", "from", "to"]  # fmt: skip
    runners = json.dumps([{"person": LEAD, "role": "lead"}, {"person": RUNNER, "role": "runner"}])
    blank = [""] * len(header)
    train = ["record_training", f"{TEACHER}; {RUNNER}", "sm-2", "2027-09-01", *blank[4:]]
    apply = ["submit_application", *blank[1:4], "apl-7", "x", "n", "a", "b", "c", runners, "open",
             *blank[12:]]  # fmt: skip
    adopt = ["adopt_sla_rules", *blank[1:12], "1", "2026-09-01T00:00", '{"takedown":{"hours":2}}',
             *blank[15:]]  # fmt: skip
    report = bring(sheet(train, apply, adopt, header=header), actor=DEPUTY)
    assert [] == told(report)
    trained, asked, rules = school.ledger.entries().all[-3:]
    assert [TEACHER, RUNNER] == trained.fields["people"]
    assert LEAD == asked.fields["runners"][0]["person"]
    assert (1, {"takedown": {"hours": 2}}) == (rules.fields["version"], rules.fields["rules"])


def test_an_empty_cell_is_an_empty_list_or_nobody_where_the_field_allows_it(school, bring):
    header = ["action", "person", "name", "kind", "offices", "account", "from", "to"]
    register = ["register_person", "stf-070", "Mari Evans", "staff", "", "", "", ""]
    vacancy = ["transfer_lead", "", "", "", "", ACCOUNT, "", "stf-070"]
    report = bring(sheet(register, vacancy, header=header))
    assert [(3, "from", "invalid_field")] == told(report)


def test_a_field_called_like_a_column_has_its_own_name(school, bring):
    header = ["action", "mention", "where", "tone", "data.action"]
    good = ["record_public_mention", "mtn-1", "village group", "positive", "none_needed"]
    bad = [*good[:1], "mtn-2", *good[2:4], "shouted"]
    assert [(3, "data.action", "invalid_field")] == told(bring(sheet(good, bad, header=header)))
    assert 1 == bring(sheet(good, header=header)).recorded


@pytest.mark.parametrize(
    ("n", "cell", "code"),
    [
        (3, "yes", "invalid_field"),
        (0, "eat_cake", "unknown_action"),
        (0, "", "unknown_action"),
        (1, "04/09/2026 09:00", "invalid_field"),
        (1, "2026-03-29T01:30", "nonexistent_local_time"),
        (9, "full", "invalid_field"),
        (7, '=HYPERLINK("http://x")', "formula_cell"),
        (7, " =1+1", "formula_cell"),
        (7, "+44", "formula_cell"),
        (7, "-2+3", "formula_cell"),
        (7, "@SUM(1)", "formula_cell"),
        (7, "#REF!", "formula_cell"),
        (7, "ext\x00-1", "control_character"),
        (7, "ext\ufeff-1", "control_character"),
        (7, "ext\x7f1", "control_character"),
    ],
)
def test_a_cell_that_cannot_be_meant_is_named(school, bring, n, cell, code):
    row = received(2)
    row[n] = cell
    before = school.size
    report = bring(sheet(received(1), row))
    assert [(3, code)] == [(p.row, p.code) for p in report.problems]
    assert HEADER[n] == report.problems[0].field
    assert before == school.size
    assert cell == "" or not any(cell in p.detail for p in report.problems)


def test_a_handle_may_begin_with_its_sign(bring):
    header = ["action", "account", "handle", "already_done"]
    row = ["create_account", "x-main", "@YsgolFach", "true"]
    assert 1 == bring(sheet(row, header=header)).recorded


def test_a_file_of_the_wrong_encoding_names_the_cell(bring):
    good = sheet(received(1), ["record_public_mention", *[""] * 10])
    report = bring(good.replace("ext-a04", "Sï").encode("cp1252"))
    assert [(2, "sender", "wrong_encoding")] == [
        t for t in told(report) if t[2] == "wrong_encoding"
    ]
    assert [(1, "", "wrong_encoding")] == told(bring(good.encode("utf-16")))


def test_a_byte_order_mark_at_the_beginning_is_no_part_of_the_header(bring):
    assert 1 == bring(b"\xef\xbb\xbf" + sheet(received(1)).encode()).recorded


def test_rows_are_counted_as_a_spreadsheet_counts_them(bring):
    header = ["action", "mention", "where", "tone", "data.action", "late_reason"]
    long = ["record_public_mention", "mtn-1", "group", "positive", "none_needed", "two\nlines"]
    bad = ["record_public_mention", "mtn-2", "group", "odd", "none_needed", ""]
    report = bring(sheet(long, [""] * 6, bad, header=header))
    assert [(4, "tone", "invalid_field")] == told(report)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["action", "mention", "mention"], [(1, "column C", "duplicate_column")]),
        (["action", "colour"], [(1, "column B", "unknown_column")]),
        (["mention"], [(1, "action", "missing_column")]),
        (["action", "password"], [(1, "column B", "unknown_column")]),
        (
            ["action;mention"],
            [(1, "column A", "unknown_column"), (1, "action", "missing_column")],
        ),
    ],
)
def test_a_header_that_cannot_be_meant_is_named(bring, header, expected):
    assert expected == told(bring(sheet(received(1), header=header)))


def test_rows_of_another_width_and_broken_quotes_are_named(bring):
    report = bring('action,mention\r\nrecord_public_mention\r\n,,\r\na,b,c\r\nx,"y')
    assert [
        (2, "", "wrong_number_of_cells"),
        (4, "", "wrong_number_of_cells"),
        (5, "", "malformed_csv"),
    ] == told(report)


def test_columns_without_a_name_must_be_empty(bring):
    wide = [*HEADER, "", ""]
    assert 1 == bring(sheet([*received(1), "", ""], header=wide)).recorded
    report = bring(sheet([*received(2), "", "note"], header=wide))
    assert [(2, "column M", "unknown_column")] == told(report)


# -- files of commands ---------------------------------------------------------------------


def test_a_file_of_commands_names_the_line_and_the_field(school, bring):
    before = school.size
    good = {"action": "record_public_mention", "seq": 1, "actor": MODERATOR}
    good["data"] = {"mention": "m-1", "where": "w", "tone": "neutral", "action": "none_needed"}
    content = lines(
        good,
        {**good, "actor": HEAD},
        {"action": "x"},
        [1],
        {**good, "data": 1},
        {**good, "at": DAY},
        {**good, "data": {**good["data"], "password": "x"}},
    )
    report = bring(content + "{\n\n" + '{"action":"a","action":"b"}\n', "log.jsonl")
    assert [
        (2, "actor", "invalid_field"),
        (3, "action", "unknown_action"),
        (4, "", "malformed_json"),
        (5, "data", "invalid_field"),
        (6, "at", "invalid_field"),
        (7, "", "secret_in_payload"),
        (8, "", "malformed_json"),
        (10, "", "malformed_json"),
    ] == told(report)
    assert before == school.size


# -- who, and how much ---------------------------------------------------------------------


def test_only_somebody_registered_brings_a_file(bring):
    for actor in ("stf-999", "system", "\x00"):
        with pytest.raises(LotError, match="not registered"):
            bring(sheet(received(1)), actor=actor)


def test_a_file_beyond_bearable_size_is_refused(bring, tmp_path):
    with pytest.raises(LotError, match="at most 10000"):
        bring('{"action":"rotate_credential"}\n' * (lots.MOST_COMMANDS + 1), "many.jsonl")
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(lots.MOST_OCTETS + 1)
    with pytest.raises(LotError, match="larger than"):
        lots.read_file(tmp_path / "large.csv")


@pytest.mark.parametrize("content", ["", "\n\n", sheet()])
def test_a_file_without_a_command_is_said_to_hold_none(bring, content):
    name = "e.csv" if content.startswith("action") else "e.jsonl"
    with pytest.raises(LotError, match="holds no command"):
        bring(content, name)


# -- the command line ----------------------------------------------------------------------


@pytest.fixture(name="type_in")
def _type_in(school, capsys):
    """Type a command of handledger; (exit code, stdout, stderr)."""

    def type_in(*words):
        school.office()
        with pytest.raises(SystemExit) as ended:
            run([*map(str, words), "--data", str(school.directory)])
        return (ended.value.code, *capsys.readouterr())

    return type_in


def test_the_command_says_what_it_did_and_exits_as_it_went(type_in, tmp_path):
    file = tmp_path / "p.csv"
    arguments = ("import", file, "--actor", MODERATOR, "--late-reason", WHY)
    file.write_text(sheet(received(1, channel="pigeon")))
    code, out, err = type_in(*arguments)
    assert (1, "row 2, channel: invalid_field") == (code, out[:29])
    assert "handledger: 1 rows are wrong; nothing was recorded\n" == err
    file.write_text(sheet(received(1)))
    assert (0, "1 commands would be", "") == _start(type_in(*arguments, "--dry-run"))
    assert (0, "1 commands recorded\n", "") == type_in(*arguments)
    assert (0, "0 commands recorded\n1 were recorded before\n", "") == type_in(*arguments)


def _start(said):
    return said[0], said[1][:19], said[2]


def test_the_answer_as_json_is_one_line(type_in, tmp_path):
    file = tmp_path / "p.csv"
    file.write_text(sheet(received(1, channel="pigeon")))
    arguments = ("import", file, "--actor", MODERATOR, "--late-reason", WHY, "--json")
    code, out, _ = type_in(*arguments)
    [problem] = json.loads(out)["problems"]
    assert (1, 2, "channel", "invalid_field") == (code, *list(problem.values())[:3])
    file.write_text(sheet(received(1)))
    code, out, _ = type_in(*arguments)
    assert {"commands": 1, "dry_run": False, "recorded": 1, "recorded_before": 0,
            "problems": []} == json.loads(out)  # fmt: skip


def test_wrong_usage_is_two(type_in, tmp_path):
    (tmp_path / "p.txt").write_text("x")
    assert 2 == type_in("import", tmp_path / "p.txt", "--actor", HEAD)[0]
    assert 2 == type_in("import", tmp_path / "nowhere.csv", "--actor", HEAD)[0]
    assert 2 == type_in("import", tmp_path / "p.txt")[0]


def odd(rows):
    return sheet(*rows).encode("utf-8", "surrogatepass")


NASTY = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=200).map(lambda t: f"action,mention\n{t},{t}".encode()),
    st.lists(st.lists(st.text(max_size=8), max_size=8)).map(odd),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(NASTY, st.sampled_from(["csv", "jsonl"]))
def test_whatever_the_file_holds_it_is_told_and_nothing_is_recorded(school, bring, content, kind):
    before = school.size
    try:
        report = bring(content, f"nasty.{kind}", why=None)
    except LotError:
        return
    assert report.problems
    assert before == school.size
