"""The ids of requests: short enough to be typed on a phone."""

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that is easily taken for a digit."""
_LENGTH = 6


def new_id() -> str:
    """Such as `cp-7f3k2m`."""
    return "cp-" + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
