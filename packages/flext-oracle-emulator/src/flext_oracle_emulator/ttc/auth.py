"""O5LOGON with the 12c verifier: what the server computes to check a password it knows, and to prove that it knows it.

    pbk   = PBKDF2-SHA512(password, salt + "AUTH_PBKDF2_SPEEDY_KEY", VGEN_COUNT, 64)
    key   = SHA512(pbk + salt)[:32]                              the verifier's AES-256 key
    A, B  = 32 random bytes of server and client, exchanged under `key` (AUTH_SESSKEY)
    combo = PBKDF2-SHA512(hex(B + A), CSK_SALT, SDER_COUNT, 32)  encrypts AUTH_PASSWORD, AUTH_NEWPASSWORD and the proof

All AES is CBC with a zero vector; hex is in upper case.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from ..errors import OracleError

VERIFIER_TYPE_12C = 0x4815
# Real servers take 4096 and 3. Both sides pay for them at each connect, and an emulator guards no password worth it.
_VGEN_COUNT = 1
_SDER_COUNT = 1
_BLOCK = 16
_KEY_LENGTH = 32
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
    _salt: bytes = field(init=False, repr=False)
    _key: bytes = field(init=False, repr=False)
    _server_part: bytes = field(init=False, repr=False)
    _combo_salt: bytes = field(init=False, repr=False)
    _combo_key: bytes | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._server_part = secrets.token_bytes(_KEY_LENGTH)
        self._combo_salt = secrets.token_bytes(16)
        password = self.password.encode() if self.password is not None else secrets.token_bytes(16)
        speedy_key = hashlib.pbkdf2_hmac("sha512", password, self._salt + b"AUTH_PBKDF2_SPEEDY_KEY", _VGEN_COUNT, 64)
        self._key = hashlib.sha512(speedy_key + self._salt).digest()[:_KEY_LENGTH]

    def challenge(self) -> list[tuple[str, str, int]]:
        """The answer to phase one: keys, values and flags."""
        return [
            ("AUTH_SESSKEY", _hex(_encrypt(self._key, self._server_part)), 0),
            ("AUTH_VFR_DATA", _hex(self._salt), VERIFIER_TYPE_12C),
            ("AUTH_PBKDF2_CSK_SALT", _hex(self._combo_salt), 0),
            ("AUTH_PBKDF2_VGEN_COUNT", str(_VGEN_COUNT), 0),
            ("AUTH_PBKDF2_SDER_COUNT", str(_SDER_COUNT), 0),
            ("AUTH_GLOBALLY_UNIQUE_DBID\x00", "0" * 32, 0),
        ]

    def verify(self, session_key: str, encrypted_password: str) -> None:
        """Check phase two. Raises ORA-01017, whatever is wrong with it."""
        try:
            client_part = _decrypt(self._key, bytes.fromhex(session_key)[:_KEY_LENGTH])
            combo = _hex(client_part + self._server_part).encode()
            key = hashlib.pbkdf2_hmac("sha512", combo, self._combo_salt, _SDER_COUNT, _KEY_LENGTH)
        except ValueError:
            raise logon_denied() from None
        self._check(key, encrypted_password)
        self._combo_key = key

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
