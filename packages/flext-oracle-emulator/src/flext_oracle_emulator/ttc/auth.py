"""O5LOGON: what the server computes to check a password it knows, and to prove that it knows it.

The 12c verifier:

    pbk   = PBKDF2-SHA512(password, salt + "AUTH_PBKDF2_SPEEDY_KEY", VGEN_COUNT, 64)
    key   = SHA512(pbk + salt)[:32]                              the verifier's AES-256 key
    A, B  = 32 random bytes of server and client, exchanged under `key` (AUTH_SESSKEY)
    combo = PBKDF2-SHA512(hex(B + A), CSK_SALT, SDER_COUNT, 32)  encrypts AUTH_PASSWORD, AUTH_NEWPASSWORD and the proof

The 11g verifier, as databases before 12c have it:

    key   = SHA1(password + salt) + 4 zero bytes                 AES-192
    A, B  = 48 random bytes each
    X     = A[16:40] xor B[16:40];  combo = (MD5(X[:16]) + MD5(X[16:]))[:24]

All AES is CBC with a zero vector; hex is in upper case.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from ..errors import OracleError


class VerifierType(enum.Enum):
    """What the server keeps of passwords, by the release that brought it."""

    PBKDF2_12C = "12c"
    SHA1_11G = "11g"


VERIFIER_TYPE_12C = 0x4815
VERIFIER_TYPE_11G = 0xB152
# Real servers take 4096 and 3. Both sides pay for them at each connect, and an emulator guards no password worth it.
_VGEN_COUNT = 1
_SDER_COUNT = 1
_BLOCK = 16
_KEY_LENGTH = 32
_PART_LENGTH_11G = 48
_KEY_LENGTH_11G = 24
_PROOF = b"SERVER_TO_CLIENT"


def _encrypt(key: bytes, data: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(_BLOCK))).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def _decrypt(key: bytes, data: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(_BLOCK))).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def _pad(data: bytes) -> bytes:
    padding = _BLOCK - len(data) % _BLOCK
    return data + bytes((padding,)) * padding


def _hex(data: bytes) -> str:
    return data.hex().upper()


def logon_denied() -> OracleError:
    return OracleError(1017, "invalid username/password; logon denied")


@dataclass(slots=True)
class Authenticator:
    """One client's logon. Without a password (unknown user) it plays along and denies at the end."""

    password: str | None = field(repr=False)
    verifier: VerifierType = VerifierType.PBKDF2_12C
    _salt: bytes = field(init=False, repr=False)
    _key: bytes = field(init=False, repr=False)
    _server_part: bytes = field(init=False, repr=False)
    _combo_salt: bytes = field(init=False, repr=False)
    _combo_key: bytes | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        is_11g = self.verifier is VerifierType.SHA1_11G
        self._salt = secrets.token_bytes(10 if is_11g else 16)
        self._server_part = secrets.token_bytes(_PART_LENGTH_11G if is_11g else _KEY_LENGTH)
        self._combo_salt = secrets.token_bytes(16)
        password = self.password.encode() if self.password is not None else secrets.token_bytes(16)
        if is_11g:
            self._key = hashlib.sha1(password + self._salt, usedforsecurity=False).digest() + bytes(4)
            return
        speedy_key = hashlib.pbkdf2_hmac("sha512", password, self._salt + b"AUTH_PBKDF2_SPEEDY_KEY", _VGEN_COUNT, 64)
        self._key = hashlib.sha512(speedy_key + self._salt).digest()[:_KEY_LENGTH]

    def challenge(self) -> list[tuple[str, str, int]]:
        """The answer to phase one: keys, values and flags."""
        session_key = _hex(_encrypt(self._key, self._server_part))
        if self.verifier is VerifierType.SHA1_11G:
            return [("AUTH_SESSKEY", session_key, 0), ("AUTH_VFR_DATA", _hex(self._salt), VERIFIER_TYPE_11G)]
        return [
            ("AUTH_SESSKEY", session_key, 0),
            ("AUTH_VFR_DATA", _hex(self._salt), VERIFIER_TYPE_12C),
            ("AUTH_PBKDF2_CSK_SALT", _hex(self._combo_salt), 0),
            ("AUTH_PBKDF2_VGEN_COUNT", str(_VGEN_COUNT), 0),
            ("AUTH_PBKDF2_SDER_COUNT", str(_SDER_COUNT), 0),
            ("AUTH_GLOBALLY_UNIQUE_DBID\x00", "0" * 32, 0),
        ]

    def verify(self, session_key: str, encrypted_password: str) -> None:
        """Check phase two. Raises ORA-01017, whatever is wrong with it."""
        try:
            client_part = _decrypt(self._key, bytes.fromhex(session_key)[: len(self._server_part)])
        except ValueError:
            raise logon_denied() from None
        if len(client_part) != len(self._server_part):
            raise logon_denied()
        key = self._combine(client_part)
        self._check(key, encrypted_password)
        self._combo_key = key

    def _combine(self, client_part: bytes) -> bytes:
        """The key that both sides compute from their parts."""
        if self.verifier is VerifierType.SHA1_11G:
            mixed = bytes(a ^ b for a, b in zip(self._server_part[16:40], client_part[16:40], strict=True))
            halves = [hashlib.md5(half, usedforsecurity=False).digest() for half in (mixed[:16], mixed[16:])]
            return b"".join(halves)[:_KEY_LENGTH_11G]
        combo = _hex(client_part + self._server_part).encode()
        return hashlib.pbkdf2_hmac("sha512", combo, self._combo_salt, _SDER_COUNT, _KEY_LENGTH)

    def verify_again(self, encrypted_password: str) -> None:
        """Check the old password of a password change on the live session."""
        if self._combo_key is None:
            raise logon_denied()
        self._check(self._combo_key, encrypted_password)

    def _check(self, key: bytes, encrypted_password: str) -> None:
        given = _open(key, encrypted_password)
        if given is None or self.password is None or not hmac.compare_digest(given, self.password.encode()):
            raise logon_denied()

    def new_password(self, encrypted: str) -> str:
        """Decrypt AUTH_NEWPASSWORD."""
        opened = _open(self._combo_key, encrypted) if self._combo_key is not None else None
        if opened is None:
            raise logon_denied()
        return opened.decode("utf-8", "replace")

    def proof(self) -> str:
        """AUTH_SVR_RESPONSE: the client checks it to know that the server knew the password."""
        assert self._combo_key is not None
        return _hex(_encrypt(self._combo_key, _pad(secrets.token_bytes(_BLOCK) + _PROOF)))


def _open(key: bytes, encrypted: str) -> bytes | None:
    """Decrypt 16 random bytes, a text and its padding; None if it is none such."""
    try:
        opened = _decrypt(key, bytes.fromhex(encrypted))
    except ValueError:
        return None
    padding = opened[-1] if opened else 0
    if not 1 <= padding <= _BLOCK or len(opened) < _BLOCK + padding or opened[-padding:] != bytes((padding,)) * padding:
        return None
    return opened[_BLOCK:-padding]
