"""Secrets that are shown once and kept as a digest: of tokens, invitations, wall screens."""

import hashlib
import secrets


def new(prefix: str) -> str:
    """256 random bits behind a prefix that tells, wherever it turns up, what it is."""
    return prefix + secrets.token_urlsafe(32)


def digest(text: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
