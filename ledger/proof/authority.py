"""Whether a timestamp's authority is one that somebody named: from outside, never by the file."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

from .certificate import Certificate
from .errors import Invalid, Malformed
from .timestamp import Token

MOST_ABOVE = 4  # certificates above the authority's own


def named_authority(token: Token, named: Sequence[Certificate]) -> Optional[Certificate]:
    """Return which of the `named` certificates vouches for a token, None where none does.

    It is the authority's own, or leads to it over certificates that lie in the token; each is in
    force at the token's time. That the token's signature holds is asked elsewhere.
    """
    waiting: List[Tuple[Certificate, int]] = [(token.signer, 0)]
    known = [token.signer]
    for certificate, above in waiting:
        if certificate in named:
            return certificate if certificate.is_valid_at(token.time) else None
        for other in (*named, *token.others) if above < MOST_ABOVE else ():
            if other not in known and _vouches(other, certificate, above, token.time):
                known.append(other)
                waiting.append((other, above + 1))
    return None


def _vouches(authority: Certificate, below: Certificate, between: int, time: int) -> bool:
    try:
        below.check_signed_by(authority)
        return authority.is_valid_at(time) and authority.may_certify(between)
    except (Invalid, Malformed):
        return False
