"""A device that keeps one passkey, in software, and answers as a browser does."""

import json
import os
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

ORIGIN, PRESENT_AND_VERIFIED = "http://localhost", 0x05
FOR_THE_BROWSER = {"HTTP_HOST": "localhost"}
"""Passkeys belong to a name; of those without https only this one is trusted."""


class Device:
    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(16)
        self.user_handle = ""

    def make(self, question: Any) -> str:
        self.user_handle = question["publicKey"]["user"]["id"]
        kept = AttestedCredentialData.create(bytes(16), self.id, ES256.from_cryptography_key(self.key.public_key()))
        about = AuthenticatorData.create(sha256(b"localhost").digest(), PRESENT_AND_VERIFIED | 0x40, 0, kept)
        told = AttestationObject.create("none", about, {})
        return self._posted(attestationObject=bytes(told), clientDataJSON=self._client("create", question))

    def sign(self, question: Any) -> str:
        about = AuthenticatorData.create(sha256(b"localhost").digest(), PRESENT_AND_VERIFIED, 1)
        client = self._client("get", question)
        signature = self.key.sign(bytes(about) + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._posted(authenticatorData=bytes(about), clientDataJSON=client, signature=signature)

    def _client(self, what: str, question: Any) -> bytes:
        challenge = question["publicKey"]["challenge"]
        return json.dumps({"type": f"webauthn.{what}", "challenge": challenge, "origin": ORIGIN}).encode()

    def _posted(self, **parts: bytes) -> str:
        response = {name: websafe_encode(part) for name, part in parts.items()} | {"userHandle": self.user_handle}
        name = websafe_encode(self.id)
        found = {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
        return json.dumps(found)
