"""The confidential keys of the cast: the chair's, the authority's, and those of a later chair."""

from keys.confidential import ConfidentialKey
from ledger.proof.encoding import b64encode

CHAIRS, AUTHORITYS = ConfidentialKey(b"C" * 32), ConfidentialKey(b"A" * 32)
NEW_CHAIRS = ConfidentialKey(b"N" * 32)


def named(chair=CHAIRS, authority=AUTHORITYS, version=1, **more):
    """What `adopt_confidential_keys` says of two keys."""
    return {
        "version": version,
        "chair_key": b64encode(chair.public_key),
        "authority_key": b64encode(authority.public_key),
        "authority": "Powys County Council, Schools Service",
        **more,
    }
