"""Everything a rule may answer "no" with: code, HTTP status, and words in both languages.

The table of ACTIONS.md section 4. Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What a code means, for people."""

    status: int
    en: str
    cy: str


_TABLE = """
unknown_actor|403|The signed-in person is not registered.|Nid yw'r person sydd wedi mewngofnodi wedi'i gofrestru.
actor_departed|403|The actor has left and can no longer record anything.|Mae'r person wedi gadael ac ni all gofnodi dim mwyach.
not_slt|403|Only a member of the leadership team may do this.|Dim ond aelod o'r tîm arwain a gaiff wneud hyn.
approver_not_slt|403|Only the leadership team may approve, reject or clear.|Dim ond y tîm arwain a gaiff gymeradwyo, gwrthod neu glirio.
assessor_not_slt|403|Only the leadership team may assess or lead an investigation.|Dim ond y tîm arwain a gaiff asesu neu arwain ymchwiliad.
not_chair|403|Only the chair of governors may do this, in person.|Dim ond cadeirydd y llywodraethwyr a gaiff wneud hyn, yn bersonol.
not_moderator|403|Only an administrator/moderator may do this.|Dim ond gweinyddwr/cymedrolwr a gaiff wneud hyn.
not_account_runner|403|The actor did not run this account at that time and is neither moderator nor leadership team.|Nid oedd y person yn rhedeg y cyfrif hwn bryd hynny ac nid yw'n gymedrolwr nac yn aelod o'r tîm arwain.
must_acknowledge_personally|403|Nobody can acknowledge the policy for somebody else.|Ni all neb gydnabod y polisi ar ran rhywun arall.
actor_signature_required|403|The school demands your own signature for this: sign it with a key of yours, which you can enrol under "My keys".|Mae'r ysgol yn mynnu eich llofnod eich hun ar gyfer hyn: llofnodwch ef ag allwedd o'ch eiddo, y gallwch ei chofrestru o dan "Fy allweddi".
actor_signature_wrong|422|The signature is not yours, its key is not in force, or it is of something else than would be recorded: look again and sign again.|Nid eich llofnod chi mohono, nid yw ei allwedd mewn grym, neu llofnodwyd rhywbeth heblaw'r hyn a gofnodid: edrychwch eto a llofnodwch eto.
approver_is_applicant|403|Nobody decides on their own application.|Nid oes neb yn penderfynu ar ei gais ei hun.
approver_is_requester|403|Nobody clears their own request.|Nid oes neb yn clirio ei gais ei hun.
secret_in_payload|422|The command contained something that looks like a password; nothing of it was kept.|Roedd y gorchymyn yn cynnwys rhywbeth tebyg i gyfrinair; ni chadwyd dim ohono.
occurred_in_future|422|The time claimed has not come yet.|Nid yw'r amser a nodwyd wedi cyrraedd eto.
late_reason_required|422|Recorded more than 24 hours afterwards: say why.|Cofnodwyd fwy na 24 awr yn ddiweddarach: dywedwch pam.
missing_field|422|A required field is absent or empty.|Mae maes gofynnol yn absennol neu'n wag.
missing_business_case_field|422|One of the five business-case points, the platform or the name is missing.|Mae un o bum pwynt yr achos busnes, y platfform neu'r enw ar goll.
invalid_field|422|A field has a value that is not allowed here.|Mae gan faes werth na chaniateir yma.
nonexistent_local_time|422|This local time was skipped when the clocks went forward.|Cafodd yr amser lleol hwn ei hepgor pan aeth y clociau ymlaen.
ambiguous_local_time|422|This local time happened twice when the clocks went back: give the offset.|Digwyddodd yr amser lleol hwn ddwywaith pan aeth y clociau yn ôl: rhowch y gwrthbwys.
insufficient_staff_runners|422|Fewer than two members of staff are named to run the account.|Enwir llai na dau aelod o staff i redeg y cyfrif.
lead_must_be_staff|422|There must be exactly one lead and the lead must be staff.|Rhaid cael un arweinydd yn union a rhaid i'r arweinydd fod yn aelod o staff.
roots_have_not_approved|403|Too few holders of the root keys have approved exactly this, or somebody else did.|Nid oes digon o ddeiliaid yr allweddi gwraidd wedi cymeradwyo hyn yn union, neu fe wnaeth rhywun arall.
reason_required|422|A reason must be given.|Rhaid rhoi rheswm.
unknown_reference|422|Something referred to does not exist in this ledger.|Nid yw rhywbeth y cyfeirir ato yn bodoli yn y llyfr hwn.
subject_on_no_publish_list|422|A pictured child must not be published.|Ni chaniateir cyhoeddi llun o blentyn sydd yn y llun.
duplicate_id|409|This id, role or record exists already.|Mae'r dynodydd, y rôl neu'r cofnod hwn yn bodoli eisoes.
stale_stream_version|409|Somebody recorded something here in the meantime: look again.|Cofnododd rhywun rywbeth yma yn y cyfamser: edrychwch eto.
already_decided|409|This has been decided, completed or closed already.|Mae hyn wedi'i benderfynu, ei gwblhau neu ei gau eisoes.
application_not_approved|409|There is no approved application for this account.|Nid oes cais cymeradwy ar gyfer y cyfrif hwn.
account_closed|409|The account is closed.|Mae'r cyfrif wedi'i gau.
runner_policy_not_acknowledged|409|A person who would run the account has not acknowledged the current policy.|Nid yw person a fyddai'n rhedeg y cyfrif wedi cydnabod y polisi cyfredol.
runner_not_trained|409|A person who would run the account has no valid training.|Nid oes gan berson a fyddai'n rhedeg y cyfrif hyfforddiant dilys.
person_has_no_role|409|The person has neither a role on this account nor the office needed.|Nid oes gan y person rôl ar y cyfrif hwn na'r swydd angenrheidiol.
response_before_receipt|409|A response cannot be earlier than the message.|Ni all ymateb fod yn gynharach na'r neges.
media_policy_not_followed|409|The media policy must be checked before a journalist is answered, even to acknowledge.|Rhaid gwirio'r polisi cyfryngau cyn ateb newyddiadurwr, hyd yn oed i gydnabod.
prepublication_check_required|409|A senior leader must clear this wording first.|Rhaid i uwch arweinydd glirio'r geiriad hwn yn gyntaf.
copyright_permission_missing|409|No permission is recorded for the third-party material.|Nid oes caniatâd wedi'i gofnodi ar gyfer y deunydd trydydd parti.
incident_not_assessed|409|The incident has not been assessed.|Nid yw'r digwyddiad wedi'i asesu.
audience_not_informed|409|Content was removed or a user blocked and the audience has not been told why.|Tynnwyd cynnwys neu rhwystrwyd defnyddiwr ac ni ddywedwyd wrth y gynulleidfa pam.
agency_not_notified|409|Classified illegal, but no agency told and no reason given.|Dosbarthwyd yn anghyfreithlon, ond ni hysbyswyd asiantaeth ac ni roddwyd rheswm.
last_key_in_force|409|It is the last key of its kind: admit another one first.|Hon yw'r allwedd olaf o'i bath: derbyniwch un arall yn gyntaf.
confidential_key_needed|409|Nothing is opened: open the restricted reports with the confidential key first.|Nid oes dim wedi'i agor: agorwch yr adroddiadau cyfyngedig gyda'r allwedd gyfrinachol yn gyntaf.
under_legal_hold|409|The data must be kept while a hold is in force.|Rhaid cadw'r data tra bo ataliad mewn grym.
request_not_approved|409|No granted decision allows this erasure.|Nid oes penderfyniad a ganiatawyd sy'n caniatáu'r dilead hwn.
ledger_is_append_only|409|Entries are corrected by new entries, never edited or deleted.|Caiff cofnodion eu cywiro gan gofnodion newydd, byth eu golygu na'u dileu.
"""


def _read(table: str) -> dict[str, Words]:
    rows = (line.split("|") for line in table.strip().splitlines())
    return {code: Words(int(status), en, cy) for code, status, en, cy in rows}


REFUSALS = _read(_TABLE)

# With `already_done` a world-act is still refused for these; any other code of steps 7-11 is kept
# in the record as irregular (ACTIONS.md section 2).
STILL_REFUSED = frozenset(
    (
        "duplicate_id",
        "invalid_field",
        "unknown_reference",
        "response_before_receipt",
        "actor_signature_required",
    )
)
