"""Who is who at the school of the tests, and the few things everybody there knows."""

HEAD = "stf-011"  # Lowri Gittins: slt, headteacher
DEPUTY = "stf-014"  # Iestyn Rowe: slt, dsp
MODERATOR = "stf-021"  # Huw Penhallow
LEAD = "stf-027"  # Anwen Tregarth
RUNNER = "stf-032"  # Dylan Ashworth
TEACHER = "stf-035"  # Catrin Mostyn: no office, no role
VOLUNTEER = "vol-003"  # Rhodri Fenn
CHAIR = "gov-002"  # Glenys Harcourt: chair of governors, auditor
NOBODY = "stf-999"  # registered nowhere

ACCOUNT = "fb-main"
POLICY = "smp-v4"
OPENED = "2026-09-01T08:15:00+01:00"
HASH_A, HASH_B = "5a17-of-a-test$" + "a" * 64, "5a18-of-a-test$" + "b" * 64
