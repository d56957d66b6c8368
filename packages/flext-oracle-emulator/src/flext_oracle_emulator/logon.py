"""Logon: the two authentication calls of a new client, up to an open backend session."""

from __future__ import annotations

from dataclasses import dataclass, field

from .backend.base import Account, Backend, ExecuteRequest, Session
from .cursors import MAX_OPEN_CURSORS
from .errors import OracleError, unsupported
from .ttc.auth import Authenticator, VerifierType, logon_denied
from .ttc.constants import (
    TNS_AUTH_MODE_ADMIN,
    TNS_CCAP_FIELD_VERSION_18_1_EXT_1,
)
from .ttc.messages.auth import Auth

KeyValues = list[tuple[str, str, int]]

#: Phase-one and phase-two keys that V$SESSION shows, and their names in `Backend.open_session`.
_CLIENT_KEYS = {
    "AUTH_TERMINAL": "terminal",
    "AUTH_PROGRAM_NM": "program",
    "AUTH_MACHINE": "machine",
    "AUTH_PID": "process",
    "AUTH_SID": "osuser",
    "SESSION_CLIENT_DRIVER_NAME": "driver",
}


_MAX_PASSWORD = 30
_MAX_PASSWORD_23AI = 1024


def _context(call: Auth) -> list[tuple[str, str, str]]:
    """The application context: three keys each for namespace, attribute and value, in turn."""
    parts = [
        [value.rstrip("\x00") for name, value in call.pairs if name == f"AUTH_APPCTX_{part}"]
        for part in ("NSPACE", "ATTR", "VALUE")
    ]
    return list(zip(*parts, strict=False))


def fold_user(name: str) -> str:
    """The user as the dictionary spells it: upper case unless quoted."""
    if len(name) > 1 and name[0] == name[-1] == '"':
        return name[1:-1]
    return name.upper()


def version_number(version: tuple[int, int, int, int, int], field_version: int) -> int:
    """AUTH_VERSION_NO: five numbers packed in one of two layouts."""
    a, b, c, d, e = version
    if field_version >= TNS_CCAP_FIELD_VERSION_18_1_EXT_1:
        return a << 24 | b << 16 | c << 12 | d << 4 | e
    return a << 24 | b << 20 | c << 12 | d << 8 | e


@dataclass(slots=True)
class Logon:
    """One logon. `authenticator` outlives it: a password change on the live session uses the same keys."""

    backend: Backend
    service_name: str
    client: dict[str, str] = field(default_factory=dict)
    verifier: VerifierType = VerifierType.PBKDF2_12C
    user: str = field(default="", init=False)
    authenticator: Authenticator | None = field(default=None, init=False)
    _account: Account | None = field(default=None, init=False)

    def _note_client(self, call: Auth) -> None:
        for key, name in _CLIENT_KEYS.items():
            if value := call.value(key):
                self.client[name] = value

    async def challenge(self, call: Auth) -> KeyValues:
        """Answer phase one; for an unknown user just as for a known one."""
        self._note_client(call)
        self.user = fold_user(call.user)
        self._account = await self.backend.account(self.user)
        self.authenticator = Authenticator(self._account.password if self._account else None, self.verifier)
        return self.authenticator.challenge()

    async def open(self, call: Auth) -> Session:
        """Check phase two and open the session.

        Raises:
            OracleError: ORA-01017 and other reasons to turn a client away, or the error of its own ALTER SESSION.
        """
        self._note_client(call)
        if self.authenticator is None:  # phase two alone: tokens and other external proofs
            raise unsupported("external authentication")
        self.authenticator.verify(call.value("AUTH_SESSKEY"), call.value("AUTH_PASSWORD"))
        account = self._account
        assert account is not None  # an unknown user has no password to verify
        self._check_mode(call.mode)
        if account.locked:
            raise OracleError(28000, "The account is locked.")
        new_password = call.value("AUTH_NEWPASSWORD")
        if account.expired and not new_password:
            raise OracleError(28001, "the password has expired")
        session = await self.backend.open_session(
            await self._client_user(call), client=self.client, context=_context(call)
        )
        try:
            if new_password:
                await session.change_password(self._checked(self.authenticator.new_password(new_password)))
            if statement := call.value("AUTH_ALTER_SESSION").rstrip("\x00"):
                await session.execute(ExecuteRequest(statement))
        except BaseException:
            await session.close()
            raise
        return session

    async def _client_user(self, call: Auth) -> str:
        """Whose session it is: of `proxy[client]` the client's. Raises ORA-28150."""
        if not (client := call.value("PROXY_CLIENT_NAME")):
            return self.user
        client = fold_user(client)
        if not await self.backend.may_proxy(self.user, client):
            raise OracleError(28150, "proxy not authorized to connect as client")
        self.client["proxy_user"] = self.user
        return client

    def _checked(self, password: str) -> str:
        """A new password that is not too long for the release."""
        size = len(password.encode())
        if self.backend.version[0] >= 23 and size > _MAX_PASSWORD_23AI:
            raise OracleError(28218, f"password length more than {_MAX_PASSWORD_23AI} bytes")
        if self.backend.version[0] < 23 and size > _MAX_PASSWORD:
            raise OracleError(988, "missing or invalid password(s)")
        return password

    def _check_mode(self, mode: int) -> None:
        is_admin = bool(mode & TNS_AUTH_MODE_ADMIN)
        if is_admin and self.user != "SYS":
            raise logon_denied()
        if self.user == "SYS" and not is_admin:
            raise OracleError(28009, "connection as SYS should be as SYSDBA or SYSOPER")

    async def change_password(self, call: Auth, session: Session) -> None:
        """Answer a password change on the live session. Raises ORA-28008 if the old one is wrong."""
        assert self.authenticator is not None
        try:
            self.authenticator.verify_again(call.value("AUTH_PASSWORD"))
        except OracleError as error:
            raise OracleError(28008, "invalid old password") from error
        new_password = self._checked(self.authenticator.new_password(call.value("AUTH_NEWPASSWORD")))
        await session.change_password(new_password)
        self.authenticator.password = new_password

    def welcome(self, session: Session, field_version: int) -> KeyValues:
        """The answer to phase two: the proof, and what the client shows of server and session."""
        assert self.authenticator is not None
        version = self.backend.version
        name, instance = self.backend.database_name, self.backend.instance_name
        return [
            ("AUTH_SVR_RESPONSE", self.authenticator.proof(), 0),
            ("AUTH_VERSION_NO", str(version_number(version, field_version)), 0),
            ("AUTH_VERSION_STRING", "- flext-oracle-emulator", 0),
            ("AUTH_SESSION_ID", str(session.session_id), 0),
            ("AUTH_SERIAL_NUM", str(session.serial), 0),
            ("AUTH_MAX_OPEN_CURSORS", str(MAX_OPEN_CURSORS), 0),
            ("AUTH_MAX_IDEN_LENGTH", "128", 0),
            ("AUTH_DBNAME", name, 0),
            ("AUTH_SC_DBUNIQUE_NAME", instance, 0),
            ("AUTH_SC_REAL_DBUNIQUE_NAME", instance, 0),
            ("AUTH_SC_SERVICE_NAME", self.service_name, 0),
            ("AUTH_SC_INSTANCE_NAME", instance, 0),
            ("AUTH_INSTANCENAME", instance, 0),
        ]
