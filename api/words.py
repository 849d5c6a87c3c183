"""A fingerprint that can be read out: proquints (docs/format.md 7)."""

from __future__ import annotations

from hashlib import sha256

CONSONANTS, VOWELS = "bdfghjklmnprstvz", "aiou"
WORDS = 8  # of 16 bits each


def fingerprint_words(text: str) -> str:
    """The first 128 bits of the SHA-256 of a checkpoint's text, as eight words of five letters."""
    digest = sha256(text.encode("utf-8")).digest()
    pairs = (int.from_bytes(digest[i : i + 2], "big") for i in range(0, 2 * WORDS, 2))
    return " ".join(map(_word, pairs))


def _word(bits: int) -> str:
    """Consonant, vowel, consonant, vowel, consonant: 4, 2, 4, 2 and 4 bits, the highest first."""
    letters = ((CONSONANTS, 12, 15), (VOWELS, 10, 3), (CONSONANTS, 6, 15), (VOWELS, 4, 3))
    return "".join(of[bits >> shift & mask] for of, shift, mask in letters) + CONSONANTS[bits & 15]
