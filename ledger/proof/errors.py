"""The three ways in which bytes can be wrong."""

from __future__ import annotations


class Malformed(ValueError):
    """The bytes are not of the form they claim."""


class Invalid(ValueError):
    """The form is right, but a signature, hash, proof or rule contradicts it."""


class Newer(Malformed):
    """Made under an edition of the format that this verifier does not know."""
